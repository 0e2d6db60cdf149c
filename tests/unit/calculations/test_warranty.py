"""The months of a warranty, and the day on which it ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculations.warranty import covered, last_day, length


@pytest.mark.parametrize(
    ("own", "categories", "expected"),
    [
        (None, (), 24),  # nobody says anything: the company does
        (None, (0, 0, 36), 36),  # the nearest category that says something
        (None, (12, 36), 12),
        (6, (12,), 6),  # the product wins
        (0, (12,), 0),  # without warranty, whatever the category says
    ],
)
def test_the_product_its_category_then_the_company(own: int | None, categories: tuple[int, ...], expected: int) -> None:
    assert length(own, categories, 24) == expected


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2026, 11, 29), 24, date(2028, 11, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 10, 31), 4, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 12, 1), 0, None),
    ],
)
def test_whole_months(start: date, months: int, expected: date | None) -> None:
    assert last_day(start, months) == expected


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(1, 120))
def test_a_warranty_never_lasts_longer_than_its_months(start: date, months: int) -> None:
    end = last_day(start, months)
    assert end is not None and start < end
    assert (end.year - start.year) * 12 + end.month - start.month == months and end.day <= start.day
    assert covered(start, end, end) and not covered(start, end, end + timedelta(days=1))


def test_no_warranty_covers_nothing() -> None:
    day = date(2026, 11, 29)
    assert not covered(day, None, day)
