"""A shop that stands in for a merchant's own: made of what the merchant's Odoo knows, and played with."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from sandbox_support import API, ShopClient, open_shop

from sandbox.woocommerce import twisted
from sandbox.woocommerce.site import WooCommerceSite

KNOWN: dict[str, Any] = {
    "shop": "one",
    "platform": "woocommerce",
    "name": "Chez Léa",
    "country": "FR",
    "prices_include_tax": True,
    "statuses": ["wc-preparing"],
    "taxes": [
        {"code": "7", "label": "TVA 20 %", "rate": 20.0, "country": ""},
        {"code": "3", "label": "TVA 5,5 %", "rate": 5.5, "country": ""},
        {"code": "9", "label": "MwSt 19 %", "rate": 19.0, "country": "DE"},
    ],
    "products": [
        {"product_id": "500", "sku": "MUG", "name": "Mug", "price": "12.00", "tax_rate": 20.0, "stock": 5},
        {
            "product_id": "501",
            "variant_id": "502",
            "sku": "TEE-S",
            "name": "Tee",
            "variant": "S",
            "price": "20",
            "tax_rate": 20,
        },
        {
            "product_id": "501",
            "variant_id": "503",
            "sku": "TEE-M",
            "name": "Tee",
            "variant": "M",
            "price": "21",
            "tax_rate": 20,
        },
        {"product_id": "", "sku": "TEA", "name": "Thé", "price": "6.33", "tax_rate": 5.5, "stock": 0},
    ],
    "highest": {"orders": 8000, "products": 503, "customers": 60},
}


def adopt(client: ShopClient, **changes: Any) -> dict[str, Any]:
    """Have the sandbox stand in for a shop."""
    if "woocommerce" not in client.sandbox.copies.players:
        client.sandbox.copies.register("woocommerce", WooCommerceSite.of_copy)
    answer: dict[str, Any] = client.control("adopt", KNOWN | changes)
    return answer


def keeper(shop: ShopClient, answer: dict[str, Any]) -> Any:
    """Calls the API of a copy as its owner: ``call(method, path, body, **query)``."""
    keys = answer["credentials"]
    token = base64.b64encode(f"{keys['consumer_key']}:{keys['consumer_secret']}".encode()).decode()
    root = answer["url"].removeprefix(shop.sandbox.base_url)

    def call(method: str, path: str, body: Any = None, **query: Any) -> Any:
        headers = {"Authorization": f"Basic {token}", "X-Forwarded-Proto": "https"}
        url = f"{root}{API}/{path}"
        response = shop.client.open(url, method=method, json=body, query_string=query or None, headers=headers)
        assert response.status_code < 300, response.get_data(as_text=True)
        return response.json

    return call


def test_a_copy_has_the_merchant_s_products_taxes_and_numbers_go_on_above_them() -> None:
    with open_shop() as shop:
        answer = adopt(shop)
        call = keeper(shop, answer)
        assert answer["products"] == 4
        assert call("GET", "products/500")["sku"] == "MUG"
        assert call("GET", "products/501/variations/503")["price"] == "21"
        (tea,) = call("GET", "products", sku="TEA")
        assert tea["id"] > 8000
        rates = {row["id"]: (row["country"], row["rate"], row["class"]) for row in call("GET", "taxes")}
        assert rates == {
            7: ("FR", "20.0000", "standard"),
            3: ("FR", "5.5000", "taux-5-5"),
            9: ("DE", "19.0000", "standard"),
        }
        assert "preparing" in [row["slug"] for row in call("GET", "orders/statuses")]
        lines = [{"product_id": 500, "quantity": 1}, {"product_id": tea["id"], "quantity": 1}]
        order = call("POST", "orders", {"billing": {"country": "FR"}, "line_items": lines})
        assert order["id"] > 8000
        assert order["total"] == "18.33"
        assert {row["rate_id"]: row["tax_total"] for row in order["tax_lines"]} == {7: "2.00", 3: "0.33"}
        assert call("POST", "customers", {"email": "new@example.com"})["id"] > 60


def test_two_shops_with_the_same_ids_do_not_mix() -> None:
    with open_shop() as shop:
        one, two = adopt(shop), adopt(shop, shop="two", name="Autre", products=[])
        assert one["url"] != two["url"]
        assert one["credentials"] != two["credentials"]
        assert keeper(shop, one)("GET", "products/500")["name"] == "Mug"
        assert keeper(shop, two)("GET", "products") == []
        assert shop.get("products") == [], "nor does the sandbox's own shop"


def test_orders_come_along_as_they_were_and_one_that_cannot_be_read_is_named() -> None:
    with open_shop(with_catalogue=True) as shop:
        (first,) = shop.control("orders/random?full=1", {"kinds": []})["orders"]
        first["id"] = 7999
        answer = adopt(shop, orders=[first, {"id": 7000, "status": "processing"}])
        assert (answer["orders"], answer["refused"]) == (1, [7000])
        call = keeper(shop, answer)
        assert call("GET", "orders/7999")["total"] == first["total"]
        call("PUT", "orders/7999", {"status": "completed"})
        assert adopt(shop, orders=[first])["orders"] == 0, "what the shop has is newer"
        assert call("GET", "orders/7999")["status"] == "completed"


def test_a_copy_survives_a_restart_and_is_forgotten_by_a_reset(tmp_path: Path) -> None:
    with open_shop(tmp_path) as shop:
        before = adopt(shop)
        order = keeper(shop, before)("POST", "orders", {"line_items": [{"product_id": 500, "quantity": 1}]})
    with open_shop(tmp_path) as shop:
        shop.sandbox.copies.register("woocommerce", WooCommerceSite.of_copy)
        assert keeper(shop, before)("GET", f"orders/{order['id']}")["total"] == "12.00"
        after = adopt(shop)
        assert (after["url"], after["credentials"]) == (before["url"], before["credentials"])
        shop.control("reset")
        assert shop.client.get(f"{before['url'].removeprefix(shop.sandbox.base_url)}/shop").status_code == 404


def test_a_platform_that_nobody_plays_is_refused_in_words() -> None:
    with open_shop() as shop:
        adopt(shop)
        response = shop.client.post("/sandbox/adopt", json=KNOWN | {"platform": "bazaar"})
        assert response.status_code == 400
        assert "woocommerce" in response.json["error"]


def test_nobody_reads_a_shop_under_another_name_than_this_machine_s() -> None:
    with open_shop() as shop:
        root = adopt(shop)["url"].removeprefix(shop.sandbox.base_url)
        for path in (f"{root}/shop", "/sandbox/calls", "/shop"):
            assert shop.client.get(path, headers={"Host": "evil.example:8090"}).status_code == 403
            assert shop.client.get(path, headers={"Host": "localhost:8090"}).status_code == 200


def test_variants_that_are_told_later_join_their_product() -> None:
    with open_shop() as shop:
        answer = adopt(shop)
        late = KNOWN["products"][2] | {"variant_id": "504", "sku": "TEE-L", "variant": "L"}
        assert adopt(shop, products=[late])["products"] == 5
        call = keeper(shop, answer)
        assert call("GET", "products/501")["attributes"][0]["options"] == ["S", "M", "L"]
        assert call("GET", "products/501/variations/504")["attributes"][0]["option"] == "L"


def test_a_copy_s_pages_stay_below_its_address() -> None:
    with open_shop() as shop:
        root = adopt(shop)["url"].removeprefix(shop.sandbox.base_url)
        page = shop.client.get(f"{root}/shop")
        assert f'action="{root}/shop/cart"' in page.get_data(as_text=True)
        assert 'action="/shop' not in page.get_data(as_text=True)
        assert shop.client.get(f"{root}/").status_code == 200
        bought = shop.client.post(f"{root}/shop/cart", data={"product": "500", "then": "checkout"})
        assert bought.headers["Location"] == f"{root}/shop/checkout"
        placed = shop.client.post(f"{root}/shop/checkout", data={"last_name": "Roux", "country": "FR"})
        assert placed.headers["Location"].startswith(f"{root}/shop/order/")
        assert "Roux" in shop.client.get(placed.headers["Location"]).get_data(as_text=True)


@pytest.mark.parametrize("case", twisted.CASES)
def test_every_twisted_order_can_be_placed_on_a_copy(case: str) -> None:
    with open_shop() as shop:
        answer = adopt(shop)
        root = answer["url"].removeprefix(shop.sandbox.base_url)
        placed = shop.client.post(f"{root}/shop/twisted/{case}")
        assert placed.headers["Location"].startswith(f"{root}/shop/order/"), case
        order = keeper(shop, answer)("GET", f"orders/{placed.headers['Location'].rsplit('/', 1)[1]}")
        assert order["line_items"]
        assert order["id"] > 8000


def test_twisted_orders_are_what_their_buttons_say() -> None:
    with open_shop(with_catalogue=True) as shop:

        def place(case: str) -> Any:
            (key,) = shop.control("orders/twisted", {"case": case})["ids"]
            return shop.get(f"orders/{key}")

        assert [len(place("partly_refunded")["refunds"]), place("cancelled")["status"]] == [2, "cancelled"]
        assert place("transfer")["date_paid"] is None
        assert place("abroad")["total_tax"] == "0.00"
        assert len(place("split_rates")["tax_lines"]) > 1
        assert max(line["quantity"] for line in place("free_and_many")["line_items"]) == 1000
        edited = place("edited_twice")
        assert len(edited["line_items"]) == 1
        assert edited["line_items"][0]["quantity"] > 1
        refused = shop.client.post("/sandbox/orders/twisted", json={"case": "nonsense"})
        assert refused.status_code == 400
