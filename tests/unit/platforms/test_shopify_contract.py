"""Shopify against the contract that all platforms share, and against the vendor's own samples of webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from contract import Delivery, PlatformContract
from shopify_orders import corpus

from platforms.base import Platform
from platforms.documents import PrivacyKind
from platforms.shopify import Shopify
from platforms.shopify.webhooks import TOPICS

SECRET = "shpss_hush"
KINDS = {"orders": "order", "returns": "order", "products": "product", "customers": "customer"}


def sample(contracts: Path, topic: str) -> Any:
    """The vendor's example of what it sends under a topic."""
    return json.loads((contracts / "shopify" / "webhooks" / "samples" / f"{topic}.json").read_text())["response"]


def signed(topic: str, body: bytes, event: str = "e-1") -> Delivery:
    signature = b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    return {
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": signature,
        "X-Shopify-Shop-Domain": "myshop.myshopify.com",
        "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Webhook-Id": f"w-{event}",
        "X-Shopify-Event-Id": event,
    }, body


def registered() -> list[str]:
    """The topics that are subscribed to, as deliveries name them."""
    owners = ("ORDERS_", "RETURNS_", "PRODUCTS_", "CUSTOMERS_")
    return [
        f"{owner.rstrip('_').lower()}/{topic.removeprefix(owner).lower()}"
        for topic in TOPICS
        for owner in owners
        if topic.startswith(owner)
    ]


class TestShopifyContract(PlatformContract):
    platform: ClassVar[type[Platform]] = Shopify
    credentials: ClassVar[Mapping[str, str]] = {"access_token": "shpat_sEcReT", "client_secret": "shpss_sEcReT"}
    webhook_secret: ClassVar[str] = SECRET

    @pytest.fixture
    def raw_orders(self) -> list[dict[str, Any]]:
        return corpus()

    @pytest.fixture
    def deliveries(self, contracts: Path) -> list[Delivery]:
        found = []
        for number, topic in enumerate(registered()):
            body = sample(contracts, topic)
            if topic == "orders/risk_assessment_changed":
                body = body | {"order_id": 450789469, "admin_graphql_api_order_id": "gid://shopify/Order/450789469"}
            found.append(signed(topic, json.dumps(body).encode(), f"e-{number}"))
        return found


def test_the_vendors_samples_are_understood(contracts: Path) -> None:
    for topic in registered():
        body = sample(contracts, topic)
        headers, payload = signed(topic, json.dumps(body).encode())
        hint = Shopify.parse_webhook(headers, payload)
        assert hint.kind == KINDS[topic.split("/")[0]]
        assert hint.deleted is topic.endswith("/delete")
        if topic.startswith("returns/"):
            assert hint.external_id == "4783296544821", "the order that it is of"
        elif "id" in body:
            assert hint.external_id == str(body["id"])


def test_a_delivery_that_comes_again_has_the_same_id(contracts: Path) -> None:
    body = json.dumps(sample(contracts, "orders/updated")).encode()
    first = Shopify.parse_webhook(*signed("orders/updated", body, "e-1"))
    assert Shopify.parse_webhook(*signed("orders/updated", body, "e-1")).event_id == first.event_id
    others = [signed("orders/create", body, "e-1"), signed("orders/updated", body, "e-2")]
    assert first.event_id not in {Shopify.parse_webhook(*other).event_id for other in others}


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("customers/data_request", PrivacyKind.DATA),
        ("customers/redact", PrivacyKind.CUSTOMER),
        ("shop/redact", PrivacyKind.SHOP),
    ],
)
def test_what_the_law_lets_customers_ask(contracts: Path, topic: str, kind: PrivacyKind) -> None:
    headers, payload = signed(topic, json.dumps(sample(contracts, topic)).encode())
    hint = Shopify.parse_webhook(headers, payload)
    assert hint.kind == "privacy" and hint.external_id
    request = Shopify.parse_privacy_request(payload)
    assert request.kind is kind
    if kind is not PrivacyKind.SHOP:
        assert (request.customer_id, request.email) == ("191167", "john@example.com")
        assert request.order_ids == ("299938", "280263", "220458")


def test_nonsense_is_no_request_of_that_kind() -> None:
    for body in (b"", b"{}", b"[]", b'{"shop_domain": "x", "customer": {}}', b'{"shop_domain": "x", "customer": 1}'):
        with pytest.raises(ValueError, match=r"shop_domain|customer"):
            Shopify.parse_privacy_request(body)


def test_ids_beyond_what_other_languages_count_exactly_stay_whole() -> None:
    body = b'{"id": 820982911946154508}'
    assert Shopify.parse_webhook(*signed("orders/updated", body)).external_id == "820982911946154508"
