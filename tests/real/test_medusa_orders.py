"""Orders of a real Medusa shop: in with their money to the cent, out with parcels and states, and their refunds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from dev.medusa.people import MARIE, Customer, Shopkeeper
from platforms.documents import (
    LineDocument,
    LineKind,
    OrderDocument,
    OrderEdit,
    OrderState,
    ParcelDocument,
    ShipmentDocument,
)
from platforms.medusa import Medusa
from platforms.values import digest


def document(medusa: Medusa, order_id: str) -> OrderDocument:
    (raw,) = medusa.read_orders_by_id([order_id])
    return medusa.parse_order(raw)


def lines_of(order: OrderDocument) -> dict[str, LineDocument]:
    """By SKU, delivery under "": Medusa tells the lines of a basket in any order."""
    return {line.sku: line for line in order.lines}


def adds_up(order: OrderDocument) -> bool:
    """Lines, taxes, payments and total agree to the cent."""
    return (
        sum(line.gross for line in order.lines) == order.total
        and sum(line.tax for line in order.lines) == order.total_tax
        and sum(tax.amount for tax in order.taxes) == order.total_tax
        and sum(payment.amount for payment in order.payments) == order.total
        and order.total == order.total.quantize(Decimal("0.01"))
    )


def delta(medusa: Medusa, since: datetime) -> list[str]:
    """The ids of what changed, in the order that it is read."""
    found, cursor = [], ""
    while True:
        page = medusa.read_orders(since, cursor)
        found += [medusa.order_version(raw)[0] for raw in page.raws]
        cursor = page.next
        if not cursor:
            return found


def test_an_order_comes_with_all_that_it_is(medusa: Medusa, customer: Customer, keeper: Shopkeeper) -> None:
    company = MARIE | {"company": "Durand SARL", "address_1": "2 rue Haute"}
    order = document(medusa, customer.order([("TS-S", 2), ("MUG", 3)], billing=company))
    assert adds_up(order)
    # 2 × 20.50 + 3 × 33.33 + 4.90 = 145.89, of which 29.178 is the tax: the shop itself says 175.068.
    assert (order.total, order.total_tax, order.currency) == (Decimal("175.07"), Decimal("29.18"), "EUR")
    shirt, mug, delivery = (lines_of(order)[sku] for sku in ("TS-S", "MUG", ""))
    assert (shirt.sku, shirt.quantity, shirt.net, shirt.options) == ("TS-S", 2, 41, (("Taille", "S"),))
    assert (mug.name, mug.net, mug.options) == ("Tasse", Decimal("99.99"), ())
    assert (delivery.kind, delivery.name, delivery.net) == (LineKind.SHIPPING, "Colissimo", Decimal("4.90"))
    (tax,) = order.taxes
    assert (tax.label, tax.rate, tax.amount) == ("TVA", 20, order.total_tax)
    assert tax.code in {rate.code for rate in medusa.read_taxes()}
    assert (order.customer.email, order.customer.external_id) == ("marie@example.com", ""), "a guest"
    assert (order.billing.company, order.billing.street) == ("Durand SARL", "2 rue Haute")
    assert (order.shipping.name, order.shipping.city, order.shipping.country) == ("Marie Durand", "Paris", "FR")
    # Nobody stands behind a manual payment until the shopkeeper says that it came.
    assert (order.state, order.vendor_state, order.paid_at) == (OrderState.PENDING, "authorized", None)

    keeper.capture(order.external_id)
    paid = document(medusa, order.external_id)
    assert (paid.state, paid.vendor_state) == (OrderState.CONFIRMED, "captured")
    assert paid.paid_at and paid.updated_at > order.updated_at, "a capture does not date the order, but its payment"


def test_a_promotion_leaves_whole_cents(medusa: Medusa, customer: Customer, keeper: Shopkeeper) -> None:
    keeper.promotion("MOINS7", 7.77)
    keeper.promotion("DIX", 10, percent=True)
    for codes in (["MOINS7"], ["DIX"]):
        order = document(medusa, customer.order([("TS-S", 1), ("MUG", 3)], promotions=codes))
        assert adds_up(order)
        (coupon,) = order.coupons
        assert coupon.code == codes[0]
        assert sum(line.list_net - line.net for line in order.lines) == pytest.approx(
            coupon.discount, abs=Decimal("0.01")
        )


def test_a_foreign_order_has_its_currency_and_no_tax(medusa: Medusa, customer: Customer) -> None:
    address = MARIE | {"country_code": "us", "city": "Boston", "province": "ma", "postal_code": "02108"}
    order = document(medusa, customer.order([("MUG", 1)], address=address, region="region_us"))
    assert adds_up(order)
    assert (order.currency, order.total, order.total_tax, order.taxes) == ("USD", Decimal("38.23"), 0, ())
    assert (order.shipping.country, order.shipping.state) == ("US", "MA")


def test_what_changed_is_found_also_where_it_does_not_date_the_order(
    medusa: Medusa, customer: Customer, keeper: Shopkeeper
) -> None:
    first, second = (customer.order([("MUG", 1)]) for _ in range(2))
    (raw,) = medusa.read_orders_by_id([second])
    after = medusa.order_version(raw)[1] + timedelta(milliseconds=1)
    assert delta(medusa, after) == []
    keeper.capture(first)
    assert delta(medusa, after) == [first]
    calls = medusa.transport.calls
    assert delta(medusa, after) == [first]
    assert medusa.transport.calls - calls == 3, "payments, the orders that they are of, orders"
    keeper.capture(second)
    keeper.cancel(first)
    assert sorted(delta(medusa, after)) == sorted([first, second])
    everything = delta(medusa, datetime(2020, 1, 1, tzinfo=timezone.utc))
    assert len(everything) == len(set(everything)) and {first, second} <= set(everything)


def test_a_parcel_is_told_once_and_shown_with_its_number(
    medusa: Medusa, customer: Customer, keeper: Shopkeeper
) -> None:
    order = document(medusa, customer.order([("TS-M", 2), ("MUG", 1)]))
    keeper.capture(order.external_id)
    shirt, mug = (lines_of(order)[sku] for sku in ("TS-M", "MUG"))
    parcel = ParcelDocument("6A123", "Colissimo", "https://example.com/6A123")
    part = ShipmentDocument(order.external_id, "OUT/1", ((shirt.external_id, Decimal(1)),), (parcel,), complete=False)
    calls = medusa.transport.calls
    (result,) = medusa.push_shipments([part])
    assert result.ok and result.external_id
    assert medusa.transport.calls - calls == 4, "orders, reservations, the fulfilment, its shipment"
    (again,) = medusa.push_shipments([part])
    assert again == result, "told again, it is the same"
    assert document(medusa, order.external_id).vendor_state == "partially_shipped"

    rest = ((shirt.external_id, Decimal(1)), (mug.external_id, Decimal(1)))
    (result,) = medusa.push_shipments([ShipmentDocument(order.external_id, "OUT/2", rest, (parcel,))])
    assert result.ok
    shown = keeper.order(order.external_id, "*fulfillments,*fulfillments.labels,+fulfillment_status")
    assert shown["fulfillment_status"] == "shipped" and len(shown["fulfillments"]) == 2
    assert {label["tracking_number"] for row in shown["fulfillments"] for label in row["labels"]} == {"6A123"}
    assert document(medusa, order.external_id).state == OrderState.COMPLETED

    late = ShipmentDocument(order.external_id, "OUT/2", rest, (ParcelDocument("6A999"),), known=True)
    (result,) = medusa.push_shipments([late])
    assert result.ok and "6A999" in result.message, "Medusa changes no label, and that is said"
    assert keeper.order(order.external_id, "metadata")["metadata"]["odoo_tracking"]["OUT/2"]

    ((state),) = medusa.push_states([(order.external_id, OrderState.DELIVERED)])
    assert state.ok
    assert document(medusa, order.external_id).vendor_state == "delivered"


def test_states_that_can_be_told(medusa: Medusa, customer: Customer) -> None:
    paid, cancelled = (customer.order([("MUG", 1)]) for _ in range(2))
    results = medusa.push_states([(paid, OrderState.CONFIRMED), (cancelled, OrderState.CANCELLED)])
    assert all(result.ok for result in results)
    assert document(medusa, paid).state == OrderState.CONFIRMED
    assert document(medusa, cancelled).state == OrderState.CANCELLED
    again = medusa.push_states([(paid, OrderState.CONFIRMED), (cancelled, OrderState.CANCELLED)])
    assert all(result.ok and not result.message for result in again)
    (told,) = medusa.push_states([(paid, OrderState.CANCELLED)])
    assert told.ok and told.message, "the shop gives the money back by itself"
    assert sum(refund.amount for refund in document(medusa, paid).refunds) == Decimal("45.88")
    (gone,) = medusa.push_states([("order_nope", OrderState.CANCELLED)])
    assert (gone.ok, gone.code) == (False, "not_found")


def test_an_address_is_changed_until_it_has_left(medusa: Medusa, customer: Customer, keeper: Shopkeeper) -> None:
    order_id = customer.order([("TS-M", 1), ("MUG", 1)])
    (raw,) = medusa.read_orders_by_id([order_id])
    (same,) = medusa.read_orders_by_id([order_id])
    assert digest(raw) == digest(same), "however Medusa puts its lines"
    order = medusa.parse_order(raw)
    moved = replace(order.shipping, street="9 rue du Lac", city="Annecy", zip="74000")
    edit = OrderEdit(order_id, "E1", shipping=moved, note="Livre au bureau", seen=digest(raw))
    (result,) = medusa.push_edits([edit])
    assert result.ok and result.raw and medusa.parse_order(result.raw).shipping == moved
    assert keeper.order(order_id, "metadata")["metadata"]["odoo_notes"] == {"E1": "Livre au bureau"}
    calls = medusa.transport.calls
    (again,) = medusa.push_edits([edit])
    assert again.ok and medusa.transport.calls - calls == 1, "told again, it is as wanted"
    (late,) = medusa.push_edits([OrderEdit(order_id, "E2", shipping=order.shipping, seen=digest(raw))])
    assert (late.ok, late.code) == (False, "changed")
    keeper.fulfil(order_id)
    (gone,) = medusa.push_edits([OrderEdit(order_id, "E3", shipping=order.shipping)])
    assert (gone.ok, gone.code) == (False, "conflict")


def test_a_return_and_its_refund_leave_the_order_what_it_was(
    medusa: Medusa, customer: Customer, keeper: Shopkeeper
) -> None:
    order_id = customer.order([("TS-S", 2), ("MUG", 1)])
    keeper.capture(order_id)
    keeper.fulfil(order_id)
    before = document(medusa, order_id)
    keeper.take_back(order_id, {"TS-S": 1})
    keeper.refund(order_id, 24.6, "revenu")
    order = document(medusa, order_id)
    assert (order.total, order.lines) == (before.total, before.lines), "what the shop shows has shrunk"
    assert adds_up(order)
    (refund,) = order.refunds
    (line,) = refund.lines
    assert (refund.amount, refund.reason) == (Decimal("24.60"), "revenu")
    assert (line.line_id, line.quantity, line.net, line.tax) == (
        lines_of(order)["TS-S"].external_id,
        1,
        Decimal("20.50"),
        Decimal("4.10"),
    )
    keeper.refund(order_id, 5, "geste")
    bare = document(medusa, order_id).refunds[1]
    assert (bare.amount, bare.lines) == (5, ()) and order.refunds_complete


def test_what_an_exchange_sends_is_not_what_was_ordered(medusa: Medusa, customer: Customer, keeper: Shopkeeper) -> None:
    order_id = customer.order([("MUG", 2)])
    keeper.capture(order_id)
    keeper.fulfil(order_id)
    before = document(medusa, order_id)
    keeper.exchange(order_id, {"MUG": 1}, {"TS-M": 1})
    order = document(medusa, order_id)
    assert (order.total, order.lines, order.payments) == (before.total, before.lines, before.payments)


def test_a_customer_with_an_account(medusa: Medusa, customer: Customer, keeper: Shopkeeper) -> None:
    customer_id, token = customer.register("jean@example.com", first_name="Jean", last_name="Petit", phone="0611223344")
    order = document(medusa, customer.order([("MUG", 1)], email="jean@example.com", token=token))
    assert (order.customer.external_id, order.customer.name) == (customer_id, "Jean Petit")
    (raw,) = medusa.read_customers([customer_id])
    profile = medusa.parse_customer(raw)
    assert (profile.customer.email, profile.customer.phone) == ("jean@example.com", "0611223344")


def test_thousand_orders_cost_a_handful_of_calls(medusa: Medusa, customer: Customer) -> None:
    """Counted on a small page: a call for each page, and none for an order."""
    ids = [customer.order([("MUG", 1)]) for _ in range(3)]
    calls = medusa.transport.calls
    assert len(medusa.read_orders_by_id(ids)) == 3
    assert medusa.transport.calls - calls == 1
    page = medusa.read_orders(None)
    assert medusa.transport.calls - calls <= 4 and len(page.raws) >= 3
    assert medusa.capabilities.page_size == 100, "hence 10 calls for a thousand"
