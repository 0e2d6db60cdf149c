"""A shop made of what its channel knows: taxes, products under their own ids, and orders as the shop gave them.

Everything can be repeated: what the shop has already is left alone, for a merchant may have changed it since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ..store import Doc
from . import goods
from .fields import RESOURCES
from .seed import add, both
from .shop import Shop

LONGEST_ID = 15
OPTION = "Variante"
# What a raw order has beside its own fields, and where it belongs.
_PARTS = {
    "_carriers": "order_carriers",
    "_payments": "order_payments",
    "_rules": "order_cart_rules",
    "_messages": "messages",
    "_refunds": "order_slip",
}


def adopt(shop: Shop, values: Mapping[str, Any]) -> dict[str, Any]:
    """Take in what is known of a shop; every part may be left out.

    :param values: as :func:`sandbox.woocommerce.adopting.adopt` takes them; raw orders are the platform's own
    :return: how many products and orders it has taken in, and the ids of orders that it cannot read.
    """
    if values.get("name"):
        shop.change_settings({"title": str(values["name"])})
        shop.configure("PS_SHOP_NAME", str(values["name"]))
    _currency(shop, str(values.get("currency") or ""))
    highest = values.get("highest") or {}
    for kind, resources in (
        ("orders", ("orders", "order_slip")),
        ("products", ("products", "combinations")),
        ("customers", ("customers",)),
    ):
        for resource in resources:
            shop.reserve_id(resource, _number(highest.get(kind)))
    for row in values.get("taxes") or ():
        _tax(shop, row)
    for name in values.get("statuses") or ():
        _state(shop, 0, str(name), {})
    products = _products(shop, values.get("products") or ())
    taken, refused = _orders(shop, values.get("orders") or ())
    return {"products": products, "orders": taken, "refused": refused}


def _currency(shop: Shop, code: str) -> None:
    """The shop's main currency, made where it has none of the code."""
    if not code:
        return
    known = next((key for key, doc in shop.all("currencies").items() if doc["iso_code"] == code), None)
    if known is None:
        given = {"iso_code": code, "precision": "2", "conversion_rate": "1", "active": "1", "name": code}
        known = add(shop, "currencies", None, names=both(code, code), symbol=both(code, code), **given)["id"]
    shop.configure("PS_CURRENCY_DEFAULT", str(known))


def _tax(shop: Shop, row: Mapping[str, Any]) -> None:
    """A tax under the id that orders name it by, and a group of rules that charges it at home."""
    key = _number(row.get("code"))
    rate = Decimal(str(row.get("rate") or 0))
    if not key or not rate:
        return
    known = shop.peek("taxes", key)
    if known is not None and Decimal(known["rate"]) == rate:
        return
    label = str(row.get("label") or f"TVA {rate.normalize():f}%")[:32]
    add(shop, "taxes", key, rate=str(rate), active="1", deleted="0", name=both(label, label))
    code = str(row.get("country") or "").upper()
    home = shop.configuration("PS_COUNTRY_DEFAULT")
    country = next((str(one) for one, doc in shop.all("countries").items() if doc["iso_code"] == code), home)
    if not any(rule["id_country"] == country for rule in shop.where("tax_rules", "id_tax", str(key))):
        group = add(shop, "tax_rule_groups", None, name=label, active="1")
        add(shop, "tax_rules", None, id_tax_rules_group=str(group["id"]), id_country=country, id_tax=str(key))


def _group(shop: Shop, rate: Decimal) -> str:
    """The group of rules that charges a rate at home."""
    home = shop.configuration("PS_COUNTRY_DEFAULT")
    for rule in shop.all("tax_rules").values():
        tax = shop.peek("taxes", rule["id_tax"])
        if rule["id_country"] == home and tax and Decimal(tax["rate"]) == rate:
            return str(rule["id_tax_rules_group"])
    return "0"


def _products(shop: Shop, rows: Iterable[Mapping[str, Any]]) -> int:
    """Products and combinations under the ids that the channel knows; without one, under the next."""
    families: dict[str, list[Mapping[str, Any]]] = {}
    for index, row in enumerate(rows):
        families.setdefault(str(row.get("product_id") or f"new-{index}"), []).append(row)
        for resource, name in (("products", "product_id"), ("combinations", "variant_id")):
            shop.reserve_id(resource, _number(row.get(name)))
    for family in families.values():
        variants = [row for row in family if _number(row.get("variant_id"))]
        first = family[0]
        key = _number(first.get("product_id"))
        if shop.peek("products", key) is None and not (not key and _sold(shop, str(first.get("sku") or ""))):
            _product(shop, key, first, variants)
    return len(shop.all("products"))


def _sold(shop: Shop, sku: str) -> bool:
    return bool(sku) and bool(shop.where("products", "reference", sku))


def _product(shop: Shop, key: int, first: Mapping[str, Any], variants: list[Mapping[str, Any]]) -> None:
    name = str(first["name"])
    base = Decimal(str(first.get("price") or 0))
    fields: dict[str, Any] = {
        "key": key or None,
        "price": str(base),
        "weight": str(first.get("weight") or 0),
        "id_tax_rules_group": _group(shop, Decimal(str(first.get("tax_rate") or 0))),
    }
    if not variants:
        fields |= {"reference": str(first.get("sku") or ""), "ean13": str(first.get("barcode") or "")}
    doc = goods.add_product(
        shop,
        name=both(name, name),
        quantity=0 if variants else int(first.get("stock") or 0),
        variable=bool(variants),
        **fields,
    )
    option = _option(shop) if variants else ""
    for row in variants:
        said = str(row.get("variant") or row.get("sku") or row["variant_id"])
        value = add(shop, "product_option_values", None, id_attribute_group=option, name=both(said, said))
        more: dict[str, Any] = {
            "key": _number(row["variant_id"]),
            "reference": str(row.get("sku") or ""),
            "ean13": str(row.get("barcode") or ""),
            "price": str(Decimal(str(row.get("price") or 0)) - base),
        }
        goods.add_combination(shop, doc["id"], [str(value["id"])], int(row.get("stock") or 0), **more)


def _option(shop: Shop) -> str:
    known = next((key for key, doc in shop.all("product_options").items() if OPTION in doc["name"].values()), None)
    named = both(OPTION, OPTION)
    return str(known or add(shop, "product_options", None, group_type="select", name=named, public_name=named)["id"])


def _orders(shop: Shop, raws: Iterable[Any]) -> tuple[int, list[Any]]:
    """Orders that the shop does not have yet; one that cannot be read is named and left out."""
    taken, refused = 0, []
    for raw in raws:
        key = _number(raw.get("id")) if isinstance(raw, dict) else 0
        if shop.peek("orders", key) is not None:
            continue
        try:
            _order(shop, key, raw)
            taken += 1
        except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError):
            refused.append(raw.get("id") if isinstance(raw, dict) else None)
    return taken, refused


def _order(shop: Shop, key: int, raw: Doc) -> None:
    if not key:
        raise ValueError("an order without an id")
    shop.change_settings({"timezone": raw["_zone"]})
    for name, resource in (("_customer", "customers"), ("_billing", "addresses"), ("_shipping", "addresses")):
        _part(shop, resource, raw.get(name) or {})
    for row in raw.get("_details") or ():
        taxes = [{"id": tax} for tax in row.get("_taxes") or ()]
        _part(shop, "order_details", {**row, "id_order": str(key), "associations": {"taxes": taxes}})
    for name, resource in _PARTS.items():
        for row in raw.get(name) or ():
            _part(shop, resource, row)
            _part(shop, "cart_rules", row.get("_rule") or {})
    for tax, row in (raw.get("_taxes") or {}).items():
        label = next(iter(dict(row.get("name") or {}).values()), "")
        _tax(shop, {"code": tax, "rate": row.get("rate"), "label": label})
    state = _number(raw.get("current_state"))
    if state and shop.peek("order_states", state) is None:
        _state(shop, state, str((raw.get("_state") or {}).get("_name") or state), raw.get("_state") or {})
    _part(shop, "orders", raw)


def _part(shop: Shop, resource: str, row: Mapping[str, Any]) -> None:
    """A record under its own id, its known fields alone; one that is there stays."""
    key = _number(row.get("id"))
    if not key or shop.peek(resource, key) is not None:
        return
    fields = RESOURCES[resource].fields
    given = {name: value for name, value in row.items() if name in fields or name == "associations"}
    if resource == "addresses":
        code = str(row.get("_country") or "")
        known = (str(one) for one, doc in shop.all("countries").items() if doc["iso_code"] == code)
        given["id_country"] = next(known, shop.configuration("PS_COUNTRY_DEFAULT"))
    add(shop, resource, key, **given)


def _state(shop: Shop, key: int, name: str, flags: Mapping[str, Any]) -> None:
    """A state that the merchant made."""
    if any(name in doc["name"].values() for doc in shop.all("order_states").values()):
        return
    known = {flag: str(flags.get(flag, "0")) for flag in ("logable", "paid", "shipped", "delivery", "invoice")}
    add(shop, "order_states", key or None, name=both(name, name), **known)


def _number(text: Any) -> int:
    """An id as a number; 0 for what is none."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else 0
