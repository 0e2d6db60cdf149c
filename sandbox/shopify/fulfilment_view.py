"""Fulfilment orders and fulfilments as the API shows them."""

from __future__ import annotations

from typing import Any

from ..store import Doc
from . import gid, orders
from .listing import Listing
from .money import scaled
from .order_view import of
from .resolving import Context, answers, loads, plain, query
from .search import Field

plain("FulfillmentOrder", "fulfillment_orders")
LISTING = Listing(
    "fulfillment_orders",
    {
        "status": Field("text", lambda doc: doc["status"]),
        "assigned_location_id": Field("number", lambda doc: doc["locationId"]),
        "order_id": Field("number", lambda doc: doc["orderId"]),
    },
)
HOLD_REASONS = {"OTHER": "Other", "AWAITING_PAYMENT": "Awaiting payment", "INCORRECT_ADDRESS": "Incorrect address"}


@query("fulfillmentOrders", "assignedFulfillmentOrders")
def _fulfillment_orders(source: Any, ctx: Context, args: Doc) -> Any:
    only = None if args.get("includeClosed") else lambda doc: doc["status"] in orders.OPEN
    return LISTING.find(ctx, args, only, bool(only))


@query("fulfillmentOrder")
def _fulfillment_order(source: Any, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("fulfillment_orders", gid.number(args["id"], "FulfillmentOrder"))


@loads("Fulfillment")
def _load(shop: Any, number: int) -> Doc | None:
    return find(shop, number)


@query("fulfillment")
def _fulfillment(source: Any, ctx: Context, args: Doc) -> Any:
    return find(ctx.shop, gid.number(args["id"], "Fulfillment"))


def find(shop: Any, number: int) -> Doc | None:
    """A fulfilment by its number, to read only."""
    return next(
        (one for doc in shop.all("orders").values() for one in doc["fulfillments"] if one["id"] == number), None
    )


@answers("FulfillmentOrder", "lineItems")
def _lines(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc["lines"]


@answers("FulfillmentOrder", "orderId")
def _order_id(doc: Doc, ctx: Context, args: Doc) -> str:
    return gid.gid("Order", doc["orderId"])


@answers("FulfillmentOrder", "orderName")
def _order_name(doc: Doc, ctx: Context, args: Doc) -> str:
    return str(of(ctx, doc)["name"])


@answers("FulfillmentOrder", "orderProcessedAt")
def _order_at(doc: Doc, ctx: Context, args: Doc) -> str:
    return str(of(ctx, doc)["processedAt"])


@answers("FulfillmentOrder", "fulfillmentHolds")
def _holds(doc: Doc, ctx: Context, args: Doc) -> Any:
    return [
        {**hold, "displayReason": HOLD_REASONS.get(hold["reason"], hold["reason"].replace("_", " ").capitalize())}
        for hold in doc["holds"]
    ]


@answers("FulfillmentOrder", "fulfillments")
def _fulfillments(doc: Doc, ctx: Context, args: Doc) -> Any:
    return [one for one in of(ctx, doc)["fulfillments"] if doc["id"] in one["fulfillmentOrderIds"]]


@answers("FulfillmentOrder", "assignedLocation")
def _assigned(doc: Doc, ctx: Context, args: Doc) -> Doc:
    location = ctx.shop.all("locations")[doc["locationId"]]
    return {**location["address"], "name": location["name"], "countryCode": location["address"]["countryCode"],
            "location": location}  # fmt: skip


@answers("FulfillmentOrder", "destination")
def _destination(doc: Doc, ctx: Context, args: Doc) -> Any:
    order = of(ctx, doc)
    address = order["shippingAddress"]
    if not address:
        return None
    return {**address, "id": doc["id"], "countryCode": address["countryCodeV2"], "email": order["email"]}


@answers("FulfillmentOrder", "deliveryMethod")
def _method(doc: Doc, ctx: Context, args: Doc) -> Doc:
    shipping: Doc = next(iter(of(ctx, doc)["shippingLines"]), {})
    return {
        "id": doc["methodId"],
        "methodType": doc["methodType"],
        "presentedName": shipping.get("title"),
        "serviceCode": shipping.get("code"),
    }


ACTIONS = {
    "OPEN": ("CREATE_FULFILLMENT", "MOVE", "HOLD", "SPLIT", "MERGE"),
    "IN_PROGRESS": ("CREATE_FULFILLMENT", "MOVE", "HOLD", "SPLIT"),
    "SCHEDULED": ("MARK_AS_OPEN",),
    "ON_HOLD": ("RELEASE_HOLD", "MOVE", "HOLD"),
}


@answers("FulfillmentOrder", "supportedActions")
def _actions(doc: Doc, ctx: Context, args: Doc) -> list[Doc]:
    return [{"action": name} for name in ACTIONS.get(doc["status"], ())]


@answers("FulfillmentOrder", "locationsForMove")
def _for_move(doc: Doc, ctx: Context, args: Doc) -> list[Doc]:
    return [
        {"location": location, "movable": location["id"] != doc["locationId"]}
        for location in ctx.shop.all("locations").values()
        if location["isActive"]
    ]


def _line(row: Doc, ctx: Context) -> Doc:
    return orders.line_of(of(ctx, row), row["lineItemId"])


def _of_line(name: str, key: str) -> None:
    answers("FulfillmentOrderLineItem", name)(lambda row, ctx, args: _line(row, ctx)[key])


for _name, _key in (("productTitle", "title"), ("sku", "sku"), ("variantTitle", "variantTitle"), ("vendor", "vendor"),
                    ("requiresShipping", "requiresShipping")):  # fmt: skip
    _of_line(_name, _key)


@answers("FulfillmentOrderLineItem", "variant")
def _variant(row: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("variants", _line(row, ctx)["variantId"] or 0)


@answers("FulfillmentOrderLineItem", "inventoryItemId")
def _item_id(row: Doc, ctx: Context, args: Doc) -> Any:
    variant = _variant(row, ctx, args)
    return gid.gid("InventoryItem", variant["itemId"]) if variant else None


@answers("Fulfillment", "fulfillmentLineItems")
def _sent(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc["lines"]


@answers("Fulfillment", "fulfillmentOrders")
def _their_orders(doc: Doc, ctx: Context, args: Doc) -> Any:
    return [ctx.shop.all("fulfillment_orders")[key] for key in doc["fulfillmentOrderIds"]]


@answers("Fulfillment", "totalQuantity")
def _quantity(doc: Doc, ctx: Context, args: Doc) -> int:
    return sum(row["quantity"] for row in doc["lines"])


@answers("Fulfillment", "requiresShipping")
def _ships(doc: Doc, ctx: Context, args: Doc) -> bool:
    return True


@answers("Fulfillment", "displayStatus")
def _shown(doc: Doc, ctx: Context, args: Doc) -> str:
    if doc["status"] == "CANCELLED":
        return "CANCELED"
    return str(doc["events"][-1]["status"]) if doc["events"] else "FULFILLED"


@answers("Fulfillment", "trackingInfo")
def _tracking(doc: Doc, ctx: Context, args: Doc) -> Any:
    return doc["trackingInfo"][: args["first"]] if args.get("first") else doc["trackingInfo"]


@answers("FulfillmentLineItem", "discountedTotalSet", "originalTotalSet")
def _sent_total(row: Doc, ctx: Context, args: Doc) -> str:
    line = _line(row, ctx)
    return scaled(line["discountedSet"], row["quantity"], line["quantity"])
