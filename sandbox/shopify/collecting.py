"""Collections: filled by hand, or by a rule about tags that fills them by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..store import Doc
from . import gid
from .listing import Listing
from .product_input import slug
from .resolving import Context, Refused, answers, mutation, plain, query
from .search import Field
from .shop import Shop

plain("Collection", "collections")
COLLECTIONS = Listing(
    "collections",
    {"title": Field("text", lambda doc: doc["title"]), "handle": Field("text", lambda doc: doc["handle"])},
    {"TITLE": lambda doc: doc["title"]},
    lambda doc: str(doc["title"]),
)


def add(shop: Shop, title: str, tag: str | None = None) -> Doc:
    """A collection; with a tag it is filled by itself."""
    now = shop.now()
    rules = [{"column": "TAG", "relation": "EQUALS", "condition": tag}] if tag else None
    doc = {
        "id": shop.next_id("collection"), "title": title, "handle": slug(title), "descriptionHtml": "",
        "productIds": [], "ruleSet": {"appliedDisjunctively": False, "rules": rules} if rules else None,
        "sortOrder": "MANUAL", "publicationIds": [], "createdAt": now, "updatedAt": now,
    }  # fmt: skip
    return shop.put("collections", doc)


def holds(collection: Doc, product: Doc) -> bool:
    """Whether a product is in a collection."""
    if not collection["ruleSet"]:
        return product["id"] in collection["productIds"]
    tags = {tag.casefold() for tag in product["tags"]}
    return all(rule["condition"].casefold() in tags for rule in collection["ruleSet"]["rules"])


def check(shop: Shop, values: Iterable[str]) -> None:
    """Refuse collections that do not exist, and those that are filled by themselves."""
    for value in values:
        found = shop.peek("collections", gid.number(value, "Collection"))
        if found is None:
            raise Refused("Collection does not exist", ["collectionsToJoin"])
        if found["ruleSet"]:
            raise Refused("Cannot add products to a smart collection", ["collectionsToJoin"])


def join(shop: Shop, product_id: int, values: Iterable[str]) -> None:
    """Put a product into collections."""
    for value in values:
        found = shop.load("collections", gid.number(value, "Collection"))
        if found and product_id not in found["productIds"]:
            found["productIds"].append(product_id)
            shop.put("collections", {**found, "updatedAt": shop.now()})


def leave(shop: Shop, product_id: int, values: Iterable[str]) -> None:
    """Take a product out of collections."""
    for value in values:
        found = shop.load("collections", gid.number(value, "Collection"))
        if found and product_id in found["productIds"]:
            found["productIds"].remove(product_id)
            shop.put("collections", {**found, "updatedAt": shop.now()})


def only(shop: Shop, product_id: int, values: Iterable[str]) -> None:
    """Have a product in these collections, and in no others that are filled by hand."""
    values = list(values)
    check(shop, values)
    wanted = {gid.number(value, "Collection") for value in values}
    there = [doc for doc in shop.all("collections").values() if product_id in doc["productIds"]]
    leave(shop, product_id, [gid.gid("Collection", doc["id"]) for doc in there if doc["id"] not in wanted])
    join(shop, product_id, values)


@query("collections")
def _collections(source: Any, ctx: Context, args: Doc) -> Any:
    return COLLECTIONS.find(ctx, args)


@query("collection")
def _collection(source: Any, ctx: Context, args: Doc) -> Any:
    return ctx.shop.peek("collections", gid.number(args["id"], "Collection"))


@answers("Product", "collections")
def _of_product(doc: Doc, ctx: Context, args: Doc) -> list[Doc]:
    return [found for found in ctx.shop.all("collections").values() if holds(found, doc)]


@answers("Product", "inCollection")
def _in(doc: Doc, ctx: Context, args: Doc) -> bool:
    found = ctx.shop.peek("collections", gid.number(args["id"], "Collection"))
    return found is not None and holds(found, doc)


@answers("Collection", "products")
def _products(doc: Doc, ctx: Context, args: Doc) -> list[Doc]:
    return [product for product in ctx.shop.all("products").values() if holds(doc, product)]


@answers("Collection", "hasProduct")
def _has(doc: Doc, ctx: Context, args: Doc) -> bool:
    product = ctx.shop.peek("products", gid.number(args["id"], "Product"))
    return product is not None and holds(doc, product)


@mutation("collectionCreate")
def _create(source: Any, ctx: Context, args: Doc) -> Doc:
    title = (args.get("collection") or {}).get("title")
    if not title:
        raise Refused("Title can't be blank", ["collection", "title"])
    made = add(ctx.shop, title)
    ctx.shop.emit("collections/create", made)
    return {"collection": made}


@mutation("collectionAddProducts", "collectionAddProductsV2")
def _add_products(source: Any, ctx: Context, args: Doc) -> Doc:
    check(ctx.shop, [args["id"]])
    for value in args["productIds"]:
        join(ctx.shop, gid.number(value, "Product"), [args["id"]])
    return {"collection": ctx.shop.peek("collections", gid.number(args["id"], "Collection"))}
