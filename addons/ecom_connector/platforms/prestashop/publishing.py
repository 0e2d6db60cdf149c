"""Products created and changed on a PrestaShop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..base import Raw
from ..publishing import ListingChange, ListingResult
from .client import PrestaClient

PUBLISHES: frozenset[str] = frozenset()


def push(client: PrestaClient, changes: Sequence[ListingChange]) -> list[ListingResult]:
    raise NotImplementedError


def find(client: PrestaClient, keys: Sequence[str], since: datetime) -> dict[str, Raw]:
    raise NotImplementedError
