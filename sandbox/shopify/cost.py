"""What a query costs: estimated from its text before it runs, counted while it runs, and the bucket it is paid from.

The vendor's rules: an object 1, scalars nothing, a mutation 10, a connection by its page's size. It grows with the
logarithm of the size: a node's cost times 1 + 2 ln(size), by what was measured at the real API (a page of 250 variants
with their items asks for 25 points).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)
from graphql.execution.values import get_argument_values, get_directive_values
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective

from .resolving import Context

MUTATION = 10
Weight = Callable[[Context, int], int]


def weight(owner: GraphQLNamedType, name: str, base: GraphQLNamedType) -> Weight | None:
    """What a field's objects cost, by how many came."""
    if not isinstance(base, (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType)):
        return None
    if base.name.endswith("Edge") or base.name == "PageInfo":
        return None
    if base.name.endswith("Connection"):
        return None
    return lambda ctx, count: count


def of_page(size: int, node: float) -> float:
    """What a page costs, by its size and a node's cost."""
    return node * (1 + 2 * math.log(size)) if size > 1 else node * size


class Estimate:
    """The cost of an operation, worked out from its text."""

    def __init__(
        self, schema: GraphQLSchema, ctx: Context, fragments: Mapping[str, FragmentDefinitionNode], values: Any
    ) -> None:
        self.schema = schema
        self.ctx = ctx
        self.fragments = fragments
        self.values = values

    def of(self, operation: OperationDefinitionNode) -> int:
        """The operation's cost."""
        root = self.schema.get_root_type(operation.operation)
        return round(self._set(operation.selection_set, root)) if root else 0

    def _set(self, selection: SelectionSetNode | None, parent: Any) -> float:
        total, branches = 0.0, [0.0]
        for node in selection.selections if selection else ():
            if self._left_out(node):
                continue
            if isinstance(node, FieldNode):
                total += self._field(node, parent)
                continue
            inner: Any = self.fragments[node.name.value] if hasattr(node, "name") else node
            named = inner.type_condition
            kind = self.schema.get_type(named.name.value) if named else parent
            found = self._set(inner.selection_set, kind)
            if kind is parent or kind is None:
                total += found
            else:
                branches.append(found)
        return total + max(branches)

    def _left_out(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.values)
        include = get_directive_values(GraphQLIncludeDirective, node, self.values)
        return bool(skip and skip["if"]) or bool(include and not include["if"])

    def _field(self, node: FieldNode, parent: Any) -> float:
        field = getattr(parent, "fields", {}).get(node.name.value)
        if field is None:
            return 0
        base = get_named_type(field.type)
        if parent.name == "Mutation":
            return MUTATION
        own = weight(parent, node.name.value, base)
        inner = self._set(node.selection_set, base)
        if base.name.endswith("Connection"):
            args = get_argument_values(field, node, self.values)
            return of_page(int(args.get("first") or args.get("last") or 0), inner)
        if base.name.endswith("Edge") or base.name == "PageInfo":
            return inner
        return (own(self.ctx, 1) if own else 0) + inner


class Bucket:
    """The points of one app at one shop, that fill up again with time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._level: float | None = None
        self._at = 0.0

    def status(self, settings: Mapping[str, Any], now: float, taken: float = 0) -> dict[str, float] | None:
        """Take points out and say what is left; ``None`` when there are not enough. Negative points are given back."""
        with self._lock:
            full, rate = float(settings["bucket"]), float(settings["restore_rate"])
            level = full if self._level is None else min(full, self._level + max(0.0, now - self._at) * rate)
            self._at = now
            enough = taken <= level
            self._level = min(full, level - taken) if enough else level
            if not enough:
                return None
            return {"maximumAvailable": full, "currentlyAvailable": float(int(self._level)), "restoreRate": rate}
