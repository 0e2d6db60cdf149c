"""Making returns, and exchanges, on a Medusa shop that began in Odoo.

Each is begun, filled and confirmed, in calls of their own. Our key is in its metadata from the beginning, so that an
attempt that was killed is found: a confirmed one is ours, a half-done one is thrown away, as an order can have no other
change while it lasts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import PlatformError
from ..facts import CommandResult
from ..returns import NewReturn
from ..values import identifier, rows, text
from ..words import _
from .client import MedusaClient
from .returns import KEY, our_key, reason_of

Row = Mapping[str, Any]
Items = list[dict[str, Any]]

_RETURNS = (
    "id,returns.id,returns.status,returns.canceled_at,returns.metadata,fulfillments.location_id,"
    "shipping_methods.shipping_option_id,shipping_methods.created_at"
)
_EXCHANGES = "id,order_id,return_id,canceled_at,metadata,return.status"


def make_returns(client: MedusaClient, returns: Sequence[NewReturn]) -> list[CommandResult]:
    """A call to look at up to a hundred orders, one more for their exchanges, one for the shop's reasons, and three to
    five for each that is not there."""
    ids = [command.order_id for command in returns]
    orders = {identifier(row.get("id")): row for row in client.by_ids("orders", "orders", ids, {"fields": _RETURNS})}
    swapped = [command.order_id for command in returns if command.exchanges]
    exchanges: dict[str, list[Row]] = {}
    if swapped:
        fields = {"fields": _EXCHANGES, "limit": 1000}
        for row in client.by_ids("exchanges", "exchanges", swapped, fields, name="order_id"):
            exchanges.setdefault(identifier(row.get("order_id")), []).append(row)
    reasons = _reasons(client) if any(line.reason for command in returns for line in command.lines) else {}
    results = []
    for command in returns:
        order = orders.get(command.order_id)
        try:
            if order is None:
                raise PlatformError("not_found", _("The order is no longer on the shop."))
            if command.exchanges:
                made = _exchange(client, command, order, exchanges.get(command.order_id, []), reasons)
            else:
                made = _return(client, command, order, reasons)
        except PlatformError as error:
            results.append(CommandResult.failed(error))
        else:
            results.append(CommandResult(ok=True, external_id=made))
    return results


def _reasons(client: MedusaClient) -> dict[str, str]:
    """The shop's own reasons by the word that they stand for."""
    found: dict[str, str] = {}
    for row in client.pages("return-reasons", "return_reasons", {"fields": "id,value"}):
        found.setdefault(reason_of(text(row.get("value"))), identifier(row.get("id")))
    return found


def _return(client: MedusaClient, command: NewReturn, order: Row, reasons: Mapping[str, str]) -> str:
    """The shop's id of the return."""
    for row in rows(order, "returns"):
        if our_key(row) == command.key:
            if row.get("canceled_at") or text(row.get("status")) != "open":
                return identifier(row.get("id"))
            client.delete(f"returns/{identifier(row.get('id'))}/request")
    places = (identifier(parcel.get("location_id")) for parcel in rows(order, "fulfillments"))
    begun = {**_begun(command), "location_id": next(filter(None, places), None)}
    made = identifier(_part(client.post("returns", begun, {"fields": "id"}), "return").get("id"))
    path = f"returns/{made}"
    try:
        client.post(f"{path}/request-items", {"items": _items(command, reasons)}, {"fields": "id"})
        client.post(f"{path}/request", {"no_notification": not command.notify_customer}, {"fields": "id"})
    except PlatformError as error:
        _throw_away(client, path, error)
        raise
    return made


def _exchange(
    client: MedusaClient, command: NewReturn, order: Row, known: Sequence[Row], reasons: Mapping[str, str]
) -> str:
    """The shop's id of the return of what comes back: an exchange is known by it."""
    for row in known:
        if our_key(row) == command.key:
            if row.get("canceled_at") or text(_part(row, "return").get("status")) not in ("", "open"):
                return identifier(row.get("return_id"))
            client.delete(f"exchanges/{identifier(row.get('id'))}/request")
    made = identifier(_part(client.post("exchanges", _begun(command), {"fields": "id"}), "exchange").get("id"))
    path = f"exchanges/{made}"
    out = [{"variant_id": line.variant_id, "quantity": int(line.quantity)} for line in command.exchanges]
    try:
        back = client.post(f"{path}/inbound/items", {"items": _items(command, reasons)}, {"fields": "id"})
        client.post(f"{path}/outbound/items", {"items": out}, {"fields": "id"})
        _deliver_free(client, path, order)
        client.post(f"{path}/request", {}, {"fields": "id"})
    except PlatformError as error:
        _throw_away(client, path, error)
        raise
    return identifier(_part(back, "return").get("id"))


def _deliver_free(client: MedusaClient, path: str, order: Row) -> None:
    """Deliver what goes out as the order was, at no cost: Medusa reserves only what is delivered, and lets nothing
    leave that is not reserved (observed on Medusa 2.21.2). Without it the exchange is made all the same."""
    methods = sorted(rows(order, "shipping_methods"), key=lambda row: text(row.get("created_at")))
    option = next(filter(None, (identifier(row.get("shipping_option_id")) for row in methods)), "")
    if not option:
        return
    try:
        body = {"shipping_option_id": option, "custom_amount": 0}
        client.post(f"{path}/outbound/shipping-method", body, {"fields": "id"})
    except PlatformError as error:
        if error.retry or error.in_doubt:
            raise


def _begun(command: NewReturn) -> dict[str, Any]:
    return {"order_id": command.order_id, "internal_note": command.number, "metadata": {KEY: command.key}}


def _items(command: NewReturn, reasons: Mapping[str, str]) -> Items:
    found: Items = []
    for line in command.lines:
        item = {"id": line.line_id, "quantity": int(line.quantity), "internal_note": line.note or command.number}
        if reason := reasons.get(line.reason):
            item["reason_id"] = reason
        found.append(item)
    return found


def _throw_away(client: MedusaClient, path: str, error: PlatformError) -> None:
    """What was refused half-way would keep the order from any other change. What may be there yet is looked for."""
    if not error.retry and not error.in_doubt:
        client.delete(f"{path}/request")


def _part(row: Any, key: str) -> Row:
    found = row.get(key) if isinstance(row, Mapping) else None
    return found if isinstance(found, Mapping) else {}
