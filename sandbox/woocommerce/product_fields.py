"""What a product or variation may be given, and how what is given is kept."""

from __future__ import annotations

from typing import Any

from . import dates
from .errors import RestError
from .media import pictures
from .money import clean_number, dec
from .params import (
    ARRAY,
    BOOLEAN,
    DATE,
    IDS,
    INTEGER,
    META_DATA,
    OBJECT,
    STRING,
    Arg,
    enum,
)
from .shop import Shop, merge_meta
from .terms import term_by_name
from .text import slugify

Doc = dict[str, Any]
DIMENSIONS = Arg("object", properties={"length": STRING, "width": STRING, "height": STRING})
REFERENCES = Arg("array", items=Arg("object", properties={"id": INTEGER}))
SHARED_ARGS = {
    "description": STRING,
    "sku": STRING,
    "global_unique_id": STRING,
    "regular_price": STRING,
    "sale_price": STRING,
    "date_on_sale_from": DATE,
    "date_on_sale_from_gmt": DATE,
    "date_on_sale_to": DATE,
    "date_on_sale_to_gmt": DATE,
    "virtual": BOOLEAN,
    "downloadable": BOOLEAN,
    "tax_status": enum("taxable", "shipping", "none"),
    "tax_class": STRING,
    "stock_quantity": INTEGER,
    "stock_status": enum("instock", "outofstock", "onbackorder"),
    "backorders": enum("no", "notify", "yes"),
    "low_stock_amount": INTEGER,
    "weight": STRING,
    "dimensions": DIMENSIONS,
    "shipping_class": STRING,
    "menu_order": INTEGER,
    "meta_data": META_DATA,
}
PRODUCT_ARGS = {
    **SHARED_ARGS,
    "name": STRING,
    "slug": STRING,
    "type": enum("simple", "grouped", "external", "variable"),
    "status": enum("draft", "pending", "private", "publish", "future", "auto-draft", "trash"),
    "featured": BOOLEAN,
    "catalog_visibility": enum("visible", "catalog", "search", "hidden"),
    "short_description": STRING,
    "manage_stock": BOOLEAN,
    "sold_individually": BOOLEAN,
    "external_url": STRING,
    "button_text": STRING,
    "reviews_allowed": BOOLEAN,
    "purchase_note": STRING,
    "upsell_ids": IDS,
    "cross_sell_ids": IDS,
    "parent_id": INTEGER,
    "categories": REFERENCES,
    "tags": REFERENCES,
    "brands": REFERENCES,
    "images": ARRAY,
    "attributes": Arg("array", items=OBJECT),
    "default_attributes": Arg("array", items=OBJECT),
}
VARIATION_ARGS = {
    **SHARED_ARGS,
    "status": enum("draft", "pending", "private", "publish", "future", "trash"),
    "manage_stock": Arg("mixed"),
    "image": OBJECT,
    "attributes": Arg("array", items=OBJECT),
}
NEW: Doc = {
    "slug": "",
    "status": "publish",
    "featured": False,
    "catalog_visibility": "visible",
    "description": "",
    "short_description": "",
    "sku": "",
    "global_unique_id": "",
    "regular_price": "",
    "sale_price": "",
    "date_on_sale_from": None,
    "date_on_sale_to": None,
    "total_sales": 0,
    "virtual": False,
    "downloadable": False,
    "external_url": "",
    "button_text": "",
    "tax_status": "taxable",
    "tax_class": "",
    "manage_stock": False,
    "stock_quantity": None,
    "stock_status": "instock",
    "backorders": "no",
    "low_stock_amount": None,
    "sold_individually": False,
    "weight": "",
    "dimensions": {"length": "", "width": "", "height": ""},
    "shipping_class": "",
    "reviews_allowed": True,
    "upsell_ids": [],
    "cross_sell_ids": [],
    "parent_id": 0,
    "purchase_note": "",
    "categories": [],
    "tags": [],
    "brands": [],
    "images": [],
    "image": None,
    "attributes": [],
    "default_attributes": [],
    "menu_order": 0,
    "meta_data": [],
}
AS_GIVEN = [
    "name",
    "description",
    "short_description",
    "featured",
    "catalog_visibility",
    "status",
    "type",
    "virtual",
    "downloadable",
    "tax_status",
    "backorders",
    "low_stock_amount",
    "weight",
    "sold_individually",
    "external_url",
    "button_text",
    "reviews_allowed",
    "purchase_note",
    "upsell_ids",
    "cross_sell_ids",
    "parent_id",
    "menu_order",
    "shipping_class",
    "stock_status",
]


def write(shop: Shop, doc: Doc, values: Doc) -> None:
    """Put validated values into a product or variation document, in place.

    :raise RestError: 400, for a SKU or barcode in use.
    """
    for name in AS_GIVEN:
        if values.get(name) is not None:
            doc[name] = values[name]
    if values.get("tax_class") is not None:
        doc["tax_class"] = "" if values["tax_class"] == "standard" else values["tax_class"]
    if values.get("dimensions"):
        doc["dimensions"] = {**doc["dimensions"], **{k: v for k, v in values["dimensions"].items() if v is not None}}
    if values.get("images") is not None:
        doc["images"] = pictures(shop, [image for image in values["images"] if image])
    if values.get("image") is not None:
        doc["image"] = next(iter(pictures(shop, [values["image"]], "variation")), None) if values["image"] else None
    if "meta_data" in values:
        doc["meta_data"] = merge_meta(doc["meta_data"], values["meta_data"], lambda: shop.next_id("post_meta"))
    _write_identity(shop, doc, values)
    _write_prices(shop, doc, values)
    _write_stock(doc, values)


def _write_identity(shop: Shop, doc: Doc, values: Doc) -> None:
    if (sku := values.get("sku")) is not None:
        other = shop.by_sku(sku)
        if other is not None and other["id"] != doc["id"]:
            raise duplicate_sku(shop, sku, other["id"])
        doc["sku"] = sku
    if (code := values.get("global_unique_id")) is not None:
        for other in shop.all("products").values():
            if code and other["global_unique_id"] == code and other["id"] != doc["id"] and other["status"] != "trash":
                raise RestError(
                    "product_invalid_global_unique_id",
                    "Invalid or duplicated GTIN, UPC, EAN or ISBN.",
                    400,
                    {"status": 400, "resource_id": other["id"]},
                )
        doc["global_unique_id"] = code


def duplicate_sku(shop: Shop, sku: str, resource_id: int) -> RestError:
    """The refusal of a SKU in use, with the other's id and a free one (observed on WooCommerce 10.9.1)."""
    number = 1
    while shop.by_sku(f"{sku}-{number}") is not None:
        number += 1
    data = {"status": 400, "resource_id": resource_id, "unique_sku": f"{sku}-{number}"}
    return RestError("product_invalid_sku", "Invalid or duplicated SKU.", 400, data)


def _write_prices(shop: Shop, doc: Doc, values: Doc) -> None:
    for name in ("regular_price", "sale_price"):
        if values.get(name) is not None:
            doc[name] = clean_number(values[name])
    for name in ("date_on_sale_from", "date_on_sale_to"):
        # ``isset``: null says nothing, an empty text clears.
        if values.get(name) is not None:
            doc[name] = dates.to_gmt(dates.parse(values[name], shop.zone), shop.zone) if values[name] else None
        if values.get(f"{name}_gmt") is not None:
            doc[name] = dates.parse(values[f"{name}_gmt"], "UTC") if values[f"{name}_gmt"] else None
    if doc["sale_price"] and dec(doc["sale_price"]) >= dec(doc["regular_price"]):
        doc["sale_price"] = ""


def _write_stock(doc: Doc, values: Doc) -> None:
    """Keep stock: ``null`` becomes 0, and a quantity without ``manage_stock`` is dropped without a word.

    A variation whose parent manages the stock drops it too (all observed on WooCommerce 10.9.1).
    """
    if values.get("manage_stock") is not None:
        doc["manage_stock"] = values["manage_stock"] in (True, "true", "1", 1, "yes")
    if doc["type"] == "grouped":
        doc["manage_stock"] = False
    if not doc["manage_stock"]:
        doc["stock_quantity"] = None
        return
    if "stock_quantity" in values or doc["stock_quantity"] is None:
        doc["stock_quantity"] = values.get("stock_quantity") or 0
    doc["stock_status"] = stock_status(doc)


def stock_status(doc: Doc) -> str:
    """The status that a managed quantity gives."""
    if doc["stock_quantity"] > 0:
        return "instock"
    return "outofstock" if doc["backorders"] == "no" else "onbackorder"


def product_attributes(shop: Shop, posted: list[Doc]) -> list[Doc]:
    """A product's attributes: those of the shop by id (terms made as needed), others by name."""
    found = []
    for attribute in posted:
        options = [str(option) for option in attribute.get("options") or []]
        shared = shop.peek("attributes", int(attribute.get("id") or 0))
        entry: Doc = {
            "id": shared["id"] if shared else 0,
            "name": attribute.get("name", ""),
            "position": int(attribute.get("position") or 0),
            "visible": bool(attribute.get("visible")),
            "variation": bool(attribute.get("variation")),
        }
        if shared:
            terms = [term_by_name(shop, shared, option) for option in options]
            entry["terms"] = [term["id"] for term in terms]
        else:
            entry["options"] = options
        if shared or entry["name"]:
            found.append(entry)
    return found


def variation_attributes(shop: Shop, parent: Doc, posted: list[Doc]) -> list[Doc]:
    """The options that a variation fixes; an attribute that is left out stands for any.

    What the parent does not vary by is passed over without a word (source:
    ``WC_REST_Product_Variations_Controller::prepare_object_for_database``).
    """
    found = []
    varying = {entry["id"] or slugify(entry["name"]) for entry in parent["attributes"] if entry["variation"]}
    for attribute in posted:
        shared = shop.peek("attributes", int(attribute.get("id") or 0))
        option = str(attribute.get("option") or "")
        if (shared["id"] if shared else slugify(str(attribute.get("name") or ""))) not in varying:
            continue
        if shared and option:
            term = term_by_name(shop, shared, option)
            found.append({"id": shared["id"], "term": term["id"]})
        elif option and attribute.get("name"):
            found.append({"id": 0, "name": attribute["name"], "option": option})
    known = [entry["id"] for entry in parent["attributes"]]
    return sorted(found, key=lambda entry: known.index(entry["id"]) if entry["id"] in known else len(known))
