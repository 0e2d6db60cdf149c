"""IBANs that a bank writes into its label, in one piece or in groups: of whom the money comes, or to whom it went.

Only those that are as long as their country's, and whose check digits are right (ISO 13616), are any; what is cut off
or masked is not. ``stdnum.iban`` cannot be imported within Odoo, whose import hook hides the package's data files.
"""

from __future__ import annotations

import re

from stdnum.iso7064 import mod_97_10

_START = re.compile(r"(?<![A-Za-z0-9])(?:IBAN)?(?=[A-Za-z]{2}\d{2})", re.IGNORECASE)
_GAPS = " \u00a0.-"
_LENGTHS = {
    15: "NO",
    16: "BE",
    18: "DK FI FO GL NL",
    19: "MK SI",
    20: "AT BA EE KZ LT LU XK",
    21: "CH HR LI LV",
    22: "BG DE GB GE IE ME RS VA",
    23: "AE GI IL",
    24: "AD CZ ES MD PK RO SA SE SK TN",
    25: "PT",
    26: "IS TR",
    27: "FR GR IT MC SM",
    28: "AL AZ CY DO GT HU LB PL",
    29: "BR PS QA UA",
    31: "MT",
}
LENGTH = {country: length for length, countries in _LENGTHS.items() for country in countries.split()}
"""Characters of a country's IBANs."""


def ibans(text: str) -> list[str]:
    """The IBANs in a text, each once, compact and in capitals."""
    return list(dict.fromkeys(number for _start, _end, number in _found(text)))


def without_ibans(text: str) -> str:
    """The text without them: their groups of digits are no references."""
    kept, place = [], 0
    for start, end, _number in _found(text):
        kept.append(text[place:start])
        place = end
    return " ".join([*kept, text[place:]]) if kept else text


def _found(text: str) -> list[tuple[int, int, str]]:
    """``[(where it begins, where it ends, number)]``."""
    found: list[tuple[int, int, str]] = []
    for match in _START.finditer(text):
        start = match.end()
        if found and start < found[-1][1]:
            continue
        read = _read(text, start)
        if read:
            found.append((start, *read))
    return found


def _read(text: str, start: int) -> tuple[int, str] | None:
    """The IBAN that begins here, and where it ends."""
    length = LENGTH.get(text[start : start + 2].upper(), 0)
    number = ""
    for place in range(start, len(text)):
        char = text[place]
        if char in _GAPS:
            continue
        if not (char.isascii() and char.isalnum()) or len(number) >= length:
            break
        number += char.upper()
        if len(number) == length:
            return (place + 1, number) if mod_97_10.is_valid(number[4:] + number[:4]) else None
    return None
