"""Where a listing of changed orders goes on, so that orders changing meanwhile neither hide nor repeat others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from ..values import identifier
from .mapper import order_version

# More orders changed in one same second than this, and their pages are counted instead of their ids excluded.
_MOST_EXCLUDED = 400


@dataclass(frozen=True, slots=True)
class OrderCursor:
    """A page goes on where the last one's final second begins, leaving out the orders of that second already seen.

    Counted pages would shift under an order that changes while they are read, and skip another one. An order that
    is left out and changes meanwhile is caught by the next listing, since the watermark stays behind ``began``.

    :param after: orders changed at or after this, aware UTC; ``None`` for all
    :param seen: ids already read of that second
    :param began: the shop's clock when the first page was asked for
    :param read_to: the last change read so far
    """

    after: datetime | None = None
    seen: tuple[str, ...] = ()
    number: int = 1
    began: datetime | None = None
    read_to: datetime | None = None

    def params(self) -> dict[str, str | int]:
        found: dict[str, str | int] = {"orderby": "modified", "order": "asc", "page": self.number}
        if self.after is not None:
            # Strictly greater, in whole seconds, and in shop time unless told (observed on WooCommerce 10.9.1).
            before = self.after.astimezone(timezone.utc).replace(microsecond=0) - timedelta(seconds=1)
            found["modified_after"] = before.strftime("%Y-%m-%dT%H:%M:%S")
            found["dates_are_gmt"] = "true"
        if self.seen:
            found["exclude"] = ",".join(self.seen)
        return found

    def after_page(self, rows: Sequence[Mapping[str, Any]], asked_at: datetime | None) -> OrderCursor:
        """The cursor behind these rows.

        :raises ValueError: when a row has no date of its last change
        """
        # Without the shop's clock the first page's last change stands in: earlier, hence safe.
        times = [order_version(row)[1] for row in rows]
        began = self.began or asked_at or (times[-1] if times else None)
        if not times:
            return replace(self, began=began)
        last = times[-1]
        ids = [identifier(row.get("id")) for row in rows]
        if self.after is None or last > self.after:
            seen = tuple(key for key, time in zip(ids, times, strict=True) if time == last)
            return OrderCursor(last, seen, 1, began, last)
        # The whole page is of one second.
        grown = tuple(unique([*self.seen, *ids]))
        if len(grown) == len(self.seen) or len(grown) > _MOST_EXCLUDED:
            return replace(self, number=self.number + 1, began=began, read_to=last)
        return replace(self, seen=grown, began=began, read_to=last)

    @property
    def watermark(self) -> datetime | None:
        """Up to where everything was read."""
        if self.read_to is None or self.began is None:
            return self.read_to
        return min(self.read_to, self.began)

    def text(self) -> str:
        return json.dumps([_iso(self.after), self.seen, self.number, _iso(self.began), _iso(self.read_to)])

    @classmethod
    def read(cls, cursor: str) -> OrderCursor:
        after, seen, number, began, read_to = json.loads(cursor)
        return cls(_time(after), tuple(seen), number, _time(began), _time(read_to))


def unique(values: Iterable[str]) -> list[str]:
    """Without repetitions, in the order given."""
    return list(dict.fromkeys(values))


def _iso(time: datetime | None) -> str:
    return time.isoformat() if time else ""


def _time(iso: str) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None
