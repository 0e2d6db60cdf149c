"""Orders: ``/orders``."""

from __future__ import annotations

import secrets
import string
from typing import Any

from . import discounts, order_view, totals
from .coupons import check_coupon, count_use
from .errors import RestError
from .listing import arrange, select
from .order_items import ITEM_ARGS, write_items
from .order_status import payment_complete, set_status, statuses
from .order_view import find_order
from .params import BOOLEAN, INTEGER, META_DATA, STRING, Arg, enum, list_args
from .rest import Answer, Call, Route, batch, created, editable, page
from .shop import Shop, merge_meta
from .totals import tax_location

Doc = dict[str, Any]
VERSION = "10.9.1"
STATUS = enum(
    "auto-draft", "pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "checkout-draft"
)
LISTABLE = ("any", "trash", *STATUS.enum)
BILLING_FIELDS = (
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "state",
    "postcode",
    "country",
    "email",
    "phone",
)
ADDRESS = Arg("object", properties=dict.fromkeys(BILLING_FIELDS, STRING))
SHIPPING_FIELDS = tuple(name for name in BILLING_FIELDS if name != "email")
ORDER_ARGS = {
    "parent_id": INTEGER,
    "created_via": STRING,
    "status": STATUS,
    "currency": STRING,
    "customer_id": INTEGER,
    "customer_note": STRING,
    "billing": ADDRESS,
    "shipping": ADDRESS,
    "payment_method": STRING,
    "payment_method_title": STRING,
    "transaction_id": STRING,
    "meta_data": META_DATA,
    "set_paid": BOOLEAN,
    "manual_update": BOOLEAN,
    **ITEM_ARGS,
}
LIST_ARGS = {
    **list_args("date", "id", "include", "title", "slug", "modified"),
    "status": Arg("array", items=Arg("string", enum=LISTABLE)),
    "customer": INTEGER,
    "product": INTEGER,
    "parent": Arg("array", items=INTEGER),
    "created_via": Arg("array", items=STRING),
    "dp": INTEGER,
}


def _order_args(shop: Shop) -> dict[str, Arg]:
    """What an order may be written with: statuses that plugins registered come after WooCommerce's own (source)."""
    own = tuple(slug for slug in statuses(shop) if slug not in STATUS.enum)
    return {**ORDER_ARGS, "status": enum(*STATUS.enum, *own)}


RECALCULATING = ("billing", "shipping", "line_items", "shipping_lines", "fee_lines", "coupon_lines")


def list_orders(call: Call) -> Answer:
    """``GET /orders``."""
    shop = call.shop
    listable = (*LISTABLE, *(slug for slug in statuses(shop) if slug not in LISTABLE))
    args = call.read({**LIST_ARGS, "status": Arg("array", items=Arg("string", enum=listable))})
    if args.get("dp") is None:
        args["dp"] = shop.decimals
    wanted = args.get("status") or ["any"]
    docs = [
        doc
        for doc in shop.all("orders").values()
        if (doc["status"] in wanted or ("any" in wanted and doc["status"] not in ("trash", "auto-draft")))
        and (args.get("customer") is None or doc["customer_id"] == args["customer"])
        and (not args.get("created_via") or doc["created_via"] in args["created_via"])
    ]
    if args.get("product"):
        docs = [
            doc
            for doc in docs
            if any(args["product"] in (line["product_id"], line["variation_id"]) for line in doc["line_items"])
        ]
    if args.get("search"):
        docs = [doc for doc in docs if _matches(doc, args["search"].casefold())]
    docs = arrange(select(shop, docs, args), args)
    return page(call, args, docs, lambda doc: order_view.order(shop, doc, args["dp"]))


def _matches(doc: Doc, words: str) -> bool:
    values = [str(doc["id"]), *doc["billing"].values(), *doc["shipping"].values()]
    values += [line["name"] for line in doc["line_items"]]
    return any(words in str(value).casefold() for value in values)


def get_order(call: Call) -> Answer:
    """``GET /orders/<id>``."""
    doc = find_order(call.shop, call.ids[0])
    return Answer(order_view.order(call.shop, doc, call.read({"dp": INTEGER}).get("dp")))


def new_order(shop: Shop) -> Doc:
    """An empty order that is not kept yet."""
    now = shop.now()
    alphabet = string.ascii_letters + string.digits
    return {
        "id": shop.next_id("post"),
        "parent_id": 0,
        "status": "pending",
        "currency": shop.settings["currency"],
        "version": VERSION,
        "prices_include_tax": shop.settings["prices_include_tax"],
        "created": now,
        "modified": now,
        "discount_total": "0",
        "discount_tax": "0",
        "shipping_total": "0",
        "shipping_tax": "0",
        "cart_tax": "0",
        "total": "0",
        "total_tax": "0",
        "customer_id": 0,
        "order_key": "wc_order_" + "".join(secrets.choice(alphabet) for _ in range(13)),
        "billing": dict.fromkeys(BILLING_FIELDS, ""),
        "shipping": dict.fromkeys(SHIPPING_FIELDS, ""),
        "payment_method": "",
        "payment_method_title": "",
        "transaction_id": "",
        "created_via": "rest-api",
        "customer_note": "",
        "completed": None,
        "paid": None,
        "meta_data": [],
        "line_items": [],
        "tax_lines": [],
        "shipping_lines": [],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [],
        "stock_reduced": False,
        "sales_recorded": False,
    }


def create_order(call: Call) -> Answer:
    """``POST /orders``; tells ``order.created`` and ``order.updated`` (observed on WooCommerce 10.9.1)."""
    doc = place_order(call.shop, call.read(_order_args(call.shop)))
    return created(call.shop, order_view.order(call.shop, doc), f"orders/{doc['id']}")


def place_order(shop: Shop, values: Doc) -> Doc:
    """Create an order from validated values and keep it.

    :raise RestError: 400, for lines, coupons or a customer that do not fit.
    """
    _check_customer(shop, values)
    doc = new_order(shop)
    _write(shop, doc, values)
    if values.get("created_via"):
        doc["created_via"] = values["created_via"]
    totals.calculate(doc, shop.rules, lambda: shop.next_id("item"))
    _apply_coupons(shop, doc, values)
    if values.get("status"):
        set_status(shop, doc, values["status"])
    if values.get("set_paid"):
        payment_complete(shop, doc, values.get("transaction_id"))
    shop.put("orders", doc)
    shop.emit("order.created", doc["id"])
    shop.emit("order.updated", doc["id"])
    return doc


def update_order(call: Call) -> Answer:
    """``PUT /orders/<id>``; even one that changes nothing bumps the date and tells ``order.updated``.

    Observed on WooCommerce 10.9.1.
    """
    doc = find_order(call.shop, call.ids[0], 400, to_change=True)
    change_order(call.shop, doc, call.read(_order_args(call.shop)))
    return Answer(order_view.order(call.shop, doc))


def change_order(shop: Shop, doc: Doc, values: Doc) -> None:
    """Put validated values into an order and keep it."""
    _check_customer(shop, values)
    _write(shop, doc, values)
    if any(values.get(name) is not None for name in RECALCULATING):
        totals.calculate(doc, shop.rules, lambda: shop.next_id("item"))
    _apply_coupons(shop, doc, values)
    if values.get("status"):
        set_status(shop, doc, values["status"])
    if values.get("set_paid") and doc["status"] in order_view.NEEDS_PAYMENT:
        payment_complete(shop, doc, values.get("transaction_id"))
    doc["modified"] = shop.now()
    shop.put("orders", doc)
    shop.emit("order.updated", doc["id"])


def _check_customer(shop: Shop, values: Doc) -> None:
    if values.get("customer_id") and shop.peek("customers", values["customer_id"]) is None:
        raise RestError("woocommerce_rest_invalid_customer_id", "Customer ID is invalid.", 400)


def _write(shop: Shop, doc: Doc, values: Doc) -> None:
    for name in (
        "parent_id",
        "currency",
        "customer_id",
        "customer_note",
        "payment_method",
        "payment_method_title",
        "transaction_id",
    ):
        if values.get(name) is not None:
            doc[name] = values[name]
    for name in ("billing", "shipping"):
        posted = values.get(name) or {}
        doc[name] = {key: posted.get(key) if posted.get(key) is not None else old for key, old in doc[name].items()}
    if "meta_data" in values:
        doc["meta_data"] = merge_meta(doc["meta_data"], values["meta_data"], lambda: shop.next_id("order_meta"))
    write_items(shop, doc, values)


def _apply_coupons(shop: Shop, doc: Doc, values: Doc) -> None:
    """Take off the coupons posted, instead of those before, and compute the totals again."""
    if values.get("coupon_lines") is None:
        return
    applied = {line["code"]: line for line in doc["coupon_lines"]}
    coupons = []
    for posted in values["coupon_lines"]:
        if posted.get("id"):
            raise RestError("woocommerce_rest_coupon_item_id_readonly", "Coupon item ID is readonly.", 400)
        if not posted.get("code"):
            raise RestError("woocommerce_rest_invalid_coupon", "Coupon code is required.", 400)
        coupons.append(check_coupon(shop, posted["code"], doc, applied=posted["code"].lower() in applied))
    where = tax_location(doc, shop.rules)
    found = discounts.apply(doc, [discounts.Coupon.from_doc(coupon) for coupon in coupons], shop.rules, where)
    lines = []
    for coupon in coupons:
        discount, tax = found[coupon["code"]]
        lines.append(coupon_line(shop, coupon, discount, tax))
        if coupon["code"] not in applied:
            count_use(shop, coupon["id"])
    doc["coupon_lines"] = lines
    totals.calculate(doc, shop.rules, lambda: shop.next_id("item"))


def coupon_line(shop: Shop, coupon: Doc, discount: str, tax: str) -> Doc:
    """The line of a coupon in an order, with what it was when it was used."""
    nominal = float(coupon["amount"])
    shown = int(nominal) if nominal == int(nominal) else nominal
    info = f'[{coupon["id"]},"{coupon["code"]}","{coupon["discount_type"]}",{shown}]'
    return {
        "id": shop.next_id("item"),
        "code": coupon["code"],
        "discount": discount,
        "discount_tax": tax,
        "meta_data": shop.new_meta([{"key": "coupon_info", "value": info}], "item_meta"),
        "discount_type": coupon["discount_type"],
        "nominal_amount": shown,
        "free_shipping": coupon["free_shipping"],
    }


def delete_order(call: Call) -> Answer:
    """``DELETE /orders/<id>``: to the bin, told as ``order.deleted``; with ``force`` away for good, told by nothing.

    The answer shows the order as it was (both observed on WooCommerce 10.9.1).
    """
    shop = call.shop
    doc = find_order(shop, call.ids[0], 404, to_change=True)
    body = order_view.order(shop, doc)
    if call.forced:
        for key in doc["refunds"]:
            shop.remove("refunds", key)
        for note in [note for note in shop.all("notes").values() if note["order_id"] == doc["id"]]:
            shop.remove("notes", note["id"])
        shop.remove("orders", doc["id"])
    else:
        if doc["status"] == "trash":
            raise RestError("woocommerce_rest_already_trashed", "The order has already been deleted.", 410)
        doc["status"] = "trash"
        doc["modified"] = shop.now()
        shop.put("orders", doc)
        shop.emit("order.deleted", doc["id"])
    return Answer(body)


def batch_orders(call: Call) -> Answer:
    """``POST /orders/batch``."""
    return batch(call, create_order, update_order, delete_order)


def list_statuses(call: Call) -> Answer:
    """``GET /orders/statuses``."""
    return Answer([{"slug": slug, "name": name} for slug, name in statuses(call.shop).items()])


ROUTES = [
    Route("orders", {"GET": list_orders, "POST": create_order}),
    Route("orders/batch", {"POST": batch_orders, "PUT": batch_orders, "PATCH": batch_orders}),
    Route("orders/statuses", {"GET": list_statuses}),
    Route("orders/<id>", editable(get_order, update_order, delete_order)),
]
