"""Dates: kept in GMT, shown in GMT and in the shop's time zone, both without an offset."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

FORMAT = "%Y-%m-%dT%H:%M:%S"


@lru_cache(maxsize=65_536)
def to_local(stamp: str, zone: str) -> str:
    """A GMT stamp in the shop's time."""
    moment = datetime.strptime(stamp, FORMAT).replace(tzinfo=timezone.utc)
    return moment.astimezone(ZoneInfo(zone)).strftime(FORMAT)


@lru_cache(maxsize=65_536)
def to_gmt(stamp: str, zone: str) -> str:
    """A stamp in the shop's time, in GMT."""
    moment = datetime.strptime(stamp, FORMAT).replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(timezone.utc).strftime(FORMAT)


def parse(text: str, zone: str) -> str:
    """A date that a client sent, as a naive stamp.

    A date without a zone is taken as it is. One with a zone is converted to the shop's time first, whatever
    ``dates_are_gmt`` says (source: ``WP_Date_Query::build_mysql_datetime``), so that only zoneless dates work as
    one expects with ``dates_are_gmt``.

    :raise ValueError: when it is no date.
    """
    moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00").replace(" ", "T"))
    if moment.tzinfo is not None:
        moment = moment.astimezone(ZoneInfo(zone))
    return moment.strftime(FORMAT)


def both(name: str, stamp: str | None, zone: str) -> dict[str, Any]:
    """``{name, name_gmt}`` for a kept stamp; both ``null`` for none."""
    return {name: to_local(stamp, zone) if stamp else None, f"{name}_gmt": stamp or None}
