"""Metafields: what a merchant's fields and an attribute by which no variant differs become; pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..catalogue import AttributeDocument, CustomField
from ..publishing import ListingChange
from ..values import rows, text
from .catalogue_mapper import LISTING_KEY, NAMESPACE
from .ids import gid, plain

Raw = dict[str, Any]
MetafieldTypes = Mapping[tuple[str, str], str]


def attribute_metafield(attribute: AttributeDocument) -> Raw:
    return {
        "namespace": NAMESPACE,
        "key": attribute_key(attribute.name),
        "type": "list.single_line_text_field",
        "value": json.dumps(list(attribute.values), ensure_ascii=False),
    }


def attribute_key(name: str) -> str:
    """Metafields' keys have 2 to 64 of few letters (shopify.dev, ``MetafieldInput``)."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "_", folded).strip("_")[:60].ljust(2, "_") or "__"


def metafields_of(custom: Iterable[CustomField], types: MetafieldTypes, shown: Raw | None = None) -> list[Raw]:
    """Metafields with a value; an empty one is no metafield at all. One that the shop defined knows its type."""
    known = {(row.get("namespace"), row.get("key")): text(row.get("type")) for row in rows(shown or {}, "metafields")}
    found = []
    for field in custom:
        namespace, key = name_parts(field.name)
        if key and field.value:
            row = {"namespace": namespace, "key": key, "value": field.value}
            if (namespace, key) not in types:
                row["type"] = known.get((namespace, key)) or _guessed_type(field.value)
            found.append(row)
    return found


def unknown_name(custom: Iterable[CustomField], own: Collection[str] = ()) -> str:
    """The first name that is neither a metafield's nor one of the product's ``own``; ``""`` where all are known."""
    return next((field.name for field in custom if not name_parts(field.name)[1] and field.name not in own), "")


def name_parts(name: str) -> tuple[str, str]:
    """``("custom", "care")`` of ``custom.care``; an empty key where it is no metafield's name."""
    namespace, _dot, key = name.rpartition(".")
    return namespace, key if namespace else ""


def _guessed_type(value: str) -> str:
    return "multi_line_text_field" if "\n" in value else "single_line_text_field"


def cleared_metafields(change: ListingChange, shown: Raw) -> list[Raw]:
    """Metafields that are to say nothing any more: of attributes that are gone, and mapped ones that are empty."""
    gone: list[tuple[str, str]] = []
    if "attributes" in change.fields:
        wanted = {attribute_key(found.name) for found in change.document.attributes if not found.varies}
        gone += [
            (NAMESPACE, key)
            for row in rows(shown, "metafields")
            if row.get("namespace") == NAMESPACE and (key := text(row.get("key"))) not in {LISTING_KEY, *wanted}
        ]
    if "custom" in change.fields:
        gone += [name_parts(field.name) for field in change.document.custom if not field.value]
    there = {(row.get("namespace"), row.get("key")) for row in rows(shown, "metafields")}
    return [
        {"ownerId": gid("Product", plain(shown.get("id"))), "namespace": namespace, "key": key}
        for namespace, key in gone
        if (namespace, key) in there
    ]
