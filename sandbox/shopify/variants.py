"""Variants of one product are made, changed and removed, many at once."""

from __future__ import annotations

from typing import Any

from ..store import Doc
from . import gid
from .product_input import MOST_VARIANTS, check_variant, chosen, combination, remove_variant, write_variant
from .products import product_of
from .resolving import Context, Refused, mutation
from .shop import Shop


@mutation("productVariantsBulkCreate")
def _create(source: Any, ctx: Context, args: Doc) -> Doc:
    """All or none. A single "Default Title" goes by itself, unless the strategy keeps it."""
    shop = ctx.shop
    product = product_of(shop, args["productId"], ["productId"])
    strategy = args.get("strategy") or "DEFAULT"
    rows = args["variants"]
    standalone = [doc for key in product["variantIds"] if (doc := shop.peek("variants", key))]
    default = len(standalone) == 1 and standalone[0]["title"] == "Default Title"
    going = len(standalone) == 1 and (strategy == "REMOVE_STANDALONE_VARIANT" or (strategy == "DEFAULT" and default))
    if len(rows) + len(product["variantIds"]) > MOST_VARIANTS:
        raise Refused("Too many variants", ["variants"], "INVALID")
    seen = {combination(doc["selectedOptions"]) for doc in standalone} if not going else set()
    plans = []
    for place, row in enumerate(rows):
        where = ["variants", str(place)]
        if row.get("id"):
            raise Refused("Variant ID is not allowed on create", where, "NO_KEY_ON_CREATE")
        found = chosen(product, row.get("optionValues") or (), where, add=shop)
        if combination(found) in seen:
            name = " / ".join(one["value"] for one in found)
            words = f"The variant '{name}' already exists. Please change at least one option value."
            raise Refused(words, where, "VARIANT_ALREADY_EXISTS_CHANGE_OPTION_VALUE")
        seen.add(combination(found))
        check_variant(shop, row, where, None)
        plans.append((row, found))
    if going:
        remove_variant(shop, product, standalone[0]["id"])
    made = [write_variant(shop, product, row, found, None) for row, found in plans]
    _keep(shop, product)
    return {"product": product, "productVariants": made}


@mutation("productVariantsBulkUpdate")
def _update(source: Any, ctx: Context, args: Doc) -> Doc:
    """All or none, or with ``allowPartialUpdates`` those that are sound."""
    shop = ctx.shop
    product = product_of(shop, args["productId"], ["productId"])
    errors: list[Doc] = []
    plans = []
    for place, row in enumerate(args["variants"]):
        try:
            plans.append(_plan(shop, product, row, ["variants", str(place)]))
        except Refused as refused:
            errors.append(refused.error)
    if errors and not args.get("allowPartialUpdates"):
        return {"product": None, "productVariants": None, "userErrors": errors}
    made = [write_variant(shop, product, row, found, variant) for row, found, variant in plans]
    if made:
        _keep(shop, product)
    return {"product": product, "productVariants": made, "userErrors": errors}


def _plan(shop: Shop, product: Doc, row: Doc, where: list[str]) -> tuple[Doc, list[Doc] | None, Doc]:
    number = gid.number(row.get("id"), "ProductVariant")
    if not number:
        raise Refused("Product variant is missing ID attribute", [*where, "id"], "PRODUCT_VARIANT_ID_MISSING")
    variant = shop.load("variants", number)
    if variant is None or number not in product["variantIds"]:
        raise Refused("Product variant does not exist", [*where, "id"], "PRODUCT_VARIANT_DOES_NOT_EXIST")
    check_variant(shop, row, where, number)
    if row.get("mediaId") and gid.number(row["mediaId"]) not in product["mediaIds"]:
        raise Refused("Media must be attached to the product", [*where, "mediaId"], "MUST_BE_FOR_THIS_PRODUCT")
    if not row.get("optionValues"):
        return row, None, variant
    found = chosen(product, row["optionValues"], where, add=shop)
    others = [doc for key in product["variantIds"] if key != number and (doc := shop.peek("variants", key))]
    if combination(found) in {combination(doc["selectedOptions"]) for doc in others}:
        words = "The variant already exists. Please change at least one option value."
        raise Refused(words, where, "VARIANT_ALREADY_EXISTS")
    return row, found, variant


@mutation("productVariantsBulkDelete")
def _delete(source: Any, ctx: Context, args: Doc) -> Doc:
    product = product_of(ctx.shop, args["productId"], ["productId"])
    for value in args["variantsIds"]:
        remove_variant(ctx.shop, product, gid.number(value, "ProductVariant"))
    _keep(ctx.shop, product)
    return {"product": product}


def _keep(shop: Shop, product: Doc) -> None:
    product["updatedAt"] = shop.now()
    shop.put("products", product)
    shop.emit("products/update", product)
