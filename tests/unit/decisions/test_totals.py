"""How the shop's cents become Odoo's: examples that a merchant would recognise, and what holds for any figures."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decisions import totals

CENT, UNIT = Decimal("0.01"), Decimal(1)
ZERO = Decimal(0)

roundings = st.sampled_from([CENT, UNIT])


def money(low: int = -10_000, high: int = 10_000) -> st.SearchStrategy[Decimal]:
    """Amounts with cents."""
    return st.decimals(low, high, places=2, allow_nan=False, allow_infinity=False)


def d(text: str) -> Decimal:
    return Decimal(text)


# --- rounding


@pytest.mark.parametrize(
    ("amount", "rounding", "rounded"),
    [
        ("0.005", "0.01", "0.01"),
        ("-0.005", "0.01", "-0.01"),
        ("2.5", "1", "3"),
        ("-2.5", "1", "-3"),
        ("1.024", "0.05", "1.00"),
        ("1.025", "0.05", "1.05"),
        ("0", "0.01", "0.00"),
    ],
)
def test_half_a_cent_goes_away_from_zero(amount: str, rounding: str, rounded: str) -> None:
    assert totals.round_to(d(amount), d(rounding)) == d(rounded)


@given(st.decimals(-1_000_000, 1_000_000, places=5), roundings)
def test_rounding_is_near_repeatable_and_symmetric(amount: Decimal, rounding: Decimal) -> None:
    rounded = totals.round_to(amount, rounding)
    assert abs(rounded - amount) <= rounding / 2
    assert rounded % rounding == 0
    assert totals.round_to(rounded, rounding) == rounded
    assert totals.round_to(-amount, rounding) == -rounded


# --- what the lines lack


def test_lines_that_add_up_leave_nothing() -> None:
    lines = [(d("10.00"), {"20": d("2.00")}), (d("4.00"), {"20": d("0.80")})]
    residual = totals.residual(d("16.80"), d("2.80"), lines, {"20": d("2.80")})
    assert not residual
    assert residual.gross == ZERO
    assert residual.size == ZERO


def test_a_shop_that_rounds_at_the_subtotal_leaves_a_cent_of_tax() -> None:
    # Three books at 3.33 with 5.5 %: 0.18 each, 0.55 together.
    lines = [(d("3.33"), {"5.5": d("0.18")})] * 3
    residual = totals.residual(d("10.54"), d("0.55"), lines, {"5.5": d("0.55")})
    assert (residual.net, dict(residual.taxes)) == (ZERO, {"5.5": d("0.01")})
    assert residual.gross == residual.size == d("0.01")


def test_a_cent_that_only_the_total_has_is_net() -> None:
    residual = totals.residual(d("12.01"), d("2.00"), [(d("10.00"), {"20": d("2.00")})], {"20": d("2.00")})
    assert (residual.net, dict(residual.taxes)) == (d("0.01"), {})


def test_where_the_summary_misses_the_total_tax_the_largest_tax_takes_the_cent() -> None:
    lines = [(d("100.00"), {"20": d("20.00")}), (d("10.00"), {"5.5": d("0.55")})]
    residual = totals.residual(d("130.56"), d("20.56"), lines, {"20": d("20.00"), "5.5": d("0.55")})
    assert (residual.net, dict(residual.taxes)) == (ZERO, {"20": d("0.01")})


def test_differences_that_cancel_out_are_still_seen() -> None:
    lines = [(d("10.00"), {"20": d("2.01"), "5.5": d("0.54")})]
    residual = totals.residual(d("12.55"), d("2.55"), lines, {"20": d("2.00"), "5.5": d("0.55")})
    assert residual
    assert residual.gross == ZERO
    assert residual.size == d("0.01")


def test_a_tax_without_a_summary_is_compared_with_the_order() -> None:
    assert not totals.residual(d("12.00"), d("0.00"), [(d("12.00"), {})], {})
    residual = totals.residual(d("12.00"), d("2.00"), [(d("10.00"), {})], {})
    assert (residual.net, dict(residual.taxes)) == (ZERO, {"": d("2.00")})


codes = st.sampled_from(["20", "10", "5.5"])
order_lines = st.lists(st.tuples(money(), st.dictionaries(codes, money())), max_size=8)


@given(money(), money(), order_lines, st.dictionaries(codes, money()))
def test_lines_and_residual_always_make_the_order(
    total: Decimal,
    tax: Decimal,
    lines: list[tuple[Decimal, dict[str, Decimal]]],
    summary: dict[str, Decimal],
) -> None:
    residual = totals.residual(total, tax, lines, summary)
    net = sum((line for line, _taxes in lines), ZERO) + residual.net
    taxes = sum((amount for _line, taxes in lines for amount in taxes.values()), ZERO)
    assert net == total - tax
    assert taxes + sum(residual.taxes.values(), ZERO) == tax
    assert residual.size >= abs(residual.gross)
    assert all(residual.taxes.values())


@given(order_lines)
def test_an_order_that_is_the_sum_of_its_lines_has_no_residual(
    lines: list[tuple[Decimal, dict[str, Decimal]]],
) -> None:
    summary: dict[str, Decimal] = {}
    for _net, taxes in lines:
        for code, amount in taxes.items():
            summary[code] = summary.get(code, ZERO) + amount
    tax = sum(summary.values(), ZERO)
    assert not totals.residual(sum((net for net, _taxes in lines), ZERO) + tax, tax, lines, summary)


# --- the price that is shown


def test_a_discount_is_shown_as_one() -> None:
    price = totals.line_price(d("12.00"), d("15.00"), d("2"), locked=True, rounding=CENT)
    assert price == totals.Price(d("7.5"), d("20"))


def test_a_discount_that_percents_cannot_express_is_shown_only_where_the_amounts_are_locked() -> None:
    due, listed = d("1.00"), d("3000.00")  # 99.9666… %
    assert totals.line_price(due, listed, d("1"), locked=True, rounding=CENT).discount == d("99.97")
    assert totals.line_price(due, listed, d("1"), locked=False, rounding=CENT) == totals.Price(d("1"), ZERO)


def test_a_price_that_does_not_divide_keeps_its_digits_where_it_must() -> None:
    price = totals.line_price(d("100000.00"), d("100000.00"), d("30000"), locked=False, rounding=CENT)
    assert price.unit * 30000 != d("100000.00")  # no decimal is exact ...
    assert totals.round_to(price.unit * 30000, CENT) == d("100000.00")  # ... but the line is
    short = totals.line_price(d("10.00"), d("10.00"), d("3"), locked=False, rounding=CENT)
    assert short == totals.Price(d("3.333333"), ZERO)


def test_a_surcharge_a_free_line_and_a_negative_fee_have_no_discount() -> None:
    assert totals.line_price(d("12"), d("10"), d("1"), locked=True, rounding=CENT) == totals.Price(d("12"), ZERO)
    assert totals.line_price(d("0"), d("10"), d("1"), locked=True, rounding=CENT) == totals.Price(d("10"), d("100"))
    assert totals.line_price(d("-5"), d("0"), d("1"), locked=True, rounding=CENT) == totals.Price(d("-5"), ZERO)
    assert totals.line_price(d("5"), d("5"), d("0"), locked=True, rounding=CENT) == totals.Price(d("5"), ZERO)


quantities = st.one_of(
    st.integers(1, 5000).map(Decimal), st.decimals("0.01", 500, places=2), st.decimals("0.001", 50, places=3)
)


@given(money(), money(0), quantities, roundings)
def test_an_unlocked_price_leads_back_to_what_is_due(
    due: Decimal, listed: Decimal, quantity: Decimal, rounding: Decimal
) -> None:
    due = totals.round_to(due, rounding)
    price = totals.line_price(due, listed, quantity, locked=False, rounding=rounding)
    assert totals.round_to(price.unit * quantity * (1 - price.discount / 100), rounding) == due


@given(money(), money(0), quantities, st.booleans())
def test_a_discount_is_between_nothing_and_all_and_has_two_decimals(
    due: Decimal, listed: Decimal, quantity: Decimal, locked: bool
) -> None:
    price = totals.line_price(due, listed, quantity, locked=locked, rounding=CENT)
    assert 0 <= price.discount <= 100
    assert price.discount == price.discount.quantize(CENT)
    assert not price.discount or listed > due >= 0


# --- what each tax was computed on


def test_state_and_county_share_the_net() -> None:
    bases = totals.tax_bases(d("100"), [(1, d("4"), d("4.00")), (2, d("4.875"), d("4.88"))], CENT)
    assert bases == {1: d("100"), 2: d("100")}


def test_a_fee_spread_over_the_rates_of_the_cart_has_a_base_for_each() -> None:
    bases = totals.tax_bases(d("-10"), [(1, d("20"), d("-1.40")), (2, d("5.5"), d("-0.17"))], CENT)
    assert bases == {1: d("-7.00"), 2: d("-3.09")}


def test_a_tax_of_nothing_is_on_the_whole() -> None:
    assert totals.tax_bases(d("10"), [(1, ZERO, ZERO)], CENT) == {1: d("10")}


@given(money(), st.decimals("0.1", "25.5", places=3), roundings)
def test_a_tax_that_its_rate_explains_is_on_the_whole(net: Decimal, rate: Decimal, rounding: Decimal) -> None:
    amount = totals.round_to(net * rate / 100, rounding)
    assert totals.tax_bases(net, [(1, rate, amount)], rounding) == {1: net}


# --- the lock


def test_a_lock_says_what_odoo_compares_and_what_it_repeats() -> None:
    lock = totals.lock(
        currency_id=1,
        price=totals.Price(d("6.00"), ZERO),
        quantity=d("2"),
        rate=1.0,
        net=d("10.00"),
        taxes={7: (d("10.00"), d("2.00"))},
    )
    assert lock == {
        "currency_id": 1,
        "price_unit": 6.0,
        "discount": 0.0,
        "quantity": 2.0,
        "rate": 1.0,
        "manual_total_excluded_currency": 10.0,
        "manual_tax_amounts": {"7": {"base_amount_currency": 10.0, "tax_amount_currency": 2.0}},
    }


def test_a_line_without_taxes_is_locked_too() -> None:
    """Three pieces for 10.00 would be invoiced one by one at 3.33; Odoo only reads a lock that names some tax."""
    lock = totals.lock(
        currency_id=1, price=totals.Price(d("3.333333"), ZERO), quantity=d("3"), rate=1.0, net=d("10.00"), taxes={}
    )
    assert lock["manual_total_excluded_currency"] == 10.0
    assert lock["manual_tax_amounts"] == {"0": {}}
    shares = [totals.prorate(lock, before, 1.0, 0.01) for before in (0.0, 1.0, 2.0)]
    assert [share and share["manual_total_excluded_currency"] for share in shares] == [3.33, 3.34, 3.33]


# --- shares


def locked(quantity: Decimal, net: Decimal, taxes: dict[int, Decimal]) -> dict[str, object]:
    return totals.lock(
        currency_id=1,
        price=totals.Price(d("1"), ZERO),
        quantity=quantity,
        rate=1.0,
        net=net,
        taxes={tax: (net, amount) for tax, amount in taxes.items()},
    )


def figures(share: dict[str, object]) -> dict[tuple[str, str], Decimal]:
    """All amounts of a lock, each under its name."""
    amounts = {("net", ""): share["manual_total_excluded_currency"]}
    taxes = share["manual_tax_amounts"]
    assert isinstance(taxes, dict)
    for tax, values in taxes.items():
        amounts |= {(tax, name): value for name, value in values.items()}
    return {name: Decimal(str(value)) for name, value in amounts.items()}


def test_three_thirds_of_a_line_are_the_line() -> None:
    whole = locked(d("3"), d("10.00"), {7: d("2.00")})
    shares = [totals.prorate(whole, before, 1.0, 0.01) for before in (0.0, 1.0, 2.0)]
    assert [share and share["manual_total_excluded_currency"] for share in shares] == [3.33, 3.34, 3.33]
    assert [share and share["quantity"] for share in shares] == [1.0, 1.0, 1.0]


def test_the_whole_is_its_own_share_and_nothing_is_changed_in_place() -> None:
    whole = locked(d("3"), d("10.00"), {7: d("2.00")})
    before = repr(whole)
    assert totals.prorate(whole, 0, 3.0, 0.01) == whole
    totals.prorate(whole, 1, 1.0, 0.01)
    assert repr(whole) == before


def test_what_is_not_locked_has_no_share() -> None:
    assert totals.prorate(None, 0, 1.0, 0.01) is None
    assert totals.prorate({}, 0, 1.0, 0.01) is None
    assert totals.prorate({"computation_key": "x"}, 0, 1.0, 0.01) == {"computation_key": "x"}


parts = st.lists(st.integers(1, 40), min_size=1, max_size=8)


@given(parts, st.sampled_from([1, 100]), money(), st.dictionaries(st.integers(1, 3), money()), roundings)
def test_the_shares_of_any_split_add_up(
    sizes: list[int], divisor: int, net: Decimal, taxes: dict[int, Decimal], rounding: Decimal
) -> None:
    """Whatever the parts, their order, the sign and the currency's rounding; quantities may be fractions."""
    net = totals.round_to(net, rounding)
    taxes = {tax: totals.round_to(amount, rounding) for tax, amount in taxes.items()}
    whole = locked(Decimal(sum(sizes)) / divisor, net, taxes)
    sums: dict[tuple[str, str], Decimal] = {}
    taken = 0.0
    for size in sizes:
        quantity = size / divisor
        share = totals.prorate(whole, taken, quantity, float(rounding))
        assert share is not None
        taken = round(taken + quantity, 2)
        assert share["quantity"] == quantity
        for name, value in figures(share).items():
            assert value % rounding == 0
            sums[name] = sums.get(name, ZERO) + value
    assert sums == figures(whole)


@given(parts, money(), roundings, st.randoms(use_true_random=False))
def test_shares_do_not_depend_on_the_company_that_they_keep(
    sizes: list[int], net: Decimal, rounding: Decimal, random: object
) -> None:
    """A share is near its part of the amount, so no order of the parts puts a large remainder on the last one."""
    net = totals.round_to(net, rounding)
    whole = locked(Decimal(sum(sizes)), net, {1: ZERO})
    random.shuffle(sizes)  # type: ignore[attr-defined]
    taken = 0
    for size in sizes:
        share = totals.prorate(whole, taken, size, float(rounding))
        assert share is not None
        assert abs(figures(share)["net", ""] - net * size / sum(sizes)) <= rounding
        taken += size


@given(parts, money(0), roundings)
def test_what_is_given_back_in_parts_is_what_was_taken(sizes: list[int], net: Decimal, rounding: Decimal) -> None:
    """The last part first, as credit notes may come: the running total goes back to nothing."""
    net = totals.round_to(net, rounding)
    whole = locked(Decimal(sum(sizes)), net, {1: net})
    left, given_back = sum(sizes), ZERO
    for size in sizes:
        share = totals.prorate(whole, left, -size, float(rounding))
        assert share is not None
        given_back += figures(share)["net", ""]
        left -= size
    assert given_back == -net


def test_a_cent_that_a_credit_note_was_off_is_made_good_and_a_discount_of_a_person_is_not() -> None:
    locked: dict[str, object] = {
        "quantity": 3.0,
        "manual_total_excluded_currency": 8.33,
        "manual_tax_amounts": {"1": {"base_amount_currency": 8.33, "tax_amount_currency": 1.67}},
    }

    def second_part(net: float, tax: float) -> tuple[object, object]:
        share = totals.prorate(locked, 1, 2, 0.01, totals.Taken(net, tax, 3))
        assert share is not None
        amounts = share["manual_tax_amounts"]
        assert isinstance(amounts, dict)
        assert amounts["1"]["base_amount_currency"] == share["manual_total_excluded_currency"]
        return share["manual_total_excluded_currency"], amounts["1"]["tax_amount_currency"]

    assert second_part(2.78, 0.56) == (5.55, 1.11)
    assert second_part(2.79, 0.55) == (5.54, 1.12)  # 8.33 and 1.67 in all
    assert second_part(1.78, 0.36) == (5.55, 1.11)  # a euro less was agreed by hand: it stays given
