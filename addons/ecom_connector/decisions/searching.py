"""What a person may have typed into the search box: an e-mail, a telephone number, or anything else."""

from __future__ import annotations

import re
from dataclasses import dataclass

LEAST_DIGITS = 6
"""Fewer digits are no telephone number: they would be found in too many."""
_PHONE = re.compile(r"^[+(]?[\d\s().\-/]+$")
_TRUNK = re.compile(r"\(\s*0\s*\)")


@dataclass(frozen=True, slots=True)
class Words:
    """``text`` as typed, less needless spaces and a leading ``#``; ``code`` without any space.

    ``phone`` are the digits to look for in numbers such as +33612345678, empty where the text is no telephone number.
    ``is_email``: it can be nothing else.
    """

    text: str
    code: str = ""
    phone: str = ""
    is_email: bool = False


def understand(typed: str) -> Words:
    """``06 12 34 56 78``, ``+33 (0)6 12 34 56 78``, ``0033612345678`` and ``06.12.34.56.78`` are all one number.

    The international prefix and the national trunk zero are left out, so that what remains is the end of the number
    as it is kept, whatever the country.
    """
    text = " ".join(typed.split()).removeprefix("#").lstrip()
    code = text.replace(" ", "")
    if "@" in text:
        return Words(text, code, is_email=True)
    if not _PHONE.match(text):
        return Words(text, code)
    digits = re.sub(r"[^0-9]", "", _TRUNK.sub("", text)).lstrip("0")
    return Words(text, code, phone=digits if len(digits) >= LEAST_DIGITS else "")
