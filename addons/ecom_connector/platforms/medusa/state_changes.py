"""Setting states: Medusa has an action for each, and none for many orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..base import CommandResult
from ..documents import OrderState
from ..errors import PlatformError
from ..values import identifier, rows, text
from ..words import Words, _
from .client import MedusaClient
from .states import MANUAL_PROVIDER, STATE_LABELS

Row = Mapping[str, Any]

STATES = frozenset({OrderState.CONFIRMED, OrderState.COMPLETED, OrderState.DELIVERED, OrderState.CANCELLED})
_FIELDS = "id,status,payment_status,fulfillment_status,*fulfillments,*payment_collections.payments"


def push_states(client: MedusaClient, states: Sequence[tuple[str, OrderState]]) -> list[CommandResult]:
    """One call finds the orders of up to a hundred; then one for each that is not there yet, and for each parcel."""
    if not states:
        return []
    ids = [order_id for order_id, _state in states]
    orders = {identifier(row.get("id")): row for row in client.by_ids("orders", "orders", ids, {"fields": _FIELDS})}
    results: list[CommandResult] = []
    for order_id, state in states:
        row = orders.get(order_id)
        if row is None:
            missing = _("The shop no longer has this order.")
            results.append(CommandResult(ok=False, code="not_found", message=missing))
            continue
        try:
            message = _push_one(client, order_id, row, state)
        except PlatformError as error:
            results.append(CommandResult.failed(error))
        else:
            results.append(CommandResult(ok=True, external_id=order_id, message=message))
    return results


def _push_one(client: MedusaClient, order_id: str, row: Row, state: OrderState) -> Words | str:
    status = text(row.get("status"))
    if status == "canceled":
        return "" if state == OrderState.CANCELLED else left_alone(status)
    if state == OrderState.CANCELLED:
        return _cancel(client, order_id, row)
    if state == OrderState.CONFIRMED:
        return _capture(client, row)
    if state == OrderState.DELIVERED:
        for parcel in rows(row, "fulfillments"):
            if parcel.get("shipped_at") and not parcel.get("delivered_at") and not parcel.get("canceled_at"):
                key = identifier(parcel.get("id"))
                client.post(f"orders/{order_id}/fulfillments/{key}/mark-as-delivered", {}, {"fields": "id"})
        return ""
    if state == OrderState.COMPLETED and status not in ("completed", "archived"):
        client.post(f"orders/{order_id}/complete", {}, {"fields": "id"}, idempotent=True)
    return ""


def _cancel(client: MedusaClient, order_id: str, row: Row) -> Words | str:
    """Medusa voids what was authorised and gives back what was captured, of itself (observed on Medusa 2.21.2).

    It refuses while a parcel is being prepared or has left.
    """
    client.post(f"orders/{order_id}/cancel", {}, {"fields": "id"})
    captured = any(payment.get("captured_at") for payment in _payments(row))
    return _("The shop has given the money back by itself, as Medusa does.") if captured else ""


def _capture(client: MedusaClient, row: Row) -> Words | str:
    """The money arrived: said of a payment that the shopkeeper confirms by hand; others are the gateway's business."""
    open_ = [row_ for row_ in _payments(row) if not row_.get("captured_at") and not row_.get("canceled_at")]
    for payment in open_:
        if payment.get("provider_id") != MANUAL_PROVIDER:
            return _("Its payment is captured by the gateway, and was left alone.")
        client.post(f"payments/{identifier(payment.get('id'))}/capture", {}, {"fields": "id"})
    return ""


def _payments(row: Row) -> list[Row]:
    return [
        payment
        for collection in rows(row, "payment_collections")
        for payment in rows(collection, "payments", "payment_collections.payments")
    ]


def left_alone(status: str) -> Words:
    label = STATE_LABELS.get(status, status)
    return _("The order is “%(state)s” on the shop and was left so.", state=label)
