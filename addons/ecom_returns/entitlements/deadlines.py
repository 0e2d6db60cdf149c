"""Until when what is due: the terms of the Code de la consommation, in days of the merchant's time zone."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from .holidays import next_working_day

ANSWER_DAYS = 2
WITHDRAWAL_DAYS = 14
REFUND_DAYS = 14
SENDING_DAYS = 14
CONFORMITY_YEARS = 2
REPAIR_MONTHS = 6
"""By how much a repair under the guarantee of conformity prolongs it (L217-13)."""


WAY_DAYS = 7
"""How long a parcel is taken to have been on its way where nobody says when it arrived: that it was there sooner the
merchant would have to prove."""


def answer_until(told_on: date) -> date:
    """Our own term for an answer: two working days after the request."""
    day = told_on
    for _day in range(ANSWER_DAYS):
        day = next_working_day(day + timedelta(1))
    return day


def arrival(left_on: date, arrived_on: date | None) -> date:
    """The day on which a parcel that left counts as arrived: as it was told, else once it must be there."""
    return arrived_on or left_on + timedelta(WAY_DAYS)


def withdrawal_until(last_arrival: date) -> date:
    """The last day for withdrawing (L221-18, L221-19): the day after the last parcel arrived is the first of 14.

    A term that would end on a Saturday, a Sunday or a holiday ends on the next working day.
    """
    return next_working_day(last_arrival + timedelta(WITHDRAWAL_DAYS))


def may_withdraw(told_on: date, last_arrival: date | None) -> bool:
    """Whether a withdrawal told on that day is in time; before everything arrived it always is."""
    return last_arrival is None or told_on <= withdrawal_until(last_arrival)


def sending_until(told_on: date) -> date:
    """The last day on which the customer may hand over the goods (L221-23)."""
    return next_working_day(told_on + timedelta(SENDING_DAYS))


def refund_until(told_on: date, posted_on: date | None, received_on: date | None) -> date | None:
    """The last day for paying back (L221-24): 14 days from the notice.

    The merchant may wait for the goods or for a proof that they were posted, whichever comes first: until then there
    is no such day, and afterwards it is that day at the earliest.
    """
    shown = [day for day in (posted_on, received_on) if day]
    return max(told_on + timedelta(REFUND_DAYS), min(shown)) if shown else None


def conformity_until(last_arrival: date) -> date:
    """The last day of the legal guarantee of conformity (L217-3): two years from the delivery."""
    year = last_arrival.year + CONFORMITY_YEARS
    day = min(last_arrival.day, calendar.monthrange(year, last_arrival.month)[1])
    return date(year, last_arrival.month, day)
