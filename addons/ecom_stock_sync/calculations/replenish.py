"""When to buy, and how much: a forecast held against what there is and what is on its way.

Quantities are in the product's own unit of measure, and what is proposed is whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from .demand import DAYS
from .forecast import Forecast

# Quantities are sums of floats: this much is no quantity.
EPSILON = 1e-6
FAR = 365
"""Stock that lasts a year lasts long: nobody asks how long exactly."""
SLOW = 180
"""Stock for more days than this is slow."""
SERVICE = {"90": 1.2816, "95": 1.6449, "98": 2.0537, "99": 2.3263}
"""How many standard deviations of demand a stock has to hold to suffice so many times in a hundred."""


class Arrival(NamedTuple):
    """Something that is on its way."""

    day: date
    quantity: float


class Position(NamedTuple):
    """What there is of a product at a warehouse."""

    on_hand: float = 0.0
    promised: float = 0.0  # to orders that were not shipped yet
    arrivals: tuple[Arrival, ...] = ()

    @property
    def free(self) -> float:
        """What may still be sold of what is there."""
        return self.on_hand - self.promised

    @property
    def coming(self) -> float:
        """All that is on its way."""
        return sum(arrival.quantity for arrival in self.arrivals)


class Supply(NamedTuple):
    """How a product is bought, and how well it is to be kept."""

    lead_days: int  # from the order to the shelf
    cover_days: int  # one purchase is to last
    service: str = "95"  # of a hundred times, how often the stock is to suffice until the purchase comes
    least: float = 0.0  # the supplier sells no fewer
    multiple: float = 0.0  # nor other than in multiples


class Proposal(NamedTuple):
    """A reordering rule, and what it would buy today."""

    cover_days: int  # at most ``FAR``
    stockout: date | None  # None: not within a year
    needed: float  # until a purchase of today would come
    safety: float  # against more than that
    minimum: float
    maximum: float
    quantity: float  # to buy today
    order_by: date | None  # the last day on which a purchase comes in time


def propose(forecast: Forecast, monday: date, today: date, position: Position, supply: Supply) -> Proposal:
    """What to keep of a product and what to buy.

    :param monday: of the first week that the forecast is about
    """
    passed = (today - monday).days / DAYS

    def demand(start: float, days: float) -> float:
        return forecast.total(passed + (start + days) / DAYS) - forecast.total(passed + start / DAYS)

    cover, stockout = _last(forecast, monday, today, position)
    # A purchase is decided once a day: tomorrow's comes a day later than today's.
    lead = supply.lead_days + 1
    needed = demand(0, lead)
    safety = SERVICE[supply.service] * forecast.spread(lead / DAYS)
    minimum = math.ceil(needed + safety - EPSILON)
    maximum = minimum + max(math.ceil(demand(lead, supply.cover_days) - EPSILON), 0)
    quantity = 0.0
    if position.free + position.coming < minimum - EPSILON:
        quantity = packed(maximum - position.free - position.coming, supply)
    order_by = stockout and max(stockout - timedelta(days=supply.lead_days), today)
    return Proposal(cover, stockout, needed, safety, float(minimum), float(maximum), quantity, order_by)


def packed(quantity: float, supply: Supply) -> float:
    """As the supplier sells it: no less than wanted."""
    quantity = max(quantity, supply.least)
    if supply.multiple > EPSILON:
        quantity = math.ceil(quantity / supply.multiple - EPSILON) * supply.multiple
    return float(math.ceil(quantity - EPSILON))


def _last(forecast: Forecast, monday: date, today: date, position: Position) -> tuple[int, date | None]:
    """The whole days that the stock lasts, with what arrives in time, and the day on which it is gone."""
    arriving: Sequence[Arrival] = sorted(position.arrivals)
    stock, come, offset = position.free, 0, (today - monday).days
    for day in range(FAR):
        date_of = today + timedelta(days=day)
        while come < len(arriving) and arriving[come].day <= date_of:
            stock += arriving[come].quantity
            come += 1
        week = min((offset + day) // DAYS, len(forecast.mean) - 1)
        stock -= forecast.mean[week] / DAYS
        if stock < -EPSILON:
            return day, date_of
    return FAR, None
