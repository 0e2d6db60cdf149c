"""The simulated PrestaShop's page for people, and what its control API does."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from werkzeug.test import Client

from sandbox.prestashop.site import PrestaShopSite
from sandbox.server import Sandbox


@pytest.fixture
def client() -> Iterator[Client]:
    sandbox = Sandbox()
    sandbox.sites.append(PrestaShopSite(sandbox))
    yield Client(sandbox)
    sandbox.close()


def test_a_customer_buys_and_the_owner_ships_and_refunds(client: Client) -> None:
    front = client.get("/prestashop/").get_data(as_text=True)
    assert "Crème de jour" in front and "24,90 €" in front and "Aucune commande" in front
    form = {"sku": "COS-CREME-JOUR", "quantity": "2", "how": "now", "coupon": "BIENVENUE10", "wrapped": "1"}
    placed = client.post("/prestashop/buy", data=form)
    assert placed.status_code == 303
    path = re.sub(r"^http://[^/]+", "", placed.headers["Location"])
    page = client.get(path).get_data(as_text=True)
    # 49.80 less 10 %, shipping 4.90, wrapping 2.00.
    assert "Paiement accepté" in page and "51,72 €" in page and "-4,98 €" in page
    assert client.get("/sandbox/prestashop/stock").json["COS-CREME-JOUR"] == 78  # type: ignore[index]
    for verb, data in (("ship", {}), ("track", {"number": "6A1"}), ("refund", {"sku": form["sku"], "quantity": "1"})):
        assert client.post(f"{path}/{verb}", data=data).status_code == 303
    page = client.get(path).get_data(as_text=True)
    assert "s-completed" in page and "Suivi : 6A1" in page and "Avoir : 24,90 €" in page
    assert path in client.get("/prestashop/live").json["recent"]  # type: ignore[index]


def test_random_orders_and_what_is_refused(client: Client) -> None:
    for kind in ("pickup", "gift", ""):
        assert client.post("/prestashop/random", data={"kind": kind}).status_code == 303
    assert client.post("/sandbox/orders/random?shop=prestashop", json={"count": 5}).json["count"] == 5  # type: ignore[index]
    assert client.post("/sandbox/prestashop/orders/random", json={"nope": 1}).status_code == 400
    assert client.post("/prestashop/buy", data={"sku": "NOPE"}).status_code == 422
    assert client.get("/prestashop/orders/99").status_code == 404
    assert client.get("/prestashop/nope").status_code == 404


def test_what_customers_wrote_is_text(client: Client) -> None:
    body = {"lines": [{"sku": "COS-CREME-JOUR"}], "note": "<script>alert(1)</script>"}
    key = client.post("/sandbox/prestashop/orders", json=body).json["id"]  # type: ignore[index]
    assert "<script>alert" not in client.get(f"/prestashop/orders/{key}").get_data(as_text=True)
