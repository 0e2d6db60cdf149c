"""What can be done about missing goods."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from calculations.shortage import Facts, Kind, Line, Order, Substitute, packs_to_cancel, propose

LINE = Line(id=1, product=7, ordered=5, found=3, missing=2)
ORDER = Order(found=3, lines=1)
MONDAY, FRIDAY = date(2026, 11, 30), date(2026, 12, 4)


def kinds(*proposals: object) -> list[Kind]:
    return [proposal.kind for proposal in proposals]  # type: ignore[attr-defined]


def test_without_anything_else_the_order_ships_in_part_shrinks_or_is_cancelled() -> None:
    found = propose(ORDER, [LINE], {})
    assert kinds(*found) == [Kind.CANCEL_MISSING, Kind.PARTIAL, Kind.CANCEL_ORDER]
    assert (found[0].quantity, found[1].quantity, found[1].free) == (2, 3, 2)


def test_a_warehouse_that_has_all_of_it_goes_before_those_that_have_some() -> None:
    ways = propose(ORDER, [LINE], {7: Facts(elsewhere={1: 1.0, 2: 9.0, 3: 0.0, 4: -4.0})})
    here = [way for way in ways if way.kind == Kind.WAREHOUSE]
    assert [(way.target, way.quantity, way.free, way.solves) for way in here] == [(2, 2, 9, True)]
    ways = propose(ORDER, [LINE], {7: Facts(elsewhere={1: 1.0, 3: 0.0})})
    here = [way for way in ways if way.kind == Kind.WAREHOUSE]
    assert [(way.target, way.quantity, way.solves) for way in here] == [(1, 1, False)]


def test_waiting_counts_those_who_wait_already() -> None:
    incoming = [(FRIDAY, 10.0), (MONDAY, 3.0)]

    def day(ahead: float) -> date | None:
        ways = propose(ORDER, [LINE], {7: Facts(incoming=incoming, ahead=ahead)})
        return next((way.on for way in ways if way.kind == Kind.WAIT), None)

    assert day(0) == MONDAY
    assert day(-5) == MONDAY
    assert day(2) == FRIDAY
    assert day(11) == FRIDAY
    assert day(12) is None


def test_substitutes_are_enough_for_the_whole_line_and_sisters_come_first() -> None:
    others = [Substitute(20, 50, False), Substitute(21, 5, True), Substitute(22, 4, True), Substitute(23, 8, True)]
    ways = propose(ORDER, [LINE], {7: Facts(substitutes=others)})
    assert [way.target for way in ways if way.kind == Kind.SUBSTITUTE] == [23, 21, 20]
    sent = LINE._replace(delivered=1)
    ways = propose(ORDER, [sent], {7: Facts(substitutes=others)})
    assert Kind.SUBSTITUTE not in kinds(*ways)


def test_what_may_not_be_changed_is_not_proposed() -> None:
    others = {7: Facts(substitutes=[Substitute(21, 9, True)], elsewhere={2: 9.0})}
    ways = propose(ORDER._replace(may_change=False, may_cancel=False), [LINE], others)
    assert kinds(*ways) == [Kind.WAREHOUSE, Kind.PARTIAL]


def test_a_kit_is_neither_swapped_nor_sent_from_elsewhere() -> None:
    others = {7: Facts(substitutes=[Substitute(21, 9, True)], elsewhere={2: 9.0}, incoming=[(MONDAY, 9.0)])}
    ways = propose(ORDER, [LINE._replace(whole=False)], others)
    assert kinds(*ways) == [Kind.WAIT, Kind.CANCEL_MISSING, Kind.PARTIAL, Kind.CANCEL_ORDER]


def test_nothing_found_ships_nothing_in_part_and_a_single_line_is_cancelled_with_its_order() -> None:
    bare = LINE._replace(found=0, missing=5)
    assert kinds(*propose(Order(found=0, lines=1), [bare], {})) == [Kind.CANCEL_ORDER]
    assert kinds(*propose(Order(found=0, lines=2), [bare], {})) == [Kind.CANCEL_MISSING, Kind.CANCEL_ORDER]
    assert kinds(*propose(Order(found=2, lines=2), [bare], {})) == [
        Kind.CANCEL_MISSING,
        Kind.PARTIAL,
        Kind.CANCEL_ORDER,
    ]


def test_packs_are_cancelled_whole() -> None:
    assert packs_to_cancel(5, 6) == 1
    assert packs_to_cancel(6, 6) == 1
    assert packs_to_cancel(7, 6) == 2
    assert packs_to_cancel(2.5) == 2.5
    two_packs = Line(id=1, product=7, ordered=12, found=7, missing=5, pack=6)
    (less,) = (way for way in propose(ORDER, [two_packs], {}) if way.kind == Kind.CANCEL_MISSING)
    assert less.quantity == 6


@given(
    st.integers(1, 20).map(float),
    st.dictionaries(st.integers(1, 5), st.integers(-5, 30).map(float)),
    st.lists(st.tuples(st.dates(MONDAY, FRIDAY), st.integers(0, 9).map(float)), max_size=4),
    st.integers(0, 9).map(float),
)
def test_no_proposal_promises_more_than_there_is(
    missing: float, elsewhere: dict[int, float], incoming: list[tuple[date, float]], ahead: float
) -> None:
    line = Line(id=1, product=7, ordered=missing, found=0, missing=missing)
    for way in propose(ORDER, [line], {7: Facts(elsewhere=elsewhere, incoming=incoming, ahead=ahead)}):
        if way.kind == Kind.WAREHOUSE:
            assert 0 < way.quantity <= min(missing, elsewhere[way.target])
            assert way.solves == (elsewhere[way.target] >= missing)
        if way.kind == Kind.WAIT:
            assert sum(quantity for day, quantity in incoming if way.on and day <= way.on) - ahead >= missing
