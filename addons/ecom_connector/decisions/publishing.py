"""What of a product has to be told to a shop: every field is remembered by a digest of what was told last.

A digest is only ever held against another of the same side: what we say against what we said, and what the shop shows
against what it showed. So neither side's habits of rewriting a text, a price or an address looks like a change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from ..platforms.catalogue import ImageDocument, ListingDocument, OfferDocument
from ..platforms.publishing import LISTING_FIELDS, OFFER_FIELDS

Digests = Mapping[str, str]

_LENGTH = 12  # of a hexadecimal digest: 48 bits, held against one other


def digests(document: ListingDocument | OfferDocument) -> dict[str, str]:
    """``{field: digest}`` of everything about a product, or an offer, that a shop can be told."""
    names = LISTING_FIELDS if isinstance(document, ListingDocument) else OFFER_FIELDS
    return {name: digest(getattr(document, name)) for name in names}


def to_tell(now: Digests, told: Digests | None, possible: Collection[str]) -> frozenset[str]:
    """The fields that the shop has to be told: those that it can be told and that are not as they were told last."""
    told = told or {}
    return frozenset(name for name in possible if name in now and now[name] != told.get(name))


def given(document: ListingDocument | OfferDocument, possible: Collection[str]) -> frozenset[str]:
    """The fields that say something: what a new product is made with."""
    empty = {field.name: field.default for field in fields(document)}
    return frozenset(name for name in possible if getattr(document, name, None) not in (empty.get(name), "", None, ()))


def digest(value: Any) -> str:
    """The digest of one field's value. A picture counts by its content and text, wherever the shop keeps it."""
    text = json.dumps(value, default=_plain, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"  # 10, 10.0 and 1E+1 are one price
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, ImageDocument) and value.key:
        return {"key": value.key, "alt": value.alt}
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)
