"""Refunds of an order: money that went back, with the goods of the return that it paid for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ..documents import ZERO, LineDocument, RefundDocument, RefundLineDocument
from ..values import identifier, rows, text, utc_or_none
from ..words import _
from .amounts import amount, amount_or, rounded

Row = Mapping[str, Any]


def parse_refund(raw: Row, step: Decimal = Decimal("0.01")) -> RefundDocument:
    """:raises ValueError: naming the field"""
    external_id = identifier(raw.get("id"))
    if not external_id:
        raise ValueError(_("id: absent, this is no refund"))
    reason = raw.get("refund_reason")
    label = text(reason.get("label")) if isinstance(reason, Mapping) else ""
    return RefundDocument(
        external_id=external_id,
        amount=abs(rounded(amount(raw, "amount", "refund"), step)),
        reason=text(raw.get("note")) or label,
        created_at=utc_or_none(raw.get("created_at"), "refund.created_at"),
    )


def read_refunds(raw: Row, lines: Mapping[str, LineDocument], step: Decimal) -> tuple[RefundDocument, ...]:
    """All refunds, oldest first. Medusa's are of an amount alone: one that is what a return is worth is for its goods.

    A return is worth its goods, less what sending them back costs.
    """
    found = [
        parse_refund(refund, step)
        for collection in rows(raw, "payment_collections")
        for payment in rows(collection, "payments", "payment_collections.payments")
        for refund in rows(payment, "refunds", "payment_collections.payments.refunds")
    ]
    found.sort(key=lambda refund: (refund.created_at.timestamp() if refund.created_at else 0.0, refund.external_id))
    returns = {
        identifier(row.get("id")): returned
        for row in rows(raw, "returns")
        if (returned := _return_lines(raw, row, lines, step))
    }
    matched = []
    for refund in found:
        fits = (key for key, (back, worth) in returns.items() if abs(worth - refund.amount) <= step * len(back))
        key = next(fits, None)
        if key is not None:
            refund = replace(refund, lines=_adjusted(*returns.pop(key), refund), return_id=key)
        matched.append(refund)
    return tuple(matched)


def _return_lines(
    raw: Row, row: Row, lines: Mapping[str, LineDocument], step: Decimal
) -> tuple[list[RefundLineDocument], Decimal] | None:
    """The lines of a return that arrived, and what it is worth; ``None`` for others."""
    if row.get("status") not in ("received", "partially_received") or row.get("canceled_at"):
        return None
    found = []
    for index, item in enumerate(rows(row, "items", "returns.items")):
        line = lines.get(identifier(item.get("item_id")))
        quantity = amount_or(item, "received_quantity", f"returns.items[{index}]", ZERO)
        if line is None or not quantity:
            continue
        part = quantity / line.quantity
        found.append(
            RefundLineDocument(
                line.external_id, quantity, rounded(line.net * part, step), rounded(line.tax * part, step)
            )
        )
    fees = sum((_fee(method, step) for method in rows(raw, "shipping_methods") if _is_of(method, row)), ZERO)
    return (found, sum((line.net + line.tax for line in found), ZERO) - fees) if found else None


def _is_of(method: Row, row: Row) -> bool:
    detail = method.get("detail")
    return isinstance(detail, Mapping) and identifier(detail.get("return_id")) == identifier(row.get("id"))


def _fee(method: Row, step: Decimal) -> Decimal:
    return rounded(amount_or(method, "total", "shipping_methods", ZERO), step)


def _adjusted(
    lines: list[RefundLineDocument], worth: Decimal, refund: RefundDocument
) -> tuple[RefundLineDocument, ...]:
    """Lines that agree with the refund: what the way back cost, and the last cent, go off the largest."""
    gap = refund.amount - worth
    if not gap:
        return tuple(lines)
    largest = max(range(len(lines)), key=lambda index: lines[index].net)
    return tuple(
        RefundLineDocument(line.line_id, line.quantity, line.net + gap, line.tax) if index == largest else line
        for index, line in enumerate(lines)
    )
