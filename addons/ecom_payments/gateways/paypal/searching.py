"""Transaction search: windows of at most 31 days, pages of 500, at most 10,000 results to a window.

Sources: PayPal's ``reporting_transactions_v1`` (31 days, 500, three years, three hours until a transaction shows) and
its error RESULTSET_TOO_LARGE.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from ..documents import Page
from ..shared import PlatformError, Raw, _, text, utc
from ..values import bad_answer, listed
from .client import Client
from .mapper import slim

PAGE_SIZE = 500
WINDOW = 31 * 86_400
HISTORY = timedelta(days=3 * 365)
DELAY = timedelta(hours=3)
_SHORTEST = 3_600
# What is so young may not be there yet, and a window of that alone is refused.
_AT_LEAST = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    """Where a listing is: the window's end, its length and page, and up to where all windows are complete."""

    end: int
    span: int
    page: int
    until: int

    @classmethod
    def read(cls, cursor: str) -> Place:
        parts = cursor.split(":")
        if len(parts) != 4 or not all(part.isdigit() for part in parts):
            raise PlatformError("refused", _("The listing cannot be gone on with."))
        return cls(*map(int, parts))

    def written(self) -> str:
        return f"{self.end}:{self.span}:{self.page}:{self.until}"


def search(client: Client, since: datetime | None, cursor: str, now: datetime) -> Page:
    """One page; windows go back in time, from now to ``since``."""
    place = Place.read(cursor) if cursor else Place(int(now.timestamp()), WINDOW, 1, 0)
    oldest = now - HISTORY
    begin = max(oldest, min(since, now - _AT_LEAST)) if since else oldest
    first = int(begin.timestamp())
    while True:
        start = max(first, place.end - place.span)
        try:
            body = client.get(
                "v1/reporting/transactions",
                {
                    "start_date": _stamp(start),
                    "end_date": _stamp(place.end),
                    "fields": "transaction_info",
                    "balance_affecting_records_only": "Y",
                    "page_size": PAGE_SIZE,
                    "page": place.page,
                },
            )
            break
        except PlatformError as error:
            if error.code != "RESULTSET_TOO_LARGE" or place.end - start <= _SHORTEST:
                raise
            place = replace(place, span=(place.end - start) // 2, page=1)
    if not body.keys() & {"transaction_details", "total_items", "total_pages"}:
        raise bad_answer()  # nothing found is said by its numbers
    raws = listed({"transaction_details": [], **body}, "transaction_details")
    until = place.until or int(_complete(body, now).timestamp())
    return Page(tuple(map(slim, raws)), _next(place, start, first, until, body, raws), _moment(until))


def _next(place: Place, start: int, first: int, until: int, body: Raw, raws: tuple[Raw, ...]) -> str:
    pages = body.get("total_pages", 1)
    if not isinstance(pages, int) or (place.page < pages and not raws):
        raise bad_answer()
    if place.page < pages:
        return replace(place, page=place.page + 1, until=until).written()
    if start > first:
        # The seconds at both ends are inclusive: one transaction may come twice, none is left out.
        return Place(start, place.span, 1, until).written()
    return ""


def _complete(body: Raw, now: datetime) -> datetime:
    """Up to when PayPal shows everything."""
    try:
        refreshed = utc(text(body.get("last_refreshed_datetime")).replace("+0000", "+00:00"), "last_refreshed_datetime")
    except ValueError:
        return now - DELAY
    return min(refreshed, now)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


def _stamp(seconds: int) -> str:
    return _moment(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")
