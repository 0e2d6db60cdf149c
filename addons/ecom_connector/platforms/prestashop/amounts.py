"""The lines of an order in cents: products after their discounts, shipping, wrapping.

PrestaShop prints lines before cart rules and one discount for the whole order. A cart rule's discount is taken off the
lines that it is about, as far as that is known: a gift's line, shipping, one product. The rest is spread over the
products by their amounts, net by net and tax by tax, as PrestaShop's own invoice does to break down its taxes (source:
``Order::getProductTaxesDetails``). Each line is rounded to the currency's cents. Where the shop rounds only its total,
lines miss it by some cents, which callers show as a rounding line of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from ..documents import ZERO, LineDocument, LineKind, TaxAmount
from ..money import plausible_rate, split_tax
from ..values import decimal_or, identifier, rows, text
from ..words import _

HUNDRED = Decimal(100)
CENT = Decimal("0.01")
# Currencies without cents, and those with mills (ISO 4217): the webservice of 1.7 does not say.
_WHOLE = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_MILLS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Taxes:
    """The taxes that an order names, by id, and codes for those that nobody names.

    :param rates: ``{tax id: rate in percent}``
    """

    rates: Mapping[str, Decimal]

    def codes(self, listed: Sequence[str], net: Decimal, tax: Decimal, rate: Decimal | None = None) -> tuple[str, ...]:
        """What the tax of a line is called: the ids that the shop lists, else by its rate."""
        known = tuple(dict.fromkeys(key for key in listed if key in self.rates))
        if known or not (tax or rate):
            return known
        found = rate if rate and self._explains(rate, net, tax) else plausible_rate([(net, tax)])
        same = [key for key, one in self.rates.items() if self._explains(one, net, tax) or one == found]
        # With several, the one whose rate is as printed.
        return (
            (min(same, key=lambda key: (self.rates[key] != found, key)),) if same else (f"rate:{found.normalize():f}",)
        )

    def amounts(self, codes: Sequence[str], tax: Decimal) -> tuple[TaxAmount, ...]:
        """A line's tax shared out to its codes by their rates."""
        total = sum((self.rates.get(code, ZERO) for code in codes), ZERO)
        parts = [
            (code, (tax * self.rates.get(code, ZERO) / total).quantize(CENT, ROUND_HALF_UP) if total else ZERO)
            for code in codes
        ]
        return split_tax(tax, parts)

    @staticmethod
    def _explains(rate: Decimal, net: Decimal, tax: Decimal) -> bool:
        return bool(rate) and abs(net * rate / HUNDRED - tax) <= CENT


def quantum(currency: str) -> Decimal:
    """The smallest coin of a currency."""
    return Decimal(1) if currency in _WHOLE else Decimal("0.001") if currency in _MILLS else CENT


def amount(raw: Raw, name: str, coin: Decimal) -> Decimal:
    """An order's own figure, in coins.

    :raises ValueError: naming the field
    """
    return in_coins(decimal_or(raw.get(name), name, ZERO), coin)


def in_coins(value: Decimal, coin: Decimal) -> Decimal:
    if abs(value) >= Decimal("1e15"):
        raise ValueError(_("%(field)s: %(value)s is no number", field="amount", value=repr(str(value))[:24]))
    return value.quantize(coin, ROUND_HALF_UP)


def order_lines(raw: Raw, taxes: Taxes, coin: Decimal) -> tuple[LineDocument, ...]:
    """All lines of an order, discounts inside them.

    :raises ValueError: naming the field
    """
    listed = rows(raw, "_details") or _bare_rows(raw)
    products = [_product(row, f"lines[{index}]", taxes, coin) for index, row in enumerate(listed)]
    shipping = _charge(raw, "shipping", LineKind.SHIPPING, taxes, coin)
    wrapping = _charge(raw, "wrapping", LineKind.FEE, taxes, coin)
    lines = [*products, *shipping, *wrapping]
    return tuple(_discounted(raw, lines, coin))


def _bare_rows(raw: Raw) -> list[Raw]:
    """What an order says of its lines by itself: enough where it is read without its details."""
    associations = raw.get("associations")
    found = rows(associations, "order_rows") if isinstance(associations, Mapping) else []
    bare: list[Raw] = []
    for index, row in enumerate(found):
        quantity = decimal_or(row.get("product_quantity"), f"order_rows[{index}].product_quantity", ZERO)
        totals = {
            f"total_price_{kind}": str(
                decimal_or(row.get(f"unit_price_{kind}"), f"order_rows[{index}].unit_price_{kind}", ZERO) * quantity
            )
            for kind in ("tax_excl", "tax_incl")
        }
        bare.append({**row, **totals})
    return bare


def _product(row: Raw, field: str, taxes: Taxes, coin: Decimal) -> LineDocument:
    key = identifier(row.get("id"))
    if not key:
        raise ValueError(_("%(field)s: absent", field=f"{field}.id"))
    net = in_coins(decimal_or(row.get("total_price_tax_excl"), f"{field}.total_price_tax_excl", ZERO), coin)
    gross = in_coins(decimal_or(row.get("total_price_tax_incl"), f"{field}.total_price_tax_incl", ZERO), coin)
    quantity = decimal_or(row.get("product_quantity"), f"{field}.product_quantity", ZERO)
    ids = row.get("_taxes")
    codes = taxes.codes(list(map(text, ids)) if isinstance(ids, list) else [], net, gross - net)
    list_net = max(net, _before_reductions(row, field, quantity, coin))
    return LineDocument(
        external_id=key,
        kind=LineKind.PRODUCT,
        name=text(row.get("product_name")),
        quantity=quantity,
        net=net,
        list_net=list_net,
        taxes=taxes.amounts(codes, gross - net),
        product_id=identifier(row.get("product_id")),
        variant_id=identifier(row.get("product_attribute_id")),
        sku=text(row.get("product_reference")),
        barcode=text(row.get("product_ean13")),
    )


def _before_reductions(row: Raw, field: str, quantity: Decimal, coin: Decimal) -> Decimal:
    """What the line would cost without the price reductions that the shop shows beside it."""
    unit = decimal_or(row.get("unit_price_tax_excl"), f"{field}.unit_price_tax_excl", ZERO)
    percent = decimal_or(row.get("reduction_percent"), f"{field}.reduction_percent", ZERO)
    off = decimal_or(row.get("reduction_amount_tax_excl"), f"{field}.reduction_amount_tax_excl", ZERO)
    if 0 < percent < HUNDRED:
        # Nothing is taken off the ecotax (source: ``Product::priceCalculation``).
        ecotax = decimal_or(row.get("ecotax"), f"{field}.ecotax", ZERO)
        unit = (unit - ecotax) / (1 - percent / HUNDRED) + ecotax
    return in_coins((unit + max(off, ZERO)) * quantity, coin)


def _names(raw: Raw) -> dict[str, str]:
    """What the customer reads, in the order's language."""
    if text(raw.get("_language")) == "fr":
        return {"shipping": "Livraison", "wrapping": "Emballage cadeau"}
    return {"shipping": "Shipping", "wrapping": "Gift wrapping"}


def _charge(raw: Raw, kind: str, line_kind: LineKind, taxes: Taxes, coin: Decimal) -> list[LineDocument]:
    """Shipping or wrapping, where it costs something; shipping also where it does not, for its carrier's sake."""
    net = amount(raw, f"total_{kind}_tax_excl", coin)
    gross = amount(raw, f"total_{kind}_tax_incl", coin)
    carrier = raw.get("_carrier")
    carrier = carrier if isinstance(carrier, Mapping) else {}
    shipped = line_kind is LineKind.SHIPPING and bool(identifier(raw.get("id_carrier")))
    if not (net or gross or shipped):
        return []
    rate = decimal_or(raw.get("carrier_tax_rate"), "carrier_tax_rate", ZERO) if kind == "shipping" else None
    tax = gross - net
    codes = taxes.codes([], net, tax, rate) if tax or (rate and net) else ()
    name = text(carrier.get("name")) if kind == "shipping" else ""
    return [
        LineDocument(
            external_id=kind,
            kind=line_kind,
            # A carrier called "0" is called as the shop is.
            name=name if name not in ("", "0") else _names(raw)[kind],
            quantity=Decimal(1),
            net=net,
            list_net=net,
            taxes=taxes.amounts(codes, tax),
            # A carrier that is edited gets a new id and keeps its reference.
            code=identifier(carrier.get("id_reference")) or identifier(raw.get("id_carrier")) if shipped else kind,
        )
    ]


# --- discounts


def _discounted(raw: Raw, lines: list[LineDocument], coin: Decimal) -> list[LineDocument]:
    net = amount(raw, "total_discounts_tax_excl", coin)
    gross = amount(raw, "total_discounts_tax_incl", coin)
    if not (net or gross):
        return lines
    tax = gross - net
    found = {line.external_id: line for line in lines}
    for rule in _live_rules(raw):
        for key in _about(rule, found.values()):
            line = found[key]
            gift = rule["_gift"]
            share = 1 / line.quantity if gift and line.quantity > 1 else Decimal(1)
            own_net, own_tax = (in_coins(value * share, coin) for value in (line.net, line.tax))
            if not gift and line.kind is LineKind.PRODUCT:
                own_net = min(own_net, in_coins(rule["_net"], coin))
                own_tax = min(own_tax, in_coins(rule["_tax"], coin))
            # What does not add up is not what the rule says it is.
            if own_net <= net and own_tax <= tax:
                found[key] = _less(line, own_net, own_tax)
                net, tax = net - own_net, tax - own_tax
    products = [line for line in found.values() if line.kind is LineKind.PRODUCT]
    targets = products if sum(line.net for line in products) else list(found.values())
    nets = spread(net, [line.net for line in targets], coin)
    tax_off = spread(tax, [line.tax for line in targets], coin)
    for line, own_net, own_tax in zip(targets, nets, tax_off, strict=True):
        found[line.external_id] = _less(line, own_net, own_tax)
    return list(found.values())


def _live_rules(raw: Raw) -> Iterable[dict[str, Any]]:
    """The cart rules that count, with what they give: shipping first, then gifts, then products."""
    found: list[tuple[int, dict[str, Any]]] = []
    for index, row in enumerate(rows(raw, "_rules")):
        if text(row.get("deleted")) == "1":
            continue
        rule = row.get("_rule")
        rule = rule if isinstance(rule, Mapping) else {}
        net = decimal_or(row.get("value_tax_excl"), f"cart_rules[{index}].value_tax_excl", ZERO)
        gross = decimal_or(row.get("value"), f"cart_rules[{index}].value", ZERO)
        gift = identifier(rule.get("gift_product"))
        one = {
            "_free": text(row.get("free_shipping")) == "1",
            "_gift": (gift, identifier(rule.get("gift_product_attribute"))) if gift else None,
            "_product": identifier(rule.get("reduction_product")),
            "_net": net,
            "_tax": gross - net,
        }
        found.append((0 if one["_free"] else 1 if gift else 2, one))
    return [one for _rank, one in sorted(found, key=lambda pair: pair[0])]


def _about(rule: Mapping[str, Any], lines: Iterable[LineDocument]) -> list[str]:
    """The line that a rule's discount is for; none where it is for the whole order."""
    for line in lines:
        if rule["_free"] and not rule["_gift"]:
            if line.kind is LineKind.SHIPPING and line.net:
                return [line.external_id]
        elif rule["_gift"]:
            if (line.product_id, line.variant_id) == rule["_gift"]:
                return [line.external_id]
        elif line.kind is LineKind.PRODUCT and line.product_id == rule["_product"] != "":
            return [line.external_id]
    return []


def _less(line: LineDocument, net: Decimal, tax: Decimal) -> LineDocument:
    """A line that costs less; its taxes keep their proportions."""
    left = line.tax - tax
    parts = [(one.code, (one.amount * left / line.tax).quantize(CENT) if line.tax else ZERO) for one in line.taxes]
    return replace(line, net=line.net - net, taxes=split_tax(left, parts))


def spread(total: Decimal, weights: Sequence[Decimal], coin: Decimal) -> list[Decimal]:
    """Whole coins by weight that add up to ``total``; what is left over goes to those that lost most by rounding."""
    whole = sum(weights, ZERO)
    if not weights or not whole:
        return [total if index == 0 else ZERO for index in range(len(weights))]
    exact = [total * weight / whole for weight in weights]
    shares = [value.quantize(coin, ROUND_DOWN) for value in exact]
    missing = int((total - sum(shares, ZERO)) / coin)
    order = sorted(range(len(weights)), key=lambda index: abs(exact[index] - shares[index]), reverse=True)
    step = coin if missing > 0 else -coin
    for turn in range(abs(missing)):
        shares[order[turn % len(order)]] += step
    return shares
