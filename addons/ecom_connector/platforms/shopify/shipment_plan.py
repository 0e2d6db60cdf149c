"""What of a shipment is to be told to Shopify: which of its fulfilment orders it takes from, and what is there already.

Pure. Shopify splits an order by the place that ships it (fulfilment orders), and moves parts between places; so what a
shipment takes is looked for anew each time. Fulfilments have no key of a caller's: which of them are ours is kept in
a metafield of the order. One that is in nobody's name, with the same goods or the same tracking number, is adopted:
the answer to its creation was lost, or someone at the shop was faster.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP
from typing import Any

from ..documents import ShipmentDocument
from ..values import text
from .answers import Raw
from .client import nodes
from .ids import plain
from .operations import MOST_ITEMS

NAMESPACE = "$app:ecom"
SHIPMENTS_KEY, LOTS_KEY = "shipments", "lots"

_DEAD = frozenset({"CANCELLED", "ERROR", "FAILURE"})


@dataclass
class OrderView:
    """An order's goods as Shopify has them, and what is told of them while a batch of shipments is planned."""

    raw: Raw
    fulfillments: dict[str, Raw] = field(init=False)  # by their id
    told: dict[str, list[str]] = field(init=False)  # ids of fulfilments by the key of our shipment
    lots: list[Any] = field(init=False)
    left: dict[str, int] = field(init=False)  # pieces by id of the fulfilment order's line
    split: set[str] = field(init=False)

    def __post_init__(self) -> None:
        listed = self.raw.get("fulfillments")
        rows = [row for row in (listed if isinstance(listed, list) else ()) if isinstance(row, dict)]
        self.fulfillments = {text(row.get("id")): row for row in rows if text(row.get("status")) not in _DEAD}
        told = _json(self.raw.get("shipments"))
        self.told = (
            {key: [str(one) for one in ids] for key, ids in told.items() if isinstance(ids, list)}
            if isinstance(told, dict)
            else {}
        )
        lots = _json(self.raw.get("lots"))
        self.lots = lots if isinstance(lots, list) else []
        self.split = set()  # fulfilment orders that a shipment planned before takes a part of
        self.left = {
            text(line.get("id")): int(line.get("remainingQuantity") or 0)
            for order in nodes(self.raw.get("fulfillmentOrders"))
            for line in nodes(order.get("lineItems"))
        }

    @property
    def cancelled(self) -> bool:
        return bool(self.raw.get("cancelledAt"))

    def known(self, key: str) -> list[str]:
        """Our fulfilments of a shipment that still stand."""
        return [one for one in self.told.get(key, ()) if one in self.fulfillments]

    def unclaimed(self) -> list[Raw]:
        ours = {one for ids in self.told.values() for one in ids}
        return [row for one, row in self.fulfillments.items() if one not in ours]


@dataclass
class Plan:
    """What one shipment needs: fulfilments to create, as inputs, and those that exist and are to show its parcels."""

    create: list[Raw] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)
    refused: str = ""  # why goods are not let go: the reason of a hold
    short: bool = False  # Shopify has less to ship than was shipped


def plan_shipment(view: OrderView, shipment: ShipmentDocument) -> Plan:
    """Take the shipment's goods from what is left; ``view`` keeps what is taken."""
    wanted = {
        line_id: int(quantity.to_integral_value(ROUND_HALF_UP)) for line_id, quantity in shipment.quantities if quantity
    }
    plan = Plan(adopted=view.known(shipment.key))
    if plan.adopted:
        return plan
    for row in view.unclaimed():
        goods = fulfilled(row)
        same = goods == {line_id: quantity for line_id, quantity in wanted.items() if quantity}
        if same or _numbers(row) & {parcel.tracking_number for parcel in shipment.parcels}:
            plan.adopted.append(text(row.get("id")))
            for line_id, quantity in goods.items():
                wanted[line_id] = max(0, wanted.get(line_id, 0) - quantity)
            if same:
                break
    by_location: dict[tuple[str, int], list[Raw]] = {}
    for order in nodes(view.raw.get("fulfillmentOrders")):
        taken = _take(view, order, wanted)
        if not taken:
            continue
        if not _may_ship(order):
            plan.refused = plan.refused or _reason(order)
            continue
        location = text(_part(_part(order, "assignedLocation"), "location").get("id")) or text(order.get("id"))
        if _is_all(view, order):
            # Without its lines all that is left of it is meant, however many.
            by_location.setdefault((location, 0), []).append({"fulfillmentOrderId": order.get("id")})
            continue
        view.split.add(text(order.get("id")))
        for part, start in enumerate(range(0, len(taken), MOST_ITEMS)):
            rows = [{"id": one, "quantity": quantity} for one, quantity in taken[start : start + MOST_ITEMS]]
            by_location.setdefault((location, part), []).append(
                {"fulfillmentOrderId": order.get("id"), "fulfillmentOrderLineItems": rows}
            )
    plan.short = any(wanted.values())
    plan.create = [fulfillment_input(shipment, rows) for rows in by_location.values()]
    return plan


def _is_all(view: OrderView, order: Mapping[str, Any]) -> bool:
    """Whether nothing is left of a fulfilment order, once what was planned is gone; of a whole one."""
    lines = nodes(order.get("lineItems"))
    return not any(view.left.get(text(line.get("id")), 0) for line in lines) and text(order.get("id")) not in view.split


def _take(view: OrderView, order: Mapping[str, Any], wanted: dict[str, int]) -> list[tuple[str, int]]:
    """``(fulfilment order line, pieces)`` that this fulfilment order gives; both sides keep count."""
    taken = []
    for line in nodes(order.get("lineItems")):
        line_id, one = plain(_part(line, "lineItem").get("id")), text(line.get("id"))
        quantity = min(wanted.get(line_id, 0), view.left.get(one, 0))
        if quantity > 0:
            taken.append((one, quantity))
            wanted[line_id] -= quantity
            view.left[one] -= quantity
    return taken


def fulfillment_input(shipment: ShipmentDocument, rows: list[Raw]) -> Raw:
    found: Raw = {"lineItemsByFulfillmentOrder": rows, "notifyCustomer": shipment.notify_customer}
    if tracking := tracking_input(shipment):
        found["trackingInfo"] = tracking
    return found


def tracking_input(shipment: ShipmentDocument) -> Raw:
    """All parcels' numbers, and their pages where each has one; Shopify knows one carrier for all of them."""
    parcels = [parcel for parcel in shipment.parcels if parcel.tracking_number]
    if not parcels:
        return {}
    found: Raw = {"numbers": [parcel.tracking_number for parcel in parcels]}
    if carrier := next((parcel.carrier for parcel in parcels if parcel.carrier), ""):
        found["company"] = carrier
    if all(parcel.url for parcel in parcels):
        found["urls"] = [parcel.url for parcel in parcels]
    return found


def shows(row: Mapping[str, Any], shipment: ShipmentDocument) -> bool:
    """Whether a fulfilment shows the shipment's numbers, and no others."""
    return _numbers(row) == {parcel.tracking_number for parcel in shipment.parcels if parcel.tracking_number}


def numbered(row: Mapping[str, Any]) -> bool:
    return bool(_numbers(row))


def fulfilled(row: Mapping[str, Any]) -> dict[str, int]:
    """What is in a fulfilment: pieces by order line."""
    found: dict[str, int] = {}
    for line in nodes(row.get("fulfillmentLineItems")):
        line_id, quantity = plain(_part(line, "lineItem").get("id")), line.get("quantity")
        if isinstance(quantity, int) and quantity:
            found[line_id] = found.get(line_id, 0) + quantity
    return found


def with_lots(rows: Sequence[Any], shipment: ShipmentDocument) -> list[Any]:
    """The order's serials and lots once the shipment's are as told: those that it had before are replaced."""
    others = [row for row in rows if not (isinstance(row, Mapping) and row.get("shipment") == shipment.key)]
    return others + [
        {
            "shipment": shipment.key,
            "line_id": lot.line_id,
            "name": lot.name,
            "quantity": f"{lot.quantity.normalize():f}",
            "serial": lot.serial,
            "expires": lot.expires.isoformat() if lot.expires else "",
        }
        for lot in shipment.lots
    ]


def _may_ship(order: Mapping[str, Any]) -> bool:
    actions = order.get("supportedActions")
    return any(
        isinstance(row, Mapping) and row.get("action") == "CREATE_FULFILLMENT"
        for row in (actions if isinstance(actions, list) else ())
    )


def _reason(order: Mapping[str, Any]) -> str:
    holds = order.get("fulfillmentHolds")
    found = [text(row.get("displayReason")) for row in holds or () if isinstance(row, Mapping)]
    return ", ".join(reason for reason in found if reason) or text(order.get("status")).replace("_", " ").lower()


def _numbers(row: Mapping[str, Any]) -> set[str]:
    listed = row.get("trackingInfo")
    found = {
        text(one.get("number")) for one in (listed if isinstance(listed, list) else ()) if isinstance(one, Mapping)
    }
    return found - {""}


def _part(raw: Any, key: str) -> Mapping[str, Any]:
    found = raw.get(key) if isinstance(raw, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _json(metafield: Any) -> Any:
    """The value of a metafield, ``None`` where it has none that can be read."""
    value = metafield.get("value") if isinstance(metafield, Mapping) else None
    try:
        return json.loads(value) if isinstance(value, str) else None
    except ValueError:
        return None
