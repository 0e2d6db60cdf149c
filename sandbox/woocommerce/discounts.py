"""How coupons are spread over the lines of an order (source: ``WC_Discounts``).

All is computed in cents. A percent is rounded down on each line and what is left is given a cent at a time; an amount
for the cart is split by item, in rounds; lines with the dearest pieces come first. The 500 orders of the corpus,
observed on WooCommerce 10.9.1, agree to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_DOWN, Decimal

from .money import ZERO, dec, plain, round_to
from .taxes import Location, calc_tax
from .totals import Doc, TaxRules

ONE = Decimal(1)


@dataclass(frozen=True)
class Coupon:
    """What of a coupon matters for the amounts."""

    code: str
    discount_type: str
    amount: Decimal
    product_ids: tuple[int, ...] = ()
    excluded_product_ids: tuple[int, ...] = ()
    limit_items: int | None = None

    @classmethod
    def from_doc(cls, doc: Doc) -> Coupon:
        """The coupon of a stored document."""
        return cls(
            code=doc["code"],
            discount_type=doc["discount_type"],
            amount=dec(doc["amount"]),
            product_ids=tuple(doc["product_ids"]),
            excluded_product_ids=tuple(doc["excluded_product_ids"]),
            limit_items=doc["limit_usage_to_x_items"] or None,
        )

    def fits(self, line: Doc) -> bool:
        """Whether the coupon is for this line."""
        ids = {line["product_id"], line["variation_id"]} - {0}
        if self.discount_type == "fixed_cart":
            return True
        return (not self.product_ids or bool(ids & set(self.product_ids))) and not ids & set(self.excluded_product_ids)


@dataclass
class _Item:
    """A line with its price in cents (of all its pieces) and what each coupon took off."""

    line: Doc
    price: Decimal
    quantity: int
    taken: dict[str, Decimal] = field(default_factory=dict)

    @property
    def left(self) -> Decimal:
        """What can still be taken off, in whole cents."""
        return abs(round_to(self.price - sum(self.taken.values(), ZERO), 0))

    def take(self, code: str, amount: Decimal) -> None:
        self.taken[code] = self.taken.get(code, ZERO) + amount


def spread(order: Doc, coupons: Sequence[Coupon], rules: TaxRules) -> list[_Item]:
    """The lines with what the coupons take off each, in cents."""
    cents = Decimal(10) ** rules.decimals
    items = []
    for line in order["line_items"]:
        price = dec(line["subtotal"])
        if order["prices_include_tax"]:
            price += dec(line["subtotal_tax"])
        items.append(_Item(line, round_to(price * cents, 4), int(line["quantity"])))
    items.sort(key=lambda item: -item.price / item.quantity)
    for coupon in coupons:
        chosen = [item for item in items if item.left and item.quantity > 0 and coupon.fits(item.line)]
        for item in items:
            item.taken.setdefault(coupon.code, ZERO)
        if coupon.discount_type == "percent":
            _percent(coupon, chosen)
        elif coupon.discount_type == "fixed_product":
            _fixed_product(coupon, chosen, coupon.amount * cents)
        else:
            _fixed_cart(coupon, chosen, coupon.amount * cents)
    return items


def _percent(coupon: Coupon, items: Sequence[_Item]) -> None:
    share = coupon.amount / 100
    whole, given, applied = ZERO, ZERO, 0
    for item in items:
        quantity = item.quantity
        if coupon.limit_items is not None:
            quantity = max(0, min(quantity, coupon.limit_items - applied))
        price = round_to(item.price, 0) / item.quantity * quantity
        discount = min(item.left, (price * share).to_integral_value(ROUND_FLOOR))
        whole += price
        given += discount
        applied += quantity
        item.take(coupon.code, discount)
    wanted = (whole * share).to_integral_value(ROUND_HALF_DOWN)
    if given < wanted:
        _remainder(coupon, items, wanted - given)


def _fixed_product(coupon: Coupon, items: Iterable[_Item], amount: Decimal) -> Decimal:
    given, applied = ZERO, 0
    for item in items:
        quantity, piece = item.quantity, amount
        if coupon.limit_items is not None:
            quantity = max(0, min(quantity, coupon.limit_items - applied))
            piece = min(amount, item.price / item.quantity)
        discount = min(item.left, piece * quantity)
        given += discount
        applied += quantity
        item.take(coupon.code, discount)
    return given


def _fixed_cart(coupon: Coupon, items: Sequence[_Item], amount: Decimal) -> None:
    while amount > 0:
        items = [item for item in items if item.left > 0]
        count = sum(item.quantity for item in items)
        if not count:
            return
        piece = (amount / count).to_integral_value(ROUND_FLOOR)
        if not piece:
            _remainder(coupon, items, amount)
            return
        given = _fixed_product(coupon, items, piece)
        if given <= 0:
            return
        amount -= given


def _remainder(coupon: Coupon, items: Sequence[_Item], amount: Decimal) -> None:
    given = ZERO
    for item in items:
        for _ in range(item.quantity):
            discount = min(item.left, ONE)
            given += discount
            item.take(coupon.code, discount)
            if given >= amount:
                return


def apply(order: Doc, coupons: Sequence[Coupon], rules: TaxRules, where: Location) -> dict[str, tuple[str, str]]:
    """Take the coupons off the order's lines, in place.

    Lines start from their subtotals; totals and taxes have to be computed again afterwards.

    :return: for each code the discount without tax and its tax, as coupon lines show them.
    """
    cents = Decimal(10) ** rules.decimals
    items = spread(order, coupons, rules)
    inclusive = order["prices_include_tax"]
    for item in items:
        amount = sum(item.taken.values(), ZERO) / cents
        if inclusive and item.line["tax_status"] == "taxable":
            amount -= sum(calc_tax(amount, rules.find(where, item.line["tax_class"]), inclusive=True).values())
        item.line["total"] = plain(max(ZERO, round_to(dec(item.line["subtotal"]) - amount, 6)))
    found: dict[str, tuple[str, str]] = {}
    for coupon in coupons:
        discount = sum((item.taken[coupon.code] for item in items), ZERO) / cents
        tax = ZERO
        for item in items:
            if item.line["tax_status"] != "taxable":
                continue
            rates = rules.find(where, item.line["tax_class"])
            taxes = sum(calc_tax(item.taken[coupon.code] / cents, rates, inclusive).values(), ZERO)
            tax += rules.line_tax(taxes)
        found[coupon.code] = (plain(discount - tax if inclusive else discount), plain(tax))
    return found
