"""What a scan means for a parcel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculations.scanning import Line, Lot, Reading, Verdict, elements, judge, times, weight

MUG, PEN, PHONE, CREAM = 1, 2, 3, 4
PARCEL = (
    Line(10, MUG, 2),
    Line(11, PHONE, 1, tracking="serial", lot=31, lot_name="SN1"),
    Line(12, PHONE, 1, tracking="serial", lot=32, lot_name="SN2"),
    Line(13, CREAM, 3, tracking="lot", lot=41, lot_name="L-MAY"),
)


def after(line_id: int, units: float) -> tuple[Line, ...]:
    """The parcel once these units of a line are in it."""
    return tuple(line._replace(scanned=units) if line.id == line_id else line for line in PARCEL)


def article(*products: int, units: float = 1.0) -> Reading:
    return Reading(products=frozenset(products), units=units)


def lot(number: int, product: int, **facts: bool) -> Reading:
    return Reading(lots=(Lot(number, product, **facts),))


def test_each_scan_of_an_article_counts_one_until_all_are_in() -> None:
    assert judge(article(MUG), PARCEL).counts == ((10, 1.0),)
    assert judge(article(MUG), after(10, 1)).verdict == Verdict.COUNTED
    assert judge(article(MUG), after(10, 2)).verdict == Verdict.TOO_MANY


def test_a_box_of_six_is_too_many_where_two_are_ordered() -> None:
    assert judge(article(MUG, units=6), PARCEL).verdict == Verdict.TOO_MANY
    assert judge(article(MUG), PARCEL, number=2).counts == ((10, 2.0),)
    assert judge(article(MUG), PARCEL, number=3).verdict == Verdict.TOO_MANY


def test_what_lies_in_two_places_is_counted_on_both() -> None:
    lines = (Line(1, MUG, 2), Line(2, MUG, 3))
    assert judge(article(MUG, units=4), lines).counts == ((1, 2.0), (2, 2.0))


def test_another_article_is_refused_and_named() -> None:
    told = judge(article(PEN), PARCEL)
    assert (told.verdict, told.product, told.counts) == (Verdict.WRONG_ITEM, PEN, ())
    assert judge(Reading(), PARCEL).verdict == Verdict.UNKNOWN


def test_a_tracked_article_asks_for_its_number() -> None:
    told = judge(article(PHONE), PARCEL)
    assert (told.verdict, told.wanted) == (Verdict.NEEDS_LOT, ("SN1", "SN2"))


def test_the_reserved_serial_is_taken_once() -> None:
    assert judge(lot(31, PHONE), PARCEL).counts == ((11, 1.0),)
    told = judge(lot(31, PHONE), after(11, 1))
    assert (told.verdict, told.wanted) == (Verdict.SCANNED_TWICE, ("SN2",))


def test_another_serial_is_refused_with_the_ones_to_take() -> None:
    told = judge(lot(39, PHONE, free=True), PARCEL)
    assert (told.verdict, told.wanted) == (Verdict.WRONG_LOT, ("SN1", "SN2"))


def test_a_free_serial_goes_out_instead_where_that_is_allowed() -> None:
    told = judge(lot(39, PHONE, free=True), after(11, 1), other_serials=True)
    assert (told.verdict, told.lot, told.counts) == (Verdict.EXCHANGED, 39, ((12, 1.0),))
    for facts, verdict in (
        ({"free": False}, Verdict.WRONG_LOT),
        ({"free": True, "blocked": True}, Verdict.BLOCKED),
        ({"free": True, "expired": True}, Verdict.EXPIRED),
    ):
        assert judge(lot(39, PHONE, **facts), PARCEL, other_serials=True).verdict == verdict
    assert judge(lot(49, CREAM, free=True), PARCEL, other_serials=True).verdict == Verdict.WRONG_LOT, "lots are not"


def test_a_lot_is_counted_and_neither_an_expired_nor_a_blocked_one_leaves() -> None:
    assert judge(lot(41, CREAM), PARCEL, number=3).counts == ((13, 3.0),)
    assert judge(lot(41, CREAM), after(13, 3)).verdict == Verdict.TOO_MANY
    assert judge(lot(41, CREAM, expired=True), PARCEL).verdict == Verdict.EXPIRED
    assert judge(lot(41, CREAM, blocked=True), PARCEL).verdict == Verdict.BLOCKED


def test_a_number_that_two_articles_bear_belongs_to_the_one_scanned_before() -> None:
    lines = (
        Line(1, PHONE, 1, tracking="serial", lot=31, lot_name="1"),
        Line(2, CREAM, 1, tracking="lot", lot=41, lot_name="1"),
    )
    reading = Reading(lots=(Lot(31, PHONE), Lot(41, CREAM)))
    assert judge(reading, lines).verdict == Verdict.NEEDS_PRODUCT
    assert judge(reading, lines, focus=CREAM).counts == ((2, 1.0),)


def test_an_unknown_number_after_its_article_is_a_wrong_number() -> None:
    told = judge(Reading(), PARCEL, focus=PHONE)
    assert (told.verdict, told.wanted) == (Verdict.WRONG_LOT, ("SN1", "SN2"))
    assert judge(Reading(), PARCEL, focus=MUG).verdict == Verdict.UNKNOWN


def test_a_gs1_code_names_article_and_lot_at_once() -> None:
    right = Reading(frozenset({CREAM}), 2, (Lot(41, CREAM), Lot(99, PHONE)), names_lot=True)
    assert judge(right, PARCEL).counts == ((13, 2.0),)
    wrong = Reading(frozenset({CREAM}), 1, (Lot(42, CREAM),), names_lot=True)
    assert judge(wrong, PARCEL).wanted == ("L-MAY",)
    unknown = Reading(frozenset({CREAM}), 1, (), names_lot=True)
    assert judge(unknown, PARCEL).verdict == Verdict.WRONG_LOT
    untracked = Reading(frozenset({MUG}), 1, (), names_lot=True)
    assert judge(untracked, PARCEL, number=2).counts == ((10, 2.0),), "the lot on the box of what is not tracked"


@pytest.mark.parametrize(
    ("text", "kilograms"),
    [
        ("1,25", 1.25),
        ("0.5", 0.5),
        ("2", 2),
        ("3 kg", 3),
        ("12kg", 12),
        ("0", None),
        ("3760000000017", None),
        ("WH/OUT/1", None),
        ("1200", None),
    ],
)
def test_a_weight_is_told_from_a_barcode(text: str, kilograms: float | None) -> None:
    assert weight(text) == kilograms


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("5*PEN", (5, "PEN")),
        (" PEN ", (1, "PEN")),
        ("12 * 376", (12, "376")),
        ("0*PEN", (1, "0*PEN")),
        ("A*B", (1, "A*B")),
    ],
)
def test_a_number_before_a_star_multiplies(text: str, meant: tuple[float, str]) -> None:
    assert times(text) == meant


def test_the_parts_of_a_gs1_code() -> None:
    read = elements([("01", "03760000000017"), ("17", 0.0), ("10", "L-MAY"), ("30", 4)])
    assert read is not None
    assert (read.gtins, read.lot, read.units) == (("03760000000017", "3760000000017"), "L-MAY", 4)
    serial = elements([("01", "00000096385074"), ("10", "LOT"), ("21", "SN1")])
    assert serial is not None
    assert (serial.gtins[-1], serial.lot) == ("96385074", "SN1")
    assert elements([("17", 0.0)]) is None


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=5),
    st.integers(1, 30),
)
def test_never_more_than_expected_and_never_half_a_scan(lines: list[tuple[int, int]], units: int) -> None:
    parcel = [Line(n, MUG, max(pair), min(pair)) for n, pair in enumerate(lines)]
    told = judge(article(MUG, units=units), parcel)
    assert sum(count for _line, count in told.counts) == (units if told.verdict == Verdict.COUNTED else 0)
    rooms = {line.id: line.room for line in parcel}
    assert all(0 < count <= rooms[line] for line, count in told.counts)
