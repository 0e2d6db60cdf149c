"""How a shipment is told to WooCommerce, which has no shipments of its own.

Tracking numbers go where WooCommerce Shipment Tracking and Advanced Shipment Tracking keep theirs, so that the
shop's e-mails, account pages and apps that know these plugins show them. Which shipments were told is kept in a
meta of ours, so that telling one twice changes nothing. Serials and lots are in another meta of the order: in one of
its lines the shop would show them by itself, but it computes an order's totals anew when a line is written.
"""

from __future__ import annotations

import hashlib
import html
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..documents import OrderState, ShipmentDocument
from ..values import text
from .states import ORDER_STATES, left_alone

TRACKING_META = "_wc_shipment_tracking_items"
TOLD_META = "_ecom_shipments"  # a list of shipment keys
LOTS_META = "_ecom_lots"  # a list of serials and lots: shipment, line_id, name, quantity, serial, expires

_CARRIER = ("custom_tracking_provider", "custom_tracking_link")


@dataclass(frozen=True, slots=True)
class ShipmentPlan:
    """What one order needs: ``update`` is its item of a batch, ``None`` when everything was told before."""

    update: dict[str, Any] | None
    told_before: frozenset[str]
    message: str = ""


def plan_order(order: Mapping[str, Any], shipments: Sequence[ShipmentDocument]) -> ShipmentPlan:
    """Pure: ``order`` has ``id``, ``status`` and ``meta_data`` as the shop has them now."""
    tracking_row, items = _list_meta(order, TRACKING_META)
    told_row, told = _list_meta(order, TOLD_META)
    known_keys = {text(key) for key in told}
    shown = items
    for shipment in shipments:
        shown = _corrected(shown, shipment)
    lots_row, lots = _list_meta(order, LOTS_META)
    kept_lots = lots
    for shipment in shipments:
        kept_lots = _with_lots(kept_lots, shipment)
    new_keys = [shipment.key for shipment in shipments if shipment.key not in known_keys]
    update: dict[str, Any] = {}
    meta_data = []
    if shown != items:
        meta_data.append(_meta(tracking_row, TRACKING_META, shown))
    if kept_lots != lots:
        meta_data.append(_meta(lots_row, LOTS_META, kept_lots))
    if new_keys:
        meta_data.append(_meta(told_row, TOLD_META, [*told, *new_keys]))
    if meta_data:
        update["meta_data"] = meta_data
    status = text(order.get("status"))
    message = ""
    if any(shipment.complete for shipment in shipments) and status != "completed":
        if ORDER_STATES.get(status) in (OrderState.CANCELLED, OrderState.REFUNDED):
            # Someone at the shop decided that; completing it would bring the order back to life.
            message = left_alone(status)
        elif new_keys or ORDER_STATES.get(status) in (OrderState.PENDING, OrderState.CONFIRMED):
            update["status"] = "completed"
    if update:
        update = {"id": order["id"], **update}
    return ShipmentPlan(update or None, frozenset(known_keys), message)


def _corrected(items: Sequence[Any], shipment: ShipmentDocument) -> list[Any]:
    """The order's tracking items once the shipment's are as told: new ones added, those that were wrong replaced.

    An item is ours as long as its id is the one that we derive from its number: whatever else is there, and what
    someone changed on the shop, stays.
    """
    wanted = {item["tracking_id"]: item for item in tracking_items(shipment)}
    ours = [item for item in items if _is_of(item, shipment.key)]
    missing = [item for key, item in wanted.items() if all(found["tracking_id"] != key for found in ours)]
    found: list[Any] = []
    for item in items:
        if item not in ours:
            found.append(item)
        elif current := wanted.get(item["tracking_id"]):
            # The carrier's name and link may have been wrong too; not where the shop knows the carrier by itself.
            same = item.get("tracking_provider") or not shipment.known
            found.append(item if same else {**item, **{name: current[name] for name in _CARRIER}})
        elif missing:
            found.append(missing.pop(0))
    return found + missing


def _with_lots(rows: Sequence[Any], shipment: ShipmentDocument) -> list[Any]:
    """The order's serials and lots once the shipment's are as told: those that it had before are replaced."""
    others = [row for row in rows if not (isinstance(row, Mapping) and row.get("shipment") == shipment.key)]
    own = [
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
    return others + own


def _is_of(item: Any, key: str) -> bool:
    if not isinstance(item, Mapping):
        return False
    return item.get("tracking_id") == _tracking_id(key, text(item.get("tracking_number")))


def tracking_items(shipment: ShipmentDocument) -> list[dict[str, str]]:
    """The parcels as items of the tracking plugins (all texts, ``date_shipped`` in unix seconds)."""
    return [
        {
            "tracking_provider": "",  # a slug of the plugin's own list of carriers; custom ones are always shown
            "custom_tracking_provider": parcel.carrier,
            "custom_tracking_link": parcel.url,
            "tracking_number": parcel.tracking_number,
            "date_shipped": str(int(parcel.shipped_at.timestamp() if parcel.shipped_at else time.time())),
            "tracking_id": _tracking_id(shipment.key, parcel.tracking_number),
        }
        for parcel in shipment.parcels
        if parcel.tracking_number
    ]


def shipment_id(shipment: ShipmentDocument) -> str:
    """What stands for the shipment on the shop: its first tracking item, or our key."""
    return next((item["tracking_id"] for item in tracking_items(shipment)), shipment.key)


def customer_note(shipment: ShipmentDocument) -> str:
    """What the shop e-mails to the customer."""
    if shipment.message:
        return shipment.message
    lines = ["Your order has been shipped." if shipment.complete else "Part of your order has been shipped."]
    for parcel in shipment.parcels:
        lines.append(" ".join(part for part in (parcel.carrier, parcel.tracking_number, parcel.url) if part))
    if shipment.lots:
        lines.append("Serial or lot numbers: " + ", ".join(dict.fromkeys(lot.name for lot in shipment.lots)))
    return "\n".join(lines)


def was_noted(shipment: ShipmentDocument, notes: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the customer was told already: by our own note, or by any that names all its tracking numbers.

    A correction is only told by saying so: the number may have been right before it was wrong.
    """
    wanted = _plain(customer_note(shipment))
    numbers = [parcel.tracking_number for parcel in shipment.parcels if parcel.tracking_number]
    for note in notes:
        found = _plain(text(note.get("note")))
        if found == wanted or (numbers and not shipment.corrects and all(number in found for number in numbers)):
            return True
    return False


def was_written(text_: str, notes: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one of these notes says exactly this."""
    return any(_plain(text(note.get("note"))) == _plain(text_) for note in notes)


def _tracking_id(key: str, number: str) -> str:
    # As long as the plugins' own (an MD5), which some of their code relies on.
    return hashlib.sha256(f"{key}\n{number}".encode()).hexdigest()[:32]


def _list_meta(order: Mapping[str, Any], key: str) -> tuple[Any, list[Any]]:
    """``(row id or None, list)`` of the first row of ``key``, the one that WooCommerce reads."""
    listed = order.get("meta_data")
    for row in listed if isinstance(listed, list) else ():
        if isinstance(row, Mapping) and row.get("key") == key:
            value = row.get("value")
            # A PHP array with gaps, after an item was deleted, arrives as an object.
            found = list(value.values()) if isinstance(value, Mapping) else value
            return row.get("id"), found if isinstance(found, list) else []
    return None, []


def _meta(row_id: Any, key: str, value: list[Any]) -> dict[str, Any]:
    """With its id a row is replaced; without, older shops would add a second one."""
    return {"key": key, "value": value} if row_id is None else {"id": row_id, "key": key, "value": value}


def _plain(note: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", note)).split())
