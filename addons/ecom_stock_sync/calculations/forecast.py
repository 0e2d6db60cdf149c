"""How much will be wanted in the weeks to come, and how sure that is.

Several plain methods run over the history of a product. Each is judged by what it would have said in the past months
about the four weeks that followed, and the best one speaks. Exponential smoothing with and without a damped trend, and
the method of Teunter, Syntetos and Babai (2011) for products that sell now and then; each of them with and without
seasons. All follow a level from week to week, so that one pass over the history gives what was said at every point.

No library: those that are well kept (statsmodels, statsforecast) bring numpy, scipy and pandas, one of them numba too,
and a merchant's server would carry all that for these few formulas. What they are worth is printed by the benchmark.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

from . import seasons
from .seasons import YEAR, Profile, Series

SPAN = 4
"""Methods are judged by the demand of so many weeks together, as a purchase is."""
LEAST = 4
"""So many weeks have to be known before anything is said."""
PLAIN_ENOUGH = 0.97
"""A further method has to be better than a simpler one by this."""
INTERVAL = 1.2816
"""Standard deviations on each side that hold four outcomes of five."""
DAMPING = 0.93
GROWN = tuple(sum(DAMPING**step for step in range(1, week + 2)) for week in range(YEAR + 1))
"""How many trends a week lies above the level, by its number from the last known week."""
SPORADIC_ZEROS = 0.3
"""A product that sold nothing in this share of its weeks sells now and then."""


class State(NamedTuple):
    """What a method knows after a week."""

    level: float  # wanted a week
    trend: float = 0.0  # more each week, less and less so


class Point(NamedTuple):
    """A place in the history from which the weeks that follow were to be foretold."""

    week: int  # the last one that was known
    wanted: float  # in the span that followed
    levels: float  # so many levels, and so many trends, make up what is said about it
    trends: float

    def said(self, state: State) -> float:
        """What a method said about the span."""
        return max(state.level * self.levels + state.trend * self.trends, 0.0)


class Forecast(NamedTuple):
    """Demand of the weeks to come. ``mean[0]`` is the first week after the history."""

    method: str  # flat, trend, sporadic
    season: str  # "" without seasons, "own", or "group": those of its kind
    mean: tuple[float, ...]
    deviation: float  # standard deviation of one week's demand around what was said
    exponent: float  # how it grows with the number of weeks: 0.5 when each week errs on its own
    error: float  # of the back-test: absolute error of a span, in parts of its demand

    def total(self, weeks: float) -> float:
        """Demand of the next weeks together; the last one may be a part."""
        whole = min(int(weeks), len(self.mean))
        demand = math.fsum(self.mean[:whole])
        rest = weeks - whole
        if rest > 0 and self.mean:
            demand += rest * self.mean[min(whole, len(self.mean) - 1)]
        return demand

    def spread(self, weeks: float) -> float:
        """Standard deviation of the demand of the next weeks together."""
        return self.deviation * float(weeks**self.exponent) if weeks > 0 else 0.0

    def interval(self, weeks: float) -> tuple[float, float]:
        """Between these the demand of the next weeks will be, four times of five."""
        total, around = self.total(weeks), INTERVAL * self.spread(weeks)
        return max(total - around, 0.0), total + around


class Choice(NamedTuple):
    """A method that was tried."""

    error: float  # mean square, over a span
    method: str
    season: str
    run: Callable[[Series], list[State]]
    judged_by: Profile | None  # the seasons as they were known before the back-test
    factors: Profile | None  # the seasons as they are known now


def forecast(demand: Series, first: date, weeks: int = 26, group: Profile | None = None) -> Forecast | None:
    """What will be wanted in the weeks after a history; ``None`` where it says too little.

    :param demand: of each week, ``None`` where it is not known
    :param first: the Monday of the history's first week
    :param weeks: how far to look, a year at most
    :param group: the seasons of products of its kind, for products that cannot tell their own
    """
    known = [value for value in demand if value is not None]
    if len(known) < LEAST or sum(known) <= 0:
        return None
    places = seasons.positions(first, len(demand) + weeks)
    choice = _choose(demand, places, _window(len(demand)), group)
    state = choice.run(_flat(demand, places, choice.factors))[-1]
    ahead = places[len(demand) :]
    mean = tuple(
        max(state.level + state.trend * GROWN[week], 0.0) * (choice.factors[place] if choice.factors else 1.0)
        for week, place in enumerate(ahead)
    )
    deviation, exponent, error = _doubt(demand, places, choice, mean)
    return Forecast(choice.method, choice.season, mean, deviation, exponent, error)


# === CHOOSING === #


def _choose(demand: Series, places: Sequence[int], window: int, group: Profile | None) -> Choice:
    """The method that erred least in the past months; the plainer one where they are alike."""
    best: Choice | None = None
    for season, judged_by, factors in _profiles(demand, places, window, group):
        points = _points(demand, places, window, SPAN, judged_by)
        flat = _flat(demand, places, judged_by)
        for method, run in _methods(demand):
            states = run(flat)
            error = sum((point.said(states[point.week]) - point.wanted) ** 2 for point in points) / max(len(points), 1)
            if best is None or error < best.error * PLAIN_ENOUGH:
                best = Choice(error, method, season, run, judged_by, factors)
    assert best is not None
    return best


def _window(count: int) -> int:
    """The last weeks that methods are judged by: a year where there are three."""
    if count >= seasons.ENOUGH:
        return min(max(count - seasons.ENOUGH, YEAR // 2), YEAR)
    return max(min(count // 3, YEAR // 2), 1)


def _profiles(
    demand: Series, places: Sequence[int], window: int, group: Profile | None
) -> Iterator[tuple[str, Profile | None, Profile | None]]:
    """The seasons that may be looked for, with those that were known before the back-test."""
    yield "", None, None
    count = len(demand)
    if group:
        yield "group", group, group
    if count >= seasons.ENOUGH:
        before = seasons.profile(demand[: count - window], places[: count - window])
        now = seasons.profile(demand, places[:count])
        if before and now:
            yield "own", before, now


def _points(demand: Series, places: Sequence[int], window: int, span: int, factors: Profile | None) -> list[Point]:
    """What was wanted in each span of the back-test. Weeks of which nothing is known are left out on both sides."""
    found = []
    count = len(demand)
    for week in range(max(count - window - 1, 0), count - span):
        wanted = levels = trends = 0.0
        for step in range(span):
            value = demand[week + 1 + step]
            if value is not None:
                factor = factors[places[week + 1 + step]] if factors else 1.0
                wanted += value
                levels += factor
                trends += factor * GROWN[step]
        if levels:
            found.append(Point(week, wanted, levels, trends))
    return found


def _flat(demand: Series, places: Sequence[int], factors: Profile | None) -> Series:
    return seasons.without(demand, places[: len(demand)], factors) if factors else demand


def _doubt(demand: Series, places: Sequence[int], choice: Choice, mean: Sequence[float]) -> tuple[float, float, float]:
    """Deviation of a week, its growth with the number of weeks, and the error of a span in parts of the demand."""
    window = _window(len(demand))
    states = choice.run(_flat(demand, places, choice.judged_by))
    week = _points(demand, places, window, 1, choice.judged_by)
    span = _points(demand, places, window, SPAN, choice.judged_by)
    usual = sum(mean[:SPAN]) / max(len(mean[:SPAN]), 1)
    # Customers come one by one: even if their number is known on average, it varies by its root.
    least = math.sqrt(max(usual, 0.05))
    one = math.sqrt(sum((point.said(states[point.week]) - point.wanted) ** 2 for point in week) / max(len(week), 1))
    past = sum(point.wanted for point in week) / max(len(week), 1)
    busier = math.sqrt(min(max(usual / past, 0.25), 4.0)) if past > 0 else 1.0
    one = max(one * busier, least)
    if not span:
        return one, 0.6, 1.0
    together = math.sqrt(choice.error) * busier
    exponent = math.log(max(together / one, 1e-6)) / math.log(SPAN)
    wanted = sum(point.wanted for point in span)
    missed = sum(abs(point.said(states[point.week]) - point.wanted) for point in span)
    return one, min(max(exponent, 0.5), 1.0), missed / wanted if wanted else 1.0


# === METHODS === #


def _methods(demand: Series) -> Iterator[tuple[str, Callable[[Series], list[State]]]]:
    """The methods to try, plain ones first."""
    for alpha in (0.1, 0.05, 0.2, 0.35):
        yield "flat", partial(_follow, alpha=alpha)
    known = [value for value in demand if value is not None]
    if known.count(0.0) >= SPORADIC_ZEROS * len(known):
        for alpha in (0.1, 0.2):
            for beta in (0.03, 0.08, 0.16):
                yield "sporadic", partial(_follow_sporadic, alpha=alpha, beta=beta)
    elif len(known) >= YEAR // 4:
        for alpha in (0.1, 0.2, 0.35):
            for beta in (0.05, 0.15):
                yield "trend", partial(_follow_trend, alpha=alpha, beta=beta)


def _start(demand: Series) -> float:
    """Where a level begins: the mean of the first weeks."""
    known = [value for value in demand if value is not None][:8]
    return sum(known) / len(known)


def _follow(demand: Series, alpha: float) -> list[State]:
    """Exponential smoothing. The first weeks count alike, until each weighs what ``alpha`` says."""
    level, states, seen = _start(demand), [], 1 / alpha / 2
    for value in demand:
        if value is not None:
            seen += 1
            level += max(alpha, 1 / seen) * (value - level)
        states.append(State(level))
    return states


def _follow_trend(demand: Series, alpha: float, beta: float) -> list[State]:
    """Exponential smoothing with a trend that fades (Gardner and McKenzie)."""
    level, trend, states = _start(demand), 0.0, []
    for value in demand:
        said = level + DAMPING * trend
        if value is None:
            level, trend = said, DAMPING * trend
        else:
            former, level = level, said + alpha * (value - said)
            trend = beta * (level - former) + (1 - beta) * DAMPING * trend
        states.append(State(max(level, 0.0), trend))
    return states


def _follow_sporadic(demand: Series, alpha: float, beta: float) -> list[State]:
    """How often anything is sold, and how much then: smoothed apart (Teunter, Syntetos and Babai)."""
    sold = [value for value in demand if value]
    often = len(sold) / max(sum(value is not None for value in demand), 1)
    size, states = sum(sold[:4]) / max(len(sold[:4]), 1), []
    for value in demand:
        if value is not None:
            often += beta * ((value > 0) - often)
            if value > 0:
                size += alpha * (value - size)
        states.append(State(often * size))
    return states
