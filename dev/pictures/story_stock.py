"""The stock's part of the story: a shop that is told its stock, a rule, a correction that somebody made on the shop."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from dev.client import Client
from dev.pictures.orders import place, wait_for
from dev.pictures.shopkeeper import ask
from dev.sandbox import SandboxServer

EXPIRES = "EPI-FOIE-GRAS"
WEEKS = 30
"""How far back the shop's orders of ``SELLERS`` go, so that there is something to foretell from."""
SELLERS = {"COS-SAVON-LAV": (3, 4, 5, 6), "MAI-BOUGIE-FIG": (1, 1, 2, 1)}
"""``{SKU: pieces a week, over and over}``"""
SOLD = len(SELLERS) * (WEEKS - 2)


def stocked_since_long(admin: Client) -> None:
    """The opening stock is a year old: nothing was out of stock since."""
    long_ago = f"{datetime.now(timezone.utc) - timedelta(days=365):%Y-%m-%d} 06:00:00"
    opened = admin.call("stock.move", "search", [("is_inventory", "=", True), ("state", "=", "done")])
    admin.call("stock.move", "write", opened, {"date": long_ago})


def sold_for_months(shop: SandboxServer) -> None:
    """An order of each seller a week, before the fortnight that the pictures show."""
    for week in range(WEEKS, 2, -1):
        shop.call("/sandbox/clock", {"offset": -timedelta(weeks=week).total_seconds()})
        for number, (sku, pieces) in enumerate(SELLERS.items()):
            wanted: dict[str, Any] = {"skus": [sku], "lines": 1, "kinds": [], "payment_method": "stripe"}
            place(shop, **wanted, quantity=pieces[week % len(pieces)], seed=1000 + 10 * week + number)
    shop.call("/sandbox/clock", {"offset": 0})


def begin(admin: Client, places: dict[str, Any]) -> None:
    """The shop learns what may be sold, less one of each; of what sells best, little is left after today's orders."""
    channel = places["channel"]
    admin.call("ecom.channel", "write", [channel], {"stock_push": True, "stock_shelf_life_days": 30})
    (rule,) = admin.call("ecom.stock.rule", "create", [{"channel_id": channel, "buffer": 1}])
    places["stock_rule"] = rule
    for sku, left in zip(SELLERS, (14, 11), strict=True):
        count(admin, sku, left)
    wait_for(lambda: not _waiting(admin, channel))


def tell(admin: Client, shop: SandboxServer, places: dict[str, Any]) -> None:
    """Somebody corrects a figure on the shop; at night, what to buy is computed."""
    channel = places["channel"]
    wait_for(lambda: not _waiting(admin, channel))
    _correct_on_the_shop(admin, shop, channel)
    levels = _levels(admin, channel, [("product_id.default_code", "=", EXPIRES)]) or _levels(admin, channel, [])
    places["stock_level"] = levels[0]["id"]
    for cron in admin.search_read("ir.cron", [("model_id.model", "=", "ecom.replenishment")], "id"):
        admin.call("ir.cron", "method_direct_trigger", [cron["id"]])
    proposals = [("product_id.default_code", "=", next(iter(SELLERS)))]
    (proposal, *_others) = wait_for(lambda: admin.search_read("ecom.replenishment", proposals, "id", order="id"))
    places["proposal"] = proposal["id"]


def count(admin: Client, sku: str, free: int) -> None:
    """Count the shelf in Paris: what is reserved, and so many that are free."""
    shelves = [("product_id.default_code", "=", sku), ("location_id.warehouse_id.code", "=", "PAR")]
    (shelf, *_others) = admin.search_read("stock.quant", shelves, "reserved_quantity")
    counted = {"inventory_quantity": shelf["reserved_quantity"] + free}
    admin.call("stock.quant", "write", [shelf["id"]], counted, context={"inventory_mode": True})
    admin.call("stock.quant", "action_apply_inventory", [shelf["id"]])


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
    wait_for(lambda: admin.call("ecom.stock.level", "search_count", drifted))


def _levels(admin: Client, channel: int, domain: list[Any]) -> list[Any]:
    found = [("channel_id", "=", channel), *domain]
    return admin.search_read("ecom.stock.level", found, "offer_id", "quantity", order="id")


def _waiting(admin: Client, channel: int) -> int:
    known = admin.call("ecom.stock.level", "search_count", [("channel_id", "=", channel)])
    waiting = [("channel_id", "=", channel), ("waiting", "=", True)]
    return int(not known) or int(admin.call("ecom.stock.level", "search_count", waiting))
