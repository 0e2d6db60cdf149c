"""Stock: quantities by location and state, and what sales, deliveries and returns do to them.

A document of kind ``items`` holds the quantities of a variant's inventory item under ``levels``, by location id.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..store import Doc
from .shop import Shop

STATES = ("available", "committed", "reserved", "damaged", "safety_stock", "quality_control", "incoming")
ON_HAND = ("available", "committed", "reserved", "damaged", "safety_stock", "quality_control")


def empty(now: str) -> Doc:
    """The quantities of an item that a location begins to stock."""
    return {**dict.fromkeys(STATES, 0), "createdAt": now, "updatedAt": now, "active": True}


def quantity(level: Doc, name: str) -> int:
    """A quantity of a level; ``on_hand`` is the sum of what is in the building."""
    return sum(level[state] for state in ON_HAND) if name == "on_hand" else int(level.get(name, 0))


def change(shop: Shop, item_id: int, location_id: int, **deltas: int) -> None:
    """Change quantities of an item at a location, which begins to stock it if it did not."""
    item = shop.load("items", item_id)
    if item is None:
        return
    now = shop.now()
    level = item["levels"].setdefault(str(location_id), empty(now))
    for name, delta in deltas.items():
        level[name] += delta
    level["updatedAt"] = now
    keep(shop, item, [location_id] if deltas else [])


def keep(shop: Shop, item: Doc, locations: Iterable[int] = ()) -> None:
    """Keep a changed item, and tell of the locations whose level changed."""
    shop.put("items", item)
    for location_id in locations:
        shop.emit("inventory_levels/update", {"id": (item["id"], location_id), "itemId": item["id"],
                                              "locationId": location_id})  # fmt: skip


def item_of(shop: Shop, variant: Doc) -> Doc:
    """The inventory item of a variant, to read only."""
    return shop.all("items")[variant["itemId"]]


def available(item: Doc) -> int:
    """What all locations together have to sell."""
    return sum(level["available"] for level in item["levels"].values() if level["active"])


def sellable(shop: Shop, variant: Doc) -> int:
    """How many of a variant can be sold; plenty when nobody counts."""
    item = item_of(shop, variant)
    return available(item) if item["tracked"] else 10**9


def best_location(shop: Shop, item: Doc | None, wanted: int) -> int:
    """Where an item is sent from: the first location that has enough, else the one that has most."""
    locations = [doc["id"] for doc in shop.all("locations").values() if doc["isActive"]]
    if item is None or not item["tracked"]:
        return int(locations[0])
    levels = {key: item["levels"][str(key)]["available"] for key in locations if str(key) in item["levels"]}
    enough = [key for key, number in levels.items() if number >= wanted]
    return int(enough[0] if enough else max(levels, key=lambda key: levels[key], default=locations[0]))


def sell(shop: Shop, lines: Iterable[Doc]) -> None:
    """Commit what was ordered; each line remembers its location."""
    for line in lines:
        variant = shop.peek("variants", line["variantId"] or 0)
        item = item_of(shop, variant) if variant else None
        line["locationId"] = best_location(shop, item, line["quantity"])
        if item and item["tracked"] and not line["isGiftCard"]:
            change(shop, item["id"], line["locationId"], available=-line["quantity"], committed=line["quantity"])


def tracked_item(shop: Shop, line: Doc) -> int | None:
    """The id of the item that a line takes from stock; ``None`` when nobody counts it."""
    variant = shop.peek("variants", line["variantId"] or 0)
    item = item_of(shop, variant) if variant else None
    return int(item["id"]) if item and item["tracked"] and not line["isGiftCard"] else None


def send(shop: Shop, line: Doc, location_id: int, number: int) -> None:
    """What was sent leaves the building."""
    item_id = tracked_item(shop, line)
    if item_id:
        change(shop, item_id, location_id, committed=-number)


def release(shop: Shop, line: Doc, location_id: int, number: int, restock: bool) -> None:
    """What will not be sent is no longer committed, and for sale again if it is put back."""
    item_id = tracked_item(shop, line)
    if item_id:
        change(shop, item_id, location_id, committed=-number, **({"available": number} if restock else {}))


def take_back(shop: Shop, line: Doc, location_id: int, number: int) -> None:
    """What came back is for sale again."""
    item_id = tracked_item(shop, line)
    if item_id:
        change(shop, item_id, location_id, available=number)
