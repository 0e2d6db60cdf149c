"""Where a listing of changed orders goes on, so that orders changing meanwhile neither hide nor repeat others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from ..values import identifier
from . import times
from .client import PAGE_SIZE

# More orders changed in one same second than this, and they are counted instead of being left out.
_MOST_REREAD = 400


@dataclass(frozen=True, slots=True)
class OrderCursor:
    """A page goes on where the last one's final second begins; what was read of that second is read over again, and
    dropped.

    Counted offsets alone would shift under an order that changes while they are read, and skip another one.

    :param since: what the whole listing asks for, aware UTC; ``None`` for everything
    :param after: the local time that the next page begins with, ``""`` for the start of ``since``
    :param seen: ids already read of that second
    :param skip: how many of it, where they are too many to name
    :param began: the shop's clock when the listing began
    :param read_to: the last change read so far
    :param left: orders that changed without being dated so, still to be read; ``None`` before they were looked for
    """

    since: datetime | None = None
    after: str = ""
    seen: tuple[str, ...] = ()
    skip: int = 0
    began: datetime | None = None
    read_to: datetime | None = None
    left: tuple[str, ...] | None = None

    def query(self, zone: tzinfo) -> dict[str, Any]:
        """The filters, offset and count of the next page of orders."""
        filters = {}
        start = self.after or (times.local_from(self.since, zone) if self.since else "")
        if start:
            # "Greater" is the one comparison observed to work (8.1.2), and it is strict.
            before = datetime.strptime(start, "%Y-%m-%d %H:%M:%S") - timedelta(seconds=1)
            filters["date_upd"] = f">[{before:%Y-%m-%d %H:%M:%S}]"
        return {"filters": filters, "offset": self.skip, "count": PAGE_SIZE + len(self.seen)}

    def fresh(self, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Those rows that were not read before."""
        return [row for row in rows if identifier(row.get("id")) not in self.seen]

    def after_page(self, rows: Sequence[Mapping[str, Any]], zone: tzinfo, now: datetime | None) -> OrderCursor:
        """The cursor behind a full page.

        :raises ValueError: when a row has no date of its last change
        """
        began = self.began or now
        if not rows:
            return replace(self, began=began)
        last = str(rows[-1].get("date_upd") or "")
        read_to = times.utc(last, "date_upd", zone)
        ids = [identifier(row.get("id")) for row in rows]
        if last != self.after:
            seen = tuple(key for key, row in zip(ids, rows, strict=True) if row.get("date_upd") == last)
            grown = replace(self, after=last, seen=seen, skip=0)
        else:
            # The whole page is of one second.
            grown = replace(self, seen=tuple(dict.fromkeys([*self.seen, *ids])))
        if len(grown.seen) > _MOST_REREAD:
            grown = replace(grown, skip=grown.skip + len(grown.seen), seen=())
        return replace(grown, began=began, read_to=read_to)

    def watermark(self, *, done: bool) -> datetime | None:
        """Up to where everything was read. A listing that is done was complete when it began."""
        if done and self.since is not None and self.began is not None:
            return max(self.began, self.since)
        if self.read_to is None or self.began is None:
            return self.read_to
        return min(self.read_to, self.began)

    def text(self) -> str:
        values = [_iso(self.since), self.after, self.seen, self.skip, _iso(self.began), _iso(self.read_to), self.left]
        return json.dumps(values)

    @classmethod
    def read(cls, cursor: str) -> OrderCursor:
        since, after, seen, skip, began, read_to, left = json.loads(cursor)
        return cls(
            _time(since),
            after,
            tuple(seen),
            skip,
            _time(began),
            _time(read_to),
            None if left is None else tuple(left),
        )


def unique(values: Iterable[str]) -> list[str]:
    """Ids without repetitions, in the order given; only those that the shop can have."""
    return [key for key in dict.fromkeys(values) if key.isdecimal() and key != "0"]


def _iso(time: datetime | None) -> str:
    return time.isoformat() if time else ""


def _time(iso: str) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None
