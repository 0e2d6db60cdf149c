"""Root lists: searched, sorted and kept ready until a document of their kind changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..store import Doc
from .connections import Sorted
from .resolving import Context
from .search import Field, compiled

STAMPS = {
    "created_at": Field("time", lambda doc: doc.get("createdAt")),
    "updated_at": Field("time", lambda doc: doc.get("updatedAt")),
    "id": Field("number", lambda doc: doc["id"]),
}
TIMES = {"CREATED_AT": lambda doc: doc.get("createdAt", ""), "UPDATED_AT": lambda doc: doc.get("updatedAt", "")}


@dataclass(frozen=True)
class Listing:
    """How a kind of documents is listed.

    :param fields: what it can be searched by, besides its dates and id.
    :param sorts: what it can be sorted by, besides its dates and id.
    :param words: the text that bare words are looked for in.
    """

    kind: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    sorts: Mapping[str, Callable[[Doc], Any]] = field(default_factory=dict)
    words: Callable[[Doc], str] = lambda doc: ""

    def find(
        self, ctx: Context, args: Mapping[str, Any], only: Callable[[Doc], bool] | None = None, only_key: Any = None
    ) -> Sorted:
        """The documents that the arguments ask for.

        :param only: a further test; ``only_key`` tells it from others.
        """
        query, sort = args.get("query") or "", args.get("sortKey") or "ID"
        warnings: list[Doc] = []

        def make() -> tuple[Sorted, list[Doc]]:
            test = compiled(query, {**STAMPS, **self.fields}, self.words, warnings)
            value = self.sorts.get(sort) or TIMES.get(sort)
            key = (lambda doc: (value(doc), doc["id"])) if value else (lambda doc: (doc["id"],))
            docs = ctx.shop.all(self.kind).values()
            found = [doc for doc in docs if test(doc) and (only is None or only(doc))]
            return Sorted(sorted(found, key=key), key), warnings

        found, warned = ctx.shop.ready(self.kind, ("list", query, sort, only_key), make)
        if warned:
            ctx.warnings.append({"path": [self.kind], "query": query, "warnings": warned})
        return Sorted(found, found.key, True) if args.get("reverse") else found


def count(found: Sorted, limit: int | None = None) -> Doc:
    """A ``Count``: exact, or at least the limit."""
    over = limit is not None and len(found) > limit
    return {"count": limit if over else len(found), "precision": "AT_LEAST" if over else "EXACT"}
