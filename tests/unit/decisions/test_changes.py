"""Who changed what since shop and Odoo last agreed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decisions.changes import Who, agree, compare, number, place

PARTS = st.dictionaries(
    st.sampled_from(["address", "quantity:product:1", "quantity:product:2", "product:product:1"]),
    st.sampled_from(["0", "1", "2"]),
)


@pytest.mark.parametrize(
    ("agreed", "ours", "theirs", "who"),
    [
        ("1", "1", "1", None),
        ("1", "1", "2", Who.SHOP),
        ("1", "2", "1", Who.ODOO),
        ("1", "2", "3", Who.BOTH),
        ("1", "2", "2", None),  # our own change that comes back
    ],
)
@pytest.mark.parametrize("part", ["address", "quantity:product:7", "product:product:7"])
def test_who_moved_away_from_what_was_agreed(part: str, agreed: str, ours: str, theirs: str, who: Who | None) -> None:
    found = compare({part: agreed}, {part: ours}, {part: theirs})
    assert found == ({part: who} if who else {})


def test_a_line_that_is_new_or_gone() -> None:
    line = "quantity:product:1"
    assert compare({}, {}, {line: "2"}) == {line: Who.SHOP}
    assert compare({line: "2"}, {line: "2"}, {}) == {line: Who.SHOP}
    assert compare({line: "2"}, {line: "0"}, {line: "2"}) == {line: Who.ODOO}
    assert compare({line: "2"}, {line: "0"}, {}) == {}


def test_what_a_side_does_not_say_is_no_change() -> None:
    assert compare({"product:product:1": "5"}, {"product:product:1": "5"}, {}) == {}
    assert compare({"address": "a"}, {}, {"address": "b"}) == {}


def test_an_order_from_before_follows_the_shop() -> None:
    assert compare(None, {"address": "a"}, {"address": "b"}) == {"address": Who.SHOP}


@given(PARTS, PARTS, PARTS)
def test_once_agreed_about_everything_only_odoo_may_differ(
    agreed: dict[str, str], ours: dict[str, str], theirs: dict[str, str]
) -> None:
    settled = agree(agreed, theirs, compare(agreed, ours, theirs))
    assert set(compare(settled, ours, theirs).values()) <= {Who.ODOO}


def test_a_line_of_which_each_side_changed_something_is_in_dispute_as_a_whole() -> None:
    agreed = {"quantity:product:1": "2", "product:product:1": "5"}
    ours, theirs = agreed | {"product:product:1": "6"}, agreed | {"quantity:product:1": "3"}
    assert set(compare(agreed, ours, theirs).values()) == {Who.BOTH}


@given(st.floats(0, 1e6))
def test_equal_quantities_are_equal_texts(quantity: float) -> None:
    assert number(quantity) == number(round(quantity, 6))
    assert float(number(quantity)) == pytest.approx(quantity, abs=1e-6)


def test_a_place_ignores_case_and_spacing() -> None:
    assert place("Marie  Durand", "1 RUE de la Paix") == place("marie durand", "1 rue de la  paix")
    assert place("a", "b") != place("ab", "")
