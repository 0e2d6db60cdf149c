"""Mutations that send, track, move, hold and split what an order's fulfilment orders hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..store import Doc
from . import assigning, gid, holding, orders, stock
from .fulfilment_view import find
from .resolving import Context, Refused, mutation
from .shop import Shop


def order_of(shop: Shop, number: int) -> Doc:
    """An order to change.

    :raise Refused: when there is none.
    """
    order = shop.load("orders", number)
    if order is None:
        raise Refused("Order does not exist", ["id"])
    return order


@mutation("fulfillmentCreate")
def _create(source: Any, ctx: Context, args: Doc) -> Doc:
    values = args["fulfillment"]
    shop = ctx.shop
    wanted = []
    for row in values["lineItemsByFulfillmentOrder"]:
        key = gid.number(row["fulfillmentOrderId"], "FulfillmentOrder")
        doc = shop.load("fulfillment_orders", key)
        if doc is None:
            raise Refused("Fulfillment order does not exist.", ["fulfillment"])
        wanted.append((doc, _rows(doc, row.get("fulfillmentOrderLineItems"))))
    if len({doc["orderId"] for doc, _ in wanted}) > 1 or len({doc["locationId"] for doc, _ in wanted}) > 1:
        raise Refused("All fulfillment orders must belong to the same order and location.", ["fulfillment"])
    made = send(shop, wanted, tracking(values.get("trackingInfo")))
    return {"fulfillment": made}


def _rows(doc: Doc, posted: Sequence[Doc] | None) -> list[tuple[Doc, int]]:
    """The lines of a fulfilment order that are to be sent; all that is left, when none are named."""
    if doc["status"] not in ("OPEN", "IN_PROGRESS"):
        words = f"Fulfillment order {doc['id']} has an unfulfillable status= {doc['status'].lower()}."
        raise Refused(words, ["fulfillment"])
    if not posted:
        return [(row, row["remainingQuantity"]) for row in doc["lines"] if row["remainingQuantity"]]
    known = {row["id"]: row for row in doc["lines"]}
    found = []
    for one in posted:
        row = known.get(gid.number(one["id"], "FulfillmentOrderLineItem"))
        if row is None:
            raise Refused("Fulfillment order line item does not exist.", ["fulfillment"])
        if not 0 < one["quantity"] <= row["remainingQuantity"]:
            raise Refused("Invalid fulfillment order line item quantity requested.", ["fulfillment"])
        found.append((row, one["quantity"]))
    return found


def send(shop: Shop, wanted: Sequence[tuple[Doc, list[tuple[Doc, int]]]], track: list[Doc]) -> Doc:
    """Send lines of fulfilment orders of one order and location as one delivery."""
    now = shop.now()
    order = order_of(shop, wanted[0][0]["orderId"])
    rows: list[Doc] = []
    for doc, lines in wanted:
        for row, quantity in lines:
            row["remainingQuantity"] -= quantity
            rows.append({"lineItemId": row["lineItemId"], "quantity": quantity})
            stock.send(shop, orders.line_of(order, row["lineItemId"]), doc["locationId"], quantity)
        doc["updatedAt"] = now
        doc["status"] = "IN_PROGRESS" if any(row["remainingQuantity"] for row in doc["lines"]) else "CLOSED"
        shop.put("fulfillment_orders", doc)
    made = assigning.fulfilment(shop, order, wanted[0][0]["id"], wanted[0][0]["locationId"], rows, track, now)
    made["fulfillmentOrderIds"] = [doc["id"] for doc, _ in wanted]
    order["fulfillments"].append(made)
    shop.emit("fulfillments/create", made)
    sent = orders.fulfilled(order)
    whole = not any(orders.unfulfilled(order, line, sent) for line in order["lines"])
    orders.keep(shop, order, "orders/fulfilled" if whole else "orders/partially_fulfilled")
    return made


URLS = {
    "colissimo": "https://www.laposte.fr/outils/suivre-vos-envois?code=",
    "chronopost": "https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT=",
    "ups": "https://www.ups.com/track?tracknum=",
    "dhl express": "https://www.dhl.com/fr-fr/home/tracking.html?tracking-id=",
}


def tracking(values: Doc | None) -> list[Doc]:
    """The numbers that a delivery can be followed by; known carriers have an address."""
    if not values:
        return []
    company = values.get("company")
    numbers = values.get("numbers") or ([values["number"]] if values.get("number") else [])
    links = values.get("urls") or ([values["url"]] if values.get("url") else [])
    start = URLS.get((company or "").lower())
    return [
        {"company": company, "number": number,
         "url": links[place] if place < len(links) else f"{start}{number}" if start else None}
        for place, number in enumerate(numbers or [None] * len(links))
    ]  # fmt: skip


def _fulfilment(shop: Shop, value: str) -> tuple[Doc, Doc]:
    """An order to change, and a fulfilment in it."""
    number = gid.number(value, "Fulfillment")
    found = find(shop, number)
    if found is None:
        raise Refused("Fulfillment not found.", ["fulfillmentId"])
    order = order_of(shop, found["orderId"])
    return order, next(one for one in order["fulfillments"] if one["id"] == number)


@mutation("fulfillmentTrackingInfoUpdate")
def _track(source: Any, ctx: Context, args: Doc) -> Doc:
    order, made = _fulfilment(ctx.shop, args["fulfillmentId"])
    made["trackingInfo"] = tracking(args["trackingInfoInput"])
    return {"fulfillment": _changed(ctx.shop, order, made)}


def _changed(shop: Shop, order: Doc, made: Doc) -> Doc:
    made["updatedAt"] = shop.now()
    shop.emit("fulfillments/update", made)
    orders.keep(shop, order)
    return made


@mutation("fulfillmentCancel")
def _cancel(source: Any, ctx: Context, args: Doc) -> Doc:
    """What was sent is to be sent again: the fulfilment order opens, or another one takes its place."""
    shop = ctx.shop
    order, made = _fulfilment(shop, args["id"])
    if made["status"] == "CANCELLED":
        raise Refused("Fulfillment is already cancelled.", ["id"])
    made["status"] = "CANCELLED"
    rows = [(orders.line_of(order, row["lineItemId"]), row["quantity"]) for row in made["lines"]]
    for line, quantity in rows:
        item_id = stock.tracked_item(shop, line)
        if item_id:
            stock.change(shop, item_id, made["locationId"], committed=quantity)
    method = shop.all("fulfillment_orders")[made["fulfillmentOrderIds"][0]]["methodType"]
    assigning.create(shop, order, made["locationId"], rows, method, shop.now())
    return {"fulfillment": _changed(shop, order, made)}


@mutation("fulfillmentEventCreate")
def _event(source: Any, ctx: Context, args: Doc) -> Doc:
    values = args["fulfillmentEvent"]
    order, made = _fulfilment(ctx.shop, values["fulfillmentId"])
    now = ctx.shop.now()
    event = {"id": ctx.shop.next_id("fulfillment_event"), "status": values["status"], "createdAt": now,
             "happenedAt": values.get("happenedAt") or now, "message": values.get("message")}  # fmt: skip
    made["events"].append(event)
    if values["status"] == "DELIVERED":
        made["deliveredAt"] = event["happenedAt"]
    if values["status"] == "IN_TRANSIT":
        made["inTransitAt"] = event["happenedAt"]
    _changed(ctx.shop, order, made)
    return {"fulfillmentEvent": event}


# Fulfilment orders


def _number(value: str) -> int:
    return gid.number(value, "FulfillmentOrder")


def split_off(shop: Shop, doc: Doc, posted: Sequence[Doc] | None, location_id: int) -> tuple[Doc, Doc | None]:
    """Take lines out of a fulfilment order into a new one; all of them leave it whole.

    :return: the fulfilment order with the lines, and the one with what remains.
    """
    wanted = {gid.number(one["id"]): one["quantity"] for one in posted or ()}
    left = {row["id"]: row["remainingQuantity"] for row in doc["lines"] if row["remainingQuantity"]}
    if not set(wanted) <= set(left) or any(wanted[key] > left[key] or wanted[key] < 1 for key in wanted):
        raise Refused("Invalid fulfillment order line item quantity requested.", ["fulfillmentOrderLineItems"])
    if not wanted or wanted == left:
        if all(row["totalQuantity"] == row["remainingQuantity"] for row in doc["lines"]):
            return doc, None
        wanted = left  # what was sent stays behind
    order = order_of(shop, doc["orderId"])
    rows = []
    for row in doc["lines"]:
        taken = wanted.get(row["id"], 0)
        row["remainingQuantity"] -= taken
        row["totalQuantity"] -= taken
        if taken:
            rows.append((orders.line_of(order, row["lineItemId"]), taken))
    doc["lines"] = [row for row in doc["lines"] if row["totalQuantity"]]
    if not any(row["remainingQuantity"] for row in doc["lines"]):
        doc["status"] = "CLOSED"
    made = assigning.create(shop, order, location_id, rows, doc["methodType"], shop.now())
    shop.put("fulfillment_orders", {**doc, "updatedAt": shop.now()})
    orders.keep(shop, order)
    return made, doc


@mutation("fulfillmentOrderMove")
def _move(source: Any, ctx: Context, args: Doc) -> Doc:
    """All or some lines go to another location; what was sent already stays with the original."""
    shop = ctx.shop
    doc = holding.load(shop, _number(args["id"]))
    location_id = gid.number(args["newLocationId"], "Location")
    if doc["status"] not in ("OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED"):
        raise Refused("The fulfillment order is not open.", ["id"])
    if shop.peek("locations", location_id) is None or location_id == doc["locationId"]:
        raise Refused("The fulfillment order can not be moved to this location.", ["newLocationId"])
    moved, remaining = split_off(shop, doc, args.get("fulfillmentOrderLineItems"), location_id)
    order = order_of(shop, doc["orderId"])
    for row in moved["lines"]:
        item_id = stock.tracked_item(shop, orders.line_of(order, row["lineItemId"]))
        if item_id and row["remainingQuantity"]:
            number = row["remainingQuantity"]
            stock.change(shop, item_id, doc["locationId"], available=number, committed=-number)
            stock.change(shop, item_id, location_id, available=-number, committed=number)
        orders.line_of(order, row["lineItemId"])["locationId"] = location_id
    moved |= {"locationId": location_id, "updatedAt": shop.now()}
    shop.put("fulfillment_orders", moved)
    shop.emit("fulfillment_orders/moved", moved)
    orders.keep(shop, order)
    original = shop.all("fulfillment_orders")[doc["id"]]
    return {
        "movedFulfillmentOrder": moved,
        "originalFulfillmentOrder": original,
        "remainingFulfillmentOrder": remaining,
    }


@mutation("fulfillmentOrderSplit")
def _split(source: Any, ctx: Context, args: Doc) -> Doc:
    found = []
    for one in args["fulfillmentOrderSplits"]:
        doc = holding.load(ctx.shop, _number(one["fulfillmentOrderId"]))
        made, rest = split_off(ctx.shop, doc, one["fulfillmentOrderLineItems"], doc["locationId"])
        found.append({"fulfillmentOrder": rest or made, "remainingFulfillmentOrder": made if rest else None})
    return {"fulfillmentOrderSplits": found}


@mutation("fulfillmentOrderHold")
def _hold(source: Any, ctx: Context, args: Doc) -> Doc:
    values = args["fulfillmentHold"]
    doc = holding.load(ctx.shop, _number(args["id"]))
    held, rest = doc, None
    if values.get("fulfillmentOrderLineItems"):
        held, rest = split_off(ctx.shop, doc, values["fulfillmentOrderLineItems"], doc["locationId"])
    made = holding.hold(ctx.shop, held["id"], values["reason"], values.get("reasonNotes"), values.get("handle"))
    return {"fulfillmentHold": {**made, "displayReason": values["reason"].replace("_", " ").capitalize()},
            "fulfillmentOrder": ctx.shop.all("fulfillment_orders")[held["id"]],
            "remainingFulfillmentOrder": rest}  # fmt: skip


@mutation("fulfillmentOrderReleaseHold")
def _release(source: Any, ctx: Context, args: Doc) -> Doc:
    holds = [gid.number(one, "FulfillmentHold") for one in args["holdIds"]] if args.get("holdIds") else None
    return {"fulfillmentOrder": holding.release(ctx.shop, _number(args["id"]), holds)}


@mutation("fulfillmentOrderOpen")
def _open(source: Any, ctx: Context, args: Doc) -> Doc:
    doc = holding.load(ctx.shop, _number(args["id"]))
    if doc["status"] != "SCHEDULED":
        raise Refused("The fulfillment order is not scheduled.", ["id"])
    doc |= {"status": "OPEN", "updatedAt": ctx.shop.now()}
    return {"fulfillmentOrder": ctx.shop.put("fulfillment_orders", doc)}


@mutation("fulfillmentOrderCancel")
def _cancel_order(source: Any, ctx: Context, args: Doc) -> Doc:
    """The fulfilment order is replaced by a new open one."""
    shop = ctx.shop
    doc = holding.load(shop, _number(args["id"]))
    if doc["status"] not in ("OPEN", "IN_PROGRESS"):
        raise Refused("The fulfillment order is not open.", ["id"], "FULFILLMENT_ORDER_CANNOT_BE_CANCELLED")
    order = order_of(shop, doc["orderId"])
    left = [row for row in doc["lines"] if row["remainingQuantity"]]
    rows = [(orders.line_of(order, row["lineItemId"]), row["remainingQuantity"]) for row in left]
    made = assigning.create(shop, order, doc["locationId"], rows, doc["methodType"], shop.now())
    shop.put("fulfillment_orders", {**doc, "status": "CANCELLED", "updatedAt": shop.now()})
    orders.keep(shop, order)
    return {"fulfillmentOrder": shop.all("fulfillment_orders")[doc["id"]], "replacementFulfillmentOrder": made}


@mutation("fulfillmentOrderReportProgress")
def _progress(source: Any, ctx: Context, args: Doc) -> Doc:
    doc = holding.load(ctx.shop, _number(args["id"]))
    if doc["status"] not in ("OPEN", "IN_PROGRESS"):
        words = "Fulfillment order is not in a state that progress can be reported in."
        raise Refused(words, ["id"], "FULFILLMENT_ORDER_STATUS_INVALID")
    return {"fulfillmentOrder": _begun(ctx.shop, doc, "fulfillment_orders/progress_reported")}


def _begun(shop: Shop, doc: Doc, topic: str) -> Doc:
    doc |= {"status": "IN_PROGRESS", "updatedAt": shop.now()}
    shop.put("fulfillment_orders", doc)
    shop.emit(topic, doc)
    orders.keep(shop, order_of(shop, doc["orderId"]))
    return doc


@mutation("fulfillmentOrderLineItemsPreparedForPickup")
def _prepared(source: Any, ctx: Context, args: Doc) -> Doc:
    docs = [
        holding.load(ctx.shop, _number(row["fulfillmentOrderId"]))
        for row in args["input"]["lineItemsByFulfillmentOrder"]
    ]
    for doc in docs:
        if doc["methodType"] != "PICK_UP" or doc["status"] not in ("OPEN", "IN_PROGRESS"):
            words = "Invalid fulfillment order ID."
            raise Refused(words, ["input"], "FULFILLMENT_ORDER_INVALID")
        if not any(row["remainingQuantity"] for row in doc["lines"]):
            words = "There are no line items to prepare."
            raise Refused(words, ["input"], "NO_LINE_ITEMS_TO_PREPARE_FOR_FULFILLMENT_ORDER")
    for doc in docs:
        _begun(ctx.shop, {**doc, "prepared": True}, "fulfillment_orders/line_items_prepared_for_pickup")
    return {}
