"""Paying money back through a WooCommerce shop: ``POST /orders/<id>/refunds``, one call for each.

WooCommerce has no idempotency key: ours is kept in a meta of the refund, and looked for before a refund is made.
Observed on 10.9.1: the amount is only held against what the order has left; too much, and a gateway that cannot pay
back, are a 500 that comes again however often it is asked (``client``: no reason to try again). Without
``api_restock: false`` the shop would put the goods back on sale, which Odoo's stock decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..base import CommandResult, Raw
from ..documents import RefundCommand, RefundLineDocument
from ..errors import PlatformError
from ..values import decimal_or, identifier
from ..words import _
from . import mapper
from .client import WooClient, id_chunks

_GROUPS = ("line_items", "shipping_lines", "fee_lines")
_FIELDS = "id,refunds,line_items,shipping_lines,fee_lines"
_SIX = Decimal("0.000001")


def push_refunds(client: WooClient, refunds: Sequence[RefundCommand]) -> list[CommandResult]:
    """As the contract says."""
    orders = _read_orders(client, dict.fromkeys(refund.order_id for refund in refunds))
    made = _read_keys(client, orders.values())
    results: list[CommandResult] = []
    for refund in refunds:
        order = orders.get(refund.order_id)
        if order is None:
            message = _("The order is no longer on the shop, or in its bin.")
            results.append(CommandResult(ok=False, code="not_found", message=message))
        elif refund.key in made:
            results.append(CommandResult(ok=True, external_id=made[refund.key]))
        else:
            try:
                answer = client.post(f"orders/{refund.order_id}/refunds", body(refund, order))
            except PlatformError as error:
                results.append(CommandResult.failed(error))
            else:
                made[refund.key] = identifier(answer.get("id"))
                results.append(CommandResult(ok=True, external_id=made[refund.key]))
    return results


def body(refund: RefundCommand, order: Raw) -> dict[str, Any]:
    """The refund as the shop wants it; pure. Lines that the order does not have are left out: the amount counts."""
    lines = {identifier(row.get("id")): row for group in _GROUPS for row in order.get(group) or ()}
    return {
        "amount": f"{refund.amount:f}",
        "reason": refund.reason,
        "api_refund": refund.pays,
        "api_restock": False,
        "meta_data": [{"key": mapper.REFUND_META, "value": refund.key}],
        "line_items": [_line(line, lines[line.line_id]) for line in refund.lines if line.line_id in lines],
    }


def _line(line: RefundLineDocument, sold: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": int(line.line_id),
        "quantity": int(line.quantity),
        "refund_total": float(line.net),
        "refund_tax": [{"id": rate, "refund_total": float(tax)} for rate, tax in _taxes(line.tax, sold)],
    }


def _taxes(tax: Decimal, sold: Mapping[str, Any]) -> Iterable[tuple[int, Decimal]]:
    """The tax by the shop's rates, in the proportion of what was sold; the largest takes what rounding leaves."""
    paid = [(row.get("id"), decimal_or(row.get("total"), "total", Decimal(0))) for row in sold.get("taxes") or ()]
    shown = sorted(((int(rate), amount) for rate, amount in paid if rate and amount), key=lambda row: abs(row[1]))
    whole = sum((amount for _rate, amount in shown), Decimal(0))
    left = tax
    for index, (rate, amount) in enumerate(shown):
        last = index == len(shown) - 1
        share = left if last or not whole else (tax * amount / whole).quantize(_SIX, ROUND_HALF_UP)
        left -= share
        yield rate, share


def _read_orders(client: WooClient, order_ids: Iterable[str]) -> dict[str, Raw]:
    found: dict[str, Raw] = {}
    for chunk in id_chunks([order_id for order_id in order_ids if order_id.isdecimal()]):
        rows = client.page("orders", {"include": ",".join(chunk), "_fields": _FIELDS}).rows
        found |= {identifier(row.get("id")): row for row in rows}
    return found


def _read_keys(client: WooClient, orders: Iterable[Raw]) -> dict[str, str]:
    """``{our key: the shop's id}`` of the refunds that these orders have."""
    owners = {
        identifier(row.get("id")): identifier(order.get("id")) for order in orders for row in order.get("refunds") or ()
    }
    rows: list[Raw] = []
    try:
        for chunk in id_chunks(list(owners)):
            rows += client.page("refunds", {"include": ",".join(chunk)}).rows
    except PlatformError as error:
        if error.code != "rest_no_route":  # shops before 9.0 have no list of all
            raise
        for order_id in dict.fromkeys(owners.values()):
            rows += client.pages(f"orders/{order_id}/refunds")
    parsed = map(mapper.parse_refund, rows)
    return {refund.key: refund.external_id for refund in parsed if refund.key}
