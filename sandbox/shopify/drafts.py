"""Draft orders: what a merchant prepares, priced as an order would be, and its completion."""

from __future__ import annotations

from typing import Any

from ..store import Doc
from . import gid, orders, placing
from .listing import Listing
from .money import scaled
from .order_changes import address
from .resolving import Context, Refused, answers, mutation, plain, query
from .search import Field
from .shop import Shop

plain("DraftOrder", "draft_orders")
LISTING = Listing("draft_orders", {"status": Field("text", lambda doc: doc["status"])})


@mutation("draftOrderCreate")
def _create(source: Any, ctx: Context, args: Doc) -> Doc:
    values, shop = args["input"], ctx.shop
    now, number = shop.now(), shop.next_id("draft")
    if not values.get("lineItems"):
        raise Refused("Add at least 1 product", ["lineItems"])
    doc: Doc = {
        "id": number,
        "name": f"#D{number % 10_000}",
        "status": "OPEN",
        "createdAt": now,
        "updatedAt": now,
        "email": values.get("email"),
        "note2": values.get("note"),
        "tags": sorted(values.get("tags") or []),
        "poNumber": values.get("poNumber"),
        "customAttributes": values.get("customAttributes") or [],
        "currencyCode": shop.currency,
        "presentmentCurrencyCode": shop.currency,
        "taxesIncluded": shop.settings["taxes_included"],
        "taxExempt": bool(values.get("taxExempt")),
        "ready": True,
        "later": bool(values.get("paymentTerms")),
        "cart": _cart(shop, values),
    }
    shop.emit("draft_orders/create", {**doc, "payload": {"id": number, "name": doc["name"], "status": "open"}})
    return {"draftOrder": shop.put("draft_orders", doc)}


def _cart(shop: Shop, values: Doc) -> Doc:
    """The cart that the draft stands for."""
    customer = gid.number((values.get("purchasingEntity") or {}).get("customerId") or values.get("customerId"))
    ships = values.get("shippingLine")
    return {
        "lines": [_line(row) for row in values["lineItems"]],
        "customerId": customer or None,
        "email": values.get("email"),
        "billing": address(values["billingAddress"]) if values.get("billingAddress") else None,
        "shipping": address(values["shippingAddress"]) if values.get("shippingAddress") else None,
        "shippingLine": {"title": ships["title"], "price": _price(ships)} if ships else None,
        "discounts": [_discount(values["appliedDiscount"])] if values.get("appliedDiscount") else [],
        "taxExempt": bool(values.get("taxExempt")),
        "note": values.get("note"),
        "tags": values.get("tags") or [],
        "poNumber": values.get("poNumber"),
        "customAttributes": values.get("customAttributes") or [],
        "source": "shopify_draft_order",
        "oversell": True,
    }


def _price(row: Doc) -> Any:
    return (row.get("priceWithCurrency") or {}).get("amount") or row.get("price") or 0


def _line(row: Doc) -> Doc:
    found: Doc = {"quantity": row["quantity"], "customAttributes": row.get("customAttributes") or []}
    if row.get("variantId"):
        found["variantId"] = gid.number(row["variantId"], "ProductVariant")
        price = (row.get("priceOverride") or {}).get("amount")
        return {**found, **({"price": price} if price else {})}
    price = (row.get("originalUnitPriceWithCurrency") or {}).get("amount") or row.get("originalUnitPrice") or 0
    return {**found, "title": row.get("title"), "price": price, "sku": row.get("sku"),
            "taxable": row.get("taxable", True), "requiresShipping": row.get("requiresShipping", True)}  # fmt: skip


def _discount(row: Doc) -> Doc:
    kind = "percentage" if row["valueType"] == "PERCENTAGE" else "amount"
    return {"type": "ManualDiscountApplication", "title": row.get("title") or "Remise", "value": {kind: row["value"]}}


@mutation("draftOrderComplete")
def _complete(source: Any, ctx: Context, args: Doc) -> Doc:
    doc = ctx.shop.load("draft_orders", gid.number(args["id"], "DraftOrder"))
    if doc is None:
        raise Refused("Draft order not found", ["id"])
    if doc["status"] == "COMPLETED":
        raise Refused("This order has been paid", ["id"])
    how = "pending" if doc["later"] else "paid"
    order = placing.place(ctx.shop, {**doc["cart"], "payment": how, "gateway": "manual"})
    doc |= {"status": "COMPLETED", "completedAt": ctx.shop.now(), "updatedAt": ctx.shop.now(), "orderId": order["id"]}
    return {"draftOrder": ctx.shop.put("draft_orders", doc)}


@query("draftOrders")
def _drafts(source: Any, ctx: Context, args: Doc) -> Any:
    return LISTING.find(ctx, args)


@query("draftOrder")
def _draft(source: Any, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("draft_orders", gid.number(args["id"], "DraftOrder"))


def _priced(doc: Doc, ctx: Context) -> Doc:
    found: Doc = ctx.keep(("draft", doc["id"]), lambda: placing.priced(ctx.shop, doc, doc["cart"]))
    return found


def _total(name: str, shown: str) -> None:
    answers("DraftOrder", shown)(lambda doc, ctx, args: orders.totals(_priced(doc, ctx))[name])


for _name, _shown in (("subtotalPriceSet", "subtotalPriceSet"), ("totalPriceSet", "totalPriceSet"),
                      ("totalTaxSet", "totalTaxSet"), ("totalShippingPriceSet", "totalShippingPriceSet"),
                      ("totalDiscountsSet", "totalDiscountsSet")):  # fmt: skip
    _total(_name, _shown)


@answers("DraftOrder", "lineItems")
def _lines(doc: Doc, ctx: Context, args: Doc) -> Any:
    return _priced(doc, ctx)["lines"]


@answers("DraftOrder", "customer")
def _customer(doc: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("customers", doc["cart"]["customerId"] or 0)


@answers("DraftOrder", "order")
def _order(doc: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("orders", doc.get("orderId") or 0)


@answers("DraftOrder", "shippingAddress")
def _shipping_address(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc["cart"]["shipping"]


@answers("DraftOrder", "billingAddress")
def _billing_address(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc["cart"]["billing"]


@answers("DraftOrder", "totalQuantityOfLineItems")
def _quantity(doc: Doc, ctx: Context, args: Doc) -> int:
    return sum(int(row["quantity"]) for row in doc["cart"]["lines"])


@answers("DraftOrderLineItem", "originalTotalSet")
def _original(line: Doc, ctx: Context, args: Doc) -> str:
    return scaled(line["originalUnitPriceSet"], line["quantity"], 1)


@answers("DraftOrderLineItem", "discountedTotalSet")
def _discounted(line: Doc, ctx: Context, args: Doc) -> str:
    return str(line["discountedSet"])


@answers("DraftOrderLineItem", "custom")
def _custom(line: Doc, ctx: Context, args: Doc) -> bool:
    return not line["variantId"]


@answers("DraftOrderLineItem", "variant")
def _variant(line: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("variants", line["variantId"] or 0)


@answers("DraftOrderLineItem", "product")
def _product(line: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("products", line["productId"] or 0)
