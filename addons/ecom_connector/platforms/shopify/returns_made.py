"""Making returns on a Shopify shop that began in Odoo: ``returnCreate``, looked for before it is made.

Our key stands at the end of the note of the first line, where it is found again however late. A return takes rows of
fulfilments, so only what the shop knows to be sent can come back. What goes out instead waits there to be processed, as
in all returns by the API (schema 2026-10, ``ReturnInput.unprocessed``), and is no line of the order, which Odoo would
send too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ..errors import PlatformError
from ..facts import CommandResult
from ..returns import NewReturn
from ..rounds import push_in_rounds
from ..values import decimal, text
from ..words import _, said
from .answers import Raw
from .client import ShopifyClient, nodes
from .ids import gid, plain
from .lists import look_up
from .operations import Batch, query
from .people import part
from .refunds import with_key
from .returns import our_key, reason_of

LOOK = Batch(
    "query",
    "order",
    {"id": "ID!"},
    """{
    id
    returns(first: 20, reverse: true) { nodes { id returnLineItems(first: 1) { nodes { returnReasonNote } } } }
  }""",
    cost=12,
)
SENT = Batch(
    "query",
    "returnableFulfillments",
    {"orderId": "ID!", "first": "Int!"},
    """{
    nodes {
      returnableFulfillmentLineItems(first: 50) { nodes { quantity fulfillmentLineItem { id lineItem { id } } } }
    }
  }""",
    cost=90,
)
CREATE = Batch(
    "mutation",
    "returnCreate",
    {"returnInput": "ReturnInput!"},
    "{ return { id } userErrors { field message } }",
    cost=12,
)

REASONS = query("query ReturnReasons { returnReasonDefinitions(first: 250) { nodes { id handle } } }", cost=50)

_MOST_PARCELS = 10

# How long a note may be (schema 2026-10, ``ReturnLineItemInput``).
_LONGEST_NOTE = 255


def make_returns(client: ShopifyClient, returns: Sequence[NewReturn]) -> list[CommandResult]:
    """A call to look at many orders, and for those that do not have theirs yet some to see what they sent, and one to
    make many; one for the shop's reasons, where there are some."""
    reasons: dict[str, str] = {}
    return push_in_rounds(returns, lambda batch: _make_round(client, batch, reasons))


def _make_round(
    client: ShopifyClient, returns: Mapping[int, NewReturn], reasons: dict[str, str]
) -> dict[int, CommandResult]:
    """:param reasons: the ids of the shop's reasons by our words; read once, when they are needed"""
    results: dict[int, CommandResult] = {}
    looked = look_up(client, LOOK, "Order", (command.order_id for command in returns.values()))
    missing = []
    for index, command in returns.items():
        order = looked.get(command.order_id)
        if order is None:
            message = _("The order is no longer on the shop.")
            results[index] = CommandResult(ok=False, code="not_found", message=message)
        elif made := _made(order, command.key):
            results[index] = CommandResult(ok=True, external_id=made)
        else:
            missing.append(index)
    if not reasons and any(line.reason for index in missing for line in returns[index].lines):
        reasons |= _reasons(client)
    rows: dict[int, Raw] = {}
    sent = client.run(
        SENT, [{"orderId": gid("Order", returns[index].order_id), "first": _MOST_PARCELS} for index in missing]
    )
    for index, answer in zip(missing, sent, strict=True):
        if isinstance(answer, PlatformError):
            raise answer
        try:
            rows[index] = {"returnInput": return_input(returns[index], answer, reasons)}
        except ValueError as error:
            results[index] = CommandResult(ok=False, code="refused", message=said(error))
    for index, answer in zip(rows, client.run(CREATE, list(rows.values())), strict=True):
        results[index] = (
            CommandResult.failed(answer)
            if isinstance(answer, PlatformError)
            else CommandResult(ok=True, external_id=plain(part(answer, "return").get("id")))
        )
    return results


def _made(order: Raw, key: str) -> str:
    """The shop's id of the return that bears our key."""
    return next((plain(row.get("id")) for row in nodes(order.get("returns")) if our_key(row) == key), "")


def _reasons(client: ShopifyClient) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in nodes(client.query(REASONS).get("returnReasonDefinitions")):
        found.setdefault(reason_of(row), text(row.get("id")))
    return found


def return_input(command: NewReturn, sent: Raw, reasons: Mapping[str, str]) -> Raw:
    """The return as Shopify wants it, by the rows of what was sent.

    :param sent: what of the order may come back (``ReturnableFulfillmentConnection``)
    :raises ValueError: where that is less
    """
    left = {
        text(row.get("id")): (text(part(row, "lineItem").get("id")), decimal(one.get("quantity"), "quantity"))
        for parcel in nodes(sent)
        for one in nodes(parcel.get("returnableFulfillmentLineItems"))
        for row in (part(one, "fulfillmentLineItem"),)
    }
    lines: list[Raw] = []
    for line in command.lines:
        wanted = line.quantity
        note = " – ".join(filter(None, (line.label, line.note))) or command.number
        for key, (sold, quantity) in left.items():
            taken = min(wanted, quantity) if plain(sold) == line.line_id else Decimal(0)
            if taken >= 1:
                left[key] = (sold, quantity - taken)
                wanted -= taken
                lines.append(
                    {
                        "fulfillmentLineItemId": key,
                        "quantity": int(taken),
                        "returnReasonDefinitionId": reasons.get(line.reason) if line.reason else None,
                        "returnReasonNote": note[:_LONGEST_NOTE],
                    }
                )
        if wanted:
            raise ValueError(_("%(quantity)s more are to come back than the shop knows to be sent.", quantity=wanted))
    lines[0]["returnReasonNote"] = with_key(lines[0]["returnReasonNote"], command.key, _LONGEST_NOTE)
    found: Raw = {"orderId": gid("Order", command.order_id), "returnLineItems": lines}
    if command.exchanges:
        found["exchangeLineItems"] = [
            {"variantId": gid("ProductVariant", line.variant_id), "quantity": int(line.quantity)}
            for line in command.exchanges
        ]
    return found
