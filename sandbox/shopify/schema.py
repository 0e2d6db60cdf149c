"""The schema that queries are validated against and executed with, its fields answered out of the documents.

``schema.graphql`` is the part of the vendor's Admin API 2026-10 that a connector uses. A field without a resolver is
read off the document under its own name; where the schema promises a value and the document has none, the answer is
that of a shop that makes no use of the feature: no, none, zero, an empty list.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_directive_values,
    get_named_type,
)

from . import access, cost
from .connections import MAX_PAGE, page, whole
from .gid import gid
from .resolving import PART, RESOLVERS, Context, Denied, Refused

NOTHING: dict[str, Any] = {"Boolean": False, "Int": 0, "Float": 0.0, "UnsignedInt64": "0", "String": "", "BigInt": "0"}
NOTHING |= {"DateTime": "2026-01-01T00:00:00Z", "URL": "https://example.com/", "HTML": "", "Decimal": "0.0"}
NOTHING |= {"Money": "0.00", "JSON": None, "Date": "2026-01-01", "CurrencyCode": "EUR", "ID": ""}


@cache
def schema() -> GraphQLSchema:
    """The schema, built once a process (a fifth of a second)."""
    built = build_schema((Path(__file__).parent / "schema.graphql").read_text(), assume_valid=True)
    for named in built.type_map.values():
        if isinstance(named, GraphQLObjectType) and not named.name.startswith("__"):
            for name, field in named.fields.items():
                field.resolve = _resolver(named, name, field)
        elif isinstance(named, (GraphQLInterfaceType, GraphQLUnionType)):
            named.resolve_type = _type_of
    return built


def _type_of(value: Any, *_: Any) -> str:
    return str(value["__typename"])


def _resolver(owner: GraphQLObjectType, name: str, field: GraphQLField) -> Any:
    found = RESOLVERS.get((owner.name, name))
    base = get_named_type(field.type)
    is_list = base.name.endswith("Connection") and owner.name != "Mutation"
    scopes = access.for_mutation(name) if owner.name == "Mutation" else access.for_type(base.name)
    nothing = _nothing(field.type)
    weight = cost.weight(owner, name, base)
    if owner.name == "Mutation":
        return _mutation(name, found, scopes, base)

    def resolve(source: Any, info: GraphQLResolveInfo[Any], /, **args: Any) -> Any:
        ctx: Context = info.context
        if scopes:
            access.check(ctx, scopes, name)
        if found is not None:
            value = found(source, ctx, args)
        elif isinstance(source, dict):
            value = source.get(name)
        else:
            value = None
        if name in ("id", "legacyResourceId") and isinstance(value or source.get("id"), int):
            number = source["id"] if value is None else value
            value = gid(owner.name, number) if name == "id" else str(number)
        if is_list and not isinstance(value, dict):
            value = (
                _whole(ctx, owner.name, info, value or [], args) if ctx.everything else page(value or [], args, name)
            )
        if value is None and nothing is not None:
            value = nothing if base.name != "MoneyBag" else f"0.00 {ctx.shop.currency}"
        if weight is not None and value is not None:
            ctx.spent += weight(ctx, len(value) if isinstance(value, list) else 1)
        return value

    return resolve


def _whole(ctx: Context, owner: str, info: GraphQLResolveInfo[Any], value: Any, args: dict[str, Any]) -> Any:
    """A list for a bulk operation: of the root's a part, of others all."""
    if owner != "QueryRoot":
        return whole(value, args)
    rows = ctx.pinned.setdefault(info.path.key, list(reversed(value)) if args.get("reverse") else list(value))
    return whole(rows[ctx.start : ctx.start + PART], {})


def _mutation(name: str, found: Any, scopes: tuple[str, ...], payload: Any) -> Any:
    errors = [field for field in payload.fields if field.endswith("serErrors")]

    def resolve(source: Any, info: GraphQLResolveInfo[Any], /, **args: Any) -> Any:
        ctx: Context = info.context
        ctx.spent += cost.MUTATION
        access.check(ctx, scopes, name)
        _limit(args, name)
        ctx.idempotency_key = _key(info)
        try:
            with ctx.shop.attempt():
                return found(args, ctx, args)
        except Refused as refused:
            return {field: [refused.error] for field in errors}

    return resolve if found is not None else _unknown(name)


def _unknown(name: str) -> Any:
    def resolve(source: Any, info: GraphQLResolveInfo[Any], /, **args: Any) -> Any:
        raise Denied(f"the sandbox does not play {name}", "INTERNAL_SERVER_ERROR")

    return resolve


def _key(info: GraphQLResolveInfo[Any]) -> str | None:
    directive = info.schema.get_directive("idempotent")
    found = get_directive_values(directive, info.field_nodes[0], info.variable_values) if directive else None
    return str(found["key"]) if found else None


def _limit(value: Any, name: str) -> None:
    """Refuse input lists above 250, but for the variants of a product that is set as a whole."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not (key == "variants" and name == "productSet"):
                _limit(item, name)
    elif isinstance(value, list):
        if len(value) > MAX_PAGE:
            words = f"The input array size of {len(value)} is greater than the maximum allowed of {MAX_PAGE}."
            raise Denied(words, "MAX_INPUT_SIZE_EXCEEDED")
        for item in value:
            _limit(item, name)


def _nothing(kind: Any) -> Any:
    if not isinstance(kind, GraphQLNonNull):
        return None
    inner = kind.of_type
    if isinstance(inner, GraphQLList):
        return ()
    if isinstance(inner, GraphQLScalarType):
        return NOTHING.get(inner.name, "")
    if isinstance(inner, GraphQLEnumType):
        return next(iter(inner.values))
    return {} if isinstance(inner, GraphQLObjectType) else None
