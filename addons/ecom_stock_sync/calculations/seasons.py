"""The seasons of a product: how each week of the year compares with the year's mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

YEAR = 52
ENOUGH = 2 * YEAR
"""So many weeks are two years, which is what seasons can be told from."""
KERNEL = (1.0, 2.0, 3.0, 2.0, 1.0)
"""A week of the year is seen together with its neighbours: sales of single weeks are noisy."""
MOST = 8.0
GROWTH = math.log(3.0) / YEAR
"""Growth beyond three times in a year is not taken for growth."""

Series = Sequence["float | None"]
Profile = tuple[float, ...]


def positions(first: date, count: int) -> list[int]:
    """The weeks of the year, 0 to 51, of so many weeks from a Monday on."""
    day = first + timedelta(days=3)  # the middle of a week says to which one it belongs
    return [min(((day + timedelta(weeks=n)).timetuple().tm_yday - 1) // 7, YEAR - 1) for n in range(count)]


def profile(demand: Series, places: Sequence[int]) -> Profile | None:
    """52 factors around 1, drawn towards 1 as far as they may be chance; ``None`` where there is no pattern.

    :param places: the position of each week in the year
    """
    known = [value for value in demand if value is not None]
    if len(known) < YEAR or sum(known) <= 0:
        return None
    ratios = _ratios(demand)
    by_place: list[list[float]] = [[] for _ in range(YEAR)]
    for place, ratio in zip(places, ratios, strict=True):
        if ratio is not None:
            by_place[place].append(ratio)
    raw, weights = _smooth(by_place)
    mean = sum(raw) / YEAR
    if mean <= 0:
        return None
    raw = [value / mean for value in raw]
    residuals = [(ratio - raw[place]) ** 2 for place, ratio in zip(places, ratios, strict=True) if ratio is not None]
    # Twenty degrees of freedom are about what the smoothed pattern has.
    noise = sum(residuals) / max(len(residuals) - 20, 1)
    spread = sum((value - 1) ** 2 for value in raw) / YEAR
    chance = noise * sum(weights) / YEAR
    strength = 1 - chance / spread if spread > 0 else 0.0
    if strength <= 0.1:
        return None
    return tuple(max(min(1 + strength * (value - 1), MOST), 0.05) for value in raw)


def without(demand: Series, places: Sequence[int], factors: Profile) -> list[float | None]:
    """The series as it would be without seasons."""
    return [None if value is None else value / factors[place] for value, place in zip(demand, places, strict=True)]


def _ratios(demand: Series) -> list[float | None]:
    """Each week in relation to the mean of the year around it, growth taken out."""
    growth = _growth(demand)
    flat = [None if value is None else value * math.exp(-growth * index) for index, value in enumerate(demand)]
    count = len(flat)
    sums, known = [0.0], [0]
    for value in flat:
        sums.append(sums[-1] + (value or 0.0))
        known.append(known[-1] + (value is not None))
    result: list[float | None] = []
    for index, value in enumerate(flat):
        start = max(min(index - YEAR // 2, count - YEAR), 0)
        end = min(start + YEAR, count)
        weeks = known[end] - known[start]
        mean = (sums[end] - sums[start]) / weeks if weeks else 0.0
        result.append(None if value is None or mean <= 0 else min(value / mean, 2 * MOST))
    return result


def _growth(demand: Series) -> float:
    """Growth a week, told from the same weeks of two years."""
    if len(demand) < ENOUGH:
        return 0.0
    pairs = [
        (before, after)
        for before, after in zip(demand[-ENOUGH:-YEAR], demand[-YEAR:], strict=True)
        if before is not None and after is not None
    ]
    former, later = sum(before for before, _ in pairs), sum(after for _, after in pairs)
    if former <= 0 or later <= 0:
        return 0.0
    return max(min(math.log(later / former) / YEAR, GROWTH), -GROWTH)


def _smooth(by_place: Sequence[Sequence[float]]) -> tuple[list[float], list[float]]:
    """The smoothed factor of each week, and what part of one week's variance is left in it."""
    raw, left = [], []
    half = len(KERNEL) // 2
    for place in range(YEAR):
        total = weight = squares = 0.0
        for offset, share in enumerate(KERNEL, start=-half):
            values = by_place[(place + offset) % YEAR]
            total += share * sum(values)
            weight += share * len(values)
            squares += share * share * len(values)
        raw.append(total / weight if weight else 1.0)
        left.append(squares / (weight * weight) if weight else 0.0)
    return raw, left
