"""Webhooks: what arrives, recorded from a real shop, and how ours are kept alive."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from local_servers import Answer, Request, serving

from platforms.transport import Transport
from platforms.woocommerce import WooCommerce
from platforms.woocommerce.webhooks import TOPICS

KEYS = {"consumer_key": "ck_testkey", "consumer_secret": "cs_testsecret"}
ADDRESS = "https://odoo.example/ecom/webhook/1"


def test_recorded_pings_are_recognised(contracts: Path) -> None:
    pings = 0
    for path in sorted((contracts / "woocommerce/recordings/webhooks").glob("*_ping.json")):
        raw = json.loads(path.read_text())
        body = raw["body"].encode()
        assert WooCommerce.is_ping(raw["headers"], body)
        assert WooCommerce.parse_webhook(raw["headers"], body).kind == "ping"
        assert not WooCommerce.verify_webhook("s3cret", raw["headers"], body)
        pings += 1
    assert pings == 6


def test_what_only_looks_like_a_ping_is_none() -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert WooCommerce.is_ping({"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}, b"webhook_id=12")
    for body in (b"", b"webhook_id=", b"webhook_id=1&order=2", b"webhook_id=x", b'{"id": 1}', b"a=1&webhook_id=1"):
        assert not WooCommerce.is_ping(form, body)
    assert not WooCommerce.is_ping({"Content-Type": "application/json"}, b"webhook_id=1")
    assert not WooCommerce.is_ping({**form, "X-WC-Webhook-Signature": "x"}, b"webhook_id=1")


def test_recorded_deliveries_name_what_changed(contracts: Path) -> None:
    hints = []
    for path in sorted((contracts / "woocommerce/recordings/webhooks").glob("*.json")):
        raw = json.loads(path.read_text())
        if isinstance(raw["body"], dict):
            hints.append((raw, WooCommerce.parse_webhook(raw["headers"], json.dumps(raw["body"]).encode())))
    assert len(hints) > 50
    for raw, hint in hints:
        topic = raw["headers"]["X-WC-Webhook-Topic"]
        assert hint.kind == topic.split(".")[0]
        assert hint.external_id == str(raw["body"].get("id", ""))
        assert hint.deleted == (topic.endswith("deleted") or "id" not in raw["body"])
    gone = [hint for raw, hint in hints if "id" not in raw["body"]]
    assert gone and all(hint.kind == "order" and hint.deleted for hint in gone)


def test_orders_of_one_second_have_events_of_their_own(contracts: Path) -> None:
    """The shop gives sixteen deliveries one delivery id; a repeated delivery keeps its event."""
    by_delivery: dict[str, set[str]] = {}
    for path in sorted((contracts / "woocommerce/recordings/webhooks").glob("*_order_created.json")):
        raw = json.loads(path.read_text())
        hint = WooCommerce.parse_webhook(raw["headers"], json.dumps(raw["body"]).encode())
        by_delivery.setdefault(raw["headers"]["X-WC-Webhook-Delivery-ID"], set()).add(hint.event_id)
    assert max(len(events) for events in by_delivery.values()) == 16


class Shop:
    """The webhooks of a shop."""

    def __init__(self) -> None:
        self.hooks: dict[int, dict[str, Any]] = {}
        self.secrets: dict[int, str] = {}
        self.calls: list[str] = []

    def add(self, topic: str, status: str = "active", address: str = ADDRESS) -> None:
        key = max(self.hooks, default=0) + 1
        self.hooks[key] = {"id": key, "topic": topic, "status": status, "delivery_url": address}

    def __call__(self, request: Request, _: BaseHTTPRequestHandler) -> Answer:
        path = request.path.removeprefix("/wp-json/wc/v3/")
        self.calls.append(f"{request.method} {path}")
        if request.method == "GET":
            size, number = int(request.params["per_page"]), int(request.params["page"])
            rows = list(reversed(self.hooks.values()))
            headers = {"X-WP-TotalPages": str(-(-len(rows) // size))}
            return Answer(rows[(number - 1) * size : number * size], headers=headers)
        if request.method == "POST":
            self.add(request.json["topic"], "active", request.json["delivery_url"])
            key = max(self.hooks)
            self.secrets[key] = request.json["secret"]
            return Answer(self.hooks[key], 201)
        key = int(path.split("/")[1])
        if request.method == "DELETE":
            assert request.params["force"] == "true"
            return Answer(self.hooks.pop(key))
        self.hooks[key]["status"] = request.json["status"]
        self.secrets[key] = request.json["secret"]
        return Answer(self.hooks[key])


def test_webhooks_are_made_once(transport: Transport) -> None:
    shop = Shop()
    shop.add("order.updated", address="https://somebody.else/hook")
    with serving(shop) as server:
        platform = WooCommerce(server.url, KEYS, transport)
        made = platform.register_webhooks(ADDRESS, "s3cret")
        assert {state.topic for state in made} == set(TOPICS) and all(state.active for state in made)
        assert set(shop.secrets.values()) == {"s3cret"}
        shop.calls.clear()
        assert platform.register_webhooks(ADDRESS + "/", "s3cret") == made
        assert shop.calls == ["GET webhooks"]
        assert platform.read_webhooks(ADDRESS) == sorted(made, key=lambda state: int(state.external_id))
        platform.remove_webhooks(ADDRESS)
        assert [hook["delivery_url"] for hook in shop.hooks.values()] == ["https://somebody.else/hook"]


def test_switched_off_and_doubled_webhooks_are_mended(transport: Transport) -> None:
    shop = Shop()
    for topic in TOPICS:
        shop.add(topic)
    shop.add("order.updated", "disabled")
    shop.hooks[1]["status"] = "disabled"
    shop.hooks[3]["status"] = "paused"
    with serving(shop) as server:
        states = WooCommerce(server.url, KEYS, transport).register_webhooks(ADDRESS, "new")
    assert len(shop.hooks) == len(TOPICS) and all(state.active for state in states)
    assert all(hook["status"] == "active" for hook in shop.hooks.values())
    assert shop.secrets == {1: "new", 3: "new"}
    assert sorted(shop.calls) == ["DELETE webhooks/8", "GET webhooks", "PUT webhooks/1", "PUT webhooks/3"]


def test_a_shop_with_many_webhooks_is_read_to_the_end(transport: Transport) -> None:
    shop = Shop()
    for topic in TOPICS:
        shop.add(topic)
    for _ in range(150):
        shop.add("order.updated", address="https://somebody.else/hook")
    with serving(shop) as server:
        WooCommerce(server.url, KEYS, transport).register_webhooks(ADDRESS, "s3cret")
    assert shop.calls == ["GET webhooks", "GET webhooks"]
