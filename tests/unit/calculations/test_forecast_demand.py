"""What customers wanted, told from what was sold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculations.demand import Week, wanted

weeks = st.lists(
    st.builds(
        lambda sold, share, days: Week(float(sold), sold * share, days),
        st.integers(0, 500),
        st.sampled_from([0.0, 0.3, 1.0]),
        st.integers(0, 7),
    ),
    max_size=60,
)


def test_an_empty_shelf_is_no_lack_of_demand() -> None:
    """Ten a week; sold out after two days: the week counts as ten, and the two weeks without stock as unknown."""
    history = [Week(10)] * 4 + [Week(3, days=2), Week(0, days=0), Week(0, days=0)] + [Week(10)] * 4
    demand = wanted(history)
    assert demand[4] == pytest.approx(3 + 5 * 13 / 9)
    assert demand[5] is None and demand[6] is None
    assert demand[:4] == [10] * 4


def test_one_lucky_day_is_no_lucky_week() -> None:
    """Five sold on the only day with stock of a product that sells one a week: not a demand of thirty-five."""
    demand = wanted([Week(1)] * 8 + [Week(5, days=1)] + [Week(1)] * 8)
    assert 5 < (demand[8] or 0) < 11


def test_scaled_within_reason_where_nothing_says_what_is_usual() -> None:
    assert wanted([Week(2, days=1)]) == [6.0]
    assert wanted([Week(2, days=4)]) == [3.5]


def test_a_promotion_is_damped() -> None:
    """Ten a week, forty at half the price: thirty were bought for the price, a quarter of which counts."""
    demand = wanted([Week(10)] * 4 + [Week(40, promoted=40)] + [Week(10)] * 4)
    assert demand[4] == pytest.approx(10 + 0.25 * 30)
    assert wanted([Week(10)] * 4 + [Week(40, promoted=10)] + [Week(10)] * 4)[4] == 40
    assert wanted([Week(10)] * 4 + [Week(4, promoted=4)] + [Week(10)] * 4)[4] == 4


def test_sold_without_stock_is_sold() -> None:
    """What is sold on backorder counts, however empty the shelf was."""
    assert (wanted([Week(10)] * 4 + [Week(6, days=0)])[4] or 0) >= 6


@given(weeks)
def test_what_was_sold_at_its_price_is_never_forgotten(history: list[Week]) -> None:
    for week, demand in zip(history, wanted(history), strict=True):
        if demand is None:
            assert week.sold == 0 and week.days == 0
        else:
            assert demand >= 0
            if not week.is_promoted:
                assert demand >= week.sold
