"""When to buy and how much, and the weeks that a history is made of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculations.demand import Sales, Week, begun, history
from calculations.forecast import Forecast
from calculations.replenish import FAR, Arrival, Position, Supply, packed, propose

MONDAY = date(2026, 11, 30)
ONE_A_DAY = Forecast("flat", "", (7.0,) * 53, 3.0, 0.5, 0.1)


def test_one_a_day_and_twelve_left() -> None:
    """Twelve last twelve days; fourteen days from the supplier: too late by two, so buy today."""
    found = propose(ONE_A_DAY, MONDAY, MONDAY, Position(on_hand=12), Supply(lead_days=14, cover_days=30))
    assert (found.cover_days, found.stockout) == (12, date(2026, 12, 12))
    assert found.order_by == MONDAY
    assert found.needed == pytest.approx(15)
    assert found.safety == pytest.approx(1.6449 * 3 * (15 / 7) ** 0.5)
    assert (found.minimum, found.maximum) == (23, 53)
    assert found.quantity == 53 - 12


def test_what_is_promised_is_gone_and_what_comes_in_time_counts() -> None:
    position = Position(on_hand=12, promised=4, arrivals=(Arrival(date(2026, 12, 5), 20),))
    found = propose(ONE_A_DAY, MONDAY, MONDAY, position, Supply(14, 30))
    assert found.cover_days == 28 and found.quantity == 0
    late = position._replace(arrivals=(Arrival(date(2026, 12, 20), 20),))
    found = propose(ONE_A_DAY, MONDAY, MONDAY, late, Supply(14, 30))
    assert found.cover_days == 8, "it comes when nothing is left since days"
    assert found.quantity == 0, "it is on its way all the same"


def test_the_days_of_this_week_that_passed_do_not_count() -> None:
    rising = ONE_A_DAY._replace(mean=(7.0, 70.0, *(7.0,) * 51))
    sunday = MONDAY + timedelta(days=6)
    found = propose(rising, MONDAY, sunday, Position(on_hand=12), Supply(1, 7))
    assert found.cover_days == 2 and found.needed == pytest.approx(1 + 10)


def test_it_lasts_for_ever() -> None:
    found = propose(ONE_A_DAY, MONDAY, MONDAY, Position(on_hand=1000), Supply(14, 30))
    assert (found.cover_days, found.stockout, found.quantity, found.order_by) == (FAR, None, 0, None)


@pytest.mark.parametrize(
    ("quantity", "supply", "bought"),
    [
        (41.2, Supply(1, 1), 42),
        (41, Supply(1, 1, multiple=12), 48),
        (3, Supply(1, 1, least=10), 10),
        (3, Supply(1, 1, least=10, multiple=6), 12),
    ],
)
def test_as_the_supplier_sells_it(quantity: float, supply: Supply, bought: float) -> None:
    assert packed(quantity, supply) == bought


@given(
    st.integers(-50, 500).map(float),
    st.integers(0, 120),
    st.integers(1, 120),
    st.sampled_from(["90", "95", "98", "99"]),
    st.floats(0, 400),
)
def test_a_rule_can_always_be_kept(on_hand: float, lead: int, cover: int, service: str, weekly: float) -> None:
    forecast = Forecast("flat", "", (weekly,) * 53, 1 + weekly / 3, 0.7, 0.3)
    found = propose(forecast, MONDAY, MONDAY, Position(on_hand), Supply(lead, cover, service))
    assert 0 <= found.minimum <= found.maximum
    assert found.quantity == 0 or on_hand + found.quantity >= found.maximum
    assert 0 <= found.cover_days <= FAR
    assert (found.stockout is None) == (found.cover_days == FAR)


def test_the_days_without_stock_of_each_week() -> None:
    """None from Wednesday until the next Monday, and one sold on Friday all the same."""
    empty = [(MONDAY + timedelta(days=2), MONDAY + timedelta(days=7))]
    assert history(MONDAY, 2, {}, empty) == [Week(0, 0, 2), Week(0, 0, 7)]
    sales = {MONDAY: Sales(4, 1, weekdays=0b0010001)}
    assert history(MONDAY, 1, sales, empty) == [Week(4, 1, 3)]


def test_what_did_not_exist_yet() -> None:
    long_ago = [(MONDAY - timedelta(days=400), MONDAY + timedelta(days=16))]
    weeks = history(MONDAY, 4, {}, long_ago)
    assert [week.days for week in weeks] == [0, 0, 5, 7] and begun(weeks) == 2
    assert begun(history(MONDAY, 4, {MONDAY + timedelta(days=7): Sales(1)}, long_ago)) == 1
    assert history(MONDAY, 3, {}, [(MONDAY, MONDAY)]) == [Week()] * 3


@given(st.lists(st.tuples(st.integers(-30, 60), st.integers(-30, 60)), max_size=5))
def test_days_without_stock_are_counted_once(spells: list[tuple[int, int]]) -> None:
    empty = [(MONDAY + timedelta(days=since), MONDAY + timedelta(days=until)) for since, until in spells]
    days = {day for since, until in spells for day in range(since, until) if 0 <= day < 28}
    assert sum(7 - week.days for week in history(MONDAY, 4, {}, empty)) == len(days)
