"""Which days are no working days in France (Code du travail, L3133-1): what a legal term never ends on."""

from __future__ import annotations

from datetime import date, timedelta

# Alsace and Moselle have two more, Good Friday and 26 December: not counted, as they hold nowhere else.
_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# Easter Monday, Ascension, Whit Monday.
_AFTER_EASTER = (1, 39, 50)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def holidays(year: int) -> frozenset[date]:
    """The public holidays of a year."""
    sunday = easter(year)
    return frozenset(
        {date(year, month, day) for month, day in _FIXED} | {sunday + timedelta(days) for days in _AFTER_EASTER}
    )


def is_working_day(day: date) -> bool:
    """Neither a Saturday, a Sunday nor a holiday."""
    return day.weekday() < 5 and day not in holidays(day.year)


def next_working_day(day: date) -> date:
    """The day itself, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(1)
    return day
