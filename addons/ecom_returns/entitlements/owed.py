"""What a customer is owed: figures that add up to what was paid, whatever the parts.

All money is ``Decimal`` in the invoice's currency. Nothing here rounds twice: a share is the rounded running total less
what was credited before, so a cent that one credit note is off is made good by the next, and the last one takes what
is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
DUST = Decimal("1e-6")
"""What a quantity may lack for being whole: thirds of a kit add up to a little less than one."""
HUNDRED = Decimal(100)


def round_to(amount: Decimal, rounding: Decimal) -> Decimal:
    """``amount`` to a multiple of ``rounding``, half away from zero."""
    return (amount / rounding).quantize(Decimal(1), ROUND_HALF_UP) * rounding


@dataclass(frozen=True, slots=True)
class Figures:
    """An amount without tax, and its taxes by their ids."""

    net: Decimal = ZERO
    taxes: Mapping[int, Decimal] = field(default_factory=dict)

    @property
    def tax(self) -> Decimal:
        return sum(self.taxes.values(), ZERO)

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    def __bool__(self) -> bool:
        return bool(self.net) or any(self.taxes.values())

    def __add__(self, other: Figures) -> Figures:
        return self._with(other, 1)

    def __sub__(self, other: Figures) -> Figures:
        return self._with(other, -1)

    def _with(self, other: Figures, sign: int) -> Figures:
        taxes = dict(self.taxes)
        for key, amount in other.taxes.items():
            taxes[key] = taxes.get(key, ZERO) + sign * amount
        return Figures(self.net + sign * other.net, taxes)

    def part(self, share: Decimal, rounding: Decimal) -> Figures:
        """This share of it, its sum and each tax rounded: one of two articles of 5.00 is 5.00, whatever its tax."""
        taxes = {key: round_to(amount * share, rounding) for key, amount in self.taxes.items()}
        return Figures(round_to(self.gross * share, rounding) - sum(taxes.values(), ZERO), taxes)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an invoice: what it charged for how many, and what was credited of it by now."""

    charged: Figures
    quantity: Decimal
    credited: Figures = Figures()
    quantity_credited: Decimal = ZERO

    @property
    def left(self) -> Figures:
        return self.charged - self.credited

    @property
    def quantity_left(self) -> Decimal:
        left = self.quantity - self.quantity_credited
        return left if left > DUST else ZERO

    def after(self, figures: Figures, quantity: Decimal = ZERO) -> Line:
        """The line once this much more of it is credited."""
        return Line(self.charged, self.quantity, self.credited + figures, self.quantity_credited + quantity)


def share(line: Line, quantity: Decimal, rounding: Decimal) -> Figures:
    """What is owed for ``quantity`` more of the line; for the last of it, all that is left.

    Money that was paid back for it without goods counts: nobody gets more than was paid.
    """
    until = line.quantity_credited + quantity
    if until >= line.quantity - DUST:
        return line.left
    due = line.charged.part(until / line.quantity, rounding) - line.credited
    return due if due.gross * line.charged.gross > 0 else Figures()


def discount_share(discount: Line, goods: Iterable[Line], rounding: Decimal) -> Figures:
    """Of a discount on a whole order, what falls to the goods that come back; it lowers what is owed for them.

    :param goods: the lines that it was given on, with what this return credits of them
    :return: figures below zero, all that is left of the discount with the last of the goods
    """
    worth = back = ZERO
    for line in goods:
        worth += line.charged.net
        if line.quantity:
            back += line.charged.net * min(line.quantity_credited / line.quantity, Decimal(1))
    if back >= worth:
        return discount.left
    due = discount.charged.part(back / worth, rounding) - discount.credited
    return due if due.gross * discount.charged.gross > 0 else Figures()


def spread(amount: Decimal, lines: Mapping[int, Line], rounding: Decimal) -> dict[int, Figures]:
    """``amount``, taxes included, over what is left of these lines, in proportion; for money without goods.

    :return: by line, figures that add up to ``amount`` or to all that is left, discounts taken off
    """
    all_left = sum((line.left.gross for line in lines.values()), ZERO)
    if all_left <= 0:
        return {}
    if amount >= all_left:
        return {key: line.left for key, line in lines.items() if line.left}
    left = {key: line.left for key, line in lines.items() if line.left.gross > 0}
    found = zip(left, lowered(list(left.values()), amount, rounding), strict=True)
    return {key: figures for key, figures in found if figures}


def lowered(rows: Sequence[Figures], gross: Decimal, rounding: Decimal) -> list[Figures]:
    """These figures, lowered in proportion so that they add up to ``gross``, taxes included."""
    whole = sum((figures.gross for figures in rows), ZERO)
    found: list[Figures] = []
    reached = given = ZERO
    for figures in rows:
        # The running total is rounded, so that no line takes what rounding all the others left over.
        reached += figures.gross
        until = round_to(gross * reached / whole, rounding)
        found.append(of_gross(figures, until - given, rounding))
        given = until
    return found


def of_gross(figures: Figures, gross: Decimal, rounding: Decimal) -> Figures:
    """Figures of this ``gross`` amount, in the proportions of these; the net takes what rounding leaves."""
    if gross == figures.gross:
        return figures
    taxes = figures.part(gross / figures.gross, rounding).taxes if figures.gross else {}
    return Figures(gross - sum(taxes.values(), ZERO), taxes)


def of_amounts(figures: Figures, net: Decimal, tax: Decimal, rounding: Decimal) -> Figures:
    """Exactly this ``net`` and ``tax``, the tax by the taxes of these figures; the largest takes what is left."""
    if not figures.taxes:
        return Figures(net + tax)
    whole = figures.tax
    ordered = sorted(figures.taxes, key=lambda key: (abs(figures.taxes[key]), key))
    taxes: dict[int, Decimal] = {}
    for key in ordered[:-1]:
        taxes[key] = round_to(tax * figures.taxes[key] / whole, rounding) if whole else ZERO
    taxes[ordered[-1]] = tax - sum(taxes.values(), ZERO)
    return Figures(net, taxes)


def fee(figures: Figures, percent: Decimal, rounding: Decimal) -> Figures:
    """What is kept of it, with its taxes in proportion."""
    return figures.part(percent / HUNDRED, rounding)


@dataclass(frozen=True, slots=True)
class Tender:
    """A means by which the order was paid, and what went back by it already."""

    key: str
    paid: Decimal
    back: Decimal = ZERO
    gift_card: bool = False

    @property
    def left(self) -> Decimal:
        return max(self.paid - self.back, ZERO)


def pay_back(amount: Decimal, tenders: Iterable[Tender]) -> list[tuple[str, Decimal]]:
    """By which means how much goes back: gift cards first back to gift cards, then the others as they paid.

    :return: ``[(key, amount)]``; less than ``amount`` where the means do not reach
    """
    found: list[tuple[str, Decimal]] = []
    for tender in sorted(tenders, key=lambda tender: not tender.gift_card):
        taken = min(amount, tender.left)
        if taken > 0:
            found.append((tender.key, taken))
            amount -= taken
    return found
