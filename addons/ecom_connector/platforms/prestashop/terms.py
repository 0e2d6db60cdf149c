"""PrestaShop's categories, tags and manufacturers: found by their names, else made; attributes are found alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..catalogue import TermDocument
from ..errors import PlatformError
from ..values import identifier, text
from ..words import _
from .answers import RIGHT_CODES
from .catalogue import FEATURE_PREFIX
from .catalogue_reader import ROWS, CatalogueReader
from .catalogue_settings import Settings, in_language
from .features import same
from .product_body import clean_name, clean_value, slug
from .publishing_calls import Writer

Raw = dict[str, Any]
Place = tuple[str, ...]

_RESOURCES = {"category": "categories", "tag": "tags", "brand": "manufacturers"}
# A tag's name, and a manufacturer's (the vendor's synopsis).
_LONGEST = {"category": 128, "tag": 32, "brand": 64}


def read(reader: CatalogueReader, kind: str) -> list[TermDocument]:
    """All that the shop has of a kind, by the five hundred.

    :raises PlatformError: when the shop cannot be asked
    """
    if kind == "attribute":
        return [TermDocument(key, name) for name, key in _attributes(reader)]
    rows = _rows(reader, kind)
    above = (reader.settings.home, reader.settings.root)
    return [
        TermDocument(key, names[-1], names[:-1])
        for key in rows
        if key not in above and (names := _names(key, rows, reader.settings))
    ]


def resolve(reader: CatalogueReader, kind: str, terms: Sequence[TermDocument]) -> list[TermDocument]:
    """The shop's own for each, in order; one that the shop will not make has no id.

    A call for each five hundred that the shop has, and one for each hundred that it lacks, of one level of the tree at
    a time. An attribute is only looked for: whether it becomes an attribute or a feature depends on the product.

    :raises PlatformError: for a kind that the shop does not have, and when it cannot be asked
    """
    if not terms:
        return []
    if kind == "attribute":
        known: dict[str, str] = {}
        for name, key in _attributes(reader):
            known.setdefault(same(name), key)
        return [TermDocument(known.get(same(term.name), ""), term.name) for term in terms]
    if kind not in _RESOURCES:
        raise PlatformError("unsupported", _("This shop has no %(kind)s.", kind=kind))
    ids = _Tree(reader, kind).ids(terms)
    return [TermDocument(ids.get(_place((*term.path, term.name)), ""), term.name, term.path) for term in terms]


class _Tree:
    """The terms of one kind by their places; tags and manufacturers have one level."""

    def __init__(self, reader: CatalogueReader, kind: str) -> None:
        self.reader = reader
        self.kind = kind
        self.settings = reader.settings
        self.known = self._read()

    def ids(self, terms: Sequence[TermDocument]) -> dict[Place, str]:
        names: dict[Place, str] = {}
        for term in terms:
            whole = (*term.path, term.name) if self.kind == "category" else (term.name,)
            for length in range(1, len(whole) + 1):
                names.setdefault(_place(whole[:length]), whole[length - 1])
        writer = Writer(self.reader.client)
        for length in range(1, max(map(len, names), default=0) + 1):
            # A term whose parent was refused is not made elsewhere.
            level = [
                place
                for place in names
                if len(place) == length
                and place not in self.known
                and all(place)
                and (length == 1 or place[:-1] in self.known)
            ]
            records = [self._record(names[place], place) for place in level]

            def find(numbers: Sequence[int], level: Sequence[Place] = level) -> dict[int, Raw]:
                there = self._read()
                return {number: {"id": there[level[number]]} for number in numbers if level[number] in there}

            for place, outcome in zip(level, writer.create(_RESOURCES[self.kind], records, find), strict=True):
                if not isinstance(outcome, PlatformError):
                    self.known[place] = identifier(outcome.get("id"))
                elif outcome.retry:
                    raise outcome
        return self.known

    def _read(self) -> dict[Place, str]:
        rows = _rows(self.reader, self.kind)
        found: dict[Place, str] = {}
        for key in rows:
            if key not in (self.settings.home, self.settings.root) or self.kind != "category":
                found.setdefault(_place(_names(key, rows, self.settings)), key)
        return found

    def _record(self, name: str, place: Place) -> Raw:
        longest = _LONGEST[self.kind]
        if self.kind == "tag":
            return {"id_lang": self.settings.language, "name": clean_value(name, longest)}
        if self.kind == "brand":
            return {"active": "1", "name": clean_name(name, longest)}
        return {
            "id_parent": self.known[place[:-1]] if len(place) > 1 else self.settings.home,
            "active": "1",
            "name": dict.fromkeys(self.settings.languages, clean_name(name, longest)),
            "link_rewrite": dict.fromkeys(self.settings.languages, slug(name)),
        }


def _rows(reader: CatalogueReader, kind: str) -> dict[str, Raw]:
    display = {"category": ("id", "id_parent", "name"), "tag": "full", "brand": ("id", "name")}[kind]
    filters = {"id_lang": f"[{reader.settings.language}]"} if kind == "tag" else {}
    rows = reader.client.pages(_RESOURCES[kind], filters, display=display, count=ROWS)
    return {identifier(row.get("id")): row for row in rows}


def _names(key: str, rows: Mapping[str, Raw], settings: Settings) -> tuple[str, ...]:
    """Names from the top; a parent that is gone, or a circle, ends the way up."""
    names: list[str] = []
    seen = {settings.home, settings.root}
    while key in rows and key not in seen:
        seen.add(key)
        names.append(in_language(rows[key].get("name"), settings.language))
        key = identifier(rows[key].get("id_parent"))
    return tuple(reversed(names))


def _attributes(reader: CatalogueReader) -> list[tuple[str, str]]:
    """``(name, id)`` of attributes, then of features, whose ids say so; none where the key may not see them."""
    found = []
    for resource, prefix in (("product_options", ""), ("product_features", FEATURE_PREFIX)):
        try:
            rows = reader.whole(resource)
        except PlatformError as error:
            if error.code not in RIGHT_CODES:
                raise
            continue
        for key, row in rows.items():
            if name := in_language(row.get("name"), reader.settings.language):
                found.append((text(name), prefix + key))
    return found


def _place(names: Sequence[str]) -> Place:
    return tuple(" ".join(clean_name(name).casefold().split()) for name in names)
