"""Can a PrestaShop be worked with, and if not, why: each thing that merchants get wrong is named."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import presta_recordings as recorded
import pytest
from local_servers import Answer, Request, serving
from presta_orders import KEY, Shop, open_shop

from platforms.base import CONNECTION_CODES
from platforms.errors import PlatformError
from platforms.prestashop import PrestaShop
from platforms.prestashop.client import PrestaClient, sets, shop_address
from platforms.prestashop.connection import missing, read_root
from platforms.prestashop.resources import OPTIONAL_RIGHTS, RIGHTS
from platforms.transport import Transport
from sandbox.faults import Fault


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop() as found:
        yield found


def test_a_good_key(shop: Shop) -> None:
    platform = shop.again()
    report = platform.test_connection()
    assert report.ok and platform.transport.calls <= 3, report
    details = dict(report.details)
    assert details["currency"] == "EUR" and details["timezone"] == "Europe/Paris" and details["version"] == "8.1.2"
    assert details["encrypted"] == "no" and abs(int(details["clock_offset"])) <= 1
    facts = platform.read_facts()
    assert facts.name == "Maison Lumière" and facts.prices_include_tax is False


def test_a_clock_that_is_off_is_shown(shop: Shop) -> None:
    shop.tick(-1200)
    assert 1190 < int(dict(shop.again().test_connection().details)["clock_offset"]) < 1210


def test_a_wrong_key_and_a_revoked_one(shop: Shop) -> None:
    report = shop.again(key="X" * 32).test_connection()
    assert report.code == "bad_key" and "X" * 32 not in report.message
    shop.site.webservice.key = "another"
    assert shop.platform.test_connection().code == "bad_key"
    with pytest.raises(PlatformError) as caught:
        shop.platform.read_orders(None)
    assert not caught.value.retry and caught.value.status == 401 and KEY not in repr(caught.value)


def test_the_webservice_is_off(shop: Shop) -> None:
    shop.site.shop.change_settings({"webservice": False})
    report = shop.again().test_connection()
    assert report.code == "not_found" and "Enable PrestaShop" in report.message


def test_rights_that_are_missing_are_named(shop: Shop) -> None:
    rights = {name: sorted(methods) for name, methods in RIGHTS.items()}
    shop.site.shop.change_settings({"permissions": {**rights, "order_histories": ["GET"], "taxes": []}})
    report = shop.again().test_connection()
    assert report.code == "missing_scopes"
    assert "order_histories: POST" in report.message and "taxes: GET" in report.message
    shop.site.shop.change_settings({"permissions": {name: ["GET"] for name in rights}})
    assert shop.again().test_connection().code == "read_only_key"
    shop.site.shop.change_settings({"permissions": rights})
    report = shop.again().test_connection()
    assert report.ok and "customer_threads" in report.message


def test_the_declared_rights_are_all_that_orders_need(shop: Shop) -> None:
    shop.site.shop.change_settings({"permissions": {name: sorted(methods) for name, methods in RIGHTS.items()}})
    shop.control("POST", "orders", lines=[{"sku": "MUG"}], coupons=["MOINS5"], note="Bonjour")
    (raw,) = shop.again().read_orders(None).raws
    order = shop.platform.parse_order(raw)
    assert order.note == "" and [coupon.code for coupon in order.coupons] == ["MOINS5"]


def test_a_right_that_is_taken_away_is_no_silent_loss(shop: Shop) -> None:
    shop.control("POST", "orders", lines=[{"sku": "MUG"}])
    rights = {name: sorted(methods) for name, methods in RIGHTS.items() if name != "order_slip"}
    shop.site.shop.change_settings({"permissions": rights})
    with pytest.raises(PlatformError) as caught:
        shop.again().read_orders(None)
    assert "order_slip" in caught.value.message and not caught.value.retry


def test_a_host_that_hides_the_authorization_header(shop: Shop) -> None:
    shop.site.shop.change_settings({"authorization": False})
    platform = shop.again()
    report = platform.test_connection()
    assert report.ok and "CGIPassAuth" in report.message
    assert shop.again(key="X" * 32).test_connection().code == "bad_key"


def test_a_shop_that_does_not_exist_in_this_multistore(shop: Shop) -> None:
    report = shop.again(shop="7").test_connection()
    assert report.code == "missing_scopes" and "on this shop" in report.message


def test_an_unknown_time_zone_stops_everything(shop: Shop) -> None:
    """Every time would be wrong by hours, and nobody would notice."""
    shop.site.shop.configure("PS_TIMEZONE", "Europe/Atlantis")
    shop.control("POST", "orders", lines=[{"sku": "MUG"}])
    assert "Atlantis" in shop.again().test_connection().message
    with pytest.raises(PlatformError, match="Atlantis"):
        shop.again().read_orders(None)


PAGE = b"<!DOCTYPE html><html><head><title>Site en maintenance</title></head></html>"
BOMB = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><prestashop>&b;</prestashop>'
XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><prestashop>&f;</prestashop>'
CUT = b'<?xml version="1.0"?><prestashop><orders><order><id><![CDATA[1'


@pytest.mark.parametrize(
    ("status", "kind", "body", "code", "retry"),
    [
        (200, "text/html", PAGE, "not_a_shop", True),
        (200, "text/xml", BOMB, "not_a_shop", True),
        (200, "text/xml", XXE, "not_a_shop", True),
        (200, "text/xml", CUT, "not_a_shop", True),
        (200, "application/json", b'{"shops": []}', "not_a_shop", True),
        (503, "text/html", PAGE, "shop_error", True),
        (404, "text/html", b"nothing", "not_found", False),
        (403, "text/html", b"forbidden", "blocked", False),
        (500, "text/html", b"", "shop_error", True),
    ],
)
def test_answers_that_are_no_webservices(status: int, kind: str, body: bytes, code: str, retry: bool) -> None:
    def answer(request: Request, _handler: Any) -> Answer:
        return Answer(body, status, {"Content-Type": kind})

    with serving(answer) as server:
        platform = PrestaShop(server.url, {"key": KEY}, Transport(timeout=(2, 2), retries=0))
        report = platform.test_connection()
        assert report.code == code and report.code in CONNECTION_CODES
        assert "root:" not in report.message, "no file of ours was read"
        with pytest.raises(PlatformError) as caught:
            platform.read_orders(None)
        assert caught.value.retry is retry


def test_truncated_pages_are_read_again(shop: Shop) -> None:
    shop.control("POST", "orders", lines=[{"sku": "MUG"}])
    shop.sandbox.faults.add(Fault("bad_json", path="*/api/order_details", times=1))
    with pytest.raises(PlatformError) as caught:
        shop.again().read_orders(None)
    assert caught.value.code == "bad_answer" and caught.value.retry
    assert len(shop.again().read_orders(None).raws) == 1


def test_malformed_xml_of_ours_is_not_sent_again(shop: Shop) -> None:
    """An HTTP 500 that will never succeed (observed on 8.1.2, code 127)."""
    transport = Transport(timeout=(2, 2), retries=2)
    client = PrestaClient(shop.url, KEY, transport)
    with pytest.raises(PlatformError) as caught:
        client.request("PUT", "products/1", body=b"<prestashop><product>", idempotent=True)
    assert caught.value.code == "127" and not caught.value.retry and transport.calls == 1


def test_the_recorded_root_lists_rights(contracts: Path) -> None:
    name, rights = read_root(recorded.body(contracts, "01_root"))
    assert name == "PS E2E" and rights["stock_availables"] >= {"GET", "PUT", "PATCH"}
    assert missing(rights, {**RIGHTS, **OPTIONAL_RIGHTS}) == []


@pytest.mark.parametrize(
    ("recording", "code"),
    [
        ("37_401_badkey", "20"),
        ("33_filter_bad_field", "32"),
        ("36_404_resource", "27"),
        ("48_stock_put_partial_missing", "41"),
    ],
)
def test_recorded_errors_have_the_vendors_code(contracts: Path, recording: str, code: str) -> None:
    meta = recorded.meta(contracts, recording)
    answer = Answer(recorded.body(contracts, recording), meta["status"], {"Content-Type": "text/xml"})
    with serving(lambda request, _handler: answer) as server:
        client = PrestaClient(server.url, KEY, Transport(timeout=(2, 2), retries=0))
        with pytest.raises(PlatformError) as caught:
            client.get("orders", 1)
    assert caught.value.code == code and not caught.value.retry
    assert len(caught.value.message) < 200, "without the list of all that would have been right"


def test_the_key_is_sent_as_the_user() -> None:
    seen: list[Any] = []

    def answer(request: Request, _handler: Any) -> Answer:
        seen.append(request.headers.get("Authorization"))
        return Answer(b"", 404)

    with serving(answer) as server:
        client = PrestaClient(f"{server.url}/api/", KEY, Transport(timeout=(2, 2), retries=0))
        assert client.find("orders", 1) is None
    assert base64.b64decode(seen[0].split()[1]).decode() == f"{KEY}:"


def test_addresses_and_sets() -> None:
    assert shop_address("shop.example/api/") == "https://shop.example"
    assert shop_address("https://KEY@shop.example/fr/boutique/api/orders") == "https://shop.example/fr/boutique"
    chunks = list(sets(str(number) for number in range(1, 2000)))
    assert sum(map(len, chunks)) == 1999 and all(len("|".join(chunk)) < 4000 for chunk in chunks)
    assert list(sets(["1", "", "0", "1", "a|b", "[2]"])) == [["1"]]


def test_deleting_what_is_gone_is_no_error(shop: Shop) -> None:
    client = shop.platform.client
    ids = [client.post("manufacturers", {"name": name, "active": True})["id"] for name in ("A", "B")]
    client.delete("manufacturers", [ids[0], "999", ids[1]])
    client.delete("manufacturers", ["999"])
    assert list(client.pages("manufacturers")) == []
