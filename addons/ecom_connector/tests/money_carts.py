"""Generated carts, computed as shops compute them: the same number gives the same cart on every machine.

A shop keeps its own figures to the smallest of fractions and prints them rounded, so printed lines need not add up to
the printed total: by ``rounds_lines`` a shop rounds each line's tax, or only the order's. Every way of making a cart
cheaper ends in the lines' amounts; shipping and fees have either sign and the tax of one rate or of all.
Plain Python: nothing of Odoo.
"""

from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from random import Random

from ..platforms.documents import (
    AddressDocument,
    CouponDocument,
    CustomerDocument,
    LineDocument,
    LineKind,
    OrderDocument,
    OrderState,
    PaymentDocument,
    TaxAmount,
    TaxSummary,
)

ZERO = Decimal(0)
HUNDRED = Decimal(100)
DECIMALS = {"EUR": 2, "USD": 2, "GBP": 2, "JPY": 0, "KRW": 0}
KNOWN_RATES = tuple(Decimal(rate) for rate in ("0", "2.1", "5.5", "8.875", "10", "19", "20", "21", "23", "25.5"))
ODD_RATES = 24  # how many rates that no country has
LINES = 30
FEES = 3
SHIPPINGS = 2
PRODUCTS = 12

TIME = datetime(2026, 11, 2, 10, 0, tzinfo=timezone.utc)
ADDRESS = AddressDocument(
    name="Marie Durand", street="1 rue de la Paix", city="Paris", zip="75002", country="FR", email="marie@example.com"
)


@lru_cache
def rates():
    """The rates that shops may have, in percent: those of countries and odd ones with two or three decimals."""
    random = Random("rates")
    odd = [Decimal(random.randint(10, 2550)).scaleb(-2) for _ in range(ODD_RATES // 2)]
    odd += [Decimal(random.randint(100, 25500)).scaleb(-3) for _ in range(ODD_RATES // 2)]
    return (*KNOWN_RATES, *odd)


def code(rate):
    """What the shop calls a rate."""
    return f"VAT {rate.normalize():f}"


@dataclass
class Shop:
    """How one shop computes."""

    currency: str
    included: bool
    rounds_lines: bool

    def round(self, amount):
        return amount.quantize(Decimal(1).scaleb(-DECIMALS[self.currency]), ROUND_HALF_UP)


@dataclass(eq=False)
class Entry:
    """A line while the cart is filled: ``listed`` and ``due`` with tax where the shop's prices include it."""

    kind: LineKind
    number: int
    quantity: Decimal
    listed: Decimal
    due: Decimal
    shares: dict  # {rate: how much of the line it is on}; stacked rates are on all of it


def cart(number):
    """The cart of that number as a paid order."""
    random = Random(number)
    shop = Shop(
        currency=random.choices(list(DECIMALS), (60, 8, 8, 16, 8))[0],
        included=random.random() < 0.5,
        rounds_lines=random.random() < 0.5,
    )
    local = random.sample(rates(), random.choice((1, 1, 1, 2, 2, 3)))
    entries = [_product(random, shop, local, index + 1) for index in range(_line_count(random))]
    coupons = _discount(random, shop, entries)
    entries += _charges(random, shop, local, entries)
    return _order(number, shop, entries, coupons)


# --- filling the cart


def _line_count(random):
    return random.randint(1, 4) if random.random() < 0.6 else random.randint(1, LINES)


def _product(random, shop, local, number):
    kind = random.random()
    if kind < 0.8:
        quantity = Decimal(random.choice((1, 1, 1, 2, 2, 3, 4, 5, 6, 7, 10, 12, 24, 100, 1000)))
    elif kind < 0.95:
        quantity = Decimal(random.randint(1, 2000)).scaleb(-2)
    else:
        quantity = Decimal(random.randint(1, 20000)).scaleb(-3)
    digits = DECIMALS[shop.currency]
    if random.random() < 0.15:
        digits += 2  # net prices that were computed from gross ones, fuel, screws
    highest = random.choice((5, 50, 50, 500, 20000)) * (1 if DECIMALS[shop.currency] else 100)
    unit = Decimal(random.randint(1, highest * 10**digits)).scaleb(-digits)
    listed = unit * quantity if random.random() < 0.5 else shop.round(unit * quantity)
    return Entry(LineKind.PRODUCT, number, quantity, listed, listed, _line_rates(random, local))


def _line_rates(random, local):
    """One rate mostly, sometimes none at all, sometimes two that are both on the whole (state and county)."""
    chance = random.random()
    if chance < 0.05:
        return {}
    if chance < 0.12 and len(local) > 1:
        return dict.fromkeys(local[:2], Decimal(1))
    return {random.choice(local): Decimal(1)}


def _discount(random, shop, entries):
    """Make the cart cheaper in one way or several; returns the coupons that the shop names."""
    coupons = []
    for entry in entries:
        chance = random.random()
        if chance < 0.12:
            entry.due -= entry.due * _percent(random) / HUNDRED
        elif chance < 0.2:
            off = shop.round(entry.due * Decimal(random.random()))
            entry.due = max(entry.due - off, ZERO)
    for how in random.choices(("none", "percent", "fixed", "product"), (60, 15, 15, 10), k=random.choice((1, 1, 1, 2))):
        before = sum((_net(shop, entry.due, entry.shares) for entry in entries), ZERO)
        if how == "percent":
            percent = _percent(random)
            for entry in entries:
                entry.due -= entry.due * percent / HUNDRED
        elif how == "fixed":
            _spread(shop, shop.round(sum((entry.due for entry in entries), ZERO) * Decimal(random.random())), entries)
        elif how == "product":
            entry = random.choice(entries)
            entry.due = ZERO if random.random() < 0.3 else entry.due * Decimal(random.randint(1, 99)) / HUNDRED
        else:
            continue
        after = sum((_net(shop, entry.due, entry.shares) for entry in entries), ZERO)
        if random.random() < 0.7:
            coupons.append(CouponDocument(f"{how}-{len(coupons) + 1}", shop.round(before - after)))
    if shop.rounds_lines or random.random() < 0.5:
        for entry in entries:
            entry.due = shop.round(entry.due)
    return tuple(coupons)


def _percent(random):
    return random.choice(
        (Decimal(random.randint(1, 100)), Decimal(random.randint(1, 9999)).scaleb(-2), HUNDRED / 3, Decimal("12.345"))
    )


def _spread(shop, amount, entries):
    """A fixed discount in whole cents over the lines by their worth, the last one taking what is left."""
    worth = sum((entry.due for entry in entries), ZERO)
    left = amount
    for entry in entries:
        part = left if entry is entries[-1] else shop.round(amount * entry.due / worth) if worth else ZERO
        part = min(part, entry.due, left)
        entry.due -= part
        left -= part


def _charges(random, shop, local, entries):
    """Shipping, shipping discounts, surcharges and rebates."""
    goods = sum((entry.due for entry in entries), ZERO)
    scale = 1 if DECIMALS[shop.currency] else 100
    found = []
    for number in range(random.choice((0, 1, 1, 1, SHIPPINGS))):
        price = ZERO if random.random() < 0.2 else shop.round(Decimal(random.uniform(0.5, 30) * scale))
        found.append((LineKind.SHIPPING, number + 1, price))
    for number in range(random.choice((0, 0, 0, 1, 2, FEES))):
        price = shop.round(Decimal(random.uniform(0.01, 15) * scale))
        if random.random() < 0.5:
            price = -min(price, shop.round(goods / 10))
        found.append((LineKind.FEE, number + 1, price))
    return [
        Entry(kind, number, Decimal(1), price, price, _charge_rates(random, shop, local, entries))
        for kind, number, price in found
    ]


def _charge_rates(random, shop, local, entries):
    """A charge has one rate, none, or the rates of the goods by their worth."""
    chance = random.random()
    if chance < 0.1:
        return {}
    single = {entry: next(iter(entry.shares)) for entry in entries if len(entry.shares) == 1}
    worth = sum((entry.due for entry in single), ZERO)
    if chance < 0.35 and not shop.included and worth > 0:
        shares = {}
        for entry, rate in single.items():
            shares[rate] = shares.get(rate, ZERO) + entry.due / worth
        return shares
    return {random.choice(local): Decimal(1)}


# --- the shop's arithmetic


def _net(shop, amount, shares):
    if not shop.included:
        return amount
    return amount / (1 + sum(shares, ZERO) / HUNDRED)


def _taxes(shop, net, shares):
    exact = {rate: net * share * rate / HUNDRED for rate, share in shares.items()}
    return {rate: shop.round(tax) for rate, tax in exact.items()} if shop.rounds_lines else exact


def _order(number, shop, entries, coupons):
    lines, exact_total = [], ZERO
    exact_taxes = {rate: ZERO for entry in entries for rate in entry.shares}
    for entry in entries:
        taxes = _taxes(shop, _net(shop, entry.due, entry.shares), entry.shares)
        net = entry.due - sum(taxes.values(), ZERO) if shop.included else entry.due
        if shop.rounds_lines:
            net = shop.round(net)
        exact_total += net + sum(taxes.values(), ZERO)
        for rate, tax in taxes.items():
            exact_taxes[rate] += tax
        lines.append(_line(shop, entry, net, taxes))
    # Some shops add up the rounded taxes of their rates, others round the sum: a cent apart now and then.
    sums_rounded = number % 3
    rounded = {rate: shop.round(tax) for rate, tax in exact_taxes.items()}
    total_tax = sum(rounded.values(), ZERO) if sums_rounded else shop.round(sum(exact_taxes.values(), ZERO))
    total = shop.round(exact_total)
    return OrderDocument(
        external_id=str(number),
        number=f"C{number}",
        state=OrderState.CONFIRMED,
        vendor_state="processing",
        currency=shop.currency,
        created_at=TIME,
        updated_at=TIME,
        prices_include_tax=shop.included,
        customer=CustomerDocument(email=ADDRESS.email, name=ADDRESS.name),
        billing=ADDRESS,
        shipping=ADDRESS,
        lines=tuple(lines),
        taxes=tuple(TaxSummary(code(rate), f"VAT {rate}", rate, amount) for rate, amount in rounded.items()),
        total=total,
        total_tax=total_tax,
        payments=(PaymentDocument("card", "Card", total, TIME),),
        coupons=coupons,
    )


def _line(shop, entry, net, taxes):
    list_net = _net(shop, entry.listed, entry.shares)
    list_tax = sum((list_net * share * rate / HUNDRED for rate, share in entry.shares.items()), ZERO)
    product = entry.kind == LineKind.PRODUCT
    return LineDocument(
        external_id=str(entry.number),
        kind=entry.kind,
        name=f"{entry.kind.value} {entry.number}",
        quantity=entry.quantity,
        net=shop.round(net),
        list_net=shop.round(list_net),
        taxes=tuple(TaxAmount(code(rate), shop.round(tax)) for rate, tax in taxes.items()),
        list_tax=shop.round(list_tax),
        product_id=str(entry.number % PRODUCTS + 1) if product else "",
        sku=f"CART-{entry.number % PRODUCTS + 1}" if product else "",
        code="" if product else entry.kind.value,
    )
