"""What else is told to Shopify: cancellations, work in progress, changed orders, changed customers; each once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from shopify_deliveries import received
from shopify_sales import do, goods, place, read
from shopify_shop import control

from platforms.documents import (
    CustomerChange,
    LineEdit,
    OrderEdit,
    OrderState,
    ShipmentDocument,
)
from platforms.errors import PlatformError
from platforms.shopify import Shopify
from platforms.values import digest


def raw_of(shopify: Shopify, order_id: str) -> dict[str, Any]:
    (raw,) = shopify.read_orders_by_id([order_id])
    return raw


# --- states


def test_orders_are_cancelled_once(shopify: Shopify) -> None:
    goods(shopify)
    ids = [place(shopify, paid=paid) for paid in (True, False)]
    wanted = [(order_id, OrderState.CANCELLED) for order_id in ids]
    shopify.transport.calls = 0
    assert all(result.ok for result in shopify.push_states(wanted))
    assert shopify.transport.calls == 2
    assert all(result.ok for result in shopify.push_states(wanted))
    assert shopify.transport.calls == 3, "one look"
    for order_id in ids:
        order = read(shopify, order_id)
        assert order.state is OrderState.CANCELLED
        assert not sum(refund.amount for refund in order.refunds), "money is given back by a refund, never by a state"
    stock = do_get(shopify, "shopify/stock")
    assert stock["MUG"] == 100, "the goods never left"


def do_get(shopify: Shopify, path: str) -> Any:
    root = shopify.client.base.removesuffix("/lumiere")
    return shopify.transport.request("GET", f"{root}/sandbox/{path}").json()


def test_a_shipped_order_is_not_cancelled(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    line = read(shopify, order_id).lines[0]
    shopify.push_shipments([ShipmentDocument(order_id, "WH/OUT/1", ((line.external_id, Decimal(1)),))])
    (result,) = shopify.push_states([(order_id, OrderState.CANCELLED)])
    assert not result.ok and result.code == "conflict"


def test_preparing_is_shown(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    wanted = [(order_id, OrderState.PREPARING)]
    assert shopify.push_states(wanted)[0].ok
    assert raw_of(shopify, order_id)["displayFulfillmentStatus"] == "IN_PROGRESS"
    shopify.transport.calls = 0
    assert shopify.push_states(wanted)[0].ok
    assert shopify.transport.calls == 1
    line = read(shopify, order_id).lines[0]
    (told,) = shopify.push_shipments([ShipmentDocument(order_id, "WH/OUT/1", ((line.external_id, line.quantity),))])
    assert told.ok and read(shopify, order_id).state is OrderState.COMPLETED


def test_states_that_shopify_has_not_are_said_so(shopify: Shopify) -> None:
    results = shopify.push_states([("1", OrderState.CONFIRMED), ("999999", OrderState.CANCELLED)])
    assert [result.code for result in results] == ["unsupported", "not_found"]
    assert shopify.transport.calls == 1


# --- edits


def test_an_order_goes_elsewhere(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    raw = raw_of(shopify, order_id)
    there = replace(read(shopify, order_id).shipping, street="9 quai Est", zip="69002", city="Lyon")
    edit = OrderEdit(order_id, "k1", shipping=there, seen=digest(raw))
    shopify.transport.calls = 0
    (result,) = shopify.push_edits([edit])
    assert result.ok and result.raw and shopify.parse_order(result.raw).shipping.place == there.place
    assert shopify.transport.calls == 3, "read, change, read again"
    (again,) = shopify.push_edits([edit])
    assert again.ok and shopify.transport.calls == 4, "it is there already"


def test_less_and_more_of_a_line(shopify: Shopify) -> None:
    goods(shopify)
    goods(shopify, "BOWL", "6.00")
    order_id = place(shopify, ("MUG", 3), ("BOWL", 1), paid=False)
    mug, bowl, _shipping = read(shopify, order_id).lines
    edit = OrderEdit(
        order_id,
        "k2",
        lines=(
            LineEdit(mug.external_id, Decimal(2), mug.net, mug.net),
            LineEdit(bowl.external_id, Decimal(0), mug.net, mug.net),
        ),
        note="The customer called",
    )
    (result,) = shopify.push_edits([edit])
    assert result.ok, result
    order = read(shopify, order_id)
    assert [(line.sku, line.quantity) for line in order.lines if line.sku] == [("MUG", 2)]
    assert order.total == Decimal("24.00") + order.lines[-1].gross and not order.refunds
    assert order.note == "" and "The customer called" in raw_of(shopify, order_id)["note"]
    more = OrderEdit(order_id, "k3", lines=(LineEdit(mug.external_id, Decimal(5), mug.net, mug.net),))
    assert shopify.push_edits([more])[0].ok
    assert [(line.sku, line.quantity) for line in read(shopify, order_id).lines if line.sku] == [("MUG", 5)]
    shopify.transport.calls = 0
    assert shopify.push_edits([more])[0].ok and shopify.transport.calls == 2, "the order, and what was taken out of it"


def test_less_of_a_paid_order_is_told_once(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify, ("MUG", 3))
    mug = read(shopify, order_id).lines[0]
    edit = OrderEdit(order_id, "k", lines=(LineEdit(mug.external_id, Decimal(2), mug.net, mug.net),))
    assert shopify.push_edits([edit])[0].ok
    order = read(shopify, order_id)
    assert order.lines[0].quantity == 2 and order.paid_at and not order.refunds
    shopify.transport.calls = 0
    assert shopify.push_edits([edit])[0].ok and shopify.transport.calls <= 2, "not taken out twice"
    assert read(shopify, order_id) == order


def test_an_order_that_changed_meanwhile_is_left_alone(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify, paid=False)
    seen = digest(raw_of(shopify, order_id))
    do(shopify, f"shopify/orders/{order_id}/pay", {})
    there = replace(read(shopify, order_id).shipping, city="Lyon")
    (result,) = shopify.push_edits([OrderEdit(order_id, "k", shipping=there, seen=seen)])
    assert not result.ok and result.code == "changed" and result.retry and result.raw
    (result,) = shopify.push_edits([OrderEdit(order_id, "k", shipping=there, seen=digest(result.raw))])
    assert result.ok


def test_a_shipped_order_is_not_changed(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    order = read(shopify, order_id)
    shopify.push_shipments([ShipmentDocument(order_id, "K", ((order.lines[0].external_id, Decimal(2)),))])
    there = replace(order.shipping, city="Lyon")
    (result,) = shopify.push_edits([OrderEdit(order_id, "k", shipping=there)])
    assert not result.ok and result.code == "conflict"


def test_a_lost_answer_changes_nothing_twice(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify, ("MUG", 3), paid=False)
    mug = read(shopify, order_id).lines[0]
    edit = OrderEdit(order_id, "k", lines=(LineEdit(mug.external_id, Decimal(2), mug.net, mug.net),), note="Less")
    do(shopify, "faults", {"kind": "lost_answer", "path": "*graphql.json", "probability": 0.5, "times": 4})
    for _try in range(12):
        try:
            (result,) = shopify.push_edits([edit])
        except PlatformError as error:
            assert error.retry
            continue
        if result.ok:
            break
        assert result.retry, result
    assert result.ok
    control(shopify, "DELETE", "faults")
    order = read(shopify, order_id)
    assert order.lines[0].quantity == 2
    assert str(raw_of(shopify, order_id)["note"]).count("Less") == 1


# --- customers


def test_a_customers_account_is_read_and_changed(shopify: Shopify) -> None:
    goods(shopify)
    customer_id = read(shopify, place(shopify)).customer.external_id
    (raw,) = shopify.read_customers([customer_id, "999999"])
    profile = shopify.parse_customer(raw)
    assert profile.customer.email == "marie@example.com" and profile.address.city == "Paris"
    values = {"name": "Marie Curie", "billing": {"street": "36 quai de Béthune", "zip": "75004", "country": "FR"}}
    change = CustomerChange(customer_id, values)
    shopify.transport.calls = 0
    assert [result.ok for result in shopify.push_customers([change])] == [True]
    assert shopify.transport.calls == 3
    assert [result.ok for result in shopify.push_customers([change])] == [True]
    (raw,) = shopify.read_customers([customer_id])
    profile = shopify.parse_customer(raw)
    assert profile.customer.name == "Marie Curie"
    assert (profile.address.street, profile.address.zip, profile.address.city) == (
        "36 quai de Béthune",
        "75004",
        "Paris",
    )


def test_an_account_that_is_gone_or_refused_is_said(shopify: Shopify) -> None:
    goods(shopify)
    customer_id = read(shopify, place(shopify)).customer.external_id
    results = shopify.push_customers(
        [CustomerChange("999999", {"billing": {"city": "Lyon"}}), CustomerChange(customer_id, {"email": "no address"})]
    )
    assert [result.ok for result in results] == [False, False]
    assert not any(result.retry for result in results)


# --- webhooks


def test_webhooks_are_registered_once_and_mended(shopify: Shopify) -> None:
    address = "https://odoo.example/ecom/webhook/abc"
    first = shopify.register_webhooks(address, "ignored")
    assert all(state.active for state in first) and shopify.transport.calls == 2
    assert shopify.register_webhooks(address, "ignored") == first
    assert shopify.transport.calls == 3, "one call when all is well"
    doubled = (
        "mutation W { webhookSubscriptionCreate(topic: ORDERS_UPDATED, webhookSubscription: "
        f'{{uri: "{address}"}}) {{ webhookSubscription {{ id }} userErrors {{ message }} }} }}'
    )
    do(shopify, "shopify/graphql", {"query": doubled})
    assert {state.topic for state in shopify.register_webhooks(address, "")} == {state.topic for state in first}
    assert len(shopify.read_webhooks(address)) == len(first)
    shopify.remove_webhooks(address)
    assert shopify.read_webhooks(address) == []
    assert shopify.read_webhooks("https://elsewhere.example") == []


def test_an_order_is_announced(shopify: Shopify) -> None:
    goods(shopify)
    with received() as (address, deliveries):
        shopify.register_webhooks(address, "")
        order_id = place(shopify)
        hints = []
        for _delivery in range(2):
            headers, payload = deliveries()
            assert shopify.verify_webhook("shpss_sandbox", headers, payload)
            assert not shopify.verify_webhook("shpss_sandbox", headers, payload + b" ")
            hints.append(shopify.parse_webhook(headers, payload))
    assert {hint.kind for hint in hints} <= {"order", "product", "customer"}
    assert (order_id, False) in {(hint.external_id, hint.deleted) for hint in hints if hint.kind == "order"}
    assert len({hint.event_id for hint in hints}) == len(hints)


@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact", "shop/redact"])
def test_the_law_comes_by_webhook(shopify: Shopify, topic: str) -> None:
    """Signed with the app's secret, and understood from the body alone."""
    goods(shopify)
    order = read(shopify, place(shopify))
    with received() as (address, deliveries):
        body = {"topic": topic, "customer_id": int(order.customer.external_id), "url": address}
        do(shopify, "shopify/compliance", body)
        headers, payload = deliveries()
    assert shopify.verify_webhook("shpss_sandbox", headers, payload)
    hint = shopify.parse_webhook(headers, payload)
    assert hint.kind == "privacy" and hint.external_id
    request = shopify.parse_privacy_request(payload)
    assert request.kind.value == topic.replace("customers/redact", "customer_redact").replace(
        "shop/redact", "shop_redact"
    ).removeprefix("customers/")
    if topic != "shop/redact":
        assert request.customer_id == order.customer.external_id
