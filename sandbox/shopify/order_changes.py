"""Mutations of orders: cancelling, paying, capturing, closing, and what a merchant may edit."""

from __future__ import annotations

from typing import Any

from ..store import Doc
from . import gid, jobs, metafields, orders, refunding
from .fulfilment_changes import order_of
from .idempotency import once
from .money import amount, minus, total
from .resolving import Context, Refused, mutation
from .shop import Shop


def _load(ctx: Context, value: str) -> Doc:
    return order_of(ctx.shop, gid.number(value, "Order"))


@mutation("orderCancel")
def _cancel(source: Any, ctx: Context, args: Doc) -> Doc:
    method = args.get("refundMethod") or {}
    money = bool(args.get("refund") or method.get("originalPaymentMethodsRefund"))
    order = _load(ctx, args["orderId"])
    cancel(ctx.shop, order, args["reason"], money, args["restock"], args.get("staffNote"))
    return {"job": jobs.start(ctx.shop)}


def cancel(shop: Shop, order: Doc, reason: str, money: bool, restock: bool, note: str | None = None) -> Doc:
    """Cancel an order: nothing is sent any more, stock and money go back if asked for.

    :raise Refused: for an order that was cancelled, or of which something was sent.
    """
    if order.get("cancelledAt"):
        raise Refused("Order has already been cancelled.", ["orderId"], "INVALID")
    if any(one["status"] == "SUCCESS" for one in order["fulfillments"]):
        raise Refused("Cannot cancel a fulfilled order.", ["orderId"], "INVALID")
    now = shop.now()
    rows = [
        {"lineItemId": line["id"], "quantity": waiting, "restockType": "CANCEL" if restock else "NO_RESTOCK"}
        for line in order["lines"]
        if (waiting := orders.unfulfilled(order, line))
    ]
    whole = orders.totals(order)
    paid = orders.payments(order, whole)
    order |= {"cancelledAt": now, "cancelReason": reason, "staffNote": note, "closedAt": now}
    for one in list(order["transactions"]):
        if one["kind"] == "AUTHORIZATION" and amount(paid["totalCapturableSet"]):
            made = orders.transaction(shop, "VOID", one["amountSet"], one["gateway"], now, parent=one["id"])
            order["transactions"].append(made)
    shop.put("orders", order)
    back = _all_back(order) if money and amount(paid["netPaymentSet"]) else []
    shipping = whole["currentShippingPriceSet"] if money else None
    order, _ = refunding.refund(shop, order["id"], rows, shipping, back, note, duties=money)
    for doc in orders.fulfilment_orders(shop, order):
        if doc["status"] in orders.OPEN:
            shop.put("fulfillment_orders", {**doc, "status": "CLOSED", "updatedAt": now})
            shop.emit("fulfillment_orders/cancelled", doc)
    if not back and not rows:
        order["refunds"].pop()
    return orders.keep(shop, order, "orders/cancelled")


def _all_back(order: Doc) -> list[Doc]:
    found = []
    for one in order["transactions"]:
        if one["kind"] in ("SALE", "CAPTURE") and one["status"] == "SUCCESS":
            given = [row["amountSet"] for row in order["transactions"]
                     if row["kind"] == "REFUND" and row["parentId"] == one["id"]]  # fmt: skip
            rest = minus(one["amountSet"], total(given, orders.nothing(order)))
            if amount(rest) > 0:
                found.append({"bag": rest, "parentId": one["id"], "gateway": one["gateway"]})
    return found


@mutation("orderMarkAsPaid")
def _mark_paid(source: Any, ctx: Context, args: Doc) -> Doc:
    return {"order": mark_paid(ctx.shop, _load(ctx, args["input"]["id"]))}


def mark_paid(shop: Shop, order: Doc) -> Doc:
    """What is outstanding was paid by hand."""
    found = orders.state(order)
    if not found["canMarkAsPaid"]:
        raise Refused("Order cannot be marked as paid.", ["id"])
    now = shop.now()
    pending = [one for one in order["transactions"] if one["status"] == "PENDING"]
    for one in pending:
        one |= {"status": "SUCCESS", "processedAt": now}
    rest = minus(found["totalOutstandingSet"], total([one["amountSet"] for one in pending], orders.nothing(order)))
    if amount(rest) > 0:
        order["transactions"].append(orders.transaction(shop, "SALE", rest, "manual", now))
    orders.keep(shop, order, "orders/paid")
    return order


@mutation("orderCapture")
def _capture(source: Any, ctx: Context, args: Doc) -> Doc:
    values = args["input"]
    order = _load(ctx, values["id"])
    parent = gid.number(values["parentTransactionId"], "OrderTransaction")
    held = next((one for one in order["transactions"] if one["id"] == parent and one["kind"] == "AUTHORIZATION"), None)
    bag = refunding.in_bag(order, values["amount"], values.get("currency"))
    if held is None or amount(bag) > amount(orders.state(order)["totalCapturableSet"]):
        raise Refused("The transaction cannot be captured.", ["input"])
    made = orders.transaction(ctx.shop, "CAPTURE", bag, held["gateway"], ctx.shop.now(), parent=parent)
    order["transactions"].append(made)
    orders.keep(ctx.shop, order, "orders/paid" if orders.state(order)["fullyPaid"] else "orders/updated")
    return {"transaction": {**made, "orderId": order["id"]}}


@mutation("orderClose")
def _close(source: Any, ctx: Context, args: Doc) -> Doc:
    order = _load(ctx, args["input"]["id"])
    order["closedAt"] = order.get("closedAt") or ctx.shop.now()
    return {"order": orders.keep(ctx.shop, order)}


@mutation("orderOpen")
def _open(source: Any, ctx: Context, args: Doc) -> Doc:
    order = _load(ctx, args["input"]["id"])
    order["closedAt"] = None
    return {"order": orders.keep(ctx.shop, order)}


@mutation("orderUpdate")
def _update(source: Any, ctx: Context, args: Doc) -> Doc:
    values = args["input"]
    order = _load(ctx, values["id"])
    for name in ("email", "phone", "note", "poNumber", "customAttributes"):
        if name in values:
            order[name] = values[name]
    if "tags" in values:
        order["tags"] = sorted(values["tags"] or [])
    if values.get("shippingAddress"):
        order["shippingAddress"] = {**(order["shippingAddress"] or {}), **address(values["shippingAddress"])}
    if values.get("metafields"):
        metafields.check(ctx.shop, "ORDER", order["id"], values["metafields"], ["metafields"])
        metafields.write(ctx.shop, "ORDER", order["id"], values["metafields"])
    return {"order": orders.keep(ctx.shop, order)}


def address(values: Doc) -> Doc:
    """A posted address as documents keep it."""
    found = {name: value for name, value in values.items() if name not in ("id", "countryCode")}
    if values.get("countryCode"):
        found["countryCodeV2"] = values["countryCode"]
    return found


@mutation("refundCreate")
def _refund(source: Any, ctx: Context, args: Doc) -> Doc:
    return once(ctx, "refundCreate", args, lambda: _refunded(ctx, args["input"]))


def _refunded(ctx: Context, values: Doc) -> Doc:
    shop = ctx.shop
    order = _load(ctx, values["orderId"])
    rows = [
        {
            "lineItemId": gid.number(row["lineItemId"], "LineItem"),
            "quantity": row["quantity"],
            "restockType": row.get("restockType") or "NO_RESTOCK",
            "locationId": gid.number(row.get("locationId"), "Location") or None,
        }
        for row in values.get("refundLineItems") or ()
    ]
    shipping = None
    if values.get("shipping"):
        if values["shipping"].get("fullRefund"):
            shipping = orders.totals(order)["currentShippingPriceSet"]
        elif values["shipping"].get("amount"):
            shipping = refunding.in_bag(order, values["shipping"]["amount"], values.get("currency"))
    back = [
        {
            "bag": refunding.in_bag(order, row["amount"], values.get("currency")),
            "parentId": gid.number(row.get("parentId"), "OrderTransaction") or None,
            "gateway": row["gateway"],
        }
        for row in values.get("transactions") or ()
    ]
    order, made = refunding.refund(
        shop, order["id"], rows, shipping, back, values.get("note"), bool(values.get("refundDuties")),
        allow_over=bool(values.get("allowOverRefunding")),
    )  # fmt: skip
    return {"order": order, "refund": made}
