"""The error of our forecast of demand against naive ones, on products of seven kinds.

The products are made up, with trends, seasons, promotions and days without stock, always the same ones; the methods
were tuned on others. From three points in time each forecast says what will be wanted in the next four and the next
thirteen weeks, and is held against what customers wanted at the usual price. Naive forecasts are also given the
corrected history, so that it shows what the correction gains and what the methods gain.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from dev.bench.bed import Bed
from dev.bench.forecast_series import KINDS, SHAPES, Product, products
from dev.bench.table import Case, Row
from dev.paths import ADDONS

SEED = 20261129
WEEKS = 169
"""Three years and the quarter that is foretold."""
ORIGINS = (39, 26, 13)
"""Weeks before the end from which the forecasts are made."""
SPANS = (4, 13)
NAIVE: dict[str, Callable[[Sequence[float]], list[float]]] = {
    "last week": lambda past: [past[-1]] * 13,
    "same weeks last year": lambda past: list(past[-52:-39]) if len(past) >= 52 else [past[-1]] * 13,
    "moving average (8 weeks)": lambda past: [sum(past[-8:]) / len(past[-8:])] * 13,
}
OURS = "ours"


def measure(bed: Bed | None, size: int | None, _rounds: int, seed: int = SEED) -> Case:
    """One table for all products together, with a column of ratios for each kind."""
    engine = _engine()
    count = size or 700
    errors: dict[tuple[str, str, int], float] = defaultdict(float)
    seconds: dict[str, float] = defaultdict(float)
    scaled: dict[str, list[float]] = defaultdict(list)
    wanted: dict[int, float] = defaultdict(float)
    inside = made = 0
    everything = list(products(count, WEEKS, seed))
    groups = _groups(engine, everything)
    for product in everything:
        for origin in ORIGINS:
            now = len(product.wanted) - origin
            if now < 8:
                continue
            made += 1
            future = product.wanted[now : now + 13]
            corrected, said, own = _say(engine, product, now, groups.get((product.shape, origin)), seconds)
            scale = _scale(corrected)
            for span in SPANS:
                wanted[span] += sum(future[:span])
                for name, weeks in said.items():
                    errors[name, product.kind, span] += abs(sum(weeks[:span]) - sum(future[:span]))
            for name, weeks in said.items():
                off = sum(abs(foretold - came) for foretold, came in zip(weeks, future, strict=True)) / len(future)
                scaled[name].append(off / scale)
            low, high = own.interval(4) if own else (0.0, 0.0)
            inside += low <= sum(future[:4]) <= high
    case = _case(count, made, errors, scaled, wanted, seconds, inside / made)
    if bed:
        _night(bed, case, size or 1000)
    return case


def _night(bed: Bed, case: Case, count: int) -> None:
    """What the scheduled action takes for so many products with three years of orders."""
    with bed.copy(bed.catalogue(count)) as database:
        found = bed.inside(database, "forecast_night", {"count": count, "seed": SEED})
    case.at_most("statements for a batch of 500 products", found["most"], 45)
    case.notes.append(
        f"In Odoo, {found['products']} products with {found['lines']} lines of orders: {found['seconds']:.1f} s,"
        f" {1000 * found['seconds'] / found['products']:.1f} ms each, {found['most']} statements a batch."
    )


def _say(
    engine: Any, product: Product, now: int, group: Any, seconds: dict[str, float]
) -> tuple[list[float], dict[str, list[float]], Any]:
    """The corrected history, and what each forecast says about the next thirteen weeks."""
    started = time.perf_counter()
    rows = zip(product.sold[:now], product.promoted[:now], product.days[:now], strict=True)
    demand = engine.demand.wanted([engine.demand.Week(*row) for row in rows])
    own = engine.forecast.forecast(demand, product.first, 13, group)
    seconds[OURS] += time.perf_counter() - started
    said = {OURS: list(own.mean) if own else [0.0] * 13}
    known = [value for value in demand if value is not None] or [0.0]
    corrected = [known[0] if value is None else value for value in demand]
    for index, value in enumerate(demand):
        if value is None and index:
            corrected[index] = corrected[index - 1]
    for name, naive in NAIVE.items():
        started = time.perf_counter()
        said[name] = naive(product.sold[:now])
        said[f"{name}, corrected"] = naive(corrected)
        seconds[name] += time.perf_counter() - started
        seconds[f"{name}, corrected"] = seconds[name]
    return corrected, said, own


def _scale(history: Sequence[float]) -> float:
    """Mean difference between a week and the next: what MASE counts in."""
    steps = [abs(after - before) for before, after in pairwise(history)]
    return max(sum(steps) / max(len(steps), 1), 0.05)


def _groups(engine: Any, everything: Sequence[Product]) -> dict[tuple[str, int], Any]:
    """The seasons of each category, as they were known at each point: a shop keeps its Christmas goods together."""
    found = {}
    for shape in SHAPES:
        members = [product for product in everything if product.shape == shape and len(product.wanted) == WEEKS]
        for origin in ORIGINS:
            if members:
                total = [sum(product.sold[week] for product in members) for week in range(WEEKS - origin)]
                places = engine.seasons.positions(members[0].first, len(total))
                found[shape, origin] = engine.seasons.profile(total, places)
    return found


def _case(
    count: int,
    made: int,
    errors: dict[tuple[str, str, int], float],
    scaled: dict[str, list[float]],
    wanted: dict[int, float],
    seconds: dict[str, float],
    inside: float,
) -> Case:
    case = Case("FORECAST", f"{count} products, {made} forecasts; absolute error in parts of what was wanted (WAPE)")

    def total(name: str, span: int, kinds: Sequence[str] = KINDS) -> float:
        return sum(errors[name, kind, span] for kind in kinds)

    for name in scaled:
        more: dict[str, Any] = {
            "WAPE 4 w": _two(total(name, 4) / wanted[4]),
            "WAPE 13 w": _two(total(name, 13) / wanted[13]),
            "MASE": _two(sum(scaled[name]) / len(scaled[name])),
            "ours/this": _two(total(OURS, 4) / total(name, 4)),
        }
        for kind in KINDS:
            more[kind] = _two(total(OURS, 4, [kind]) / total(name, 4, [kind]))
        case.rows.append(Row(name, [max(seconds[name], 1e-6)], made, more))
    for name in NAIVE:
        case.below(f"error over 4 weeks, ours / {name}", total(OURS, 4) / total(name, 4), 1)
        case.below(f"error over 13 weeks, ours / {name}", total(OURS, 13) / total(name, 13), 1)
    best = min((name for name in scaled if name != OURS), key=lambda name: total(name, 4))
    case.below(f"error over 4 weeks, ours / the best naive one ({best})", total(OURS, 4) / total(best, 4), 1)
    case.at_least("of the intervals of 80 % over 4 weeks, those that held", inside, 0.7)
    case.at_most("of the intervals of 80 % over 4 weeks, those that held", inside, 0.9)
    case.notes.append("Columns by kind: our error over 4 weeks in parts of that row's; below 1 ours is nearer.")
    return case


def _two(value: float) -> str:
    return f"{value:.2f}"


def _engine() -> Any:
    """Our calculations: plain Python that lives in the addon's folder."""
    folder = str(ADDONS / "ecom_stock_sync")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    package = importlib.import_module("calculations")
    for name in ("demand", "forecast", "seasons"):
        importlib.import_module(f"calculations.{name}")
    return package
