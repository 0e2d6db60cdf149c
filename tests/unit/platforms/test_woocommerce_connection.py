"""The connection test: one code for each way that connecting fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from local_servers import Answer, Request, read_exchanges, serving

from platforms.base import CONNECTION_CODES, ConnectionReport, PlatformError
from platforms.transport import Transport, loopback
from platforms.woocommerce import WooCommerce
from platforms.woocommerce.client import QueryKeys, WooClient, shop_address

KEYS = {"consumer_key": "ck_testkey", "consumer_secret": "cs_testsecret"}
API = "/wp-json/wc/v3/"

GOOD: Mapping[str, Answer] = {
    "GET /wp-json/wc/v3/orders": Answer([{"id": 1}]),
    "POST /wp-json/wc/v3/orders/batch": Answer({}),
    "GET /wp-json/wc/v3/data/currencies/current": Answer({"code": "EUR"}),
    "GET /wp-json/wc/v3/settings/tax/woocommerce_prices_include_tax": Answer({"value": "yes"}),
    "GET /wp-json/wc/v3/system_status": Answer({"environment": {"version": "10.9.1"}}),
    "GET /wp-json/": Answer({"name": "Ma boutique", "timezone_string": "Europe/Paris", "gmt_offset": 1}),
}


def error(code: str, message: str, status: int) -> Answer:
    return Answer({"code": code, "message": message, "data": {"status": status}}, status)


def shop(**changes: Answer) -> Callable[[Request, BaseHTTPRequestHandler], Answer]:
    """A good shop, but for the answers given by path (``/`` as ``_``)."""
    answers = dict(GOOD)
    for name, answer in changes.items():
        answers[{"orders": f"GET {API}orders", "batch": f"POST {API}orders/batch", "index": "GET /wp-json/"}[name]] = (
            answer
        )
    missing = error("rest_no_route", "No route was found matching the URL and request method.", 404)
    return lambda request, handler: answers.get(f"{request.method} {request.path}", missing)


def report_of(
    answer: Callable[[Request, BaseHTTPRequestHandler], Answer], transport: Transport | None = None
) -> ConnectionReport:
    transport = transport or Transport(timeout=(1, 1), retries=0, secrets=KEYS.values())
    with serving(answer) as server:
        report = WooCommerce(server.url, KEYS, transport).test_connection()
    assert report.code in CONNECTION_CODES
    assert "cs_testsecret" not in repr(report)
    return report


def test_a_good_shop_tells_its_facts() -> None:
    report = report_of(shop())
    assert report.ok
    details = dict(report.details)
    assert abs(int(details.pop("clock_offset"))) <= 1
    assert details == {
        "encrypted": "no",
        "name": "Ma boutique",
        "version": "10.9.1",
        "currency": "EUR",
        "timezone": "Europe/Paris",
        "prices_include_tax": "yes",
    }


def test_settings_that_the_key_may_not_read_do_not_matter() -> None:
    def bare(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        if request.path == f"{API}orders":
            return Answer([])
        return error("woocommerce_rest_cannot_view", "Sorry, you cannot view.", 403)

    report = report_of(bare)
    assert report.code == "read_only_key" and "currency" not in dict(report.details)


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("bad_key", error("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.", 401)),
        ("bad_key", error("woocommerce_rest_authentication_error", "Consumer key is invalid.", 401)),
        ("clock", error("woocommerce_rest_authentication_error", "Invalid timestamp.", 401)),
        ("not_a_shop", error("rest_no_route", "Aucune route", 404)),
        ("not_found", Answer(b"<html>404</html>", 404, {"Content-Type": "text/html"})),
        ("not_a_shop", Answer(b"<html>Hello</html>", 200, {"Content-Type": "text/html"})),
        ("not_a_shop", Answer({"hello": 1})),
        ("moved", Answer(b"", 301, {"Location": "https://shop.example/wp-json/wc/v3/orders"})),
        ("blocked", Answer(b"<html>Wordfence</html>", 403, {"Content-Type": "text/html"})),
        ("shop_error", Answer(b"There has been a critical error on this website.", 500)),
        ("shop_error", error("internal_server_error", "critical error", 500)),
        ("shop_error", Answer(b"", 503)),
        ("rate_limited", Answer(b"", 429, {"Retry-After": "9"})),
        ("unreachable", Answer(raw=True)),
    ],
)
def test_each_failure_has_its_code(code: str, answer: Answer) -> None:
    report = report_of(shop(orders=answer))
    assert report.code == code and (report.message or code == "not_a_shop")


def test_the_recorded_refusal_is_a_bad_key(contracts: Path) -> None:
    refused = [
        exchange
        for exchange in read_exchanges(contracts / "woocommerce/golden")
        if exchange.name in ("35_bad_auth", "36_no_auth")
    ]
    assert len(refused) == 2
    for exchange in refused:
        assert report_of(shop(orders=Answer(exchange.body, exchange.status))).code == "bad_key"


def test_a_clock_that_is_off_shows_even_in_french() -> None:
    late = {"Date": formatdate(time.time() - 16 * 60, usegmt=True)}
    refused = error("woocommerce_rest_authentication_error", "Horodatage non valide.", 401)
    report = report_of(shop(orders=refused, index=Answer({}, headers=late)))
    assert report.code == "clock"
    assert int(dict(report.details)["clock_offset"]) == pytest.approx(960, abs=3)


def test_a_read_only_key_is_told_apart() -> None:
    message = "The API key provided does not have write permissions."
    refused = error("woocommerce_rest_authentication_error", message, 401)
    assert report_of(shop(batch=refused)).code == "read_only_key"
    assert report_of(shop(batch=error("rest_missing_callback_param", "x", 400))).ok


def test_time_outs_tls_and_neutralised_databases() -> None:
    def slow(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        time.sleep(0.5)
        return Answer([])

    assert report_of(slow, Transport(timeout=(1, 0.1), retries=0)).code == "timeout"
    with serving(shop()) as server:
        tls = server.url.replace("http:", "https:")
        assert WooCommerce(tls, KEYS, Transport(timeout=(1, 1), retries=0)).test_connection().code == "tls"
    closed = Transport(timeout=(1, 1), allow=loopback)
    assert WooCommerce("https://shop.example", KEYS, closed).test_connection().code == "neutralized"
    nowhere = Transport(timeout=(1, 1), retries=0)
    assert WooCommerce("https://no-such-shop.invalid", KEYS, nowhere).test_connection().code == "unreachable"
    assert WooCommerce("", KEYS, nowhere).test_connection().code == "not_found"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("shop.example", "https://shop.example"),
        (" https://shop.example/ ", "https://shop.example"),
        ("https://shop.example/fr/wp-json/wc/v3/", "https://shop.example/fr"),
        ("http://127.0.0.1:8201/wp-admin/index.php", "http://127.0.0.1:8201"),
        ("https://shop.example/wp-json", "https://shop.example"),
    ],
)
def test_addresses_as_people_paste_them(typed: str, address: str) -> None:
    assert shop_address(typed) == address


def test_the_keys_go_into_the_query_where_a_host_drops_the_header() -> None:
    """Over https; the local server has none, so the check of the scheme is told otherwise."""

    class Secure(WooClient):
        secure = True

    def dropping(request: Request, handler: BaseHTTPRequestHandler) -> Answer:
        if request.params.get("consumer_secret") == "cs_testsecret":
            return Answer([])
        return error("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.", 401)

    transport = Transport(timeout=(1, 1))
    with serving(dropping) as server:
        client = Secure(server.url, **KEYS, transport=transport)
        assert client.get("orders", {"page": 1}) == []
        assert isinstance(client.auth, QueryKeys)
        client.get("orders")
        assert len(server.requests) == 3 and server.requests[0].headers["Authorization"].startswith("Basic ")
        assert server.requests[1].params["page"] == "1"


def test_the_tax_table_names_classes_and_places(transport: Transport, contracts: Path) -> None:
    (made,) = [
        exchange.body
        for exchange in read_exchanges(contracts / "woocommerce/recordings")
        if exchange.name == "08_tax_fr"
    ]
    reduced = {**made, "id": 2, "rate": "8.5000", "class": "reduced-rate", "postcodes": ["974*", "97600...97699"]}
    classes = [{"slug": "standard", "name": "Standard rate"}, {"slug": "reduced-rate", "name": "Reduced rate"}]

    def shop(request: Request, _handler: BaseHTTPRequestHandler) -> Answer:
        if request.path.endswith("/taxes/classes"):
            return Answer(classes)
        return Answer([made, reduced, {**made, "id": 3, "rate": "", "country": ""}], headers={"X-WP-TotalPages": "1"})

    with serving(shop) as server:
        usual, overseas, empty = WooCommerce(server.url, KEYS, transport).read_taxes()
    assert (usual.code, usual.label, usual.rate, usual.country) == ("1", "TVA 20", Decimal(20), "FR")
    assert (usual.kind, usual.zips) == ("", ())
    assert (overseas.rate, overseas.kind, overseas.zips) == (Decimal("8.5"), "Reduced rate", ("974", "97600"))
    assert (empty.rate, empty.country) == (Decimal(0), "")


def test_a_tax_table_that_cannot_be_read_is_a_bad_answer(transport: Transport) -> None:
    def shop(request: Request, _handler: BaseHTTPRequestHandler) -> Answer:
        return Answer([] if request.path.endswith("/classes") else [{"id": 1, "rate": "twenty"}])

    with serving(shop) as server, pytest.raises(PlatformError) as caught:
        WooCommerce(server.url, KEYS, transport).read_taxes()
    assert caught.value.code == "bad_answer" and "rate" in caught.value.message
