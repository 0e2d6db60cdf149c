"""Products told to Shopify."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..base import Raw
from ..catalogue import TermDocument
from ..errors import PlatformError
from ..publishing import ListingChange, ListingResult, Refusal
from ..words import _
from .client import ShopifyClient


def push(client: ShopifyClient, changes: Sequence[ListingChange]) -> list[ListingResult]:
    return [
        ListingResult(refusal=Refusal("unsupported", _("Products cannot be changed on this shop."))) for _c in changes
    ]


def find(client: ShopifyClient, keys: Sequence[str], since: datetime) -> dict[str, Raw]:
    return {}


def resolve_terms(client: ShopifyClient, kind: str, terms: Sequence[TermDocument]) -> list[TermDocument]:
    raise PlatformError("unsupported", _("This shop has no %(kind)s.", kind=kind))
