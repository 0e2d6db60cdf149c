"""Setting the state of WooCommerce's orders, where nobody at the shop decided otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..base import STATE_LABELS, CommandResult
from ..documents import OrderState
from ..values import identifier, text
from ..words import _
from .batch import Update, update_orders
from .client import WooClient
from .states import left_alone, order_state

STATUSES = {
    OrderState.CONFIRMED: "processing",
    OrderState.COMPLETED: "completed",
    OrderState.CANCELLED: "cancelled",
}
# Where an order may go from where it is; all else was decided at the shop and stays.
_MAY_FOLLOW = {
    OrderState.CONFIRMED: frozenset({OrderState.PENDING}),
    OrderState.COMPLETED: frozenset({OrderState.PENDING, OrderState.CONFIRMED}),
    OrderState.CANCELLED: frozenset({OrderState.PENDING, OrderState.CONFIRMED}),
    OrderState.PREPARING: frozenset({OrderState.PENDING, OrderState.CONFIRMED}),
    OrderState.READY: frozenset({OrderState.PENDING, OrderState.CONFIRMED}),
    OrderState.COLLECTED: frozenset({OrderState.PENDING, OrderState.CONFIRMED, OrderState.COMPLETED}),
    OrderState.DELIVERED: frozenset({OrderState.CONFIRMED, OrderState.COMPLETED}),
}


def push_states(
    client: WooClient, states: Sequence[tuple[str, OrderState]], names: Mapping[OrderState, str]
) -> list[CommandResult]:
    """Two calls for up to 100 orders. Writing a status that is there already would come back as a webhook
    (observed on WooCommerce 10.9.1), so it is not written; of several states of one order the last counts."""
    wanted = dict(states)
    statuses = STATUSES | {state: name.removeprefix("wc-") for state, name in names.items()}
    conflicts: dict[str, str] = {}

    def plan(order: Mapping[str, Any]) -> Update | None:
        order_id, status = identifier(order.get("id")), text(order.get("status"))
        target = wanted[order_id]
        current = order_state(status, paid=True)
        if status == statuses[target] or current == target:
            return None
        if current not in _MAY_FOLLOW[target]:
            conflicts[order_id] = status
            return None
        return {"id": order["id"], "status": statuses[target]}

    possible = [order_id for order_id, state in wanted.items() if state in statuses]
    errors = update_orders(client, possible, "id,status", plan)
    results: list[CommandResult] = []
    for order_id, _state in states:
        if order_id not in errors:
            message = _("This state cannot be set on the shop: %(state)s.", state=STATE_LABELS[wanted[order_id]])
            results.append(CommandResult(ok=False, code="unsupported", message=message))
        elif error := errors[order_id]:
            results.append(CommandResult.failed(error))
        elif order_id in conflicts:
            message = left_alone(conflicts[order_id])
            results.append(CommandResult(ok=False, code="conflict", message=message))
        else:
            results.append(CommandResult(ok=True, external_id=order_id))
    return results
