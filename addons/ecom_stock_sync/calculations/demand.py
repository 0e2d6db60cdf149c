"""What customers wanted each week, which is not what was sold: shelves were empty, and prices were low.

Quantities are in the product's own unit of measure. A week begins on Monday.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

DAYS = 7
NEIGHBOURS = 8
"""So many usual weeks around a week say what is usual in it."""
PROMOTED_SHARE = 0.5
"""A week is one of promotion when at least this share of it was sold well below the usual price."""
PROMOTION_KEPT = 0.25
"""Of what a promotion sold beyond the usual, this much counts: some of those customers stay."""
SCALED_AT_MOST = 3.0
"""Where nothing says what is usual, what was sold is taken at most so many times."""


class Week(NamedTuple):
    """A week of a product at a warehouse."""

    sold: float = 0.0
    promoted: float = 0.0  # of those, well below the usual price
    days: int = DAYS  # on which it could be bought

    @property
    def is_promoted(self) -> bool:
        """The price says more about this week than the product does."""
        return self.sold > 0 and self.promoted >= self.sold * PROMOTED_SHARE

    @property
    def is_usual(self) -> bool:
        """It could be bought every day, at its usual price."""
        return self.days >= DAYS and not self.is_promoted


def wanted(weeks: Sequence[Week]) -> list[float | None]:
    """The demand of each week; ``None`` where the product could not be bought at all and nothing is known.

    Days without stock are taken to be as good as the days with stock, drawn towards a usual week of that time: two
    sold on the one day of a week are no demand of fourteen.
    """
    demand: list[float | None] = []
    for index, week in enumerate(weeks):
        if week.days <= 0 and week.sold <= 0:
            demand.append(None)
        elif week.is_usual:
            demand.append(week.sold)
        else:
            usual = _usual(weeks, index)
            value = _filled(week, usual)
            if week.is_promoted and usual is not None and value > usual:
                value = usual + PROMOTION_KEPT * (value - usual)
            demand.append(value)
    return demand


def _filled(week: Week, usual: float | None) -> float:
    """What would have been sold, had there been stock on all days."""
    missing = DAYS - max(min(week.days, DAYS), 0)
    if not missing:
        return week.sold
    if usual is None:
        scaled = week.sold * DAYS / max(week.days, 1)
        return min(scaled, week.sold * SCALED_AT_MOST)
    a_day = (week.sold + usual) / (DAYS - missing + DAYS)
    return week.sold + a_day * missing


def _usual(weeks: Sequence[Week], index: int) -> float | None:
    """The mean of the usual weeks nearest to one; ``None`` when there are fewer than two."""
    found: list[float] = []
    for distance in range(1, len(weeks)):
        for near in (index - distance, index + distance):
            if 0 <= near < len(weeks) and weeks[near].is_usual:
                found.append(weeks[near].sold)
        if len(found) >= NEIGHBOURS:
            break
    return sum(found) / len(found) if len(found) > 1 else None


class Sales(NamedTuple):
    """What was sold in a week."""

    sold: float
    promoted: float = 0.0
    weekdays: int = 0  # those on which something was sold: Monday is 1, Tuesday 2, Wednesday 4 ...


def history(first: date, count: int, sales: Mapping[date, Sales], empty: Iterable[tuple[date, date]]) -> list[Week]:
    """The weeks from a Monday on, with the days on which the product could be bought.

    :param sales: by the Monday of the week
    :param empty: from a day up to another, without it: there was no stock. A day on which something was sold all the
        same was one on which it could be bought.
    """
    without = [0] * count
    for since, until in empty:
        start, end = max((since - first).days, 0), min((until - first).days, count * DAYS)
        for week in range(start // DAYS, -(-end // DAYS) if end > start else 0):
            low, high = max(start - week * DAYS, 0), min(end - week * DAYS, DAYS)
            without[week] |= ((1 << high) - 1) & ~((1 << low) - 1)
    nothing = Sales(0.0)
    weeks = []
    for week in range(count):
        found = sales.get(first + timedelta(weeks=week), nothing)
        weeks.append(Week(found.sold, found.promoted, DAYS - (without[week] & ~found.weekdays).bit_count()))
    return weeks


def begun(weeks: Sequence[Week]) -> int:
    """The number of weeks at the start in which the product was neither there nor sold: it did not exist yet."""
    return next((index for index, week in enumerate(weeks) if week.days or week.sold), len(weeks))
