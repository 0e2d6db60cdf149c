"""Holds on fulfilment orders."""

from __future__ import annotations

from ..store import Doc
from . import orders
from .resolving import Refused
from .shop import Shop


def load(shop: Shop, key: int) -> Doc:
    """A fulfilment order to change.

    :raise Refused: when there is none.
    """
    doc = shop.load("fulfillment_orders", key)
    if doc is None:
        raise Refused("Fulfillment order does not exist.", ["id"], "FULFILLMENT_ORDER_NOT_FOUND")
    return doc


def hold(shop: Shop, key: int, reason: str, notes: str | None = None, handle: str | None = None) -> Doc:
    """Put a fulfilment order on hold."""
    doc = load(shop, key)
    if doc["status"] not in ("OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED"):
        raise Refused("The fulfillment order is not in an open state.", ["id"], "INVALID_STATE")
    if any(one["handle"] == handle for one in doc["holds"]):
        raise Refused(
            "The handle is already in use.", ["fulfillmentHold", "handle"], "DUPLICATE_FULFILLMENT_HOLD_HANDLE"
        )
    made = {"id": shop.next_id("hold"), "reason": reason, "reasonNotes": notes, "handle": handle,
            "heldByRequestingApp": True}  # fmt: skip
    doc["holds"].append(made)
    doc["status"] = "ON_HOLD"
    _keep(shop, doc, "fulfillment_orders/placed_on_hold")
    return made


def release(shop: Shop, key: int, holds: list[int] | None = None) -> Doc:
    """Release a fulfilment order, from all holds or some."""
    doc = load(shop, key)
    if doc["status"] != "ON_HOLD":
        raise Refused("The fulfillment order is not on hold.", ["id"], "INVALID_STATE")
    doc["holds"] = [one for one in doc["holds"] if holds is not None and one["id"] not in holds]
    if not doc["holds"]:
        doc["status"] = "OPEN"
    return _keep(shop, doc, "fulfillment_orders/hold_released")


def _keep(shop: Shop, doc: Doc, topic: str) -> Doc:
    doc["updatedAt"] = shop.now()
    shop.put("fulfillment_orders", doc)
    shop.emit(topic, doc)
    order = shop.load("orders", doc["orderId"])
    if order is not None:
        orders.keep(shop, order)
    return doc
