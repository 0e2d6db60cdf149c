"""What two sides say of a product, in words that a person can hold against each other, field by field."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from ..platforms.catalogue import (
    AttributeDocument,
    CustomField,
    ImageDocument,
    ListingDocument,
    OfferDocument,
    OptionDocument,
    TermDocument,
)
from ..platforms.publishing import LISTING_FIELDS, OFFER_FIELDS

Words = dict[str, str]

_TAGS = re.compile(r"<[^>]*>")
_BLOCKS = re.compile(r"<(?:br|/p|/li|/div|/h\d)\b[^>]*>", re.IGNORECASE)
_HTML_FIELDS = frozenset({"description", "summary"})


def of_listing(document: ListingDocument) -> Words:
    """``{field: words}`` of a product."""
    return {name: _words(name, getattr(document, name)) for name in LISTING_FIELDS}


def of_offer(document: OfferDocument) -> Words:
    """``{field: words}`` of what is sold under it."""
    return {name: _words(name, getattr(document, name)) for name in OFFER_FIELDS}


def differences(here: Words, there: Words) -> Iterator[tuple[str, str, str]]:
    """``(field, here, there)`` of the fields that do not say the same."""
    for name, words in here.items():
        if name in there and words != there[name]:
            yield name, words, there[name]


def _words(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in _HTML_FIELDS:
        return plain(str(value))
    if isinstance(value, tuple):
        parts = [_words("", part) for part in value]
        return ", ".join(parts if name in ("attributes", "images", "options") else sorted(parts))
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return _document_words(value) if not isinstance(value, (str, bool)) else str(value).strip()


def _document_words(value: Any) -> str:
    if isinstance(value, TermDocument):
        return value.name.strip()
    if isinstance(value, AttributeDocument):
        return f"{value.name}: {' / '.join(sorted(value.values))}"
    if isinstance(value, OptionDocument):
        return f"{value.attribute}: {value.value}"
    if isinstance(value, CustomField):
        return f"{value.name}: {value.value}"
    if isinstance(value, ImageDocument):
        return value.alt.strip() or "•"
    return str(value)


def plain(source: str) -> str:
    """The text of a piece of HTML: what is compared, so that markup that says the same is no difference."""
    text = html.unescape(_TAGS.sub("", _BLOCKS.sub("\n", source)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
