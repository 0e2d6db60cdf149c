"""The schema that the sandbox plays is part of the vendor's, and every field of it answers."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    validate_schema,
)
from shopify_support import needs_contracts, open_shopify, vendor_types

from sandbox.shopify import resolvers  # noqa: F401 - they register themselves
from sandbox.shopify.resolving import RESOLVERS
from sandbox.shopify.schema import schema


def spelt(kind: Any) -> str:
    """A type of an introspection as a schema writes it."""
    if kind["kind"] == "NON_NULL":
        return f"{spelt(kind['ofType'])}!"
    return f"[{spelt(kind['ofType'])}]" if kind["kind"] == "LIST" else str(kind["name"])


def test_the_schema_is_sound() -> None:
    assert validate_schema(schema()) == []


@needs_contracts
def test_everything_in_it_exists_in_the_vendors_schema_with_the_same_type() -> None:
    vendor, wrong = vendor_types(), []
    for name, named in schema().type_map.items():
        if name.startswith("__"):
            continue
        theirs = vendor.get(name)
        if theirs is None:
            wrong.append(name)
        elif isinstance(named, GraphQLEnumType):
            wrong += [f"{name}.{value}" for value in set(named.values) - {row["name"] for row in theirs["enumValues"]}]
        elif isinstance(named, GraphQLUnionType):
            known = {row["name"] for row in theirs["possibleTypes"]}
            wrong += [f"{name}: {one.name}" for one in named.types if one.name not in known]
        elif isinstance(named, (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)):
            rows = {row["name"]: row for row in theirs["fields"] or theirs["inputFields"]}
            for field, ours in named.fields.items():
                row = rows.get(field)
                if row is None or spelt(row["type"]) != str(ours.type):
                    wrong.append(f"{name}.{field}: {ours.type}")
                    continue
                known = {arg["name"]: spelt(arg["type"]) for arg in row.get("args") or ()}
                for arg, value in getattr(ours, "args", {}).items():
                    if known.get(arg) != str(value.type):
                        wrong.append(f"{name}.{field}({arg}: {value.type})")
    assert not wrong


@needs_contracts
def test_nothing_that_the_vendor_demands_is_missing_from_inputs() -> None:
    vendor = vendor_types()
    for name, named in schema().type_map.items():
        if isinstance(named, GraphQLInputObjectType):
            needed = {
                row["name"]
                for row in vendor[name]["inputFields"]
                if row["type"]["kind"] == "NON_NULL" and row["defaultValue"] is None
            }
            assert needed <= set(named.fields), name


def everything(kind: Any, depth: int) -> str:
    """A selection of all that a type has and that needs no arguments, some steps deep."""
    if isinstance(kind, (GraphQLInterfaceType, GraphQLUnionType)):
        parts = [f"... on {one.name} {{ {everything(one, depth)} }}" for one in schema().get_possible_types(kind)]
        return " ".join(["__typename", *parts])
    found = []
    for name, field in kind.fields.items():
        if any(str(arg.type).endswith("!") and arg.default_value is Undefined for arg in field.args.values()):
            continue
        base = get_named_type(field.type)
        paged = "(first: 3)" if base.name.endswith("Connection") else ""
        if isinstance(base, (GraphQLScalarType, GraphQLEnumType)):
            found.append(f"{name}{paged}")
        elif depth or base.name in VALUES:
            step = not base.name.endswith(("Connection", "Edge"))
            found.append(f"{name}{paged} {{ {everything(base, max(0, depth - step))} }}")
    return " ".join(found) or "__typename"


VALUES = {"MoneyBag", "MoneyV2", "Count", "PageInfo", "Weight", "SEO"}


@pytest.mark.parametrize(
    "root",
    [
        "order",
        "product",
        "customer",
        "productVariant",
        "inventoryItem",
        "fulfillmentOrder",
        "location",
        "company",
        "shop",
    ],
)
def test_every_field_answers(root: str) -> None:
    with open_shopify() as shop:
        shop.order("b2b", "held")
        number = shop.order("foreign", "duties", "refunded", "code", "pickup", "gift_card", "gift_card_sold")
        ids = {"order": number}
        for name, kind in (("product", "products"), ("customer", "customers"), ("productVariant", "variants"),
                           ("inventoryItem", "items"), ("fulfillmentOrder", "fulfillment_orders"),
                           ("location", "locations"), ("company", "companies")):  # fmt: skip
            ids[name] = next(iter(shop.site.shop.all(kind)))
        kind = get_named_type(schema().query_type.fields[root].type)  # type: ignore[union-attr]
        argument = f'(id: "gid://shopify/{kind.name}/{ids[root]}")' if root in ids else ""
        answer = shop.control("graphql", {"query": f"{{ {root}{argument} {{ {everything(kind, 1)} }} }}"})
        assert "errors" not in answer, [(error["path"], error["message"]) for error in answer["errors"]][:20]
        assert answer["data"][root]


def test_every_root_field_is_played() -> None:
    roots = [root for root in (schema().query_type, schema().mutation_type) if root]
    fields = [(root.name, name) for root in roots for name in root.fields]
    assert not [field for field in fields if field not in RESOLVERS]
