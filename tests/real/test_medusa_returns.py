"""Returns that begin on a real Medusa shop: asked for, answered, received, exchanged."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dev.medusa.people import Customer, Shopkeeper
from platforms.base import CommandResult
from platforms.documents import ExchangedDocument, OrderDocument, ParcelDocument, ShipmentDocument
from platforms.medusa import Medusa
from platforms.returns import (
    DAMAGED,
    ExchangeLineDocument,
    NewReturn,
    ReturnCommand,
    ReturnDocument,
    ReturnLineDocument,
    ReturnState,
)


def document(medusa: Medusa, order_id: str) -> OrderDocument:
    (raw,) = medusa.read_orders_by_id([order_id])
    return medusa.parse_order(raw)


def returned(medusa: Medusa, order_id: str, return_id: str) -> ReturnDocument:
    return next(found for found in document(medusa, order_id).returns if found.external_id == return_id)


def shipped(customer: Customer, keeper: Shopkeeper, sku: str = "TS-S", quantity: int = 2) -> str:
    order_id = customer.order([(sku, quantity)])
    keeper.capture(order_id)
    keeper.fulfil(order_id)
    return order_id


def tell(medusa: Medusa, order_id: str, return_id: str, state: ReturnState, **back: Any) -> CommandResult:
    lines = tuple(
        (line.external_id, Decimal(back[line.sku])) for line in document(medusa, order_id).lines if back.get(line.sku)
    )
    (result,) = medusa.push_returns([ReturnCommand(order_id, return_id, "k", state, lines=lines)])
    return result


def test_what_a_customer_asks_for_waits_and_can_be_refused(
    medusa: Medusa, customer: Customer, keeper: Shopkeeper
) -> None:
    order_id = shipped(customer, keeper)
    reason = keeper.reason("damaged", "Abîmé")
    return_id = customer.ask_back(order_id, {"TS-S": 1}, reason=reason, note="Taché")
    found = returned(medusa, order_id, return_id)
    assert found.state == ReturnState.REQUESTED, "nobody has answered"
    (line,) = found.lines
    assert (line.quantity, line.reason, line.label, line.note) == (1, DAMAGED, "Abîmé", "Taché")
    assert line.line_id in {row.external_id for row in document(medusa, order_id).lines}
    assert tell(medusa, order_id, return_id, ReturnState.DECLINED).ok
    assert returned(medusa, order_id, return_id).state == ReturnState.CANCELLED
    calls = medusa.transport.calls
    (again,) = medusa.push_returns([ReturnCommand(order_id, return_id, "k", ReturnState.CANCELLED)])
    assert again.ok and medusa.transport.calls - calls == 1, "told again, it is so already"


def test_what_came_back_is_received_there_and_its_refund_is_for_those_goods(
    medusa: Medusa, customer: Customer, keeper: Shopkeeper
) -> None:
    order_id = shipped(customer, keeper)
    return_id = customer.ask_back(order_id, {"TS-S": 1})
    # Somebody began to receive it in the shop and walked away: it is begun anew.
    keeper.begin_to_receive(return_id)
    result = tell(medusa, order_id, return_id, ReturnState.CLOSED, **{"TS-S": 1})
    assert result.ok, result
    assert returned(medusa, order_id, return_id).state == ReturnState.CLOSED
    keeper.refund(order_id, 24.6)
    (refund,) = document(medusa, order_id).refunds
    assert [(line.quantity, line.net, line.tax) for line in refund.lines] == [(1, Decimal("20.50"), Decimal("4.10"))]


def test_what_the_shopkeeper_makes_is_agreed(medusa: Medusa, customer: Customer, keeper: Shopkeeper) -> None:
    order_id = shipped(customer, keeper)
    return_id, _rows = keeper.announce(order_id, {"TS-S": 2})
    assert returned(medusa, order_id, return_id).state == ReturnState.OPEN


def test_an_exchange_says_what_goes_out_instead(medusa: Medusa, customer: Customer, keeper: Shopkeeper) -> None:
    order_id = shipped(customer, keeper, "MUG")
    keeper.exchange(order_id, {"MUG": 1}, {"TS-M": 1})
    (found,) = document(medusa, order_id).returns
    assert found.state == ReturnState.OPEN and [line.quantity for line in found.lines] == [1]
    assert [(row.sku, row.quantity) for row in found.exchanges] == [("TS-M", 1)]


def ours(medusa: Medusa, order_id: str, sku: str, **values: Any) -> NewReturn:
    line = next(line for line in document(medusa, order_id).lines if line.sku == sku)
    rows = (ReturnLineDocument(line.external_id, Decimal(1), DAMAGED, note="Abîmé"),)
    return NewReturn(order_id, f"return:db:{order_id}", "RET/1", rows, **values)


def test_a_return_of_ours_is_made_once_agreed_and_called_off(
    medusa: Medusa, customer: Customer, keeper: Shopkeeper
) -> None:
    order_id = shipped(customer, keeper)
    keeper.reason("damaged", "Abîmé")
    command = ours(medusa, order_id, "TS-S")
    # An attempt that was killed after its first call.
    medusa.client.post("returns", {"order_id": order_id, "metadata": {"odoo_key": command.key}})
    (result,) = medusa.make_returns([command])
    assert result.ok, result
    assert medusa.make_returns([command]) == [result]
    (found,) = document(medusa, order_id).returns
    assert (found.external_id, found.state, found.key) == (result.external_id, ReturnState.OPEN, command.key)
    assert [(line.quantity, line.reason) for line in found.lines] == [(1, DAMAGED)]
    (many,) = medusa.make_returns([NewReturn(order_id, "other", "RET/2", command.lines * 2)])
    assert not many.ok and not many.retry, "more than is left"
    assert tell(medusa, order_id, found.external_id, ReturnState.CANCELLED).ok
    assert returned(medusa, order_id, found.external_id).state == ReturnState.CANCELLED
    assert medusa.make_returns([ours(medusa, order_id, "TS-S")]) == [result], "what was called off stays so"


def test_an_exchange_of_ours_is_made_and_is_no_line_of_the_order(
    medusa: Medusa, customer: Customer, keeper: Shopkeeper
) -> None:
    order_id = shipped(customer, keeper, "MUG")
    before = document(medusa, order_id)
    instead = (ExchangeLineDocument(Decimal(1), "TS-M", "", keeper.facts["variants"]["TS-M"]),)
    command = ours(medusa, order_id, "MUG", exchanges=instead)
    medusa.client.post("exchanges", {"order_id": order_id, "metadata": {"odoo_key": command.key}})
    (result,) = medusa.make_returns([command])
    assert result.ok, result
    assert medusa.make_returns([command]) == [result]
    after = document(medusa, order_id)
    (found,) = after.returns
    assert (found.external_id, found.key) == (result.external_id, command.key)
    assert [(row.sku, row.quantity) for row in found.exchanges] == [("TS-M", 1)]
    assert (after.lines, after.total) == (before.lines, before.total)
    assert tell(medusa, order_id, found.external_id, ReturnState.CANCELLED).ok
    assert returned(medusa, order_id, found.external_id).state == ReturnState.CANCELLED


def test_what_left_in_exchange_is_told_once_with_its_number(
    medusa: Medusa, customer: Customer, keeper: Shopkeeper
) -> None:
    order_id = shipped(customer, keeper, "MUG")
    before = document(medusa, order_id)
    variant = keeper.facts["variants"]["TS-M"]
    instead = (ExchangeLineDocument(Decimal(2), "TS-M", "", variant),)
    (made,) = medusa.make_returns([ours(medusa, order_id, "MUG", exchanges=instead)])

    def left(key: str, quantity: int, **values: Any) -> CommandResult:
        swapped = ExchangedDocument(made.external_id, ((variant, Decimal(quantity)),))
        parcels = (ParcelDocument(f"8R-{key}", "Colissimo"),)
        (result,) = medusa.push_shipments([ShipmentDocument(order_id, key, (), parcels, exchange=swapped, **values)])
        return result

    first = left("picking-1", 1)
    assert first.ok, first
    assert left("picking-1", 1) == first
    second = left("picking-2", 1)
    assert second.ok and second.external_id != first.external_id
    many = left("picking-3", 1)
    assert (many.ok, many.code, many.retry) == (False, "not_found", False)
    found = keeper.order(order_id, "*items,*items.detail,*fulfillments,*fulfillments.labels")
    (line,) = (item for item in found["items"] if item["variant_sku"] == "TS-M")
    assert (line["detail"]["fulfilled_quantity"], line["detail"]["shipped_quantity"]) == (2, 2)
    numbers = {label["tracking_number"] for row in found["fulfillments"] for label in row["labels"]}
    assert {"8R-picking-1", "8R-picking-2"} <= numbers
    after = document(medusa, order_id)
    assert (after.lines, after.total) == (before.lines, before.total)
