"""Products that do not exist: what customers wanted of them each day, what was sold of it, and why less or more."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

FIRST = date(2023, 1, 2)
"""The Monday on which the histories of the oldest products begin."""
KINDS = ("steady", "trend", "season", "season and trend", "sporadic", "young", "changed")
SHAPES = ("christmas", "summer", "winter", "school")


@dataclass
class Product:
    """One product's weeks, the oldest first."""

    kind: str
    shape: str
    first: date
    wanted: list[float] = field(default_factory=list)  # at its usual price, with stock on every day
    sold: list[float] = field(default_factory=list)
    promoted: list[float] = field(default_factory=list)  # of those, at a low price
    days: list[int] = field(default_factory=list)  # with stock


def products(count: int, weeks: int, seed: int) -> Iterator[Product]:
    """So many products in equal parts of every kind; the same ones for the same seed."""
    chance = random.Random(seed)
    for number in range(count):
        yield _product(chance, KINDS[number % len(KINDS)], weeks)


def season(shape: str, day: date) -> float:
    """What a day of the year is in relation to the mean day."""
    if not shape:
        return 1.0
    position = day.timetuple().tm_yday
    peak, width, height = {
        "christmas": (345, 16, 3.0),
        "summer": (190, 45, 1.6),
        "winter": (20, 50, 1.3),
        "school": (242, 14, 2.2),
    }[shape]
    away = min(abs(position - peak), 365 - abs(position - peak))
    return 0.7 + height * math.exp(-0.5 * (away / width) ** 2)


def _product(chance: random.Random, kind: str, weeks: int) -> Product:
    count = chance.randint(20, 75) if kind == "young" else weeks
    shape = chance.choice(SHAPES) if kind.startswith("season") or (kind == "young" and chance.random() < 0.4) else ""
    product = Product(kind, shape, FIRST + timedelta(weeks=weeks - count))
    level = math.exp(chance.uniform(math.log(1.5), math.log(60)))
    if kind == "sporadic":
        level = math.exp(chance.uniform(math.log(0.1), math.log(1.0)))
    growth = chance.choice((-1, 1)) * chance.uniform(0.2, 0.9) / 52 if "trend" in kind else 0.0
    growth = growth or (chance.uniform(0, 0.6) / 52 if kind == "young" else chance.uniform(-0.05, 0.05) / 52)
    jump, factor = (chance.randrange(count - 90, count - 14), chance.choice((0.35, 0.5, 1.8, 2.5)))
    # How much more days differ than if customers came one by one, and how many each takes.
    rough, pack = chance.uniform(0.05, 0.5), chance.choice((1, 1, 1, 2, 6)) if kind == "sporadic" else 1
    empty, low = _spells(chance, count, 0.018, 3, 24), _spells(chance, count, 0.011, 7, 14)
    mood = 0.0
    for week in range(count):
        mood = 0.8 * mood + chance.gauss(0, 0.08)
        wanted = sold = promoted = 0.0
        days = 0
        usual = level * math.exp(growth * week + mood) * (factor if kind == "changed" and week >= jump else 1.0)
        swing = chance.gammavariate(1 / rough, rough) if kind != "sporadic" else 1.0
        for weekday in range(7):
            number = week * 7 + weekday
            a_day = usual * swing * season(shape, product.first + timedelta(days=number)) / 7
            came = pack * _poisson(chance, a_day / pack)
            wanted += came
            if number in empty:
                continue
            days += 1
            if number in low:
                came += pack * _poisson(chance, a_day * 1.5 / pack)
                promoted += came
            sold += came
        product.wanted.append(wanted)
        product.sold.append(sold)
        product.promoted.append(promoted)
        product.days.append(days)
    return product


def _spells(chance: random.Random, weeks: int, often: float, shortest: int, longest: int) -> set[int]:
    """Days that belong to spells which begin now and then: without stock, or at a low price."""
    found: set[int] = set()
    for day in range(weeks * 7):
        if chance.random() < often / 7 * 2:
            found.update(range(day, day + chance.randint(shortest, longest)))
    return found


def _poisson(chance: random.Random, mean: float) -> int:
    if mean > 30:
        return max(round(chance.gauss(mean, math.sqrt(mean))), 0)
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count
