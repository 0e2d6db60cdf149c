"""Changing placed orders of a WooCommerce shop: where they go, how much of a line, which variant.

What WooCommerce does with a line that is sent with its id (source of 10.9: ``prepare_line_items``,
``save_object``, ``wc_maybe_adjust_line_item_product_stock``):

* a new quantity leaves ``total`` and ``subtotal`` as they are, so both are sent along;
* a product, variation or SKU is put in the line's place with its name, tax class and options, at the amounts that are
  there; the stock of what was there before is not given back;
* quantity 0 takes the line out, without giving its stock back;
* whenever lines or an address are sent, taxes and totals are computed anew from the lines' ``total``;
* the status does not matter: what the administration shows as not editable is changed all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..base import CommandResult, Raw
from ..documents import AddressDocument, LineDocument, LineEdit, OrderDocument, OrderEdit, OrderState
from ..errors import PlatformError
from ..rounds import push_in_rounds
from ..values import digest
from ..words import _
from . import mapper, states
from .batch import Update, update_orders
from .client import WooClient
from .shipments import was_written

_EDITABLE = (OrderState.PENDING, OrderState.CONFIRMED)
_SIX = Decimal("0.000001")
_CENT = Decimal("0.01")


def push_edits(client: WooClient, edits: Sequence[OrderEdit]) -> list[CommandResult]:
    """As the contract says. Several edits of one order are sent one after the other."""
    return push_in_rounds(edits, lambda batch: _push_round(client, batch))


def _push_round(client: WooClient, edits: Mapping[int, OrderEdit]) -> dict[int, CommandResult]:
    by_order = {edit.order_id: edit for edit in edits.values()}
    conflicts: dict[str, str] = {}
    changed: set[str] = set()

    def plan(order: Mapping[str, Any]) -> Update | None:
        document = mapper.parse_order(order)
        edit = by_order[document.external_id]
        update = plan_edit(document, order, edit)
        if update and document.state not in _EDITABLE:
            conflicts[document.external_id] = document.vendor_state
            return None
        if update and edit.seen and digest(order) != edit.seen:
            changed.add(document.external_id)
            return None
        return update

    kept: dict[str, Raw] = {}
    errors = update_orders(client, list(by_order), "", plan, kept)
    results: dict[int, CommandResult] = {}
    for index, edit in edits.items():
        if error := errors[edit.order_id]:
            results[index] = CommandResult.failed(error)
        elif edit.order_id in conflicts:
            message = states.left_alone(conflicts[edit.order_id])
            results[index] = CommandResult(ok=False, code="conflict", message=message)
        elif edit.order_id in changed:
            message = _("The order was changed on the shop meanwhile.")
            raw = kept.get(edit.order_id)
            results[index] = CommandResult(ok=False, code="changed", message=message, retry=True, raw=raw)
        else:
            results[index] = _note(client, edit, kept.get(edit.order_id))
    return results


def _note(client: WooClient, edit: OrderEdit, raw: Raw | None) -> CommandResult:
    """Write the remark for the shopkeeper, once: a note has no key, so those that are there are looked at."""
    if edit.note:
        path = f"orders/{edit.order_id}/notes"
        try:
            if not was_written(edit.note, list(client.pages(path, {"type": "internal"}))):
                client.post(path, {"note": edit.note, "customer_note": False})
        except PlatformError as error:
            return CommandResult.failed(error)
    return CommandResult(ok=True, external_id=edit.order_id, raw=raw)


def plan_edit(document: OrderDocument, raw: Mapping[str, Any], edit: OrderEdit) -> Update | None:
    """The order's item of a batch, with what differs from what is there; ``None`` when nothing does."""
    update: Update = {}
    if edit.shipping and not _is_at(document.shipping, edit.shipping):
        update["shipping"] = shipping_address(edit.shipping)
    known = {line.external_id: line for line in document.lines}
    lines = []
    for wanted in edit.lines:
        line = known.get(wanted.line_id)
        if line and (item := plan_line(document, line, wanted)):
            lines.append(item)
    if lines:
        update["line_items"] = lines
    return {"id": raw["id"], **update} if update else None


def plan_line(document: OrderDocument, line: LineDocument, wanted: LineEdit) -> Update | None:
    """One of ``line_items``; ``None`` when the line is as wanted. A line that is gone stays gone."""
    item: Update = {"id": int(line.external_id)}
    if not wanted.quantity:
        return item | {"quantity": 0}
    swapped = wanted.swaps and not _is_product(line, wanted)
    if not swapped and line.quantity == wanted.quantity:
        return None
    item["quantity"] = int(wanted.quantity) if wanted.quantity == int(wanted.quantity) else float(wanted.quantity)
    item["total"], item["subtotal"] = amounts(document, line, wanted)
    if swapped:
        item |= _product(wanted)
    return item


def amounts(document: OrderDocument, line: LineDocument, wanted: LineEdit) -> tuple[str, str]:
    """``(total, subtotal)`` of a line, from which the shop computes its tax.

    A shop whose prices include tax keeps six decimals, so that tax and net add up to the price: so is done here.
    """
    net, listed = wanted.net, wanted.list_net
    rates = {summary.code: summary.rate for summary in document.taxes if not summary.compound}
    codes = [tax.code for tax in line.taxes]
    if document.prices_include_tax and codes and all(code in rates for code in codes):
        factor = 1 + sum((rates[code] for code in codes), Decimal(0)) / 100
        gross = wanted.net + wanted.tax
        if abs(gross / factor - net) < _CENT:
            precise = (gross / factor).quantize(_SIX, ROUND_HALF_UP)
            listed = precise if listed == net else listed
            net = precise
    return f"{net:f}", f"{max(listed, net):f}"


def shipping_address(address: AddressDocument) -> dict[str, str]:
    """All fields, so that what the address has no longer is emptied."""
    first, _, last = address.name.partition(" ")
    return {
        "first_name": first,
        "last_name": last,
        "company": address.company,
        "address_1": address.street,
        "address_2": address.street2,
        "city": address.city,
        "state": address.state,
        "postcode": address.zip,
        "country": address.country,
        "phone": address.phone,
    }


def _is_at(found: AddressDocument, wanted: AddressDocument) -> bool:
    return found.place == wanted.place and (found.phone == wanted.phone or not wanted.phone)


def _is_product(line: LineDocument, wanted: LineEdit) -> bool:
    if wanted.variant_id:
        return line.variant_id == wanted.variant_id
    if wanted.product_id:
        return line.product_id == wanted.product_id and not line.variant_id
    return line.sku == wanted.sku


def _product(wanted: LineEdit) -> Update:
    if wanted.variant_id:
        return {"product_id": int(wanted.product_id or 0), "variation_id": int(wanted.variant_id)}
    if wanted.product_id:
        return {"product_id": int(wanted.product_id)}
    return {"sku": wanted.sku}
