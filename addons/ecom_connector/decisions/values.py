"""Small conversions between documents and records."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timezone
from typing import Any


def naive(moment: datetime | None) -> datetime | bool:
    """An aware time as Odoo stores it (naive UTC, whole seconds); ``False`` for none."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0) if moment else False


def digest(raw: Any) -> str:
    """Fingerprint of a raw document: equal for equal content whatever the order of its keys."""
    return hashlib.sha256(json.dumps(raw, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
