"""A PrestaShop that stands in for a merchant's own: the platform finds its orders, products and taxes again."""

from __future__ import annotations

import json

from presta_orders import KEY, open_shop, orders, raws

from platforms.prestashop import PrestaShop
from platforms.transport import Transport, loopback
from sandbox.prestashop import random_orders
from sandbox.prestashop.site import PrestaShopSite

PRODUCTS = [
    {"product_id": "500", "sku": "CUP", "name": "Tasse", "price": "10.00", "tax_rate": 20.0, "stock": 5},
    *(
        {"product_id": "501", "variant_id": key, "sku": f"T-{size}", "name": "Tee", "variant": size, "price": "20"}
        for key, size in (("502", "S"), ("503", "M"))
    ),
]


def test_a_copy_has_what_is_known() -> None:
    with open_shop() as shop:
        with shop.site.shop.store.transaction():
            random_orders.create(shop.site.shop, {"count": 15, "seed": 11})
        key = shop.control("POST", "orders", lines=[{"sku": "MUG"}])["id"]
        shop.control("POST", f"orders/{key}/refund", lines=[{"sku": "MUG", "quantity": 1}])
        known = json.loads(json.dumps(raws(shop.platform)))
        wanted = {order.external_id: order for order in orders(shop.platform)}
        shop.sandbox.copies.register("prestashop", PrestaShopSite.of_copy)
        told = {
            "shop": "mine",
            "platform": "prestashop",
            "name": "Chez Léa",
            "products": PRODUCTS,
            "orders": known,
            "taxes": [{"code": "40", "label": "TVA 8,5 %", "rate": 8.5, "country": ""}],
            "highest": {"orders": 8000, "products": 503, "customers": 60},
        }
        for _turn in range(2):
            answer = shop.sandbox.copies.adopt(told)
        assert answer["refused"] == [] and answer["credentials"]["key"] != KEY
        transport = Transport(timeout=(2, 5), allow=loopback, retries=0)
        copy = PrestaShop(answer["url"], answer["credentials"], transport)
        assert copy.test_connection().ok and copy.read_facts().name == "Chez Léa"
        assert {order.external_id: order for order in orders(copy)} == wanted
        assert {tax.code: tax.rate for tax in copy.read_taxes()}["40"] == 8.5
        assert {one.sku: (one.product_id, one.variant_id) for one in copy.read_products(["CUP", "T-M"])} == {
            "CUP": ("500", ""),
            "T-M": ("501", "503"),
        }
        site = next(one for one in shop.sandbox.sites if one.name == answer["shop"])
        made = random_orders.create(site.shop, {"skus": ["T-S"]})  # type: ignore[attr-defined]
        assert made[0]["id"] > 8000
