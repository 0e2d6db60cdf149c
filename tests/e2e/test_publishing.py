"""Publishing on real servers: products go out by the hundred, a change within two seconds, nothing twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil
from typing import Any

import pytest

import shop
from dev.client import Client
from dev.sandbox import SandboxServer
from dev.server import OdooServer

WRITES = "/sandbox/calls?method=POST&path=/wp-json/wc/v3/products*"


def publish(admin: Client, channel: int, templates: list[int]) -> None:
    wizard = admin.call(
        "ecom.listing.publish",
        "create",
        {"product_ids": [[6, 0, templates]], "channel_ids": [[6, 0, [channel]]], "state": "on"},
    )
    admin.call("ecom.listing.publish", "action_publish", [wizard])


def told(admin: Client, count: int, seconds: float = 120) -> None:
    """Wait until so many listings are on the shop, and nothing is on its way."""
    shop.wait_for(
        lambda: (
            admin.call("ecom.listing", "search_count", [("external_id", "!=", False)]) >= count
            and not admin.call("ecom.listing", "search_count", [("waiting", "=", True)])
        ),
        seconds=seconds,
        every=0.2,
    )


def on_shop(sandbox: SandboxServer, sku: str) -> dict[str, Any]:
    rows = shop.shopkeeper(sandbox).page("products", {"sku": sku}).rows
    return rows[0] if rows else {}


def product_writes(sandbox: SandboxServer) -> int:
    return sandbox.call(WRITES)["count"]


def products(admin: Client, count: int, **values: Any) -> list[int]:
    return admin.call(
        "product.template",
        "create",
        [{"name": f"Bulk {n}", "default_code": f"PUB-{n:05}", "list_price": 10 + n, **values} for n in range(count)],
    )


@pytest.mark.parametrize("count", [210, pytest.param(1000, marks=pytest.mark.prove)])
def test_many_products_take_a_call_for_each_hundred_and_a_second_time_none(
    admin: Client, sandbox: SandboxServer, count: int
) -> None:
    channel = shop.connect(admin, sandbox, calls_per_second=200)
    templates = products(admin, count)
    sandbox.call("/sandbox/calls", method="DELETE")
    publish(admin, channel, templates)
    told(admin, count)
    assert product_writes(sandbox) <= ceil(count / 100)
    last = f"PUB-{count - 1:05}"
    assert on_shop(sandbox, last)["name"] == f"Bulk {count - 1}"

    sandbox.call("/sandbox/calls", method="DELETE")
    listings = admin.call("ecom.listing", "search", [("channel_id", "=", channel)])
    admin.call("ecom.listing", "action_update", listings)
    told(admin, count)
    time.sleep(1.5)  # the echoes of the first time have come by now
    told(admin, count)
    assert product_writes(sandbox) == 0

    pricelist = admin.call("product.pricelist", "create", {"name": "Shop prices", "company_id": False})
    admin.call("ecom.channel", "write", [channel], {"price_list_id": pricelist})
    rule = {"pricelist_id": pricelist, "compute_price": "percentage", "percent_price": 10}
    admin.call("product.pricelist.item", "create", rule)
    told(admin, count)
    shop.wait_for(lambda: float(on_shop(sandbox, last)["regular_price"]) < (9 + count) * 1.2, every=0.2)
    assert product_writes(sandbox) <= ceil(count / 100) + 1
    assert not admin.call("ecom.listing", "search_count", [("differs", "!=", False)]), "no echo is taken for a change"


def test_a_change_reaches_the_shop_within_two_seconds(admin: Client, sandbox: SandboxServer) -> None:
    channel = shop.connect(admin, sandbox)
    (template,) = products(admin, 1, description_sale="Doux 😀 مرحبا")
    publish(admin, channel, [template])
    shop.wait_for(lambda: on_shop(sandbox, "PUB-00000"))
    told(admin, 1)
    times = []
    for price in (11.5, 12.25, 13.75):
        admin.call("product.template", "write", [template], {"list_price": price, "taxes_id": [[6, 0, []]]})
        _found, took = shop.wait_for(
            lambda price=price: float(on_shop(sandbox, "PUB-00000")["regular_price"]) == price, every=0.02
        )
        times.append(took)
        told(admin, 1)
    shop.soon(max(times), 2)
    assert "Doux 😀 مرحبا" in on_shop(sandbox, "PUB-00000")["short_description"]

    shopkeeper = shop.shopkeeper(sandbox)
    shopkeeper.put(f"products/{on_shop(sandbox, 'PUB-00000')['id']}", {"name": "Changed on the shop"})
    found, _took = shop.wait_for(
        lambda: admin.search_read("ecom.listing", [("has_differences", "=", True)], "differs", "channel_id")
    )
    assert found[0]["differs"] == ["name"]
    admin.call("ecom.listing", "action_overrule", [found[0]["id"]])
    shop.wait_for(lambda: on_shop(sandbox, "PUB-00000")["name"] == "Bulk 0", every=0.02)


def test_a_kill_in_the_middle_makes_nothing_twice(
    start_odoo: Callable[..., OdooServer], sandbox: SandboxServer
) -> None:
    odoo = start_odoo()
    admin = odoo.client()
    channel = shop.connect(admin, sandbox, calls_per_second=200)
    templates = products(admin, 400)
    publish(admin, channel, templates)
    shop.wait_for(lambda: on_shop(sandbox, "PUB-00000"), every=0.02)
    odoo.kill()
    odoo.start()
    admin.call("ecom.channel", "action_look_now", [channel])
    admin.call("ecom.listing", "action_update", admin.call("ecom.listing", "search", [("channel_id", "=", channel)]))
    told(admin, 400, seconds=180)
    skus = [
        row["sku"]
        for row in shop.shopkeeper(sandbox).pages("products", {"orderby": "id", "order": "asc"})
        if row["sku"].startswith("PUB-")
    ]
    assert len(skus) == len(set(skus)) == 400


def test_a_shirt_with_its_variants_is_published_and_sold(admin: Client, sandbox: SandboxServer) -> None:
    channel = shop.connect(admin, sandbox)
    sizes = admin.call("product.attribute", "create", {"name": "Pointure"})
    values = admin.call(
        "product.attribute.value", "create", [{"name": name, "attribute_id": sizes} for name in ("38", "39", "40")]
    )
    template = admin.call(
        "product.template",
        "create",
        {
            "name": "Espadrille",
            "list_price": 35,
            "attribute_line_ids": [[0, 0, {"attribute_id": sizes, "value_ids": [[6, 0, values]]}]],
        },
    )
    variants = admin.search_read("product.product", [("product_tmpl_id", "=", template)], "display_name")
    for number, variant in enumerate(variants):
        admin.call("product.product", "write", [variant["id"]], {"default_code": f"ESP-{38 + number}"})
    publish(admin, channel, [template])
    shop.wait_for(lambda: on_shop(sandbox, "ESP-40"))
    told(admin, 1)
    parent = shop.shopkeeper(sandbox).get(f"products/{on_shop(sandbox, 'ESP-40')['parent_id']}")
    assert (parent["type"], len(parent["variations"])) == ("variable", 3)
    assert parent["attributes"][0]["options"] == ["38", "39", "40"]
    offers = admin.search_read("ecom.offer", [("channel_id", "=", channel)], "sku", "external_id")
    assert {offer["sku"] for offer in offers if offer["external_id"]} >= {"ESP-38", "ESP-39", "ESP-40"}
