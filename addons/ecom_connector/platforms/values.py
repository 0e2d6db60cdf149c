"""Reading untrusted JSON: every function takes what came and the field's path, and names it when it is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, TypeVar

from .words import _, said

Kind = TypeVar("Kind", bound=Enum)


def digest(raw: Any) -> str:
    """Fingerprint of a raw document: equal for equal content whatever the order of its keys."""
    return hashlib.sha256(json.dumps(raw, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@contextmanager
def reading_order(external_id: str) -> Iterator[None]:
    """Have every ``ValueError`` say which order it is about."""
    try:
        yield
    except ValueError as error:
        raise ValueError(_("order %(id)s: %(error)s", id=external_id, error=said(error))) from error


@contextmanager
def reading_product(product_id: str) -> Iterator[None]:
    """Have every ``ValueError`` say which product it is about; what has no id is none."""
    if not product_id:
        raise ValueError(_("id: absent, this is no product"))
    try:
        yield
    except ValueError as error:
        raise ValueError(_("product %(id)s: %(error)s", id=product_id, error=said(error))) from error


def text(value: Any) -> str:
    """A scalar as text, ``""`` for null, false and everything that is not a scalar."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return ""
    return str(value)


def identifier(value: Any) -> str:
    """An id as text; ``""`` for the many ways of saying none: null, ``""``, 0, ``"0"``."""
    found = text(value)
    return "" if found == "0" else found


def decimal(value: Any, field: str) -> Decimal:
    """An exact figure. Floats go through their shortest text: 25.5 is 25.5.

    :raises ValueError: when it is no finite number; an empty text is none either
    """
    found = value.strip() if isinstance(value, str) else value
    if isinstance(found, float):
        found = repr(found)
    if not isinstance(found, bool) and isinstance(found, str | int | Decimal):
        try:
            number = Decimal(found)
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite():
            return number
    raise ValueError(_("%(field)s: %(value)s is no number", field=field, value=_shown(value)))


def decimal_or(value: Any, field: str, default: Decimal) -> Decimal:
    """As :func:`decimal`, with ``default`` for null and empty text."""
    return default if value is None or value == "" else decimal(value, field)


def utc(value: Any, field: str) -> datetime:
    """An aware UTC datetime from ISO 8601; without a zone it is UTC already.

    :raises ValueError: when it is no date and time
    """
    if isinstance(value, str):
        try:
            # Python 3.10 does not read a final Z.
            found = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
        except ValueError:
            pass
        else:
            return found.replace(tzinfo=timezone.utc) if found.tzinfo is None else found.astimezone(timezone.utc)
    raise ValueError(_("%(field)s: %(value)s is no date and time", field=field, value=_shown(value)))


def utc_or_none(value: Any, field: str) -> datetime | None:
    """As :func:`utc`, with ``None`` for null and empty text."""
    return None if value is None or value == "" else utc(value, field)


def one_of(kind: type[Kind], value: str, field: str) -> Kind:
    """The member of an enumeration that a text names.

    :raises ValueError: when it names none
    """
    try:
        return kind(value)
    except ValueError:
        raise ValueError(_("%(field)s: %(value)s is not known", field=field, value=_shown(value))) from None


def rows(raw: Mapping[str, Any], key: str, field: str = "") -> list[Mapping[str, Any]]:
    """A list of objects, empty when absent or null.

    :raises ValueError: when it is something else
    """
    found = raw.get(key)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
        raise ValueError(_("%(field)s: not a list of objects", field=field or key))
    return found


def _shown(value: Any) -> str:
    """Enough of a wrong value to recognise it; it may be personal, so no more."""
    return repr(value)[:24]
