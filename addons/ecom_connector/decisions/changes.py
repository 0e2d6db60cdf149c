"""Who changed what of an order since the shop and Odoo last agreed about it.

An order is seen as parts, ``{part: value}``: ``address``, ``quantity:<line>``, ``product:<line>``. There are three
such views: what both sides agreed on last, what Odoo says now and what the shop says now. A value that one side does
not state is no change: neither a product deleted on the shop nor one that the shop does not know says anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from enum import Enum

Parts = Mapping[str, str]
NONE = "0"
"""The quantity of a line that is not there."""


class Who(str, Enum):
    """Whose change it is."""

    ODOO = "odoo"
    SHOP = "shop"
    BOTH = "both"


def quantity_of(line: str) -> str:
    return f"quantity:{line}"


def product_of(line: str) -> str:
    return f"product:{line}"


def line_of(part: str) -> str:
    """The line that a part is about; empty for the address."""
    return part.partition(":")[2]


def compare(agreed: Parts | None, ours: Parts, theirs: Parts) -> dict[str, Who]:
    """The parts about which the two sides differ now, and who moved away from what was agreed.

    Without anything agreed, whatever differs is the shop's change.
    """
    found: dict[str, Who] = {}
    for part in dict.fromkeys((*ours, *theirs)):
        mine, its = _value(ours, part), _value(theirs, part)
        if mine == its or mine is None or its is None:
            continue
        before = mine if agreed is None else _value(agreed, part)
        if before is None or mine == before:
            found[part] = Who.SHOP
        elif its == before:
            found[part] = Who.ODOO
        else:
            found[part] = Who.BOTH
    return _line_by_line(found)


def _line_by_line(found: dict[str, Who]) -> dict[str, Who]:
    """A line of which each side changed something is in dispute as a whole: its amounts are for one of the two."""
    sides: dict[str, set[Who]] = {}
    for part, who in found.items():
        sides.setdefault(line_of(part), set()).add(who)
    return {part: who if len(sides[line_of(part)]) == 1 else Who.BOTH for part, who in found.items()}


def agree(agreed: Parts | None, theirs: Parts, parts: Iterable[str]) -> dict[str, str]:
    """What is agreed once the two sides say the same about ``parts``, or a person accepted the shop's word there."""
    known = dict(agreed or {})
    for part in parts:
        value = _value(theirs, part)
        if value is not None:
            known[part] = value
    return known


def _value(parts: Parts, part: str) -> str | None:
    """A line that is not there has no quantity; nothing else is said of it."""
    return parts.get(part, NONE if part.startswith("quantity:") else None)


def number(quantity: float) -> str:
    """A quantity as a text that is equal for equal quantities: six decimals at most, none that are zero."""
    return f"{quantity:.6f}".rstrip("0").rstrip(".") or NONE


def place(*parts: str) -> str:
    """A fingerprint of a place and its recipient, equal whatever the case and spacing. It tells nothing of them."""
    folded = "\n".join(" ".join((part or "").casefold().split()) for part in parts)
    return hashlib.sha256(folded.encode()).hexdigest()
