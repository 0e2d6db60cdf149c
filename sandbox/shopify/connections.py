"""Pages of lists: ``first``/``after``/``last``/``before`` with cursors that stay right while the list changes."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from ..store import Doc
from .resolving import Denied

MAX_PAGE = 250
Key = Callable[[Any], Any]


class Sorted(list[Any]):
    """A list in the order of a key, first to last; ``reverse`` gives it the other way round."""

    def __init__(self, items: Sequence[Any], key: Key, reverse: bool = False) -> None:
        super().__init__(items)
        self.key = key
        self.backwards = reverse


def by_id(items: Sequence[Doc], reverse: bool = False) -> Sorted:
    """A list in the order of its ids."""
    return Sorted(sorted(items, key=_id), _id, reverse)


def _id(doc: Doc) -> int:
    return int(doc["id"])


def page(items: Sequence[Any], args: dict[str, Any], field: str = "") -> Doc:
    """A connection: a page of a list, as the arguments ask for it.

    :raise Denied: without ``first`` and ``last``, for more than 250, or for a cursor that is none.
    """
    first, last = args.get("first"), args.get("last")
    if first is None and last is None:
        raise Denied(f"you must provide one of first or last for {field}", "BAD_REQUEST")
    for count in (first, last):
        if count is not None and count > MAX_PAGE:
            raise Denied(f"{field} cannot exceed {MAX_PAGE}", "BAD_REQUEST")
        if count is not None and count < 0:
            raise Denied(f"{field} cannot be negative", "BAD_REQUEST")
    if not isinstance(items, Sorted):
        items = Sorted(range(len(items)), lambda index: index) if not items else _indexed(items, args)
    elif args.get("reverse") and not items.backwards:
        items = Sorted(items, items.key, True)
    start, end = 0, len(items)
    for name in ("after", "before"):
        if args.get(name):
            key = _read(args[name])
            below = (name == "after") != items.backwards
            place = (bisect_right if below else bisect_left)(items, key, key=items.key)
            start, end = (max(start, place), end) if below else (start, min(end, place))
    chosen = list(items[start:end])
    if items.backwards:
        chosen.reverse()
    more_after = more_before = False
    if first is not None:
        more_after, chosen = len(chosen) > first, chosen[:first]
    if last is not None:
        more_before, chosen = len(chosen) > last, chosen[len(chosen) - last :] if last else []
    cursors = [_write(items.key(item)) for item in chosen]
    nodes = [item[1] for item in chosen] if isinstance(items, _Indexed) else chosen
    return {
        "nodes": nodes,
        "edges": [{"cursor": cursor, "node": node} for cursor, node in zip(cursors, nodes, strict=True)],
        "pageInfo": {
            "hasNextPage": more_after or (first is None and bool(args.get("before"))),
            "hasPreviousPage": more_before or (last is None and bool(args.get("after"))),
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def whole(items: Sequence[Any], args: dict[str, Any]) -> Doc:
    """A connection with all of a list, for bulk operations."""
    nodes = list(reversed(items)) if args.get("reverse") else list(items)
    return {
        "nodes": nodes,
        "edges": [{"cursor": "", "node": node} for node in nodes],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False},
    }


class _Indexed(Sorted):
    """A list without a key of its own: an item's place is its key."""


def _indexed(items: Sequence[Any], args: dict[str, Any]) -> _Indexed:
    return _Indexed(list(enumerate(items)), lambda pair: pair[0], bool(args.get("reverse")))


def _write(key: Any) -> str:
    return base64.b64encode(json.dumps(key).encode()).decode()


def _read(cursor: str) -> Any:
    try:
        key = json.loads(base64.b64decode(cursor, validate=True))
    except (binascii.Error, ValueError) as error:
        raise Denied("Invalid cursor for current pagination sort.", "BAD_REQUEST") from error
    return tuple(key) if isinstance(key, list) else key
