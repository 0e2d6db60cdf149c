"""The money of a line is shared to the cent."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from matching.sharing import proportional, share

AMOUNTS = st.decimals(min_value=D("0.01"), max_value=9999, places=2)


def test_too_little_leaves_the_last_ones_short():
    assert share(D("80.00"), [D("50.00"), D("40.00"), D("10.00")]) == ([D("50.00"), D("30.00"), D(0)], D(0))


def test_too_much_is_left_over():
    assert share(D("95.00"), [D("50.00"), D("40.00")]) == ([D("50.00"), D("40.00")], D("5.00"))
    assert share(D("-95.00"), [D("-50.00"), D("-40.00")]) == ([D("-50.00"), D("-40.00")], D("-5.00"))


def test_in_full_the_rest_is_written_off():
    assert share(D("49.50"), [D("50.00")], in_full=True) == ([D("50.00")], D("-0.50"))


@given(AMOUNTS, st.lists(AMOUNTS, max_size=5), st.booleans())
def test_nothing_is_lost(amount, expected, in_full):
    parts, rest = share(amount, expected, in_full=in_full)
    assert sum(parts, D(0)) + rest == amount
    assert all(part <= wanted for part, wanted in zip(parts, expected, strict=True))


@given(AMOUNTS, st.lists(AMOUNTS, min_size=1, max_size=5))
def test_in_another_currency_it_adds_up_as_well(total, parts):
    assert sum(proportional(total, parts, D("0.01")), D(0)) == total
