"""Where a listing goes on, with when it began: what is told is known until then, however long reading it took."""

from __future__ import annotations

from datetime import datetime, timezone


def place_in(cursor: str) -> tuple[str, datetime | None]:
    """The gateway's own place in the listing and when that began; nothing of either where it begins now."""
    began, _colon, place = cursor.partition(":")
    return place, datetime.fromtimestamp(int(began), timezone.utc) if began.isdigit() else None


def onward(place: str, began: datetime) -> str:
    """The cursor to the next page; ``""`` after the last."""
    return f"{int(began.timestamp())}:{place}" if place else ""
