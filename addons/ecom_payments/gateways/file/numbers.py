"""Numbers and dates as people and spreadsheets write them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timezone
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from ..documents import ZERO
from ..shared import _

_DEFAULT_FORMATS = (
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%d/%m/%y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%Y/%m/%d",
)
_SPACES = " \u00a0\u202f\u2009"
_MONEY = re.compile(r"^(?:€|EUR|\$|USD|£|GBP|CHF)|(?:€|EUR|\$|USD|£|GBP|CHF)$", re.IGNORECASE)


@lru_cache(maxsize=2)
def _pattern(mark: str) -> re.Pattern[str]:
    other = re.escape("." if mark == "," else ",")
    end = rf"(?:{re.escape(mark)}[0-9]*)?"
    return re.compile(rf"[0-9]{{1,3}}(?:[{_SPACES}'’{other}][0-9]{{3}})+{end}|[0-9]*{end}")


def amount(value: Any, mark: str) -> Decimal:
    """An amount; nothing at all is zero.

    :raises ValueError: when it is no number that is written with this decimal mark
    """
    if isinstance(value, bool):
        raise ValueError(_("%(value)s is no amount", value=value))
    if isinstance(value, int | Decimal):
        return Decimal(value)
    if isinstance(value, float):
        # A spreadsheet's 0.1 + 0.2 is 0.30000000000000004: no currency has more than four decimals.
        found = Decimal(repr(value))
        if not found.is_finite() or abs(found) > Decimal(10) ** 15:
            raise ValueError(_("%(value)s is no amount", value=value))
        return found.quantize(Decimal("0.000001")).normalize() + ZERO
    text = str(value if value is not None else "").strip(_SPACES + "\t\r\n").replace("\u2212", "-")
    if not text or text == "-":
        return ZERO
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1]
    text = _MONEY.sub("", text).strip(_SPACES)
    for sign in "+-":
        if text.startswith(sign) or text.endswith(sign):
            negative ^= sign == "-"
            text = (text[1:] if text.startswith(sign) else text[:-1]).strip(_SPACES)
            break
    text = _MONEY.sub("", text).strip(_SPACES)
    if not any(letter.isdigit() for letter in text) or not _pattern(mark).fullmatch(text):
        raise ValueError(_("%(value)s is no amount with the decimal mark %(mark)s", value=repr(value)[:24], mark=mark))
    digits = "".join(letter for letter in text.replace(mark, "!") if letter.isdigit() or letter == "!")
    found = Decimal(digits.replace("!", "."))
    return -found if negative else found


def moment(value: Any, formats: tuple[str, ...], zone: str) -> datetime:
    """An aware UTC datetime; without a zone it is in ``zone``, and without a time it is noon.

    Midnight in Paris is the day before in UTC, and on the first of a month the month before.

    :raises ValueError: when it is no date
    """
    found: datetime | None = None
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, date):
        found = datetime.combine(value, time())
    elif isinstance(value, str):
        found = _read(value.strip(), formats)
    if found is None:
        raise ValueError(_("%(value)s is no date", value=repr(value)[:24]))
    if not found.tzinfo and found.time() == time():
        found = found.replace(hour=12)
    try:
        aware = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
        return aware.astimezone(timezone.utc)
    except OverflowError:
        raise ValueError(_("%(value)s is no date", value=repr(value)[:24])) from None


def _read(text: str, formats: tuple[str, ...]) -> datetime | None:
    if not formats:
        try:
            return datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            pass
    for pattern in formats or _DEFAULT_FORMATS:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    return None
