"""Refunds: ``/orders/<id>/refunds`` and ``/refunds``.

Observed on WooCommerce 10.9.1: the amount is checked against what the order has left, not against the lines, and
neither are the quantities; too much, and a refund through a gateway that cannot, are 500s.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from . import order_view
from .errors import RestError, trashing_not_supported
from .listing import arrange, select
from .money import clean_number, dec, plain, round_to
from .order_items import item_meta, set_item_meta, stocked_product
from .order_status import add_note, keep_refund, new_refund, refunded_total, set_status
from .order_view import find_order
from .params import INTEGER, META_DATA, STRING, Arg, list_args
from .products import change_stock
from .rest import Answer, Call, Route, created, page
from .settings import REFUNDING_GATEWAYS
from .shop import Shop, merge_meta

Doc = dict[str, Any]
REFUND_ARGS = {
    "amount": STRING,
    "reason": STRING,
    "refunded_by": INTEGER,
    "meta_data": META_DATA,
    "line_items": Arg("array"),
    "api_refund": Arg("boolean", default=True),
    "api_restock": Arg("boolean", default=True),
}
LIST_ARGS = {**list_args("date", "id", "include", "title", "slug", "modified"), "dp": INTEGER}


def _refusal(message: str) -> RestError:
    return RestError("woocommerce_rest_cannot_create_order_refund", message, 500, 500)


def _order(call: Call, to_change: bool = False) -> Doc:
    try:
        return find_order(call.shop, call.ids[0], to_change=to_change)
    except RestError as error:
        raise RestError("woocommerce_rest_invalid_order_id", "Invalid order ID.", 404) from error


def list_refunds(call: Call) -> Answer:
    """``GET /orders/<id>/refunds``."""
    shop, args, order = call.shop, call.read(LIST_ARGS), _order(call)
    docs = [doc for doc in shop.all("refunds").values() if doc["parent_id"] == order["id"]]
    docs = arrange(select(shop, docs, args), args)
    return page(call, args, docs, lambda doc: order_view.refund(shop, doc, dp=args.get("dp")))


def list_all_refunds(call: Call) -> Answer:
    """``GET /refunds``, of all orders."""
    shop, args = call.shop, call.read(LIST_ARGS)
    docs = arrange(select(shop, shop.all("refunds").values(), args), args)
    return page(call, args, docs, lambda doc: order_view.refund(shop, doc, with_parent=True, dp=args.get("dp")))


def _refund(call: Call) -> Doc:
    order = _order(call)
    doc = call.shop.peek("refunds", call.ids[1])
    if doc is None:
        raise RestError("woocommerce_rest_shop_order_refund_invalid_id", "Invalid ID.", 404)
    if doc["parent_id"] != order["id"]:
        raise RestError("woocommerce_rest_invalid_order_refund_id", "Invalid order refund ID.", 404)
    return doc


def get_refund(call: Call) -> Answer:
    """``GET /orders/<id>/refunds/<id>``."""
    return Answer(order_view.refund(call.shop, _refund(call)))


def create_refund(call: Call) -> Answer:
    """``POST /orders/<id>/refunds``; told as ``order.updated``."""
    shop = call.shop
    refund = refund_order(shop, _order(call, to_change=True), call.read(REFUND_ARGS))
    # The Location of refunds repeats the route's pattern (observed on WooCommerce 10.9.1).
    path = rf"orders/(?P<order_id>[\d]+)/refunds/{refund['id']}"
    return created(shop, order_view.refund(shop, refund), path)


def refund_order(shop: Shop, order: Doc, values: Doc) -> Doc:
    """Make a refund and keep it and the order.

    :param values: validated :data:`REFUND_ARGS`; without ``amount`` it is summed from the lines.
    :raise RestError: 400 or 500.
    """
    posted = _posted_lines(values.get("line_items"))
    amount = _amount(shop, values, posted)
    left = dec(order["total"]) - refunded_total(shop, order)
    if amount < 0:
        raise RestError("woocommerce_rest_invalid_order_refund", "Refund amount must be greater than zero.", 400)
    if amount > left:
        raise _refusal("Invalid refund amount.")
    by_gateway = values["api_refund"] and amount > 0
    if values["api_refund"]:
        _check_gateway(shop, order)
    full = left - amount <= 0
    refund = new_refund(shop, order, plain(amount), values.get("reason") or "", full)
    refund["refunded_payment"] = bool(by_gateway)
    refund["refunded_by"] = values.get("refunded_by") or 1
    refund["meta_data"] = merge_meta(refund["meta_data"], values.get("meta_data"), lambda: shop.next_id("order_meta"))
    _write_lines(shop, refund, order, posted)
    if values["api_restock"]:
        _restock(shop, order, posted)
    keep_refund(shop, order, refund)
    if full and order["status"] != "refunded":
        set_status(shop, order, "refunded")
    shop.put("orders", order)
    shop.emit("order.updated", order["id"])
    return refund


def _posted_lines(posted: Any) -> dict[int, Doc]:
    """Posted lines by the id of the order's line; a list of objects, or an object by id."""
    if isinstance(posted, dict):
        posted = [{"id": int(key), **value} for key, value in posted.items()]
    return {int(line["id"]): line for line in posted or [] if str(line.get("id", "")).isdigit()}


def _taxes(line: Doc) -> dict[int, Decimal]:
    posted = line.get("refund_tax") or []
    if isinstance(posted, dict):
        return {int(key): dec(clean_number(value)) for key, value in posted.items()}
    return {int(tax["id"]): dec(clean_number(tax.get("refund_total"))) for tax in posted}


def _amount(shop: Shop, values: Doc, posted: dict[int, Doc]) -> Decimal:
    if values.get("amount") is not None:
        return dec(clean_number(values["amount"]))
    lines = posted.values()
    whole = sum((dec(clean_number(line.get("refund_total"))) + sum(_taxes(line).values()) for line in lines), dec(0))
    return round_to(whole, shop.decimals)


def _check_gateway(shop: Shop, order: Doc) -> None:
    """Refuse a refund that the gateway cannot make; it has used up an id by then (observed on WooCommerce 10.9.1)."""
    if order["payment_method"] not in REFUNDING_GATEWAYS:
        shop.next_id("post")
    if not order["payment_method"]:
        raise _refusal("The payment gateway for this order does not exist.")
    if order["payment_method"] not in REFUNDING_GATEWAYS:
        raise _refusal("The payment gateway for this order does not support automatic refunds.")


def _write_lines(shop: Shop, refund: Doc, order: Doc, posted: dict[int, Doc]) -> None:
    """The refund's lines: those of the order with negative amounts, and the tax lines they add up to."""
    cart: dict[int, Decimal] = {}
    shipping: dict[int, Decimal] = {}
    for group in ("line_items", "fee_lines", "shipping_lines"):
        for line in order[group]:
            values = posted.get(line["id"])
            if values is None:
                continue
            quantity = int(dec(values.get("quantity")))
            total, taxes = dec(clean_number(values.get("refund_total"))), _taxes(values)
            if not quantity and not total and not any(taxes.values()):
                continue
            sums = shipping if group == "shipping_lines" else cart
            for key, tax in taxes.items():
                sums[key] = sums.get(key, dec(0)) - tax
            refund[group].append(_negative(shop, line, group, quantity, total, taxes))
    for tax_line in order["tax_lines"]:
        key = tax_line["rate_id"]
        if key in cart or key in shipping:
            totals = {"tax_total": plain(cart.get(key, dec(0))), "shipping_tax_total": plain(shipping.get(key, dec(0)))}
            refund["tax_lines"].append({**tax_line, **totals, "id": shop.next_id("item")})
    refund["total_tax"] = plain(sum(cart.values(), dec(0)) + sum(shipping.values(), dec(0)))


def _negative(shop: Shop, line: Doc, group: str, quantity: int, total: Decimal, taxes: dict[int, Decimal]) -> Doc:
    whole_tax = plain(-sum(taxes.values(), dec(0)))
    found = {
        **line,
        "id": shop.next_id("item"),
        "total": plain(-total),
        "total_tax": whole_tax,
        "meta_data": shop.new_meta([{"key": "_refunded_item_id", "value": str(line["id"])}], "item_meta"),
    }
    shown = {key: plain(-tax) for key, tax in taxes.items()}
    if group == "line_items":
        found.update(quantity=-quantity, subtotal=plain(-total), subtotal_tax=whole_tax)
        found["taxes"] = [{"id": key, "total": tax, "subtotal": tax} for key, tax in shown.items()]
    else:
        found["taxes"] = [{"id": key, "total": tax, "subtotal": ""} for key, tax in shown.items()]
    return found


def _restock(shop: Shop, order: Doc, posted: dict[int, Doc]) -> None:
    """Give refunded pieces back to stock, and keep count on the order's lines (``wc_restock_refunded_items``)."""
    for line in order["line_items"]:
        quantity = int(dec(posted.get(line["id"], {}).get("quantity")))
        reduced = item_meta(line, "_reduced_stock")
        if not quantity or not int(reduced or 0):
            continue
        change = change_stock(shop, stocked_product(line), quantity)
        if change is None:
            continue
        restocked = int(item_meta(line, "_restock_refunded_items") or 0)
        set_item_meta(shop, line, "_reduced_stock", str(int(reduced) - quantity))
        set_item_meta(shop, line, "_restock_refunded_items", str(restocked + quantity))
        text = f"Item #{stocked_product(line)} stock increased from {change[0]} to {change[1]}."
        add_note(shop, order["id"], text)


def delete_refund(call: Call) -> Answer:
    """``DELETE /orders/<id>/refunds/<id>``, that needs ``force``; it does not bump the order's date (observed)."""
    shop, doc = call.shop, _refund(call)
    if not call.forced:
        raise trashing_not_supported("shop_order_refund")
    body = order_view.refund(shop, doc)
    order = find_order(shop, doc["parent_id"], to_change=True)
    order["refunds"] = [key for key in order["refunds"] if key != doc["id"]]
    shop.put("orders", order)
    shop.remove("refunds", doc["id"])
    return Answer(body)


ROUTES = [
    Route("orders/<id>/refunds", {"GET": list_refunds, "POST": create_refund}),
    Route("orders/<id>/refunds/<id>", {"GET": get_refund, "DELETE": delete_refund}),
    Route("refunds", {"GET": list_all_refunds}),
]
