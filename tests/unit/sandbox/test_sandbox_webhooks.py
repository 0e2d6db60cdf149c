"""Webhooks of the simulated WooCommerce: what is told, signed how, and what failures lead to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from pathlib import Path
from typing import Any

import pytest
from sandbox_support import Listener, ShopClient, open_shop

ORDER = {"status": "processing"}


def subscribe(shop: ShopClient, listener: Listener, *topics: str) -> list[int]:
    """Webhooks on topics, with their pings awaited."""
    ids = []
    for topic in topics:
        body = {"topic": topic, "delivery_url": f"{listener.url}/{topic}", "secret": "s3cret"}
        ids.append(shop.post("webhooks", body)["id"])
    listener.wait(len(topics))
    shop.sandbox.courier.wait(5)
    listener.received.clear()
    return ids


def topics(listener: Listener) -> list[tuple[str, int]]:
    return sorted((event.headers["X-WC-Webhook-Topic"], event.json.get("id")) for event in listener.events())


def settle(shop: ShopClient) -> None:
    assert shop.sandbox.courier.wait(5)


def test_a_ping_comes_unsigned(shop: ShopClient, listener: Listener) -> None:
    body = {"topic": "order.created", "delivery_url": listener.url, "secret": "x"}
    created = shop.post("webhooks", body)
    assert "secret" not in created
    ping = listener.wait(1)[0]
    assert ping.body == f"webhook_id={created['id']}".encode()
    assert ping.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert not any(name.startswith("X-WC") for name in ping.headers)


def test_an_order_is_told_twice_and_signed(shop: ShopClient, listener: Listener) -> None:
    subscribe(shop, listener, "order.created", "order.updated")
    key = shop.post("orders", {})["id"]
    first = listener.wait(2)[0]
    assert topics(listener) == [("order.created", key), ("order.updated", key)]
    digest = hmac.new(b"s3cret", first.body, hashlib.sha256).digest()
    assert first.headers["X-WC-Webhook-Signature"] == base64.b64encode(digest).decode()
    assert first.headers["X-WC-Webhook-Source"] == f"{shop.site.shop.url}/"
    assert first.json == shop.get(f"orders/{key}")


def test_deliveries_of_a_second_share_their_id(shop: ShopClient, listener: Listener) -> None:
    """So that it is no key to recognise duplicates by (observed on WooCommerce 10.9.1)."""
    subscribe(shop, listener, "order.created")
    shop.sandbox.clock.set(shop.sandbox.clock.now().replace(microsecond=0))
    for _ in range(2):
        shop.post("orders", {})
    ids = [event.headers["X-WC-Webhook-Delivery-ID"] for event in listener.wait(2)]
    assert ids[0] == ids[1]


def test_what_is_told_and_what_is_not(shop: ShopClient, listener: Listener) -> None:
    mug = shop.post("products", {"name": "Mug", "manage_stock": True, "stock_quantity": 5, "regular_price": "1"})["id"]
    key = shop.post("orders", {"line_items": [{"product_id": mug}]})["id"]
    subscribe(shop, listener, "order.updated", "order.deleted", "product.updated", "product.created")

    def told(method: str, path: str, body: Any = None, **query: Any) -> list[tuple[str, int]]:
        listener.received.clear()
        assert shop.request(method, path, body, **query).status_code < 300
        settle(shop)
        return topics(listener)

    order = f"orders/{key}"
    assert told("POST", f"{order}/notes", {"note": "x"}) == []
    assert told("PUT", order, {}) == [("order.updated", key)]
    assert told("PUT", order, {"status": "processing"}) == [("order.updated", key), ("product.updated", mug)]
    assert told("POST", f"{order}/refunds", {"amount": "0.5", "api_refund": False}) == [("order.updated", key)]
    assert told("PUT", f"products/{mug}", {"stock_quantity": 3}) == [("product.updated", mug)]
    assert told("DELETE", order) == [("order.deleted", key)]
    assert listener.events()[0].body == f'{{"id":{key}}}'.encode()
    assert told("DELETE", order, force="true") == []
    variable = shop.post("products", {"name": "T", "type": "variable"})["id"]
    settle(shop)
    found = told("POST", f"products/{variable}/variations", {"regular_price": "2"})
    assert [topic for topic, _ in found] == ["product.created"]


def test_the_payload_is_the_state_at_delivery_and_updates_merge(shop: ShopClient, listener: Listener) -> None:
    subscribe(shop, listener, "order.created", "order.updated")
    shop.control("deliveries", {"delay": 0.25})
    key = shop.post("orders", {})["id"]
    for note in ("one", "two", "three"):
        shop.put(f"orders/{key}", {"customer_note": note})
    assert listener.received == []
    settle(shop)
    assert topics(listener) == [("order.created", key), ("order.updated", key)]
    assert [event.json["customer_note"] for event in listener.events()] == ["three", "three"]


def test_what_is_gone_at_delivery_is_an_error_document(shop: ShopClient, listener: Listener) -> None:
    subscribe(shop, listener, "order.created")
    shop.control("deliveries", {"delay": 0.1})
    key = shop.post("orders", {})["id"]
    shop.request("DELETE", f"orders/{key}", force="true")
    settle(shop)
    assert listener.events()[0].json == {
        "code": "woocommerce_rest_shop_order_invalid_id",
        "message": "Invalid ID.",
        "data": {"status": 404},
    }


def test_the_seventh_failure_disables_and_a_put_enables(shop: ShopClient, listener: Listener) -> None:
    (key,) = subscribe(shop, listener, "order.created")
    listener.status = 500
    states = []
    for _ in range(7):
        shop.post("orders", {})
        settle(shop)
        states.append(shop.get(f"webhooks/{key}")["status"])
    assert states == ["active"] * 6 + ["disabled"]
    shop.post("orders", {})
    settle(shop)
    assert len(listener.events()) == 7
    listener.status = 200
    assert shop.put(f"webhooks/{key}", {"status": "active"})["status"] == "active"
    shop.post("orders", {})
    settle(shop)
    assert len(listener.events()) == 8
    assert shop.get("webhooks", status="disabled") == []


def test_redirects_count_as_delivered_and_errors_do_not(shop: ShopClient, listener: Listener) -> None:
    (key,) = subscribe(shop, listener, "order.created")
    for status, failures in ((302, 0), (404, 1), (303, 2), (204, 0)):
        listener.status = status
        shop.post("orders", {})
        settle(shop)
        document = shop.site.shop.peek("webhooks", key)
        assert document is not None
        assert document["failures"] == failures


def test_only_this_machine_gets_webhooks(shop: ShopClient) -> None:
    shop.post("webhooks", {"topic": "order.created", "delivery_url": "http://192.0.2.1/x"})
    settle(shop)
    assert [entry["error"] for entry in shop.control("deliveries", method="GET")["deliveries"]] == [
        "refused: not a loopback address"
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"topic": "nothing.happened", "delivery_url": "http://127.0.0.1"}, "invalid_topic"),
        ({"topic": "order.created", "delivery_url": "ftp://x"}, "invalid_delivery_url"),
        ({"topic": "order.created"}, "invalid_delivery_url"),
    ],
)
def test_wrong_webhooks(shop: ShopClient, body: Any, code: str) -> None:
    answer = shop.request("POST", "webhooks", body)
    assert (answer.status_code, answer.json["code"]) == (400, f"woocommerce_rest_shop_webhook_{code}")


def test_faults_on_webhooks(shop: ShopClient, listener: Listener) -> None:
    subscribe(shop, listener, "order.created")

    def arrivals(kind: str, **more: Any) -> list[int]:
        listener.received.clear()
        shop.control("faults", {"webhook": "order.*", "kind": kind, "times": 1, **more})
        keys = [shop.post("orders", {})["id"] for _ in range(2)]
        settle(shop)
        return [keys.index(event.json["id"]) for event in listener.events()]

    assert arrivals("drop") == [1]
    assert sorted(arrivals("duplicate")) == [0, 0, 1]
    assert arrivals("reorder", seconds=0.2) == [1, 0]
    started = time.monotonic()
    assert arrivals("delay", seconds=0.3) == [1, 0]
    assert time.monotonic() - started >= 0.3


def test_what_waits_is_delivered_after_a_restart(tmp_path: Path, listener: Listener) -> None:
    with open_shop(tmp_path) as shop:
        subscribe(shop, listener, "order.created")
        shop.control("deliveries", {"delay": 60})
        key = shop.post("orders", {})["id"]
    with open_shop(tmp_path) as shop:
        assert listener.wait(1)[0].json["id"] == key
        settle(shop)
    with open_shop(tmp_path) as shop:
        settle(shop)
        assert len(listener.received) == 1


def test_a_webhook_leaves_at_once(shop: ShopClient, listener: Listener) -> None:
    """A change is told within 20 milliseconds: one of many is, however busy the machine is."""
    subscribe(shop, listener, "order.created")

    def lag(number: int) -> float:
        shop.post("orders", {})
        changed = time.monotonic()
        return float(listener.wait(number)[-1].at - changed)

    assert any(lag(number) < 0.02 for number in range(1, 100))
