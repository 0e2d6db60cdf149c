"""Where an item is stocked, what it is, and quantities told as differences."""

from __future__ import annotations

from typing import Any

from ..store import Doc
from . import catalogue_view, gid, idempotency, stock
from .resolving import Context, Refused, mutation

ITEM_FIELDS = ("tracked", "requiresShipping", "countryCodeOfOrigin", "provinceCodeOfOrigin", "harmonizedSystemCode")


def _item(ctx: Context, value: str, path: str = "inventoryItemId") -> Doc:
    item = ctx.shop.load("items", gid.number(value, "InventoryItem"))
    if item is None:
        raise Refused("The inventory item couldn't be found.", [path])
    return item


@mutation("inventoryActivate")
def _activate(source: Any, ctx: Context, args: Doc) -> Doc:
    return idempotency.once(ctx, "inventoryActivate", args, lambda: _activated(ctx, args))


def _activated(ctx: Context, args: Doc) -> Doc:
    item = _item(ctx, args["inventoryItemId"])
    location_id = gid.number(args["locationId"], "Location")
    if ctx.shop.peek("locations", location_id) is None:
        raise Refused("The location couldn't be found.", ["locationId"])
    level = item["levels"].get(str(location_id))
    if level and level["active"] and args.get("available") is not None:
        raise Refused("Not allowed to set available quantity when the item is already active.", ["available"])
    level = {**stock.empty(ctx.shop.now()), **(level or {}), "active": True}
    level["available"] = int(args.get("available") or args.get("onHand") or level["available"])
    item["levels"][str(location_id)] = level
    stock.keep(ctx.shop, item, [location_id])
    return {"inventoryLevel": catalogue_view.level_of(item, location_id)}


@mutation("inventoryDeactivate")
def _deactivate(source: Any, ctx: Context, args: Doc) -> Doc:
    value = args["inventoryLevelId"]
    item = ctx.shop.load("items", int(value.rpartition("=")[2] or 0))
    level = item["levels"].get(str(gid.number(value, "InventoryLevel"))) if item else None
    if item is None or level is None:
        raise Refused("The inventory level couldn't be found.", ["inventoryLevelId"])
    if level["committed"]:
        raise Refused("The item has committed inventory at the location.", ["inventoryLevelId"])
    level["active"] = False
    stock.keep(ctx.shop, item)
    return {}


@mutation("inventoryAdjustQuantities")
def _adjust(source: Any, ctx: Context, args: Doc) -> Doc:
    return idempotency.once(ctx, "inventoryAdjustQuantities", args, lambda: _adjusted(ctx, args["input"]))


def _adjusted(ctx: Context, values: Doc) -> Doc:
    """All or nothing."""
    if values["name"] not in stock.STATES or values["name"] == "committed":
        raise Refused("The quantity name is not valid.", ["input", "name"], "INVALID_QUANTITY_NAME")
    plans = []
    for place, row in enumerate(values["changes"]):
        path = ["input", "changes", str(place)]
        item = ctx.shop.peek("items", gid.number(row["inventoryItemId"], "InventoryItem"))
        level = catalogue_view.level_of(item, gid.number(row["locationId"], "Location")) if item else None
        if level is None:
            raise Refused("The specified inventory item could not be found.", path, "INVALID_INVENTORY_ITEM")
        seen = row.get("changeFromQuantity")
        if seen is not None and seen != stock.quantity(level, values["name"]):
            words = "The changeFromQuantity argument no longer matches the persisted quantity."
            raise Refused(words, [*path, "changeFromQuantity"], "CHANGE_FROM_QUANTITY_STALE")
        plans.append((level, int(row["delta"])))
    for level, delta in plans:
        stock.change(ctx.shop, level["itemId"], level["locationId"], **{values["name"]: delta})
    group = {"id": ctx.shop.next_id("adjustment"), "reason": values["reason"], "createdAt": ctx.shop.now()}
    return {"inventoryAdjustmentGroup": group}


@mutation("inventoryItemUpdate")
def _update(source: Any, ctx: Context, args: Doc) -> Doc:
    item, values = _item(ctx, args["id"], "id"), args["input"]
    item |= {name: values[name] for name in ITEM_FIELDS if name in values}
    if "cost" in values:
        item["cost"] = str(values["cost"]) if values["cost"] is not None else None
    weight = (values.get("measurement") or {}).get("weight")
    if weight:
        item["weight"] = dict(weight)
    if "sku" in values:
        item["sku"] = values["sku"]
        variant = ctx.shop.load("variants", item["variantId"])
        if variant is not None:
            ctx.shop.put("variants", {**variant, "sku": values["sku"], "updatedAt": ctx.shop.now()})
    item["updatedAt"] = ctx.shop.now()
    ctx.shop.put("items", item)
    ctx.shop.emit("inventory_items/update", item)
    return {"inventoryItem": item}
