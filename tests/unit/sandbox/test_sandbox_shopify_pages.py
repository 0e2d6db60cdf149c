"""The Shopify shop's pages: a person buys, pays, gives back and cancels."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox_support import Listener
from shopify_support import ShopifyClient, open_shopify

HOME = "/lumiere/shop"


@pytest.fixture
def shop() -> Iterator[ShopifyClient]:
    """A shop with the demonstration catalogue."""
    with open_shopify() as client:
        yield client


def post(shop: ShopifyClient, path: str, **form: str) -> str:
    """Send a form and read the page that it leads to."""
    answer = shop.client.post(f"{HOME}{path}", data=form)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    where = answer.headers["Location"].removeprefix(shop.sandbox.base_url)
    return shop.client.get(where).get_data(as_text=True)


def test_a_person_buys_by_transfer_pays_and_gets_money_back(shop: ShopifyClient) -> None:
    assert "Crème de jour à la rose" in shop.client.get(HOME).get_data(as_text=True)
    variant = next(doc for doc in shop.site.shop.all("variants").values() if doc["sku"] == "MAI-MUG-BLEU")
    before = shop.control("stock", method="GET")["MAI-MUG-BLEU"]
    page = post(shop, "/buy", variant=str(variant["id"]), quantity="3", how="later")
    assert "en attente de paiement" in page
    assert shop.client.get(f"{HOME}/live").json[f"stock-{variant['id']}"] == f"<span>{before - 3} en stock</span>"
    (order,) = shop.site.shop.all("orders").values()
    assert "payée" in post(shop, f"/orders/{order['id']}/pay")
    line = str(order["lines"][0]["id"])
    assert "remboursée en partie" in post(shop, f"/orders/{order['id']}/refund", line=line, quantity="1", restock="1")
    assert shop.control("stock", method="GET")["MAI-MUG-BLEU"] == before - 2
    assert "annulée" in post(shop, f"/orders/{order['id']}/cancel")
    assert shop.control("stock", method="GET")["MAI-MUG-BLEU"] == before
    again = shop.client.post(f"{HOME}/orders/{order['id']}/cancel")
    assert (again.status_code, "already been cancelled" in again.get_data(as_text=True)) == (422, True)


def test_a_customer_asks_for_their_data(shop: ShopifyClient, listener: Listener) -> None:
    shop.ask(
        "mutation ($uri: String!) { webhookSubscriptionCreate(topic: ORDERS_CREATE, webhookSubscription: {uri: $uri})"
        " { userErrors { message } } }",
        {"uri": listener.url},
    )
    customer = shop.site.shop.all("orders")[shop.order()]["customerId"]
    listener.wait(1)
    post(shop, "/compliance", topic="customers/data_request", customer_id=str(customer))
    assert listener.wait(2)[1].json["customer"]["id"] == customer


@pytest.mark.parametrize("path", ["/orders/1", "/nothing"])
def test_what_is_not_there_is_said(shop: ShopifyClient, path: str) -> None:
    assert shop.client.get(f"{HOME}{path}").status_code == 404
