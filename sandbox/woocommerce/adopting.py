"""A shop made of what its channel knows: tax table, products under their own ids, and orders as the shop gave them.

Everything can be repeated: what the shop has already is left alone, for a merchant may have changed it since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from . import importing, products, seed, tax_table
from .errors import RestError
from .money import dec, plain
from .shop import Shop

Doc = dict[str, Any]
ATTRIBUTE = "Variante"
LONGEST_ID = 15


def adopt(shop: Shop, values: Mapping[str, Any]) -> dict[str, Any]:
    """Take in what is known of a shop; every part may be left out.

    :param values: ``name``, ``currency``, ``country``, ``prices_include_tax``, ``statuses`` (that plugins added),
        ``taxes`` (``code``, ``label``, ``rate``, ``country``), ``products``
        (``product_id``, ``variant_id``, ``sku``, ``barcode``, ``name``, ``variant``, ``price``, ``tax_rate``,
        ``weight``, ``stock``), ``highest`` (ids in use, by kind) and ``orders`` (raw, as the shop gave them).
    :return: how many products and orders it has taken in, and the ids of orders that it cannot read.
    """
    new = shop.peek("settings", 1) is None
    if new:
        seed.bare(shop)
    _settings(shop, values)
    highest = values.get("highest") or {}
    shop.reserve_id("post", max([_number(highest.get(kind)) for kind in ("orders", "products")], default=0))
    shop.reserve_id("user", _number(highest.get("customers")))
    _taxes(shop, values.get("taxes") or (), {_rate(row["tax_rate"]) for row in values.get("products") or ()})
    count = _products(shop, values.get("products") or ())
    if new:
        seed.coupons_of(shop)
    taken, refused = _orders(shop, values.get("orders") or ())
    shop.take_events()
    return {"products": count, "orders": taken, "refused": refused}


def _settings(shop: Shop, values: Mapping[str, Any]) -> None:
    names = {"name": "title", "currency": "currency", "country": "base_country"}
    changes: Doc = {names[key]: values[key] for key in names if values.get(key)}
    if values.get("prices_include_tax") is not None:
        changes["prices_include_tax"] = bool(values["prices_include_tax"])
    if values.get("statuses"):
        own = {str(slug).removeprefix("wc-"): str(slug).replace("-", " ").capitalize() for slug in values["statuses"]}
        changes["order_statuses"] = {**shop.settings["order_statuses"], **own}
    if changes:
        shop.change_settings(changes)


def _taxes(shop: Shop, rows: Iterable[Mapping[str, Any]], sold_at: set[Decimal]) -> None:
    """The tax table: of each country the highest rate is the standard one, and the others have classes of their own.

    A rate that products are sold at and that no order has named yet is added to the shop's own country.
    """
    home = str(shop.settings["base_country"])
    known = {(doc["country"], dec(doc["rate"])) for doc in shop.all("taxes").values()}
    wanted: dict[tuple[str, Decimal], Mapping[str, Any]] = {}
    for row in rows:
        key = _number(row.get("code"))
        shop.reserve_id("tax", key)
        place = (str(row.get("country") or home).upper(), _rate(row["rate"]))
        if place not in known and place[1] and key and shop.peek("taxes", key) is None:
            wanted.setdefault(place, row)
    for rate in sorted(sold_at - {Decimal(0)}, reverse=True):
        if (home, rate) not in known:
            wanted.setdefault((home, rate), {})
    if not known and not wanted:
        for country, rate_, label, slug in seed.RATES:
            if slug in ("standard", "reduced-rate", "zero-rate"):
                tax_table.add_tax(shop, {"country": country, "rate": rate_, "name": label, "class": slug})
        return
    for (country, rate), row in sorted(wanted.items(), key=lambda item: (item[0][0] != home, -item[0][1])):
        values = {"country": country, "rate": plain(rate), "name": row.get("label") or f"{plain(rate)} %"}
        values["class"] = _class_for(shop, country, rate)
        tax_table.add_tax(shop, values, _number(row.get("code")) or None)


def _class_for(shop: Shop, country: str, rate: Decimal) -> str:
    """The class of a rate: the shop's own by its number, another country's by its rank."""
    of_country = [doc for doc in shop.all("taxes").values() if doc["country"] == country and dec(doc["rate"])]
    if not of_country:
        return "standard"
    if country != shop.settings["base_country"]:
        classes = [
            doc["class"] for doc in shop.all("taxes").values() if doc["country"] == shop.settings["base_country"]
        ]
        return str(classes[len(of_country)]) if len(of_country) < len(classes) else "reduced-rate"
    name = f"Taux {plain(rate)}"
    try:
        return tax_table.add_class(shop, name)
    except RestError:
        return next(slug for slug, known in shop.tax_classes.items() if known == name)


def _products(shop: Shop, rows: Iterable[Mapping[str, Any]]) -> int:
    """Products and variants under the ids that the channel knows; without one, under the next."""
    home = shop.settings["base_country"]
    codes = {doc["global_unique_id"] for doc in shop.all("products").values()}
    classes = {dec(doc["rate"]): doc["class"] for doc in shop.all("taxes").values() if doc["country"] == home}
    families: dict[str, list[Mapping[str, Any]]] = {}
    for index, row in enumerate(rows):
        families.setdefault(str(row.get("product_id") or f"new-{index}"), []).append(row)
        shop.reserve_id("post", max(_number(row.get("product_id")), _number(row.get("variant_id"))))
    for family in families.values():
        variants = [row for row in family if row.get("variant_id")]
        first = family[0]
        tax_class = classes.get(_rate(first["tax_rate"]), "zero-rate")
        values = {"name": str(first["name"]), "tax_class": tax_class, "status": "publish"}
        key = _number(first.get("product_id"))
        if not variants:
            if not (shop.peek("products", key) or _sold(shop, first, by_sku=not key)):
                products.new_product(shop, values | _item(shop, first, codes), key or None)
            continue
        options = list(dict.fromkeys(_option(row) for row in variants))
        parent = shop.load("products", key)
        if parent is None:
            attribute = {"name": ATTRIBUTE, "variation": True, "visible": True, "options": options}
            parent = products.new_product(shop, values | {"type": "variable", "attributes": [attribute]}, key or None)
        elif parent["attributes"]:
            own = parent["attributes"][0]
            own["options"] = list(dict.fromkeys([*own.get("options", []), *options]))
            shop.put("products", parent)
        for row in variants:
            if shop.peek("products", _number(row["variant_id"])) is None:
                attributes = [{"name": ATTRIBUTE, "option": _option(row)}]
                item = _item(shop, row, codes) | {"attributes": attributes}
                products.new_variation(shop, parent, item, _number(row["variant_id"]) or None)
    return sum(doc["type"] in ("simple", "variation") for doc in shop.all("products").values())


def _sold(shop: Shop, row: Mapping[str, Any], by_sku: bool) -> bool:
    return by_sku and shop.by_sku(str(row.get("sku") or "")) is not None


def _item(shop: Shop, row: Mapping[str, Any], codes: set[str]) -> Doc:
    """What a simple product and a variation have in common; a SKU or barcode that another one has is left out."""
    sku, barcode = str(row.get("sku") or ""), str(row.get("barcode") or "")
    taken = barcode in codes
    codes.add(barcode)
    item: Doc = {
        "sku": "" if shop.by_sku(sku) else sku,
        "global_unique_id": "" if taken else barcode,
        "regular_price": plain(dec(str(row.get("price") or 0))),
        "weight": plain(dec(str(row.get("weight") or 0))),
    }
    if row.get("stock") is not None:
        item |= {"manage_stock": True, "stock_quantity": int(row["stock"])}
    return item


def _option(row: Mapping[str, Any]) -> str:
    return str(row.get("variant") or row.get("sku") or row["variant_id"])


def _orders(shop: Shop, raws: Iterable[Doc]) -> tuple[int, list[Any]]:
    """Orders that the shop does not have yet; one that cannot be read is named and left out."""
    taken, refused = 0, []
    for raw in raws:
        key = raw.get("id") if isinstance(raw, dict) else None
        if isinstance(key, int) and shop.peek("orders", key) is not None:
            continue
        try:
            importing.import_orders(shop, [raw])
            taken += 1
        except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError):
            refused.append(key)
    return taken, refused


def _number(text: Any) -> int:
    """An id as a number; 0 for what is none."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else 0


def _rate(value: Any) -> Decimal:
    return dec(str(value or 0)).normalize()
