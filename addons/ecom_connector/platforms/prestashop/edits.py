"""Changing placed orders of a PrestaShop: where they go, and a remark for the shopkeeper.

Lines cannot be changed soundly: the webservice writes single rows and computes no total anew. An address needs PATCH
(PrestaShop 8 and later): an order that is put back whole has its state set once more, with e-mail and all, and one put
back without its state has none (source: ``Order::setWsCurrentState``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..base import CommandResult, Raw
from ..documents import AddressDocument, NoteDocument, OrderDocument, OrderEdit, OrderState
from ..errors import PlatformError
from ..values import digest, identifier, text
from ..words import Words, _
from . import listing, mapper, notes
from .client import PrestaClient
from .orders import ADDRESS_FIELDS, read_addresses
from .reference import Reference
from .state_changes import gone
from .states import STATE_LABELS, left_alone
from .xml import Record

_EDITABLE = (OrderState.PENDING, OrderState.CONFIRMED)


def push(client: PrestaClient, reference: Reference, edits: Sequence[OrderEdit]) -> list[CommandResult]:
    """As the contract says: the orders are read before and, where one was changed, after; of several edits of one
    order's address the last counts.

    :raises PlatformError: only while nothing was written
    """
    raws = {str(raw["id"]): raw for raw in listing.by_id(client, reference, [edit.order_id for edit in edits])}
    results: dict[int, CommandResult] = {}
    places: dict[str, tuple[int, AddressDocument]] = {}
    for index, edit in enumerate(edits):
        raw = raws.get(edit.order_id)
        if raw is None:
            results[index] = gone()
        elif edit.shipping is not None:
            document = mapper.parse_order(raw)
            if _is_at(document.shipping, edit.shipping):
                continue
            if problem := _problem(document, raw, edit, patches=client.patches):
                results[index] = problem
            else:
                places[edit.order_id] = (index, edit.shipping)
    moved = _Movers(client, reference, raws).move({key: place for key, (_index, place) in places.items()})
    for key, outcome in moved.items():
        if outcome is not None:
            results[places[key][0]] = CommandResult.failed(outcome)
    done = [key for key, outcome in moved.items() if outcome is None]
    raws |= _read_again(client, reference, done)
    wrote = bool(places)
    for index, edit in enumerate(edits):
        if index not in results:
            results[index] = _noted(client, edit, raws.get(edit.order_id), wrote=wrote)
            wrote = wrote or bool(edit.note)
    return [results[index] for index in range(len(edits))]


def _problem(document: OrderDocument, raw: Raw, edit: OrderEdit, *, patches: bool) -> CommandResult | None:
    """Why an order is left as it is."""
    if not patches:
        message = _("PrestaShop before version 8 cannot have an order's address changed: change it there.")
        return CommandResult(ok=False, code="unsupported", message=message)
    if document.state not in _EDITABLE:
        label = STATE_LABELS.get(document.vendor_state, document.vendor_state)
        return CommandResult(ok=False, code="conflict", message=left_alone(label))
    if edit.seen and digest(raw) != edit.seen:
        message = _("The order was changed on the shop meanwhile.")
        return CommandResult(ok=False, code="changed", message=message, retry=True, raw=raw)
    return None


def _read_again(client: PrestaClient, reference: Reference, ids: Sequence[str]) -> dict[str, Raw]:
    """The orders as they are now; without them the change comes back as news, which does no harm."""
    try:
        return {str(raw["id"]): raw for raw in listing.by_id(client, reference, ids)} if ids else {}
    except PlatformError:
        return {}


def _noted(client: PrestaClient, edit: OrderEdit, raw: Raw | None, *, wrote: bool) -> CommandResult:
    """Leave the remark, once."""
    message: str | Words = ""
    if edit.note:
        try:
            (result,) = notes.push(client, [NoteDocument(edit.order_id, edit.key, edit.note)], private=True)
        except PlatformError as error:
            if not wrote:
                raise
            result = CommandResult.failed(error)
        if not result.ok:
            return result
        message = result.message
    return CommandResult(ok=True, external_id=edit.order_id, raw=raw, message=message)


def _is_at(found: AddressDocument, wanted: AddressDocument) -> bool:
    return found.place == wanted.place and (found.phone == wanted.phone or not wanted.phone)


class _Movers:
    """Gives orders another address to be delivered to; the customer's own addresses stay as they are."""

    def __init__(self, client: PrestaClient, reference: Reference, raws: Mapping[str, Raw]) -> None:
        self.client = client
        self.reference = reference
        self.raws = raws
        self.wrote = False

    def move(self, places: Mapping[str, AddressDocument]) -> dict[str, PlatformError | None]:
        """What went wrong, by order.

        :raises PlatformError: only while nothing was written
        """
        if not places:
            return {}
        known = self._known([identifier(self.raws[key].get("id_customer")) for key in places])
        countries = self._countries({place.country for place in places.values()})
        errors: dict[str, PlatformError | None] = {}
        for key, place in places.items():
            errors[key] = None
            try:
                address = self._address(key, place, known, countries)
                self.client.patch("orders", {"id": key, "id_address_delivery": address})
                self.wrote = True
            except PlatformError as error:
                if not self.wrote and not error.in_doubt:
                    raise
                errors[key] = error
        return errors

    def _known(self, customers: Sequence[str]) -> list[Record]:
        """The customers' addresses, also those made for an order when the answer got lost."""
        rows = self.client.among("addresses", customers, field="id_customer", display=("id",))
        return list(read_addresses(self.client, self.reference, [identifier(row.get("id")) for row in rows]).values())

    def _countries(self, codes: set[str]) -> dict[str, str]:
        rows = self.client.among("countries", codes, field="iso_code", display=("id", "iso_code"))
        return {text(row.get("iso_code")).upper(): identifier(row.get("id")) for row in rows}

    def _address(self, key: str, place: AddressDocument, known: Sequence[Record], countries: Mapping[str, str]) -> str:
        """The id of an address that says this, made where the customer has none."""
        customer = identifier(self.raws[key].get("id_customer"))
        for row in known:
            if identifier(row.get("id_customer")) == customer and _is_at(mapper.address(row, ""), place):
                return identifier(row.get("id"))
        before = self.raws[key].get("_shipping") or self.raws[key].get("_billing") or {}
        kept = {name: text(before.get(name)) for name in ADDRESS_FIELDS if name not in ("id", "deleted")}
        first, _sep, last = place.name.partition(" ")
        fresh = {
            "id_customer": customer,
            "id_country": countries.get(place.country, kept["id_country"]),
            "id_state": self._state(place, countries),
            "alias": "Odoo",
            "company": place.company,
            "firstname": first or kept["firstname"],
            "lastname": last or kept["lastname"],
            "address1": place.street,
            "address2": place.street2,
            "postcode": place.zip,
            "city": place.city,
            "phone": place.phone or kept["phone"],
            "phone_mobile": "" if place.phone else kept["phone_mobile"],
            # Of this order alone: not among those that the customer chooses from.
            "deleted": "1",
        }
        made = self.client.post("addresses", {**kept, **fresh})
        self.wrote = True
        return identifier(made.get("id"))

    def _state(self, place: AddressDocument, countries: Mapping[str, str]) -> str:
        country = countries.get(place.country, "")
        if not (place.state and country):
            return "0"
        filters = {"id_country": f"[{country}]"}
        rows = self.client.among("states", [place.state], field="iso_code", display=("id",), filters=filters)
        return next((identifier(row.get("id")) for row in rows), "0")
