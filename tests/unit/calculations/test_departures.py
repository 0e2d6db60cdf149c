"""By when an order leaves."""

from __future__ import annotations

from datetime import date, datetime

from calculations.departures import WITH_SATURDAY, due_on

THURSDAY, FRIDAY, SATURDAY, MONDAY = (date(2026, 11, day) for day in (26, 27, 28, 30))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute)


def test_before_the_cut_off_it_leaves_today_and_after_it_the_next_day() -> None:
    assert due_on(at(THURSDAY, 14, 0), 14) == THURSDAY
    assert due_on(at(THURSDAY, 14, 1), 14) == FRIDAY
    assert due_on(at(THURSDAY, 14, 31), 14.5) == FRIDAY


def test_at_the_weekend_it_waits_for_the_carrier() -> None:
    assert due_on(at(FRIDAY, 15), 14) == MONDAY
    assert due_on(at(SATURDAY, 9), 14) == MONDAY
    assert due_on(at(FRIDAY, 15), 14, WITH_SATURDAY) == SATURDAY


def test_without_a_cut_off_it_is_due_at_once() -> None:
    assert due_on(at(SATURDAY, 23), 0) == SATURDAY
