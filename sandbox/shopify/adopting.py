"""A shop made of what its channel knows: products under their own ids, and numbers that go on above the known ones.

Everything can be repeated: what the shop has already is left alone, for a merchant may have changed it since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ..store import Doc
from . import gid, importing, seed
from .shop import Shop

OPTION = "Variante"
LONGEST_ID = 15


def adopt(shop: Shop, values: Mapping[str, Any]) -> Doc:
    """Take in what is known of a shop; every part may be left out.

    :param values: ``name``, ``currency``, ``country``, ``prices_include_tax``, ``products`` (``product_id``,
        ``variant_id``, ``sku``, ``barcode``, ``name``, ``variant``, ``price``, ``tax_rate``, ``weight``, ``stock``),
        ``highest`` (ids in use, by kind) and ``orders`` (raw, as the shop gave them).
    :return: how many products and orders it has taken in, and the ids of orders that it cannot read.
    """
    if shop.peek("settings", 1) is None:
        seed.bare(shop)
    names = {"name": "name", "currency": "currency", "country": "country"}
    changes: Doc = {names[key]: values[key] for key in names if values.get(key)}
    if values.get("prices_include_tax") is not None:
        changes["taxes_included"] = bool(values["prices_include_tax"])
    shop.change_settings(changes)
    highest = values.get("highest") or {}
    for kind, sequence in (("orders", "order"), ("products", "product"), ("customers", "customer")):
        shop.reserve_id(sequence, number(highest.get(kind)))
    count = _products(shop, values.get("products") or ())
    taken, refused = importing.import_orders(shop, values.get("orders") or ())
    shop.take_events()
    return {"products": count, "orders": taken, "refused": refused}


def _products(shop: Shop, rows: Iterable[Mapping[str, Any]]) -> int:
    """Products and variants under the ids that the channel knows; without one, under the next."""
    families: dict[str, list[Mapping[str, Any]]] = {}
    for index, row in enumerate(rows):
        families.setdefault(str(row.get("product_id") or f"new-{index}"), []).append(row)
    for family in families.values():
        _family(shop, family)
    return len(shop.all("variants"))


def _family(shop: Shop, family: list[Mapping[str, Any]]) -> None:
    first = family[0]
    key = number(first.get("product_id"))
    known = shop.load("products", key) if key else None
    several = len(family) > 1 or bool(first.get("variant"))
    rows = [_variant(shop, row, several) for row in family]
    rows = [row for row in rows if not (row["id"] and shop.peek("variants", row["id"]))]
    if known is not None:
        for row in rows:
            seed.add_variant(shop, known, row, shop.now())
        shop.put("products", known)
    elif rows and not (not key and _sold(shop, rows[0]["sku"])):
        shop.reserve_id("product", key)
        values: Doc = {"title": str(first["name"]), "taxRate": float(first.get("tax_rate") or 0)}
        options = [{"name": OPTION, "values": [row["options"][OPTION] for row in rows]}] if several else []
        seed.add_product(shop, values | ({"id": key} if key else {}), options, rows)


def _sold(shop: Shop, sku: str | None) -> bool:
    return bool(sku) and any(doc["sku"] == sku for doc in shop.all("variants").values())


def _variant(shop: Shop, row: Mapping[str, Any], several: bool) -> Doc:
    key = number(row.get("variant_id"))
    shop.reserve_id("variant", key)
    shown = str(row.get("variant") or row.get("sku") or key)
    counted = row.get("stock") is not None
    first = next(iter(shop.all("locations").values()))["code"]
    return {
        "id": key,
        "options": {OPTION: shown} if several else {},
        "sku": str(row.get("sku") or "") or None,
        "barcode": str(row.get("barcode") or "") or None,
        "price": f"{Decimal(str(row.get('price') or 0)):.2f}",
        "weight": float(row.get("weight") or 0),
        "tracked": counted,
        "stock": {first: int(row["stock"])} if counted else {},
    }


def number(value: Any) -> int:
    """An id, plain or global, as a number; 0 for what is none."""
    text = str(value or "")
    text = gid.split(text)[1] or text
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else 0
