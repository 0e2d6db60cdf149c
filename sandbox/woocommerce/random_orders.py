"""Plausible French orders out of the shop's own catalogue, by the dozen."""

from __future__ import annotations

import random
from typing import Any

from .. import people
from ..catalogue import COUPONS
from .coupons import by_code
from .customers import add_customer
from .orders import place_order
from .shop import Shop

Doc = dict[str, Any]
# Costs are without tax, as WooCommerce takes them: 4.90 and 3.90 for the customer.
DELIVERIES = {
    "home": ("flat_rate", "Colissimo à domicile", "4.08"),
    "pickup": ("mondialrelay", "Mondial Relay", "3.25"),
    "collect": ("local_pickup", "Retrait en boutique", "0.00"),
}
PAYMENTS = (
    ("stripe", "Carte bancaire"),
    ("ppcp-gateway", "PayPal"),
    ("bacs", "Virement bancaire"),
    ("cheque", "Chèque"),
)
# How often each kind strikes an order, in percent, when no kinds are asked for.
KINDS = {
    "pickup": 20,
    "collect": 10,
    "gift": 15,
    "separate": 15,
    "company": 10,
    "note": 15,
    "guest": 30,
    "coupon": 20,
    "fee": 15,
    "discount_fee": 5,
    "free_shipping": 5,
}

OPTIONS = {
    "billing",
    "count",
    "currency",
    "kinds",
    "lines",
    "new_customers",
    "payment_method",
    "quantity",
    "seed",
    "skus",
    "status",
}


def create(shop: Shop, options: Doc) -> list[Doc]:
    """Create random orders.

    :param options: ``count`` (1), ``lines`` (3), ``new_customers`` (true: every order has its own customer, else one
        of the shop's), ``seed``, ``status`` (``processing``), ``kinds`` (a list out of :data:`KINDS`: every order is of
        all these kinds and no other; ``[]`` gives plain orders), ``currency``, ``skus`` (sell only these), ``billing``
        (fields of the address to use instead of the invented ones), ``payment_method`` (a code out of
        :data:`PAYMENTS`), ``quantity`` (of every line).
    :return: the order documents.
    :raise ValueError: for an unknown option or kind.
    """
    unknown = set(options) - OPTIONS
    kinds = options.get("kinds")
    unknown |= set(kinds or ()) - set(KINDS)
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; kinds are {', '.join(KINDS)}")
    random_ = random.Random(options.get("seed"))
    wanted = set(options["skus"]) if options.get("skus") else None
    sold = [doc for doc in sellable(shop) if wanted is None or doc["sku"] in wanted]
    if not sold:
        raise ValueError("there is nothing to sell")
    orders = []
    for _ in range(int(options.get("count", 1))):
        chosen = (
            set(kinds) if kinds is not None else {kind for kind, odds in KINDS.items() if random_.random() * 100 < odds}
        )
        orders.append(place_order(shop, draft(shop, random_, sold, chosen, options)))
    return orders


def sellable(shop: Shop) -> list[Doc]:
    """The products and variations that have a price and a SKU."""
    return [
        doc
        for doc in shop.all("products").values()
        if doc["type"] in ("simple", "variation") and doc["status"] == "publish" and doc["sku"] and shop.price(doc)
    ]


def draft(shop: Shop, random_: random.Random, sold: list[Doc], kinds: set[str], options: Doc) -> Doc:
    """The values of an order out of some products, as :func:`place_order` takes them."""
    count = min(int(options.get("lines", 3)), len(sold))
    lines = []
    for product in random_.sample(sold, count):
        key = "variation_id" if product["type"] == "variation" else "product_id"
        line = {key: product["id"], "quantity": options.get("quantity") or random_.choice((1, 1, 1, 2, 3))}
        lines.append(line)
    billing = people.address(random_) | dict(options.get("billing") or {})
    values: Doc = {
        "billing": billing,
        "shipping": {name: value for name, value in billing.items() if name not in ("email", "phone")},
        "line_items": lines,
        "fee_lines": [],
        "meta_data": [],
        "customer_id": _customer(shop, random_, billing, kinds, options),
    }
    if options.get("currency"):
        values["currency"] = options["currency"]
    payments = [row for row in PAYMENTS if options.get("payment_method", row[0]) == row[0]]
    values["payment_method"], values["payment_method_title"] = random_.choice(payments)
    _deliver(random_, values, kinds)
    if "company" in kinds:
        number = people.vat_number(random_.randrange(10**8))
        billing["company"] = values["shipping"]["company"] = random_.choice(people.COMPANIES)
        values["meta_data"] += [
            {"key": "_billing_vat_number", "value": number},
            {"key": "vat_number", "value": number},
        ]
    if "gift" in kinds:
        values["meta_data"].append({"key": "_gift_message", "value": random_.choice(people.GIFT_MESSAGES)})
        values["fee_lines"].append({"name": "Emballage cadeau", "total": "3.33"})
    if "note" in kinds:
        values["customer_note"] = random_.choice(people.NOTES)
    if "fee" in kinds:
        values["fee_lines"].append({"name": "Frais de traitement", "total": "1.50"})
    if "discount_fee" in kinds:
        values["fee_lines"].append({"name": "Geste commercial", "total": "-1.99"})
    if "coupon" in kinds:
        codes = [code for code in COUPONS if by_code(shop, code) is not None]
        values["coupon_lines"] = [{"code": random_.choice(codes)}] if codes else []
    status = options.get("status", "processing")
    values["status"] = status
    if status in ("processing", "completed"):
        values["transaction_id"] = f"txn_{random_.randrange(10**10):010d}"
    return values


def _customer(shop: Shop, random_: random.Random, billing: Doc, kinds: set[str], options: Doc) -> int:
    """The customer's id; 0 for a guest. A customer of the shop gives the order his own address."""
    if "guest" in kinds:
        return 0
    known = list(shop.all("customers").values())
    if not options.get("new_customers", True) and known:
        customer = random_.choice(known)
        billing.update({name: value for name, value in customer["billing"].items() if value})
        return int(customer["id"])
    names = {name: billing[name] for name in ("first_name", "last_name", "email")}
    shipping = {name: value for name, value in billing.items() if name not in ("email", "phone")}
    return int(add_customer(shop, {**names, "billing": dict(billing), "shipping": shipping})["id"])


def _deliver(random_: random.Random, values: Doc, kinds: set[str]) -> None:
    way = "pickup" if "pickup" in kinds else "collect" if "collect" in kinds else "home"
    method, title, cost = DELIVERIES[way]
    if "free_shipping" in kinds and way == "home":
        method, title, cost = "free_shipping", "Livraison offerte", "0.00"
    if way == "pickup":
        key, name = random_.choice(people.PICKUP_POINTS)
        values["meta_data"] += [
            {"key": "_pickup_point_id", "value": key},
            {"key": "_pickup_point_name", "value": name},
        ]
    if "separate" in kinds and way == "home":
        other = people.address(random_)
        values["shipping"] = {name: value for name, value in other.items() if name not in ("email", "phone")}
    values["shipping_lines"] = [{"method_id": method, "method_title": title, "total": cost}]
