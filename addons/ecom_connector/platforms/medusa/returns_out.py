"""Telling a Medusa shop what became of its returns. It has no approval, so none is told.

Declined and cancelled are one there: the return is cancelled, with the exchange that it belongs to. Closed is what came
back, received in the shop's three steps, so that its order shows what is to be refunded; the shop counts the goods as
back on its shelf by that, whatever Odoo decided, so its stock has to be told again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..documents import ZERO
from ..errors import PlatformError
from ..facts import CommandResult
from ..returns import ReturnCommand, ReturnState
from ..values import identifier, rows, text
from ..words import Words, _
from .amounts import amount_or
from .client import MedusaClient

PUSHED = frozenset({ReturnState.DECLINED, ReturnState.CANCELLED, ReturnState.CLOSED})

_FIELDS = "id,status,canceled_at,order_id,exchange_id,location_id,*items,fulfillments.id,fulfillments.canceled_at"


def push_returns(client: MedusaClient, returns: Sequence[ReturnCommand]) -> list[CommandResult]:
    """A call to look at up to a hundred, two for each that is cancelled, three for each that came back; one call, and
    one for each, where a customer did not say to which place."""
    ids = [command.return_id for command in returns]
    found = {identifier(row.get("id")): row for row in client.by_ids("returns", "returns", ids, {"fields": _FIELDS})}
    closed = [found[one.return_id] for one in returns if one.state == ReturnState.CLOSED and one.return_id in found]
    places = _places(client, [row for row in closed if not row.get("location_id") and row.get("status") != "received"])
    results = []
    for command in returns:
        try:
            message = _push(client, found.get(command.return_id), command, places.get(command.order_id, ""))
        except PlatformError as error:
            results.append(CommandResult.failed(error))
        else:
            results.append(CommandResult(ok=True, external_id=command.return_id, message=message))
    return results


def _places(client: MedusaClient, returned: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Where these returns' orders were sent from: a receipt without a place fails half-way (observed on 2.21.2)."""
    ids = [identifier(row.get("order_id")) for row in returned]
    fields = {"fields": "id,fulfillments.location_id"}
    return {
        identifier(order.get("id")): place
        for order in (client.by_ids("orders", "orders", ids, fields) if ids else ())
        for parcel in rows(order, "fulfillments")
        if (place := identifier(parcel.get("location_id")))
    }


def _push(client: MedusaClient, row: Mapping[str, Any] | None, command: ReturnCommand, place: str) -> Words | str:
    if row is None:
        if command.return_id.startswith("claim_"):
            return _("Nothing comes back for this claim, and the shop has nothing to be told.")
        raise PlatformError("not_found", _("The return is no longer on the shop."))
    path, status = f"returns/{command.return_id}", text(row.get("status"))
    closes = command.state == ReturnState.CLOSED
    if row.get("canceled_at") or status == "canceled":
        status = "canceled"
    if status == ("received" if closes else "canceled"):
        return ""
    if status in ("received", "canceled"):
        raise PlatformError("conflict", _("The return is “%(state)s” on the shop and was left so.", state=status))
    if not closes:
        # The way back is a fulfilment of its own, which has to be cancelled first (observed on Medusa 2.21.2).
        for parcel in rows(row, "fulfillments"):
            if not parcel.get("canceled_at"):
                client.post(f"fulfillments/{identifier(parcel.get('id'))}/cancel", {}, {"fields": "id"})
        exchange = identifier(row.get("exchange_id"))
        client.post(f"exchanges/{exchange}/cancel" if exchange else f"{path}/cancel", {}, {"fields": "id"})
        return ""
    items = _back(row, command.lines)
    if not items:
        return _("Nothing of it came back, and the shop was not told.")
    _receive(client, path, items, "" if row.get("location_id") else place)
    return ""


def _receive(client: MedusaClient, path: str, items: list[dict[str, Any]], place: str) -> None:
    """What an attempt before left half done is thrown away first: it has taken nothing back yet."""
    try:
        client.post(f"{path}/receive", {}, {"fields": "id"})
    except PlatformError as error:
        if error.retry or error.in_doubt:
            raise
        client.delete(f"{path}/receive")
        client.post(f"{path}/receive", {}, {"fields": "id"})
    if place:
        client.post(path, {"location_id": place}, {"fields": "id"})
    client.post(f"{path}/receive-items", {"items": items}, {"fields": "id"})
    client.post(f"{path}/receive/confirm", {}, {"fields": "id"})


def _back(row: Mapping[str, Any], lines: Sequence[tuple[str, Decimal]]) -> list[dict[str, Any]]:
    """What is still to be received of what came back, in whole pieces, as the shop counts."""
    left: dict[str, Decimal] = {}
    for line, quantity in lines:
        left[line] = left.get(line, ZERO) + quantity
    found = []
    for item in rows(row, "items"):
        key = identifier(item.get("item_id"))
        open_ = amount_or(item, "quantity", "items", ZERO) - amount_or(item, "received_quantity", "items", ZERO)
        if pieces := int(max(ZERO, min(left.get(key, ZERO), open_))):
            left[key] -= pieces
            found.append({"id": key, "quantity": pieces})
    return found
