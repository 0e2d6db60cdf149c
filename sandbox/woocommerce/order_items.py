"""Lines of an order as they are posted, and as they are kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from . import product_view
from .errors import RestError
from .money import clean_number, dec, plain
from .params import ARRAY, INTEGER, META_DATA, MIXED, STRING, Arg, enum
from .products import change_stock
from .shop import Shop, merge_meta

Doc = dict[str, Any]
LINE = Arg(
    "object",
    properties={
        "id": INTEGER,
        "variation_id": INTEGER,
        "quantity": INTEGER,
        "tax_class": STRING,
        "subtotal": STRING,
        "total": STRING,
        "meta_data": META_DATA,
        "name": MIXED,
        "product_id": MIXED,
    },
)
SHIPPING = Arg(
    "object",
    properties={"id": INTEGER, "instance_id": STRING, "total": STRING, "meta_data": META_DATA, "tax_status": STRING},
)
FEE = Arg(
    "object",
    properties={
        "id": INTEGER,
        "tax_class": STRING,
        "tax_status": enum("taxable", "none"),
        "total": STRING,
        "meta_data": META_DATA,
    },
)
COUPON = Arg("object", properties={"id": INTEGER, "code": STRING})
ITEM_ARGS = {
    "line_items": Arg("array", items=LINE),
    "shipping_lines": Arg("array", items=SHIPPING),
    "fee_lines": Arg("array", items=FEE),
    "coupon_lines": Arg("array", items=COUPON),
    "tax_lines": ARRAY,
}
GROUPS = ("line_items", "shipping_lines", "fee_lines")
REDUCING = ("processing", "completed", "on-hold")


def write_items(shop: Shop, order: Doc, values: Doc) -> None:
    """Put posted lines into the order, in place.

    A line without id is added, one with id changed; quantity 0, or ``null`` for what names the line, deletes it
    (observed on WooCommerce 10.9.1).

    :raise RestError: 400, for a line that is not the order's or names no product.
    """
    for group in GROUPS:
        for posted in values.get(group) or []:
            _write_item(shop, order, group, posted)


def _write_item(shop: Shop, order: Doc, group: str, posted: Doc) -> None:
    item = None
    if posted.get("id"):
        item = next((line for line in order[group] if line["id"] == posted["id"]), None)
        if item is None:
            raise RestError(
                "woocommerce_rest_invalid_item_id", "Order item ID provided is not associated with order.", 400
            )
    nulled = any(
        name in posted and posted[name] is None for name in ("product_id", "method_id", "method_title", "name", "code")
    )
    if nulled or posted.get("quantity", 1) == 0:
        if item is not None:
            order[group].remove(item)
            if group == "line_items" and order["status"] in REDUCING:
                _adjust_stock(shop, {**item, "quantity": 0})
        return
    if item is None:
        item = {"line_items": _new_line, "shipping_lines": _new_shipping, "fee_lines": _new_fee}[group](shop, posted)
        order[group].append(item)
    else:
        _set(shop, item, posted, group)
        if group == "line_items" and order["status"] in REDUCING:
            _adjust_stock(shop, item)


def _set(shop: Shop, item: Doc, posted: Doc, group: str) -> None:
    """Set what is posted and nothing else: a new quantity or product leaves the amounts as they are (source).

    Another product takes the line's place with its name, tax class and options; what the line took from the stock of
    the one before stays taken.
    """
    names = {
        "line_items": ("name", "quantity", "tax_class"),
        "shipping_lines": ("method_id", "method_title", "instance_id"),
        "fee_lines": ("name", "tax_class", "tax_status"),
    }[group]
    if group == "line_items" and any(posted.get(name) for name in ("sku", "variation_id", "product_id")):
        _set_product(shop, item, posted)
    for name in names:
        if posted.get(name) is not None:
            item[name] = posted[name]
    for name in ("total", "subtotal"):
        if posted.get(name) is not None and (name == "total" or group == "line_items"):
            item[name] = clean_number(posted[name]) or "0"
    if group == "line_items" and dec(item["subtotal"]) < dec(item["total"]):
        item["subtotal"] = item["total"]
    if "meta_data" in posted:
        item["meta_data"] = merge_meta(item["meta_data"], posted["meta_data"], lambda: shop.next_id("item_meta"))


def _new_line(shop: Shop, posted: Doc) -> Doc:
    quantity = int(1 if posted.get("quantity") is None else posted["quantity"])
    item: Doc = {
        "id": shop.next_id("item"),
        "name": "",
        "product_id": 0,
        "variation_id": 0,
        "quantity": quantity,
        "tax_class": "",
        "tax_status": "taxable",
        "subtotal": "0",
        "subtotal_tax": "0",
        "total": "0",
        "total_tax": "0",
        "taxes": [],
        "meta_data": [],
    }
    product = _set_product(shop, item, posted)
    if product is not None:
        taxable = product["tax_status"] == "taxable"
        price = dec(shop.price(product))
        amount = shop.rules.price_excluding_tax(price, Decimal(quantity), item["tax_class"], taxable)
        item["subtotal"] = item["total"] = plain(amount)
    named = ("product_id", "variation_id", "sku")
    _set(shop, item, {key: value for key, value in posted.items() if key not in named}, "line_items")
    return item


def _set_product(shop: Shop, item: Doc, posted: Doc) -> Doc | None:
    """Tie a line to the product posted by SKU, variation or product id; an unknown one leaves the line without."""
    if posted.get("sku"):
        product = shop.by_sku(str(posted["sku"]))
    elif posted.get("variation_id") or posted.get("product_id"):
        key = str(posted.get("variation_id") or posted.get("product_id"))
        product = shop.peek("products", int(key)) if key.isdigit() else None
    else:
        raise RestError("woocommerce_rest_required_product_reference", "Product ID or SKU is required.", 400)
    if product is None:
        return None
    item["name"] = product_view.full_name(shop, product)
    item["tax_class"] = product_view.tax_class(shop, product)
    item["tax_status"] = product["tax_status"]
    item["product_id"] = product["parent_id"] if product["type"] == "variation" else product["id"]
    item["variation_id"] = product["id"] if product["type"] == "variation" else 0
    if product["type"] == "variation":
        options = dict(product_view.option_slugs(shop, product))
        item["meta_data"] = [meta for meta in item["meta_data"] if meta["key"] not in options] + [
            {"id": shop.next_id("item_meta"), "key": name, "value": slug} for name, slug in options.items()
        ]
    return product


def _new_shipping(shop: Shop, posted: Doc) -> Doc:
    if not posted.get("method_id"):
        raise RestError("woocommerce_rest_invalid_shipping_item", "Shipping method ID is required.", 400)
    item: Doc = {
        "id": shop.next_id("item"),
        "method_title": "",
        "method_id": "",
        "instance_id": "",
        "total": "0",
        "total_tax": "0",
        "taxes": [],
        "tax_status": "taxable",
        "meta_data": [],
    }
    _set(shop, item, posted, "shipping_lines")
    return item


def _new_fee(shop: Shop, posted: Doc) -> Doc:
    if not posted.get("name"):
        raise RestError("woocommerce_rest_invalid_fee_item", "Fee name is required.", 400)
    item: Doc = {
        "id": shop.next_id("item"),
        "name": "",
        "tax_class": "",
        "tax_status": "taxable",
        "amount": "",
        "total": "0",
        "total_tax": "0",
        "taxes": [],
        "meta_data": [],
    }
    _set(shop, item, posted, "fee_lines")
    return item


def item_meta(item: Doc, key: str) -> Any:
    """The value of a line's meta, or ``None``."""
    return next((meta["value"] for meta in item["meta_data"] if meta["key"] == key), None)


def set_item_meta(shop: Shop, item: Doc, key: str, value: Any) -> None:
    """Set a line's meta; ``None`` deletes it."""
    item["meta_data"] = merge_meta(item["meta_data"], [{"key": key, "value": value}], lambda: shop.next_id("item_meta"))


def stocked_product(item: Doc) -> int:
    """The id of what a line takes from stock."""
    return int(item["variation_id"] or item["product_id"])


def _adjust_stock(shop: Shop, item: Doc) -> None:
    """Give or take the difference when a line changes (``wc_maybe_adjust_line_item_product_stock``)."""
    reduced = int(item_meta(item, "_reduced_stock") or 0)
    restocked = int(item_meta(item, "_restock_refunded_items") or 0)
    difference = int(item["quantity"]) - reduced - restocked
    if not reduced or not difference or change_stock(shop, stocked_product(item), -difference) is None:
        return
    if item["quantity"]:
        set_item_meta(shop, item, "_reduced_stock", str(reduced + difference))
