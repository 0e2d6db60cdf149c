"""Orders as the API shows them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ..store import Doc
from . import gid, orders
from .listing import Listing, count
from .money import amount, currency_of, decimal_text, money_v2, parts, scaled, total
from .resolving import Context, answers, loads, query
from .search import Field

RECENT = timedelta(days=60)


def _line_skus(doc: Doc) -> list[str]:
    return [line["sku"] for line in doc["lines"] if line["sku"]]


def _state_text(name: str) -> Any:
    return lambda doc: orders.state(doc)[name]


def _status(doc: Doc) -> list[str]:
    if doc.get("cancelledAt"):
        return ["cancelled", "any"]
    return ["closed" if doc.get("closedAt") else "open", "any"]


LISTING = Listing(
    "orders",
    {
        "name": Field("text", lambda doc: [doc["name"], doc["name"].lstrip("#")]),
        "email": Field("text", lambda doc: doc["email"]),
        "status": Field("text", _status),
        "financial_status": Field("text", _state_text("displayFinancialStatus")),
        "tag": Field("text", lambda doc: doc["tags"]),
        "sku": Field("text", _line_skus),
        "customer_id": Field("number", lambda doc: doc["customerId"]),
        "processed_at": Field("time", lambda doc: doc["processedAt"]),
        "source_name": Field("text", lambda doc: doc["sourceName"]),
        "test": Field("flag", lambda doc: doc["test"]),
        "po_number": Field("text", lambda doc: doc["poNumber"]),
        "discount_code": Field("text", lambda doc: doc["discountCodes"]),
        "gateway": Field("text", lambda doc: doc["paymentGatewayNames"]),
        "confirmation_number": Field("text", lambda doc: doc["confirmationNumber"]),
        "fulfillment_status": Field("text", lambda doc: _fulfilment_text(doc)),
        "return_status": Field("text", lambda doc: doc.get("returnStatus", "NO_RETURN")),
    },
    {
        "PROCESSED_AT": lambda doc: doc["processedAt"],
        "ORDER_NUMBER": lambda doc: doc["number"],
        "TOTAL_PRICE": lambda doc: float(amount(orders.totals(doc)["totalPriceSet"])),
    },
    lambda doc: f"{doc['name']} {doc['email'] or ''} {doc['note'] or ''} {' '.join(doc['tags'])}",
)


def _fulfilment_text(doc: Doc) -> str:
    sent = orders.fulfilled(doc)
    waiting = sum(orders.unfulfilled(doc, line, sent) for line in doc["lines"])
    return ("partial" if sent else "unfulfilled") if waiting else "fulfilled"


def _visible(ctx: Context) -> tuple[Any, Any]:
    """Without ``read_all_orders`` an app sees the orders of the last 60 days only."""
    if "read_all_orders" in ctx.scopes:
        return None, None
    cutoff = (ctx.shop.clock.now() - RECENT).strftime("%Y-%m-%dT%H:%MZ")
    return (lambda doc: doc["createdAt"] >= cutoff), cutoff


@query("orders")
def _orders(source: Any, ctx: Context, args: Doc) -> Any:
    return LISTING.find(ctx, args, *_visible(ctx))


@query("ordersCount")
def _orders_count(source: Any, ctx: Context, args: Doc) -> Doc:
    return count(LISTING.find(ctx, args, *_visible(ctx)), args.get("limit"))


@query("order")
def _order(source: Any, ctx: Context, args: Doc) -> Doc | None:
    found = ctx.shop.peek("orders", gid.number(args["id"], "Order"))
    only = _visible(ctx)[0]
    return found if found is not None and (only is None or only(found)) else None


@loads("Order")
def _load_order(shop: Any, number: int) -> Doc | None:
    found: Doc | None = shop.peek("orders", number)
    return found


@query("orderByIdentifier")
def _order_by(source: Any, ctx: Context, args: Doc) -> Doc | None:
    found = args["identifier"].get("id")
    return ctx.shop.peek("orders", gid.number(found, "Order")) if found else None


def of(ctx: Context, doc: Doc) -> Doc:
    """The order that a line, refund or fulfilment belongs to."""
    return ctx.shop.all("orders")[doc["orderId"]]


def _state(doc: Doc, ctx: Context) -> Doc:
    found: Doc = ctx.keep(("state", doc["id"], doc["updatedAt"]), lambda: orders.state(doc))
    return found


def _computed(name: str) -> None:
    answers("Order", name)(lambda doc, ctx, args: _state(doc, ctx).get(name))


for _name in (
    "subtotalPriceSet", "totalShippingPriceSet", "totalTaxSet", "totalDiscountsSet", "cartDiscountAmountSet",
    "totalPriceSet", "originalTotalPriceSet", "totalTipReceivedSet", "originalTotalDutiesSet", "currentTotalDutiesSet",
    "currentSubtotalPriceSet", "currentShippingPriceSet", "currentTotalTaxSet", "currentTotalDiscountsSet",
    "currentCartDiscountAmountSet", "currentTotalPriceSet", "totalRefundedShippingSet", "totalReceivedSet",
    "totalRefundedSet", "netPaymentSet", "totalOutstandingSet", "totalCapturableSet", "capturable",
    "displayFinancialStatus", "fullyPaid", "unpaid", "canMarkAsPaid", "refundable",
):  # fmt: skip
    _computed(_name)


@answers("Order", "refundDiscrepancySet", "currentTotalAdditionalFeesSet")
def _no_amount(doc: Doc, ctx: Context, args: Doc) -> str:
    return orders.nothing(doc)


@answers("Order", "lineItems")
def _lines(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc["lines"]


@answers("Order", "nonFulfillableLineItems")
def _other_lines(doc: Doc, ctx: Context, args: Doc) -> Any:
    return [line for line in doc["lines"] if not orders.unfulfilled(doc, line)]


@answers("Order", "taxLines")
def _taxes(doc: Doc, ctx: Context, args: Doc) -> Any:
    return tax_sums(doc)


@answers("Order", "currentTaxLines")
def _taxes_now(doc: Doc, ctx: Context, args: Doc) -> Any:
    whole, now = _state(doc, ctx)["totalTaxSet"], _state(doc, ctx)["currentTotalTaxSet"]
    share = (amount(now), amount(whole)) if amount(whole) else (1, 1)
    return [{**tax, "priceSet": scaled(tax["priceSet"], *share)} for tax in tax_sums(doc)]


def tax_sums(doc: Doc) -> list[Doc]:
    """The taxes of an order, summed by title and rate."""
    found: dict[tuple[str, float], Doc] = {}
    for line in [*doc["lines"], *doc["shippingLines"]]:
        for tax in line["taxLines"]:
            known = found.get((tax["title"], tax["rate"]))
            summed = total([known["priceSet"], tax["priceSet"]], tax["priceSet"]) if known else tax["priceSet"]
            found[tax["title"], tax["rate"]] = {**tax, "priceSet": summed}
    return list(found.values())


@answers("Order", "shippingLine")
def _shipping_line(doc: Doc, ctx: Context, args: Doc) -> Any:
    return with_order(doc, doc["shippingLines"])[0] if doc["shippingLines"] else None


@answers("Order", "shippingLines")
def _shipping_lines(doc: Doc, ctx: Context, args: Doc) -> Any:
    return with_order(doc, doc["shippingLines"])


def with_order(doc: Doc, rows: list[Doc]) -> list[Doc]:
    """Parts of an order that know it."""
    return [{**row, "orderId": doc["id"]} for row in rows]


@answers("Order", "customer")
def _customer(doc: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("customers", doc["customerId"] or 0)


@answers("Order", "purchasingEntity")
def _purchaser(doc: Doc, ctx: Context, args: Doc) -> Any:
    if doc.get("companyLocationId"):
        return {"__typename": "PurchasingCompany", "locationId": doc["companyLocationId"],
                "contactId": doc["companyContactId"]}  # fmt: skip
    customer = ctx.shop.peek("customers", doc["customerId"] or 0)
    return {**customer, "__typename": "Customer"} if customer else None


@answers("Order", "transactions")
def _transactions(doc: Doc, ctx: Context, args: Doc) -> Any:
    rows = with_order(doc, doc["transactions"])
    return rows[: args["first"]] if args.get("first") else rows


@answers("Order", "refunds")
def _refunds(doc: Doc, ctx: Context, args: Doc) -> Any:
    rows = with_order(doc, doc["refunds"])
    return rows[: args["first"]] if args.get("first") else rows


@answers("Order", "fulfillments")
def _fulfillments(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc["fulfillments"][: args["first"]] if args.get("first") else doc["fulfillments"]


@answers("Order", "fulfillmentOrders")
def _fulfillment_orders(doc: Doc, ctx: Context, args: Doc) -> Any:
    return orders.fulfilment_orders(ctx.shop, doc)


@answers("Order", "returns")
def _returns(doc: Doc, ctx: Context, args: Doc) -> Any:
    return [ctx.shop.all("returns")[key] for key in doc["returnIds"]]


@answers("Order", "displayFulfillmentStatus")
def _fulfilment(doc: Doc, ctx: Context, args: Doc) -> str:
    return orders.fulfilment_status(ctx.shop, doc)


@answers("Order", "returnStatus")
def _return_status(doc: Doc, ctx: Context, args: Doc) -> str:
    found = {ctx.shop.all("returns")[key]["status"] for key in doc["returnIds"]}
    for status, shown in (("OPEN", "IN_PROGRESS"), ("REQUESTED", "RETURN_REQUESTED"), ("CLOSED", "RETURNED")):
        if status in found:
            return shown
    return "NO_RETURN"


@answers("Order", "closed")
def _closed(doc: Doc, ctx: Context, args: Doc) -> bool:
    return bool(doc.get("closedAt"))


@answers("Order", "requiresShipping")
def _ships(doc: Doc, ctx: Context, args: Doc) -> bool:
    return any(line["requiresShipping"] for line in doc["lines"])


@answers("Order", "fulfillable")
def _fulfillable(doc: Doc, ctx: Context, args: Doc) -> bool:
    return any(orders.unfulfilled(doc, line) for line in doc["lines"])


@answers("Order", "restockable", "merchantEditable")
def _restockable(doc: Doc, ctx: Context, args: Doc) -> bool:
    return not doc.get("cancelledAt")


@answers("Order", "subtotalLineItemsQuantity")
def _quantity(doc: Doc, ctx: Context, args: Doc) -> int:
    return sum(line["quantity"] for line in doc["lines"])


@answers("Order", "currentSubtotalLineItemsQuantity")
def _quantity_now(doc: Doc, ctx: Context, args: Doc) -> int:
    return sum(line["quantity"] - line["removed"] for line in doc["lines"])


@answers("Order", "displayAddress")
def _display_address(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc["shippingAddress"] or doc["billingAddress"]


@answers("Order", "billingAddressMatchesShippingAddress")
def _same_address(doc: Doc, ctx: Context, args: Doc) -> bool:
    return bool(doc["billingAddress"] == doc["shippingAddress"])


@answers("Order", "discountCode")
def _code(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc["discountCodes"][0] if doc["discountCodes"] else None


@answers("Order", "transactionsCount", "fulfillmentsCount")
def _counts(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return {"count": len(doc["transactions"]), "precision": "EXACT"}


@answers("Order", "statusPageUrl")
def _status_page(doc: Doc, ctx: Context, args: Doc) -> str:
    return f"{ctx.shop.url}/shop/orders/{doc['id']}"


@answers("Order", "app")
def _app(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return {"id": gid.gid("App", 580111), "name": "Online Store"}


@answers("Order", "merchantBusinessEntity")
def _entity(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return {"id": 1, "displayName": ctx.shop.settings["name"], "primary": True}


@answers("Order", "risk")
def _risk(doc: Doc, ctx: Context, args: Doc) -> Doc:
    advice = {"HIGH": "CANCEL", "MEDIUM": "INVESTIGATE"}.get(doc["risk"], "ACCEPT")
    return {"recommendation": advice, "assessments": [{"riskLevel": doc["risk"], "facts": []}]}


@answers("Order", "cancellation")
def _cancellation(doc: Doc, ctx: Context, args: Doc) -> Any:
    return {"staffNote": doc.get("staffNote")} if doc.get("cancelledAt") else None


@answers("MoneyBag", "shopMoney")
def _shop_money(bag: str, ctx: Context, args: Doc) -> Doc:
    return money_v2(parts(bag)[0])


@answers("MoneyBag", "presentmentMoney")
def _presentment_money(bag: str, ctx: Context, args: Doc) -> Doc:
    return money_v2(parts(bag)[1])


@answers("MoneyV2", "amount")
def _amount(value: Doc, ctx: Context, args: Doc) -> str:
    return decimal_text(amount(value["money"])) if "money" in value else str(value.get("amount", "0.0"))


@answers("MoneyV2", "currencyCode")
def _currency(value: Doc, ctx: Context, args: Doc) -> str:
    return currency_of(value["money"]) if "money" in value else str(value.get("currencyCode", ctx.shop.currency))
