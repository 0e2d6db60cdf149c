"""Where resolvers are written down: each module says of which type's field it is the answer.

A resolver takes the document, the context of the request and the arguments. What it returns for a connection is the
whole list; paging is done for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..store import Doc
from .shop import Shop

Resolver = Callable[[Any, "Context", dict[str, Any]], Any]
Loader = Callable[[Shop, int], Any]
PART = 300
RESOLVERS: dict[tuple[str, str], Resolver] = {}
LOADERS: dict[str, Loader] = {}


@dataclass
class Context:
    """A request: the shop, what its token may do, and what it has cost.

    :param everything: lists are given whole, without pages; those of the root in parts of :data:`PART` from ``start``,
        and as they were at first (``pinned``).
    """

    shop: Shop
    scopes: frozenset[str]
    version: str = "2026-10"
    token: Doc = field(default_factory=dict)
    spent: int = 0
    warnings: list[Doc] = field(default_factory=list)
    kept: dict[Any, Any] = field(default_factory=dict)
    idempotency_key: str | None = None
    everything: bool = False
    start: int = 0
    pinned: dict[Any, Any] = field(default_factory=dict)

    def keep(self, key: Any, make: Callable[[], Any]) -> Any:
        """What was made once in this request."""
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]


class Refused(Exception):
    """Ends a mutation with ``userErrors``.

    :param field: the path of the input at fault.
    """

    def __init__(self, message: str, field: list[str] | None = None, code: str | None = None, **more: Any) -> None:
        super().__init__(message)
        self.error = {"message": message, "field": field, "code": code, **more}


class Denied(Exception):
    """Ends a field with an error at the top of the answer, such as ``ACCESS_DENIED``."""

    def __init__(self, message: str, code: str, **more: Any) -> None:
        super().__init__(message)
        self.extensions = {"code": code, **more}


def answers(type_name: str, *names: str) -> Callable[[Resolver], Resolver]:
    """Make a function the resolver of fields."""

    def register(function: Resolver) -> Resolver:
        for name in names:
            RESOLVERS[type_name, name] = function
        return function

    return register


def query(*names: str) -> Callable[[Resolver], Resolver]:
    """Make a function the resolver of root fields."""
    return answers("QueryRoot", *names)


def mutation(*names: str) -> Callable[[Resolver], Resolver]:
    """Make a function the resolver of a mutation: it returns the payload without its errors, or raises Refused."""
    return answers("Mutation", *names)


def loads(type_name: str) -> Callable[[Loader], Loader]:
    """Make a function what finds a node by its number."""

    def register(function: Loader) -> Loader:
        LOADERS[type_name] = function
        return function

    return register


def plain(type_name: str, kind: str) -> None:
    """The nodes of a type are the documents of a kind."""
    LOADERS[type_name] = lambda shop, number: shop.peek(kind, number)
