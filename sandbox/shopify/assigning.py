"""Fulfilment orders: which location sends what of an order."""

from __future__ import annotations

from collections.abc import Iterable

from ..store import Doc
from . import orders
from .shop import Shop

METHODS = {"pickup": "PICK_UP", "pickup_point": "PICKUP_POINT", "local": "LOCAL"}


def assign(shop: Shop, order: Doc, now: str) -> None:
    """Make the fulfilment orders, one for each location and way of delivery; gift cards are sent at once."""
    groups: dict[tuple[int, str], list[Doc]] = {}
    cards = [line for line in order["lines"] if line["isGiftCard"]]
    for line in order["lines"]:
        if not line["isGiftCard"] and not line.get("isTip"):
            groups.setdefault((line["locationId"], _method(order, line)), []).append(line)
    for (location_id, method), lines in groups.items():
        rows = [(line, line["quantity"]) for line in lines]
        create(shop, order, location_id, rows, method, now)
    if cards:
        made = create(shop, order, cards[0]["locationId"], [(line, line["quantity"]) for line in cards], "NONE", now)
        for row in made["lines"]:
            row["remainingQuantity"] = 0
        made["status"] = "CLOSED"
        shop.put("fulfillment_orders", made)
        send = [{"lineItemId": line["id"], "quantity": line["quantity"]} for line in cards]
        order["fulfillments"].append(fulfilment(shop, order, made["id"], cards[0]["locationId"], send, [], now))


def _method(order: Doc, line: Doc) -> str:
    if not line["requiresShipping"]:
        return "NONE"
    category = next((one.get("deliveryCategory") for one in order["shippingLines"]), None)
    return METHODS.get(category or "", "SHIPPING")


def create(shop: Shop, order: Doc, location_id: int, rows: Iterable[tuple[Doc, int]], method: str, now: str) -> Doc:
    """Make a fulfilment order out of lines and quantities."""
    number = shop.next_id("fulfillment_order")
    doc: Doc = {
        "id": number,
        "orderId": order["id"],
        "locationId": location_id,
        "status": "OPEN",
        "requestStatus": "UNSUBMITTED",
        "createdAt": now,
        "updatedAt": now,
        "fulfillAt": now,
        "holds": [],
        "methodType": method,
        "methodId": shop.next_id("delivery_method"),
        "lines": [
            {
                "id": shop.next_id("fulfillment_order_line"),
                "fulfillmentOrderId": number,
                "orderId": order["id"],
                "lineItemId": line["id"],
                "totalQuantity": quantity,
                "remainingQuantity": quantity,
            }
            for line, quantity in rows
        ],
    }
    order["fulfillmentOrderIds"].append(number)
    return shop.put("fulfillment_orders", doc)


def fulfilment(
    shop: Shop, order: Doc, fulfilment_order_id: int, location_id: int, rows: list[Doc], tracking: list[Doc], now: str
) -> Doc:
    """A delivery of an order: ``rows`` are line ids and quantities."""
    number = shop.next_id("fulfillment")
    return {
        "id": number,
        "orderId": order["id"],
        "fulfillmentOrderIds": [fulfilment_order_id],
        "locationId": location_id,
        "name": f"{order['name']}-F{len(order['fulfillments']) + 1}",
        "status": "SUCCESS",
        "createdAt": now,
        "updatedAt": now,
        "trackingInfo": tracking,
        "events": [],
        "lines": [
            {"id": shop.next_id("fulfillment_line"), "orderId": order["id"], "fulfillmentId": number, **row}
            for row in rows
        ],
    }


def settle(shop: Shop, order: Doc, now: str) -> None:
    """Close the fulfilment orders that have nothing left to send."""
    for doc in orders.fulfilment_orders(shop, order):
        if doc["status"] in orders.OPEN and not any(row["remainingQuantity"] for row in doc["lines"]):
            shop.put("fulfillment_orders", {**doc, "status": "CLOSED", "updatedAt": now})
