"""Changing placed orders of a Shopify shop: where they go, how much of a line, a remark.

Address and remark are set by ``orderUpdate``. Lines are changed in a session: begun, filled, committed; one that is not
committed changes nothing and is forgotten. What Shopify does with lines (schema 2026-10, "Edit existing orders"):

* a line that is taken out stays in the order with nothing left of it, beside a refund of no money;
* the price of a piece stays as it was. Another variant would come at its own price, whatever was agreed, so that is
  not offered;
* lines that are shipped cannot be changed; what a paid order costs less is owed until somebody refunds it.

The remark is added to the order's note, on a line of its own that begins with :data:`REMARK`: Shopify has no other
place that the shopkeeper sees and we may write to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..base import CommandResult
from ..documents import AddressDocument, OrderDocument, OrderEdit, OrderState
from ..errors import PlatformError
from ..rounds import push_in_rounds
from ..values import digest, text
from ..words import _
from . import orders
from .answers import Raw
from .client import ShopifyClient
from .ids import gid, is_plain, plain
from .mapper import REMARK, parse_order
from .operations import Batch
from .people import part

_EDITABLE = (OrderState.PENDING, OrderState.CONFIRMED)
_LONGEST_NOTE = 5000

UPDATE = Batch(
    "mutation",
    "orderUpdate",
    {"input": "OrderInput!"},
    "{ order { id } userErrors { field message } }",
    cost=12,
    repeatable=True,
)
BEGIN = Batch(
    "mutation",
    "orderEditBegin",
    {"id": "ID!"},
    "{ calculatedOrder { id } userErrors { field message } }",
    cost=12,
    repeatable=True,
)
SET = Batch(
    "mutation",
    "orderEditSetQuantity",
    {"id": "ID!", "lineItemId": "ID!", "quantity": "Int!", "restock": "Boolean"},
    "{ calculatedLineItem { id } userErrors { field message } }",
    cost=12,
    repeatable=True,
)
COMMIT = Batch(
    "mutation",
    "orderEditCommit",
    {"id": "ID!", "notifyCustomer": "Boolean", "staffNote": "String"},
    "{ order { id } userErrors { field message } }",
    cost=12,
)


@dataclass
class Change:
    """What of an order differs from what is wanted."""

    update: Raw = field(default_factory=dict)  # an ``OrderInput`` without its id
    quantities: list[tuple[str, int]] = field(default_factory=list)  # (order line, pieces)

    def __bool__(self) -> bool:
        return bool(self.update or self.quantities)


def push_edits(client: ShopifyClient, edits: Sequence[OrderEdit]) -> list[CommandResult]:
    """As the contract says: the orders are read, what differs is written in a call for each kind of change, and the
    orders are read again. Several edits of one order are sent one after the other."""
    return push_in_rounds(edits, lambda batch: _push_round(client, batch))


def _push_round(client: ShopifyClient, edits: Mapping[int, OrderEdit]) -> dict[int, CommandResult]:
    results: dict[int, CommandResult] = {}
    changes: dict[int, Change] = {}
    found = _read(client, [edit.order_id for edit in edits.values()])
    for index, edit in edits.items():
        raw = found.get(edit.order_id)
        if raw is None:
            message = _("The order is no longer on the shop.")
            results[index] = CommandResult(ok=False, code="not_found", message=message)
            continue
        document = parse_order(raw)
        change = plan_edit(document, raw, edit)
        if change and document.state not in _EDITABLE:
            message = _("The order is shipped, cancelled or refunded on the shop and was left so.")
            results[index] = CommandResult(ok=False, code="conflict", message=message)
        elif change and edit.seen and digest(raw) != edit.seen:
            message = _("The order was changed on the shop meanwhile.")
            results[index] = CommandResult(ok=False, code="changed", message=message, retry=True, raw=raw)
        elif change:
            changes[index] = change
        else:
            results[index] = CommandResult(ok=True, external_id=edit.order_id, raw=raw)
    if not changes:
        return results
    failures = _write(client, edits, changes)
    try:
        found = _read(client, [edits[index].order_id for index in changes])
    except PlatformError:
        found = {}  # it is written; the next listing shows it
    for index in changes:
        raw = found.get(edits[index].order_id)
        error = failures.get(index)
        results[index] = (
            CommandResult.failed(error) if error else CommandResult(ok=True, external_id=edits[index].order_id, raw=raw)
        )
    return results


def _read(client: ShopifyClient, ids: Sequence[str]) -> dict[str, Raw]:
    rows = orders.read_by_id(client, [key for key in dict.fromkeys(ids) if is_plain(key)])
    return {plain(row.get("id")): row for row in rows}


def _write(
    client: ShopifyClient, edits: Mapping[int, OrderEdit], changes: dict[int, Change]
) -> dict[int, PlatformError]:
    """What went wrong, by edit. Lines first: where they are refused, nothing else is written.

    :raises PlatformError: only while nothing was written
    """
    failed: dict[int, PlatformError] = {}
    lines = [index for index, change in changes.items() if change.quantities]
    sessions: dict[int, str] = {}
    for index, result in zip(
        lines, client.run(BEGIN, [{"id": gid("Order", edits[index].order_id)} for index in lines]), strict=True
    ):
        if isinstance(result, PlatformError):
            failed[index] = result
        else:
            sessions[index] = text(part(result, "calculatedOrder").get("id"))
    quantities = [(index, one) for index in sessions for one in changes[index].quantities]
    rows: list[Raw] = [
        {
            "id": sessions[index],
            "lineItemId": gid("CalculatedLineItem", line_id),
            "quantity": quantity,
            "restock": True,
        }
        for index, (line_id, quantity) in quantities
    ]
    _collect(failed, [index for index, _one in quantities], client.run(SET, rows))
    ready = [index for index in sessions if index not in failed]
    rows = [{"id": sessions[index], "notifyCustomer": False, "staffNote": edits[index].note or None} for index in ready]
    _collect(failed, ready, client.run(COMMIT, rows))
    updates = [index for index, change in changes.items() if change.update and index not in failed]
    rows = [{"input": {"id": gid("Order", edits[index].order_id), **changes[index].update}} for index in updates]
    try:
        answers: Sequence[Raw | PlatformError] = client.run(UPDATE, rows)
    except PlatformError as error:
        if not ready:
            raise
        answers = [error] * len(rows)
    _collect(failed, updates, answers)
    return failed


def _collect(failed: dict[int, PlatformError], indexes: Sequence[int], answers: Sequence[Raw | PlatformError]) -> None:
    for index, answer in zip(indexes, answers, strict=True):
        if isinstance(answer, PlatformError):
            failed.setdefault(index, answer)


def plan_edit(document: OrderDocument, raw: Raw, edit: OrderEdit) -> Change:
    """What differs from what is there. A line that is gone stays gone."""
    change = Change()
    if edit.shipping and not _is_at(document.shipping, edit.shipping):
        change.update["shippingAddress"] = address_input(edit.shipping)
    note = text(raw.get("note"))
    remark = f"{REMARK}{' '.join(edit.note.split())}"
    if edit.note and remark not in note:
        change.update["note"] = f"{note}\n{remark}".strip()[-_LONGEST_NOTE:]
    known = {line.external_id: line for line in document.lines}
    for wanted in edit.lines:
        line = known.get(wanted.line_id)
        if line is not None and line.quantity != wanted.quantity:
            change.quantities.append((wanted.line_id, int(wanted.quantity)))
    return change


def address_input(address: AddressDocument) -> dict[str, Any]:
    """All fields, so that what the address has no longer is emptied."""
    first, _space, last = address.name.partition(" ")
    return {
        "firstName": first,
        "lastName": last,
        "company": address.company,
        "address1": address.street,
        "address2": address.street2,
        "city": address.city,
        "zip": address.zip,
        "provinceCode": address.state or None,
        "countryCode": address.country or None,
        "phone": address.phone or None,
    }


def _is_at(found: AddressDocument, wanted: AddressDocument) -> bool:
    return found.place == wanted.place and (found.phone == wanted.phone or not wanted.phone)
