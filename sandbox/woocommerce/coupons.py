"""Coupons: ``/coupons``, and whether one may be used."""

from __future__ import annotations

from typing import Any

from . import dates
from .errors import RestError, invalid_id
from .listing import arrange, select
from .money import clean_number, dec, money
from .params import BOOLEAN, DATE, IDS, INTEGER, META_DATA, MIXED, STRING, STRINGS, enum, list_args
from .rest import Answer, Call, Route, batch, created, editable, links, page
from .shop import Shop, merge_meta

Doc = dict[str, Any]
LIST_ARGS = {**list_args("date", "id", "include", "title", "slug", "modified"), "code": STRING}
COUPON_ARGS = {
    "code": STRING,
    "amount": MIXED,
    "status": STRING,
    "discount_type": enum("percent", "fixed_cart", "fixed_product"),
    "description": STRING,
    "date_expires": DATE,
    "date_expires_gmt": DATE,
    "individual_use": BOOLEAN,
    "product_ids": IDS,
    "excluded_product_ids": IDS,
    "usage_limit": INTEGER,
    "usage_limit_per_user": INTEGER,
    "limit_usage_to_x_items": INTEGER,
    "free_shipping": BOOLEAN,
    "exclude_sale_items": BOOLEAN,
    "minimum_amount": MIXED,
    "maximum_amount": MIXED,
    "email_restrictions": STRINGS,
    "meta_data": META_DATA,
}
NEW: Doc = {
    "amount": "0",
    "status": "publish",
    "discount_type": "fixed_cart",
    "description": "",
    "date_expires": None,
    "usage_count": 0,
    "individual_use": False,
    "product_ids": [],
    "excluded_product_ids": [],
    "usage_limit": None,
    "usage_limit_per_user": None,
    "limit_usage_to_x_items": None,
    "free_shipping": False,
    "exclude_sale_items": False,
    "minimum_amount": "0",
    "maximum_amount": "0",
    "email_restrictions": [],
    "meta_data": [],
}


def view(shop: Shop, doc: Doc) -> Doc:
    """A coupon as the API shows it."""
    return {
        "id": doc["id"],
        "code": doc["code"],
        "amount": money(doc["amount"], shop.decimals),
        "status": doc["status"],
        **dates.both("date_created", doc["created"], shop.zone),
        **dates.both("date_modified", doc["modified"], shop.zone),
        **{key: doc[key] for key in ("discount_type", "description")},
        **dates.both("date_expires", doc["date_expires"], shop.zone),
        **{
            key: doc[key]
            for key in (
                "usage_count",
                "individual_use",
                "product_ids",
                "excluded_product_ids",
                "usage_limit",
                "usage_limit_per_user",
                "limit_usage_to_x_items",
                "free_shipping",
            )
        },
        "product_categories": [],
        "excluded_product_categories": [],
        "exclude_sale_items": doc["exclude_sale_items"],
        "minimum_amount": money(doc["minimum_amount"], shop.decimals),
        "maximum_amount": money(doc["maximum_amount"], shop.decimals),
        "email_restrictions": doc["email_restrictions"],
        "used_by": [],
        "meta_data": doc["meta_data"],
        "_links": links(shop, "coupons", doc["id"]),
    }


def by_code(shop: Shop, code: str) -> Doc | None:
    """The coupon of a code, whatever its case."""
    wanted = code.strip().lower()
    return next((doc for doc in shop.all("coupons").values() if doc["code"] == wanted), None)


def check_coupon(shop: Shop, code: str, order: Doc, applied: bool = False) -> Doc:
    """The coupon, if it may be used on an order.

    :param applied: the order has it already, so that it is not checked again.
    :raise RestError: ``woocommerce_rest_invalid_coupon``, 400, with the reason.
    """
    coupon = by_code(shop, code)
    reason = None
    if coupon is None or coupon["status"] != "publish":
        reason = f'Coupon "{code.strip().lower()}" cannot be applied because it does not exist.'
    elif not applied:
        subtotal = sum((dec(line["subtotal"]) for line in order["line_items"]), dec(0))
        if coupon["usage_limit"] and coupon["usage_count"] >= coupon["usage_limit"]:
            reason = f'Usage limit for coupon "{coupon["code"]}" has been reached.'
        elif coupon["date_expires"] and coupon["date_expires"] < shop.now():
            reason = f'Coupon "{coupon["code"]}" has expired.'
        elif dec(coupon["minimum_amount"]) > subtotal:
            reason = f'The minimum spend for coupon "{coupon["code"]}" is {coupon["minimum_amount"]}.'
        elif 0 < dec(coupon["maximum_amount"]) < subtotal:
            reason = f'The maximum spend for coupon "{coupon["code"]}" is {coupon["maximum_amount"]}.'
    if reason is not None or coupon is None:
        raise RestError("woocommerce_rest_invalid_coupon", reason or "", 400)
    return coupon


def count_use(shop: Shop, key: int) -> None:
    """Count one use of a coupon."""
    doc = shop.load("coupons", key)
    if doc is not None:
        doc["usage_count"] += 1
        shop.put("coupons", doc)


def _write(shop: Shop, doc: Doc, values: Doc) -> None:
    for name, value in values.items():
        if name in ("amount", "minimum_amount", "maximum_amount"):
            doc[name] = clean_number(value) or "0"
        elif name == "meta_data":
            doc[name] = merge_meta(doc[name], value, lambda: shop.next_id("post_meta"))
        elif name == "date_expires":
            doc[name] = dates.to_gmt(dates.parse(value, shop.zone), shop.zone) if value else None
        elif name == "date_expires_gmt":
            doc["date_expires"] = dates.parse(value, "UTC") if value else None
        elif name == "code":
            doc["code"] = value.strip().lower()
        elif value is not None:
            doc[name] = value
    if doc["discount_type"] == "percent" and dec(doc["amount"]) > 100:
        raise RestError("coupon_invalid_amount", "Invalid discount amount.", 400)


def list_coupons(call: Call) -> Answer:
    """``GET /coupons``."""
    shop, args = call.shop, call.read(LIST_ARGS)
    docs = [doc for doc in shop.all("coupons").values() if not args.get("code") or doc["code"] == args["code"].lower()]
    if args.get("search"):
        docs = [doc for doc in docs if args["search"].casefold() in doc["code"]]
    return page(call, args, arrange(select(shop, docs, args), args), lambda doc: view(shop, doc))


def create_coupon(call: Call) -> Answer:
    """``POST /coupons``; codes are kept in lower case."""
    shop, values = call.shop, call.read(COUPON_ARGS, "code")
    if by_code(shop, values["code"]) is not None:
        raise RestError("woocommerce_rest_coupon_code_already_exists", "The coupon code already exists", 400)
    doc = {**NEW, "id": 0, "code": "", "created": shop.now(), "modified": shop.now()}
    _write(shop, doc, values)
    doc["id"] = shop.next_id("post")
    shop.put("coupons", doc)
    shop.emit("coupon.created", doc["id"])
    return created(shop, view(shop, doc), f"coupons/{doc['id']}")


def _coupon(call: Call, status: int = 404) -> Doc:
    doc = call.shop.load("coupons", call.ids[0])
    if doc is None:
        raise invalid_id("shop_coupon", status)
    return doc


def get_coupon(call: Call) -> Answer:
    """``GET /coupons/<id>``."""
    return Answer(view(call.shop, _coupon(call)))


def update_coupon(call: Call) -> Answer:
    """``PUT /coupons/<id>``."""
    shop, doc = call.shop, _coupon(call, 400)
    _write(shop, doc, call.read(COUPON_ARGS))
    doc["modified"] = shop.now()
    shop.put("coupons", doc)
    shop.emit("coupon.updated", doc["id"])
    return Answer(view(shop, doc))


def delete_coupon(call: Call) -> Answer:
    """``DELETE /coupons/<id>``."""
    shop, doc = call.shop, _coupon(call)
    body = view(shop, doc)
    if call.forced:
        shop.remove("coupons", doc["id"])
    else:
        doc["status"] = "trash"
        shop.put("coupons", doc)
    shop.emit("coupon.deleted", doc["id"])
    return Answer(body)


def batch_coupons(call: Call) -> Answer:
    """``POST /coupons/batch``."""
    return batch(call, create_coupon, update_coupon, delete_coupon)


ROUTES = [
    Route("coupons", {"GET": list_coupons, "POST": create_coupon}),
    Route("coupons/batch", {"POST": batch_coupons, "PUT": batch_coupons, "PATCH": batch_coupons}),
    Route("coupons/<id>", editable(get_coupon, update_coupon, delete_coupon)),
]
