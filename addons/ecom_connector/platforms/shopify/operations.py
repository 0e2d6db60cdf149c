"""GraphQL documents that this package can send. Each is known here, so that a test holds all to Shopify's schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# What one query may cost at most, and how many items a list in its variables may have (shopify.dev, usage/limits).
MOST_POINTS = 1000
MOST_ITEMS = 250

# A mutation costs ten points unless it says otherwise (shopify.dev, usage/limits); ten leave nothing to guess at.
MUTATION_POINTS = 10.0

OPERATIONS: list[Operation] = []
BATCHES: list[Batch] = []


@dataclass(frozen=True, slots=True)
class Operation:
    """A query or mutation. ``cost`` is what it is expected to take in points until Shopify says; ``repeatable``
    whether sending it twice does no harm."""

    name: str
    text: str
    cost: float
    repeatable: bool


def query(text: str, *, cost: float) -> Operation:
    """A query that is sent as it stands; ``text`` begins with ``query Name``."""
    return _known(Operation(_name(text), text.strip(), cost, True))


def mutation(text: str, *, cost: float = MUTATION_POINTS, repeatable: bool = False) -> Operation:
    """A mutation that is sent as it stands. It is ``repeatable`` where it sets what is to be, or bears a key."""
    return _known(Operation(_name(text), text.strip(), cost, repeatable))


def _known(operation: Operation) -> Operation:
    OPERATIONS.append(operation)
    return operation


def _name(text: str) -> str:
    return text.split("(")[0].split("{")[0].split()[1]


class Batch:
    """One root field, as often in a document as there are things to do, each under an alias and with own variables.

    :param field: the root field, such as ``orderUpdate``
    :param arguments: its arguments with their GraphQL types, such as ``{"input": "OrderInput!"}``
    :param selection: what is asked back, with the braces
    :param cost: points for one
    :param keyed: it bears ``@idempotent``; each row of variables has a ``key``
    :param inner: variables with their types that the selection uses, written ``$name#`` there
    :param fragments: what the selection spreads
    :param errors: where the payload lists what is wrong with what it was given
    """

    def __init__(
        self,
        kind: str,
        field: str,
        arguments: Mapping[str, str],
        selection: str,
        *,
        cost: float = MUTATION_POINTS,
        repeatable: bool = False,
        keyed: bool = False,
        inner: Mapping[str, str] | None = None,
        fragments: str = "",
        errors: str = "userErrors",
    ) -> None:
        self.kind, self.field, self.arguments, self.selection = kind, field, dict(arguments), selection.strip()
        self.cost, self.keyed, self.inner = cost, keyed, dict(inner or {})
        self.fragments, self.errors = fragments.strip(), errors
        self.repeatable = repeatable or keyed or kind == "query"
        BATCHES.append(self)

    @property
    def size(self) -> int:
        """How many go into one document, with room for a cost that was expected too low."""
        return max(1, min(50, int(MOST_POINTS * 0.8 / self.cost)))

    def operation(self, count: int) -> Operation:
        declared, fields = [], []
        for index in range(count):
            declared += [f"${name}{index}: {kind}" for name, kind in {**self.arguments, **self.inner}.items()]
            given = ", ".join(f"{name}: ${name}{index}" for name in self.arguments)
            key = ""
            if self.keyed:
                declared.append(f"$key{index}: String!")
                key = f" @idempotent(key: $key{index})"
            selection = self.selection.replace("#", str(index))
            fields.append(f"  r{index}: {self.field}({given}){key} {selection}")
        name = self.field[:1].upper() + self.field[1:]
        text = "\n".join(
            [
                f"{self.kind} {name}({', '.join(declared)}) {{",
                *fields,
                "}",
                *([self.fragments] if self.fragments else []),
            ]
        )
        return Operation(name, text, self.cost * count, self.repeatable)

    def variables(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The variables of a document for these rows, each with the arguments by name (and a ``key``)."""
        names = [*self.arguments, *self.inner, *(["key"] if self.keyed else [])]
        return {f"{name}{index}": row.get(name) for index, row in enumerate(rows) for name in names}
