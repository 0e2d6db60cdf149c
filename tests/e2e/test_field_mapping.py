"""Field mappings on real servers: a field of the merchant's reaches the shop, one that the shop owns comes in."""

from __future__ import annotations

import json
from typing import Any

import shop
from dev.client import Client
from dev.sandbox import SandboxServer

OWN_FIELDS = (("product.template", "x_material"), ("product.template", "x_care"), ("product.product", "x_shop_code"))


def create_fields(admin: Client) -> None:
    """Fields as a merchant adds them in Odoo."""
    for model, name in OWN_FIELDS:
        (found,) = admin.search_read("ir.model", [("model", "=", model)])
        values = {"model_id": found["id"], "name": name, "ttype": "char", "field_description": name[2:].title()}
        admin.call("ir.model.fields", "create", {**values, "state": "manual"})


def product_of(sandbox: SandboxServer, sku: str) -> dict[str, Any]:
    rows = shop.shopkeeper(sandbox).page("products", {"sku": sku}).rows
    return rows[0] if rows else {}


def publish(admin: Client, channel: int, template: int) -> None:
    values = {"product_ids": [[6, 0, [template]]], "channel_ids": [[6, 0, [channel]]], "state": "on"}
    admin.call("ecom.listing.publish", "action_publish", [admin.call("ecom.listing.publish", "create", values)])


def test_each_side_says_what_the_mapping_leaves_to_it(admin: Client, sandbox: SandboxServer) -> None:
    create_fields(admin)
    channel = shop.connect(admin, sandbox)
    rows = (
        {"target": "offer.sku", "source_field": "x_shop_code"},
        {"target": "listing.custom", "target_name": "_material", "source_field": "x_material"},
        {"target": "listing.custom", "target_name": "_care", "source_field": "x_care", "direction": "to_odoo"},
        {"target": "listing.summary", "source": "builtin", "direction": "none"},
    )
    for values in rows:
        admin.call("ecom.field.mapping", "create", {"channel_id": channel, **values})
    values = {"name": "Nappe", "default_code": "INTERNAL", "list_price": 40, "x_material": "Linen", "x_care": "40 °C"}
    template = admin.call("product.template", "create", {**values, "description_sale": "For eight"})
    (variant,) = admin.search_read("product.product", [("product_tmpl_id", "=", template)])
    admin.call("product.product", "write", [variant["id"]], {"x_shop_code": "WEB-1"})

    publish(admin, channel, template)
    shown, _ = shop.wait_for(lambda: product_of(sandbox, "WEB-1"))
    assert (shown["name"], shop.meta(shown, "_material")) == ("Nappe", "Linen")
    assert shop.meta(shown, "_care") is None, "the shop's own field is not told"
    assert shown["short_description"] == "", "nor what is nobody's"
    assert product_of(sandbox, "INTERNAL") == {}

    admin.call("product.template", "write", [template], {"x_material": "Linen 😀 قطن"})
    shop.wait_for(lambda: shop.meta(product_of(sandbox, "WEB-1"), "_material") == "Linen 😀 قطن")

    change = {"meta_data": [{"key": "_care", "value": "30 °C"}, {"key": "_material", "value": "Nylon"}]}
    shop.shopkeeper(sandbox).put(f"products/{shown['id']}", change)

    def here() -> dict[str, Any]:
        return admin.call("product.template", "read", [template], ["x_care", "x_material"])[0]

    shop.wait_for(lambda: here()["x_care"] == "30 °C")
    assert here()["x_material"] == "Linen 😀 قطن", "what Odoo says is not taken from the shop"
    found, _ = shop.wait_for(lambda: admin.search_read("ecom.listing", [("has_differences", "=", True)], "differs"))
    assert found[0]["differs"] == ["custom"]
    assert shop.meta(product_of(sandbox, "WEB-1"), "_material") == "Nylon", "a person decides"
    admin.call("ecom.listing", "action_overrule", [found[0]["id"]])
    shop.wait_for(lambda: shop.meta(product_of(sandbox, "WEB-1"), "_material") == "Linen 😀 قطن")
    assert shop.meta(product_of(sandbox, "WEB-1"), "_care") == "30 °C"


def test_an_older_version_of_a_product_never_wins(admin: Client, sandbox: SandboxServer) -> None:
    """Deliveries come late and in any order; what the shop shows now is what counts."""
    channel = shop.connect(admin, sandbox)
    shopkeeper = shop.shopkeeper(sandbox)
    raw = shopkeeper.page("products", {"type": "simple"}).rows
    product_id = raw[0]["id"]
    template = admin.call("product.template", "create", {"name": "Ours"})
    (variant,) = admin.search_read("product.product", [("product_tmpl_id", "=", template)])
    values = {"channel_id": channel, "external_id": str(product_id), "product_tmpl_id": template}
    offers = [[0, 0, {"product_id": variant["id"], "external_id": ""}]]
    (listing,) = admin.call("ecom.listing", "create", [{**values, "offer_ids": offers}])
    url, secret = shop.address(admin, channel)

    def deliver(number: int, body: dict[str, Any]) -> None:
        """A late delivery, once it is handled."""
        text = json.dumps(body).encode()
        assert shop.post(url, text, shop.signed(text, secret, f"late-{number}", "product.updated")) == 202
        handled = [("event_id", "like", f"late-{number}"), ("state", "!=", "new")]
        shop.wait_for(lambda: admin.call("ecom.event", "search_count", handled))

    def title() -> str:
        """In the shop's language, which is the company's."""
        (row,) = admin.call("ecom.listing", "read", [listing], ["title"], context={"lang": "fr_FR"})
        return str(row["title"])

    deliver(0, raw[0])  # what it shows is known from now on
    versions = [shopkeeper.put(f"products/{product_id}", {"name": f"Version {number}"}) for number in (1, 2, 3)]
    shop.wait_for(lambda: title() == "Version 3")
    for number, version in enumerate((versions[2], versions[0], versions[1], raw[0]), 1):
        deliver(number, version)
        assert title() == "Version 3"
    assert not admin.call("ecom.issue", "search_count", [("channel_id", "=", channel), ("state", "=", "open")])
