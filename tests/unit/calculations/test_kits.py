"""What kits are made of in the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculations.kits import flatten

MUG, PEN, CARD, SET, BOX, CRATE = range(1, 7)
COUNTED = {MUG, PEN}


def test_kits_within_kits() -> None:
    """A crate of four boxes, each of three sets of two mugs and a pen, and one more pen."""
    recipes = {SET: [(MUG, 2), (PEN, 1)], BOX: [(SET, 3), (PEN, 1)], CRATE: [(BOX, 4)]}
    assert flatten(recipes, COUNTED) == {
        SET: {MUG: 2, PEN: 1},
        BOX: {MUG: 6, PEN: 4},
        CRATE: {MUG: 24, PEN: 16},
    }


def test_what_is_not_counted_limits_nothing() -> None:
    recipes = {SET: [(MUG, 2), (CARD, 1)], BOX: [(CARD, 1)]}
    assert flatten(recipes, COUNTED) == {SET: {MUG: 2}}


def test_the_same_component_twice_and_none_of_it() -> None:
    assert flatten({SET: [(MUG, 2), (MUG, 0.5), (PEN, 0)]}, COUNTED) == {SET: {MUG: 2.5}}


def test_a_kit_that_contains_itself_ends() -> None:
    assert flatten({SET: [(SET, 1), (MUG, 1)]}, COUNTED) == {SET: {MUG: 1}}
    assert flatten({SET: [(BOX, 1)], BOX: [(SET, 1), (MUG, 1)]}, COUNTED)[SET] == {MUG: 1}


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 5)), min_size=1, max_size=5), st.integers(1, 5))
def test_twice_the_parts_make_twice_the_components(parts: list[tuple[int, int]], times: int) -> None:
    counted = {0, 1, 2, 3, 4}
    one = flatten({10: [(part, float(count)) for part, count in parts]}, counted)[10]
    more = flatten({10: [(part, float(count)) for part, count in parts], 11: [(10, float(times))]}, counted)[11]
    assert more == pytest.approx({part: times * count for part, count in one.items()})
