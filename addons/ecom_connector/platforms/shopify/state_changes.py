"""Setting the state of Shopify's orders: that one is being prepared, or cancelled, where nobody decided otherwise.

Shopify's states follow from what happens to an order's money and goods, and are set no other way. That an order is
paid is money's affair: ``orderMarkAsPaid`` would record a payment, so confirming in Odoo does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..base import STATE_LABELS, CommandResult
from ..documents import OrderState
from ..errors import PlatformError
from ..values import text
from ..words import _
from .answers import Raw
from .client import ShopifyClient, nodes
from .ids import gid, is_plain
from .operations import Batch

PUSHED = frozenset({OrderState.CANCELLED, OrderState.PREPARING})

LOOK = Batch(
    "query",
    "order",
    {"id": "ID!"},
    """{
    id cancelledAt
    fulfillments { id status }
    fulfillmentOrders(first: 10) { nodes { id status } }
  }""",
    cost=12,
)
CANCEL = Batch(
    "mutation",
    "orderCancel",
    {"orderId": "ID!", "reason": "OrderCancelReason!", "restock": "Boolean!", "notifyCustomer": "Boolean"},
    "{ job { id } orderCancelUserErrors { field message code } }",
    cost=12,
    errors="orderCancelUserErrors",
)
PROGRESS = Batch(
    "mutation",
    "fulfillmentOrderReportProgress",
    {"id": "ID!"},
    "{ fulfillmentOrder { id status } userErrors { field message code } }",
    cost=12,
    repeatable=True,
)

_DEAD = frozenset({"CANCELLED", "ERROR", "FAILURE"})


def push_states(client: ShopifyClient, states: Sequence[tuple[str, OrderState]]) -> list[CommandResult]:
    """A call to look at each fifty orders, and one for what is to change; of several states of one the last counts."""
    wanted = dict(states)
    possible = [order_id for order_id, state in wanted.items() if state in PUSHED and is_plain(order_id)]
    results: dict[str, CommandResult] = {}
    cancel: list[str] = []
    progress: list[tuple[str, str]] = []
    looked = client.run(LOOK, [{"id": gid("Order", order_id)} for order_id in possible])
    for order_id, row in zip(possible, looked, strict=True):
        if isinstance(row, PlatformError):
            raise row
        results[order_id] = CommandResult(ok=True, external_id=order_id)
        if not row.get("id"):
            message = _("The order is no longer on the shop.")
            results[order_id] = CommandResult(ok=False, code="not_found", message=message)
        elif wanted[order_id] is OrderState.PREPARING:
            progress += [(order_id, one) for one in _to_report(row)]
        elif not row.get("cancelledAt"):
            if _is_shipped(row):
                message = _("Part of the order is shipped on the shop, so it was left so.")
                results[order_id] = CommandResult(ok=False, code="conflict", message=message)
            else:
                cancel.append(order_id)
    # The goods never left. Money is given back by a refund, and the customer is told by whoever cancels.
    inputs = [
        {"orderId": gid("Order", order_id), "reason": "OTHER", "restock": True, "notifyCustomer": False}
        for order_id in cancel
    ]
    _write(client, CANCEL, cancel, inputs, results, False)
    owners = [order_id for order_id, _one in progress]
    _write(client, PROGRESS, owners, [{"id": one} for _order_id, one in progress], results, bool(cancel))
    return [_result(order_id, wanted[order_id], results) for order_id, _state in states]


def _write(
    client: ShopifyClient,
    batch: Batch,
    owners: Sequence[str],
    rows: Sequence[Raw],
    results: dict[str, CommandResult],
    wrote: bool,
) -> None:
    try:
        answers = client.run(batch, rows)
    except PlatformError as error:
        if not wrote:
            raise
        answers = [error] * len(rows)
    for order_id, answer in zip(owners, answers, strict=True):
        if isinstance(answer, PlatformError):
            results[order_id] = CommandResult.failed(answer)


def _result(order_id: str, state: OrderState, results: Mapping[str, CommandResult]) -> CommandResult:
    if state not in PUSHED:
        message = _("This state cannot be set on the shop: %(state)s.", state=STATE_LABELS[state])
        return CommandResult(ok=False, code="unsupported", message=message)
    gone = CommandResult(ok=False, code="not_found", message=_("The order is no longer on the shop."))
    return results.get(order_id, gone)


def _is_shipped(row: Raw) -> bool:
    return any(text(one.get("status")) not in _DEAD for one in _listed(row, "fulfillments"))


def _to_report(row: Raw) -> list[str]:
    """Those parts that nobody reported on yet. A cancelled or shipped order has none, which is no conflict."""
    return [text(one.get("id")) for one in nodes(row.get("fulfillmentOrders")) if text(one.get("status")) == "OPEN"]


def _listed(row: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = row.get(key)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
