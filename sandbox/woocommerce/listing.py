"""Filters and order that lists of documents share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from . import dates
from .shop import Shop

Doc = dict[str, Any]


def select(shop: Shop, docs: Iterable[Doc], args: Mapping[str, Any]) -> list[Doc]:
    """The documents within ``include``, ``exclude`` and the date bounds.

    Bounds are compared with the shop's local time unless ``dates_are_gmt``, strictly, to the second (observed on
    WooCommerce 10.9.1).
    """
    found = list(docs)
    if args.get("include"):
        wanted = set(args["include"])
        found = [doc for doc in found if doc["id"] in wanted]
    if args.get("exclude"):
        unwanted = set(args["exclude"])
        found = [doc for doc in found if doc["id"] not in unwanted]
    for name, key, later in (
        ("after", "created", True),
        ("before", "created", False),
        ("modified_after", "modified", True),
        ("modified_before", "modified", False),
    ):
        if args.get(name):
            bound = dates.parse(args[name], shop.zone)
            if not args["dates_are_gmt"]:
                bound = dates.to_gmt(bound, shop.zone)
            found = [doc for doc in found if (doc[key] > bound if later else doc[key] < bound)]
    return found


SORT_KEYS: dict[str, Callable[[Doc], Any]] = {
    "date": lambda doc: (doc["created"], doc["id"]),
    "id": lambda doc: doc["id"],
    "title": lambda doc: str(doc.get("name") or doc["id"]).casefold(),
    "slug": lambda doc: str(doc.get("slug") or doc["id"]),
}


def arrange(
    docs: list[Doc], args: Mapping[str, Any], more: Mapping[str, Callable[[Doc], Any]] | None = None
) -> list[Doc]:
    """The documents in the order asked for; those modified in the same second come by id."""
    by, descending = args["orderby"], args["order"] == "desc"
    if by == "include" and args.get("include"):
        place = {key: index for index, key in enumerate(args["include"])}
        return sorted(docs, key=lambda doc: place[doc["id"]])
    if by == "modified":
        return sorted(sorted(docs, key=lambda doc: doc["id"]), key=lambda doc: doc["modified"], reverse=descending)
    key = (more or {}).get(by) or SORT_KEYS.get(by, SORT_KEYS["date"])
    return sorted(docs, key=key, reverse=descending)
