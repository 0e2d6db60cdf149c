"""Mutations of customers, and tags on whatever has them."""

from __future__ import annotations

from typing import Any

from ..store import Doc
from . import access, customers, gid, orders
from .order_changes import address
from .resolving import Context, Refused, mutation
from .shop import Shop
from .shop_view import node

KINDS = {"Order": "orders", "Customer": "customers", "Product": "products", "DraftOrder": "draft_orders"}
SCOPES = {"Order": ("write_orders",), "Customer": ("write_customers",), "Product": ("write_products",)}
TOPICS = {"Customer": "customers/update", "Product": "products/update"}


@mutation("customerCreate")
def _create(source: Any, ctx: Context, args: Doc) -> Doc:
    values = args["input"]
    _check(ctx.shop, values)
    if not any(values.get(name) for name in ("email", "phone", "firstName", "lastName")):
        raise Refused("Customer must have a name, phone number or email address", None)
    made = customers.add(ctx.shop, {**values, "addresses": _addresses(ctx.shop, values, [])})
    return {"customer": made}


@mutation("customerUpdate")
def _update(source: Any, ctx: Context, args: Doc) -> Doc:
    values = args["input"]
    doc = ctx.shop.load("customers", gid.number(values.get("id"), "Customer"))
    if doc is None:
        raise Refused("Customer does not exist", ["id"])
    _check(ctx.shop, values, doc["id"])
    for name in ("firstName", "lastName", "email", "phone", "note", "taxExempt", "locale"):
        if name in values:
            doc[name] = values[name]
    if "tags" in values:
        doc["tags"] = sorted(values["tags"] or [])
    if "addresses" in values:
        doc["addresses"] = _addresses(ctx.shop, values, doc["addresses"])
    doc["updatedAt"] = ctx.shop.now()
    ctx.shop.put("customers", doc)
    ctx.shop.emit("customers/update", doc)
    return {"customer": doc}


def _check(shop: Shop, values: Doc, own: int = 0) -> None:
    email = values.get("email")
    if email and ("@" not in email or email.endswith("@")):
        raise Refused("Email is invalid", ["email"])
    for name in ("email", "phone"):
        taken = any(doc[name] == values.get(name) and doc["id"] != own for doc in shop.all("customers").values())
        if values.get(name) and taken:
            raise Refused(f"{name.capitalize()} has already been taken", [name])


def _addresses(shop: Shop, values: Doc, known: list[Doc]) -> list[Doc]:
    by_id = {one["id"]: one for one in known}
    found = []
    for posted in values.get("addresses") or ():
        number = gid.number(posted.get("id"), "MailingAddress") or shop.next_id("address")
        found.append({**by_id.get(number, {}), "id": number, **address(posted)})
    return found


@mutation("customerAddressCreate", "customerAddressUpdate")
def _address(source: Any, ctx: Context, args: Doc) -> Doc:
    """A new address, or another one in its place; the first is the default."""
    doc = ctx.shop.load("customers", gid.number(args["customerId"], "Customer"))
    if doc is None:
        raise Refused("Customer does not exist", ["customerId"])
    number = gid.number(args["addressId"], "MailingAddress") if args.get("addressId") else ctx.shop.next_id("address")
    known = next((one for one in doc["addresses"] if one["id"] == number), None)
    if args.get("addressId") and known is None:
        raise Refused("Address does not exist", ["addressId"])
    found = {**(known or {}), "id": number, **address(args["address"])}
    rest = [one for one in doc["addresses"] if one["id"] != number]
    place = 0 if args.get("setAsDefault") else doc["addresses"].index(known) if known else len(rest)
    doc["addresses"] = [*rest[:place], found, *rest[place:]]
    doc["updatedAt"] = ctx.shop.now()
    ctx.shop.put("customers", doc)
    ctx.shop.emit("customers/update", doc)
    return {"address": found}


@mutation("customerDelete")
def _delete(source: Any, ctx: Context, args: Doc) -> Doc:
    number = gid.number(args["input"]["id"], "Customer")
    doc = ctx.shop.peek("customers", number)
    if doc is None:
        raise Refused("Customer can't be found", ["id"])
    if any(order["customerId"] == number for order in ctx.shop.all("orders").values()):
        raise Refused("Customer can’t be deleted because they have associated orders", ["id"])
    ctx.shop.remove("customers", number)
    ctx.shop.emit("customers/delete", doc)
    return {"deletedCustomerId": args["input"]["id"]}


@mutation("tagsAdd")
def _tags_add(source: Any, ctx: Context, args: Doc) -> Doc:
    return _tags(ctx, args, lambda tags, posted: tags | posted)


@mutation("tagsRemove")
def _tags_remove(source: Any, ctx: Context, args: Doc) -> Doc:
    return _tags(ctx, args, lambda tags, posted: tags - posted)


def _tags(ctx: Context, args: Doc, change: Any) -> Doc:
    kind, digits = gid.split(args["id"])
    access.check(ctx, SCOPES.get(kind, ()), "tags")
    doc = ctx.shop.load(KINDS[kind], int(digits)) if kind in KINDS and digits.isdigit() else None
    if doc is None:
        raise Refused("Node does not exist", ["id"])
    posted = {tag.strip() for one in args["tags"] for tag in one.split(",") if tag.strip()}
    doc["tags"] = sorted(change(set(doc["tags"]), posted))
    if kind == "Order":
        orders.keep(ctx.shop, doc)
    else:
        ctx.shop.put(KINDS[kind], {**doc, "updatedAt": ctx.shop.now()})
        if kind in TOPICS:
            ctx.shop.emit(TOPICS[kind], doc)
    return {"node": node(ctx, args["id"])}
