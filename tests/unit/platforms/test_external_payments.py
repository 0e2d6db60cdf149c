"""Payments that an external shop registers by themselves: part of the order, once, and there to stay."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from external_orders import external_order

from platforms.base import ApiFacts
from platforms.external import check
from platforms.external.payments import keep_payments, with_payment

FACTS = ApiFacts(currencies={"EUR": 2}, countries=frozenset({"FR"}), now=datetime(2026, 11, 6, tzinfo=timezone.utc))


def payment(transaction: str = "P1", amount: str = "28.80", **changes: Any) -> dict[str, Any]:
    return {
        "method": "transfer",
        "amount": amount,
        "paid_at": "2026-11-05T09:00:00Z",
        "transaction": transaction,
    } | changes


def awaited(*amounts: str, **changes: Any) -> dict[str, Any]:
    rows = [{"method": "transfer", "amount": amount} for amount in amounts]
    return external_order(state="pending", payments=rows, **changes)


def figures(raw: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(row["amount"], row.get("transaction", ""), bool(row.get("paid_at"))) for row in raw["payments"]]


def test_what_was_awaited_is_paid_and_the_order_confirmed() -> None:
    raw = with_payment(awaited("28.80"), payment())
    assert figures(raw) == [("28.80", "P1", True)]
    assert raw["state"] == "confirmed"
    assert check.check_order(raw | {"payments": [_plain(row) for row in raw["payments"]]}, FACTS) == []


def test_a_part_leaves_the_rest_awaited() -> None:
    raw = with_payment(awaited("28.80"), payment(amount="10.00"))
    assert figures(raw) == [("10.00", "P1", True), ("18.80", "", False)]
    assert raw["state"] == "pending"
    raw = with_payment(raw, payment("P2", "18.80"))
    assert figures(raw) == [("10.00", "P1", True), ("18.80", "P2", True)]
    assert raw["state"] == "confirmed"


def test_more_than_was_asked_is_kept_too() -> None:
    raw = with_payment(external_order(), payment("P2", "5.00"))
    assert figures(raw) == [("28.80", "", True), ("5.00", "P2", True)]


@pytest.mark.parametrize(
    "raw", [external_order(), awaited("28.80"), awaited("8.80", "20.00"), external_order(payments=...)]
)
@pytest.mark.parametrize("amount", ["28.80", "10.00", "8.80"])
def test_registering_again_changes_nothing(raw: dict[str, Any], amount: str) -> None:
    once = with_payment(raw, payment(amount=amount))
    assert with_payment(once, payment(amount=amount)) == once
    assert keep_payments(raw, once) == once, "nor does pushing the order as it was"


def test_a_cancelled_order_stays_cancelled() -> None:
    assert with_payment(awaited("28.80") | {"state": "cancelled"}, payment())["state"] == "cancelled"


def test_a_newer_order_keeps_what_was_registered_in_its_place() -> None:
    known = with_payment(awaited("28.80"), payment())
    other = external_order(payments=[{"method": "card", "amount": "28.80", "paid_at": "2026-11-02T10:00:00Z"}])
    assert figures(keep_payments(other, known)) == [("28.80", "P1", True), ("28.80", "", True)]
    told = external_order(payments=[payment() | {"paid_at": "2026-11-05T10:00:00Z"}])
    assert figures(keep_payments(told, known)) == [("28.80", "P1", True)], "the shop tells it itself by now"
    assert keep_payments(external_order(), external_order()) == external_order()


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "registered"}
