"""Where a listing of Shopify's orders goes on: page by page, or within the file of a bulk operation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from .mapper import order_version

# Shopify shows 25,000 rows of a list; then it is begun anew where it stopped.
_MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class ListCursor:
    """A listing by the time of the last change. Shopify's own cursor holds that time and the id of the last row, so
    an order that changes meanwhile moves to the end, and neither hides nor repeats another one.

    :param since: orders changed at or after this, aware UTC; ``None`` for all
    :param after: Shopify's cursor
    :param size: orders a page, fewer once Shopify found a page too expensive
    :param rows: read since the listing was begun
    :param began: the shop's clock when the first page was asked for
    :param read_to: the last change read so far
    """

    since: datetime | None = None
    after: str = ""
    size: int = 0
    rows: int = 0
    began: datetime | None = None
    read_to: datetime | None = None

    @property
    def filter(self) -> str | None:
        """For the ``query`` argument, to the second."""
        return f"updated_at:>='{self.since.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}'" if self.since else None

    def after_page(
        self, found: Sequence[Mapping[str, Any]], after: str, size: int, asked_at: datetime | None
    ) -> ListCursor:
        """The cursor behind these orders.

        :raises ValueError: when one has no date of its last change
        """
        times = [order_version(row)[1] for row in found]
        # Without the shop's clock the first page's last change stands in: earlier, hence safe.
        began = self.began or asked_at or (times[-1] if times else None)
        read_to = max(times, default=self.read_to)
        rows = self.rows + len(found)
        if rows >= _MOST_ROWS and read_to and read_to != self.since:
            return ListCursor(read_to, "", size, 0, began, read_to)
        return replace(self, after=after, size=size, rows=rows, began=began, read_to=read_to)

    @property
    def watermark(self) -> datetime | None:
        """Up to where everything was read."""
        if self.read_to is None or self.began is None:
            return self.read_to
        return min(self.read_to, self.began)

    def text(self) -> str:
        times = [_iso(self.since), _iso(self.began), _iso(self.read_to)]
        return json.dumps(["list", *times, self.after, self.size, self.rows])


@dataclass(frozen=True, slots=True)
class BulkCursor:
    """``position`` is the byte of the result's file where the next order begins."""

    operation: str
    since: datetime | None
    position: int = 0

    def text(self) -> str:
        return json.dumps(["bulk", self.operation, _iso(self.since), self.position])


def read_cursor(cursor: str) -> ListCursor | BulkCursor:
    kind, *rest = json.loads(cursor)
    if kind == "bulk":
        return BulkCursor(rest[0], _time(rest[1]), rest[2])
    return ListCursor(_time(rest[0]), rest[3], rest[4], rest[5], _time(rest[1]), _time(rest[2]))


def _iso(time: datetime | None) -> str:
    return time.astimezone(timezone.utc).isoformat() if time else ""


def _time(iso: str) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None
