"""Money for a return that began on a Shopify shop, paid so that the shop shows it with its return: ``returnProcess``.

It takes each piece of a return once, so it cannot pay twice for the same goods. That its note becomes the refund's is
not promised (schema 2026-10 calls it "the note for the return"): a refund of the return that has our key, or none and
our amount, is ours. Its goods are neither put back on sale nor counted: Odoo's stock decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ..documents import ZERO, RefundCommand
from ..values import decimal_or, text
from .amounts import money
from .answers import Raw
from .client import ShopifyClient, nodes
from .ids import plain
from .lists import look_up
from .operations import Batch
from .order_fields import MONEY
from .people import part
from .refunds import key_of

LOOK = Batch(
    "query",
    "return",
    {"id": "ID!"},
    f"""{{
    id status
    refunds(first: 10) {{ nodes {{ id note totalRefundedSet {MONEY} }} }}
    returnLineItems(first: 50) {{
      nodes {{ id processableQuantity ... on ReturnLineItem {{ fulfillmentLineItem {{ lineItem {{ id }} }} }} }}
    }}
  }}""",
    cost=46,
)
PROCESS = Batch(
    "mutation",
    "returnProcess",
    {"input": "ReturnProcessInput!"},
    "{ return { id refunds(first: 10) { nodes { id note } } } userErrors { field message } }",
    cost=18,
)


def read_returns(client: ShopifyClient, refunds: Sequence[RefundCommand]) -> dict[str, Raw]:
    """The returns that these refunds are for, by their plain ids.

    :raises PlatformError: as nothing was written yet
    """
    return look_up(client, LOOK, "Return", (refund.return_id for refund in refunds))


def paid_of(returned: Raw | None, refund: RefundCommand) -> str:
    """The shop's id of the refund that this one is, ``""`` where it was not made."""
    for row in nodes((returned or {}).get("refunds")):
        key = key_of(row.get("note"))
        if key == refund.key or (not key and abs(money(row, "totalRefundedSet", "refunds", ZERO)) == refund.amount):
            return plain(row.get("id"))
    return ""


def made_by(answer: Raw, before: Raw) -> str:
    """The refund that was not there before."""
    known = {row.get("id") for row in nodes(before.get("refunds"))}
    rows = nodes(part(answer, "return").get("refunds"))
    return next((plain(row.get("id")) for row in rows if row.get("id") not in known), "")


def process_input(returned: Raw | None, refund: RefundCommand, found: Raw) -> Raw | None:
    """``found``, a ``RefundInput``, as Shopify takes it for a return; ``None`` where the return lacks the goods.

    :param returned: the return as it was looked at
    """
    if not returned or text(returned.get("status")) not in ("OPEN", "CLOSED"):
        return None
    lines = _lines(returned, found)
    if not lines or not refund.pays:
        return None
    currency = found["currency"]
    process: Raw = {
        "returnId": returned["id"],
        "note": found["note"],
        "notifyCustomer": False,
        "returnLineItems": lines,
        "financialTransfer": {
            "issueRefund": {
                "orderTransactions": [
                    {
                        "parentId": row["parentId"],
                        "transactionAmount": {"amount": row["amount"], "currencyCode": currency},
                    }
                    for row in found["transactions"]
                ]
            }
        },
    }
    if shipping := found.get("shipping"):
        amount = {"amount": shipping["amount"], "currencyCode": currency}
        process["refundShipping"] = {"shippingRefundAmount": amount}
    return process


def _lines(returned: Mapping[str, object], found: Raw) -> list[Raw]:
    """Which pieces of the return are paid for; none where it has fewer."""
    wanted: dict[str, Decimal] = {}
    for line in found["refundLineItems"]:
        wanted[line["lineItemId"]] = wanted.get(line["lineItemId"], ZERO) + line["quantity"]
    lines = []
    for row in nodes(returned.get("returnLineItems")):
        key = text(part(part(row, "fulfillmentLineItem"), "lineItem").get("id"))
        quantity = min(wanted.get(key, ZERO), decimal_or(row.get("processableQuantity"), "processableQuantity", ZERO))
        if quantity > 0:
            wanted[key] -= quantity
            lines.append({"id": row["id"], "quantity": int(quantity)})
    return [] if any(wanted.values()) else lines
