"""What an order costs: lines, discounts, shipping and wrapping, rounded as the shop's settings say.

Sources: ``OrderDetail``, ``Cart::getOrderTotal``, ``CartRule::getContextualValue`` and ``PS_ROUND_TYPE``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")
SIX = Decimal("0.000001")
EACH, LINE, TOTAL = 1, 2, 3


def cents(value: Decimal) -> Decimal:
    """Half up, as ``PS_PRICE_ROUND_MODE`` 2 does."""
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Item:
    """So many of something: ``unit`` is without tax, ``rate`` in percent, ``listed`` the price before reductions."""

    unit: Decimal
    rate: Decimal
    quantity: int
    listed: Decimal

    @property
    def unit_with_tax(self) -> Decimal:
        return self.unit * (1 + self.rate / 100)

    def total(self, round_type: int, *, with_tax: bool) -> Decimal:
        """The line's total; where only the order's total is rounded it has six decimals."""
        unit = self.unit_with_tax if with_tax else self.unit
        if round_type == EACH:
            return cents(unit) * self.quantity
        if round_type == LINE:
            return cents(unit * self.quantity)
        return (unit * self.quantity).quantize(SIX, ROUND_HALF_UP)


@dataclass(frozen=True)
class Amount:
    """Without and with tax."""

    net: Decimal = ZERO
    gross: Decimal = ZERO

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.net + other.net, self.gross + other.gross)


@dataclass(frozen=True)
class Rule:
    """A cart rule as it applies: ``percent`` or ``amount`` (with tax) off the products, shipping, or a gift."""

    percent: Decimal = ZERO
    amount: Decimal = ZERO
    free_shipping: bool = False
    gift: int | None = None  # the place of the item of which one is free

    def value(self, items: Sequence[Item], products: Amount, shipping: Amount) -> Amount:
        """What it takes off."""
        if self.free_shipping:
            return shipping
        if self.gift is not None:
            item = items[self.gift]
            return Amount(cents(item.unit), cents(item.unit_with_tax))
        if self.percent:
            return Amount(cents(products.net * self.percent / 100), cents(products.gross * self.percent / 100))
        gross = min(self.amount, products.gross)
        share = products.net / products.gross if products.gross else Decimal(1)
        return Amount(cents(gross * share), cents(gross))


@dataclass(frozen=True)
class Totals:
    """All sums of an order, in cents."""

    products: Amount
    shipping: Amount
    wrapping: Amount
    discounts: Amount
    rules: tuple[Amount, ...]

    @property
    def paid(self) -> Amount:
        found = self.products + self.shipping + self.wrapping
        return Amount(found.net - self.discounts.net, found.gross - self.discounts.gross)


def totals(items: Sequence[Item], rules: Sequence[Rule], shipping: Amount, wrapping: Amount, round_type: int) -> Totals:
    """An order's sums; rules take off no more than there is."""
    products = Amount(
        cents(sum((item.total(round_type, with_tax=False) for item in items), ZERO)),
        cents(sum((item.total(round_type, with_tax=True) for item in items), ZERO)),
    )
    left = products + shipping
    values = []
    for rule in rules:
        value = rule.value(items, products, shipping)
        value = Amount(min(value.net, left.net), min(value.gross, left.gross))
        left = Amount(left.net - value.net, left.gross - value.gross)
        values.append(value)
    return Totals(products, shipping, wrapping, sum(values, Amount()), tuple(values))


def with_tax(net: Decimal, rate: Decimal) -> Amount:
    """A charge, rounded with and without tax."""
    return Amount(cents(net), cents(net * (1 + rate / 100)))
