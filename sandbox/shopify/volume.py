"""Many products and orders at once, for tests of volume."""

from __future__ import annotations

from datetime import timedelta

from ..store import Doc
from . import random_orders, seed, stock
from .shop import Shop


def add_products(shop: Shop, count: int, variants: int = 1, stock: int = 100, prefix: str = "VOL") -> Doc:
    """Products by the number, each with some variants, in stock at the first location."""
    first = next(iter(shop.all("locations").values()))["code"]
    ids = []
    for number in range(1, count + 1):
        sku = f"{prefix}-{number:05d}"
        sizes = [f"T{size}" for size in range(1, variants + 1)] if variants > 1 else []
        rows = [
            {"sku": f"{sku}-{size}" if size else sku, "price": f"{5 + number % 90}.90", "weight": 0.2,
             "stock": {first: stock}, "options": {"Taille": size} if size else {}}
            for size in (sizes or [""])
        ]  # fmt: skip
        options = [{"name": "Taille", "values": sizes}] if sizes else []
        ids.append(seed.add_product(shop, {"title": f"Produit {number}"}, options, rows)["id"])
    shop.take_events()
    return {"count": count, "first": ids[0] if ids else None, "last": ids[-1] if ids else None}


def add_orders(shop: Shop, count: int, lines: int = 3, days: int = 365, seed: int = 1, customers: int = 50) -> Doc:
    """Orders by the number, spread over the last days, of a few customers, without webhooks."""
    start = shop.clock.now() - timedelta(days=days)
    step = timedelta(days=days) / max(1, count)
    ids = []
    for number in range(count):
        at = (start + step * number).strftime("%Y-%m-%dT%H:%M:%SZ")
        options = {"seed": seed * 1_000_003 + number, "lines": lines, "at": at, "tell": False, "kinds": [],
                   "new_customers": number < customers}  # fmt: skip
        ids += [doc["id"] for doc in random_orders.create(shop, options)]
    shop.take_events()
    return {"count": count, "first": ids[0] if ids else None, "last": ids[-1] if ids else None}


def shown_stock(shop: Shop) -> dict[str, int]:
    """What the shop shows of every SKU that it counts, all locations together."""
    return {doc["sku"]: stock.available(doc) for doc in shop.all("items").values() if doc["sku"] and doc["tracked"]}
