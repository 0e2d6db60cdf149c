"""Medusa's categories, tags and collections: found by their names, else made, one call each as Medusa has no batch.

A product is in one collection at most, which is the nearest that Medusa has to a brand.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..catalogue import TermDocument
from ..errors import PlatformError
from ..values import identifier, text
from ..words import _
from .client import MedusaClient

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """Where a kind of term is, and what its name is called there."""

    path: str
    listed: str
    single: str
    name: str
    parent: str = ""


KINDS: Mapping[str, Kind] = {
    "category": Kind(
        "product-categories", "product_categories", "product_category", "name", parent="parent_category_id"
    ),
    "tag": Kind("product-tags", "product_tags", "product_tag", "value"),
    "brand": Kind("collections", "collections", "collection", "title"),
}


def read_terms(client: MedusaClient, kind: str) -> list[TermDocument]:
    """All of a kind with the names above each, a hundred a call."""
    found = _kind(kind)
    rows = _rows(client, found)
    return [TermDocument(key, place[-1], place[:-1]) for key in rows if (place := _names(key, rows, found))]


def resolve(client: MedusaClient, kind: str, terms: Sequence[TermDocument]) -> list[TermDocument]:
    """The shop's own for each, in order; one that the shop will not make has no id.

    What variants differ by is each product's own, so that attributes have no ids.
    """
    if not terms or kind == "attribute":
        return [TermDocument("", term.name, term.path) for term in terms]
    found = _kind(kind)
    rows = _rows(client, found)
    ids: dict[Place, str] = {}
    for key in rows:
        ids.setdefault(_plain(_names(key, rows, found)), key)
    refused: set[Place] = set()
    for term in terms:
        whole = (*term.path, term.name) if found.parent else (term.name,)
        for length in range(1, len(whole) + 1):
            place = _plain(whole[:length])
            if place in ids or place in refused:
                continue
            if length > 1 and place[:-1] not in ids:
                break
            made = _make(client, found, whole[length - 1], ids.get(place[:-1], ""))
            if made:
                ids[place] = made
            else:
                refused.add(place)
    places = [_plain((*term.path, term.name) if found.parent else (term.name,)) for term in terms]
    return [TermDocument(ids.get(place, ""), term.name, term.path) for place, term in zip(places, terms, strict=True)]


def _make(client: MedusaClient, kind: Kind, name: str, parent: str) -> str:
    """:raises PlatformError: but for what the shop will not have, which gives no id"""
    body: dict[str, Any] = {kind.name: name}
    if kind.parent:
        # A new category is neither shown nor used by itself.
        body |= {"is_active": True, "is_internal": False} | ({kind.parent: parent} if parent else {})
    try:
        answer = client.post(kind.path, body)
    except PlatformError as error:
        if error.retry or error.in_doubt or error.status in (401, 403):
            raise
        return ""
    row = answer.get(kind.single) if isinstance(answer, Mapping) else None
    return identifier(row.get("id")) if isinstance(row, Mapping) else ""


def _kind(kind: str) -> Kind:
    if kind not in KINDS:
        raise PlatformError("unsupported", _("This shop has no %(kind)s.", kind=kind))
    return KINDS[kind]


def _rows(client: MedusaClient, kind: Kind) -> dict[str, dict[str, Any]]:
    fields = ",".join(filter(None, ("id", kind.name, kind.parent)))
    listed = client.pages(kind.path, kind.listed, {"fields": fields, "order": "id"})
    return {identifier(row.get("id")): row for row in listed}


def _names(key: str, rows: Mapping[str, Mapping[str, Any]], kind: Kind) -> Place:
    """Names from the top; a parent that is gone, or a circle, ends the way up."""
    names: list[str] = []
    seen: set[str] = set()
    while key in rows and key not in seen:
        seen.add(key)
        names.append(text(rows[key].get(kind.name)))
        key = identifier(rows[key].get(kind.parent)) if kind.parent else ""
    return tuple(reversed(names))


def _plain(place: Place) -> Place:
    return tuple(" ".join(unicodedata.normalize("NFC", name).casefold().split()) for name in place)
