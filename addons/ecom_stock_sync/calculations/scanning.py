"""What a scanned code means for a parcel, and whether what was scanned belongs into it.

Quantities are in the product's own unit of measure. Words are said elsewhere: here a scan only gets its verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import NamedTuple

# Quantities are sums of floats: this much is no quantity.
EPSILON = 1e-6

# A parcel heavier than this is no parcel, and longer digits are a barcode.
MAX_WEIGHT = 1000
_WEIGHT = re.compile(r"(\d{1,4}(?:[.,]\d{1,3})?)\s*(?:kg)?", re.IGNORECASE)
_TIMES = re.compile(r"(\d{1,4})\s*\*\s*(\S.*)")

# What GS1 calls its parts: the article, its lot, its serial, and how many there are in the box.
_GTIN = frozenset({"01", "02"})
_LOT, _SERIAL = "10", "21"
_COUNT = frozenset({"30", "37"})


class Line(NamedTuple):
    """What a parcel should hold of one product, or of one of its lots, from one place."""

    id: int
    product: int
    expected: float
    scanned: float = 0.0
    tracking: str = "none"  # or "lot", "serial"
    lot: int = 0
    lot_name: str = ""

    @property
    def room(self) -> float:
        return self.expected - self.scanned

    @property
    def complete(self) -> bool:
        return self.room < EPSILON


class Lot(NamedTuple):
    """A lot or serial number that bears the scanned name."""

    id: int
    product: int
    blocked: bool = False
    expired: bool = False
    free: bool = False  # lies where the parcel is taken from, and is promised to nobody


class Reading(NamedTuple):
    """What a code stands for among what is known: articles with this barcode or SKU, and lots of this name."""

    products: frozenset[int] = frozenset()
    units: float = 1.0  # that it stands for: a box of six has a barcode of its own
    lots: tuple[Lot, ...] = ()
    names_lot: bool = False  # the code itself says that part of it is a lot


class Verdict(Enum):
    COUNTED = "counted"
    EXCHANGED = "exchanged"  # another serial than the reserved one goes out, as is allowed here
    NEEDS_LOT = "needs_lot"  # the right article: which of its lots is it?
    NEEDS_PRODUCT = "needs_product"  # several articles have a lot of this name
    TOO_MANY = "too_many"
    SCANNED_TWICE = "scanned_twice"
    WRONG_LOT = "wrong_lot"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    WRONG_ITEM = "wrong_item"
    UNKNOWN = "unknown"


ACCEPTED = frozenset({Verdict.COUNTED, Verdict.EXCHANGED})


class Judgement(NamedTuple):
    """A verdict, and what it is about.

    ``counts`` says how many units each line gained; ``wanted`` are the lots that are still to be taken.
    """

    verdict: Verdict
    product: int = 0
    lot: int = 0
    counts: tuple[tuple[int, float], ...] = ()
    wanted: tuple[str, ...] = ()


class Elements(NamedTuple):
    """What a GS1 code says."""

    gtins: tuple[str, ...] = ()  # as they may be written on a product: 14 digits, and shorter without leading zeros
    lot: str = ""
    units: float = 1.0


# === WHAT IS TYPED === #


def times(text: str) -> tuple[float, str]:
    """``5*3760000000017`` is five of it: the number, and the code."""
    found = _TIMES.fullmatch(text.strip())
    return (float(found[1]), found[2].strip()) if found and int(found[1]) else (1.0, text.strip())


def weight(text: str) -> float | None:
    """The kilograms that somebody typed, such as ``1,25``; ``None`` when it is something else, such as a barcode."""
    found = _WEIGHT.fullmatch(text.strip())
    value = float(found[1].replace(",", ".")) if found else 0.0
    return value if 0 < value < MAX_WEIGHT else None


def elements(parts: Iterable[tuple[str, str | float]]) -> Elements | None:
    """What the parts of a GS1 code, ``(application identifier, value)``, say about goods; ``None``: nothing.

    A serial number wins over a lot: it is the narrower of the two.
    """
    gtin, lot, serial, units = "", "", "", 1.0
    for identifier, value in parts:
        if identifier in _GTIN:
            gtin = str(value)
        elif identifier == _LOT:
            lot = str(value)
        elif identifier == _SERIAL:
            serial = str(value)
        elif identifier in _COUNT:
            units = float(value)
    if not gtin and not lot and not serial:
        return None
    written = [gtin.rjust(14, "0")[-length:] for length in (14, 13, 12, 8)] if gtin else []
    kept = [form for form in dict.fromkeys(written) if form.lstrip("0") == gtin.lstrip("0")]
    return Elements(tuple(kept), serial or lot, units)


# === WHAT FITS === #


def judge(
    reading: Reading,
    lines: Sequence[Line],
    *,
    number: float = 1.0,
    focus: int = 0,
    other_serials: bool = False,
) -> Judgement:
    """Whether what was scanned belongs into the parcel.

    :param number: how often the code is meant
    :param focus: the product that was scanned last, and whose lot is awaited
    :param other_serials: a free serial may go out instead of the reserved one
    """
    units = reading.units * number
    lots = reading.lots
    if reading.products and reading.names_lot:
        lots = tuple(lot for lot in lots if lot.product in reading.products)
    here = {line.product for line in lines}
    named = {lot.id: lot for lot in lots}
    matching = [line for line in lines if line.lot in named]
    if len({line.product for line in matching}) > 1:
        matching = [line for line in matching if line.product == focus]
        if not matching:
            return Judgement(Verdict.NEEDS_PRODUCT)
    if matching:
        return _of_lot(matching, named[matching[0].lot], lines, units)
    if not reading.names_lot and (wanted := reading.products & here):
        product = focus if focus in wanted else min(wanted)
        return _of_product(product, lines, units)
    return _of_nothing_here(reading, lots, lines, units, focus, other_serials)


def _of_lot(matching: Sequence[Line], lot: Lot, lines: Sequence[Line], units: float) -> Judgement:
    product = matching[0].product
    wanted = _wanted(product, lines)
    if lot.blocked:
        return Judgement(Verdict.BLOCKED, product, lot.id)
    if lot.expired:
        return Judgement(Verdict.EXPIRED, product, lot.id)
    if matching[0].tracking == "serial" and all(line.complete for line in matching):
        return Judgement(Verdict.SCANNED_TWICE, product, lot.id, wanted=wanted)
    counts = _share(matching, units)
    if not counts:
        return Judgement(Verdict.TOO_MANY, product, lot.id, wanted=wanted)
    return Judgement(Verdict.COUNTED, product, lot.id, counts)


def _of_product(product: int, lines: Sequence[Line], units: float) -> Judgement:
    own = [line for line in lines if line.product == product]
    if all(line.complete for line in own):
        return Judgement(Verdict.TOO_MANY, product)
    if own[0].tracking != "none":
        return Judgement(Verdict.NEEDS_LOT, product, wanted=_wanted(product, lines))
    counts = _share(own, units)
    return Judgement(Verdict.COUNTED if counts else Verdict.TOO_MANY, product, counts=counts)


def _of_nothing_here(
    reading: Reading, lots: Sequence[Lot], lines: Sequence[Line], units: float, focus: int, other_serials: bool
) -> Judgement:
    """The code names no line of the parcel: another lot of an article of it, another article, or nothing known."""
    here = {line.product for line in lines}
    others = sorted((lot for lot in lots if lot.product in here), key=lambda lot: (lot.product != focus, lot.id))
    if others:
        lot = others[0]
        if lot.blocked:
            return Judgement(Verdict.BLOCKED, lot.product, lot.id)
        if lot.expired:
            return Judgement(Verdict.EXPIRED, lot.product, lot.id)
        open_serials = [
            line for line in lines if line.product == lot.product and line.tracking == "serial" and not line.scanned
        ]
        if other_serials and lot.free and open_serials:
            return Judgement(Verdict.EXCHANGED, lot.product, lot.id, ((open_serials[0].id, 1.0),))
        return Judgement(Verdict.WRONG_LOT, lot.product, lot.id, wanted=_wanted(lot.product, lines))
    if reading.names_lot and (wanted := reading.products & here):
        product = min(wanted)
        if all(line.tracking == "none" for line in lines if line.product == product):
            return _of_product(product, lines, units)
        return Judgement(Verdict.WRONG_LOT, product, wanted=_wanted(product, lines))
    if reading.products:
        return Judgement(Verdict.WRONG_ITEM, min(reading.products))
    if lots:
        return Judgement(Verdict.WRONG_ITEM, lots[0].product, lots[0].id)
    if any(line.product == focus and line.tracking != "none" and not line.complete for line in lines):
        return Judgement(Verdict.WRONG_LOT, focus, wanted=_wanted(focus, lines))
    return Judgement(Verdict.UNKNOWN)


def _share(lines: Sequence[Line], units: float) -> tuple[tuple[int, float], ...]:
    """How many of the units each line takes; nothing when there is no room for all of them."""
    counts, left = [], units
    for line in lines:
        taken = min(line.room, left)
        if taken > EPSILON:
            counts.append((line.id, taken))
            left -= taken
    return tuple(counts) if left < EPSILON else ()


def _wanted(product: int, lines: Sequence[Line]) -> tuple[str, ...]:
    """The lots of a product that are still to be taken."""
    return tuple(line.lot_name for line in lines if line.product == product and line.lot_name and not line.complete)
