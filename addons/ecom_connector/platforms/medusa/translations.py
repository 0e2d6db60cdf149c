"""Texts in other languages: a module of Medusa that a shop may have switched on; without it there are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..catalogue import TextsDocument
from ..errors import PlatformError
from ..values import identifier, text
from .client import MedusaClient

Raw = dict[str, Any]

_FIELDS = "id,reference_id,locale_code,translations"


def read_translations(client: MedusaClient, product_ids: Sequence[str]) -> dict[str, list[Raw]]:
    """The texts of these products, by product."""
    found: dict[str, list[Raw]] = {}
    params = {"reference": "product", "fields": _FIELDS, "limit": 5000}
    try:
        for row in client.by_ids("translations", "translations", product_ids, params, name="reference_id"):
            found.setdefault(identifier(row.get("reference_id")), []).append(row)
    except PlatformError as error:
        if error.status != 404:
            raise
    return found


def write_translations(client: MedusaClient, wanted: Mapping[str, Sequence[TextsDocument]]) -> None:
    """In one call for all that differs. A shop without the module has its own language only.

    :raises PlatformError: when the shop refuses
    """
    if not wanted:
        return
    shown = {
        (product, text(row.get("locale_code"))): row
        for product, listed in read_translations(client, list(wanted)).items()
        for row in listed
    }
    creates: list[Raw] = []
    updates: list[Raw] = []
    for product, listed in wanted.items():
        for texts in listed:
            locale = texts.language.replace("_", "-")
            told = {"title": texts.name, "description": texts.description, "subtitle": texts.summary}
            row = shown.get((product, locale))
            if row is None:
                place = {"reference": "product", "reference_id": product, "locale_code": locale}
                creates.append(place | {"translations": told})
            elif row.get("translations") != told:
                updates.append({"id": identifier(row.get("id")), "translations": told})
    body = {key: rows for key, rows in (("create", creates), ("update", updates)) if rows}
    try:
        if body:
            # Repeated, it would find what it made: one text for each product and language.
            client.post("translations/batch", body, idempotent=not creates)
    except PlatformError as error:
        if error.status != 404:
            raise
