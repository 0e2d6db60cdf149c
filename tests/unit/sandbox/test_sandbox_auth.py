"""Keys over https, OAuth 1.0a over http, refused as WooCommerce refuses."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests
from sandbox_support import API, KEY, SECRET, ShopClient, oauth_query, oauth_url

from sandbox.server import Sandbox, Server
from sandbox.woocommerce.site import WooCommerceSite

CANNOT = {
    "code": "woocommerce_rest_cannot_view",
    "message": "Sorry, you cannot list resources.",
    "data": {"status": 401},
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    sandbox = Sandbox()
    sandbox.sites.append(WooCommerceSite(sandbox, KEY, SECRET))
    with Server(sandbox) as found:
        yield found


def refusal(answer: requests.Response) -> tuple[int, str, str]:
    return answer.status_code, answer.json()["code"], answer.json()["message"]


def test_nothing_basic_and_query_keys_are_refused_over_http(server: Server) -> None:
    url = f"{server.url}{API}/products"
    for answer in (
        requests.get(url, timeout=5),
        requests.get(url, auth=(KEY, SECRET), timeout=5),
        requests.get(url, params={"consumer_key": KEY, "consumer_secret": SECRET}, timeout=5),
    ):
        assert (answer.status_code, answer.json()) == (401, CANNOT)
        assert "Allow" not in answer.headers


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256"])
def test_oauth_in_the_query(server: Server, method: str) -> None:
    url = f"{server.url}{API}/products"
    query = oauth_query("GET", url, {"per_page": "3", "search": "à la"}, oauth_signature_method=method)
    answer = requests.get(url, params=query, timeout=5)
    assert answer.status_code == 200
    assert [product["name"] for product in answer.json()] == [
        "Savon de Marseille à la lavande",
        "Crème de jour à la rose",
    ]


def test_oauth_in_the_header_with_a_body(server: Server) -> None:
    url = f"{server.url}{API}/orders"
    signed = oauth_query("POST", url)
    header = "OAuth " + ", ".join(f'{key}="{quote(value, safe="")}"' for key, value in signed.items())
    answer = requests.post(url, json={}, headers={"Authorization": header}, timeout=5)
    assert answer.status_code == 201


def test_lists_are_signed_by_index(server: Server) -> None:
    """PHP reads ``include[]=1&include[]=2`` as ``include[0]`` and ``include[1]``, and so they are signed."""
    url = f"{server.url}{API}/products"
    products = requests.get(oauth_url("GET", url), timeout=5).json()
    params = {f"include[{index}]": str(product["id"]) for index, product in enumerate(products[:2])}
    assert len(requests.get(url, params=oauth_query("GET", url, params), timeout=5).json()) == 2


def test_a_replayed_nonce_and_a_wrong_clock_are_refused(server: Server) -> None:
    url = f"{server.url}{API}/products"
    signed = oauth_url("GET", url)
    assert requests.get(signed, timeout=5).status_code == 200
    code = "woocommerce_rest_authentication_error"
    assert refusal(requests.get(signed, timeout=5)) == (401, code, "Invalid nonce - nonce has already been used.")
    for minutes in (16, -16):
        late = oauth_query("GET", url, oauth_timestamp=str(int(time.time()) + minutes * 60))
        assert refusal(requests.get(url, params=late, timeout=5)) == (401, code, "Invalid timestamp.")
    near = oauth_query("GET", url, oauth_timestamp=str(int(time.time()) - 14 * 60))
    assert requests.get(url, params=near, timeout=5).status_code == 200


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"secret": "cs_wrong"}, "Invalid signature - provided signature does not match."),
        ({"oauth_signature_method": "PLAINTEXT"}, "Invalid signature - signature method is invalid."),
        ({"oauth_consumer_key": "ck_other"}, "Consumer key is invalid."),
    ],
)
def test_wrong_signatures(server: Server, change: dict[str, Any], message: str) -> None:
    url = f"{server.url}{API}/products"
    answer = requests.get(url, params=oauth_query("GET", url, **change), timeout=5)
    assert refusal(answer) == (401, "woocommerce_rest_authentication_error", message)


def test_changing_a_signed_parameter_breaks_the_signature(server: Server) -> None:
    url = f"{server.url}{API}/products"
    query = {**oauth_query("GET", url, {"per_page": "3"}), "per_page": "4"}
    assert requests.get(url, params=query, timeout=5).status_code == 401


def test_a_missing_oauth_parameter_is_named(server: Server) -> None:
    url = f"{server.url}{API}/products"
    query = oauth_query("GET", url)
    del query["oauth_nonce"]
    assert refusal(requests.get(url, params=query, timeout=5)) == (
        401,
        "woocommerce_rest_authentication_missing_parameter",
        "Missing OAuth parameter oauth_nonce",
    )


def test_basic_and_query_keys_over_https(demo: ShopClient) -> None:
    assert demo.request("GET", "products").status_code == 200
    https = {"X-Forwarded-Proto": "https"}
    keys = {"consumer_key": KEY, "consumer_secret": SECRET}
    assert demo.client.get(f"{API}/products", query_string=keys, headers=https).status_code == 200
    wrong = base64.b64encode(f"{KEY}:nope".encode()).decode()
    answer = demo.client.get(f"{API}/products", headers={**https, "Authorization": f"Basic {wrong}"})
    assert (answer.status_code, answer.json["message"]) == (401, "Consumer secret is invalid.")
    unknown = base64.b64encode(b"ck_unknown:x").decode()
    answer = demo.client.get(f"{API}/products", headers={**https, "Authorization": f"Basic {unknown}"})
    assert (answer.status_code, answer.json) == (401, CANNOT)


def test_links_in_the_paging_header_replay_the_nonce(server: Server) -> None:
    url = f"{server.url}{API}/products"
    answer = requests.get(oauth_url("GET", url, per_page="5"), timeout=5)
    follow = requests.get(answer.links["next"]["url"], timeout=5)
    assert follow.status_code == 401
