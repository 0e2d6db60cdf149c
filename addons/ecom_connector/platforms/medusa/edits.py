"""Changing placed orders: where they go, and remarks for the shopkeeper, kept in the order's metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..base import CommandResult, Raw
from ..documents import AddressDocument, EditKind, OrderDocument, OrderEdit, OrderState
from ..errors import PlatformError
from ..values import digest
from ..words import _
from . import mapper
from .client import MedusaClient
from .customers import split_name
from .orders import read_by_id
from .state_changes import left_alone

KINDS = frozenset({EditKind.ADDRESS, EditKind.NOTE})
NOTES = "odoo_notes"

_EDITABLE = (OrderState.PENDING, OrderState.CONFIRMED)


def push_edits(client: MedusaClient, edits: Sequence[OrderEdit]) -> list[CommandResult]:
    """One call finds the orders of up to a hundred, one changes each that is not as wanted, one more reads those again.

    Lines are not changed: Medusa asks the customer for the difference, or owes it, in ways that are the shopkeeper's.

    :raises PlatformError: only while nothing was written
    """
    if not edits:
        return []
    shown = {mapper.order_version(raw)[0]: raw for raw in read_by_id(client, [edit.order_id for edit in edits])}
    results: list[CommandResult] = []
    written: set[str] = set()
    for edit in edits:
        try:
            # Of several edits of one order, each finds what the one before has left.
            raw = shown.get(edit.order_id)
            if edit.order_id in written:
                (raw,) = read_by_id(client, [edit.order_id]) or (None,)
            results.append(_push_one(client, edit, raw, written))
        except PlatformError as error:
            if not written and not error.in_doubt and error.retry:
                raise
            results.append(CommandResult.failed(error))
    return results


def _push_one(client: MedusaClient, edit: OrderEdit, raw: Raw | None, written: set[str]) -> CommandResult:
    if raw is None:
        return CommandResult(ok=False, code="not_found", message=_("The shop no longer has this order."))
    if edit.lines:
        message = _("Lines of an order cannot be changed on this shop.")
        return CommandResult(ok=False, code="unsupported", message=message)
    document = mapper.parse_order(raw)
    body = _body(document, raw, edit)
    if not body:
        return CommandResult(ok=True, external_id=edit.order_id, raw=raw)
    if "shipping_address" in body:
        if document.state not in _EDITABLE:
            return CommandResult(ok=False, code="conflict", message=left_alone(document.vendor_state))
        # What was written for an edit before this one has changed it, and is no news.
        if edit.seen and edit.order_id not in written and digest(raw) != edit.seen:
            message = _("The order was changed on the shop meanwhile.")
            return CommandResult(ok=False, code="changed", message=message, retry=True, raw=raw)
    client.post(f"orders/{edit.order_id}", body, {"fields": "id"}, idempotent=True)
    written.add(edit.order_id)
    now = read_by_id(client, [edit.order_id])
    return CommandResult(ok=True, external_id=edit.order_id, raw=now[0] if now else None)


def _body(document: OrderDocument, raw: Raw, edit: OrderEdit) -> dict[str, Any]:
    """What differs from what is there; empty when nothing does."""
    body: dict[str, Any] = {}
    if edit.shipping and not _is_at(document.shipping, edit.shipping):
        body["shipping_address"] = shipping_address(edit.shipping)
    metadata = raw.get("metadata")
    notes = metadata.get(NOTES) if isinstance(metadata, Mapping) else None
    notes = dict(notes) if isinstance(notes, Mapping) else {}
    if edit.note and notes.get(edit.key) != edit.note:
        body["metadata"] = {NOTES: {**notes, edit.key: edit.note}}
    return body


def shipping_address(address: AddressDocument) -> dict[str, str]:
    """All fields, so that what the address has no longer is emptied. Medusa does not let the country change."""
    return {
        **split_name(address.name),
        "company": address.company,
        "address_1": address.street,
        "address_2": address.street2,
        "city": address.city,
        "province": address.state,
        "postal_code": address.zip,
        "country_code": address.country.lower(),
        "phone": address.phone,
    }


def _is_at(found: AddressDocument, wanted: AddressDocument) -> bool:
    return found.place == wanted.place and (found.phone == wanted.phone or not wanted.phone)
