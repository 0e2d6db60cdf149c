"""Products and variations of the simulated WooCommerce: stock, prices, SKUs, batches."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_support import ShopClient


def variable(shop: ShopClient, **values: Any) -> tuple[int, list[int]]:
    """A T-shirt in sizes S and M; its id and those of its variations."""
    attribute = shop.post("products/attributes", {"name": "Size"})
    sizes = {"id": attribute["id"], "variation": True, "options": ["S", "M"]}
    parent = shop.post(
        "products", {"name": "T-shirt", "type": "variable", "sku": "TS", "attributes": [sizes], **values}
    )
    kids = [
        {"sku": f"TS-{size}", "regular_price": "20", "attributes": [{"id": attribute["id"], "option": size}]}
        for size in ("S", "M")
    ]
    found = shop.post(f"products/{parent['id']}/variations/batch", {"create": kids})
    return parent["id"], [kid["id"] for kid in found["create"]]


def test_a_sku_is_there_once(shop: ShopClient) -> None:
    first = shop.post("products", {"name": "Mug", "sku": "MUG"})
    shop.post("products", {"name": "Mug", "sku": "MUG-1"})
    answer = shop.request("POST", "products", {"name": "x", "sku": "MUG"})
    assert (answer.status_code, answer.json["data"]) == (
        400,
        {"status": 400, "resource_id": first["id"], "unique_sku": "MUG-2"},
    )
    assert len(shop.get("products")) == 2


def test_prices_are_strings_and_a_comma_is_dropped(shop: ShopClient) -> None:
    answer = shop.request("POST", "products", {"name": "Mug", "regular_price": 13.5})
    assert answer.json["data"]["params"] == {"regular_price": "regular_price is not of type string."}
    assert shop.post("products", {"name": "Mug", "regular_price": "13,5"})["regular_price"] == "135"


@pytest.mark.parametrize(("sent", "kept"), [(7, 7), ("7", 7), (-3, -3), (None, 0), (7.0, 7)])
def test_stock_is_a_whole_number(shop: ShopClient, sent: Any, kept: int) -> None:
    key = shop.post("products", {"name": "Mug", "manage_stock": True, "stock_quantity": 5})["id"]
    assert shop.put(f"products/{key}", {"stock_quantity": sent})["stock_quantity"] == kept


def test_stock_without_management_is_dropped(shop: ShopClient) -> None:
    found = shop.post("products", {"name": "Mug", "stock_quantity": 5})
    assert (found["manage_stock"], found["stock_quantity"]) == (False, None)
    managed = shop.put(f"products/{found['id']}", {"manage_stock": True, "stock_quantity": 5})
    assert managed["stock_quantity"] == 5
    assert shop.put(f"products/{found['id']}", {"manage_stock": False, "stock_quantity": 9})["stock_quantity"] is None


def test_stock_kept_by_the_parent_cannot_be_written_on_a_variation(shop: ShopClient) -> None:
    parent, (small, _) = variable(shop, manage_stock=True, stock_quantity=9)
    path = f"products/{parent}/variations/{small}"
    found = shop.put(path, {"stock_quantity": 3})
    assert (found["manage_stock"], found["stock_quantity"]) == ("parent", 9)
    order = shop.post("orders", {"line_items": [{"product_id": parent, "variation_id": small}], "set_paid": True})
    assert order["status"] == "processing"
    assert shop.get(path)["stock_quantity"] == 8


def test_a_variation_bumps_its_parent(shop: ShopClient) -> None:
    parent, (small, _) = variable(shop)
    before = shop.get(f"products/{parent}")["date_modified"]
    shop.tick()
    shop.put(f"products/{parent}/variations/{small}", {"manage_stock": True, "stock_quantity": 4})
    assert shop.get(f"products/{parent}")["date_modified"] > before


def test_skus_find_products_and_variations(shop: ShopClient) -> None:
    parent, (small, _) = variable(shop)
    found = shop.get("products", sku="TS-S,TS")
    assert [(doc["id"], doc["type"], doc["parent_id"]) for doc in found] == [
        (small, "variation", parent),
        (parent, "variable", 0),
    ]
    assert [doc["type"] for doc in shop.get("products")] == ["variable"]


def test_a_variable_product_shows_its_variations(shop: ShopClient) -> None:
    parent, kids = variable(shop)
    found = shop.get(f"products/{parent}")
    assert (found["price"], found["variations"], found["stock_status"]) == ("20", kids, "instock")
    assert [doc["id"] for doc in shop.get(f"products/{parent}/variations")] == kids[::-1]
    line = shop.post("orders", {"line_items": [{"product_id": parent, "variation_id": kids[1]}]})["line_items"][0]
    assert (line["name"], line["parent_name"], line["sku"]) == ("T-shirt - M", "T-shirt", "TS-M")
    assert [(meta["key"], meta["value"], meta["display_key"], meta["display_value"]) for meta in line["meta_data"]] == [
        ("pa_size", "m", "Size", "M")
    ]


def test_batches_answer_each_item_and_are_bounded(shop: ShopClient) -> None:
    key = shop.post("products", {"name": "Mug", "sku": "MUG", "manage_stock": True})["id"]
    body = {
        "create": [{"name": "x", "sku": "MUG"}, {"name": "y", "sku": "Y"}],
        "update": [{"id": key, "stock_quantity": 4}, {"id": 999}, {"id": key, "stock_quantity": "abc"}],
        "delete": [999],
    }
    answer = shop.post("products/batch", body)
    assert answer["create"][0]["error"]["code"] == "product_invalid_sku"
    assert answer["create"][1]["sku"] == "Y"
    assert answer["update"][0]["stock_quantity"] == 4
    assert answer["update"][1] == {
        "id": 999,
        "error": {"code": "woocommerce_rest_product_invalid_id", "message": "Invalid ID.", "data": {"status": 400}},
    }
    assert answer["update"][2]["error"]["code"] == "rest_invalid_param"
    assert answer["delete"][0]["error"]["data"]["status"] == 404
    assert shop.request("POST", "products/batch", {"update": [{"id": key}] * 101}).status_code == 413


def test_sale_prices(shop: ShopClient) -> None:
    found = shop.post("products", {"name": "Mug", "regular_price": "10", "sale_price": "8"})
    assert (found["price"], found["on_sale"]) == ("8", True)
    later = shop.put(f"products/{found['id']}", {"date_on_sale_from_gmt": "2999-01-01T00:00:00"})
    assert (later["price"], later["on_sale"]) == ("10", False)
    assert shop.put(f"products/{found['id']}", {"sale_price": "12"})["sale_price"] == ""


def test_categories_tags_and_terms(shop: ShopClient) -> None:
    category = shop.post("products/categories", {"name": "Épicerie fine"})
    assert category["slug"] == "epicerie-fine"
    assert shop.request("POST", "products/categories", {"name": "épicerie FINE"}).json["code"] == "term_exists"
    tag = shop.post("products/tags", {"name": "Bio"})
    product = shop.post(
        "products", {"name": "Miel", "categories": [{"id": category["id"]}], "tags": [{"id": tag["id"]}]}
    )
    assert product["categories"][0]["name"] == "Épicerie fine"
    assert shop.get(f"products/categories/{category['id']}")["count"] == 1
    assert [doc["id"] for doc in shop.get("products", category=category["id"])] == [product["id"]]
    attribute = shop.post("products/attributes", {"name": "Couleur"})
    terms = f"products/attributes/{attribute['id']}/terms"
    shop.post(terms, {"name": "Bleu"})
    assert [term["slug"] for term in shop.get(terms)] == ["bleu"]


def test_customers(shop: ShopClient) -> None:
    body = {"email": "lea@example.com", "first_name": "Léa", "billing": {"city": "Lyon", "email": "lea@example.com"}}
    found = shop.post("customers", body)
    assert (found["username"], found["billing"]["city"], found["is_paying_customer"]) == ("lea", "Lyon", False)
    assert shop.request("POST", "customers", body).json["code"] == "registration-error-email-exists"
    shop.post(
        "orders", {"customer_id": found["id"], "set_paid": True, "payment_method": "stripe", "status": "processing"}
    )
    assert shop.get(f"customers/{found['id']}")["is_paying_customer"] is True
    assert [doc["id"] for doc in shop.get("customers", email="LEA@example.com")] == [found["id"]]
    answer = shop.request("POST", "orders", {"customer_id": 99})
    assert (answer.status_code, answer.json["code"]) == (400, "woocommerce_rest_invalid_customer_id")
    assert shop.request("DELETE", f"customers/{found['id']}").status_code == 501


def test_settings_tell_how_the_shop_computes(shop: ShopClient) -> None:
    shop.control("settings", {"prices_include_tax": True, "round_at_subtotal": True, "currency": "CHF"})
    tax = {row["id"]: row["value"] for row in shop.get("settings/tax")}
    assert tax["woocommerce_prices_include_tax"] == "yes"
    assert tax["woocommerce_tax_round_at_subtotal"] == "yes"
    assert shop.get("settings/general/woocommerce_currency")["value"] == "CHF"
    assert shop.get("data/currencies/current")["code"] == "CHF"
    shop.put("settings/tax/woocommerce_prices_include_tax", {"value": "no"})
    assert shop.post("orders", {})["prices_include_tax"] is False
    assert shop.get("system_status")["environment"]["timezone"] == "Europe/Paris"


def test_unknown_routes_and_bad_json(shop: ShopClient) -> None:
    assert shop.request("GET", "nothing").json["code"] == "rest_no_route"
    headers = {**shop.headers, "X-Forwarded-Proto": "https", "Content-Type": "application/json"}
    answer = shop.client.post("/wp-json/wc/v3/orders", data="{", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (400, "rest_invalid_json")
