"""Telling Shopify what left: fulfilments with their parcels, corrected tracking numbers, serials and lots.

Calls for n orders: ``ceil(n / 16)`` to look (and a few for orders in many parts or of many lines), then one for each
fifty fulfilments that are created, one for each fifty whose numbers change, and one for each 600 orders to keep which
are ours. What is as wanted costs the look alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from ..base import CommandResult
from ..documents import ShipmentDocument
from ..errors import PlatformError
from ..values import text
from ..words import Words, _
from .answers import Raw
from .client import ShopifyClient
from .ids import gid, is_plain, plain
from .lists import read_rest, rest_of
from .operations import Batch
from .shipment_plan import (
    LOTS_KEY,
    NAMESPACE,
    SHIPMENTS_KEY,
    OrderView,
    Plan,
    numbered,
    plan_shipment,
    shows,
    tracking_input,
    with_lots,
)

_PAGE = "pageInfo { hasNextPage endCursor }"
_ORDER_LINE = "id remainingQuantity lineItem { id }"
_SHIPPED_LINE = "quantity lineItem { id }"
_FULFILLMENT = f"""
  id status
  trackingInfo {{ number company url }}
  fulfillmentLineItems(first: 5) {{ nodes {{ {_SHIPPED_LINE} }} {_PAGE} }}
"""
_FULFILLMENT_ORDER = f"""
  id status
  supportedActions {{ action }}
  fulfillmentHolds {{ displayReason }}
  assignedLocation {{ location {{ id }} }}
  lineItems(first: 5) {{ nodes {{ {_ORDER_LINE} }} {_PAGE} }}
"""

LOOK = Batch(
    "query",
    "order",
    {"id": "ID!"},
    f"""{{
    id name cancelledAt
    shipments: metafield(namespace: "{NAMESPACE}", key: "{SHIPMENTS_KEY}") {{ value }}
    lots: metafield(namespace: "{NAMESPACE}", key: "{LOTS_KEY}") {{ value }}
    fulfillments {{ {_FULFILLMENT} }}
    fulfillmentOrders(first: 2) {{ nodes {{ {_FULFILLMENT_ORDER} }} {_PAGE} }}
  }}""",
    cost=50,
)
_MORE_ORDERS = rest_of("order", "fulfillmentOrders", _FULFILLMENT_ORDER, 25, 130)
_MORE_ORDER_LINES = rest_of("fulfillmentOrder", "lineItems", _ORDER_LINE, 250, 30)
_MORE_SHIPPED = rest_of("fulfillment", "fulfillmentLineItems", _SHIPPED_LINE, 250, 30)

CREATE = Batch(
    "mutation",
    "fulfillmentCreate",
    {"fulfillment": "FulfillmentInput!", "message": "String"},
    "{ fulfillment { id } userErrors { field message } }",
    cost=12,
)
TRACK = Batch(
    "mutation",
    "fulfillmentTrackingInfoUpdate",
    {"fulfillmentId": "ID!", "trackingInfoInput": "FulfillmentTrackingInput!", "notifyCustomer": "Boolean"},
    "{ fulfillment { id } userErrors { field message } }",
    cost=12,
    repeatable=True,
)
KEEP = Batch(
    "mutation",
    "metafieldsSet",
    {"metafields": "[MetafieldsSetInput!]!"},
    "{ metafields { id } userErrors { field message code } }",
    cost=12,
    repeatable=True,
)
# Of one ``metafieldsSet`` (schema 2026-10).
_MOST_METAFIELDS = 25


def push_shipments(client: ShopifyClient, shipments: Sequence[ShipmentDocument]) -> list[CommandResult]:
    """As the contract says."""
    order_ids = [key for key in dict.fromkeys(shipment.order_id for shipment in shipments) if is_plain(key)]
    views = look(client, order_ids)
    return _Push(client, views, shipments).run()


def look(client: ShopifyClient, order_ids: Sequence[str]) -> dict[str, OrderView]:
    """The goods of these orders as they stand, by id; orders that are gone are absent."""
    found: dict[str, Raw] = {}
    for order_id, result in zip(
        order_ids, client.run(LOOK, [{"id": gid("Order", one)} for one in order_ids]), strict=True
    ):
        if isinstance(result, PlatformError):
            raise result
        if result.get("id"):
            found[order_id] = result
    orders = list(found.values())
    read_rest(client, _MORE_ORDERS, orders, "fulfillmentOrders")
    read_rest(client, _MORE_ORDER_LINES, [one for order in orders for one in _rows(order)], "lineItems")
    shipped = [one for order in orders for one in order.get("fulfillments") or () if isinstance(one, dict)]
    read_rest(client, _MORE_SHIPPED, shipped, "fulfillmentLineItems")
    return {order_id: OrderView(raw) for order_id, raw in found.items()}


def _rows(order: Raw) -> list[Raw]:
    rows: list[Raw] = order["fulfillmentOrders"]["nodes"]
    return rows


class _Push:
    """One run over shipments whose orders were looked at; nothing raises any more, failures are results."""

    def __init__(
        self, client: ShopifyClient, views: dict[str, OrderView], shipments: Sequence[ShipmentDocument]
    ) -> None:
        self.client, self.views, self.shipments = client, views, shipments
        self.results: dict[int, CommandResult] = {}
        self.plans: dict[int, Plan] = {}
        self.ids: dict[int, list[str]] = {}
        self.changed: dict[str, OrderView] = {}  # orders whose metafields are to be kept

    def run(self) -> list[CommandResult]:
        for index, shipment in enumerate(self.shipments):
            self._plan(index, shipment)
        self._create()
        self._track()
        self._keep()
        return [self.results[index] for index in range(len(self.shipments))]

    def _plan(self, index: int, shipment: ShipmentDocument) -> None:
        view = self.views.get(shipment.order_id)
        if view is None:
            message = _("The order is no longer on the shop.")
            self.results[index] = CommandResult(ok=False, code="not_found", message=message)
            return
        plan = self.plans[index] = plan_shipment(view, shipment)
        self.ids[index] = list(plan.adopted)
        if view.cancelled and not plan.adopted:
            self._done(index, shipment, _("The order is cancelled on the shop and was left so."))
        elif plan.refused:
            message = _("The shop does not let these goods be shipped yet: %(reason)s.", reason=plan.refused)
            self.results[index] = CommandResult(ok=False, code="conflict", message=message)
        elif plan.create or plan.adopted:
            self._done(index, shipment, _("The shop has fewer of these goods to ship.") if plan.short else None)
        else:
            self._done(index, shipment, _("The shop has nothing of these goods left to ship."))
        if index in self.results and not self.results[index].ok:
            plan.create = []

    def _done(self, index: int, shipment: ShipmentDocument, message: Words | None = None) -> None:
        found = next(iter(self.ids[index]), "")
        self.results[index] = CommandResult(ok=True, external_id=plain(found) or shipment.key, message=message or "")

    def _create(self) -> None:
        rows = [(index, one) for index, plan in self.plans.items() for one in plan.create]
        inputs = [{"fulfillment": one, "message": self._message(index)} for index, one in rows]
        for (index, _one), result in zip(rows, _safely(self.client, CREATE, inputs), strict=True):
            if isinstance(result, PlatformError):
                self.results[index] = CommandResult.failed(result)
                continue
            created = result.get("fulfillment")
            external_id = text(created.get("id")) if isinstance(created, dict) else ""
            if external_id:
                self.ids[index].append(external_id)
            if self.results[index].ok and self.ids[index]:
                self.results[index] = replace(self.results[index], external_id=plain(self.ids[index][0]))

    def _message(self, index: int) -> str | None:
        shipment = self.shipments[index]
        return shipment.message if shipment.notify_customer and shipment.message else None

    def _track(self) -> None:
        """Have fulfilments that exist show the parcels, those of somebody else only where they show none."""
        rows = []
        for index, plan in self.plans.items():
            shipment = self.shipments[index]
            view, tracking = self.views[shipment.order_id], tracking_input(shipment)
            ours = view.known(shipment.key)
            for one in plan.adopted if tracking and self.results[index].ok else ():
                row = view.fulfillments[one]
                if not shows(row, shipment) and (one in ours or not numbered(row)):
                    rows.append((index, one, tracking))
        inputs = [
            {
                "fulfillmentId": one,
                "trackingInfoInput": tracking,
                "notifyCustomer": self.shipments[index].notify_customer,
            }
            for index, one, tracking in rows
        ]
        for (index, _id, _tracking), result in zip(rows, _safely(self.client, TRACK, inputs), strict=True):
            if isinstance(result, PlatformError):
                self.results[index] = CommandResult.failed(result)

    def _keep(self) -> None:
        """Write down which fulfilments are whose, also of shipments that came to nothing in part."""
        owners: dict[str, list[int]] = {}
        for index, shipment in enumerate(self.shipments):
            view = self.views.get(shipment.order_id)
            if view is None or not self.ids.get(index):
                continue
            lots = with_lots(view.lots, shipment)
            if view.told.get(shipment.key) != self.ids[index] or lots != view.lots:
                view.told[shipment.key], view.lots = self.ids[index], lots
                owners.setdefault(shipment.order_id, []).append(index)
        metafields = {order_id: self._metafields(order_id) for order_id in owners}
        order_ids = list(owners)
        size = _MOST_METAFIELDS // 2
        chunks = [order_ids[start : start + size] for start in range(0, len(order_ids), size)]
        inputs = [{"metafields": [one for order_id in chunk for one in metafields[order_id]]} for chunk in chunks]
        for chunk, result in zip(chunks, _safely(self.client, KEEP, inputs), strict=True):
            if isinstance(result, PlatformError):
                # What was told is told; it is looked for by its goods and numbers when it is told again.
                for index in (index for order_id in chunk for index in owners[order_id]):
                    if self.results[index].ok:
                        self.results[index] = CommandResult.failed(result)

    def _metafields(self, order_id: str) -> list[Raw]:
        view = self.views[order_id]
        values = {SHIPMENTS_KEY: view.told, LOTS_KEY: view.lots}
        return [
            {
                "ownerId": gid("Order", order_id),
                "namespace": NAMESPACE,
                "key": key,
                "type": "json",
                "value": json.dumps(value, sort_keys=True),
            }
            for key, value in values.items()
            if value
        ]


def _safely(client: ShopifyClient, batch: Batch, rows: Sequence[Raw]) -> list[Raw | PlatformError]:
    """As :meth:`ShopifyClient.run`, with what it raises as the result of each row."""
    try:
        return client.run(batch, rows)
    except PlatformError as error:
        return [error] * len(rows)
