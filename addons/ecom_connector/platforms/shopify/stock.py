"""Shopify's stock, by location."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import PlatformError
from ..publishing import Refusal
from ..stock import StockChange, StockLocation, StockPage, StockResult
from ..words import _
from .client import ShopifyClient


def push(client: ShopifyClient, changes: Sequence[StockChange]) -> list[StockResult]:
    return [StockResult(refusal=Refusal("unsupported", _("This shop cannot be told of stock."))) for _c in changes]


def read(client: ShopifyClient, cursor: str) -> StockPage:
    raise PlatformError("unsupported", _("This shop does not show its stock."))


def read_locations(client: ShopifyClient) -> list[StockLocation]:
    return []
