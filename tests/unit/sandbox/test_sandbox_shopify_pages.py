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


def test_a_customer_asks_for_a_return_and_sees_what_became_of_it(shop: ShopifyClient) -> None:
    number = shop.order(skus=["MAI-MUG-BLEU"], lines=1, quantity=3)
    where = f"{HOME}/orders/{number}"
    assert "Demander un retour" not in shop.client.get(where).get_data(as_text=True), "nothing was sent"
    shop.control(f"orders/{number}/send", {})
    line = str(shop.site.shop.all("orders")[number]["lines"][0]["id"])
    form = {"line": line, "quantity": "2", "reason": "SIZE_TOO_SMALL", "note": "Trop petit"}
    shown = post(shop, f"/orders/{number}/return", **form)
    assert "demandé, en attente de réponse" in shown and 'max="1"' in shown, "one is left to ask back"
    (doc,) = shop.site.shop.all("returns").values()
    assert [(row["quantity"], row["reason"], row["customerNote"]) for row in doc["lines"]] == [
        (2, "SIZE_TOO_SMALL", "Trop petit")
    ]
    decline = """mutation ($id: ID!) {
      returnDeclineRequest(input: {id: $id, declineReason: OTHER, declineNote: "Porté"}) { userErrors { message } } }"""
    shop.do("returnDeclineRequest", decline, {"id": f"gid://shopify/Return/{doc['id']}"})
    shown = shop.client.get(where).get_data(as_text=True)
    assert "refusé" in shown and "Porté" in shown
    too_many = shop.client.post(f"{where}/return", data=form | {"quantity": "9"})
    assert (too_many.status_code, "invalid quantity" in too_many.get_data(as_text=True)) == (422, True)


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
