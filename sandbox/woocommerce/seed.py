"""A new shop: the tax table, and the demonstration catalogue."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..catalogue import ATTRIBUTES, CATEGORIES, COUPONS, PRODUCTS
from ..merchandise import Product
from . import coupons, products, tax_table, terms
from .money import plain
from .rest import Call, Handler
from .shop import DEFAULT_SETTINGS, Shop

CLASSES = {
    Decimal("20"): "",
    Decimal("10"): "taux-intermediaire",
    Decimal("5.5"): "reduced-rate",
    Decimal("2.1"): "taux-super-reduit",
}
RATES = (
    ("FR", "20", "TVA 20 %", "standard"),
    ("FR", "10", "TVA 10 %", "taux-intermediaire"),
    ("FR", "5.5", "TVA 5,5 %", "reduced-rate"),
    ("FR", "2.1", "TVA 2,1 %", "taux-super-reduit"),
    ("FR", "0", "TVA 0 %", "zero-rate"),
    ("BE", "21", "TVA 21 %", "standard"),
    ("BE", "6", "TVA 6 %", "reduced-rate"),
    ("DE", "19", "MwSt 19 %", "standard"),
    ("DE", "7", "MwSt 7 %", "reduced-rate"),
)


def bare(shop: Shop) -> None:
    """What every shop has: settings and the default category."""
    shop.put("settings", {"id": 1, **DEFAULT_SETTINGS})
    category = {"id": 15, "name": "Uncategorized", "slug": "uncategorized", "parent": 0, "description": ""}
    category.update(display="default", image=None, menu_order=0, attribute_id=0)
    shop.put("categories", category)


def demonstration(shop: Shop) -> None:
    """The French tax table and the catalogue of :mod:`sandbox.catalogue`."""
    for name in ("Taux intermédiaire", "Taux super réduit"):
        tax_table.add_class(shop, name)
    for country, rate, name, tax_class in RATES:
        values = {"country": country, "rate": rate, "name": name, "class": tax_class, "shipping": True}
        tax_table.add_tax(shop, values)
    category_ids = {
        code: _post(shop, terms.ROUTES[0].handlers["POST"], {"name": text.fr})["id"]
        for code, text in CATEGORIES.items()
    }
    attribute_ids = {
        code: _post(shop, terms.create_attribute, {"name": attribute.name.fr, "slug": code})["id"]
        for code, attribute in ATTRIBUTES.items()
    }
    for product in PRODUCTS:
        _product(shop, product, category_ids[product.category], attribute_ids)
    coupons_of(shop)
    shop.take_events()


def coupons_of(shop: Shop) -> None:
    """The coupons of :mod:`sandbox.catalogue`."""
    for code, (kind, amount, text) in COUPONS.items():
        values = {"code": code, "discount_type": kind, "amount": plain(amount), "description": text.fr}
        _post(shop, coupons.create_coupon, values)


def _post(shop: Shop, handler: Handler, body: dict[str, Any], *ids: int) -> Any:
    return handler(Call(shop, "POST", "", ids, {}, body)).body


def _product(shop: Shop, product: Product, category_id: int, attribute_ids: dict[str, int]) -> None:
    values: dict[str, Any] = {
        "name": product.name.fr,
        "type": "variable" if product.variants else "simple",
        "sku": product.sku,
        "regular_price": "" if product.variants else plain(product.price),
        "weight": plain(product.weight),
        "tax_class": CLASSES[product.tax_rate],
        "short_description": product.description.fr,
        "categories": [{"id": category_id}],
        "global_unique_id": product.barcode,
    }
    if not product.variants:
        values.update(manage_stock=True, stock_quantity=sum(product.stock.values()))
    values["attributes"] = [
        {
            "id": attribute_ids[code],
            "variation": True,
            "visible": True,
            "options": list(dict.fromkeys(variant.values[code] for variant in product.variants)),
        }
        for code in product.attributes
    ]
    parent = _post(shop, products.create_product, values)
    for variant in product.variants:
        attributes = [{"id": attribute_ids[code], "option": value} for code, value in variant.values.items()]
        _post(
            shop,
            products.create_variation,
            {
                "sku": variant.sku,
                "global_unique_id": variant.barcode,
                "regular_price": plain(variant.price or product.price),
                "manage_stock": True,
                "stock_quantity": sum(variant.stock.values()),
                "attributes": attributes,
            },
            parent["id"],
        )
