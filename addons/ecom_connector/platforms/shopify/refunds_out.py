"""Paying money back through a Shopify shop: ``refundCreate``, looked for before it is made.

Our key is kept at the end of the refund's note, where it is found again however late; Shopify's own key
(``@idempotent``, mandatory since 2026-04) is for answers that are lost on the way. Money goes back by the payments that
it came by, as far as each has any left; Shopify keeps what differs from its own sum of the lines as an adjustment.
Nothing is put back on sale (``NO_RESTOCK``), which Odoo's stock decides.

Money for a return that began on the shop is paid by ``returnProcess`` where it can be, so that the shop shows it with
its return (``refundCreate`` names none): see :mod:`return_refunds`.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..base import CommandResult
from ..documents import ZERO, RefundCommand
from ..errors import PlatformError
from ..values import text
from ..words import _, said
from .amounts import money
from .answers import Raw
from .client import ShopifyClient
from .ids import gid, is_plain, plain
from .lists import look_up
from .operations import Batch
from .order_fields import MONEY
from .payments import GIFT_CARD
from .people import part
from .refunds import SHIPPING_PREFIX, key_of, with_key
from .return_refunds import PROCESS, made_by, paid_of, process_input, read_returns

LOOK = Batch(
    "query",
    "order",
    {"id": "ID!"},
    f"""{{
    id presentmentCurrencyCode
    refunds {{ id note }}
    transactions {{ id kind status gateway amountSet {MONEY} parentTransaction {{ id }} }}
  }}""",
    cost=7,
)
REFUND = Batch(
    "mutation",
    "refundCreate",
    {"input": "RefundInput!"},
    "{ refund { id } userErrors { field message } }",
    cost=12,
    keyed=True,
)


def push_refunds(client: ShopifyClient, refunds: Sequence[RefundCommand]) -> list[CommandResult]:
    """A call to look at each fifty orders, and one for each fifty refunds; for those of returns another look."""
    orders = look_up(client, LOOK, "Order", (refund.order_id for refund in refunds))
    returned = read_returns(client, refunds)
    results: dict[int, CommandResult] = {}
    rows: dict[int, Raw] = {}
    with_return: dict[int, Raw] = {}
    for index, refund in enumerate(refunds):
        order = orders.get(refund.order_id)
        if order is None:
            message = _("The order is no longer on the shop.")
            results[index] = CommandResult(ok=False, code="not_found", message=message)
        elif made := _made(order, refund.key) or paid_of(returned.get(refund.return_id), refund):
            results[index] = CommandResult(ok=True, external_id=made)
        else:
            try:
                found = refund_input(order, refund)
            except ValueError as error:
                results[index] = CommandResult(ok=False, code="refused", message=said(error))
            else:
                rows[index] = {"input": found, "key": _key(refund, found)}
                if process := process_input(returned.get(refund.return_id), refund, found):
                    with_return[index] = {"input": process}
    for index, answer in zip(with_return, client.run(PROCESS, list(with_return.values())), strict=True):
        if isinstance(answer, PlatformError) and not answer.retry and not answer.in_doubt:
            continue  # refused with nothing done: it is paid without naming its return
        del rows[index]
        if isinstance(answer, PlatformError):
            results[index] = CommandResult.failed(answer)
        else:
            results[index] = CommandResult(ok=True, external_id=made_by(answer, returned[refunds[index].return_id]))
    for index, result in zip(rows, _create(client, list(rows.values()), bool(with_return)), strict=True):
        results[index] = result
    return [results[index] for index in range(len(refunds))]


def _create(client: ShopifyClient, rows: list[Raw], written: bool) -> list[CommandResult]:
    """:raises PlatformError: only while nothing was written"""
    try:
        answers = client.run(REFUND, rows)
    except PlatformError as error:
        if not written:
            raise
        answers = [error] * len(rows)
    return [
        CommandResult.failed(answer)
        if isinstance(answer, PlatformError)
        else CommandResult(ok=True, external_id=plain(part(answer, "refund").get("id")))
        for answer in answers
    ]


def refund_input(order: Raw, refund: RefundCommand) -> Raw:
    """The refund as Shopify wants it; what it takes of the payments is taken in ``order``, for the next one.

    :raises ValueError: when the order's payments have less left
    """
    found: Raw = {
        "orderId": order["id"],
        "currency": order.get("presentmentCurrencyCode"),
        "note": with_key(refund.reason, refund.key),
        "notify": False,
        "refundLineItems": [
            {"lineItemId": gid("LineItem", line.line_id), "quantity": int(line.quantity), "restockType": "NO_RESTOCK"}
            for line in refund.lines
            if is_plain(line.line_id) and line.quantity >= 1
        ],
        "transactions": _transactions(order, refund),
    }
    carriage = sum((line.net + line.tax for line in refund.lines if line.line_id.startswith(SHIPPING_PREFIX)), ZERO)
    if carriage:
        found["shipping"] = {"amount": f"{carriage:f}"}
    return found


def _transactions(order: Raw, refund: RefundCommand) -> list[Raw]:
    common = {"orderId": order["id"], "kind": "REFUND"}
    if not refund.pays:
        # What was paid back elsewhere is noted as a manual payment.
        return [{**common, "gateway": "manual", "amount": f"{refund.amount:f}"}]
    left, found = refund.amount, []
    payments = _payments(order)
    for row in sorted(payments, key=lambda row: text(row.get("gateway")) == GIFT_CARD):
        amount = min(left, payments_left(order, row))
        if amount > 0:
            key = text(row.get("id"))
            found.append({**common, "gateway": row.get("gateway"), "parentId": key, "amount": f"{amount:f}"})
            order.setdefault("transactions", []).append(_taken(key, amount))
            left -= amount
    if left > 0:
        raise ValueError(_("The order's payments leave %(amount)s less to pay back.", amount=f"{left:f}"))
    return found


def payments_left(order: Raw, payment: Mapping[str, Any]) -> Decimal:
    """What of a payment was not paid back yet, nor is on its way back."""
    back = sum(
        (
            money(row, "amountSet", "transactions", ZERO)
            for row in order.get("transactions") or ()
            if text(row.get("kind")) == "REFUND"
            and text(row.get("status")) in ("SUCCESS", "PENDING")
            and part(row, "parentTransaction").get("id") == payment.get("id")
        ),
        ZERO,
    )
    return money(payment, "amountSet", "transactions", ZERO) - back


def _payments(order: Raw) -> list[Raw]:
    return [
        row
        for row in order.get("transactions") or ()
        if text(row.get("kind")) in ("SALE", "CAPTURE") and text(row.get("status")) == "SUCCESS"
    ]


def _taken(payment: str, amount: Decimal) -> Raw:
    return {
        "kind": "REFUND",
        "status": "PENDING",
        "amountSet": {"presentmentMoney": {"amount": f"{amount:f}"}},
        "parentTransaction": {"id": payment},
    }


def _made(order: Raw, key: str) -> str:
    """The shop's id of the refund that bears our key."""
    rows = order.get("refunds")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Mapping) and key_of(row.get("note")) == key:
            return plain(row.get("id"))
    return ""


def _key(refund: RefundCommand, found: Raw) -> str:
    """The same for the same refund of the same order as it stands: other arguments with one key are an error."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{refund.key}\n{json.dumps(found, sort_keys=True)}"))
