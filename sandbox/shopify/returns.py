"""Returns: what was sent is asked to come back, approved or declined, received, exchanged, and its refund."""

from __future__ import annotations

from typing import Any

from ..store import Doc
from . import gid, orders, refunding, stock
from .fulfilment_changes import order_of
from .money import scaled
from .order_view import with_order
from .resolving import Context, Refused, answers, mutation, plain, query
from .shop import Shop

plain("Return", "returns")
REASONS = {
    "SIZE_TOO_SMALL": "Size was too small",
    "SIZE_TOO_LARGE": "Size was too large",
    "UNWANTED": "Customer changed their mind",
    "NOT_AS_DESCRIBED": "Item not as described",
    "WRONG_ITEM": "Received the wrong item",
    "DEFECTIVE": "Damaged or defective",
    "STYLE": "Style",
    "COLOR": "Color",
    "OTHER": "Other",
    "UNKNOWN": "Unknown",
}


def _load(shop: Shop, value: str) -> Doc:
    doc = shop.load("returns", gid.number(value, "Return"))
    if doc is None:
        raise Refused("Return not found.", ["id"], "NOT_FOUND")
    return doc


def _keep(shop: Shop, doc: Doc, topic: str) -> Doc:
    shop.put("returns", doc)
    shop.emit(topic, doc)
    orders.keep(shop, order_of(shop, doc["orderId"]))
    return doc


def _sent_row(order: Doc, value: str) -> tuple[Doc, Doc]:
    number = gid.number(value, "FulfillmentLineItem")
    for one in order["fulfillments"]:
        for row in one["lines"]:
            if row["id"] == number and one["status"] == "SUCCESS":
                return one, row
    raise Refused("Fulfillment line item not found.", ["returnLineItems"], "NOT_FOUND")


def asked(shop: Shop, row: Doc) -> int:
    """How many of a sent row are in returns that were not declined or cancelled."""
    return sum(
        line["quantity"]
        for doc in shop.all("returns").values()
        if doc["status"] not in ("DECLINED", "CANCELED")
        for line in doc["lines"]
        if line["fulfillmentLineItemId"] == row["id"]
    )


def create(shop: Shop, values: Doc, status: str) -> Doc:
    """A return of what was sent; an open one has a reverse fulfilment order."""
    order = order_of(shop, gid.number(values["orderId"], "Order"))
    now = shop.now()
    number = shop.next_id("return")
    lines = []
    for posted in values["returnLineItems"]:
        _, row = _sent_row(order, posted["fulfillmentLineItemId"])
        if posted["quantity"] < 1 or posted["quantity"] + asked(shop, row) > row["quantity"]:
            raise Refused("Return line item has an invalid quantity.", ["returnLineItems"], "INVALID")
        lines.append(
            {
                "id": shop.next_id("return_line"), "returnId": number, "orderId": order["id"],
                "fulfillmentLineItemId": row["id"], "lineItemId": row["lineItemId"], "quantity": posted["quantity"],
                "processedQuantity": 0, "refundedQuantity": 0, "dispositions": [],
                "reverseLineId": shop.next_id("reverse_line"),
                "reason": _reason(shop, posted),
                "returnReasonNote": posted.get("returnReasonNote") or "", "customerNote": posted.get("customerNote"),
            }
        )  # fmt: skip
    doc: Doc = {"id": number, "orderId": order["id"], "name": f"{order['name']}-R{len(order['returnIds']) + 1}",
                "status": status, "createdAt": now, "closedAt": None, "lines": lines, "decline": None,
                "requestApprovedAt": now if status == "OPEN" else None,
                "reverseId": shop.next_id("reverse"), "exchanges": _exchanges(shop, values),
                "tracking": values.get("tracking")}  # fmt: skip
    order["returnIds"].append(number)
    shop.put("orders", order)
    return _keep(shop, doc, "returns/approve" if status == "OPEN" else "returns/request")


def _exchanges(shop: Shop, values: Doc) -> list[Doc]:
    """What the customer gets instead; it becomes a line of the order once it is processed."""
    found = []
    for posted in values.get("exchangeLineItems") or ():
        variant = shop.peek("variants", gid.number(posted.get("variantId"), "ProductVariant"))
        if variant is None or posted["quantity"] < 1:
            raise Refused("Exchange line item is invalid.", ["exchangeLineItems"], "INVALID")
        found.append({"id": shop.next_id("exchange_line"), "variant": variant["id"], "quantity": posted["quantity"]})
    return found


def _reason(shop: Shop, posted: Doc) -> str:
    handle = gid.split(posted.get("returnReasonDefinitionId") or "")[1]
    names = list(REASONS)
    if handle.isdigit() and 0 < int(handle) <= len(names):
        return names[int(handle) - 1]
    return str(posted.get("returnReason") or "UNKNOWN")


@mutation("returnCreate")
def _create(source: Any, ctx: Context, args: Doc) -> Doc:
    return {"return": create(ctx.shop, args["returnInput"], "OPEN")}


@mutation("returnRequest")
def _request(source: Any, ctx: Context, args: Doc) -> Doc:
    return {"return": create(ctx.shop, args["input"], "REQUESTED")}


def _move(ctx: Context, value: str, before: str, after: str, topic: str, **more: Any) -> Doc:
    doc = _load(ctx.shop, value)
    if doc["status"] != before:
        raise Refused(f"Return is not {before.lower()}.", ["id"], "INVALID_STATE")
    doc |= {"status": after, **more}
    return {"return": _keep(ctx.shop, doc, topic)}


@mutation("returnApproveRequest")
def _approve(source: Any, ctx: Context, args: Doc) -> Doc:
    now = ctx.shop.now()
    return _move(ctx, args["input"]["id"], "REQUESTED", "OPEN", "returns/approve", requestApprovedAt=now)


@mutation("returnDeclineRequest")
def _decline(source: Any, ctx: Context, args: Doc) -> Doc:
    values = args["input"]
    why = {"reason": values["declineReason"], "note": values.get("declineNote")}
    return _move(ctx, values["id"], "REQUESTED", "DECLINED", "returns/decline", decline=why)


@mutation("returnClose")
def _close(source: Any, ctx: Context, args: Doc) -> Doc:
    return _move(ctx, args["id"], "OPEN", "CLOSED", "returns/close", closedAt=ctx.shop.now())


@mutation("returnReopen")
def _reopen(source: Any, ctx: Context, args: Doc) -> Doc:
    return _move(ctx, args["id"], "CLOSED", "OPEN", "returns/reopen", closedAt=None)


@mutation("returnCancel")
def _cancel(source: Any, ctx: Context, args: Doc) -> Doc:
    doc = _load(ctx.shop, args["id"])
    if any(line["processedQuantity"] for line in doc["lines"]):
        raise Refused("Return has been processed.", ["id"], "INVALID_STATE")
    return _move(ctx, args["id"], "OPEN", "CANCELED", "returns/cancel")


@mutation("returnProcess")
def _process(source: Any, ctx: Context, args: Doc) -> Doc:
    """What came back is counted, put back into stock as its disposition says, and refunded if asked for."""
    values = args["input"]
    shop = ctx.shop
    doc = _load(shop, values["returnId"])
    if doc["status"] not in ("OPEN", "CLOSED"):
        raise Refused("Return is not open.", ["returnId"], "INVALID_STATE")
    rows = []
    for posted in values.get("returnLineItems") or ():
        line = next((one for one in doc["lines"] if one["id"] == gid.number(posted["id"])), None)
        if line is None or not 0 < posted["quantity"] <= line["quantity"] - line["processedQuantity"]:
            raise Refused("Return line item has an invalid quantity.", ["returnLineItems"], "INVALID")
        line["processedQuantity"] += posted["quantity"]
        for one in posted.get("dispositions") or ():
            _dispose(shop, doc, line, one)
        rows.append({"lineItemId": line["lineItemId"], "quantity": posted["quantity"], "restockType": "NO_RESTOCK"})
    shop.put("returns", doc)
    transfer = (values.get("financialTransfer") or {}).get("issueRefund")
    if rows:
        order = order_of(shop, doc["orderId"])
        back = [_transaction(order, row) for row in (transfer or {}).get("orderTransactions") or ()]
        shipping = None
        carriage = values.get("refundShipping") or {}
        if money := carriage.get("shippingRefundAmount"):
            shipping = refunding.in_bag(order, money["amount"], money["currencyCode"])
        elif carriage.get("fullRefund"):
            shipping = orders.totals(order)["currentShippingPriceSet"]
        refunding.refund(shop, doc["orderId"], rows, shipping, back, values.get("note"), return_id=doc["id"])
        for line in doc["lines"]:
            line["refundedQuantity"] = line["processedQuantity"]
    if all(line["processedQuantity"] == line["quantity"] for line in doc["lines"]) and doc["status"] == "OPEN":
        doc |= {"status": "CLOSED", "closedAt": shop.now()}
    return {"return": _keep(shop, doc, "returns/process")}


def _transaction(order: Doc, posted: Doc) -> Doc:
    money, parent = posted["transactionAmount"], gid.number(posted["parentId"])
    gateway = next((one["gateway"] for one in order["transactions"] if one["id"] == parent), "manual")
    bag = refunding.in_bag(order, money["amount"], money["currencyCode"])
    return {"bag": bag, "parentId": parent, "gateway": gateway}


def _dispose(shop: Shop, doc: Doc, line: Doc, posted: Doc) -> None:
    done = sum(one["quantity"] for one in line["dispositions"])
    if posted["quantity"] + done > line["quantity"]:
        raise Refused("Disposition quantity is too large.", ["dispositions"], "INVALID")
    location = gid.number(posted.get("locationId"), "Location")
    line["dispositions"].append({"id": shop.next_id("disposition"), "type": posted["dispositionType"],
                                 "quantity": posted["quantity"], "locationId": location})  # fmt: skip
    if posted["dispositionType"] == "RESTOCKED":
        order = shop.all("orders")[doc["orderId"]]
        sold = orders.line_of(order, line["lineItemId"])
        stock.take_back(shop, sold, location or sold["locationId"], posted["quantity"])


@mutation("reverseFulfillmentOrderDispose")
def _disposed(source: Any, ctx: Context, args: Doc) -> Doc:
    found = []
    for posted in args["dispositionInputs"]:
        number = gid.number(posted["reverseFulfillmentOrderLineItemId"], "ReverseFulfillmentOrderLineItem")
        doc = next(
            (
                one
                for one in ctx.shop.all("returns").values()
                if any(row["reverseLineId"] == number for row in one["lines"])
            ),
            None,
        )
        if doc is None:
            raise Refused("Reverse fulfillment order line item not found.", ["dispositionInputs"], "NOT_FOUND")
        doc = _load(ctx.shop, gid.gid("Return", doc["id"]))
        line = next(row for row in doc["lines"] if row["reverseLineId"] == number)
        _dispose(ctx.shop, doc, line, posted)
        _keep(ctx.shop, doc, "returns/update")
        found.append({**line, "id": number})
    return {"reverseFulfillmentOrderLineItems": found}


# How they are shown


@query("return")
def _return(source: Any, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("returns", gid.number(args["id"], "Return"))


@query("returnReasonDefinitions")
def _reasons(source: Any, ctx: Context, args: Doc) -> Any:
    return [_definition(name) for name in REASONS]


def _definition(name: str) -> Doc:
    place = list(REASONS).index(name) + 1 if name in REASONS else 0
    return {"id": place, "handle": name.lower().replace("_", "-"), "name": REASONS.get(name, name), "deleted": False}


@query("returnableFulfillments")
def _returnable(source: Any, ctx: Context, args: Doc) -> Any:
    order = order_of(ctx.shop, gid.number(args["orderId"], "Order"))
    found = [one for one in order["fulfillments"] if one["status"] == "SUCCESS"]
    return [{"id": one["id"], "fulfillment": one, "rows": _left(ctx.shop, one)} for one in found]


def _left(shop: Shop, one: Doc) -> list[Doc]:
    rows = [{"fulfillmentLineItem": row, "quantity": row["quantity"] - asked(shop, row)} for row in one["lines"]]
    return [row for row in rows if row["quantity"] > 0]


@answers("ReturnableFulfillment", "returnableFulfillmentLineItems")
def _returnable_rows(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc["rows"]


@answers("Return", "order")
@answers("ReverseFulfillmentOrder", "order")
def _order(doc: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.all("orders")[doc["orderId"]]


@answers("Return", "returnLineItems")
def _lines(doc: Doc, ctx: Context, args: Doc) -> Any:
    return [{**line, "__typename": "ReturnLineItem"} for line in doc["lines"]]


@answers("Return", "exchangeLineItems")
def _exchange_lines(doc: Doc, ctx: Context, args: Doc) -> Any:
    found = []
    for row in doc.get("exchanges") or ():
        variant = ctx.shop.all("variants")[row["variant"]]
        product = ctx.shop.all("products")[variant["productId"]]
        left = {"processableQuantity": row["quantity"], "processedQuantity": 0, "unprocessedQuantity": row["quantity"]}
        ids = {"variantId": gid.gid("ProductVariant", variant["id"]), "productId": gid.gid("Product", product["id"])}
        titles = {"title": product["title"], "variantTitle": variant["title"], "variantSku": variant["sku"]}
        found.append({"id": row["id"], "quantity": row["quantity"], **left, **ids, **titles})
    return found


@answers("Return", "totalQuantity")
def _quantity(doc: Doc, ctx: Context, args: Doc) -> int:
    return sum(line["quantity"] for line in doc["lines"])


@answers("Return", "refunds")
def _refunds(doc: Doc, ctx: Context, args: Doc) -> Any:
    order = ctx.shop.all("orders")[doc["orderId"]]
    return [one for one in with_order(order, order["refunds"]) if one["returnId"] == doc["id"]]


@answers("Return", "reverseFulfillmentOrders")
def _reverse(doc: Doc, ctx: Context, args: Doc) -> Any:
    if doc["status"] in ("REQUESTED", "DECLINED"):
        return []
    status = {"CLOSED": "CLOSED", "CANCELED": "CANCELED"}.get(doc["status"], "OPEN")
    return [{"id": doc["reverseId"], "orderId": doc["orderId"], "status": status, "lines": doc["lines"],
             "tracking": doc.get("tracking")}]  # fmt: skip


@query("reverseFulfillmentOrder")
def _reverse_by_id(source: Any, ctx: Context, args: Doc) -> Any:
    number = gid.number(args["id"], "ReverseFulfillmentOrder")
    found = next((doc for doc in ctx.shop.all("returns").values() if doc["reverseId"] == number), None)
    return next(iter(_reverse(found, ctx, args)), None) if found else None


@answers("ReverseFulfillmentOrder", "reverseDeliveries")
def _deliveries(doc: Doc, ctx: Context, args: Doc) -> Any:
    """The parcel that the customer sends, once its number is known."""
    return [{"id": doc["id"], "reverse": doc}] if doc["tracking"] else []


@answers("ReverseDelivery", "reverseFulfillmentOrder")
def _delivery_order(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc["reverse"]


@answers("ReverseDelivery", "deliverable")
def _deliverable(doc: Doc, ctx: Context, args: Doc) -> Doc:
    number = doc["reverse"]["tracking"]
    return {"__typename": "ReverseDeliveryShippingDeliverable", "tracking": {"number": number}}


@answers("ReverseFulfillmentOrder", "lineItems")
def _reverse_lines(doc: Doc, ctx: Context, args: Doc) -> Any:
    return [{**line, "id": line["reverseLineId"]} for line in doc["lines"]]


@answers("ReverseFulfillmentOrderLineItem", "totalQuantity")
def _reverse_quantity(line: Doc, ctx: Context, args: Doc) -> int:
    return int(line["quantity"])


@answers("ReverseFulfillmentOrderDisposition", "location")
def _disposition_location(one: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("locations", one["locationId"])


@answers("ReturnLineItem", "fulfillmentLineItem")
@answers("ReverseFulfillmentOrderLineItem", "fulfillmentLineItem")
def _sent(line: Doc, ctx: Context, args: Doc) -> Any:
    order = ctx.shop.all("orders")[line["orderId"]]
    return next(
        row for one in order["fulfillments"] for row in one["lines"] if row["id"] == line["fulfillmentLineItemId"]
    )


@answers("ReturnLineItem", "unprocessedQuantity", "processableQuantity")
def _unprocessed(line: Doc, ctx: Context, args: Doc) -> int:
    return int(line["quantity"] - line["processedQuantity"])


@answers("ReturnLineItem", "refundableQuantity")
def _refundable(line: Doc, ctx: Context, args: Doc) -> int:
    return int(line["quantity"] - line["refundedQuantity"])


@answers("ReturnLineItem", "returnReasonDefinition")
def _line_reason(line: Doc, ctx: Context, args: Doc) -> Doc:
    return _definition(line["reason"])


@answers("ReturnLineItem", "withCodeDiscountedTotalPriceSet")
def _worth(line: Doc, ctx: Context, args: Doc) -> str:
    sold = orders.line_of(ctx.shop.all("orders")[line["orderId"]], line["lineItemId"])
    return scaled(sold["discountedSet"], line["quantity"], sold["quantity"])


@answers("Return", "transactions")
def _transactions(doc: Doc, ctx: Context, args: Doc) -> Any:
    order = ctx.shop.all("orders")[doc["orderId"]]
    wanted = {key for one in order["refunds"] if one["returnId"] == doc["id"] for key in one["transactionIds"]}
    return [one for one in with_order(order, order["transactions"]) if one["id"] in wanted]
