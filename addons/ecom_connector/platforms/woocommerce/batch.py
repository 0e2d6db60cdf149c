"""Changing many orders: read what is there, decide, write only what differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..base import Raw
from ..errors import PlatformError
from ..values import identifier
from ..words import _
from .client import WooClient, id_chunks, item_error

Update = dict[str, Any]


def update_orders(
    client: WooClient,
    order_ids: Sequence[str],
    fields: str,
    plan: Callable[[Mapping[str, Any]], Update | None],
    kept: dict[str, Raw] | None = None,
) -> dict[str, PlatformError | None]:
    """Two calls for each hundred orders, one where nothing has to change.

    :param fields: what ``plan`` needs of an order, comma-separated, ``id`` among them; empty for everything
    :param plan: the order's item of the batch, ``None`` to leave it alone
    :param kept: filled with the orders as they are afterwards, by id
    :return: by order id, what went wrong, ``None`` where the order is as planned
    :raises PlatformError: only while nothing was written
    """
    outcome: dict[str, PlatformError | None] = {}
    wrote = False
    stopped: PlatformError | None = None
    gone = PlatformError("not_found", _("The order is no longer on the shop, or in its bin."), status=404)
    for chunk in id_chunks([order_id for order_id in order_ids if order_id.isdecimal()]):
        if stopped is not None:
            outcome.update(dict.fromkeys(chunk, stopped))
            continue
        updates: dict[str, Update] = {}
        try:
            params = {"include": ",".join(chunk)} | ({"_fields": fields} if fields else {})
            rows = client.page("orders", params).rows
            found = {identifier(row.get("id")): row for row in rows}
            for order_id in chunk:
                if order_id not in found:
                    outcome[order_id] = gone
                elif update := plan(found[order_id]):
                    updates[order_id] = update
                else:
                    outcome[order_id] = None
            if kept is not None:
                kept.update({order_id: row for order_id, row in found.items() if order_id not in updates})
            if updates:
                wrote = True
                answer = client.post("orders/batch", {"update": list(updates.values())})
                outcome.update(_item_errors(answer, updates))
                if kept is not None:
                    kept.update(_answered(answer, updates))
        except PlatformError as error:
            if not wrote:
                raise
            # What was in the failed batch may be done; what comes after it was never sent.
            outcome.update(dict.fromkeys(updates, error))
            stopped = PlatformError(
                error.code, error.message, status=error.status, retry=error.retry, retry_after=error.retry_after
            )
            outcome.update(dict.fromkeys((order_id for order_id in chunk if order_id not in outcome), stopped))
    return {order_id: outcome.get(order_id, gone) for order_id in order_ids}


def _rows(answer: Any) -> dict[str, Raw]:
    rows = answer.get("update") if isinstance(answer, Mapping) else None
    return {identifier(row.get("id")): row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, dict)}


def _answered(answer: Any, updates: Mapping[str, Update]) -> dict[str, Raw]:
    """Those orders that the shop answers with as they are now."""
    return {key: row for key, row in _rows(answer).items() if key in updates and item_error(row) is None}


def _item_errors(answer: Any, updates: Mapping[str, Update]) -> dict[str, PlatformError | None]:
    answered = _rows(answer)
    silent = PlatformError("bad_answer", _("The shop did not say what became of the order."), retry=True, in_doubt=True)
    return {order_id: item_error(answered[order_id]) if order_id in answered else silent for order_id in updates}
