"""Global ids: ``gid://shopify/Order/5800000000001``."""

from __future__ import annotations

import re

PATTERN = re.compile(r"gid://shopify/(\w+)/([0-9a-zA-Z-]+)(?:\?.*)?")


def gid(kind: str, number: int | str) -> str:
    """The global id of a document."""
    return f"gid://shopify/{kind}/{number}"


def split(value: str) -> tuple[str, str]:
    """The type and the number of a global id; ``("", "")`` for what is none."""
    found = PATTERN.fullmatch(value)
    return (found[1], found[2]) if found else ("", "")


def number(value: str | None, kind: str | None = None) -> int:
    """The number of a global id of a kind (of any, without one); 0 for another or none."""
    found, digits = split(value or "")
    return int(digits) if digits.isdigit() and kind in (None, found) else 0
