"""What can be done about an order that found fewer goods than it asks for: proposals with their figures.

Plain decisions on what was read; quantities are in the product's own unit of measure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import NamedTuple

from .availability import EPSILON

SUBSTITUTES = 5  # proposed for one line at most


class Kind(str, Enum):
    """What is proposed."""

    WAREHOUSE = "warehouse"  # another warehouse ships what is missing
    SUBSTITUTE = "substitute"  # another product takes the line's place
    WAIT = "wait"  # the delivery waits for what is on its way
    PARTIAL = "partial"  # what is there leaves now, the rest follows
    CANCEL_MISSING = "cancel_missing"  # what is missing is taken out of the order
    CANCEL_ORDER = "cancel_order"


class Line(NamedTuple):
    """A line that lacks goods."""

    id: int
    product: int
    ordered: float  # and not delivered yet
    found: float
    missing: float
    delivered: float = 0.0
    pack: float = 1.0  # units in one piece that the customer ordered
    whole: bool = True  # its goods are the product itself: no kit


class Substitute(NamedTuple):
    """Another product that may take a line's place."""

    product: int
    free: float
    sister: bool  # a variant of the same product


class Facts(NamedTuple):
    """What was read for one product."""

    elsewhere: Mapping[int, float] = {}  # {warehouse: free there}
    incoming: Sequence[tuple[date, float]] = ()  # what is on its way to the order's own warehouse
    ahead: float = 0.0  # of that, what other orders wait for already
    substitutes: Sequence[Substitute] = ()


class Order(NamedTuple):
    """What counts for the order as a whole."""

    found: float  # all that is there for it, of lines that lack nothing too
    lines: int  # that have something left to deliver
    may_change: bool = True
    may_cancel: bool = True


class Proposal(NamedTuple):
    """One way out; ``line`` is 0 where it is about the order as a whole."""

    kind: Kind
    line: int = 0
    quantity: float = 0.0  # that it settles
    target: int = 0  # the warehouse or the product
    free: float = 0.0  # what there is of it
    on: date | None = None
    solves: bool = True  # nothing of the line is missing afterwards


def propose(order: Order, lines: Sequence[Line], facts: Mapping[int, Facts]) -> list[Proposal]:
    """The ways out, line by line, what costs the customer least first; then those for the order as a whole."""
    proposals = []
    for line in lines:
        known = facts.get(line.product, Facts())
        if line.whole:
            proposals += _elsewhere(line, known)
        proposals += _wait(line, known)
        if order.may_change:
            proposals += _substitutes(line, known)
            proposals += _cancel_missing(line, order)
    if order.found > EPSILON:
        missing = sum(line.missing for line in lines)
        proposals.append(Proposal(Kind.PARTIAL, quantity=order.found, free=missing))
    if order.may_cancel:
        proposals.append(Proposal(Kind.CANCEL_ORDER))
    return proposals


def _elsewhere(line: Line, known: Facts) -> list[Proposal]:
    """Warehouses that have all of it, else those that have some; the fullest first."""
    ranked = sorted(known.elsewhere.items(), key=lambda row: (-row[1], row[0]))
    some = [(warehouse, _pieces(free)) for warehouse, free in ranked if _pieces(free) > 0]
    full = [(warehouse, free) for warehouse, free in some if free >= line.missing - EPSILON]
    return [
        Proposal(
            Kind.WAREHOUSE,
            line.id,
            min(free, line.missing),
            warehouse,
            free,
            solves=free >= line.missing - EPSILON,
        )
        for warehouse, free in full or some
    ]


def _wait(line: Line, known: Facts) -> list[Proposal]:
    """The day by which enough has come for those who wait already and for this line."""
    come = -max(known.ahead, 0.0)
    for day, quantity in sorted(known.incoming):
        come += quantity
        if come >= line.missing - EPSILON:
            return [Proposal(Kind.WAIT, line.id, line.missing, free=come, on=day)]
    return []


def _substitutes(line: Line, known: Facts) -> list[Proposal]:
    """Products of which there is enough for the whole line: a line is of one product."""
    if line.delivered > EPSILON or not line.whole:
        return []
    enough = [row for row in known.substitutes if row.free >= line.ordered - EPSILON]
    enough.sort(key=lambda row: (not row.sister, -row.free, row.product))
    return [
        Proposal(Kind.SUBSTITUTE, line.id, line.ordered, row.product, _pieces(row.free)) for row in enough[:SUBSTITUTES]
    ]


def _cancel_missing(line: Line, order: Order) -> list[Proposal]:
    """Taken out in whole packs; where nothing else would be left, the order is cancelled instead."""
    less = min(packs_to_cancel(line.missing, line.pack) * line.pack, line.ordered)
    if order.lines <= 1 and line.ordered + line.delivered - less <= EPSILON:
        return []
    return [Proposal(Kind.CANCEL_MISSING, line.id, less)]


def packs_to_cancel(missing: float, pack: float = 1.0) -> float:
    """How much less of a line is ordered, in what the customer ordered: half a pack is never sent."""
    if abs(pack - 1.0) <= EPSILON:
        return missing
    return float(math.ceil(missing / pack - EPSILON))


def _pieces(free: float) -> float:
    """What is told of a free quantity: no more than there is, and nothing below zero."""
    return max(0.0, math.floor(free * 1000 + EPSILON) / 1000)
