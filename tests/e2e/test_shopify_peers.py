"""What other connectors do wrong with a Shopify shop, on real servers: refused discounts, lost customers and lines,
doubled products, destroyed variants, stock without its serials; and a customer who wants to be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dev.client import Client
from shops.shopify import ShopifyShop
from test_stories import Story, link_catalogue


@pytest.fixture
def story(admin: Client) -> Iterator[Story]:
    shop = ShopifyShop()
    try:
        yield Story(shop, admin)
    finally:
        shop.close()


def control(story: Story, path: str, body: Any) -> Any:
    return story.shop.sandbox.call(f"/sandbox/shopify/{path}", body)


def test_discounts_long_orders_and_strangers_come_in_whole(story: Story) -> None:
    """33.33 off 1999.00, 100.00 off 3 × 999.99, three hundred lines, and a buyer whom nobody knows."""
    story.both("DEAR", 50, "1999.00")
    story.both("THREE", 50, "999.99")
    story.begin()
    stranger = {"email": "inconnue@example.com", "firstName": "Inès", "lastName": "Petit", "address1": "9 quai Neuf"}
    rows = [{"sku": "DEAR", "quantity": 1}]
    ids = [
        str(control(story, "orders", {"lines": rows, "discount": "33.33", "customer": stranger})["id"]),
        str(control(story, "orders", {"lines": [{"sku": "THREE", "quantity": 3}], "discount": "100.00"})["id"]),
        str(control(story, "orders/random", {"lines": 300, "kinds": [], "quantity": 1})["ids"][0]),
    ]
    for order_id in ids:
        sale = story.read("sale.order", story.sale(order_id), "amount_total", "amount_tax", "state", "order_line")
        document = story.shop.order(order_id)
        assert sale["state"] == "sale"
        assert f"{sale['amount_total']:.2f}" == f"{document.total:.2f}"
        assert f"{sale['amount_tax']:.2f}" == f"{document.total_tax:.2f}"
    assert len(sale["order_line"]) >= 300
    partner = story.read("sale.order", story.sale(ids[0]), "partner_id", "partner_shipping_id")
    assert "Inès Petit" in partner["partner_id"][1], "no guest stands in for her"
    street = story.read("res.partner", partner["partner_shipping_id"][0], "street", "zip", "city")
    assert (street["street"], street["zip"]) == ("9 quai Neuf", "75002")


def test_products_that_are_here_are_tied_and_never_touched(story: Story) -> None:
    """A product of all companies, one with variants, and one with serials: none is doubled, destroyed or recounted."""
    admin = story.admin
    (shared,) = admin.call(
        "product.product", "create", [{"name": "Partagé", "default_code": "SHARED1", "company_id": False}]
    )
    (colour,) = admin.call("product.attribute", "create", [{"name": "Couleur", "create_variant": "always"}])
    values = admin.call(
        "product.attribute.value", "create", [{"name": name, "attribute_id": colour} for name in ("Rouge", "Bleu")]
    )
    line = [0, 0, {"attribute_id": colour, "value_ids": [[6, 0, values]]}]
    (template,) = admin.call("product.template", "create", [{"name": "Écharpe", "attribute_line_ids": [line]}])
    variants = admin.search_read("product.product", [("product_tmpl_id", "=", template)], "id", order="id")
    for variant, sku in zip(variants, ("SCARF-RED", "SCARF-BLUE"), strict=True):
        admin.call("product.product", "write", [variant["id"]], {"default_code": sku})
    serial_values = {"name": "Montre", "default_code": "WATCH", "is_storable": True, "tracking": "serial"}
    (watch,) = admin.call("product.product", "create", [serial_values])
    for sku in ("SHARED1", "SCARF-RED", "SCARF-BLUE"):
        story.shop.sell(sku, f"Article {sku}", "10.00", 5)
    product_id, _variant = story.shop.sell("WATCH", "Montre", "99.00", 5)
    story.begin()
    link_catalogue(story)

    for sku in ("SHARED1", "SCARF-RED", "SCARF-BLUE", "WATCH"):
        assert admin.call("product.product", "search_count", [("default_code", "=", sku)]) == 1, sku
    after = admin.search_read("product.product", [("product_tmpl_id", "=", template)], "id", order="id")
    assert [row["id"] for row in after] == [row["id"] for row in variants]
    offers = admin.search_read("ecom.offer", [("sku", "=", "SHARED1")], "product_id")
    assert offers[0]["product_id"][0] == shared

    # Its product changes on the shop, which tells it: no piece without a serial appears here.
    change = f'mutation {{ productUpdate(product: {{id: "gid://shopify/Product/{product_id}", title: "Montre 2"}})'
    control(story, "graphql", {"query": change + " { product { id } userErrors { message } } }"})
    heard = [("kind", "=", "product"), ("channel_id", "=", story.channel), ("state", "=", "done")]
    story.until(lambda: admin.call("ecom.event", "search_count", heard))
    assert not admin.call("stock.quant", "search_count", [("product_id", "=", watch)])


def test_a_customer_asks_to_be_forgotten(story: Story) -> None:
    story.both("MUG", 10)
    story.begin()
    order_id = story.shop.place([("MUG", 1)])
    sale = story.sale(order_id)
    (delivery,) = story.deliveries(sale)
    story.ship(delivery, "6A00000000001")
    customer = story.shop.order(order_id).customer.external_id
    control(story, "compliance", {"topic": "customers/data_request", "customer_id": customer})
    control(story, "compliance", {"topic": "customers/redact", "customer_id": customer})
    requests = [("channel_id", "=", story.channel)]
    fields = ("kind", "state", "result", "file_id")
    story.until(lambda: story.admin.call("ecom.privacy.request", "search_count", requests) == 2)
    found = {row["kind"]: row for row in story.admin.search_read("ecom.privacy.request", requests, *fields)}
    assert found["data_request"]["file_id"], "a person hands it over"
    assert found["customer_redact"]["state"] == "done", found
    partner = story.read("sale.order", sale, "partner_id")["partner_id"][0]
    emptied = story.admin.search_read(
        "res.partner", [("id", "=", partner)], "email", "active", context={"active_test": False}
    )
    assert (emptied[0]["email"], emptied[0]["active"]) == (False, False)
