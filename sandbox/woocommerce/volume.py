"""For measuring: a large catalogue in one go, past the API, hence without events; and all that is counted of it."""

from __future__ import annotations

import copy
from typing import Any

from . import product_fields
from .shop import Shop

SIZES = ("XS", "S", "M", "L", "XL", "XXL")


def add_products(shop: Shop, count: int, variants: int = 0, prefix: str = "BULK") -> dict[str, Any]:
    """Add ``count`` products; with ``variants`` each is sold in that many sizes, at most six.

    :return: ``{"count", "first", "last"}``, the ids of the first and last product
    """
    now, first, last = shop.now(), 0, 0
    new = {"created": now, "modified": now, "weight": "0.25"}
    for number in range(1, count + 1):
        sku = f"{prefix}-{number:06}"
        last = shop.next_id("post")
        first = first or last
        product = {
            **copy.deepcopy(product_fields.NEW),
            **new,
            "id": last,
            "name": f"Produit {number}",
            "slug": sku.lower(),
            "type": "variable" if variants else "simple",
            "sku": "" if variants else sku,
            "description": f"<p>Description {number}</p>",
            "regular_price": "" if variants else "12.00",
            "categories": [15],
        }
        if variants:
            options = list(SIZES[:variants])
            attribute = {"id": 0, "name": "Taille", "position": 0, "visible": True, "variation": True}
            product["attributes"] = [{**attribute, "options": options}]
        shop.put("products", product)
        for size in SIZES[:variants]:
            shop.put(
                "products",
                {
                    **copy.deepcopy(product_fields.NEW),
                    **new,
                    "id": shop.next_id("post"),
                    "name": product["name"],
                    "slug": f"{product['slug']}-{size.lower()}",
                    "type": "variation",
                    "parent_id": last,
                    "sku": f"{sku}-{size}",
                    "tax_class": "parent",
                    "regular_price": "12.00",
                    "attributes": [{"id": 0, "name": "Taille", "option": size}],
                },
            )
    return {"count": count, "first": first, "last": last}


def shown_stock(shop: Shop) -> dict[str, int]:
    """What the shop shows of everything that it counts, by the product's or variation's id."""
    return {
        str(key): int(doc["stock_quantity"])
        for key, doc in shop.all("products").items()
        if doc["manage_stock"] and doc["stock_quantity"] is not None
    }
