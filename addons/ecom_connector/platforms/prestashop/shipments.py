"""How a shipment is told to PrestaShop: the tracking number of ``order_carriers``, then the state "shipped".

An order has one row of ``order_carriers`` from the start. The first parcel's number goes there, the numbers of further
parcels in rows of their own, which the order's page lists below it. Their number is what they are known by again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..base import CommandResult
from ..documents import OrderState, ShipmentDocument
from ..errors import PlatformError
from ..values import identifier, text
from .client import PrestaClient
from .publishing_calls import Raw, Writer
from .reference import Reference
from .state_changes import StateWriter, gone
from .states import left_alone
from .xml import Record

_SENDS_MAIL = {"sendemail": "1"}
_LONGEST_NUMBER = 64


def push(client: PrestaClient, reference: Reference, shipments: Sequence[ShipmentDocument]) -> list[CommandResult]:
    """Four calls for any number of orders, and one for each ten of them.

    The e-mail of the state "shipped" has the tracking link in it. Where no state is to be set (part of the order, or
    shipped before), the e-mail of the number itself is sent (source: ``OrderCarrier::updateWs``).

    :raises PlatformError: only while nothing was written
    """
    states = StateWriter(client, reference)
    ids = list(dict.fromkeys(one.order_id for one in shipments if one.order_id.isdecimal()))
    orders = states.read(ids)
    if not orders:
        return [gone() for _one in shipments]
    carriers: dict[str, list[Record]] = {}
    for row in client.among("order_carriers", orders, field="id_order"):
        carriers.setdefault(identifier(row.get("id_order")), []).append(row)
    target = states.target(OrderState.COMPLETED, {})
    done = {key: _may_not(states, order, target) for key, order in orders.items()}
    complete = {one.order_id for one in shipments if one.complete and not done.get(one.order_id, "gone")}
    complete = {key for key in complete if not states.is_so(orders[key], OrderState.COMPLETED, target)}
    rows = _Rows(orders, carriers)
    for shipment in shipments:
        if shipment.order_id in orders:
            rows.take(shipment, mail=shipment.notify_customer and shipment.order_id not in complete)
    errors = rows.write(client)
    notified = {one.order_id for one in shipments if one.notify_customer}
    results: dict[str, CommandResult] = {}
    for mail in (True, False):
        some = [key for key in orders if key in complete and key not in errors and (key in notified) is mail]
        try:
            results |= states.add([{"id_order": key, "id_order_state": target} for key in some], notify=mail)
        except PlatformError as error:
            if not (rows.wrote or results):
                raise
            results |= dict.fromkeys(some, CommandResult.failed(error))
    return [_result(one, orders, errors, results, done, rows) for one in shipments]


def _may_not(states: StateWriter, order: Record, target: str) -> str:
    """What someone at the shop decided, so that the order is not set to shipped: what its state is called."""
    return states.label(order) if states.conflict(order, OrderState.COMPLETED, target) else ""


def _result(
    shipment: ShipmentDocument,
    orders: Mapping[str, Record],
    errors: Mapping[str, PlatformError],
    results: Mapping[str, CommandResult],
    decided: Mapping[str, str],
    rows: _Rows,
) -> CommandResult:
    key = shipment.order_id
    if key not in orders:
        return gone()
    if key in errors:
        return CommandResult.failed(errors[key])
    if key in results and not results[key].ok:
        return results[key]
    message = left_alone(decided[key]) if decided.get(key) and shipment.complete else ""
    return CommandResult(ok=True, external_id=rows.first(key) or shipment.key, message=message)


class _Rows:
    """The rows of ``order_carriers`` as they shall be."""

    def __init__(self, orders: Mapping[str, Record], carriers: Mapping[str, list[Record]]) -> None:
        self.orders = orders
        self.carriers = {key: list(carriers.get(key, ())) for key in orders}
        self.changed: dict[bool, dict[str, Raw]] = {True: {}, False: {}}
        self.new: dict[bool, list[Raw]] = {True: [], False: []}
        self.wrote = False

    def first(self, order_id: str) -> str:
        return next((identifier(row.get("id")) for row in self.carriers[order_id]), "")

    def take(self, shipment: ShipmentDocument, *, mail: bool) -> None:
        """A shipment's numbers; those that are there stay, a wrong one is put right where it is the only one."""
        rows = self.carriers[shipment.order_id]
        wanted = [parcel.tracking_number.strip()[:_LONGEST_NUMBER] for parcel in shipment.parcels]
        wanted = [number for number in dict.fromkeys(wanted) if number]
        missing = [number for number in wanted if all(text(row.get("tracking_number")) != number for row in rows)]
        for number in missing:
            empty = next((row for row in rows if not text(row.get("tracking_number"))), None)
            wrong = next((row for row in rows if text(row.get("tracking_number")) not in wanted), None)
            row = empty or (wrong if shipment.corrects or (shipment.known and len(rows) == 1) else None)
            if row is not None:
                row["tracking_number"] = number
                if key := identifier(row.get("id")):
                    self.changed[mail][key] = {"id": key, "tracking_number": number}
            else:
                order = self.orders[shipment.order_id]
                fresh = {
                    "id_order": shipment.order_id,
                    "id_carrier": identifier(order.get("id_carrier")) or "0",
                    "weight": "0",
                    "shipping_cost_tax_excl": "0",
                    "shipping_cost_tax_incl": "0",
                    "tracking_number": number,
                }
                rows.append(fresh)
                self.new[mail].append(fresh)

    def write(self, client: PrestaClient) -> dict[str, PlatformError]:
        """Errors by order.

        :raises PlatformError: only while nothing was written
        """
        errors: dict[str, PlatformError] = {}
        owners = {
            identifier(row.get("id")): (key, row)
            for key, rows in self.carriers.items()
            for row in rows
            if identifier(row.get("id"))
        }
        for mail in (True, False):
            writer = Writer(client, _SENDS_MAIL if mail else None)
            writer.wrote = self.wrote
            bodies = list(self.changed[mail].values())
            for body, outcome in zip(bodies, writer.change("order_carriers", bodies), strict=True):
                if isinstance(outcome, PlatformError):
                    errors[owners[body["id"]][0]] = outcome
            new = self.new[mail]
            for fresh, outcome in zip(new, writer.create("order_carriers", new, _on_shop(client, new)), strict=True):
                if isinstance(outcome, PlatformError):
                    errors[fresh["id_order"]] = outcome
            self.wrote = writer.wrote
        return errors


def _on_shop(client: PrestaClient, new: Sequence[Raw]) -> Callable[[Sequence[int]], dict[int, Raw]]:
    """Which of some new rows are there, by order and number."""

    def find(numbers: Sequence[int]) -> dict[int, Raw]:
        rows = client.among("order_carriers", [new[number]["id_order"] for number in numbers], field="id_order")
        found = {(identifier(row.get("id_order")), text(row.get("tracking_number"))): row for row in rows}
        keys = {number: (new[number]["id_order"], new[number]["tracking_number"]) for number in numbers}
        return {number: found[key] for number, key in keys.items() if key in found}

    return find
