"""Order editing: a session with a calculated order, staged changes, and their commit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..store import Doc
from . import assigning, gid, orders, placing, refunding, stock
from .fulfilment_changes import order_of
from .money import amount, minus, scaled, total
from .resolving import Context, Refused, answers, mutation, query
from .shop import Shop


def _load(shop: Shop, value: str) -> tuple[Doc, Doc]:
    """A session to change and its order."""
    kind, digits = gid.split(value)
    doc = shop.load("edits", int(digits) if digits.isdigit() and kind in ("CalculatedOrder", "OrderEditSession") else 0)
    if doc is None:
        raise Refused("The calculated order does not exist.", ["id"])
    return doc, order_of(shop, doc["orderId"])


@mutation("orderEditBegin")
def _begin(source: Any, ctx: Context, args: Doc) -> Doc:
    order = order_of(ctx.shop, gid.number(args["id"], "Order"))
    if order.get("cancelledAt"):
        raise Refused("The order cannot be edited.", ["id"])
    lines = [{"key": line["id"], "lineItemId": line["id"], "quantity": line["quantity"] - line["removed"]}
             for line in order["lines"]]  # fmt: skip
    doc = {"id": ctx.shop.next_id("edit"), "orderId": order["id"], "lines": lines}
    ctx.shop.put("edits", doc)
    return _payload(doc)


def _payload(doc: Doc, row: Doc | None = None) -> Doc:
    found: Doc = {"calculatedOrder": doc, "orderEditSession": {"id": doc["id"]}}
    return {**found, "calculatedLineItem": {**row, "editId": doc["id"]}} if row else found


@mutation("orderEditSetQuantity")
def _set_quantity(source: Any, ctx: Context, args: Doc) -> Doc:
    doc, order = _load(ctx.shop, args["id"])
    key = gid.split(args["lineItemId"])[1]
    row = next((one for one in doc["lines"] if str(one["key"]) == key), None)
    if row is None:
        raise Refused("The line item does not exist.", ["lineItemId"])
    if row.get("lineItemId"):
        line = orders.line_of(order, row["lineItemId"])
        sent = orders.fulfilled(order).get(line["id"], 0)
        if args["quantity"] < sent - (line["removed"] - line.get("removedUnsent", 0)):
            raise Refused("The quantity cannot be less than what was fulfilled.", ["quantity"])
    row |= {"quantity": args["quantity"], "restock": bool(args.get("restock"))}
    ctx.shop.put("edits", doc)
    return _payload(doc, row)


@mutation("orderEditAddVariant")
def _add_variant(source: Any, ctx: Context, args: Doc) -> Doc:
    doc, _ = _load(ctx.shop, args["id"])
    variant = ctx.shop.peek("variants", gid.number(args["variantId"], "ProductVariant"))
    if variant is None:
        raise Refused("The variant does not exist.", ["variantId"])
    row = {"key": ctx.shop.next_id("calculated_line"), "variantId": variant["id"], "quantity": args["quantity"]}
    doc["lines"].append(row)
    ctx.shop.put("edits", doc)
    return _payload(doc, row)


@mutation("orderEditAddLineItemDiscount")
def _discount(source: Any, ctx: Context, args: Doc) -> Doc:
    doc, _ = _load(ctx.shop, args["id"])
    key, posted = gid.split(args["lineItemId"])[1], args["discount"]
    row = next((one for one in doc["lines"] if str(one["key"]) == key), None)
    if row is None:
        raise Refused("The line item does not exist.", ["lineItemId"])
    percent = posted.get("percentValue")
    row["discount"] = {
        "type": "ManualDiscountApplication",
        "title": posted.get("description") or "Remise",
        "description": posted.get("description"),
        "allocationMethod": "EACH",
        "value": {"percentage": percent} if percent is not None else {"amount": posted["fixedValue"]["amount"]},
    }
    ctx.shop.put("edits", doc)
    return _payload(doc, row)


@mutation("orderEditCommit")
def _commit(source: Any, ctx: Context, args: Doc) -> Doc:
    doc, order = _load(ctx.shop, args["id"])
    shop = ctx.shop
    order["originalTotalPriceSet"] = orders.totals(order)["originalTotalPriceSet"]
    order["edited"] = True
    removed = []
    for row in doc["lines"]:
        if row.get("variantId"):
            _add(shop, order, row)
            continue
        line = orders.line_of(order, row["lineItemId"])
        now = line["quantity"] - line["removed"]
        if row.get("discount"):
            _take_off(shop, order, line, row["discount"])
        if row["quantity"] > now:
            _raise(shop, order, line, row["quantity"] - now)
        elif row["quantity"] < now:
            how = "CANCEL" if row.get("restock") else "NO_RESTOCK"
            removed.append({"lineItemId": line["id"], "quantity": now - row["quantity"], "restockType": how})
    shop.put("orders", order)
    if removed:
        order, _ = refunding.refund(shop, order["id"], removed, transactions=(), note=args.get("staffNote"))
    shop.remove("edits", doc["id"])
    shop.emit("orders/edited", order)
    return {"order": orders.keep(shop, order), "successMessages": []}


def _add(shop: Shop, order: Doc, row: Doc) -> None:
    """A new line, priced as the order is."""
    cart: Doc = {"lines": [{"variantId": row["variantId"], "quantity": row["quantity"]}],
                 "currency": order["presentmentCurrencyCode"], "shipping": order["shippingAddress"],
                 "taxExempt": order["taxExempt"]}  # fmt: skip
    made = placing.priced_lines(shop, order, cart)
    for line in made:
        if row.get("discount"):
            _take_off(shop, order, line, row["discount"])
    stock.sell(shop, made)
    order["lines"] += made
    for line in made:
        assigning.create(shop, order, line["locationId"], [(line, line["quantity"])], "SHIPPING", shop.now())


def _take_off(shop: Shop, order: Doc, line: Doc, posted: Doc) -> None:
    """A discount on a line: it and its tax get less."""
    both = (shop.currency, order["presentmentCurrencyCode"])
    index = len(order["discountApplications"])
    order["discountApplications"].append(
        {**placing.application(index, posted, both, shop), "targetSelection": "EXPLICIT"}
    )
    before = line["discountedSet"]
    if "percentage" in posted["value"]:
        off = scaled(before, Decimal(str(posted["value"]["percentage"])), 100)
    else:
        off = scaled(refunding.in_bag(order, posted["value"]["amount"]), line["quantity"], 1)
    off = off if amount(off) <= amount(before) else before
    line["discountAllocations"].append({"index": index, "allocatedAmountSet": off})
    line["discountedSet"] = minus(before, off)
    for tax in line["taxLines"]:
        tax["priceSet"] = scaled(tax["priceSet"], amount(line["discountedSet"]), amount(before))


def _raise(shop: Shop, order: Doc, line: Doc, more: int) -> None:
    """More of a line: its amounts grow, discounts stay what they were."""
    before, line["quantity"] = line["quantity"], line["quantity"] + more
    line["discountedSet"] = total([line["discountedSet"], scaled(line["originalUnitPriceSet"], more, 1)],
                                  line["discountedSet"])  # fmt: skip
    for tax in line["taxLines"]:
        tax["priceSet"] = scaled(tax["priceSet"], line["quantity"], before)
    sold = {**line, "quantity": more}
    stock.sell(shop, [sold])
    assigning.create(shop, order, sold["locationId"], [(line, more)], "SHIPPING", shop.now())


@query("orderEditSession")
def _session(source: Any, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("edits", gid.number(args["id"]))


@answers("CalculatedOrder", "lineItems")
def _lines(doc: Doc, ctx: Context, args: Doc) -> Any:
    return [{**row, "editId": doc["id"]} for row in doc["lines"]]


@answers("CalculatedOrder", "addedLineItems")
def _added(doc: Doc, ctx: Context, args: Doc) -> Any:
    return [{**row, "editId": doc["id"]} for row in doc["lines"] if row.get("variantId")]


@answers("CalculatedOrder", "originalOrder")
def _original(doc: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.all("orders")[doc["orderId"]]


@answers("CalculatedLineItem", "id")
def _line_id(row: Doc, ctx: Context, args: Doc) -> str:
    return gid.gid("CalculatedLineItem", row["key"])


@answers("CalculatedLineItem", "title", "sku")
def _line_text(row: Doc, ctx: Context, args: Doc) -> str:
    edit = ctx.shop.all("edits")[row["editId"]]
    if row.get("variantId"):
        return str(ctx.shop.all("variants")[row["variantId"]]["sku"])
    return str(orders.line_of(ctx.shop.all("orders")[edit["orderId"]], row["lineItemId"])["sku"])


@answers("CalculatedLineItem", "variant")
def _line_variant(row: Doc, ctx: Context, args: Doc) -> Any:
    edit = ctx.shop.all("edits")[row["editId"]]
    order = ctx.shop.all("orders")[edit["orderId"]]
    key = row.get("variantId") or orders.line_of(order, row["lineItemId"])["variantId"]
    return ctx.shop.peek("variants", key or 0)
