"""Payments that a shop registers after it pushed the order: they become part of the raw order. Pure.

So a payment takes the way of every other one (invoice, gateway, books), and there is one truth of what an order was
paid with. A registered payment stays where the shop pushes the order again without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..documents import ZERO, OrderState
from ..values import decimal

Raw = Mapping[str, Any]
REGISTERED = "registered"


def with_payment(raw: Raw, payment: Raw, position: int | None = None) -> dict[str, Any]:
    """The raw order with a payment that was received, or as it is where it has that already.

    A payment that was awaited becomes this one where method and amount agree; of a larger one that is awaited by the
    same method, the rest stays awaited.

    :param payment: ``method``, ``amount``, ``paid_at``, ``transaction`` (its id) and perhaps ``title``
    :param position: its place among the order's payments, which tells it apart in Odoo; at first the next free one
    """
    payments = [dict(row) for row in raw.get("payments", ())]
    payment = {**payment, REGISTERED: True}
    amount = decimal(payment["amount"], "amount")
    same = next((row for row in payments if row.get("transaction") == payment["transaction"]), None)
    same = same or next((row for row in payments if _is_meant(row, payment)), None)
    if same:
        if same.get("paid_at") and same.get("transaction"):
            return dict(raw)
        same |= {name: value for name, value in payment.items() if name not in same or name == REGISTERED}
    else:
        for index, row in enumerate(payments):
            if not row.get("paid_at") and row["method"] == payment["method"] and decimal(row["amount"], "") > amount:
                row["amount"] = str(decimal(row["amount"], "") - amount)
                position = index if position is None else position
                break
        payments.insert(len(payments) if position is None else min(position, len(payments)), payment)
    result = {**raw, "payments": payments}
    if raw["state"] == OrderState.PENDING.value and _is_paid(result):
        result["state"] = OrderState.CONFIRMED.value
    return result


def keep_payments(raw: Raw, known: Raw) -> dict[str, Any]:
    """A newer raw order with the payments that were registered for the known one."""
    result = dict(raw)
    for index, payment in enumerate(known.get("payments", ())):
        if payment.get(REGISTERED):
            plain = {name: value for name, value in payment.items() if name != REGISTERED}
            result = with_payment(result, plain, index)
    return result


def _is_meant(row: Raw, payment: Raw) -> bool:
    """Whether an order's payment without an id is this one."""
    return (
        not row.get("transaction")
        and row["method"] == payment["method"]
        and decimal(row["amount"], "amount") == decimal(payment["amount"], "amount")
    )


def _is_paid(raw: Raw) -> bool:
    received = sum((decimal(row["amount"], "amount") for row in raw["payments"] if row.get("paid_at")), ZERO)
    return received >= decimal(raw["total"], "total")
