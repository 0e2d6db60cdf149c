"""Orders out of carts: what a checkout, or the webservice, makes of one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..store import Doc
from . import prices, stock
from .order_states import set_state
from .seed import add, both
from .shop import Shop
from .totals import Amount, Item, Rule, Totals, totals, with_tax

# What shipping costs without tax, by carrier: 4.90 and 3.90 for the customer.
SHIPPING = {"1": Decimal(0), "2": Decimal("4.083333"), "3": Decimal("3.25")}
WRAPPING = Decimal("1.666667")
RATE = Decimal(20)


@dataclass
class Draft:
    """What a customer orders.

    :ivar lines: ``(product, combination or 0, pieces)``
    :ivar rules: ids of cart rules
    :ivar state: the id of the state that the payment module sets, ``""`` for none
    :ivar reference: of an order that is a part of another's cart
    """

    customer: str
    invoice: str
    delivery: str
    lines: list[tuple[int, int, int]]
    carrier: str = "2"
    module: str = "stripe_official"
    payment: str = "Carte bancaire"
    state: str = "2"
    rules: list[str] = field(default_factory=list)
    wrapped: bool = False
    gift_message: str = ""
    message: str = ""
    currency: str = "1"
    language: str = "1"
    shop_id: str = "1"
    reference: str = ""
    transaction: str = ""


def place(shop: Shop, draft: Draft, given: Doc | None = None) -> Doc:
    """An order; its goods leave the stock, however few there are.

    :param given: fields to keep as the caller said, such as totals that the webservice was sent
    """
    chosen = [_chosen(shop, *line, rate=_conversion(shop, draft.currency)) for line in draft.lines]
    items = [item for _product, _combination, item in chosen]
    conversion = _conversion(shop, draft.currency)
    shipping = with_tax(SHIPPING.get(draft.carrier, Decimal(0)) * conversion, RATE)
    wrapping = with_tax(WRAPPING * conversion, RATE) if draft.wrapped else Amount()
    rules = [_rule(shop, key, draft.lines) for key in draft.rules]
    sums = totals(items, rules, shipping, wrapping, int(shop.settings["round_type"]))
    key = shop.next_id("orders")
    order = add(shop, "orders", key, **{**_fields(shop, draft, sums, key, conversion), **(given or {})})
    for product, combination, item in chosen:
        _detail(shop, order, product, combination, item)
        stock.take(shop, product["id"], combination["id"] if combination else 0, item.quantity, draft.shop_id)
    costs = {"shipping_cost_tax_excl": str(sums.shipping.net), "shipping_cost_tax_incl": str(sums.shipping.gross)}
    add(shop, "order_carriers", None, id_order=str(key), id_carrier=draft.carrier, weight="0", **costs)
    for rule, value, one in zip(draft.rules, sums.rules, rules, strict=True):
        doc = shop.peek("cart_rules", rule) or {}
        used = {"id_cart_rule": rule, "name": next(iter(doc["name"].values()))}
        used |= {"value": str(value.gross), "value_tax_excl": str(value.net)}
        add(shop, "order_cart_rules", None, id_order=str(key), free_shipping=str(int(one.free_shipping)), **used)
    if draft.message:
        said = {"id_cart": order["id_cart"], "id_customer": draft.customer, "message": draft.message}
        add(shop, "messages", None, id_order=str(key), private="0", **said)
    if draft.state:
        set_state(shop, key, draft.state, transaction=draft.transaction)
    return shop.peek("orders", key) or order


def _fields(shop: Shop, draft: Draft, sums: Totals, key: int, conversion: Decimal) -> Doc:
    shared: dict[str, Any] = {
        "id_address_delivery": draft.delivery,
        "id_address_invoice": draft.invoice,
        "id_currency": draft.currency,
        "id_lang": draft.language,
        "id_customer": draft.customer,
        "id_carrier": draft.carrier,
        "id_shop": draft.shop_id,
        "id_shop_group": "1",
    }
    cart = add(shop, "carts", None, associations={"cart_rows": _cart_rows(draft)}, **shared)
    customer = shop.peek("customers", draft.customer) or {}
    paid = sums.paid
    found: dict[str, Any] = {
        **shared,
        "id_cart": str(cart["id"]),
        "module": draft.module,
        "payment": draft.payment,
        "secure_key": customer.get("secure_key", ""),
        "gift": str(int(draft.wrapped)),
        "gift_message": draft.gift_message,
        "total_paid": paid.gross,
        "total_paid_real": 0,
        "total_products": sums.products.net,
        "total_products_wt": sums.products.gross,
        "carrier_tax_rate": RATE,
        "round_mode": "2",
        "round_type": str(shop.settings["round_type"]),
        "conversion_rate": conversion,
        "reference": draft.reference or reference(key),
    }
    for name, amount in (
        ("total_paid", paid),
        ("total_shipping", sums.shipping),
        ("total_wrapping", sums.wrapping),
        ("total_discounts", sums.discounts),
    ):
        found[f"{name}_tax_excl"], found[f"{name}_tax_incl"] = amount.net, amount.gross
        found[name] = amount.gross
    return {name: str(value) for name, value in found.items()}


def _cart_rows(draft: Draft) -> list[Doc]:
    return [
        {
            "id_product": str(product),
            "id_product_attribute": str(combination),
            "id_address_delivery": draft.delivery,
            "id_customization": "0",
            "quantity": str(quantity),
        }
        for product, combination, quantity in draft.lines
    ]


def _chosen(shop: Shop, product: int, combination: int, quantity: int, rate: Decimal) -> tuple[Doc, Doc | None, Item]:
    doc = shop.peek("products", product)
    if doc is None:
        raise ValueError(f"there is no product {product}")
    own = shop.peek("combinations", combination) if combination else None
    tax = tax_of(shop, doc["id_tax_rules_group"])
    percent = Decimal(tax["rate"]) if tax else Decimal(0)
    unit = prices.price(shop, doc, own, quantity, rate=percent)
    ecotax = Decimal(doc.get("ecotax") or 0)
    listed = prices.usual_price(shop, doc, own)
    return doc, own, Item((unit + ecotax) * rate, percent, quantity, (listed + ecotax) * rate)


def tax_of(shop: Shop, group: str) -> Doc | None:
    """The tax that a group of rules charges in the shop's own country."""
    home = shop.configuration("PS_COUNTRY_DEFAULT")
    for rule in shop.where("tax_rules", "id_tax_rules_group", group):
        if rule["id_country"] == home:
            return shop.peek("taxes", rule["id_tax"])
    return None


def _detail(shop: Shop, order: Doc, product: Doc, combination: Doc | None, item: Item) -> None:
    tax = tax_of(shop, product["id_tax_rules_group"])
    round_type = int(order["round_type"] or 2)
    name = next(iter(product["name"].values()))
    if combination:
        name = f"{name} ({_options(shop, combination)})"
    sold = combination or product
    ecotax = Decimal(product.get("ecotax") or 0) * Decimal(order["conversion_rate"])
    off = (1 - (item.unit - ecotax) / (item.listed - ecotax)) * 100 if item.listed > ecotax else Decimal(0)
    add(
        shop,
        "order_details",
        None,
        id_order=str(order["id"]),
        product_id=str(product["id"]),
        product_attribute_id=str(combination["id"] if combination else 0),
        id_shop=order["id_shop"],
        id_warehouse="0",
        product_name=name,
        product_quantity=str(item.quantity),
        product_quantity_in_stock=str(item.quantity),
        product_price=str(item.listed),
        original_product_price=str(item.listed),
        reduction_percent=str(off if off == off.to_integral_value() else 0),
        product_ean13=sold.get("ean13", "") or product.get("ean13", ""),
        product_reference=sold.get("reference", "") or product.get("reference", ""),
        id_tax_rules_group=product["id_tax_rules_group"],
        ecotax=product.get("ecotax") or "0",
        unit_price_tax_excl=str(item.unit),
        unit_price_tax_incl=str(item.unit_with_tax),
        total_price_tax_excl=str(item.total(round_type, with_tax=False)),
        total_price_tax_incl=str(item.total(round_type, with_tax=True)),
        associations={"taxes": [{"id": str(tax["id"])}] if tax else []},
    )


def _options(shop: Shop, combination: Doc) -> str:
    found = []
    for row in combination["associations"]["product_option_values"]:
        value = shop.peek("product_option_values", row["id"]) or {}
        option = shop.peek("product_options", value.get("id_attribute_group", 0)) or {}
        said = [next(iter(one["name"].values()), "") for one in (option, value) if one]
        found.append(" : ".join(said))
    return " - ".join(found)


def _rule(shop: Shop, key: str, lines: list[tuple[int, int, int]]) -> Rule:
    doc = shop.peek("cart_rules", key)
    if doc is None:
        raise ValueError(f"there is no cart rule {key}")
    if doc["free_shipping"] == "1":
        return Rule(free_shipping=True)
    if doc["gift_product"] not in ("", "0"):
        wanted = (int(doc["gift_product"]), int(doc["gift_product_attribute"] or 0))
        return Rule(gift=next(place for place, line in enumerate(lines) if line[:2] == wanted))
    return Rule(percent=Decimal(doc["reduction_percent"]), amount=Decimal(doc["reduction_amount"]))


def add_rule(shop: Shop, code: str, name: str, **fields: str) -> Doc:
    """A cart rule that holds for years."""
    dates = {"date_from": "2020-01-01 00:00:00", "date_to": "2040-01-01 00:00:00"}
    limits = {"quantity": "1000000", "quantity_per_user": "1000000", "active": "1", "reduction_tax": "1"}
    return add(shop, "cart_rules", None, code=code, name=both(name, name), **{**dates, **limits, **fields})


def _conversion(shop: Shop, currency: str) -> Decimal:
    doc = shop.peek("currencies", currency)
    return Decimal(doc["conversion_rate"]) if doc else Decimal(1)


def reference(key: int) -> str:
    """Nine letters that look as if drawn by lot."""
    digest = hashlib.sha256(f"order {key}".encode()).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:9])
