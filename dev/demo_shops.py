"""The shops of the demonstration: three kinds, which sell the same goods from one stock."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from dev import sandbox
from dev.client import Client

PATIENCE = 60.0
"""Seconds that the demonstration waits for the shops' catalogues; it goes on without."""
CONSUMER_KEY = "ck_sandbox"
CONSUMER_SECRET = "cs_sandbox"
HOOK_SECRET = "sandbox-hook"


@dataclass(frozen=True)
class DemoShop:
    """A simulated shop: its channel's name, its kind, where it is and where people buy, what opens it, how to order."""

    name: str
    platform: str
    path: str
    page: str
    credentials: dict[str, str] = field(default_factory=dict)
    orders: str = "/sandbox/orders/random"


SHOPS = (
    DemoShop(
        "Ma Boutique WooCommerce",
        "woocommerce",
        "",
        "/",
        {"consumer_key": CONSUMER_KEY, "consumer_secret": CONSUMER_SECRET},
    ),
    DemoShop(
        "Maison Lumière (Shopify)",
        "shopify",
        "/lumiere",
        "/lumiere/shop",
        {"access_token": "shpat_sandbox", "client_secret": "shpss_sandbox"},
        "/sandbox/shopify/orders/random",
    ),
    DemoShop(
        "Boutique PrestaShop",
        "prestashop",
        "/prestashop",
        "/prestashop",
        {"key": "SANDBOXSANDBOXSANDBOXSANDBOX0000", "hook_secret": HOOK_SECRET},
        "/sandbox/prestashop/orders/random",
    ),
)


def connect_all(admin: Client, sandbox_url: str) -> list[int]:
    """Connect the demonstration's shops at their present addresses, and tie their products to ours; their channels."""
    channels = [
        connect_shop(
            admin,
            f"{sandbox_url}{shop.path}",
            shop.name,
            shop.credentials,
            platform=shop.platform,
            sequence=10 + number,
            stock_push=True,
        )
        for number, shop in enumerate(SHOPS)
    ]
    for shop, channel in zip(SHOPS, channels, strict=True):
        if "hook_secret" in shop.credentials:
            (row,) = admin.call("ecom.channel", "read", [channel], ["webhook_token"])
            settings = {"hook_url": f"{admin.url}/ecom/webhook/{row['webhook_token']}", "hook_secret": HOOK_SECRET}
            sandbox.call(sandbox_url, f"/sandbox/{shop.platform}/settings", settings)
    feed_locations(admin)
    link_products(admin, channels)
    return channels


def feed_locations(admin: Client) -> None:
    """Let the locations of a shop be the warehouses of the same name, once."""
    shelves = {
        row["name"]: row["lot_stock_id"][0] for row in admin.search_read("stock.warehouse", [], "name", "lot_stock_id")
    }
    for row in admin.search_read("ecom.location.mapping", [("location_ids", "=", False)], "label"):
        if row["label"] in shelves:
            admin.call(
                "ecom.location.mapping", "write", [row["id"]], {"location_ids": [[6, 0, [shelves[row["label"]]]]]}
            )


def connect_shop(
    admin: Client,
    url: str,
    name: str = SHOPS[0].name,
    credentials: dict[str, str] = SHOPS[0].credentials,
    **values: Any,
) -> int:
    """Connect the channel to the simulated shop, at its present address, and return its id."""
    found = admin.call("ecom.channel", "search", [("name", "=", name)])
    if found:
        channel = int(found[0])
        admin.call("ecom.channel", "write", [channel], {"url": url})
    else:
        new = {"name": name, "url": url, "environment": "sandbox", "responsible_id": admin.uid, **values}
        channel = int(admin.call("ecom.channel", "create", new))
    for key, value in credentials.items():
        rows = admin.call("ecom.credential", "search", [("channel_id", "=", channel), ("key", "=", key)])
        admin.call("ecom.credential", "write", rows, {"value": value})
    admin.call("ecom.channel", "action_connect", [channel])
    return channel


def link_products(admin: Client, channels: list[int]) -> None:
    """Read the shops' catalogues and tie their products to ours by their SKUs, once, so that their stock is told."""
    waiting = [
        channel
        for channel in channels
        if not admin.call("ecom.listing", "search_count", [("channel_id", "=", channel)])
    ]
    for channel in waiting:
        admin.call("ecom.channel", "action_import_catalogue", [channel])
    deadline = time.monotonic() + PATIENCE
    while waiting and time.monotonic() < deadline:
        ready = [("channel_id", "in", waiting), ("state", "=", "ready")]
        for batch in admin.search_read("ecom.catalogue.import", ready, "channel_id"):
            admin.call("ecom.catalogue.import", "action_start", [batch["id"]])
            waiting.remove(batch["channel_id"][0])
        time.sleep(0.2)
