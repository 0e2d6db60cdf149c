"""Reading untrusted answers, beside what platforms have for it: seconds, whole numbers, currencies, headers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from .shared import PlatformError, Raw, _


def mapping(value: Any, field: str) -> Mapping[str, Any]:
    """:raises ValueError: when it is no object"""
    if not isinstance(value, Mapping):
        raise ValueError(_("%(field)s: not an object", field=field))
    return value


def mapping_or_empty(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def integer(value: Any, field: str) -> int:
    """:raises ValueError: when it is no whole number"""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(_("%(field)s: %(value)s is no whole number", field=field, value=repr(value)[:24]))


def epoch(value: Any, field: str) -> datetime:
    """An aware UTC datetime from seconds since 1970.

    :raises ValueError: when it is none
    """
    try:
        return datetime.fromtimestamp(integer(value, field), timezone.utc)
    except (OverflowError, OSError, ValueError):
        raise ValueError(_("%(field)s: %(value)s is no time", field=field, value=repr(value)[:24])) from None


def epoch_or_none(value: Any, field: str) -> datetime | None:
    return None if value is None else epoch(value, field)


def currency(value: Any, field: str) -> str:
    """An ISO 4217 code in capitals.

    :raises ValueError: when it is none
    """
    if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha():
        return value.upper()
    raise ValueError(_("%(field)s: %(value)s is no currency", field=field, value=repr(value)[:24]))


def required(value: str, field: str) -> str:
    """:raises ValueError: when it is empty"""
    if not value:
        raise ValueError(_("%(field)s: is missing", field=field))
    return value


def header(headers: Mapping[str, str], name: str) -> str:
    """A header whatever its case, ``""`` where it is absent."""
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), "")


def listed(body: Any, key: str) -> tuple[Raw, ...]:
    """The objects of a listing.

    :raises PlatformError: ``bad_answer`` when the answer is no listing
    """
    found = body.get(key) if isinstance(body, dict) else None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise bad_answer()
    return tuple(found)


def bad_answer(*, in_doubt: bool = False) -> PlatformError:
    message = _("The gateway's answer is not what it documents.")
    return PlatformError("bad_answer", message, status=200, retry=True, in_doubt=in_doubt)
