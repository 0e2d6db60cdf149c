"""By when an order has to leave: its carrier's cut-off time, and the days on which the carrier comes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

WEEKDAYS = frozenset(range(5))  # Monday to Friday
WITH_SATURDAY = frozenset(range(6))


def due_on(placed: datetime, cutoff: float, days: Collection[int] = WEEKDAYS) -> date:
    """The day on which an order has to leave.

    :param placed: when it was placed, in the warehouse's own time
    :param cutoff: hours since midnight until which orders leave the same day; 0: there is none, and every order is
        due on the day it is placed
    :param days: on which the carrier comes; Monday is 0
    """
    day = placed.date()
    if not cutoff:
        return day
    if placed.hour + placed.minute / 60 + placed.second / 3600 > cutoff:
        day += timedelta(days=1)
    while day.weekday() not in days:
        day += timedelta(days=1)
    return day
