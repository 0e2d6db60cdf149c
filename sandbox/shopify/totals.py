"""What an order amounts to, computed in one currency as the vendor does it.

Discounts over several lines are shared out in proportion, to the cent, the odd cents to the largest remainders. Tax is
rounded once a line and rate; of prices that include it, it is the part that is in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal

from .money import ZERO, cents, rounded

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Tax:
    """One tax of a line; ``rate`` is a fraction."""

    title: str
    rate: Decimal


@dataclass
class Line:
    """What is sold, or the shipping; amounts are filled in by :func:`price`."""

    unit: Decimal
    quantity: int
    taxes: tuple[Tax, ...] = ()
    is_shipping: bool = False
    allocations: list[tuple[int, Decimal]] = field(default_factory=list)
    tax_amounts: list[Decimal] = field(default_factory=list)

    @property
    def original(self) -> Decimal:
        """Before discounts."""
        return self.unit * self.quantity

    @property
    def discounted(self) -> Decimal:
        """After all discounts."""
        return self.original - sum((amount for _, amount in self.allocations), ZERO)

    @property
    def tax(self) -> Decimal:
        """All taxes."""
        return sum(self.tax_amounts, ZERO)


@dataclass(frozen=True)
class Discount:
    """A discount: a percentage, or an amount; on each entitled line, or across all of them.

    :param lines: the places of the lines it is for; ``None`` for all.
    """

    value: Decimal
    percent: bool = True
    each: bool = False
    shipping: bool = False
    lines: tuple[int, ...] | None = None


def price(lines: Sequence[Line], discounts: Sequence[Discount], taxes_included: bool, currency: str) -> None:
    """Fill in what each line is discounted and taxed by; the discounts apply one after the other."""
    for index, discount in enumerate(discounts):
        entitled = [
            line
            for place, line in enumerate(lines)
            if line.is_shipping == discount.shipping and (discount.lines is None or place in discount.lines)
        ]
        for line, amount in zip(entitled, _amounts(discount, entitled, currency), strict=True):
            if amount:
                line.allocations.append((index, amount))
    for line in lines:
        line.tax_amounts = _taxes(line, taxes_included, currency)


def _amounts(discount: Discount, lines: Sequence[Line], currency: str) -> list[Decimal]:
    bases = [line.discounted for line in lines]
    if discount.each:
        if discount.percent:
            return [rounded(base * discount.value / HUNDRED, currency) for base in bases]
        return [min(base, discount.value * line.quantity) for base, line in zip(bases, lines, strict=True)]
    whole = sum(bases, ZERO)
    wanted = rounded(whole * discount.value / HUNDRED, currency) if discount.percent else discount.value
    return shares(min(wanted, whole), bases, currency)


def shares(amount: Decimal, bases: Sequence[Decimal], currency: str) -> list[Decimal]:
    """An amount shared out in proportion to the bases, to the cent: odd cents go to the largest remainders."""
    whole = sum(bases, ZERO)
    if not whole:
        return [ZERO for _ in bases]
    unit = cents(currency)
    exact = [amount * base / whole for base in bases]
    found = [share.quantize(unit, ROUND_DOWN) for share in exact]
    odd = int((amount - sum(found, ZERO)) / unit)
    order = sorted(range(len(bases)), key=lambda place: (found[place] - exact[place], place))
    for place in order[:odd]:
        found[place] += unit
    return found


def _taxes(line: Line, included: bool, currency: str) -> list[Decimal]:
    whole = sum((tax.rate for tax in line.taxes), ZERO)
    base = line.discounted / (1 + whole) if included else line.discounted
    return [rounded(base * tax.rate, currency) for tax in line.taxes]
