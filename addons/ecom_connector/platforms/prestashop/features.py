"""Attributes, features and their values on a shop: found by their names, else made.

What variants differ by is an attribute to PrestaShop (``product_options``), what a product merely is a feature
(``product_features``); each has values of its own, and one name may be both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import PlatformError
from ..publishing import ListingChange
from ..values import identifier, text
from .catalogue import FEATURE_PREFIX
from .catalogue_reader import ROWS, CatalogueReader
from .client import sets
from .product_body import clean_value
from .publishing_calls import Writer

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Kind:
    """Where names and values of a kind are kept, and what a value says whose it is by."""

    names: str
    values: str
    owner: str
    value: str
    longest: int


OPTIONS = _Kind("product_options", "product_option_values", "id_attribute_group", "name", 128)
FEATURES = _Kind("product_features", "product_feature_values", "id_feature", "value", 255)


class NamedValues:
    """Ids by name, for one run of changes: two calls for each kind, and two more where something is missing."""

    def __init__(self, reader: CatalogueReader, writer: Writer) -> None:
        self.reader = reader
        self.writer = writer
        self._ids: dict[tuple[str, str], str] = {}
        self._values: dict[tuple[str, str, str], str] = {}

    def prepare(self, changes: Iterable[ListingChange]) -> None:
        """Have the shop know every attribute, feature and value that these products need.

        :raises PlatformError: when it is worth to try again; what the shop will not hear of has no id
        """
        options: dict[str, dict[str, None]] = {}
        features: dict[str, dict[str, None]] = {}
        for change in changes:
            told = "attributes" in change.fields
            for attribute in change.document.attributes if told else ():
                if not attribute.varies:
                    features.setdefault(attribute.name, {}).update(dict.fromkeys(attribute.values))
                    self._is_known_as(FEATURES, attribute.name, attribute.external_id.removeprefix(FEATURE_PREFIX))
            needed = {
                (option.attribute, option.value)
                for offer in change.offers
                if needs_options(offer.document.variant_id, offer.fields)
                for option in offer.document.options
            }
            # In the order of the product's attributes, where that is known: it becomes the shop's.
            for attribute in change.document.attributes:
                if attribute.varies and attribute.name in {name for name, _value in needed}:
                    self._is_known_as(OPTIONS, attribute.name, attribute.external_id)
                    wanted = {value: None for value in attribute.values if (attribute.name, value) in needed}
                    options.setdefault(attribute.name, {}).update(wanted)
            for name, value in sorted(needed):
                options.setdefault(name, {})[value] = None
        self._prepare(OPTIONS, options)
        self._prepare(FEATURES, features)

    def option_value(self, attribute: str, value: str) -> str:
        """The shop's id of an attribute's value, ``""`` where there is none."""
        return self._value(OPTIONS, attribute, value)

    def feature_rows(self, change: ListingChange) -> list[Raw]:
        """What a product is, as its association has it."""
        return [
            {"id": self._ids[FEATURES.names, same(attribute.name)], "id_feature_value": key}
            for attribute in change.document.attributes
            if not attribute.varies
            for value in attribute.values
            if (key := self._value(FEATURES, attribute.name, value))
        ]

    def _value(self, kind: _Kind, name: str, value: str) -> str:
        owner = self._ids.get((kind.names, same(name)), "")
        return self._values.get((kind.values, owner, same(value)), "") if owner else ""

    def _is_known_as(self, kind: _Kind, name: str, key: str) -> None:
        """Where Odoo knows the shop's own id of an attribute, whatever the shop calls it."""
        if key.isdecimal() and key in self.reader.whole(kind.names):
            self._ids.setdefault((kind.names, same(name)), key)

    def _prepare(self, kind: _Kind, wanted: Mapping[str, Iterable[str]]) -> None:
        if not wanted:
            return
        for key, row in self.reader.whole(kind.names).items():
            for name in _texts(row.get("name")):
                self._ids.setdefault((kind.names, same(name)), key)
        missing = {same(name): name for name in wanted if (kind.names, same(name)) not in self._ids}
        if missing:
            self._make_names(kind, list(missing.values()))
        owners = {self._ids[kind.names, same(name)]: name for name in wanted if (kind.names, same(name)) in self._ids}
        self._read_values(kind, owners)
        rows = {
            (owner, same(value)): value
            for owner, name in owners.items()
            for value in wanted[name]
            if same(value) and (kind.values, owner, same(value)) not in self._values
        }
        if rows:
            self._make_values(kind, [(owner, value) for (owner, _same), value in rows.items()])

    def _make_names(self, kind: _Kind, names: Sequence[str]) -> None:
        records = [self._record(kind, name) for name in names]

        def find(numbers: Sequence[int]) -> dict[int, Raw]:
            self.reader.forget(kind.names)
            rows = self.reader.whole(kind.names).values()
            by_name = {same(name): row for row in rows for name in _texts(row.get("name"))}
            return {number: by_name[same(names[number])] for number in numbers if same(names[number]) in by_name}

        for name, key in zip(names, self._made(kind.names, records, find), strict=True):
            if key:
                self._ids[kind.names, same(name)] = key
        self.reader.forget(kind.names)

    def _make_values(self, kind: _Kind, wanted: Sequence[tuple[str, str]]) -> None:
        records = [
            {kind.owner: owner, kind.value: self._said(value, kind.longest)}
            | ({"custom": "0"} if kind is FEATURES else {})
            for owner, value in wanted
        ]

        def find(numbers: Sequence[int]) -> dict[int, Raw]:
            self._read_values(kind, [wanted[number][0] for number in numbers])
            found = {}
            for number in numbers:
                owner, value = wanted[number]
                if key := self._values.get((kind.values, owner, same(value))):
                    found[number] = {"id": key}
            return found

        for (owner, value), key in zip(wanted, self._made(kind.values, records, find), strict=True):
            if key:
                self._values[kind.values, owner, same(value)] = key

    def _made(self, resource: str, records: Sequence[Raw], find: Any) -> list[str]:
        keys = []
        for outcome in self.writer.create(resource, records, find):
            if isinstance(outcome, PlatformError):
                if outcome.retry:
                    raise outcome
                keys.append("")
            else:
                keys.append(identifier(outcome.get("id")))
        return keys

    def _read_values(self, kind: _Kind, owners: Iterable[str]) -> None:
        """A feature's values that a product has for itself alone (``custom``) are not shared."""
        for chunk in sets(owners):
            filters = {kind.owner: f"[{'|'.join(chunk)}]"} | ({"custom": "[0]"} if kind is FEATURES else {})
            for row in self.reader.client.pages(kind.values, filters, count=ROWS):
                for value in _texts(row.get(kind.value)):
                    place = (kind.values, identifier(row.get(kind.owner)), same(value))
                    self._values.setdefault(place, identifier(row.get("id")))

    def _record(self, kind: _Kind, name: str) -> Raw:
        if kind is FEATURES:
            return {"name": self._said(name, 128)}
        return {
            "is_color_group": "0",
            "group_type": "select",
            "name": self._said(name, 128),
            "public_name": self._said(name, 64),
        }

    def _said(self, name: str, longest: int) -> dict[str, str]:
        return dict.fromkeys(self.reader.settings.languages, clean_value(name, longest))


def needs_options(variant_id: str, fields: Iterable[str]) -> bool:
    return not variant_id or "options" in fields


def same(name: str) -> str:
    """A name as it is held against others: as the shop would take it, whatever the case."""
    return " ".join(clean_value(name, 255).casefold().split())


def _texts(value: Any) -> list[str]:
    told = value.values() if isinstance(value, Mapping) else [value]
    return [said for one in told if (said := text(one))]
