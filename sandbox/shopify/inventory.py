"""Stock is told from outside: absolute quantities that are compared first, and where an item is kept at all."""

from __future__ import annotations

from typing import Any

from ..store import Doc
from . import catalogue_view, gid, idempotency, stock
from .resolving import Context, Refused, mutation

MOST = 1_000_000_000


@mutation("inventorySetQuantities")
def _set(source: Any, ctx: Context, args: Doc) -> Doc:
    return idempotency.once(ctx, "inventorySetQuantities", args, lambda: _set_once(ctx, args["input"]))


def _set_once(ctx: Context, values: Doc) -> Doc:
    """All or nothing: each row that is wrong is named."""
    if values["name"] not in ("available", "on_hand"):
        raise Refused("The quantity name must be available or on_hand.", ["input", "name"], "INVALID_NAME")
    rows = values["quantities"]
    errors: list[Doc] = []
    pairs: set[tuple[int, int]] = set()
    plans = []
    for place, row in enumerate(rows):
        pair = (gid.number(row["inventoryItemId"], "InventoryItem"), gid.number(row["locationId"], "Location"))
        try:
            if pair in pairs:
                raise Refused("The combination of inventoryItemId and locationId must be unique.", [],
                              "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR")  # fmt: skip
            pairs.add(pair)
            plans.append((*pair, _delta(ctx, values["name"], row, *pair)))
        except Refused as refused:
            errors.append({**refused.error, "field": ["input", "quantities", str(place), *refused.error["field"]]})
    if errors:
        return {"inventoryAdjustmentGroup": None, "userErrors": errors}
    for item_id, location_id, delta in plans:
        if delta:
            stock.change(ctx.shop, item_id, location_id, available=delta)
    group = {"id": ctx.shop.next_id("adjustment"), "reason": values["reason"], "createdAt": ctx.shop.now(),
             "referenceDocumentUri": values.get("referenceDocumentUri"), "changes": []}  # fmt: skip
    return {"inventoryAdjustmentGroup": group if any(delta for *_pair, delta in plans) else None}


def _delta(ctx: Context, name: str, row: Doc, item_id: int, location_id: int) -> int:
    item = ctx.shop.peek("items", item_id)
    if item is None:
        raise Refused("The specified inventory item could not be found.", ["inventoryItemId"], "INVALID_INVENTORY_ITEM")
    if ctx.shop.peek("locations", location_id) is None:
        raise Refused("The specified location could not be found.", ["locationId"], "INVALID_LOCATION")
    level = catalogue_view.level_of(item, location_id)
    if level is None or not level["active"]:
        raise Refused("The inventory item is not stocked at the location.", ["locationId"], "INVALID_LOCATION")
    if "changeFromQuantity" not in row:
        raise Refused("changeFromQuantity is required.", ["changeFromQuantity"], "COMPARE_QUANTITY_REQUIRED")
    now = stock.quantity(level, name)
    if row["changeFromQuantity"] is not None and row["changeFromQuantity"] != now:
        words = "The changeFromQuantity argument no longer matches the persisted quantity."
        raise Refused(words, ["changeFromQuantity"], "CHANGE_FROM_QUANTITY_STALE")
    if row["quantity"] > MOST:
        raise Refused("The quantity can't be higher than 1,000,000,000.", ["quantity"], "INVALID_QUANTITY_TOO_HIGH")
    return int(row["quantity"]) - now


@mutation("inventoryBulkToggleActivation")
def _toggle(source: Any, ctx: Context, args: Doc) -> Doc:
    item = ctx.shop.load("items", gid.number(args["inventoryItemId"], "InventoryItem"))
    if item is None:
        raise Refused("The inventory item couldn't be found.", ["inventoryItemId"], "INVENTORY_ITEM_NOT_FOUND")
    for place, row in enumerate(args["inventoryItemUpdates"]):
        location = ctx.shop.peek("locations", gid.number(row["locationId"], "Location"))
        if location is None or not location["isActive"]:
            where = ["inventoryItemUpdates", str(place), "locationId"]
            raise Refused("The location couldn't be found.", where, "LOCATION_NOT_FOUND")
        level = item["levels"].setdefault(str(location["id"]), stock.empty(ctx.shop.now()))
        level["active"] = row["activate"]
    stock.keep(ctx.shop, item)
    levels = [catalogue_view.level_of(item, int(key)) for key in item["levels"]]
    return {"inventoryItem": item, "inventoryLevels": levels}
