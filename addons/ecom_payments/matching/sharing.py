"""How the money of one bank line is shared among what it explains."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

ZERO = Decimal(0)


def share(amount: Decimal, expected: Sequence[Decimal], *, in_full: bool = False) -> tuple[list[Decimal], Decimal]:
    """What each gets, in turn, and what is left: positive too much, negative too little.

    :param in_full: each gets all that it expects, however much came: the rest is written off
    """
    if in_full:
        return list(expected), amount - sum(expected, ZERO)
    parts, left = [], amount
    for wanted in expected:
        opposite = (wanted > 0) != (left > 0)
        part = ZERO if opposite else min(wanted, left, key=abs)
        parts.append(part)
        left -= part
    return parts, left


def proportional(total: Decimal, parts: Sequence[Decimal], rounding: Decimal) -> list[Decimal]:
    """``total``, in another currency, shared as ``parts`` are; the last takes what rounding left."""
    whole = sum(parts, ZERO)
    shares = [(total * part / whole / rounding).quantize(Decimal(1)) * rounding if whole else ZERO for part in parts]
    return [*shares[:-1], total - sum(shares[:-1], ZERO)]
