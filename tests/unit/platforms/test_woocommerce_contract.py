"""WooCommerce passes the platform contract, and every recorded exchange replays through its wire."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, unquote

import pytest
from contract import Delivery, PlatformContract, check_order
from local_servers import Answer, Exchange, read_exchanges, replay, serving

from platforms.base import ShopTax
from platforms.documents import OrderState
from platforms.errors import PlatformError
from platforms.transport import Transport
from platforms.woocommerce import WooCommerce
from platforms.woocommerce.client import WooClient
from platforms.woocommerce.oauth import signature
from platforms.woocommerce.taxes import parse_tax

KEYS = {"consumer_key": "ck_testkey", "consumer_secret": "cs_testsecret"}


def folder(contracts: Path) -> Path:
    return contracts / "woocommerce"


def bodies(exchanges: list[Exchange]) -> Iterator[Any]:
    for exchange in exchanges:
        yield from exchange.body if isinstance(exchange.body, list) else [exchange.body]


def read_corpus(contracts: Path) -> list[dict[str, Any]]:
    with gzip.open(folder(contracts) / "orders_corpus.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


def recorded_deliveries(contracts: Path) -> list[Delivery]:
    """Deliveries whose raw body is known to the byte: as text, or as an object that PHP's own encoding gives back."""
    found: list[Delivery] = []
    for path in sorted(folder(contracts).glob("golden/webhook_*.json")):
        raw = json.loads(path.read_text())
        found.append((raw["headers"], raw["body"].encode()))
    for path in sorted(folder(contracts).glob("recordings/webhooks/*.json")):
        raw = json.loads(path.read_text())
        body = raw["body"]
        if isinstance(body, dict):
            # As wp_json_encode writes it.
            body = json.dumps(body, separators=(",", ":")).replace("/", "\\/")
        if len(body.encode()) == raw["raw_len"]:
            found.append((raw["headers"], body.encode()))
    return found


class TestWooCommerceContract(PlatformContract):
    platform = WooCommerce
    credentials = KEYS
    webhook_secret: ClassVar[str] = "s3cret"

    @pytest.fixture
    def shop_taxes(self, contracts: Path) -> list[ShopTax]:
        exchanges = read_exchanges(folder(contracts) / "recordings")
        return [parse_tax(exchange.body, {}) for exchange in exchanges if exchange.name == "08_tax_fr"]

    @pytest.fixture
    def raw_orders(self, contracts: Path) -> list[dict[str, Any]]:
        exchanges = read_exchanges(folder(contracts) / "golden") + read_exchanges(folder(contracts) / "recordings")
        found = [body for body in bodies(exchanges) if isinstance(body, dict) and "order_key" in body]
        found.append(json.loads((folder(contracts) / "recordings/hpos_off/order_create.json").read_text()))
        assert len(found) > 15
        return found + read_corpus(contracts)[::10]

    @pytest.fixture
    def deliveries(self, contracts: Path) -> list[Delivery]:
        found = [delivery for delivery in recorded_deliveries(contracts) if "X-WC-Webhook-Signature" in delivery[0]]
        assert len(found) > 60
        return found


def test_every_recorded_order_line_adds_up(contracts: Path) -> None:
    """All 500 orders of the corpus: each figure is the shop's own."""
    corpus = read_corpus(contracts)
    assert len(corpus) == 500
    for raw in corpus:
        order = WooCommerce.parse_order(raw)
        check_order(order)
        assert order.total == Decimal(raw["total"])
        assert order.total_tax == Decimal(raw["total_tax"])
        assert order.prices_include_tax == (raw["_shop"]["prices_include_tax"] == "yes")
        rows = [*raw["line_items"], *raw["shipping_lines"], *raw["fee_lines"]]
        assert [line.external_id for line in order.lines] == [str(row["id"]) for row in rows]
        for line, row in zip(order.lines, rows, strict=True):
            assert (line.net, line.tax) == (Decimal(row["total"]), Decimal(row["total_tax"]))
            assert line.list_net == Decimal(row.get("subtotal", row["total"]))
            assert line.list_tax == Decimal(row.get("subtotal_tax", row["total_tax"]))
            assert len(line.taxes) == len([tax for tax in row["taxes"] if Decimal(tax["total"])]) or not line.tax
        for tax, row in zip(order.taxes, raw["tax_lines"], strict=True):
            assert tax.amount == Decimal(row["tax_total"]) + Decimal(row["shipping_tax_total"])
            assert (tax.rate, tax.country) == (Decimal(str(row["rate_percent"])), row["rate_code"][:2])
        assert [(coupon.code, str(coupon.discount), str(coupon.discount_tax)) for coupon in order.coupons] == [
            (row["code"], row["discount"], row["discount_tax"]) for row in raw["coupon_lines"]
        ]
        assert (order.paid_at is not None) == (raw["date_paid_gmt"] is not None)
        assert order.refunds_complete and len(order.refunds) == len(raw["refunds"])
        for refund, row in zip(order.refunds, raw["refunds"], strict=True):
            assert refund.amount == -Decimal(row["total"])
            assert refund.amount == sum(line.net + line.tax for line in refund.lines)
            assert {line.line_id for line in refund.lines} <= {line.external_id for line in order.lines}


def test_the_corpus_keeps_what_customers_wrote(contracts: Path) -> None:
    orders = [WooCommerce.parse_order(raw) for raw in read_corpus(contracts)]
    points = [order.pickup_point for order in orders if order.pickup_point]
    assert len(points) == 27 and {(point.id, point.name) for point in points} >= {("066974", "TABAC DU PORT")}
    assert len([order for order in orders if order.gift_message]) == 23
    assert {order.state for order in orders} == {
        OrderState.PENDING,
        OrderState.CONFIRMED,
        OrderState.COMPLETED,
        OrderState.CANCELLED,
        OrderState.REFUNDED,
    }
    assert any(order.billing.company for order in orders) and any(order.note for order in orders)
    assert any(order.customer.external_id for order in orders) and any(
        not order.customer.external_id for order in orders
    )


@pytest.mark.parametrize("name", ["golden", "recordings"])
def test_every_recorded_exchange_replays(name: str, contracts: Path, transport: Transport) -> None:
    exchanges = read_exchanges(folder(contracts) / name)
    assert len(exchanges) >= 48
    transport.retries = 0
    for exchange in exchanges:
        with serving(replay([exchange])) as server:
            client = WooClient(server.url, **KEYS, transport=transport)
            path = exchange.path.removeprefix("/wp-json/wc/v3/")
            if exchange.status < 400:
                answer = client.request(exchange.method, path, exchange.params, body=exchange.sent)
                assert answer.json() == exchange.body
                assert answer.status == exchange.status
            else:
                with pytest.raises(PlatformError) as caught:
                    client.request(exchange.method, path, exchange.params, body=exchange.sent)
                error = caught.value
                assert (error.code, error.status) == (exchange.body["code"], exchange.status)
                # A refund that is refused comes as a 500, and never succeeds.
                assert not error.retry and not error.in_doubt
            assert check_signature(server.requests[-1], server.url)


def check_signature(request: Any, url: str) -> bool:
    """As WooCommerce checks it (class-wc-rest-authentication.php), written apart from our own signing."""

    def twice(value: str) -> str:
        return quote(unquote(value), safe="-._~").replace("%", "%25")

    given = request.params["oauth_signature"]
    others = {name: value for name, value in request.params.items() if name != "oauth_signature"}
    joined = "%26".join(f"{twice(name)}%3D{twice(others[name])}" for name in sorted(others))
    base = f"{request.method}&{quote(url + request.path, safe='-._~')}&{joined}"
    wanted = hmac.new(b"cs_testsecret&", base.encode(), hashlib.sha256).digest()
    return bool(given == b64encode(wanted).decode())


def test_the_signature_of_a_known_request() -> None:
    """Computed with oauthlib 4.0.1 for the same request."""
    params = [
        ("oauth_consumer_key", "ck_test"),
        ("oauth_nonce", "abc123"),
        ("oauth_signature_method", "HMAC-SHA256"),
        ("oauth_timestamp", "1795516084"),
        ("modified_after", "2026-11-24T10:28:06"),
        ("orderby", "modified"),
        ("order", "asc"),
        ("sku", "A&B é,C=D"),
    ]
    found = signature("get", "http://127.0.0.1:8201/wp-json/wc/v3/orders", params, "cs_test")
    assert found == "nKr50aDJzzdHIQTeZwVonVcbPdB7W1eIvFJhFV/9pYk="


def test_each_attempt_signs_anew(transport: Transport) -> None:
    left = [Answer(status=502), Answer(status=502), Answer([])]
    with serving(lambda request, handler: left.pop(0)) as server:
        WooClient(server.url, **KEYS, transport=transport).get("orders")
        nonces = {request.params["oauth_nonce"] for request in server.requests}
        assert len(nonces) == 3 and all(check_signature(request, server.url) for request in server.requests)
