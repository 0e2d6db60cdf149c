"""How long a customer's warranty lasts: whole months from the day on which the goods were handed over."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date


def length(own: int | None, categories: Iterable[int], company: int) -> int:
    """The months that count for a product.

    :param own: what the product says, ``None`` where it leaves it to its category (0: no warranty)
    :param categories: what the product's category says, then the one above it, and so on (0: it says nothing)
    :param company: what counts where none of them says anything
    """
    if own is not None:
        return max(own, 0)
    return next((months for months in categories if months > 0), max(company, 0))


def last_day(start: date, months: int) -> date | None:
    """The last day that is covered, ``None`` where there is no warranty.

    The same day of the month, or the month's last: what was handed over on 31 January for one month is covered until
    28 February.
    """
    if months <= 0:
        return None
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def covered(start: date, end: date | None, day: date) -> bool:
    return end is not None and start <= day <= end
