"""The lines, shipping, transactions and refunds of orders as the API shows them."""

from __future__ import annotations

from typing import Any

from ..store import Doc
from . import gid, orders
from .money import scaled, total
from .order_view import of, with_order
from .resolving import Context, answers, loads, query


@loads("LineItem")
def _load_line(shop: Any, number: int) -> Doc | None:
    return next((line for doc in shop.all("orders").values() for line in doc["lines"] if line["id"] == number), None)


@answers("LineItem", "product")
def _line_product(line: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("products", line["productId"] or 0)


@answers("LineItem", "variant")
def _line_variant(line: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("variants", line["variantId"] or 0)


@answers("LineItem", "currentQuantity")
def _line_now(line: Doc, ctx: Context, args: Doc) -> int:
    return int(line["quantity"] - line["removed"])


@answers("LineItem", "unfulfilledQuantity")
def _line_waiting(line: Doc, ctx: Context, args: Doc) -> int:
    return orders.unfulfilled(of(ctx, line), line)


@answers("LineItem", "nonFulfillableQuantity")
def _line_not_waiting(line: Doc, ctx: Context, args: Doc) -> int:
    return int(line["quantity"]) - orders.unfulfilled(of(ctx, line), line)


@answers("LineItem", "refundableQuantity")
def _line_refundable(line: Doc, ctx: Context, args: Doc) -> int:
    return int(line["quantity"]) - orders.refunded_quantity(of(ctx, line), line["id"])


@answers("LineItem", "restockable")
def _line_restockable(line: Doc, ctx: Context, args: Doc) -> bool:
    return bool(line["requiresShipping"])


@answers("LineItem", "originalTotalSet")
def _line_original(line: Doc, ctx: Context, args: Doc) -> str:
    return scaled(line["originalUnitPriceSet"], line["quantity"], 1)


def _allocated(line: Doc, applications: list[Doc], codes: bool) -> list[str]:
    return [
        part["allocatedAmountSet"]
        for part in line["discountAllocations"]
        if codes or applications[part["index"]]["__typename"] != "DiscountCodeApplication"
    ]


@answers("LineItem", "discountedTotalSet")
def _line_discounted(line: Doc, ctx: Context, args: Doc) -> str:
    """Order-wide discounts by code are left out, unless they are asked for."""
    if args.get("withCodeDiscounts"):
        return str(line["discountedSet"])
    back = _allocated(line, of(ctx, line)["discountApplications"], False)
    original = _line_original(line, ctx, args)
    return total([original, *(orders.negative(part) for part in back)], original)


@answers("LineItem", "discountedUnitPriceSet")
def _line_unit_discounted(line: Doc, ctx: Context, args: Doc) -> str:
    return scaled(_line_discounted(line, ctx, {}), 1, line["quantity"])


@answers("LineItem", "discountedUnitPriceAfterAllDiscountsSet")
def _line_unit(line: Doc, ctx: Context, args: Doc) -> str:
    return scaled(line["discountedSet"], 1, line["quantity"])


@answers("LineItem", "priceAfterAllDiscountsBeforeTaxesSet")
def _line_net(line: Doc, ctx: Context, args: Doc) -> str:
    taxes = [tax["priceSet"] for tax in line["taxLines"]] if of(ctx, line)["taxesIncluded"] else []
    return total([line["discountedSet"], *(orders.negative(tax) for tax in taxes)], line["discountedSet"])


@answers("LineItem", "totalDiscountSet")
def _line_discount(line: Doc, ctx: Context, args: Doc) -> str:
    return total([part["allocatedAmountSet"] for part in line["discountAllocations"]], line["discountedSet"])


@answers("LineItem", "unfulfilledDiscountedTotalSet", "unfulfilledOriginalTotalSet")
def _line_waiting_total(line: Doc, ctx: Context, args: Doc) -> str:
    return scaled(line["discountedSet"], _line_waiting(line, ctx, args), line["quantity"])


@answers("LineItem", "taxLines")
def _line_taxes(line: Doc, ctx: Context, args: Doc) -> Any:
    return line["taxLines"][: args["first"]] if args.get("first") else line["taxLines"]


@answers("LineItem", "weight")
def _line_weight(line: Doc, ctx: Context, args: Doc) -> Any:
    variant = ctx.shop.peek("variants", line["variantId"] or 0)
    return (ctx.shop.all("items")[variant["itemId"]].get("weight")) if variant else None


@answers("LineItem", "discountAllocations")
@answers("ShippingLine", "discountAllocations")
def _allocations(line: Doc, ctx: Context, args: Doc) -> list[Doc]:
    applications = of(ctx, line)["discountApplications"]
    return [{**part, "discountApplication": applications[part["index"]]} for part in line["discountAllocations"]]


@answers("ShippingLine", "discountedPriceSet")
def _ship_discounted(line: Doc, ctx: Context, args: Doc) -> str:
    return str(line["discountedSet"])


@answers("ShippingLine", "currentDiscountedPriceSet")
def _ship_now(line: Doc, ctx: Context, args: Doc) -> str:
    back = [row["subtotalAmountSet"] for one in of(ctx, line)["refunds"] for row in one["shipping"]]
    return total([line["discountedSet"], *(orders.negative(part) for part in back)], line["discountedSet"])


# Transactions and refunds


@answers("OrderTransaction", "order")
@answers("Refund", "order")
@answers("Fulfillment", "order")
@answers("FulfillmentOrder", "order")
def _their_order(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return of(ctx, doc)


@answers("OrderTransaction", "parentTransaction")
def _parent(doc: Doc, ctx: Context, args: Doc) -> Any:
    return next((one for one in of(ctx, doc)["transactions"] if one["id"] == doc["parentId"]), None)


@answers("OrderTransaction", "totalUnsettledSet")
def _unsettled(doc: Doc, ctx: Context, args: Doc) -> str:
    return scaled(doc["amountSet"], 0 if doc["status"] == "SUCCESS" and doc["kind"] != "AUTHORIZATION" else 1, 1)


@answers("OrderTransaction", "receiptJson")
def _receipt(doc: Doc, ctx: Context, args: Doc) -> str:
    return "{}"


@loads("OrderTransaction")
def _load_transaction(shop: Any, number: int) -> Doc | None:
    """Asked for by the hundred: found at once, and not by going through all orders each time."""
    order = shop.ready("orders", "transactions", lambda: _by_transaction(shop)).get(number)
    if order is None:
        return None
    found = next(one for one in order["transactions"] if one["id"] == number)
    return {**found, "orderId": order["id"]}


def _by_transaction(shop: Any) -> dict[int, Doc]:
    return {one["id"]: doc for doc in shop.all("orders").values() for one in doc["transactions"]}


@loads("Refund")
def _load_refund(shop: Any, number: int) -> Doc | None:
    return _within(shop, "refunds", number)


@query("refund")
def _refund(source: Any, ctx: Context, args: Doc) -> Doc | None:
    return _within(ctx.shop, "refunds", gid.number(args["id"], "Refund"))


def _within(shop: Any, name: str, number: int) -> Doc | None:
    return next(
        (
            {**one, "orderId": doc["id"]}
            for doc in shop.all("orders").values()
            for one in doc[name]
            if one["id"] == number
        ),
        None,
    )


@answers("Refund", "refundLineItems")
def _refund_lines(doc: Doc, ctx: Context, args: Doc) -> Any:
    return with_order(of(ctx, doc), doc["lines"])


@answers("RefundLineItem", "lineItem")
@answers("FulfillmentLineItem", "lineItem")
@answers("FulfillmentOrderLineItem", "lineItem")
def _line_item(row: Doc, ctx: Context, args: Doc) -> Doc:
    return orders.line_of(of(ctx, row), row["lineItemId"])


@answers("RefundLineItem", "location")
@answers("Fulfillment", "location")
def _location(row: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("locations", row.get("locationId") or 0)


@answers("RefundLineItem", "priceSet")
def _refund_price(row: Doc, ctx: Context, args: Doc) -> str:
    return scaled(row["subtotalSet"], 1, row["quantity"])


@answers("Refund", "refundShippingLines")
def _refund_shipping(doc: Doc, ctx: Context, args: Doc) -> Any:
    lines = {line["id"]: line for line in with_order(of(ctx, doc), of(ctx, doc)["shippingLines"])}
    return [{**row, "shippingLine": lines[row["shippingLineId"]]} for row in doc["shipping"]]


@answers("Refund", "orderAdjustments")
def _adjustments(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc.get("adjustments") or []


@answers("Refund", "transactions")
def _refund_transactions(doc: Doc, ctx: Context, args: Doc) -> Any:
    order = of(ctx, doc)
    return [one for one in with_order(order, order["transactions"]) if one["id"] in doc["transactionIds"]]


@answers("Refund", "totalRefundedSet")
def _refunded(doc: Doc, ctx: Context, args: Doc) -> str:
    order = of(ctx, doc)
    found = [one for one in order["transactions"] if one["id"] in doc["transactionIds"] and one["status"] == "SUCCESS"]
    return total([one["amountSet"] for one in found], orders.nothing(order))


@answers("Refund", "processedAt", "updatedAt")
def _refund_at(doc: Doc, ctx: Context, args: Doc) -> str:
    return str(doc["createdAt"])


@answers("Refund", "return")
def _refund_return(doc: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("returns", doc.get("returnId") or 0)
