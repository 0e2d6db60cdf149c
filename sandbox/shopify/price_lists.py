"""Price lists of catalogs: fixed prices of variants, and prices from some quantity on."""

from __future__ import annotations

from typing import Any

from ..store import Doc
from . import gid
from .money import money_v2
from .resolving import Context, Refused, answers, mutation, plain, query
from .shop import Shop

plain("PriceList", "price_lists")


def add(shop: Shop, name: str, currency: str, catalog: str) -> Doc:
    """A price list with its catalog, for companies."""
    number = shop.next_id("price_list")
    doc = {"id": number, "name": name, "currency": currency, "catalogTitle": catalog, "fixed": {}, "breaks": {}}
    return shop.put("price_lists", doc)


@query("priceLists")
def _lists(source: Any, ctx: Context, args: Doc) -> list[Doc]:
    return list(ctx.shop.all("price_lists").values())


@query("priceList")
def _list(source: Any, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("price_lists", gid.number(args["id"], "PriceList"))


@answers("PriceList", "catalog")
def _catalog(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return {"__typename": "CompanyLocationCatalog", "id": doc["id"], "title": doc["catalogTitle"], "status": "ACTIVE"}


@answers("PriceList", "fixedPricesCount")
def _count(doc: Doc, ctx: Context, args: Doc) -> int:
    return len(doc["fixed"])


@answers("PriceList", "prices")
def _prices(doc: Doc, ctx: Context, args: Doc) -> list[Doc]:
    return [
        {"price": money_v2(f"{price} {doc['currency']}"), "variant": ctx.shop.peek("variants", int(key)),
         "originType": "FIXED"}
        for key, price in doc["fixed"].items()
    ]  # fmt: skip


def _open(ctx: Context, value: str) -> Doc:
    found = ctx.shop.load("price_lists", gid.number(value, "PriceList"))
    if found is None:
        raise Refused("Price list does not exist.", ["priceListId"], "PRICE_LIST_NOT_FOUND")
    return found


def _check(ctx: Context, doc: Doc, row: Doc, where: list[str], codes: tuple[str, str]) -> str:
    number = gid.number(row["variantId"], "ProductVariant")
    if ctx.shop.peek("variants", number) is None:
        raise Refused("A variant for one or more of the specified prices cannot be found.", where, codes[0])
    if row["price"]["currencyCode"] != doc["currency"]:
        raise Refused("The currency does not match the price list's currency.", where, codes[1])
    return str(number)


@mutation("priceListFixedPricesAdd")
def _add(source: Any, ctx: Context, args: Doc) -> Doc:
    doc = _open(ctx, args["priceListId"])
    for place, row in enumerate(args["prices"]):
        where = ["prices", str(place), "variantId"]
        key = _check(ctx, doc, row, where, ("VARIANT_NOT_FOUND", "PRICE_LIST_CURRENCY_MISMATCH"))
        doc["fixed"][key] = str(row["price"]["amount"])
    ctx.shop.put("price_lists", doc)
    return {"prices": []}


@mutation("quantityPricingByVariantUpdate")
def _steps(source: Any, ctx: Context, args: Doc) -> Doc:
    doc, values = _open(ctx, args["priceListId"]), args["input"]
    for value in values.get("quantityPriceBreaksToDeleteByVariantId") or ():
        doc["breaks"].pop(str(gid.number(value)), None)
    for place, row in enumerate(values["pricesToAdd"]):
        where = ["input", "pricesToAdd", str(place)]
        key = _check(ctx, doc, row, where, ("PRICE_ADD_VARIANT_NOT_FOUND", "PRICE_ADD_CURRENCY_MISMATCH"))
        doc["fixed"][key] = str(row["price"]["amount"])
    for place, row in enumerate(values["quantityPriceBreaksToAdd"]):
        where = ["input", "quantityPriceBreaksToAdd", str(place)]
        codes = ("QUANTITY_PRICE_BREAK_ADD_VARIANT_NOT_FOUND", "QUANTITY_PRICE_BREAK_ADD_CURRENCY_MISMATCH")
        key = _check(ctx, doc, row, where, codes)
        if key not in doc["fixed"]:
            raise Refused("Quantity price breaks can only be added to fixed prices.", where,
                          "QUANTITY_PRICE_BREAK_ADD_PRICE_LIST_PRICE_NOT_FOUND")  # fmt: skip
        doc["breaks"].setdefault(key, {})[str(row["minimumQuantity"])] = str(row["price"]["amount"])
    ctx.shop.put("price_lists", doc)
    return {"productVariants": []}
