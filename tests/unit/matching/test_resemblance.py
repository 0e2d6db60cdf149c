"""What a payment that no id ties to an order may belong to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from matching.resemblance import Ordered, Paid, likeness

NOON = datetime(2026, 11, 2, 12)
PAID = Paid(Decimal("16.80"), "EUR", NOON)
ORDER = Ordered(("1001", "gid-1001"), (Decimal("16.80"),), "EUR", NOON, "marie@example.com", "Marie Durand")


@pytest.mark.parametrize("text", ["Order 1001", "#1001", "CMD-1001 shop", "paiement (1001)", "gid-1001"])
def test_a_text_that_names_the_order(text: str) -> None:
    found = likeness(replace(PAID, text=text), ORDER)
    assert found is not None and found.number


@pytest.mark.parametrize("text", ["Order 10010", "11001", "1001x", ""])
def test_a_number_within_another_is_none(text: str) -> None:
    found = likeness(replace(PAID, text=text, amount=Decimal("1.00")), ORDER)
    assert found is None


def test_the_amount_alone_is_nothing_weeks_apart_or_in_other_money() -> None:
    assert likeness(replace(PAID, moment=NOON + timedelta(days=20)), ORDER) is None
    assert likeness(replace(PAID, currency="USD"), ORDER) is None
    assert likeness(replace(PAID, amount=Decimal("16.79")), ORDER) is None


def test_whoever_says_more_comes_first() -> None:
    texts = ["", "DURAND MARIE", "marie@example.com", "Order 1001", "Order 1001 marie@example.com"]
    scores = [found.score for text in texts if (found := likeness(replace(PAID, text=text), ORDER))]
    assert len(scores) == len(texts) and scores == sorted(scores) and len(set(scores)) == len(scores)


def test_a_named_order_of_another_amount_is_still_proposed_but_lower() -> None:
    named = replace(PAID, text="Order 1001")
    other = likeness(replace(named, amount=Decimal("20.00")), ORDER)
    same = likeness(named, ORDER)
    assert other is not None and same is not None
    assert not other.amount and other.score < same.score


def test_a_refund_has_the_amount_of_the_order_with_the_sign_left_out() -> None:
    assert likeness(replace(PAID, amount=Decimal("-16.80")), ORDER) is not None


def test_accents_and_case_do_not_matter() -> None:
    found = likeness(replace(PAID, text="paiement de HÉLÈNE DURAND"), replace(ORDER, name="Hélène Durand"))
    assert found is not None and found.name
