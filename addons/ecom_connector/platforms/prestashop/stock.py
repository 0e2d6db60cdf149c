"""What a PrestaShop shows of stock, and what it is told."""

from __future__ import annotations

from collections.abc import Sequence

from ..stock import StockChange, StockPage, StockResult
from .client import PrestaClient


def push(client: PrestaClient, changes: Sequence[StockChange]) -> list[StockResult]:
    raise NotImplementedError


def read(client: PrestaClient, cursor: str) -> StockPage:
    raise NotImplementedError
