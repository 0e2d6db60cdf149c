"""Products, variants, stock and locations as the API shows them."""

from __future__ import annotations

import re
from typing import Any

from ..store import Doc
from . import gid, stock
from .connections import by_id
from .listing import Listing, count
from .money import money_v2
from .resolving import Context, Denied, answers, loads, plain, query
from .search import Field

for _type, _kind in (("Product", "products"), ("ProductVariant", "variants"), ("Location", "locations"),
                     ("InventoryItem", "items")):  # fmt: skip
    plain(_type, _kind)


def variants_of(ctx: Context, product: Doc) -> list[Doc]:
    """The variants of a product, in their order."""
    return [ctx.shop.all("variants")[key] for key in product["variantIds"]]


def _skus(ctx_shop: Any, doc: Doc) -> list[str]:
    return [ctx_shop.all("variants")[key]["sku"] for key in doc["variantIds"]]


def products(ctx: Context) -> Listing:
    """How products are listed."""
    shop = ctx.shop
    return Listing(
        "products",
        {
            "title": Field("text", lambda doc: doc["title"]),
            "handle": Field("text", lambda doc: doc["handle"]),
            "status": Field("text", lambda doc: doc["status"]),
            "vendor": Field("text", lambda doc: doc["vendor"]),
            "product_type": Field("text", lambda doc: doc["productType"]),
            "tag": Field("text", lambda doc: doc["tags"]),
            "sku": Field("text", lambda doc: _skus(shop, doc)),
            "barcode": Field("text", lambda doc: [shop.all("variants")[key]["barcode"] for key in doc["variantIds"]]),
            "published_at": Field("time", lambda doc: doc.get("publishedAt")),
        },
        {"TITLE": lambda doc: doc["title"], "VENDOR": lambda doc: doc["vendor"]},
        lambda doc: f"{doc['title']} {doc['vendor']} {' '.join(doc['tags'])} {' '.join(_skus(shop, doc))}",
    )


VARIANTS = Listing(
    "variants",
    {
        "sku": Field("text", lambda doc: doc["sku"]),
        "barcode": Field("text", lambda doc: doc["barcode"]),
        "product_id": Field("number", lambda doc: doc["productId"]),
        "product_ids": Field("number", lambda doc: doc["productId"]),
        "inventory_item_id": Field("number", lambda doc: doc["itemId"]),
        "title": Field("text", lambda doc: doc["title"]),
        "taxable": Field("flag", lambda doc: doc["taxable"]),
    },
    {"SKU": lambda doc: doc["sku"] or "", "TITLE": lambda doc: doc["title"], "POSITION": lambda doc: doc["position"]},
    lambda doc: f"{doc['title']} {doc['sku'] or ''} {doc['barcode'] or ''}",
)
ITEMS = Listing(
    "items", {"sku": Field("text", lambda doc: doc["sku"]), "tracked": Field("flag", lambda d: d["tracked"])}
)
LOCATIONS = Listing(
    "locations",
    {"active": Field("flag", lambda doc: doc["isActive"]), "name": Field("text", lambda doc: doc["name"])},
    {"NAME": lambda doc: doc["name"]},
    lambda doc: str(doc["name"]),
)


@query("products")
def _products(source: Any, ctx: Context, args: Doc) -> Any:
    return products(ctx).find(ctx, args)


@query("productsCount")
def _products_count(source: Any, ctx: Context, args: Doc) -> Doc:
    return count(products(ctx).find(ctx, args), args.get("limit"))


@query("productVariants")
def _variants(source: Any, ctx: Context, args: Doc) -> Any:
    return VARIANTS.find(ctx, args)


@query("productVariantsCount")
def _variants_count(source: Any, ctx: Context, args: Doc) -> Doc:
    return count(VARIANTS.find(ctx, args), args.get("limit"))


@query("inventoryItems")
def _items(source: Any, ctx: Context, args: Doc) -> Any:
    return ITEMS.find(ctx, args)


@query("locations")
def _locations(source: Any, ctx: Context, args: Doc) -> Any:
    only = None if args.get("includeInactive") else lambda doc: doc["isActive"]
    return LOCATIONS.find(ctx, args, only, bool(only))


@query("locationsCount")
def _locations_count(source: Any, ctx: Context, args: Doc) -> Doc:
    return count(LOCATIONS.find(ctx, args), args.get("limit"))


def _by_id(name: str, type_name: str, kind: str) -> None:
    query(name)(lambda source, ctx, args: ctx.shop.peek(kind, gid.number(args.get("id"), type_name)))


for _field, _type, _kind in (("product", "Product", "products"), ("productVariant", "ProductVariant", "variants"),
                             ("inventoryItem", "InventoryItem", "items")):  # fmt: skip
    _by_id(_field, _type, _kind)


@query("location")
def _location(source: Any, ctx: Context, args: Doc) -> Any:
    if args.get("id"):
        return ctx.shop.peek("locations", gid.number(args["id"], "Location"))
    return next(iter(ctx.shop.all("locations").values()))


@query("locationByIdentifier")
def _location_by(source: Any, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("locations", gid.number(args["identifier"].get("id"), "Location"))


@query("productByIdentifier")
def _product_by(source: Any, ctx: Context, args: Doc) -> Any:
    wanted = args["identifier"]
    if wanted.get("id"):
        return ctx.shop.peek("products", gid.number(wanted["id"], "Product"))
    if wanted.get("handle"):
        return next((doc for doc in ctx.shop.all("products").values() if doc["handle"] == wanted["handle"]), None)
    custom = wanted.get("customId") or {}
    key = (custom.get("namespace"), custom.get("key"), custom.get("value"))
    return next(
        (
            ctx.shop.peek("products", doc["ownerId"])
            for doc in ctx.shop.all("metafields").values()
            if doc["ownerType"] == "PRODUCT" and (doc["namespace"], doc["key"], doc["value"]) == key
        ),
        None,
    )


@query("productVariantByIdentifier")
def _variant_by(source: Any, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("variants", gid.number(args["identifier"].get("id"), "ProductVariant"))


# Products


@answers("Product", "variants")
def _product_variants(doc: Doc, ctx: Context, args: Doc) -> Any:
    return variants_of(ctx, doc)


@answers("Product", "variantsCount")
def _variants_number(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return {"count": len(doc["variantIds"]), "precision": "EXACT"}


@answers("Product", "totalInventory")
def _total(doc: Doc, ctx: Context, args: Doc) -> int:
    return sum(_quantity(variant, ctx, args) for variant in variants_of(ctx, doc))


@answers("Product", "tracksInventory")
def _tracks(doc: Doc, ctx: Context, args: Doc) -> bool:
    return any(stock.item_of(ctx.shop, variant)["tracked"] for variant in variants_of(ctx, doc))


@answers("Product", "hasOnlyDefaultVariant")
def _only_default(doc: Doc, ctx: Context, args: Doc) -> bool:
    return [variant["title"] for variant in variants_of(ctx, doc)] == ["Default Title"]


@answers("Product", "hasOutOfStockVariants")
def _short(doc: Doc, ctx: Context, args: Doc) -> bool:
    return any(stock.sellable(ctx.shop, variant) <= 0 for variant in variants_of(ctx, doc))


@answers("Product", "description")
def _description(doc: Doc, ctx: Context, args: Doc) -> str:
    words = re.sub(r"<[^>]+>", "", doc["descriptionHtml"])
    return words[: args["truncateAt"]] if args.get("truncateAt") else words


@answers("Product", "seo")
@answers("Collection", "seo")
def _seo(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return doc.get("seo") or {}


@answers("Product", "priceRangeV2")
def _range(doc: Doc, ctx: Context, args: Doc) -> Doc:
    prices = sorted((variant["price"] for variant in variants_of(ctx, doc)), key=float)
    low, high = (prices[0], prices[-1]) if prices else ("0.00", "0.00")
    return {
        "minVariantPrice": money_v2(f"{low} {ctx.shop.currency}"),
        "maxVariantPrice": money_v2(f"{high} {ctx.shop.currency}"),
    }


@answers("Product", "options")
def _options(doc: Doc, ctx: Context, args: Doc) -> Any:
    return [{**option, "productId": doc["id"]} for option in doc["options"]]


@answers("ProductOption", "values")
def _values(option: Doc, ctx: Context, args: Doc) -> list[str]:
    used = {
        chosen["value"]
        for variant in variants_of(ctx, ctx.shop.all("products")[option["productId"]])
        for chosen in variant["selectedOptions"]
        if chosen["name"] == option["name"]
    }
    return [value["name"] for value in option["optionValues"] if value["name"] in used]


@answers("ProductOptionValue", "hasVariants")
def _has_variants(value: Doc, ctx: Context, args: Doc) -> bool:
    return True


@answers("ProductVariant", "product")
def _product(doc: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.all("products")[doc["productId"]]


@answers("ProductVariant", "inventoryItem")
def _item(doc: Doc, ctx: Context, args: Doc) -> Any:
    return stock.item_of(ctx.shop, doc)


@answers("ProductVariant", "inventoryQuantity", "sellableOnlineQuantity")
def _quantity(doc: Doc, ctx: Context, args: Doc) -> int:
    return stock.available(stock.item_of(ctx.shop, doc))


@answers("ProductVariant", "availableForSale")
def _for_sale(doc: Doc, ctx: Context, args: Doc) -> bool:
    return doc["inventoryPolicy"] == "CONTINUE" or stock.sellable(ctx.shop, doc) > 0


@answers("ProductVariant", "displayName")
def _display_name(doc: Doc, ctx: Context, args: Doc) -> str:
    return f"{ctx.shop.all('products')[doc['productId']]['title']} - {doc['title']}"


# Stock


def level_of(item: Doc, location_id: int) -> Doc | None:
    """A level with what tells it from others; ``None`` where an item is not stocked."""
    found = item["levels"].get(str(location_id))
    return {**found, "itemId": item["id"], "locationId": location_id} if found else None


@answers("InventoryItem", "inventoryLevel")
def _level(item: Doc, ctx: Context, args: Doc) -> Any:
    found = level_of(item, gid.number(args["locationId"], "Location"))
    return found if found and (found["active"] or args.get("includeInactive")) else None


@answers("InventoryItem", "inventoryLevels")
def _levels(item: Doc, ctx: Context, args: Doc) -> Any:
    found = [level_of(item, int(key)) for key in item["levels"]]
    return [level for level in found if level and (level["active"] or args.get("includeInactive"))]


@answers("InventoryItem", "variants")
def _item_variants(item: Doc, ctx: Context, args: Doc) -> Any:
    return [variant for variant in [ctx.shop.peek("variants", item["variantId"])] if variant]


@answers("InventoryItem", "locationsCount")
def _locations_number(item: Doc, ctx: Context, args: Doc) -> Doc:
    return {"count": len(item["levels"]), "precision": "EXACT"}


@answers("InventoryItem", "unitCost")
def _unit_cost(item: Doc, ctx: Context, args: Doc) -> Any:
    return money_v2(f"{item['cost']} {ctx.shop.currency}") if item.get("cost") else None


@answers("InventoryItem", "measurement")
def _measurement(item: Doc, ctx: Context, args: Doc) -> Doc:
    return {"id": item["id"], "weight": item.get("weight")}


@answers("InventoryItem", "trackedEditable")
def _editable(item: Doc, ctx: Context, args: Doc) -> Doc:
    return {"locked": False}


@answers("InventoryItem", "duplicateSkuCount")
def _duplicates(item: Doc, ctx: Context, args: Doc) -> int:
    return sum(1 for doc in ctx.shop.all("items").values() if doc["sku"] and doc["sku"] == item["sku"]) - 1


@answers("Location", "inventoryLevels")
def _location_levels(location: Doc, ctx: Context, args: Doc) -> Any:
    items = ITEMS.find(ctx, {"query": _of_items(args.get("query") or "")})
    found = [level_of(item, location["id"]) for item in items]
    return by_id([{**level, "id": level["itemId"]} for level in found if level and level["active"]])


def _of_items(words: str) -> str:
    return words.replace("inventory_item_id:", "id:")


@answers("Location", "inventoryLevel")
def _location_level(location: Doc, ctx: Context, args: Doc) -> Any:
    item = ctx.shop.peek("items", gid.number(args["inventoryItemId"], "InventoryItem"))
    return level_of(item, location["id"]) if item else None


@answers("InventoryLevel", "id")
def _level_id(level: Doc, ctx: Context, args: Doc) -> str:
    return level_gid(level["itemId"], level["locationId"])


def level_gid(item_id: int, location_id: int) -> str:
    """The global id of a level."""
    return f"{gid.gid('InventoryLevel', location_id)}?inventory_item_id={item_id}"


@query("inventoryLevel")
def _level_by_id(source: Any, ctx: Context, args: Doc) -> Any:
    item = ctx.shop.peek("items", int(args["id"].rpartition("=")[2] or 0))
    return level_of(item, gid.number(args["id"], "InventoryLevel")) if item else None


@answers("InventoryLevel", "item")
def _level_item(level: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.all("items")[level["itemId"]]


@answers("InventoryLevel", "location")
def _level_location(level: Doc, ctx: Context, args: Doc) -> Any:
    return ctx.shop.all("locations")[level["locationId"]]


@answers("InventoryLevel", "isActive")
def _level_active(level: Doc, ctx: Context, args: Doc) -> bool:
    return bool(level["active"])


@answers("InventoryLevel", "quantities")
def _quantities(level: Doc, ctx: Context, args: Doc) -> list[Doc]:
    for name in args["names"]:
        if name not in (*stock.STATES, "on_hand"):
            raise Denied(f"The quantity name {name} is not valid.", "BAD_REQUEST")
    number = f"{level['locationId']}?inventory_item_id={level['itemId']}"
    return [
        {
            "id": f"{gid.gid('InventoryQuantity', number)}&name={name}",
            "name": name,
            "quantity": stock.quantity(level, name),
            "updatedAt": level["updatedAt"],
        }
        for name in args["names"]
    ]


@loads("InventoryLevel")
def _load_level(shop: Any, number: int) -> Doc | None:
    return None
