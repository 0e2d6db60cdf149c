"""What a line may be, and what needs no person."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.evidence import BankLine, Claim, Standing
from matching.ranking import Claims, rank, sure

DAY = date(2026, 11, 5)
MARIE, PAUL = frozenset({"marie", "durand"}), frozenset({"paul", "martin"})


def order(number, amount="50.00", **values):
    names = frozenset({f"s{number:05d}", str(number)})
    payers = values.pop("payers", (MARIE,))
    return Claim(
        ("order", number), D(amount), "EUR", values.pop("day", DAY - timedelta(3)), names, payers=payers, **values
    )


def payout(number, amount="50.00", **values):
    return Claim(("payout", number), D(amount), "EUR", values.pop("day", DAY), frozenset({f"po{number:08d}"}), **values)


def line(text, amount="50.00", key=1, day=DAY, **values):
    return BankLine(key, D(amount), "EUR", day, text, **values)


def told(lines, *claims):
    """``{line: (reason, keys)}`` of what is matched without a person, and all that is proposed."""
    lines = lines if isinstance(lines, list) else [lines]
    proposals = rank(lines, Claims(claims))
    return {key: (one.reason, one.keys) for key, one in sure(proposals).items()}, proposals


def best(one_line, *claims):
    found, proposals = told(one_line, *claims)
    rows = proposals[one_line.key]
    return bool(found), (rows[0].reason if rows else None), (rows[0].rest if rows else None)


# --- what each likeness is worth


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("VIR DURAND MARIE S00042", {}, (True, "named", D(0))),
        ("COMMANDE 1042", {}, (False, "amount", D(0))),
        ("VIR S00024", {}, (False, "slip", D(0))),
        ("VIR S0042", {}, (False, "slip", D(0))),
        ("VIR DURAND MARIE S00043", {}, (False, "slip", D(0))),
        ("VIR DURAND MARIE", {}, (True, "name", D(0))),
        ("VIR DURANT MARIE", {}, (False, "alike", D(0))),
        ("VIR", {}, (False, "amount", D(0))),
        ("VIR S00042", {"amount": "45.00"}, (False, "named_differs", D(-5))),
        ("VIR S00042", {"amount": "55.00"}, (False, "named_differs", D(5))),
        ("VIR DURAND MARIE", {"amount": "45.00"}, (False, "name_differs", D(-5))),
        ("VIR", {"amount": "45.00"}, (False, None, None)),
        ("PRLV S00042", {"amount": "-50.00"}, (False, None, None)),
        ("VIR DURAND MARIE", {"day": DAY - timedelta(9)}, (False, "before", D(0))),
        ("VIR", {"day": DAY + timedelta(60)}, (False, None, None)),
    ],
)
def test_an_order_s_likeness(text, values, expected):
    assert best(line(text, **values), order(42)) == expected


def test_a_misspelt_reference_alone_is_never_matched_without_a_person():
    matched, proposals = told(line("VIR SOPHIE S00043"), order(42))
    assert not matched
    assert proposals[1][0].reason == "slip"


def test_a_reference_of_another_order_is_no_slip():
    _matched, proposals = told(line("VIR S00043"), order(42), order(43, payers=(PAUL,)))
    assert (proposals[1][0].reason, proposals[1][0].keys) == ("named", (("order", 43),))
    assert "slip" not in [one.reason for one in proposals[1]]


def test_where_the_label_has_another_reference_the_payer_s_name_is_not_enough():
    other = order(99, "80.00", payers=(PAUL,))
    assert not told(line("VIR DURAND MARIE S00099"), order(42), other)[0]
    assert not told(line("VIR DURAND MARIE S00099"), order(42), replace(other, standing=Standing.PAID))[0]
    assert not told(line("VIR STRIPE PAYOUT S00099"), payout(1, label="stripepayout"), other)[0]


def test_the_account_of_earlier_payments_tells_who_pays():
    marie = order(42, partner=7)
    assert best(line("VIR", account_holder=7), marie) == (True, "account", D(0))
    assert best(line("VIR", account_holder=7, amount="45.00"), marie) == (False, "account_differs", D(-5))
    assert best(line("VIR DURAND MARIE", account_holder=8), marie)[:2] == (False, "alike"), "of the same name"
    assert best(line("VIR", partner=7), marie) == (True, "partner", D(0))


def test_paid_twice_and_paid_though_cancelled():
    paid, cancelled = order(42, standing=Standing.PAID), order(43, standing=Standing.CANCELLED)
    assert best(line("VIR S00042"), paid) == (False, "paid", D(0))
    assert best(line("VIR S00043"), cancelled) == (True, "cancelled", D(0))
    assert best(line("VIR DURAND MARIE"), cancelled) == (False, "cancelled_payer", D(0))
    assert best(line("VIR DURAND MARIE"), paid) == (False, None, None)


# --- unique on both sides


def test_two_orders_alike_or_two_lines_alike_are_left_to_a_person():
    assert not told(line("VIR DURAND MARIE"), order(42), order(43))[0]
    assert not told([line("S00042"), line("S00042", key=2)], order(42))[0]
    assert told([line("S00042"), line("DURAND MARIE", key=2)], order(42))[0] == {1: ("named", (("order", 42),))}


def test_the_same_number_at_two_shops_is_told_apart_by_amount_only():
    other = replace(order(4242, "80.00"), key=("order", 1), names=frozenset({"4242"}))
    assert told(line("COMMANDE 4242"), order(4242), other)[0] == {1: ("named", (("order", 4242),))}
    assert not told(line("COMMANDE 4242"), order(4242), replace(other, amount=D("50.00")))[0]


def test_a_payout_and_an_order_that_are_as_likely_are_left_to_a_person():
    assert not told(line("VIR DURAND MARIE"), order(42), payout(1))[0]
    assert told(line("VIR S00042"), order(42), payout(1))[0] == {1: ("named", (("order", 42),))}


def test_other_currencies_are_other_money():
    assert best(line("VIR S00042"), replace(order(42), currency="USD")) == (False, None, None)


# --- payouts


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("REF PO-0000 0001 STRIPE", {"day": DAY + timedelta(15)}, (True, "payout_named", D(0))),
        ("STRIPEPO00000001", {"amount": "49.00"}, (False, "payout_named_differs", D(-1))),
        ("VIR CARTE PAYOUT", {}, (True, "payout_labelled", D(0))),
        ("VIR", {}, (True, "payout_dated", D(0))),
        ("VIR", {"partner": 3}, (False, "payout_far", D(0))),
        ("VIR", {"day": DAY + timedelta(15)}, (False, "payout_far", D(0))),
        ("VIR", {"day": DAY + timedelta(25)}, (False, None, None)),
    ],
)
def test_a_payout_s_likeness(text, values, expected):
    assert best(line(text, **values), payout(1, label="cartepayout")) == expected


# --- several at once


def test_one_transfer_for_two_orders_that_it_names():
    matched, _ = told(line("CDES S00042 ET S00043", "80.00"), order(42), order(43, "30.00"))
    assert matched == {1: ("several_named", (("order", 42), ("order", 43)))}
    assert best(line("S00042 S00043", "79.00"), order(42), order(43, "30.00")) == (
        False,
        "several_named_differs",
        D(-1),
    )


def test_one_transfer_for_all_or_some_that_a_customer_owes():
    owed = [order(number, amount, partner=7) for number, amount in ((42, "50.00"), (43, "30.00"), (44, "20.00"))]
    assert best(line("VIR DURAND MARIE", "100.00"), *owed) == (False, "several_payer", D(0))
    _matched, proposals = told(line("VIR DURAND MARIE", "80.00"), *owed)
    assert proposals[1][0].keys == (("order", 42), ("order", 43))


def test_a_carrier_s_remittance_is_consecutive_orders_that_add_up():
    day = timedelta(1)
    handed = [order(n, f"{n}.10", day=DAY - (60 - n) * day, gathered_by="colissimo", payers=()) for n in range(40, 52)]
    total = sum((claim.amount for claim in handed[2:9]), D(0))
    matched, proposals = told(line("COLISSIMO CRBT", str(total)), *handed)
    assert not matched
    assert (proposals[1][0].reason, proposals[1][0].claims) == ("gathered", tuple(handed[2:9]))
    assert not told(line("CRBT", str(total), day=DAY - 55 * day), *handed)[1][1], "they are younger than the line"


# --- as a whole


@given(
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["10.00", "20.00", "30.00"])), max_size=8),
    st.lists(
        st.tuples(st.sampled_from(["S00001", "S00002", "DURAND MARIE", "S00012", ""]), st.integers(1, 6)), max_size=8
    ),
)
def test_nothing_is_matched_twice_and_only_where_the_amount_agrees(numbers, texts):
    claims = [order(number, amount) for number, amount in dict(numbers).items()]
    lines = [line(text, f"{tens}0.00", key) for key, (text, tens) in enumerate(texts, 1)]
    proposals = rank(lines, Claims(claims))
    matched = sure(proposals)
    keys = [key for one in matched.values() for key in one.keys]
    assert len(keys) == len(set(keys))
    assert all(not one.rest and one.reason not in ("slip", "amount", "alike") for one in matched.values())
