"""Why a Shopify order is not to be prepared yet, and where it is collected. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..documents import AddressDocument, PickupPoint
from ..values import rows, text
from ..words import _
from .ids import plain
from .people import address, part

_DONE = frozenset({"CLOSED", "CANCELLED"})
_COLLECTED = frozenset({"PICK_UP", "PICKUP_POINT"})


def hold(raw: Mapping[str, Any], orders: Iterable[Mapping[str, Any]]) -> str:
    """In Shopify's words where it has some: a hold, a risk of fraud, a date that it waits for; a test order.

    A risk is a recommendation that Shopify never withdraws, so it counts while nothing is shipped, and a person says
    when it is settled.
    """
    reasons: list[str] = []
    if raw.get("test") is True:
        reasons.append(_("This is a test order."))
    open_orders = [row for row in orders if text(row.get("status")) not in _DONE]
    for index, row in enumerate(open_orders):
        for held in rows(row, "fulfillmentHolds", f"fulfillmentOrders[{index}].fulfillmentHolds"):
            reason, notes = text(held.get("displayReason")), text(held.get("reasonNotes"))
            reasons.append(f"{reason}: {notes}" if reason and notes else reason or notes)
    recommendation = text(part(raw, "risk").get("recommendation"))
    if recommendation == "CANCEL":
        reasons.append(_("Shopify sees a high risk of fraud and advises to cancel."))
    elif recommendation == "INVESTIGATE":
        reasons.append(_("Shopify sees a risk of fraud and advises to look into it."))
    if open_orders and all(text(row.get("status")) == "SCHEDULED" for row in open_orders):
        dates = sorted(text(row.get("fulfillAt")) for row in open_orders)
        reasons.append(_("To be shipped from %(date)s.", date=dates[0][:10]))
    distinct = [reason for reason in dict.fromkeys(reasons) if reason]
    return distinct[0] if len(distinct) == 1 else " ".join(distinct)


def pickup_point(orders: Iterable[Mapping[str, Any]]) -> PickupPoint | None:
    """A point relais (the destination is where it is), or a shop of the merchant's own (where it is prepared)."""
    for row in orders:
        method = part(row, "deliveryMethod")
        kind = text(method.get("methodType"))
        if kind not in _COLLECTED or text(row.get("status")) == "CANCELLED":
            continue
        assigned = part(row, "assignedLocation")
        if kind == "PICK_UP":
            location_id = plain(part(assigned, "location").get("id"))
            where, name = address(assigned), text(assigned.get("name"))
            carrier = text(method.get("presentedName"))
            return PickupPoint(location_id, name, carrier, _without_recipient(where))
        destination = part(row, "destination")
        where = address(destination)
        return PickupPoint(
            id=text(method.get("sourceReference")),
            name=where.company,
            carrier=text(method.get("presentedName")),
            address=_without_recipient(where),
        )
    return None


def _without_recipient(where: AddressDocument) -> AddressDocument:
    return AddressDocument(
        street=where.street,
        street2=where.street2,
        city=where.city,
        zip=where.zip,
        state=where.state,
        country=where.country,
    )
