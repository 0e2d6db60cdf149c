"""Sales channels, and what is shown on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..store import Doc
from . import gid
from .resolving import Context, Refused, answers, mutation, plain, query
from .shop import Shop

plain("Publication", "publications")


def add(shop: Shop, name: str) -> Doc:
    """A sales channel."""
    return shop.put("publications", {"id": shop.next_id("publication"), "name": name, "autoPublish": False})


@query("publications")
def _publications(source: Any, ctx: Context, args: Doc) -> list[Doc]:
    return list(ctx.shop.all("publications").values())


@answers("Product", "resourcePublicationsCount")
@answers("Collection", "resourcePublicationsCount")
def _count(doc: Doc, ctx: Context, args: Doc) -> Doc:
    return {"count": len(doc["publicationIds"]), "precision": "EXACT"}


@answers("Product", "publishedOnPublication")
@answers("Collection", "publishedOnPublication")
def _on(doc: Doc, ctx: Context, args: Doc) -> bool:
    return gid.number(args["publicationId"], "Publication") in doc["publicationIds"]


@mutation("publishablePublish")
def _publish(source: Any, ctx: Context, args: Doc) -> Doc:
    wanted = _channels(ctx, args["input"])
    return _change(ctx, args["id"], lambda ids: [*ids, *(key for key in wanted if key not in ids)])


@mutation("publishableUnpublish")
def _unpublish(source: Any, ctx: Context, args: Doc) -> Doc:
    wanted = _channels(ctx, args["input"])
    return _change(ctx, args["id"], lambda ids: [key for key in ids if key not in wanted])


def _channels(ctx: Context, rows: Iterable[Doc]) -> list[int]:
    found = [gid.number(row.get("publicationId"), "Publication") for row in rows]
    if any(ctx.shop.peek("publications", key) is None for key in found):
        raise Refused("Publication does not exist or is not publishable", ["input", "0", "publicationId"])
    return found


def _change(ctx: Context, value: str, work: Any) -> Doc:
    kind, number = gid.split(value)
    name = {"Product": "products", "Collection": "collections"}.get(kind)
    doc = ctx.shop.load(name, int(number)) if name else None
    if name is None or doc is None:
        raise Refused("Resource does not exist", ["id"])
    doc["publicationIds"] = work(doc["publicationIds"])
    if kind == "Product":
        doc["publishedAt"] = doc["publishedAt"] or ctx.shop.now() if doc["publicationIds"] else None
        ctx.shop.emit("products/update", doc)
    doc["updatedAt"] = ctx.shop.now()
    return {"publishable": {**ctx.shop.put(name, doc), "__typename": kind}}
