"""Shopify's schemas, built once a run (five seconds each), and what they say of costs and permissions."""

from __future__ import annotations

import gzip
import json
import math
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    build_client_schema,
    get_named_type,
    is_composite_type,
    parse,
    visit,
)

VERSIONS = ("2026-07", "2026-10")

# Mutations that Shopify refuses without a key since 2026-04, though their schema does not say so.
KEYED = frozenset(
    (
        "inventoryActivate",
        "inventoryAdjustQuantities",
        "inventoryMoveQuantities",
        "inventorySetOnHandQuantities",
        "inventorySetQuantities",
        "inventoryShipmentAddItems",
        "inventoryShipmentCreate",
        "inventoryShipmentCreateInTransit",
        "inventoryShipmentReceive",
        "inventoryTransferCreate",
        "inventoryTransferCreateAsReadyToShip",
        "inventoryTransferDuplicate",
        "inventoryTransferSetItems",
        "locationActivate",
        "locationDeactivate",
        "refundCreate",
    )
)


@cache
def contract(folder: Path, version: str) -> dict[str, Any]:
    with gzip.open(folder / "shopify" / f"admin_{version}.json.gz") as file:
        found: dict[str, Any] = json.load(file)
    return found


@cache
def schema(folder: Path, version: str) -> GraphQLSchema:
    return build_client_schema(contract(folder, version)["data"], assume_valid=True)


def cost(schema: GraphQLSchema, text: str, variables: dict[str, Any]) -> float:
    """What Shopify would ask for a query before it runs: an object a point, a mutation ten, a connection its rows'
    cost times a logarithm of their number (measured: 250 variants with their items ask 25 points)."""
    document = parse(text)
    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    root = schema.get_root_type(operation.operation)
    return math.ceil(_cost(schema, operation.selection_set, root, variables, document))


def _cost(schema: GraphQLSchema, selections: SelectionSetNode, parent: Any, variables: Any, whole: Any) -> float:
    total, branches = 0.0, [0.0]
    for node in selections.selections:
        if isinstance(node, InlineFragmentNode):
            inner = schema.type_map[node.type_condition.name.value] if node.type_condition else parent
            branches.append(_cost(schema, node.selection_set, inner, variables, whole))
        elif isinstance(node, FragmentSpreadNode):
            total += next(
                _cost(schema, found.selection_set, schema.type_map[found.type_condition.name.value], variables, whole)
                for found in whole.definitions
                if isinstance(found, FragmentDefinitionNode) and found.name.value == node.name.value
            )
        elif isinstance(node, FieldNode) and not node.name.value.startswith("__"):
            kind = get_named_type(parent.fields[node.name.value].type)
            if not is_composite_type(kind):
                continue
            assert node.selection_set
            if kind.name.endswith("Connection"):
                size = _size(node, variables)
                rows = sum(
                    1 + _cost(schema, inner.selection_set, get_named_type(kind.fields["nodes"].type), variables, whole)
                    for inner in node.selection_set.selections
                    if isinstance(inner, FieldNode) and inner.name.value == "nodes" and inner.selection_set
                )
                total += rows * (1 + 2 * math.log(size))
            else:
                own = 10 if parent is schema.mutation_type else 1
                total += own + _cost(schema, node.selection_set, kind, variables, whole)
    return total + max(branches)


def _size(node: FieldNode, variables: dict[str, Any]) -> int:
    value = next(argument.value for argument in node.arguments if argument.name.value in ("first", "last"))
    if isinstance(value, VariableNode):
        return int(variables.get(value.name.value.rstrip("0123456789"), variables.get(value.name.value, 1)))
    assert isinstance(value, IntValueNode)
    return int(value.value)


def scopes_needed(folder: Path, text: str) -> list[frozenset[str]]:
    """For each type and field that a document uses and that Shopify guards, the scopes of which one is enough."""
    version = VERSIONS[-1]
    guarded: dict[tuple[str, str], frozenset[str]] = {}
    for item in contract(folder, version)["offline_scopes"]["items"]:
        if item["offlineScopes"]:
            guarded[item["typeName"], item.get("fieldName") or ""] = frozenset(item["offlineScopes"])
    needed: set[frozenset[str]] = set()
    info = TypeInfo(schema(folder, version))

    class Used(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            parent = info.get_parent_type()
            found = get_named_type(info.get_type())
            for key in ((parent.name if parent else "", node.name.value), (found.name if found else "", "")):
                if key in guarded:
                    needed.add(guarded[key])

    visit(parse(text), TypeInfoVisitor(info, Used()))
    return sorted(needed, key=sorted)
