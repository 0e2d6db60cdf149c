"""Products are made, changed and removed: ``productSet`` as a whole, the other mutations only what they say."""

from __future__ import annotations

from typing import Any

from ..store import Doc
from . import collecting, gid, media, metafields, product_input, seed
from .product_input import DEFAULT, MOST_VARIANTS, check_variant, chosen, combination, remove_variant, write_variant
from .resolving import Context, Refused, mutation
from .shop import Shop


@mutation("productSet")
def _set(source: Any, ctx: Context, args: Doc) -> Doc:
    shop, values = ctx.shop, args["input"]
    known = _identified(shop, args.get("identifier") or {}, values)
    variants, options = values.get("variants"), values.get("productOptions")
    number = known["id"] if known else None
    if variants is not None and options is None and known is None:
        raise Refused("Product options input is required when updating variants", ["input", "productOptions"],
                      "PRODUCT_OPTIONS_INPUT_MISSING")  # fmt: skip
    if options is not None and variants is None:
        raise Refused("Variants input is required when updating product options", ["input", "variants"],
                      "VARIANTS_INPUT_MISSING")  # fmt: skip
    if len(options or ()) > 3:
        raise Refused("Can only specify a maximum of 3 options", ["input", "productOptions"], "OPTIONS_OVER_LIMIT")
    if len(variants or ()) > MOST_VARIANTS:
        raise Refused("Too many variants", ["input", "variants"], "VARIANTS_OVER_LIMIT")
    handle = product_input.checked_handle(shop, values, number, "HANDLE_NOT_UNIQUE")
    metafields.check(shop, "PRODUCT", number, values.get("metafields") or (), ["input", "metafields"])
    media.check(shop, values.get("files") or (), ["input", "files"])
    collecting.check(shop, values.get("collections") or ())
    product = known or _empty(shop, values)
    if options is not None:
        product_input.set_options(shop, product, options)
    try:
        plans = _plans(shop, product, variants, values)
    except Refused:
        if known is None:
            shop.remove("products", product["id"])
        raise
    product_input.fields(shop, product, values, handle)
    if values.get("files") is not None:
        media.attach(shop, product, values["files"])
    if variants is not None:
        kept = {variant["id"] for _row, _options, variant in plans if variant}
        for key in [key for key in product["variantIds"] if key not in kept]:
            remove_variant(shop, product, key)
        product["variantIds"] = []
        for row, found, variant in plans:
            if variant:
                product["variantIds"].append(variant["id"])
            write_variant(shop, product, media.with_file(shop, product, row), found, variant)
    elif known is None:
        write_variant(shop, product, {}, DEFAULT, None)
    shop.put("products", product)
    if values.get("metafields") is not None:
        metafields.only(shop, "PRODUCT", product["id"], values["metafields"])
    if values.get("collections") is not None:
        collecting.only(shop, product["id"], values["collections"])
    shop.emit("products/update" if known else "products/create", product)
    return {"product": product}


def _plans(shop: Shop, product: Doc, variants: Any, values: Doc) -> list[tuple[Doc, list[Doc], Doc | None]]:
    """Each variant that is given, what it chooses, and the one that it is already."""
    files = {row.get("id") or row.get("originalSource") for row in values.get("files") or ()}
    seen: set[Any] = set()
    plans = []
    there = [shop.load("variants", key) for key in product["variantIds"]]
    for place, row in enumerate(variants or ()):
        where = ["input", "variants", str(place)]
        found = chosen(product, row["optionValues"], where)
        if combination(found) in seen:
            raise Refused("The variant already exists. Please change at least one option value.", where,
                          "INVALID_VARIANT")  # fmt: skip
        seen.add(combination(found))
        number = gid.number(row.get("id"), "ProductVariant")
        if number and number not in product["variantIds"]:
            raise Refused("Product variant does not exist", [*where, "id"], "PRODUCT_VARIANT_DOES_NOT_EXIST")
        same = (doc for doc in there if doc and combination(doc["selectedOptions"]) == combination(found))
        variant = shop.load("variants", number) if number else next(same, None)
        check_variant(shop, row, where, variant["id"] if variant else None)
        picture = row.get("file") or {}
        if picture and (picture.get("id") or picture.get("originalSource")) not in files:
            raise Refused("File must be in the product's files", [*where, "file"], "INVALID_INPUT")
        plans.append((row, found, variant))
    return plans


def _identified(shop: Shop, identifier: Doc, values: Doc) -> Doc | None:
    wanted = identifier.get("id") or values.get("id")
    if wanted:
        found = shop.load("products", gid.number(wanted, "Product"))
        if found is None:
            raise Refused("Product does not exist", ["identifier", "id"], "PRODUCT_DOES_NOT_EXIST")
        return found
    if identifier.get("handle"):
        key = next((doc["id"] for doc in shop.all("products").values() if doc["handle"] == identifier["handle"]), 0)
        return shop.load("products", key)
    custom = identifier.get("customId")
    if custom:
        name = (custom.get("namespace"), custom["key"], custom["value"])
        rows = shop.all("metafields").values()
        owner = next((row["ownerId"] for row in rows if (row["namespace"], row["key"], row["value"]) == name), 0)
        return shop.load("products", owner)
    return None


def _empty(shop: Shop, values: Doc) -> Doc:
    if not values.get("title"):
        raise Refused("Title can't be blank", ["input", "title"], "MISSING_FIELD_REQUIRED")
    fresh = {"title": values["title"], "handle": None, "publishedAt": None, "status": values.get("status") or "ACTIVE"}
    product = seed.add_product(shop, fresh, [], [])
    return {**product, "publicationIds": []}


def product_of(shop: Shop, value: str | None, field: list[str], code: str | None = "PRODUCT_DOES_NOT_EXIST") -> Doc:
    """A product, to change.

    :raise Refused: when it does not exist.
    """
    found = shop.load("products", gid.number(value, "Product"))
    if found is None:
        raise Refused("Product does not exist", field, code)
    return found


@mutation("productUpdate")
def _update(source: Any, ctx: Context, args: Doc) -> Doc:
    shop, values = ctx.shop, args.get("product") or {}
    product = product_of(shop, values.get("id") or (args.get("identifier") or {}).get("id"), ["id"], None)
    if "title" in values and not values["title"]:
        raise Refused("Title can't be blank", ["title"])
    handle = product_input.checked_handle(shop, values, product["id"], None)
    metafields.check(shop, "PRODUCT", product["id"], values.get("metafields") or (), ["metafields"])
    collecting.check(shop, [*(values.get("collectionsToJoin") or ()), *(values.get("collectionsToLeave") or ())])
    product_input.fields(shop, product, values, handle)
    if args.get("media"):
        media.add(shop, product, args["media"])
    shop.put("products", product)
    metafields.write(shop, "PRODUCT", product["id"], values.get("metafields") or ())
    collecting.join(shop, product["id"], values.get("collectionsToJoin") or ())
    collecting.leave(shop, product["id"], values.get("collectionsToLeave") or ())
    shop.emit("products/update", product)
    return {"product": product}


@mutation("productDelete")
def _delete(source: Any, ctx: Context, args: Doc) -> Doc:
    product = product_of(ctx.shop, args["input"]["id"], ["id"], None)
    for key in list(product["variantIds"]):
        remove_variant(ctx.shop, product, key)
    ctx.shop.remove("products", product["id"])
    ctx.shop.emit("products/delete", product)
    return {"deletedProductId": gid.gid("Product", product["id"])}


@mutation("productOptionsCreate")
def _options(source: Any, ctx: Context, args: Doc) -> Doc:
    """Options are added; the variants that are there take the first value of each."""
    shop = ctx.shop
    product = product_of(shop, args["productId"], ["productId"])
    alone = [option["name"] for option in product["options"]] == ["Title"]
    known = set() if alone else {option["name"].casefold() for option in product["options"]}
    options = [] if alone else list(product["options"])
    for place, row in enumerate(args["options"]):
        where = ["options", str(place)]
        if row["name"].casefold() in known:
            raise Refused(f"Option '{row['name']}' already exists.", where, "OPTION_ALREADY_EXISTS")
        if not row.get("values"):
            raise Refused("Option values are missing", where, "OPTION_VALUES_MISSING")
        option = {"id": shop.next_id("option"), "name": row["name"], "position": len(options) + 1, "optionValues": []}
        for value in row["values"]:
            product_input.add_value(shop, option, value["name"])
        options.append(option)
    if len(options) > 3:
        raise Refused("Can only specify a maximum of 3 options", ["options"], "OPTIONS_OVER_LIMIT")
    product["options"] = options
    for key in product["variantIds"]:
        variant = shop.load("variants", key)
        assert variant is not None
        has = {row["name"]: row["value"] for row in variant["selectedOptions"]}
        found = [
            {"name": option["name"], "value": has.get(option["name"]) or option["optionValues"][0]["name"]}
            for option in options
        ]
        shop.put("variants", {**variant, "selectedOptions": found, "title": " / ".join(row["value"] for row in found)})
    product["updatedAt"] = shop.now()
    shop.put("products", product)
    shop.emit("products/update", product)
    return {"product": product}
