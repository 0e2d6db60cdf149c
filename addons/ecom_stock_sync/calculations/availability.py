"""How many of an offer may be sold, and why: plain arithmetic on what one query found.

Quantities are floats in the product's own unit of measure; what is shown is a whole number of packs.
"""

from __future__ import annotations

import math
from typing import NamedTuple

# Quantities are sums of floats: this much is no quantity.
EPSILON = 1e-6


class Figures(NamedTuple):
    """A product at a place: the locations that feed what one shop, or one location of a shop, shows.

    A tuple, for there may be a hundred thousand of them.
    """

    on_hand: float = 0.0  # on the shelves
    reserved: float = 0.0  # of those, promised to orders
    expired: float = 0.0  # free, but of lots that are past their removal date, or expire too soon for this channel
    blocked: float = 0.0  # free, but of lots that are blocked
    demanded: float = 0.0  # ordered in Odoo, and not reserved yet
    ordered: float = 0.0  # ordered in a shop, and not in Odoo yet; rung up at a counter, and not moved yet
    in_carts: float = 0.0  # kept for customers of external shops who have not paid yet
    incoming: float = 0.0  # will come within the days that the channel counts on

    @property
    def free(self) -> float:
        """What may still be promised to somebody; below zero where more was promised than there is."""
        return (
            self.on_hand
            - self.reserved
            - self.expired
            - self.blocked
            - self.demanded
            - self.ordered
            - self.in_carts
            + self.incoming
        )


NOTHING = Figures()


class Rule(NamedTuple):
    """What a merchant decided about how much of the free quantity an offer shows. The usual one holds nothing back."""

    buffer: float = 0.0  # held back, in units
    percentage: float = 100.0  # of what is free that is shown, before the buffer
    withdraw_at: float = 0.0  # nothing is shown when this many or fewer are free: they are for other channels
    cap: int = 0  # shown at most; 0: no limit
    keep_selling: bool = False  # sold on when nothing is left
    left_to_shop: bool = False  # the shop minds its stock itself


ALL_OF_IT = Rule()


def available(free: float, rule: Rule = ALL_OF_IT, pack: float = 1.0) -> int:
    """How many of an offer that holds ``pack`` units may be shown when ``free`` units may still be promised."""
    if free <= rule.withdraw_at + EPSILON:
        return 0
    if rule is ALL_OF_IT and pack == 1.0:
        return math.floor(free + EPSILON)  # what most offers are, of a hundred thousand
    units = free * rule.percentage / 100.0 - rule.buffer
    count = math.floor(units / pack + EPSILON)
    if rule.cap and count > rule.cap:
        return rule.cap
    return max(count, 0)


class Step(NamedTuple):
    """One line of an explanation: the lines add up to what is shown."""

    code: str
    quantity: float


def explain(figures: Figures, dedicated: float = 0.0, rule: Rule = ALL_OF_IT, pack: float = 1.0) -> list[Step]:
    """The figures that count, one after the other; their sum is ``available(figures.free - dedicated, rule, pack)``.

    :param dedicated: units that are kept for other channels
    """
    steps = [
        Step("on_hand", figures.on_hand),
        Step("incoming", figures.incoming),
        Step("reserved", -figures.reserved),
        Step("demanded", -figures.demanded),
        Step("ordered", -figures.ordered),
        Step("in_carts", -figures.in_carts),
        Step("blocked", -figures.blocked),
        Step("expired", -figures.expired),
        Step("dedicated", -dedicated),
    ]
    free = figures.free - dedicated
    shown = available(free, rule, pack)
    if free <= rule.withdraw_at + EPSILON:
        if free > EPSILON:
            steps.append(Step("withdrawn", -free))
        elif free < -EPSILON:
            steps.append(Step("below_zero", -free))
    else:
        share = free * rule.percentage / 100.0
        units = share - rule.buffer
        packs = math.floor(units / pack + EPSILON)
        steps += [Step("percentage", share - free), Step("buffer", -rule.buffer)]
        if packs < 0:
            steps.append(Step("below_zero", -units))
        else:
            steps += [Step("packs", packs - units), Step("cap", float(shown - packs))]
    return [step for step in steps if step.code == "on_hand" or abs(step.quantity) > EPSILON]


def kits(free: dict[int, float], components: list[tuple[int, float]]) -> float:
    """How many kits can be put together; ``components`` are (product, quantity in one kit)."""
    return min((math.floor(free.get(product, 0.0) / quantity + EPSILON) for product, quantity in components), default=0)
