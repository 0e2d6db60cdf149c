"""Twisted orders, one for each button of the shop's page: what a merchant wants to have seen before it happens."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .. import people
from ..merchandise import Text
from . import products
from .money import dec, plain, round_to
from .orders import change_order, place_order
from .random_orders import draft, sellable
from .refunds import refund_order
from .shop import Shop

Doc = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One kind of twisted order: what it is called, what is twisted about it, and how it is placed."""

    name: Text
    what: Text
    place: Callable[[Shop, random.Random], Doc]


def place(shop: Shop, case: str) -> Doc:
    """Place an order of this kind.

    :raise ValueError: for an unknown kind, or a shop that has nothing to sell.
    """
    if case not in CASES:
        raise ValueError(f"unknown case {case!r}; cases are {', '.join(CASES)}")
    return CASES[case].place(shop, random.Random())


def _draft(shop: Shop, random_: random.Random, *kinds: str, lines: int = 2) -> Doc:
    sold = sellable(shop)
    if not sold:
        raise ValueError("there is nothing to sell")
    values = draft(shop, random_, sold, {"guest", *kinds}, {"lines": lines})
    return values | {"created_via": "checkout", "payment_method": "stripe", "payment_method_title": "Carte bancaire"}


def _wrong_vat(shop: Shop, random_: random.Random) -> Doc:
    values = _draft(shop, random_, "company")
    meta = [meta for meta in values["meta_data"] if "vat" not in meta["key"]]
    wrong = [{"key": key, "value": "FR00 123 456 789"} for key in ("_billing_vat_number", "vat_number")]
    return place_order(shop, values | {"meta_data": meta + wrong})


def _new_product(shop: Shop, name: str, sku: str, price: str = "24.90") -> int:
    values = {"name": name, "sku": sku, "regular_price": price, "status": "publish"}
    return int(products.new_product(shop, values)["id"])


def _unknown_product(shop: Shop, random_: random.Random) -> Doc:
    number = random_.randrange(10**4)
    key = _new_product(shop, f"Lampe nouvelle {number}", f"NEW-{number:04d}")
    values = _draft(shop, random_, lines=1)
    return place_order(shop, values | {"line_items": [*values["line_items"], {"product_id": key, "quantity": 1}]})


def _odd_product(shop: Shop, random_: random.Random) -> Doc:
    name = "🎁 Coffret « Été » <édition d'amour> & co — " + "très " * 30 + "long"
    values = _draft(shop, random_, lines=1)
    return place_order(shop, values | {"line_items": [{"product_id": _new_product(shop, name, ""), "quantity": 1}]})


def _free_and_many(shop: Shop, random_: random.Random) -> Doc:
    values = _draft(shop, random_)
    many, *others = values["line_items"]
    free = [line | {"quantity": 1, "subtotal": "0", "total": "0"} for line in others]
    return place_order(shop, values | {"line_items": [many | {"quantity": 1000}, *free]})


def _pickup(shop: Shop, random_: random.Random) -> Doc:
    values = _draft(shop, random_, "pickup", "gift", "note")
    values["billing"]["phone"] = "tél. 06.12.34.56.78 (le soir)"
    return place_order(shop, values)


def _split_rates(shop: Shop, random_: random.Random) -> Doc:
    """Goods of as many tax classes as the shop sells, shipping beside them, and a coupon over all of it."""
    by_class: dict[str, Doc] = {}
    for product in random_.sample(sold := sellable(shop), len(sold)):
        parent = shop.peek("products", product["parent_id"]) or product
        by_class.setdefault(parent["tax_class"], product)
    values = _draft(shop, random_, "coupon")
    lines = [
        {"variation_id" if product["type"] == "variation" else "product_id": product["id"], "quantity": 1}
        for product in by_class.values()
    ]
    return place_order(shop, values | {"line_items": lines})


def _transfer(shop: Shop, random_: random.Random) -> Doc:
    values = _draft(shop, random_, "separate", "note")
    method = {"payment_method": "bacs", "payment_method_title": "Virement bancaire", "transaction_id": ""}
    return place_order(shop, values | method | {"status": "on-hold"})


def _abroad(shop: Shop, random_: random.Random) -> Doc:
    values = _draft(shop, random_)
    place_ = {"city": "Genève", "postcode": "1201", "country": "CH", "address_1": "12 rue du Rhône"}
    values["billing"] |= place_ | {"phone": "+41 22 731 00 00"}
    values["shipping"] |= place_
    return place_order(shop, values)


def _partly_refunded(shop: Shop, random_: random.Random) -> Doc:
    order = place_order(shop, _draft(shop, random_))
    line = next((line for line in order["line_items"] if dec(line["total"])), order["line_items"][0])
    share = dec(line["quantity"])
    taxes = [{"id": tax["id"], "refund_total": _share(shop, tax["total"], share)} for tax in line["taxes"]]
    back = {"id": line["id"], "quantity": 1, "refund_total": _share(shop, line["total"], share), "refund_tax": taxes}
    how = {"api_refund": False, "api_restock": True}
    refund_order(shop, order, how | {"reason": "Un article abîmé", "line_items": [back]})
    order = shop.load("orders", order["id"]) or order
    refund_order(shop, order, how | {"reason": "Geste commercial", "amount": "1.00"})
    return order


def _share(shop: Shop, amount: Any, pieces: Decimal) -> str:
    return plain(round_to(dec(amount) / pieces, shop.decimals))


def _edited_twice(shop: Shop, random_: random.Random) -> Doc:
    """The customer wants one piece more, then lives elsewhere and does not want the second product any more."""
    key = place_order(shop, _draft(shop, random_))["id"]
    order = shop.load("orders", key) or {}
    first, *others = order["line_items"]
    quantity = first["quantity"] + 1
    amounts = {name: plain(dec(first[name]) / dec(first["quantity"]) * dec(quantity)) for name in ("subtotal", "total")}
    change_order(shop, order, {"line_items": [{"id": first["id"], "quantity": quantity, **amounts}]})
    order = shop.load("orders", key) or {}
    moved = people.address(random_)
    address = {name: moved[name] for name in ("address_1", "address_2", "city", "postcode", "phone")}
    removed = [{"id": line["id"], "quantity": 0} for line in others]
    change_order(shop, order, {"shipping": address, "line_items": removed})
    return order


def _cancelled(shop: Shop, random_: random.Random) -> Doc:
    key = place_order(shop, _draft(shop, random_))["id"]
    order = shop.load("orders", key) or {}
    change_order(shop, order, {"status": "cancelled"})
    return order


def _same_customer(shop: Shop, random_: random.Random) -> Doc:
    """A guest whose e-mail, in capitals, is that of the newest order, under another name and address."""
    values = _draft(shop, random_)
    known = [doc["billing"]["email"] for doc in shop.all("orders").values() if doc["billing"]["email"]]
    if known:
        values["billing"]["email"] = known[-1].upper()
    return place_order(shop, values)


CASES: dict[str, Case] = {
    "wrong_vat": Case(
        Text("Société, n° de TVA faux", "Company, wrong VAT number"),
        Text("Le numéro ne peut pas exister.", "The number cannot exist."),
        _wrong_vat,
    ),
    "unknown_product": Case(
        Text("Produit inconnu", "Unknown product"),
        Text("Un produit créé à l'instant, qu'Odoo n'a jamais vu.", "A product made just now, never seen by Odoo."),
        _unknown_product,
    ),
    "odd_product": Case(
        Text("Produit étrange", "Odd product"),
        Text("Sans SKU, au nom interminable.", "Without a SKU, with an endless name."),
        _odd_product,
    ),
    "free_and_many": Case(
        Text("Mille et un gratuit", "A thousand, and one for free"),
        Text("Plus que le stock, et une ligne à 0.", "More than the stock, and a line of 0."),
        _free_and_many,
    ),
    "pickup": Case(
        Text("Point relais", "Pickup point"),
        Text("Téléphone mal écrit, cadeau, remarque.", "Telephone badly typed, a gift, a note."),
        _pickup,
    ),
    "split_rates": Case(
        Text("Plusieurs taux de TVA", "Several VAT rates"),
        Text("Un article par taux, et un code promo.", "One article for each rate, and a coupon."),
        _split_rates,
    ),
    "transfer": Case(
        Text("Virement attendu", "Transfer awaited"),
        Text("Pas encore payée, livrée ailleurs.", "Not paid yet, shipped elsewhere."),
        _transfer,
    ),
    "abroad": Case(
        Text("Vers la Suisse", "To Switzerland"),
        Text("Export, sans taxe.", "Export, without tax."),
        _abroad,
    ),
    "partly_refunded": Case(
        Text("Remboursée en partie", "Refunded in part"),
        Text("Un article, puis un geste de 1 €.", "One article, then a goodwill of 1.00."),
        _partly_refunded,
    ),
    "edited_twice": Case(
        Text("Modifiée deux fois", "Edited twice"),
        Text(
            "Une pièce de plus, puis une adresse et une ligne de moins.", "One more, then another address, a line less."
        ),
        _edited_twice,
    ),
    "cancelled": Case(
        Text("Payée, aussitôt annulée", "Paid, cancelled at once"),
        Text("Odoo la voit peut-être déjà annulée.", "Odoo may see it when it is cancelled already."),
        _cancelled,
    ),
    "same_customer": Case(
        Text("Même client, autre nom", "Same customer, another name"),
        Text("L'e-mail de la dernière commande, en majuscules.", "The last order's e-mail, in capitals."),
        _same_customer,
    ),
}
