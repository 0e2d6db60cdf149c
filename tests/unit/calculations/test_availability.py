"""How many may be sold, and why."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculations.availability import Figures, Rule, available, explain, kits

whole = st.integers(min_value=0, max_value=500).map(float)
figures = st.builds(Figures, whole, whole, whole, whole, whole, whole, whole, whole)
rules = st.builds(
    Rule,
    buffer=st.integers(0, 20).map(float),
    percentage=st.sampled_from([100.0, 80.0, 50.0, 33.0, 10.0]),
    withdraw_at=st.integers(0, 20).map(float),
    cap=st.integers(0, 50),
)
packs = st.sampled_from([1.0, 6.0, 12.0, 0.5])


def test_the_issue_s_own_example() -> None:
    """12 on hand, 3 reserved, 2 that expire too soon, a buffer of 1: 6."""
    held = Figures(on_hand=12, reserved=3, expired=2)
    assert available(held.free, Rule(buffer=1)) == 6
    steps = [(step.code, step.quantity) for step in explain(held, rule=Rule(buffer=1))]
    assert steps == [("on_hand", 12), ("reserved", -3), ("expired", -2), ("buffer", -1)]


@pytest.mark.parametrize(
    ("free", "rule", "pack", "shown"),
    [
        (10, Rule(), 1, 10),
        (10, Rule(), 6, 1),
        (11.9999999999, Rule(), 6, 2),  # a float's dust is no missing unit
        (10, Rule(percentage=50, buffer=1), 1, 4),
        (10, Rule(cap=3), 1, 3),
        (3, Rule(withdraw_at=3), 1, 0),
        (4, Rule(withdraw_at=3), 1, 4),
        (2, Rule(buffer=5), 1, 0),
        (-4, Rule(), 1, 0),
        (0.9, Rule(), 1, 0),
    ],
)
def test_rules(free: float, rule: Rule, pack: float, shown: int) -> None:
    assert available(free, rule, pack) == shown


@given(figures, whole, rules, packs)
def test_an_explanation_adds_up(found: Figures, dedicated: float, rule: Rule, pack: float) -> None:
    steps = explain(found, dedicated, rule, pack)
    assert math.isclose(
        sum(step.quantity for step in steps), available(found.free - dedicated, rule, pack), abs_tol=1e-4
    )


@given(figures, rules, packs)
def test_never_more_than_is_free(found: Figures, rule: Rule, pack: float) -> None:
    shown = available(found.free, rule, pack)
    assert shown >= 0
    assert shown * pack <= max(found.free, 0) + 1e-3
    assert not rule.cap or shown <= rule.cap


def test_kits_are_as_many_as_the_scarcest_component_allows() -> None:
    assert kits({1: 10.0, 2: 7.0}, [(1, 1.0), (2, 2.0)]) == 3
    assert kits({1: 10.0}, [(1, 1.0), (2, 2.0)]) == 0
    assert kits({}, []) == 0
