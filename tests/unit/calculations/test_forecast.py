"""Forecasts: trends, seasons, products that sell now and then, and what is not known."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculations.forecast import LEAST, forecast
from calculations.seasons import YEAR, positions, profile

MONDAY = date(2023, 1, 2)
series = st.lists(st.one_of(st.none(), st.integers(0, 300).map(float)), max_size=170)


def _swing(week: int) -> float:
    return 1 + 0.6 * math.sin(2 * math.pi * week / 52.18)


def test_the_same_every_week() -> None:
    found = forecast([10.0] * 60, MONDAY)
    assert found and found.method == "flat" and found.season == ""
    assert found.mean[0] == pytest.approx(10) and found.total(4) == pytest.approx(40)
    assert found.total(1.5) == pytest.approx(15)
    low, high = found.interval(4)
    assert low < 40 < high, "customers come by chance, even those of a product that never varied"


def test_a_trend_goes_on_and_fades() -> None:
    found = forecast([10.0 + 0.5 * week for week in range(80)], MONDAY)
    assert found and found.method == "trend"
    assert found.mean[0] > 49 and found.mean[25] > found.mean[0]
    assert found.mean[25] - found.mean[24] < found.mean[1] - found.mean[0]


def test_seasons_of_its_own() -> None:
    """Three years of a product with a season: the coming summer is seen, before it begins."""
    chance = random.Random(4)
    history = [max(40 * _swing(week) + chance.gauss(0, 5), 0) for week in range(156)]
    found = forecast(history, MONDAY)
    assert found and found.season == "own"
    for week in (0, 10, 20):
        assert found.mean[week] == pytest.approx(40 * _swing(156 + week), rel=0.2)


def test_seasons_of_its_kind() -> None:
    """A product of half a year has none of its own yet: it follows those of its category, if that is nearer."""
    group = profile([1000 * _swing(week) for week in range(156)], positions(MONDAY, 156))
    assert group
    first = MONDAY + timedelta(weeks=130)
    history = [30 * _swing(130 + week) for week in range(26)]
    found = forecast(history, first, group=group)
    assert found and found.season == "group"
    assert found.mean[20] == pytest.approx(30 * _swing(176), rel=0.2)


def test_chance_is_no_season() -> None:
    chance = random.Random(11)
    told = [profile([float(chance.randint(0, 20)) for _ in range(156)], positions(MONDAY, 156)) for _ in range(20)]
    flat = [max(abs(factor - 1) for factor in found) if found else 0.0 for found in told]
    assert sum(flat) / len(flat) < 0.25


def test_now_and_then() -> None:
    """A lot of four every fifth week: less than one a week, and no forecast of nothing."""
    found = forecast([4.0 if week % 5 == 0 else 0.0 for week in range(100)], MONDAY)
    assert found and found.mean[0] == pytest.approx(0.8, rel=0.3)
    low, high = found.interval(4)
    assert low < 3.2 < high


def test_what_ended_fades() -> None:
    found = forecast([20.0] * 60 + [0.0] * 30, MONDAY)
    assert found and found.total(4) < 4


def test_weeks_without_stock_do_not_count() -> None:
    """Half of the weeks are unknown: the forecast is that of the other half."""
    found = forecast([8.0 if week % 2 else None for week in range(60)], MONDAY)
    assert found and found.mean[0] == pytest.approx(8)


@pytest.mark.parametrize("history", [[], [0.0] * 50, [None] * 50, [5.0] * (LEAST - 1)])
def test_nothing_is_said_where_nothing_is_known(history: list[float | None]) -> None:
    assert forecast(history, MONDAY) is None


def test_a_young_product() -> None:
    found = forecast([5.0, 7.0, 6.0, 6.0], MONDAY)
    assert found and found.mean[0] == pytest.approx(6, abs=0.5)


def test_the_interval_grows_with_the_weeks() -> None:
    chance = random.Random(3)
    found = forecast([float(chance.randint(10, 30)) for _ in range(104)], MONDAY)
    assert found and found.spread(1) < found.spread(4) < found.spread(13)
    assert found.spread(0) == 0


def test_weeks_have_their_place_in_the_year() -> None:
    places = positions(date(2024, 12, 16), 6)
    assert places[:2] == [50, 51] and places[2] in (0, 51) and min(places) >= 0 and max(places) < YEAR


@settings(deadline=None, max_examples=60)
@given(series)
def test_any_history_has_a_sound_answer(history: list[float | None]) -> None:
    found = forecast(history, MONDAY)
    known = [value for value in history if value is not None]
    if len(known) < LEAST or sum(known) <= 0:
        assert found is None
        return
    assert found and len(found.mean) == 26
    assert all(math.isfinite(week) and week >= 0 for week in found.mean)
    low, high = found.interval(4)
    assert 0 <= low <= found.total(4) <= high
    assert 0.5 <= found.exponent <= 1
    assert max(found.mean) <= 12 * max(known)
