"""The terms of the law, on calendars that people can check."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from entitlements import deadlines
from entitlements.holidays import easter, holidays, is_working_day

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 1))


def test_easter_and_the_days_that_hang_on_it():
    assert [easter(year) for year in (2000, 2019, 2024, 2025, 2026, 2038)] == [
        date(2000, 4, 23),
        date(2019, 4, 21),
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2038, 4, 25),
    ]
    assert {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25)} <= holidays(2026)
    assert len(holidays(2026)) == 11


def test_an_answer_is_due_on_the_second_working_day():
    friday, thursday = date(2026, 11, 6), date(2026, 11, 5)
    # Wednesday the 11th is a holiday.
    assert deadlines.answer_until(thursday) == date(2026, 11, 9)
    assert deadlines.answer_until(friday) == date(2026, 11, 10)
    assert deadlines.answer_until(date(2026, 11, 10)) == date(2026, 11, 13)


def test_a_parcel_of_which_nobody_knows_when_it_arrived_was_a_week_on_its_way():
    assert deadlines.arrival(date(2026, 11, 2), date(2026, 11, 4)) == date(2026, 11, 4)
    assert deadlines.arrival(date(2026, 11, 2), None) == date(2026, 11, 9)


def test_the_day_after_the_arrival_is_the_first_of_fourteen():
    assert deadlines.withdrawal_until(date(2026, 11, 2)) == date(2026, 11, 16)


def test_a_term_ends_on_a_working_day():
    # 25 December 2026 is a Friday and a holiday: the term ends on the Monday after it.
    assert deadlines.withdrawal_until(date(2026, 12, 11)) == date(2026, 12, 28)
    # Saturday 4 April 2026, then Easter and Easter Monday.
    assert deadlines.withdrawal_until(date(2026, 3, 21)) == date(2026, 4, 7)


def test_it_is_in_time_before_everything_arrived():
    assert deadlines.may_withdraw(date(2026, 1, 1), None)
    assert deadlines.may_withdraw(date(2026, 11, 16), date(2026, 11, 2))
    assert not deadlines.may_withdraw(date(2026, 11, 17), date(2026, 11, 2))


@given(DAYS)
def test_at_least_fourteen_days_and_never_a_day_off(arrival):
    until = deadlines.withdrawal_until(arrival)
    assert timedelta(14) <= until - arrival <= timedelta(14 + 4)
    assert is_working_day(until)


def test_paying_back_waits_for_the_goods_or_a_proof_whichever_is_first():
    told = date(2026, 11, 2)
    assert deadlines.refund_until(told, None, None) is None
    assert deadlines.refund_until(told, date(2026, 11, 5), None) == date(2026, 11, 16)
    assert deadlines.refund_until(told, date(2026, 11, 20), date(2026, 11, 24)) == date(2026, 11, 20)


def test_conformity_lasts_two_years_also_from_a_leap_day():
    assert deadlines.conformity_until(date(2026, 11, 2)) == date(2028, 11, 2)
    assert deadlines.conformity_until(date(2024, 2, 29)) == date(2026, 2, 28)
