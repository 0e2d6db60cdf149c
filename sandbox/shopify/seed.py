"""A new shop: its locations, and the demonstration catalogue."""

from __future__ import annotations

from typing import Any

from ..catalogue import ATTRIBUTES, CATEGORIES, PRODUCTS, WAREHOUSES
from ..merchandise import Product, Variant
from ..store import Doc
from . import stock
from .shop import DEFAULT_SETTINGS, Shop

CHANNELS = ("Online Store", "Point of Sale")
TOWNS = {"PAR": ("Paris", "75011"), "LYO": ("Lyon", "69003")}


def bare(shop: Shop) -> None:
    """What every shop has: settings and one location for each warehouse."""
    shop.put("settings", {"id": 1, **DEFAULT_SETTINGS})
    for code, name in WAREHOUSES.items():
        city, postcode = TOWNS[code]
        add_location(shop, name, city, postcode, code)
    for name in CHANNELS:
        shop.put("publications", {"id": shop.next_id("publication"), "name": name, "autoPublish": False})


def add_location(shop: Shop, name: str, city: str = "Paris", postcode: str = "75011", code: str = "") -> Doc:
    """A location that sends what is ordered online."""
    now = shop.now()
    address = {"address1": "1 rue du Port", "city": city, "zip": postcode, "country": "France", "countryCode": "FR"}
    return shop.put(
        "locations",
        {
            "id": shop.next_id("location"), "name": name, "code": code, "isActive": True, "address": address,
            "fulfillsOnlineOrders": True, "shipsInventory": True, "hasActiveInventory": True, "createdAt": now,
            "updatedAt": now, "deactivatable": True,
        },
    )  # fmt: skip


def demonstration(shop: Shop) -> None:
    """The catalogue of :mod:`sandbox.catalogue`."""
    for product in PRODUCTS:
        _product(shop, product)
    shop.take_events()


def _product(shop: Shop, product: Product) -> None:
    codes = product.attributes
    names = {code: ATTRIBUTES[code].name.fr for code in codes}
    options = [
        {"name": names[code], "values": list(dict.fromkeys(variant.values[code] for variant in product.variants))}
        for code in codes
    ]
    own = Variant(product.sku, product.barcode, {}, product.stock)
    add_product(
        shop,
        {
            "title": product.name.fr,
            "descriptionHtml": f"<p>{product.description.fr}</p>" if product.description.fr else "",
            "productType": CATEGORIES[product.category].fr,
            "taxRate": float(product.tax_rate),
        },
        options,
        [
            {
                "options": {names[code]: value for code, value in variant.values.items()},
                "sku": variant.sku,
                "barcode": variant.barcode,
                "price": f"{variant.price or product.price:.2f}",
                "weight": float(product.weight),
                "stock": variant.stock,
            }
            for variant in (product.variants or (own,))
        ],
    )


def add_product(shop: Shop, values: Doc, options: list[Doc], variants: list[Doc]) -> Doc:
    """A product with its variants and their stock by location code."""
    now = shop.now()
    number = values.get("id") or shop.next_id("product")
    product: Doc = {
        "id": number,
        "title": values["title"],
        "handle": values.get("handle") or f"produit-{number}",
        "descriptionHtml": "",
        "vendor": shop.settings["name"],
        "productType": "",
        "status": "ACTIVE",
        "tags": [],
        "templateSuffix": None,
        "seo": {},
        "createdAt": now,
        "updatedAt": now,
        "publishedAt": now,
        "mediaIds": [],
        "publicationIds": list(shop.all("publications")),
        "isGiftCard": False,
        **values,
        "options": [
            {
                "id": shop.next_id("option"),
                "name": option["name"],
                "position": position,
                "optionValues": [{"id": shop.next_id("option_value"), "name": value} for value in option["values"]],
            }
            for position, option in enumerate(options or [{"name": "Title", "values": ["Default Title"]}], 1)
        ],
        "variantIds": [],
    }
    for variant in variants:
        add_variant(shop, product, variant, now)
    return shop.put("products", product)


def add_variant(shop: Shop, product: Doc, values: Doc, now: str) -> Doc:
    """A variant with its inventory item, added to a product that the caller keeps."""
    chosen = values.get("options") or {}
    variant: Doc = {
        "id": values.get("id") or shop.next_id("variant"),
        "productId": product["id"],
        "itemId": shop.next_id("item"),
        "title": " / ".join(chosen.values()) or "Default Title",
        "selectedOptions": [{"name": name, "value": value} for name, value in chosen.items()]
        or [{"name": "Title", "value": "Default Title"}],
        "position": len(product["variantIds"]) + 1,
        "sku": values.get("sku"),
        "barcode": values.get("barcode"),
        "price": values.get("price", "0.00"),
        "compareAtPrice": values.get("compareAtPrice"),
        "taxable": values.get("taxable", True),
        "inventoryPolicy": values.get("inventoryPolicy", "DENY"),
        "mediaIds": [],
        "createdAt": now,
        "updatedAt": now,
    }
    weight = values.get("weight")
    item: Doc = {
        "id": variant["itemId"],
        "variantId": variant["id"],
        "sku": values.get("sku"),
        "tracked": values.get("tracked", True),
        "requiresShipping": values.get("requiresShipping", True),
        "weight": {"value": weight, "unit": "KILOGRAMS"} if weight is not None else None,
        "cost": values.get("cost"),
        "levels": _levels(shop, values.get("stock") or {}, now),
        "createdAt": now,
        "updatedAt": now,
    }
    shop.put("items", item)
    shop.put("variants", variant)
    product["variantIds"].append(variant["id"])
    return variant


def _levels(shop: Shop, wanted: dict[str, Any], now: str) -> Doc:
    return {
        str(doc["id"]): {**stock.empty(now), "available": int(wanted.get(doc["code"], 0))}
        for doc in shop.all("locations").values()
        if not wanted or doc["code"] in wanted
    }
