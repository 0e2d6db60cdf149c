"""Small conversions between documents and records."""

from __future__ import annotations

from datetime import datetime, timezone


def naive(moment: datetime | None) -> datetime | bool:
    """An aware time as Odoo stores it (naive UTC, whole seconds); ``False`` for none."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0) if moment else False
