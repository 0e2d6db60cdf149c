"""Webhooks of the Shopify shop: signatures, shapes, retries, and the compliance topics."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sandbox_support import Listener, Received
from shopify_support import SAMPLES, SECRET, ShopifyClient, needs_contracts, open_shopify

CREATE = """mutation ($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: {uri: $uri}) {
    webhookSubscription { id topic uri } userErrors { field message } } }"""
COUNT = "{ webhookSubscriptionsCount { count } }"


@pytest.fixture
def shop() -> Iterator[ShopifyClient]:
    """A shop with the demonstration catalogue."""
    with open_shopify() as client:
        yield client


def subscribe(shop: ShopifyClient, listener: Listener, *topics: str) -> None:
    for topic in topics:
        shop.do("webhookSubscriptionCreate", CREATE, {"topic": topic, "uri": f"{listener.url}/hook"})


def wait_until(look: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end
        time.sleep(0.02)


def of(received: list[Received], topic: str) -> Received:
    return next(one for one in received if one.headers["X-Shopify-Topic"] == topic)


def test_an_order_is_told_signed(shop: ShopifyClient, listener: Listener) -> None:
    subscribe(shop, listener, "ORDERS_CREATE", "ORDERS_PAID", "INVENTORY_LEVELS_UPDATE", "PRODUCTS_UPDATE")
    number = shop.order(lines=1)
    told = of(listener.wait(4), "orders/create")
    digest = hmac.new(SECRET.encode(), told.body, hashlib.sha256).digest()
    assert told.headers["X-Shopify-Hmac-Sha256"] == base64.b64encode(digest).decode()
    assert told.headers["X-Shopify-Shop-Domain"] == "maison-lumiere.myshopify.com"
    assert told.headers["X-Shopify-API-Version"] == "2026-10"
    assert told.json["id"] == number
    ids = {one.headers["X-Shopify-Webhook-Id"] for one in listener.received}
    assert len(ids) == 4


@needs_contracts
@pytest.mark.parametrize(
    "topic",
    [
        "orders/create",
        "orders/cancelled",
        "fulfillments/create",
        "refunds/create",
        "products/update",
        "customers/create",
        "inventory_levels/update",
        "returns/approve",
        "bulk_operations/finish",
    ],
)
def test_payloads_have_the_keys_of_the_vendors_samples(shop: ShopifyClient, listener: Listener, topic: str) -> None:
    subscribe(shop, listener, topic.replace("/", "_").upper())
    {"bulk_operations": bulk, "returns": come_back}.get(topic.partition("/")[0], live)(shop)
    ours = of(listener.wait(1), topic).json
    sample = json.loads((SAMPLES / f"{topic}.json").read_text())["response"]
    theirs = json.loads(sample) if isinstance(sample, str) else sample
    assert set(theirs) - set(ours) == set()
    for name in ("line_items", "refund_line_items", "variants", "shipping_lines"):
        if theirs.get(name) and ours.get(name):
            assert set(theirs[name][0]) - set(ours[name][0]) == set(), name


def live(shop: ShopifyClient) -> None:
    """Orders that are sent, refunded and cancelled."""
    number = shop.order("refunded")
    node = f'order(id: "gid://shopify/Order/{number}")'
    order = shop.ask(f"{{ {node} {{ fulfillmentOrders(first: 1) {{ nodes {{ id }} }} }} }}")["order"]
    row = f'{{fulfillmentOrderId: "{order["fulfillmentOrders"]["nodes"][0]["id"]}"}}'
    shop.ask(
        f"mutation {{ fulfillmentCreate(fulfillment: {{lineItemsByFulfillmentOrder: [{row}]}}) "
        "{ fulfillment { id fulfillmentLineItems(first: 1) { nodes { id } } } userErrors { message } } }"
    )
    shop.control(f"orders/{shop.order()}/cancel", {})


def come_back(shop: ShopifyClient) -> None:
    """A return of what was sent."""
    live(shop)
    (order,) = (doc for doc in shop.site.shop.all("orders").values() if doc["fulfillments"])
    row = order["fulfillments"][0]["lines"][0]["id"]
    line = f'{{fulfillmentLineItemId: "gid://shopify/FulfillmentLineItem/{row}", quantity: 1}}'
    shop.ask(
        f'mutation {{ returnCreate(returnInput: {{orderId: "gid://shopify/Order/{order["id"]}", '
        f"returnLineItems: [{line}]}}) {{ return {{ id }} userErrors {{ message }} }} }}"
    )


def bulk(shop: ShopifyClient) -> None:
    """An operation that ends."""
    shop.ask(
        'mutation { bulkOperationRunQuery(query: "{ products { nodes { id } } }") '
        "{ bulkOperation { id } userErrors { message } } }"
    )


def test_what_fails_is_tried_again_and_then_given_up(shop: ShopifyClient, listener: Listener) -> None:
    shop.control("settings", {"webhook_attempts": 2, "webhook_retry_seconds": 0.05})
    subscribe(shop, listener, "ORDERS_CREATE")
    listener.status = 500
    shop.order()
    received = listener.wait(3)
    assert len({(one.headers["X-Shopify-Webhook-Id"], one.body) for one in received}) == 1
    wait_until(lambda: shop.ask(COUNT)["webhookSubscriptionsCount"]["count"] == 0)


def test_a_topic_is_told_once_an_address(shop: ShopifyClient, listener: Listener) -> None:
    subscribe(shop, listener, "ORDERS_CREATE")
    values = {"topic": "ORDERS_CREATE", "uri": f"{listener.url}/hook"}
    (error,) = shop.ask(CREATE, values)["webhookSubscriptionCreate"]["userErrors"]
    assert error["message"] == "Address for this topic has already been taken"


@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact", "shop/redact"])
def test_compliance_requests_can_be_sent(shop: ShopifyClient, listener: Listener, topic: str) -> None:
    number = shop.order()
    customer = shop.site.shop.all("orders")[number]["customerId"]
    shop.control("compliance", {"topic": topic, "customer_id": customer, "url": listener.url})
    (told,) = listener.wait(1)
    assert told.headers["X-Shopify-Topic"] == topic
    assert told.json["shop_domain"] == "maison-lumiere.myshopify.com"
    if topic == "customers/redact":
        assert told.json["orders_to_redact"] == [number]


def test_only_the_fields_asked_for_are_told(shop: ShopifyClient, listener: Listener) -> None:
    create: Any = """mutation ($uri: String!) { webhookSubscriptionCreate(topic: ORDERS_CREATE,
      webhookSubscription: {uri: $uri, includeFields: ["id", "updated_at"]}) { userErrors { message } } }"""
    shop.do("webhookSubscriptionCreate", create, {"uri": listener.url})
    shop.order()
    (told,) = listener.wait(1)
    assert set(told.json) == {"id", "updated_at"}
