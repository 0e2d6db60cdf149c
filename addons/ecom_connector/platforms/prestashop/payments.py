"""How an order was paid: PrestaShop's payments belong to a reference, which several orders of one cart share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from ..documents import ZERO, PaymentDocument
from ..values import decimal_or, rows, text
from . import times
from .amounts import in_coins

# Modules whose money comes days later, in 1.7 and after, and in shops that were upgraded from 1.6.
AWAITED = frozenset({"ps_wirepayment", "ps_checkpayment", "bankwire", "cheque"})


def order_payments(
    raw: Mapping[str, Any], total: Decimal, created_at: datetime, zone: tzinfo, coin: Decimal
) -> tuple[PaymentDocument, ...]:
    """The means that pay this order, adding up to its total; what is still due has no date.

    A payment of orders that share a reference is taken for each of them up to its own total. One that is larger than
    what is due is cut: what was paid too much is no part of the order.
    """
    module, title = text(raw.get("module")), text(raw.get("payment"))
    found: list[PaymentDocument] = []
    left = total
    for index, row in enumerate(rows(raw, "_payments")):
        field = f"order_payments[{index}]"
        value = _in_order_currency(raw, row, field, coin)
        if value <= 0 or left <= 0:
            continue
        said = text(row.get("payment_method")) or title
        found.append(
            PaymentDocument(
                method=module if said == title or not said else said,
                title=said,
                amount=min(value, left),
                paid_at=times.utc_or_none(row.get("date_add"), f"{field}.date_add", zone) or created_at,
                transaction=text(row.get("transaction_id")),
            )
        )
        left -= found[-1].amount
    if left or not found:
        found.append(PaymentDocument(module, title, left, _paid_without_payment(raw, left, total, created_at, zone)))
    return tuple(found)


def _in_order_currency(raw: Mapping[str, Any], row: Mapping[str, Any], field: str, coin: Decimal) -> Decimal:
    """A payment in another currency of the shop, through both rates to its main one."""
    value = decimal_or(row.get("amount"), f"{field}.amount", ZERO)
    currency, own = text(row.get("_currency")), text(raw.get("_currency"))
    if currency and own and currency != own:
        here = decimal_or(raw.get("conversion_rate"), "conversion_rate", Decimal(1))
        there = decimal_or(row.get("conversion_rate"), f"{field}.conversion_rate", Decimal(1))
        if here > 0 and there > 0:
            value = value * here / there
    return in_coins(value, coin)


def _paid_without_payment(
    raw: Mapping[str, Any], left: Decimal, total: Decimal, created_at: datetime, zone: tzinfo
) -> datetime | None:
    """When an order was paid that is marked so without any payment: it cost nothing, or a module books elsewhere."""
    state = raw.get("_state")
    paid = isinstance(state, Mapping) and text(state.get("paid")) == "1"
    if not paid or left != total:
        return None
    return times.utc_or_none(raw.get("invoice_date"), "invoice_date", zone) or created_at
