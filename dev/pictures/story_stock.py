"""The stock's part of the story: a shop that is told its stock, a rule, a correction that somebody made on the shop."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from dev.client import Client
from dev.pictures.shopkeeper import ask
from dev.sandbox import SandboxServer
from dev.say import Problem

EXPIRES = "EPI-FOIE-GRAS"


def tell(people: dict[str, Client], shop: SandboxServer, places: dict[str, Any]) -> None:
    """The shop learns what may be sold; somebody corrects one figure there, and one article is sold out of turn."""
    admin, channel = people["admin"], places["channel"]
    admin.call("ecom.channel", "write", [channel], {"stock_push": True, "stock_shelf_life_days": 30})
    rule = admin.call("ecom.stock.rule", "create", [{"channel_id": channel, "buffer": 1}])
    places["stock_rule"] = rule[0]
    _wait(lambda: not _waiting(admin, channel), "the shop is told its stock")
    _correct_on_the_shop(admin, shop, channel)
    levels = _levels(admin, channel, [("product_id.default_code", "=", EXPIRES)]) or _levels(admin, channel, [])
    places["stock_level"] = levels[0]["id"]
    for cron in admin.search_read("ir.cron", [("model_id.model", "=", "ecom.replenishment")], "id"):
        admin.call("ir.cron", "method_direct_trigger", [cron["id"]])


def _correct_on_the_shop(admin: Client, shop: SandboxServer, channel: int) -> None:
    """A colleague types another quantity into the shop; the comparison finds it."""
    (level, *_rest) = _levels(admin, channel, [("quantity", ">", 3), ("offer_id.external_id", "=", False)]) or _levels(
        admin, channel, [("quantity", ">", 3)]
    )
    (offer,) = admin.call("ecom.offer", "read", [level["offer_id"][0]], ["listing_id", "external_id"])
    (listing,) = admin.call("ecom.listing", "read", [offer["listing_id"][0]], ["external_id"])
    path = f"products/{listing['external_id']}"
    if offer["external_id"]:
        path += f"/variations/{offer['external_id']}"
    ask(shop, "PUT", path, {"stock_quantity": level["quantity"] + 4})
    admin.call("ecom.channel", "action_compare_stock", [channel])
    drifted = [("channel_id", "=", channel), ("drift", "=", "corrected")]
    _wait(lambda: admin.call("ecom.stock.level", "search_count", drifted), "the comparison finds the correction")


def _levels(admin: Client, channel: int, domain: list[Any]) -> list[Any]:
    found = [("channel_id", "=", channel), *domain]
    return admin.search_read("ecom.stock.level", found, "offer_id", "quantity", order="id")


def _waiting(admin: Client, channel: int) -> int:
    known = admin.call("ecom.stock.level", "search_count", [("channel_id", "=", channel)])
    waiting = [("channel_id", "=", channel), ("waiting", "=", True)]
    return int(not known) or int(admin.call("ecom.stock.level", "search_count", waiting))


def _wait(look: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + 60
    while not look():
        if time.monotonic() > deadline:
            raise Problem(f"waited in vain until {what}")
        time.sleep(0.2)
