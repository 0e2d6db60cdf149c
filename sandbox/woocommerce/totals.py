"""The totals of an order, computed as ``WC_Abstract_Order::calculate_totals`` does.

Everything here works on order documents and plain settings, without a shop around it. Amounts of lines are kept to six
decimals; the corpus of orders observed on WooCommerce 10.9.1 agrees to the cent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .money import ZERO, dec, plain, round6, round_tax, round_to
from .taxes import Location, Rate, calc_tax, find_rates

Doc = dict[str, Any]
LOCAL_PICKUP = ("legacy_local_pickup", "local_pickup")


@dataclass(frozen=True)
class TaxRules:
    """The shop's settings and tax table."""

    rates: Sequence[Rate] = ()
    enabled: bool = True
    prices_include_tax: bool = False
    round_at_subtotal: bool = False
    decimals: int = 2
    based_on: str = "shipping"
    shipping_tax_class: str = "inherit"
    classes: Sequence[str] = ("reduced-rate", "zero-rate")
    base: Location = field(default_factory=lambda: Location("FR"))

    def find(self, where: Location, tax_class: str) -> list[Rate]:
        """The rates of a class at a place."""
        return find_rates(self.rates, where, tax_class) if self.enabled else []

    def round_tax(self, value: Decimal) -> Decimal:
        """``wc_round_tax_total``."""
        return round_tax(value, self.decimals, self.prices_include_tax)

    def line_tax(self, value: Decimal) -> Decimal:
        """A tax as it enters sums: rounded, unless the shop rounds at subtotal level."""
        return value if self.round_at_subtotal else self.round_tax(value)

    def price_excluding_tax(self, price: Decimal, quantity: Decimal, tax_class: str, taxable: bool) -> Decimal:
        """A line's amount from a catalogue price (``wc_get_price_excluding_tax``).

        Where prices include tax it is always the tax of the shop's own address that is taken out, whatever the
        customer's (observed on WooCommerce 10.9.1).
        """
        amount = price * quantity
        if taxable and self.prices_include_tax and self.enabled:
            amount -= sum(calc_tax(amount, self.find(self.base, tax_class), inclusive=True).values())
        return round6(amount)


def tax_location(order: Doc, rules: TaxRules) -> Location:
    """Where the order is taxed: the delivery address, else the billing one, else the shop (as for local pickup)."""
    based_on = rules.based_on
    if based_on == "shipping" and not order["shipping"]["country"]:
        based_on = "billing"
    if any(line["method_id"] in LOCAL_PICKUP for line in order["shipping_lines"]):
        based_on = "base"
    address = order["billing"] if based_on == "billing" else order["shipping"]
    if based_on == "base" or not address["country"]:
        return rules.base
    return Location(address["country"], address["state"], address["postcode"], address["city"])


def calculate(order: Doc, rules: TaxRules, new_id: Callable[[], int], and_taxes: bool = True) -> None:
    """Compute taxes of lines, tax lines and totals of an order, in place.

    :param new_id: gives the id of a new tax line.
    """
    lines, fees, shipping = order["line_items"], order["fee_lines"], order["shipping_lines"]
    subtotal = _items_total(lines, "subtotal", rules)
    total = _items_total(lines, "total", rules)
    shipping_total = sum((round_to(dec(line["total"]), rules.decimals) for line in shipping), ZERO)
    fees_total = _clamp_fees(fees, total, shipping_total, rules)
    if and_taxes:
        _tax_lines(order, rules, new_id)
    taxed = [tax for line in lines for tax in line["taxes"]]
    full_tax = sum((dec(tax["subtotal"]) for tax in taxed), ZERO)
    paid_tax = sum((dec(tax["total"]) for tax in taxed), ZERO)
    order["shipping_total"] = plain(shipping_total)
    order["discount_total"] = plain(round_to(subtotal - total, rules.decimals))
    order["discount_tax"] = plain(rules.round_tax(full_tax - paid_tax))
    grand = total + fees_total + shipping_total + dec(order["cart_tax"]) + dec(order["shipping_tax"])
    order["total"] = plain(round_to(grand, rules.decimals))


def _items_total(lines: Sequence[Doc], name: str, rules: TaxRules) -> Decimal:
    values = [dec(line[name]) for line in lines]
    if not rules.round_at_subtotal:
        values = [round_to(value, rules.decimals) for value in values]
    return sum(values, ZERO)


def _clamp_fees(fees: Sequence[Doc], items: Decimal, shipping: Decimal, rules: TaxRules) -> Decimal:
    """The sum of fees; a negative fee takes away no more than there is."""
    fees_total = ZERO
    for fee in fees:
        most = -round_to(items + fees_total + shipping, rules.decimals)
        if dec(fee["total"]) < most < 0:
            fee["total"] = plain(most)
        fees_total += dec(fee["total"])
    return fees_total


def _tax_lines(order: Doc, rules: TaxRules, new_id: Callable[[], int]) -> None:
    where = tax_location(order, rules)
    for line in order["line_items"]:
        tax_line_item(line, rules, where)
    for fee in order["fee_lines"]:
        if dec(fee["total"]) < 0:
            _tax_negative_fee(fee, order, rules, where)
        else:
            rates = rules.find(where, fee["tax_class"]) if fee["tax_status"] == "taxable" else []
            _set_taxes(fee, calc_tax(dec(fee["total"]), rates), rules)
    shipping_class = _shipping_class(order, rules)
    for line in order["shipping_lines"]:
        rates = [] if shipping_class is None else [r for r in rules.find(where, shipping_class) if r.shipping]
        taxable = line["tax_status"] != "none"
        _set_taxes(line, calc_tax(dec(line["total"]), rates if taxable else []), rules)
    _sum_taxes(order, rules, new_id)


def tax_line_item(line: Doc, rules: TaxRules, where: Location) -> None:
    """Compute the taxes of a product line, in place."""
    rates = rules.find(where, line["tax_class"]) if line["tax_status"] == "taxable" else []
    total, subtotal = calc_tax(dec(line["total"]), rates), calc_tax(dec(line["subtotal"]), rates)
    if sum(subtotal.values()) < sum(total.values()):
        subtotal = total
    line["taxes"] = [
        {"id": rate.id, "total": plain(total[rate.id]), "subtotal": plain(subtotal[rate.id])} for rate in rates
    ]
    line["total_tax"] = plain(sum((rules.line_tax(tax) for tax in total.values()), ZERO))
    line["subtotal_tax"] = plain(sum((rules.line_tax(tax) for tax in subtotal.values()), ZERO))


def _set_taxes(line: Doc, taxes: dict[int, Decimal], rules: TaxRules) -> None:
    line["taxes"] = [{"id": key, "total": plain(tax), "subtotal": ""} for key, tax in taxes.items()]
    line["total_tax"] = plain(sum((rules.line_tax(tax) for tax in taxes.values()), ZERO))


def item_tax_classes(order: Doc) -> list[str]:
    """The tax classes of the taxable product lines, in order of appearance."""
    classes = (line["tax_class"] for line in order["line_items"] if line["tax_status"] in ("taxable", "shipping"))
    return list(dict.fromkeys(classes))


def _shipping_class(order: Doc, rules: TaxRules) -> str | None:
    """The class that taxes shipping: the first of the shop's classes found in the cart; none, no tax."""
    if rules.shipping_tax_class != "inherit":
        return rules.shipping_tax_class
    found = item_tax_classes(order)
    return next((name for name in ("", *rules.classes) if name in found), None)


def _tax_negative_fee(fee: Doc, order: Doc, rules: TaxRules, where: Location) -> None:
    """A negative fee takes tax off all classes of the order in proportion (``WC_Order_Item_Fee``)."""
    classes = item_tax_classes(order)
    costs: dict[str | None, Decimal] = dict.fromkeys(classes, ZERO)
    for line in (*order["line_items"], *order["fee_lines"], *order["shipping_lines"]):
        amount = dec(line["total"])
        if amount < 0:
            continue
        name: str | None = line.get("tax_class", "inherit")
        if line["tax_status"] != "taxable":
            name = None
        elif name == "inherit":
            name = (
                (classes[0] if classes else "") if rules.shipping_tax_class == "inherit" else rules.shipping_tax_class
            )
        costs[name] = costs.get(name, ZERO) + amount
    costs = {name: cost for name, cost in costs.items() if cost}
    whole = sum(costs.values(), ZERO)
    taxes: dict[int, Decimal] = {}
    for name, cost in costs.items():
        if name is not None:
            for key, tax in calc_tax(dec(fee["total"]) * cost / whole, rules.find(where, name)).items():
                taxes[key] = taxes.get(key, ZERO) + tax
    _set_taxes(fee, taxes, rules)


def _sum_taxes(order: Doc, rules: TaxRules, new_id: Callable[[], int]) -> None:
    """Update the order's tax lines; those of rates gone vanish, new ones come last."""
    cart = _by_rate((*order["line_items"], *order["fee_lines"]), rules)
    shipping = _by_rate(order["shipping_lines"], rules)
    known = {line["rate_id"]: line for line in order["tax_lines"]}
    wanted = [key for key in known if key in cart or key in shipping]
    wanted += [key for key in (*cart, *shipping) if key not in known]
    rates = {rate.id: rate for rate in rules.rates}
    order["tax_lines"] = [
        {
            "id": known[key]["id"] if key in known else new_id(),
            **_rate_fields(rates[key]),
            "tax_total": plain(cart.get(key, ZERO)),
            "shipping_tax_total": plain(shipping.get(key, ZERO)),
            "meta_data": known[key]["meta_data"] if key in known else [],
        }
        for key in dict.fromkeys(wanted)
    ]
    cart_tax, shipping_tax = sum(cart.values(), ZERO), sum(shipping.values(), ZERO)
    order["cart_tax"] = plain(cart_tax)
    order["shipping_tax"] = plain(shipping_tax)
    order["total_tax"] = plain(round_to(cart_tax + shipping_tax, rules.decimals))


def _by_rate(lines: Sequence[Doc], rules: TaxRules) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for line in lines:
        for tax in line["taxes"]:
            sums[tax["id"]] = sums.get(tax["id"], ZERO) + rules.line_tax(dec(tax["total"]))
    return sums


def _rate_fields(rate: Rate) -> Doc:
    return {
        "rate_code": rate.code,
        "rate_id": rate.id,
        "label": rate.name or "Tax",
        "compound": rate.compound,
        "rate_percent": float(rate.rate),
    }
