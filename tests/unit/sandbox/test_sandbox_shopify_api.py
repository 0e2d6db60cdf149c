"""The Shopify shop's endpoint: tokens, versions, scopes, costs, lists, searches, and a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shopify_support import SECRET, TOKEN, ShopifyClient, open_shopify

SHOP = "{ shop { name } }"
TAG = 'mutation ($tags: [String!]!) { tagsAdd(id: "gid://shopify/Order/1", tags: $tags) { userErrors { message } } }'
ORDER = '"gid://shopify/Order/5800000000001"'
GRANT = {"client_id": "sandbox-client", "client_secret": SECRET}


@pytest.fixture
def shop() -> Iterator[ShopifyClient]:
    """A shop with the demonstration catalogue."""
    with open_shopify() as client:
        yield client


def grant(shop: ShopifyClient, **form: str) -> Any:
    """The answer of the token endpoint."""
    return shop.client.post("/admin/oauth/access_token", data={**GRANT, **form})


def codes(answer: Any) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", ())]


# Tokens


def test_client_credentials_give_a_token_for_a_day(shop: ShopifyClient) -> None:
    answer = grant(shop, grant_type="client_credentials").json
    assert answer["expires_in"] in (86_399, 86_400)
    assert "read_orders" in answer["scope"].split(",")
    assert shop.send(SHOP, token=answer["access_token"]).status_code == 200
    shop.sandbox.clock.advance(86_401)
    late = shop.send(SHOP, token=answer["access_token"])
    assert (late.status_code, late.json) == (
        401,
        {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"},
    )


def test_a_refresh_token_is_good_for_once(shop: ShopifyClient) -> None:
    first = shop.control("tokens", {})
    second = grant(shop, grant_type="refresh_token", refresh_token=first["refresh_token"]).json
    assert second["expires_in"] == 3600
    assert second["refresh_token"] != first["refresh_token"]
    again = grant(shop, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (again.status_code, again.json["error"]) == (400, "invalid_grant")
    assert shop.send(SHOP, token=second["access_token"]).status_code == 200


def test_wrong_credentials_and_tokens_are_refused(shop: ShopifyClient) -> None:
    assert grant(shop, grant_type="client_credentials", client_secret="x").status_code == 401
    assert grant(shop, grant_type="password").json == {"error": "unsupported_grant_type"}
    assert shop.send(SHOP, token="shpat_x").status_code == 401
    assert shop.send(SHOP, token="").status_code == 401


def test_a_revoked_app_is_out_and_comes_in_again(shop: ShopifyClient) -> None:
    token = grant(shop, grant_type="client_credentials").json["access_token"]
    shop.control("app", {"revoked": True})
    assert [shop.send(SHOP, token=one).status_code for one in (TOKEN, token)] == [401, 401]
    shop.control("app", {"revoked": False})
    assert shop.send(SHOP).status_code == 200


# Versions, scopes


@pytest.mark.parametrize(
    ("asked", "served"), [("2026-07", "2026-07"), ("2024-10", "2026-01"), ("2027-01", None), ("nonsense", None)]
)
def test_a_retired_version_is_answered_by_the_oldest(shop: ShopifyClient, asked: str, served: str | None) -> None:
    answer = shop.send(SHOP, version=asked)
    assert answer.headers.get("X-Shopify-API-Version") == served
    assert answer.status_code == (200 if served else 404)


def test_what_a_scope_does_not_cover_is_denied_and_the_rest_answered(shop: ShopifyClient) -> None:
    shop.order()
    shop.control("app", {"scopes": "read_orders"})
    products = "products(first: 1) { nodes { id } }"
    answer: Any = shop.send(f"{{ order(id: {ORDER}) {{ name customer {{ id }} }} }}").json
    assert answer["data"]["order"] == {"name": "#1001", "customer": None}
    assert codes(answer) == ["ACCESS_DENIED"]
    assert answer["errors"][0]["extensions"]["requiredAccess"] == "`read_customers` access scope."
    assert codes(shop.send(f"{{ {products} }}").json) == ["ACCESS_DENIED"]
    assert codes(shop.send(TAG, {"tags": ["x"]}).json) == ["ACCESS_DENIED"]
    app = shop.ask("{ currentAppInstallation { accessScopes { handle } } }")["currentAppInstallation"]
    assert app["accessScopes"] == [{"handle": "read_orders"}]


def test_orders_older_than_sixty_days_need_their_own_scope(shop: ShopifyClient) -> None:
    old, new = shop.order(at="2020-01-01T00:00:00Z"), shop.order()
    shop.control("app", {"scopes": "read_orders"})
    assert [node["id"] for node in shop.ask("{ orders(first: 9) { nodes { id } } }")["orders"]["nodes"]] == [
        f"gid://shopify/Order/{new}"
    ]
    assert shop.ask(f'{{ order(id: "gid://shopify/Order/{old}") {{ id }} }}') == {"order": None}


# Costs


def test_costs_grow_with_the_logarithm_of_a_page(shop: ShopifyClient) -> None:
    answer: Any = shop.send(
        '{ product(id: "gid://shopify/Product/1") { variants(first: 250) { nodes { inventoryItem { id } } } } }'
    ).json
    assert answer["extensions"]["cost"]["requestedQueryCost"] == 25  # measured at the real API
    assert answer["extensions"]["cost"]["actualQueryCost"] < 2


def test_an_empty_bucket_throttles_and_fills_again(shop: ShopifyClient) -> None:
    shop.control("settings", {"bucket": 10, "restore_rate": 1})
    dear = "{ orders(first: 10) { nodes { id } } }"
    for _ in range(3):
        shop.site.api.bucket.status(shop.site.shop.settings, shop.sandbox.clock.timestamp(), 2)
    answer: Any = shop.send(dear).json
    assert (codes(answer), "data" in answer) == (["THROTTLED"], False)
    status = answer["extensions"]["cost"]["throttleStatus"]
    assert (status["maximumAvailable"], status["restoreRate"]) == (10, 1)
    shop.sandbox.clock.advance(10)
    assert "errors" not in (shop.send(dear).json or {})


def test_too_dear_a_query_and_too_long_a_list_are_refused(shop: ShopifyClient) -> None:
    deep = "variants(first: 250) { nodes { id } }"
    line = f"lineItems(first: 250) {{ nodes {{ id product {{ id {deep} }} }} }}"
    answer: Any = shop.send(f"{{ orders(first: 250) {{ nodes {{ id {line} }} }} }}").json
    assert codes(answer) == ["MAX_COST_EXCEEDED"]
    assert answer["errors"][0]["extensions"]["maxCost"] == 1000
    many: Any = shop.send(TAG, {"tags": ["x"] * 251}).json
    assert codes(many) == ["MAX_INPUT_SIZE_EXCEEDED"]


# Lists


def pages(shop: ShopifyClient, query: str, size: int, change: Any = None) -> list[str]:
    """The names of all orders, page by page."""
    text = f"""query ($after: String) {{ orders(first: {size}, after: $after, {query}) {{
      nodes {{ name }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    found, after = [], None
    while True:
        page = shop.ask(text, {"after": after})["orders"]
        found += [node["name"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]
        if change:
            change()


def test_pages_by_time_of_change_miss_nothing_while_orders_change(shop: ShopifyClient) -> None:
    shop.control("orders/many", {"count": 20})
    changed = iter(range(3, 6))

    def change() -> None:
        number = next(changed, None)
        if number is not None:
            shop.sandbox.clock.advance(5)
            shop.ask(TAG.replace("Order/1", f"Order/{5_800_000_000_000 + number}"), {"tags": ["x"]})

    found = pages(shop, "sortKey: UPDATED_AT", 6, change)
    assert {f"#{number}" for number in range(1001, 1021)} == set(found)
    backwards = pages(shop, "sortKey: CREATED_AT, reverse: true", 7)
    assert backwards == [f"#{number}" for number in range(1020, 1000, -1)]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name:#1002", ["#1002"]),
        ("id:5800000000003", ["#1003"]),
        ("updated_at:>='2026-03-02T00:00:00Z' updated_at:<2026-03-04T00:00:00+00:00", ["#1002", "#1003"]),
        ("updated_at:>2026-03-03T01:00:00+01:00", ["#1004"]),
        ("financial_status:pending", ["#1004"]),
        ("name:#1001 OR name:#1003", ["#1001", "#1003"]),
        ("(name:#1001 OR name:#1003) -id:5800000000001", ["#1003"]),
        ("NOT financial_status:paid", ["#1004"]),
        ("financial_status:paid,pending AND created_at:2026-03-01T00:00:00Z", ["#1001"]),
    ],
)
def test_orders_are_searched_as_the_vendor_does(shop: ShopifyClient, query: str, names: list[str]) -> None:
    for day in range(1, 5):
        shop.order(at=f"2026-03-0{day}T00:00:00Z", payment="pending" if day == 4 else "paid", tell=False)
    text = "query ($query: String!) { orders(first: 9, query: $query) { nodes { name } } }"
    assert [node["name"] for node in shop.ask(text, {"query": query})["orders"]["nodes"]] == names


def test_a_filter_that_does_not_exist_is_warned_of(shop: ShopifyClient) -> None:
    answer: Any = shop.send('{ orders(first: 1, query: "updatedat:>2026-01-01") { nodes { id } } }').json
    (warned,) = answer["extensions"]["search"]
    assert warned["warnings"][0]["field"] == "updatedat"


def test_a_page_needs_a_size_and_has_250_at_most(shop: ShopifyClient) -> None:
    assert codes(shop.send("{ orders { nodes { id } } }").json) == ["BAD_REQUEST"]
    assert codes(shop.send("{ orders(first: 251) { nodes { id } } }").json) == ["BAD_REQUEST"]


def test_orders_and_stock_survive_a_restart(tmp_path: Path) -> None:
    look = "{ orders(first: 5) { nodes { name totalPriceSet { shopMoney { amount } } } } }"
    with open_shopify(tmp_path) as shop:
        shop.order(), shop.order("refunded")
        before, stock = shop.ask(look), shop.control("stock", method="GET")
    with open_shopify(tmp_path) as again:
        assert again.ask(look) == before
        assert again.control("stock", method="GET") == stock
        again.order()
        assert again.ask(look)["orders"]["nodes"][-1]["name"] == "#1003"
