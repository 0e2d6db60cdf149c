"""Signing in, what a connection test names, and what the wire does when things go wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from local_servers import Answer, LocalServer, Request, serving
from shopify_sales import do, goods, place

from platforms.base import PlatformError
from platforms.budget import RateBudget
from platforms.shopify import Shopify
from platforms.shopify.address import shop_address
from platforms.shopify.client import API_VERSION, ShopifyClient
from platforms.shopify.operations import Batch, mutation, query
from platforms.shopify.scopes import SCOPES
from platforms.tokens import MemoryTokens, Token
from platforms.transport import Transport

TOKEN = {"access_token": "shpat_fixed", "client_secret": "shpss_x"}
APP = {"client_id": "sandbox-client", "client_secret": "shpss_sandbox"}
LATELY = timedelta(minutes=5)

PING = query("query Ping { shop { name } }", cost=10)
POKE = mutation(
    'mutation Poke { orderClose(input: {id: "gid://shopify/Order/1"}) { order { id } userErrors { message } } }'
)
POKES = Batch("mutation", "orderOpen", {"input": "OrderOpenInput!"}, "{ order { id } userErrors { field message } }")


# --- the address


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("myshop", "https://myshop.myshopify.com"),
        ("MyShop.myshopify.com", "https://myshop.myshopify.com"),
        ("http://myshop.myshopify.com/", "https://myshop.myshopify.com"),
        ("https://myshop.myshopify.com/admin/settings", "https://myshop.myshopify.com"),
        ("https://admin.shopify.com/store/myshop", "https://myshop.myshopify.com"),
        ("admin.shopify.com/store/my-shop/orders?x=1", "https://my-shop.myshopify.com"),
        ("http://127.0.0.1:8090/lumiere/", "http://127.0.0.1:8090/lumiere"),
        ("www.example.org", "https://www.example.org"),
    ],
)
def test_the_address_is_read_from_what_people_paste(typed: str, address: str) -> None:
    assert shop_address(typed) == address


# --- signing in, against the sandbox


def connected(shopify: Shopify, credentials: dict[str, str], tokens: MemoryTokens | None = None) -> Shopify:
    """The sandbox's shop with other credentials."""
    shopify.transport.tokens = tokens
    return Shopify(shopify.url, credentials, shopify.transport)


def test_client_credentials_fetch_a_token_for_the_day(shopify: Shopify) -> None:
    tokens = MemoryTokens()
    shop = connected(shopify, APP, tokens)
    assert shop.test_connection().ok and shopify.transport.calls == 2
    assert tokens.token and tokens.token.expires_at
    assert timedelta(hours=23) < tokens.token.expires_at - datetime.now(timezone.utc) <= timedelta(hours=24)
    assert shop.test_connection().ok and shopify.transport.calls == 3, "it is kept"
    do(shopify, "clock", {"advance": 86_401})
    assert shop.test_connection().ok and shopify.transport.calls == 6, "refused, fetched, asked again"


def test_a_token_that_is_about_to_end_is_renewed_first(shopify: Shopify) -> None:
    tokens = MemoryTokens(Token("old", expires_at=datetime.now(timezone.utc) + timedelta(seconds=20)))
    assert connected(shopify, APP, tokens).test_connection().ok
    assert tokens.token and tokens.token.access != "old" and shopify.transport.calls == 2


def test_refresh_tokens_rotate(shopify: Shopify) -> None:
    pair = do(shopify, "shopify/tokens", {})
    tokens = MemoryTokens()
    shop = connected(shopify, {**APP, "refresh_token": pair["refresh_token"]}, tokens)
    assert shop.test_connection().ok
    first = tokens.token
    assert first and first.refresh and first.refresh != pair["refresh_token"]
    do(shopify, "clock", {"advance": 3700})
    assert shop.test_connection().ok
    assert tokens.token and tokens.token.refresh != first.refresh
    assert tokens.token.refresh in shopify.transport.secrets, "never in a log"


def test_a_refresh_token_that_was_typed_in_anew_is_used(shopify: Shopify) -> None:
    pair = do(shopify, "shopify/tokens", {})
    tokens = MemoryTokens(Token("spent", "shprt_spent", datetime(2026, 1, 1, tzinfo=timezone.utc)))
    assert connected(shopify, {**APP, "refresh_token": pair["refresh_token"]}, tokens).test_connection().ok


def test_a_token_that_ends_in_mid_page_is_renewed_once(shopify: Shopify) -> None:
    goods(shopify)
    do(shopify, "shopify/orders/many", {"count": 30, "lines": 1, "days": 0})
    shop = connected(shopify, APP, MemoryTokens())
    page = shop.read_orders(datetime.now(timezone.utc) - LATELY)
    do(shopify, "clock", {"advance": 86_401})
    rest = shop.read_orders(datetime.now(timezone.utc) - LATELY, page.next)
    assert len(page.raws) + len(rest.raws) == 30


def test_a_write_goes_on_after_a_token_ended(shopify: Shopify) -> None:
    shop = connected(shopify, APP, MemoryTokens())
    assert shop.test_connection().ok
    do(shopify, "clock", {"advance": 86_401})
    assert shop.register_webhooks("https://odoo.example/hook", "")


def test_an_app_that_was_removed_is_refused(shopify: Shopify) -> None:
    shop = connected(shopify, APP, MemoryTokens())
    assert shop.test_connection().ok
    do(shopify, "shopify/app", {"revoked": True})
    report = shop.test_connection()
    assert report.code == "bad_key" and report.message
    with pytest.raises(PlatformError) as caught:
        shop.read_orders(datetime.now(timezone.utc))
    assert caught.value.code == "bad_key" and not caught.value.retry


@pytest.mark.parametrize(
    "credentials",
    [
        {"access_token": "shpat_wrong"},
        {"client_id": "sandbox-client", "client_secret": "shpss_wrong"},
        {"client_id": "sandbox-client", "client_secret": "shpss_sandbox", "refresh_token": "shprt_wrong"},
        {"client_secret": "shpss_sandbox"},
        {},
    ],
)
def test_wrong_or_missing_credentials_are_named(shopify: Shopify, credentials: dict[str, str]) -> None:
    report = connected(shopify, credentials, MemoryTokens()).test_connection()
    assert report.code == "bad_key" and report.message
    assert not any(secret in report.message for secret in credentials.values())


# --- what the connection test finds


def test_a_shop_that_works(shopify: Shopify) -> None:
    report = shopify.test_connection()
    assert report.ok and not report.message
    facts = dict(report.details)
    assert (facts["currency"], facts["version"], facts["timezone"]) == ("EUR", API_VERSION, "Europe/Paris")
    assert abs(int(facts["clock_offset"])) <= 2
    found = shopify.read_facts()
    assert (found.currency, found.prices_include_tax) == ("EUR", True)


def test_missing_permissions_are_named(shopify: Shopify) -> None:
    lacking = ("write_orders", "read_locales")
    do(shopify, "shopify/app", {"scopes": ",".join(scope for scope in SCOPES if scope not in lacking)})
    report = shopify.test_connection()
    assert report.code == "missing_scopes" and dict(report.details)["missing_scopes"] == "write_orders, read_locales"
    assert "write_orders" in report.message


def test_a_permission_that_is_taken_away_later_is_no_passing_failure(shopify: Shopify) -> None:
    goods(shopify)
    place(shopify)
    do(shopify, "shopify/app", {"scopes": "read_products"})
    with pytest.raises(PlatformError) as caught:
        shopify.read_orders(datetime.now(timezone.utc) - LATELY)
    assert caught.value.code == "access_denied" and not caught.value.retry


def test_a_retired_version_is_told(shopify: Shopify) -> None:
    do(shopify, "shopify/settings", {"versions": ["2027-01", "2027-04"]})
    report = shopify.test_connection()
    assert report.ok and "2027-01" in report.message and API_VERSION in report.message
    assert dict(report.details)["version"] == "2027-01"


def test_the_older_version_is_served_too(shopify: Shopify) -> None:
    goods(shopify)
    place(shopify)
    shopify.client.version = "2026-07"
    assert len(shopify.read_orders(datetime.now(timezone.utc) - LATELY).raws) == 1
    assert shopify.client.served_version == "2026-07" and not shopify.client.outdated


# --- the wire, against small servers


@contextmanager
def shop_that_says(
    *answers: Answer | Callable[[Request], Answer], **options: Any
) -> Iterator[tuple[Shopify, LocalServer]]:
    """A shop that gives these answers in turn, the last one again and again."""
    waiting = list(answers)

    def answer(request: Request, _: BaseHTTPRequestHandler) -> Answer:
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return found(request) if callable(found) else found

    with serving(answer) as server:
        transport = Transport(timeout=(2, 5), retries=0, **options)
        yield Shopify(server.url, TOKEN, transport), server
        transport.close()


def throttled(available: float = 50.0) -> Answer:
    """As Shopify prints it (shopify.dev, "rate limits")."""
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": available, "restoreRate": 100.0}
    return Answer(
        {
            "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
            "extensions": {"cost": {"requestedQueryCost": 850, "actualQueryCost": None, "throttleStatus": status}},
        }
    )


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(b"<html>Opening soon</html>", headers={"Content-Type": "text/html"}), "not_a_shop"),
        (Answer({"hello": "world"}), "not_a_shop"),
        (Answer(b'{"data": {"shop": {"na'), "not_a_shop"),
        (Answer({"errors": "[API] Invalid API key or access token"}, 401), "bad_key"),
        (Answer({"errors": "Not Found"}, 404), "not_found"),
        (Answer(b"<html>404</html>", 404), "not_found"),
        (Answer({"errors": "Unavailable Shop"}, 402), "blocked"),
        (Answer(b"", 423), "blocked"),
        (Answer(b"", 430), "blocked"),
        (Answer(b"", 503, {"Retry-After": "120"}), "shop_error"),
        (Answer(b"", 301, {"Location": "https://myshop.myshopify.com/admin"}), "moved"),
        (throttled(), "rate_limited"),
        (Answer({"errors": [{"message": "no", "extensions": {"code": "ACCESS_DENIED"}}]}), "missing_scopes"),
        (Answer({"errors": [{"message": "oops", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}), "shop_error"),
    ],
)
def test_what_else_may_answer(answer: Answer, code: str) -> None:
    with shop_that_says(answer) as (shop, _server):
        assert shop.test_connection().code == code


def test_a_token_never_travels_unprotected() -> None:
    transport = Transport(retries=0)
    report = Shopify("http://shop.example", TOKEN, transport).test_connection()
    assert report.code == "insecure" and transport.calls == 0


def test_clocks_that_differ_are_shown_and_do_no_harm() -> None:
    late = {"Date": "Sun, 29 Nov 2020 08:00:00 GMT"}
    data = {
        "shop": {"name": "S", "currencyCode": "EUR"},
        "currentAppInstallation": {"accessScopes": [{"handle": scope} for scope in SCOPES]},
    }
    with shop_that_says(Answer({"data": data}, headers=late)) as (shop, _server):
        report = shop.test_connection()
    assert report.ok and int(dict(report.details)["clock_offset"]) > 86_400


def test_throttling_says_when_the_points_are_there() -> None:
    with shop_that_says(throttled(50.0)) as (shop, _server), pytest.raises(PlatformError) as caught:
        shop.client.query(PING)
    error = caught.value
    assert (error.code, error.retry, error.in_doubt, error.retry_after) == ("rate_limited", True, False, 8.0)


def test_a_write_that_was_throttled_did_not_happen() -> None:
    with shop_that_says(throttled()) as (shop, _server), pytest.raises(PlatformError) as caught:
        shop.client.mutate(POKE)
    assert caught.value.retry and not caught.value.in_doubt


def test_a_write_whose_answer_broke_is_in_doubt() -> None:
    with shop_that_says(Answer(b'{"data": {"ord')) as (shop, _server), pytest.raises(PlatformError) as caught:
        shop.client.mutate(POKE)
    assert caught.value.retry and caught.value.in_doubt


def test_what_a_mutation_was_given_is_told_with_its_field() -> None:
    payload = {"order": None, "userErrors": [{"field": ["input", "id"], "message": "does not exist"}]}
    answer = Answer({"data": {"orderClose": payload}})
    with (
        shop_that_says(answer) as (shop, _server),
        pytest.raises(PlatformError, match=r"input\.id: does not") as caught,
    ):
        shop.client.mutate(POKE)
    assert not caught.value.retry


def test_one_that_fails_in_a_batch_leaves_the_others() -> None:
    data = {
        "r0": {"order": {"id": "1"}, "userErrors": []},
        "r1": {"order": None, "userErrors": [{"field": None, "message": "closed"}]},
        "r2": None,
    }
    errors = [{"message": "oops", "path": ["r2"], "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]
    rows = [{"input": {"id": str(number)}} for number in range(3)]
    with shop_that_says(Answer({"data": data, "errors": errors})) as (shop, server):
        first, second, third = shop.client.run(POKES, rows)
    assert first == {"order": {"id": "1"}, "userErrors": []}
    assert isinstance(second, PlatformError) and not second.retry
    assert isinstance(third, PlatformError) and third.retry and third.in_doubt
    assert len(server.requests) == 1


def test_a_batch_stops_where_its_answer_is_lost() -> None:
    rows = [{"input": {"id": str(number)}} for number in range(POKES.size * 3)]
    good = {f"r{index}": {"order": {"id": "1"}, "userErrors": []} for index in range(POKES.size)}
    with shop_that_says(Answer({"data": good}), Answer(b"", 502)) as (shop, server):
        results = shop.client.run(POKES, rows)
    assert len(server.requests) == 2 and len(results) == len(rows)
    sent, unsent = results[POKES.size], results[-1]
    assert isinstance(sent, PlatformError) and sent.in_doubt
    assert isinstance(unsent, PlatformError) and unsent.retry and not unsent.in_doubt


def test_points_are_taken_from_the_budget_as_they_were_spent() -> None:
    budget = RateBudget(0.01, 2000.0)  # what a slow machine's wait gives back counts for nothing
    cost = {"requestedQueryCost": 500, "actualQueryCost": 120, "throttleStatus": {}}
    answer = Answer({"data": {"shop": {"name": "S"}}, "extensions": {"cost": cost}})
    with shop_that_says(answer, budget=budget) as (shop, _server):
        shop.client.query(PING)
        assert 2000 - 121 <= budget.left() <= 2000 - 119, "ten were expected"
        shop.client.query(PING)
        assert 2000 - 242 <= budget.left() <= 2000 - 230, "what it takes is learned"


def test_a_call_that_is_too_dear_for_now_is_put_off() -> None:
    budget = RateBudget(1.0, 10.0)
    budget.acquire(10.0)
    with shop_that_says(Answer({"data": {}}), budget=budget) as (shop, server), pytest.raises(PlatformError) as caught:
        shop.client.query(PING)
    assert caught.value.code == "rate_limited" and server.requests == []


def test_calls_bear_the_token_and_ask_for_a_version() -> None:
    with shop_that_says(Answer({"data": {"shop": {"name": "S"}}})) as (shop, server):
        shop.client.query(PING)
    (request,) = server.requests
    assert request.path == f"/admin/api/{API_VERSION}/graphql.json"
    assert request.headers["X-Shopify-Access-Token"] == "shpat_fixed"
    assert json.loads(request.body)["operationName"] == "Ping"


def test_a_client_of_its_own_version() -> None:
    client = ShopifyClient("myshop", TOKEN, Transport(), version="2026-07")
    assert client.base == "https://myshop.myshopify.com" and client.version == "2026-07"
