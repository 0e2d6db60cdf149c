"""What a bulk query may look like, and its answer as lines: each node of a connection one, children apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    get_named_type,
    visit,
)

from ..store import Doc
from .resolving import Refused

MOST_CONNECTIONS = 5
DEEPEST = 2


def _fields(
    schema: GraphQLSchema, selection: SelectionSetNode | None, parent: Any
) -> Iterator[tuple[FieldNode, Any, Any]]:
    """The fields of a selection with the types that have them and that they have."""
    for node in selection.selections if selection else ():
        if isinstance(node, FieldNode):
            field = getattr(parent, "fields", {}).get(node.name.value)
            if field is not None:
                yield node, parent, field.type
        elif isinstance(node, InlineFragmentNode):
            named = node.type_condition
            yield from _fields(schema, node.selection_set, schema.get_type(named.name.value) if named else parent)


def inlined(operation: OperationDefinitionNode, document: DocumentNode) -> OperationDefinitionNode:
    """An operation with the fragments written out that it spreads."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}

    class Inliner(Visitor):
        def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> Any:
            fragment = visit(fragments[node.name.value], self)
            return InlineFragmentNode(
                type_condition=fragment.type_condition, selection_set=fragment.selection_set, directives=()
            )

    found: OperationDefinitionNode = visit(operation, Inliner())
    return found


def _is_list(kind: Any) -> bool:
    kind = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    return isinstance(kind, GraphQLList)


def _name(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value


def check(schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
    """Refuse what the vendor refuses in bulk queries.

    :raise Refused: with the code ``INVALID``.
    """
    found = _count(schema, operation.selection_set, schema.query_type, 0, False)
    if not found:
        raise Refused("Bulk queries must contain at least one connection.", ["query"], "INVALID")
    if found > MOST_CONNECTIONS:
        raise Refused("Bulk queries cannot contain more than 5 connections.", ["query"], "INVALID")


def _count(schema: GraphQLSchema, selection: SelectionSetNode | None, parent: Any, depth: int, in_list: bool) -> int:
    total, rows = 0, list(_fields(schema, selection, parent))
    names = {node.name.value for node, _, _ in rows}
    for node, _, kind in rows:
        base = get_named_type(kind)
        connection = base.name.endswith("Connection")
        if connection:
            if in_list:
                words = "Queries that contain a connection field within a list field are not currently supported."
                raise Refused(words, ["query"], "INVALID")
            if depth > DEEPEST:
                words = "Bulk queries cannot contain connections with a nesting depth greater than 2."
                raise Refused(words, ["query"], "INVALID")
            if depth and "id" not in names:
                words = "The parent 'node' field for a nested connection must select the 'id' field without an alias"
                raise Refused(words, ["query"], "INVALID")
            total += 1
        listed = _is_list(kind) and not base.name.endswith("Edge") and not parent.name.endswith("Connection")
        total += _count(schema, node.selection_set, base, depth + connection, listed)
    return total


def lines(schema: GraphQLSchema, operation: OperationDefinitionNode, data: Doc) -> Iterator[tuple[bool, Doc]]:
    """The lines of an answer, each with whether it is a child; children follow their parents."""
    yield from _lines(schema, operation.selection_set, schema.query_type, data, None)


def _lines(
    schema: GraphQLSchema, selection: SelectionSetNode | None, parent: Any, data: Doc, parent_id: str | None
) -> Iterator[tuple[bool, Doc]]:
    """The lines of the connections in a selection; they are taken out of the data."""
    for node, _, kind in list(_fields(schema, selection, parent)):
        name, base = _name(node), get_named_type(kind)
        value = data.get(name)
        if base.name.endswith("Connection"):
            data.pop(name, None)
            for row, shape, row_type in _nodes(schema, node, base, value or {}):
                children = list(_lines(schema, shape, row_type, row, row.get("id")))
                yield parent_id is not None, {**row, **({"__parentId": parent_id} if parent_id else {})}
                yield from children
        elif isinstance(value, dict):
            yield from _lines(schema, node.selection_set, base, value, parent_id)


def _nodes(schema: GraphQLSchema, node: FieldNode, base: Any, value: Doc) -> Iterator[tuple[Doc, Any, Any]]:
    for inner, _, kind in _fields(schema, node.selection_set, base):
        if inner.name.value == "nodes":
            for row in value.get(_name(inner)) or ():
                yield row, inner.selection_set, get_named_type(kind)
        elif inner.name.value == "edges":
            edge = get_named_type(kind)
            for deep, _, deep_kind in _fields(schema, inner.selection_set, edge):
                if deep.name.value == "node":
                    for row in value.get(_name(inner)) or ():
                        yield row[_name(deep)], deep.selection_set, get_named_type(deep_kind)
