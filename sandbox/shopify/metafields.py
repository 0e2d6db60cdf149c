"""Metafields of products, orders and others, and their definitions; values of the type ``id`` are unique."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..store import Doc
from . import gid, orders
from .resolving import Context, Refused, answers, mutation, plain, query
from .shop import Shop

OWNERS = {
    "Product": "PRODUCT",
    "ProductVariant": "PRODUCTVARIANT",
    "Collection": "COLLECTION",
    "Order": "ORDER",
    "Customer": "CUSTOMER",
    "DraftOrder": "DRAFTORDER",
    "Location": "LOCATION",
    "Company": "COMPANY",
    "CompanyLocation": "COMPANY_LOCATION",
}
APP = "app--580000000001"
plain("Metafield", "metafields")
plain("MetafieldDefinition", "metafield_definitions")


def full(namespace: str | None) -> str:
    """A namespace as it is kept: ``$app:x`` is the app's own, and so is none at all."""
    if not namespace or namespace == "$app":
        return APP
    return f"{APP}--{namespace[5:]}" if namespace.startswith("$app:") else namespace


def _name(row: Mapping[str, Any]) -> tuple[str, Any]:
    return full(row.get("namespace")), row.get("key")


def of(shop: Shop, kind: str, owner_id: int) -> list[Doc]:
    """The metafields of one owner, oldest first."""

    def by_owner() -> dict[tuple[str, int], list[Doc]]:
        found: dict[tuple[str, int], list[Doc]] = {}
        for doc in shop.all("metafields").values():
            found.setdefault((doc["ownerType"], doc["ownerId"]), []).append(doc)
        return found

    return list(shop.ready("metafields", "by owner", by_owner).get((kind, owner_id), ()))


def check(shop: Shop, kind: str, owner_id: int | None, inputs: Iterable[Doc], path: list[str]) -> None:
    """Refuse what cannot be kept.

    :raise Refused: for a value missing, a type missing without a definition, or a unique value that is another's.
    """
    for place, row in enumerate(inputs):
        where = [*path, str(place)]
        name = _name(row)
        if not row.get("value"):
            raise Refused("Value can't be blank.", [*where, "value"], "BLANK")
        definition = _definition(shop, kind, *name)
        known = next((doc for doc in of(shop, kind, owner_id or 0) if (doc["namespace"], doc["key"]) == name), None)
        if definition is None and known is None and not row.get("type"):
            raise Refused("Type can't be blank", [*where, "type"], "BLANK")
        if definition and row.get("type") and row["type"] != definition["type"]["name"]:
            words = (
                f"Type '{row['type']}' must be consistent with the definition's type: '{definition['type']['name']}'."
            )
            raise Refused(words, [*where, "type"], "INVALID_TYPE")
        if definition and definition["type"]["name"] == "id" and _taken(shop, kind, owner_id, name, row["value"]):
            raise Refused("Value must be unique among existing metafields", [*where, "value"], "CAPABILITY_VIOLATION")


def _taken(shop: Shop, kind: str, owner_id: int | None, name: tuple[Any, Any], value: str) -> bool:
    return any(
        doc["ownerType"] == kind and (doc["namespace"], doc["key"]) == name and doc["value"] == value
        for doc in shop.all("metafields").values()
        if doc["ownerId"] != owner_id
    )


def write(shop: Shop, kind: str, owner_id: int, inputs: Iterable[Doc]) -> None:
    """Keep metafields; those that are not named stay."""
    now = shop.now()
    for row in inputs:
        name = _name(row)
        known = next((doc for doc in of(shop, kind, owner_id) if (doc["namespace"], doc["key"]) == name), None)
        definition = _definition(shop, kind, *name)
        values = {"value": row["value"], "updatedAt": now}
        if row.get("type") or definition:
            values["type"] = definition["type"]["name"] if definition else row["type"]
        fresh = {"id": shop.next_id("metafield"), "ownerType": kind, "ownerId": owner_id, "namespace": name[0],
                 "key": name[1], "createdAt": now} if known is None else {}  # fmt: skip
        shop.put("metafields", {**(known or {}), **fresh, **values})


def only(shop: Shop, kind: str, owner_id: int, inputs: Iterable[Doc]) -> None:
    """Keep these metafields and no others."""
    inputs = list(inputs)
    names = {_name(row) for row in inputs}
    for doc in of(shop, kind, owner_id):
        if (doc["namespace"], doc["key"]) not in names:
            shop.remove("metafields", doc["id"])
    write(shop, kind, owner_id, inputs)


def _definition(shop: Shop, kind: str, namespace: Any, key: Any) -> Doc | None:
    return next(
        (
            doc
            for doc in shop.all("metafield_definitions").values()
            if (doc["ownerType"], doc["namespace"], doc["key"]) == (kind, namespace, key)
        ),
        None,
    )


for _type, _kind in OWNERS.items():

    def _metafields(doc: Doc, ctx: Context, args: Doc, kind: str = _kind) -> list[Doc]:
        wanted = args.get("namespace") and full(args["namespace"])
        return [row for row in of(ctx.shop, kind, doc["id"]) if wanted in (None, row["namespace"])]

    def _metafield(doc: Doc, ctx: Context, args: Doc, kind: str = _kind) -> Doc | None:
        name = _name(args)
        return next((row for row in of(ctx.shop, kind, doc["id"]) if (row["namespace"], row["key"]) == name), None)

    answers(_type, "metafields")(_metafields)
    answers(_type, "metafield")(_metafield)


@answers("Metafield", "jsonValue")
def _json_value(doc: Doc, ctx: Context, args: Doc) -> Any:
    try:
        return json.loads(doc["value"])
    except ValueError:
        return doc["value"]


@query("metafieldDefinitions")
def _definitions(source: Any, ctx: Context, args: Doc) -> list[Doc]:
    return [
        doc
        for doc in ctx.shop.all("metafield_definitions").values()
        if doc["ownerType"] == args["ownerType"]
        and (not args.get("namespace") or full(args["namespace"]) == doc["namespace"])
    ]


@mutation("metafieldDefinitionCreate")
def _define(source: Any, ctx: Context, args: Doc) -> Doc:
    values = args["definition"]
    values = {**values, "namespace": full(values.get("namespace"))}
    if _definition(ctx.shop, values["ownerType"], values["namespace"], values["key"]):
        raise Refused("Key is in use for Product metafields.", ["definition", "key"], "TAKEN")
    doc = {**values, "id": ctx.shop.next_id("metafield_definition"), "type": {"name": values["type"]}}
    return {"createdDefinition": ctx.shop.put("metafield_definitions", doc)}


@mutation("metafieldsSet")
def _set(source: Any, ctx: Context, args: Doc) -> Doc:
    if len(args["metafields"]) > 25:
        raise Refused("Exceeded the maximum metafields input limit of 25.", ["metafields"], "LESS_THAN_OR_EQUAL_TO")
    found = []
    for place, row in enumerate(args["metafields"]):
        kind, number = _owner(row["ownerId"])
        check(ctx.shop, kind, number, [row], ["metafields", str(place)][:1])
    for row in args["metafields"]:
        kind, number = _owner(row["ownerId"])
        write(ctx.shop, kind, number, [row])
        found += [doc for doc in of(ctx.shop, kind, number) if (doc["namespace"], doc["key"]) == _name(row)]
        touch(ctx.shop, row["ownerId"])
    return {"metafields": found}


@mutation("metafieldsDelete")
def _delete(source: Any, ctx: Context, args: Doc) -> Doc:
    for row in args["metafields"]:
        kind, number = _owner(row["ownerId"])
        for doc in of(ctx.shop, kind, number):
            if (doc["namespace"], doc["key"]) == _name(row):
                ctx.shop.remove("metafields", doc["id"])
    return {"deletedMetafields": args["metafields"]}


def touch(shop: Shop, value: str) -> None:
    """An order whose metafields change has changed."""
    order = shop.load("orders", gid.number(value, "Order"))
    if order is not None:
        orders.keep(shop, order)


def _owner(value: str) -> tuple[str, int]:
    kind, number = gid.split(value)
    if kind not in OWNERS:
        raise Refused("Owner does not exist.", ["metafields", "ownerId"], "INVALID")
    return OWNERS[kind], int(number)
