"""How a shop's figures become a sales order's figures, to the cent.

The shop's printed figures are kept line by line. Where they do not add up to its own total (WooCommerce "round tax
at subtotal level" prints rounded lines but adds unrounded ones), what is left over becomes one rounding line.
Odoo's tax engine is made to repeat the shop's tax through ``extra_tax_data`` (``account.tax``,
``_import_base_line_extra_tax_data``), which is accepted only while price, discount, quantity and taxes are unchanged.
All money is ``Decimal`` in the order's currency; only the finished ``extra_tax_data`` holds floats, as Odoo does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
HUNDRED = Decimal(100)
PRICE_DIGITS = Decimal("0.000001")
DISCOUNT_DIGITS = Decimal("0.01")
NO_TAX = "0"


@dataclass(frozen=True, slots=True)
class Residual:
    """What the lines lack to reach the order's totals: ``net`` and, by tax code, ``taxes``; zeros are left out."""

    net: Decimal
    taxes: Mapping[str, Decimal]

    def __bool__(self) -> bool:
        return bool(self.net or self.taxes)

    @property
    def gross(self) -> Decimal:
        return self.net + sum(self.taxes.values(), ZERO)

    @property
    def size(self) -> Decimal:
        """The largest of the differences, to be held against the channel's tolerance."""
        return max([abs(self.net), abs(self.gross), *(abs(amount) for amount in self.taxes.values())])


def residual(
    total: Decimal,
    total_tax: Decimal,
    lines: Iterable[tuple[Decimal, Mapping[str, Decimal]]],
    summary: Mapping[str, Decimal],
) -> Residual:
    """Compare lines, each ``(net, {tax code: amount})``, with the order's total, tax and tax by code.

    Where the summary itself does not add up to ``total_tax``, the order's figure wins and the cent goes to the
    largest tax.
    """
    net = total - total_tax
    by_code: dict[str, Decimal] = dict(summary)
    for line_net, taxes in lines:
        net -= line_net
        for code, amount in taxes.items():
            by_code[code] = by_code.get(code, ZERO) - amount
    difference = total_tax - sum(summary.values(), ZERO)
    if difference:
        largest = max(summary, key=lambda code: (abs(summary[code]), code), default="")
        by_code[largest] = by_code.get(largest, ZERO) + difference
    return Residual(net, {code: amount for code, amount in by_code.items() if amount})


@dataclass(frozen=True, slots=True)
class Price:
    """``unit`` and ``discount`` (percent) as a sales order line shows them."""

    unit: Decimal
    discount: Decimal


def line_price(due: Decimal, listed: Decimal, quantity: Decimal, *, locked: bool, rounding: Decimal) -> Price:
    """The unit price and discount that show a line worth ``due`` whose list value was ``listed``.

    Both amounts are for the whole quantity, with or without tax alike. A discount has two decimals in Odoo, so
    unless the line's amounts are ``locked`` it is shown only where it leads back to ``due`` exactly.
    """
    if listed > due >= 0 and quantity:
        unit = _short(listed / quantity)
        discount = (HUNDRED * (listed - due) / listed).quantize(DISCOUNT_DIGITS, ROUND_HALF_UP)
        leads_back = round_to(unit * quantity * (1 - discount / HUNDRED), rounding) == due
        if discount and (locked or leads_back):
            return Price(unit, discount)
    unit = due / quantity if quantity else due
    short = _short(unit)
    if locked or round_to(short * quantity, rounding) == due:
        unit = short
    return Price(unit, ZERO)


def _short(unit: Decimal) -> Decimal:
    return unit.quantize(PRICE_DIGITS, ROUND_HALF_UP)


def round_to(amount: Decimal, rounding: Decimal) -> Decimal:
    """``amount`` to a multiple of ``rounding``, half away from zero."""
    return (amount / rounding).quantize(Decimal(1), ROUND_HALF_UP) * rounding


def tax_bases(net: Decimal, taxes: Iterable[tuple[int, Decimal, Decimal]], rounding: Decimal) -> dict[int, Decimal]:
    """What each tax of one line was computed on, from ``(tax id, rate in percent, amount)``.

    Taxes that are stacked (state and county) share the whole net. A shop may also spread one fee over the rates of
    the cart: then each amount is far below ``net × rate`` and its base is what its rate says.
    """
    bases = {}
    for tax_id, rate, amount in taxes:
        expected = net * rate / HUNDRED
        stacked = abs(expected - amount) <= 2 * rounding or not rate
        bases[tax_id] = net if stacked else round_to(amount * HUNDRED / rate, rounding)
    return bases


def lock(
    *,
    currency_id: int,
    price: Price,
    quantity: Decimal,
    rate: float,
    net: Decimal,
    taxes: Mapping[int, tuple[Decimal, Decimal]],
) -> dict[str, object]:
    """``extra_tax_data`` that makes Odoo repeat these figures; ``taxes`` is ``{tax id: (base, amount)}``.

    ``rate`` is units of the order's currency for one of the company's, as ``sale.order.currency_rate``; Odoo derives
    the company's amounts from it. Odoo reads the net only beside the amount of some tax, so a line without taxes,
    whose parts have to add up all the same, names one that does not exist.
    """
    return {
        "currency_id": currency_id,
        "price_unit": float(price.unit),
        "discount": float(price.discount),
        "quantity": float(quantity),
        "rate": rate,
        "manual_total_excluded_currency": float(net),
        "manual_tax_amounts": {
            str(tax_id): {"base_amount_currency": float(base), "tax_amount_currency": float(amount)}
            for tax_id, (base, amount) in taxes.items()
        }
        or {NO_TAX: {}},
    }


@dataclass(frozen=True, slots=True)
class Taken:
    """What ``parts`` documents, invoices less credit notes, charge of a line by now."""

    net: float
    tax: float
    parts: int


def prorate(
    extra_tax_data: Mapping[str, object] | None,
    before: float,
    quantity: float,
    rounding: float,
    taken: Taken | None = None,
) -> dict[str, object] | None:
    """The share of locked amounts that ``quantity`` takes after ``before`` units were taken already.

    Shares are differences of the rounded running total, so that all shares of a line add up to its amounts whatever
    the parts; ``rounding`` is the currency's. Where it is known what was ``taken`` in fact, a cent that a document was
    off is made good; more than a cent a document was meant, by whoever changed it, and stays.
    """
    if not extra_tax_data or not extra_tax_data.get("manual_tax_amounts"):
        return dict(extra_tax_data) if extra_tax_data else None
    whole = _decimal(extra_tax_data["quantity"])
    if not whole or (not before and _decimal(quantity) == whole and not taken):
        return dict(extra_tax_data)
    start, end = _decimal(before) / whole, (_decimal(before) + _decimal(quantity)) / whole
    step = _decimal(rounding)

    def until(amount: object, part: Decimal) -> Decimal:
        return round_to(_decimal(amount) * part, step)

    def off(charged: float, amount: object) -> Decimal:
        """How much less was charged than the share of what was taken."""
        assert taken
        missing = until(amount, start) - round_to(_decimal(charged), step)
        return missing if abs(missing) <= step * taken.parts else Decimal(0)

    result = deepcopy(dict(extra_tax_data))
    result["quantity"] = quantity
    amounts = result["manual_tax_amounts"]
    assert isinstance(amounts, dict)
    net = result.get("manual_total_excluded_currency")
    taxes = [values["tax_amount_currency"] for values in amounts.values() if "tax_amount_currency" in values]
    net_off = off(taken.net, net) if taken and net is not None else Decimal(0)
    tax_off = off(taken.tax, sum(map(_decimal, taxes))) if taken and taxes else Decimal(0)
    for values in amounts.values():
        for key, amount in values.items():
            share = until(amount, end) - until(amount, start)
            if key == "base_amount_currency" and amount == net:
                share += net_off
            elif key == "tax_amount_currency" and amount == max(taxes):
                share, tax_off = share + tax_off, Decimal(0)
            values[key] = float(share)
    if net is not None:
        result["manual_total_excluded_currency"] = float(until(net, end) - until(net, start) + net_off)
    return result


def _decimal(value: object) -> Decimal:
    return Decimal(str(value))
