"""Telling Medusa what left: a fulfilment of the lines, then its shipment with the parcels' labels.

Which delivery of ours a fulfilment is stands in its metadata, so that one told before is found again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ..base import CommandResult
from ..documents import ZERO, ParcelDocument, ShipmentDocument
from ..errors import PlatformError
from ..values import identifier, rows, text
from ..words import Words, _
from .amounts import amount_or
from .client import MedusaClient
from .connection import first_location

Raw = dict[str, Any]
Row = Mapping[str, Any]

KEY = "odoo_shipment"
LOTS = "odoo_lots"
# Numbers that came too late for a label: in the order's metadata, by delivery.
TRACKING = "odoo_tracking"

FIELDS = (
    "id,status,metadata,items.id,items.variant_id,items.requires_shipping,"
    "*fulfillments,*fulfillments.items,*fulfillments.labels"
)
# A label must have both addresses, and take "#" for none (source: ``safeHttpUrl``).
_NO_ADDRESS = "#"


class ShipmentWriter:
    """Tells one shop of shipments.

    Two calls find the orders of up to a hundred and the places that their goods are reserved at, two more what was
    agreed where some are of exchanges. Each shipment then takes one call for its fulfilment and one for its labels:
    Medusa has no batch of them.
    """

    def __init__(self, client: MedusaClient) -> None:
        self.client = client
        self.wrote = False
        self._fallback: str | None = None

    def push(self, shipments: Sequence[ShipmentDocument]) -> list[CommandResult]:
        """:raises PlatformError: only while nothing was written"""
        if not shipments:
            return []
        ids = [shipment.order_id for shipment in shipments]
        orders = {
            identifier(row.get("id")): row
            for row in self.client.by_ids("orders", "orders", ids, {"fields": FIELDS, "limit": len(ids)})
        }
        shipments = self._named(shipments, orders)
        places = self._places([shipment for shipment in shipments if _untold(shipment, orders)])
        results = []
        stopped: PlatformError | None = None
        for shipment in shipments:
            if stopped is not None:
                results.append(CommandResult.failed(stopped.unsent()))
                continue
            try:
                results.append(self._push_one(shipment, orders.get(shipment.order_id), places))
            except PlatformError as error:
                if (
                    not self.wrote
                    and not error.in_doubt
                    and (error.status in (401, 403) or error.code == "unreachable")
                ):
                    raise
                results.append(CommandResult.failed(error))
                if error.status in (401, 403) or error.retry_after is not None:
                    stopped = error
        return results

    def _named(self, shipments: Sequence[ShipmentDocument], orders: Mapping[str, Row]) -> list[ShipmentDocument]:
        """With the lines of what left in exchange; none where the shop knows of no such exchange."""
        swapped = [shipment.order_id for shipment in shipments if shipment.exchange]
        params: dict[str, str | int] = {"fields": "id,return_id,canceled_at,*additional_items", "limit": 1000}
        agreed = {
            identifier(row.get("return_id")): row
            for name in ("exchanges", "claims")
            for row in (self.client.by_ids(name, name, swapped, params, name="order_id") if swapped else ())
            if row.get("return_id") and not row.get("canceled_at")
        }
        named = []
        for shipment in shipments:
            if exchange := shipment.exchange:
                lines = exchanged(shipment, orders.get(shipment.order_id, {}), agreed.get(exchange.return_id, {}))
                named.append(replace(shipment, quantities=lines))
            else:
                named.append(shipment)
        return named

    def _places(self, shipments: Sequence[ShipmentDocument]) -> dict[str, str]:
        """Where the goods of each line are reserved: Medusa takes them off the stock of the place that it is told."""
        lines = [line for shipment in shipments for line, _quantity in shipment.quantities]
        params: dict[str, str | int] = {"fields": "line_item_id,location_id", "limit": 1000}
        found = self.client.by_ids("reservations", "reservations", lines, params, name="line_item_id")
        return {identifier(row.get("line_item_id")): identifier(row.get("location_id")) for row in found}

    def _push_one(self, shipment: ShipmentDocument, order: Raw | None, places: Mapping[str, str]) -> CommandResult:
        if order is None:
            return CommandResult(ok=False, code="not_found", message=_("The shop no longer has this order."))
        mine = list(_fulfillments(order, shipment.key))
        if order.get("status") == "canceled" and not mine:
            cancelled = _("The order is cancelled on the shop: it was not told of the delivery.")
            return CommandResult(ok=False, code="conflict", message=cancelled)
        if shipment.exchange and not shipment.quantities:
            unknown = _("The shop has no such exchange, or more left than was agreed there.")
            return CommandResult(ok=False, code="not_found", message=unknown)
        for location, items in self._missing(shipment, order, mine, places):
            mine.append(self._fulfil(shipment, location, items))
        for row in mine:
            if not row.get("shipped_at"):
                self._ship(shipment, row)
        message = self._correct(shipment, order, mine)
        return CommandResult(ok=True, external_id=identifier(mine[0].get("id")) if mine else "", message=message)

    def _missing(
        self, shipment: ShipmentDocument, order: Row, mine: Sequence[Row], places: Mapping[str, str]
    ) -> Iterator[tuple[str, list[Raw]]]:
        """What has no fulfilment yet, by place: goods that are shipped and others do not go together in one."""
        told = {identifier(item.get("line_item_id")) for row in mine for item in rows(row, "items")}
        ships = {identifier(row.get("id")): row.get("requires_shipping") is not False for row in rows(order, "items")}
        groups: dict[tuple[str, bool], list[Raw]] = {}
        for line, quantity in shipment.quantities:
            if line not in told and quantity:
                place = places.get(line) or self._first_location()
                groups.setdefault((place, ships.get(line, True)), []).append(
                    {"id": line, "quantity": _number(quantity)}
                )
        for (place, _ships), items in groups.items():
            yield place, items

    def _first_location(self) -> str:
        if self._fallback is None:
            self._fallback = first_location(self.client)
        return self._fallback

    def _fulfil(self, shipment: ShipmentDocument, location: str, items: list[Raw]) -> Raw:
        body: Raw = {"items": items, "location_id": location, "metadata": {KEY: shipment.key}}
        if shipment.lots:
            body["metadata"][LOTS] = [
                {
                    "line_id": lot.line_id,
                    "name": lot.name,
                    "quantity": _number(lot.quantity),
                    "serial": lot.serial,
                    "expires": lot.expires.isoformat() if lot.expires else "",
                }
                for lot in shipment.lots
            ]
        answer = self.client.post(f"orders/{shipment.order_id}/fulfillments", body, {"fields": FIELDS})
        self.wrote = True
        order = answer.get("order") if isinstance(answer, Mapping) else None
        lines = {item["id"] for item in items}
        for row in _fulfillments(order, shipment.key) if isinstance(order, Mapping) else ():
            if lines & {identifier(item.get("line_item_id")) for item in rows(row, "items")}:
                return dict(row)
        silent = _("The shop did not say what became of the delivery.")
        raise PlatformError("bad_answer", silent, retry=True, in_doubt=True)

    def _ship(self, shipment: ShipmentDocument, row: Row) -> None:
        items = {identifier(item.get("line_item_id")) for item in rows(row, "items")}
        told = {line: _number(quantity) for line, quantity in shipment.quantities if line in items}
        body = {
            "items": [{"id": line, "quantity": quantity} for line, quantity in told.items()],
            "labels": [_label(parcel) for parcel in shipment.parcels if parcel.tracking_number],
        }
        path = f"orders/{shipment.order_id}/fulfillments/{identifier(row.get('id'))}/shipments"
        self.client.post(path, body, {"fields": "id"})
        self.wrote = True

    def _correct(self, shipment: ShipmentDocument, order: Row, mine: Sequence[Row]) -> Words | str:
        """Medusa changes no label of what was shipped: later numbers are kept in the order's metadata, and said."""
        before = [row for row in mine if row.get("shipped_at")]
        shown = {text(label.get("tracking_number")) for row in before for label in rows(row, "labels")}
        numbers = [parcel.tracking_number for parcel in shipment.parcels if parcel.tracking_number]
        metadata = order.get("metadata")
        kept = dict(metadata.get(TRACKING) or {}) if isinstance(metadata, Mapping) else {}
        known = kept.get(shipment.key)
        if not before or (set(numbers) == shown and known is None):
            return ""
        labels = [_label(parcel) for parcel in shipment.parcels if parcel.tracking_number]
        if known != labels:
            kept[shipment.key] = labels
            self.client.post(f"orders/{shipment.order_id}", {"metadata": {TRACKING: kept}}, idempotent=True)
            self.wrote = True
        return _(
            "Medusa changes no tracking number of what was shipped: %(numbers)s is in the metadata of the order.",
            numbers=", ".join(numbers),
        )


def exchanged(shipment: ShipmentDocument, order: Row, agreed: Row) -> tuple[tuple[str, Decimal], ...]:
    """What left in exchange, by the order's lines that it is; nothing where that is more than is left of them.

    :param agreed: the exchange or claim, with its ``additional_items``
    """
    assert shipment.exchange
    sent: dict[str, Decimal] = {}
    for row in rows(order, "fulfillments"):
        metadata = row.get("metadata")
        ours = isinstance(metadata, Mapping) and metadata.get(KEY) == shipment.key
        for item in () if ours or row.get("canceled_at") else rows(row, "items"):
            line = identifier(item.get("line_item_id"))
            sent[line] = sent.get(line, ZERO) + amount_or(item, "quantity", "fulfillments.items", ZERO)
    variants = {identifier(row.get("id")): identifier(row.get("variant_id")) for row in rows(order, "items")}
    found: list[tuple[str, Decimal]] = []
    for variant, wanted in shipment.exchange.variants:
        left = wanted
        for item in rows(agreed, "additional_items"):
            line = identifier(item.get("item_id"))
            taken = min(left, amount_or(item, "quantity", "additional_items", ZERO) - sent.get(line, ZERO))
            if variants.get(line) == variant and taken > 0:
                found.append((line, taken))
                left -= taken
        if left:
            return ()
    return tuple(found)


def _untold(shipment: ShipmentDocument, orders: Mapping[str, Row]) -> bool:
    order = orders.get(shipment.order_id)
    return order is not None and not any(_fulfillments(order, shipment.key))


def _fulfillments(order: Row, key: str) -> Iterator[Row]:
    for row in rows(order, "fulfillments"):
        metadata = row.get("metadata")
        if isinstance(metadata, Mapping) and metadata.get(KEY) == key and not row.get("canceled_at"):
            yield row


def _label(parcel: ParcelDocument) -> dict[str, str]:
    address = parcel.url if parcel.url.startswith(("http://", "https://")) else _NO_ADDRESS
    return {"tracking_number": parcel.tracking_number, "tracking_url": address, "label_url": _NO_ADDRESS}


def _number(quantity: Decimal) -> int | float:
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)
