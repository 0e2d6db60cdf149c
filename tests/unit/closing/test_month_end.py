"""Money without goods, goods without an invoice, and tax that is due once."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from closing.month_end import Found, Rate, ends

NOTHING = Found(Decimal(0), Decimal(0))


def D(value: str) -> Decimal:
    return Decimal(value)


def rate(shipped: str = "0", invoiced: str = "0", total: str = "120.00", tax: str = "20.00") -> Rate:
    return Rate(D(total), D(tax), D(shipped), D(invoiced))


def one(paid: str, found: Rate) -> tuple[Found, Found, Found]:
    result = ends(D(paid), {"20": found})["20"]
    return result.deposit, result.ahead, result.uninvoiced


def test_paid_and_nothing_else_is_a_deposit_with_its_tax() -> None:
    assert one("120.00", rate()) == (Found(D("120.00"), D("20.00")), NOTHING, NOTHING)


def test_what_an_invoice_says_is_declared_with_it_and_not_again() -> None:
    assert one("120.00", rate(invoiced="120.00")) == (NOTHING, Found(D("120.00"), D("20.00")), NOTHING)


def test_half_shipped_and_not_invoiced() -> None:
    assert one("120.00", rate(shipped="60.00")) == (
        Found(D("60.00"), D("10.00")),
        NOTHING,
        Found(D("60.00"), D("10.00")),
    )


def test_a_deposit_invoice_leaves_the_rest_of_what_was_paid() -> None:
    deposit, ahead, _uninvoiced = one("120.00", rate(invoiced="36.00"))
    assert (deposit, ahead) == (Found(D("84.00"), D("14.00")), Found(D("36.00"), D("6.00")))


def test_all_done_is_nothing_to_say() -> None:
    assert one("120.00", rate("120.00", "120.00")) == (NOTHING, NOTHING, NOTHING)
    assert one("0", rate()) == (NOTHING, NOTHING, NOTHING)


def test_more_than_was_asked_is_no_deposit_for_goods() -> None:
    assert one("130.00", rate())[0].gross == D("120.00")


@given(
    paid=st.decimals(0, 300, places=2),
    totals=st.lists(st.decimals("0.01", 100, places=2), min_size=1, max_size=4),
)
def test_a_payment_is_spread_over_the_rates_to_the_cent(paid: Decimal, totals: list[Decimal]) -> None:
    rates = {index: Rate(total, Decimal(0), Decimal(0), Decimal(0)) for index, total in enumerate(totals)}
    held = sum(found.deposit.gross for found in ends(paid, rates).values())
    assert held == min(paid, sum(totals))


@given(
    paid=st.decimals(0, 150, places=2),
    shipped=st.decimals(0, 120, places=2),
    invoiced=st.decimals(0, 120, places=2),
)
def test_what_is_due_now_was_neither_shipped_nor_invoiced(paid: Decimal, shipped: Decimal, invoiced: Decimal) -> None:
    deposit, ahead, uninvoiced = one(str(paid), rate(str(shipped), str(invoiced)))
    assert deposit.gross == max(min(paid, Decimal(120)) - max(shipped, invoiced), Decimal(0))
    assert not (ahead.gross and uninvoiced.gross)
