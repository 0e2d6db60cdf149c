"""PrestaShop's catalogue: read, and understood."""

from __future__ import annotations

from collections.abc import Sequence

from ..base import Raw
from ..catalogue import CataloguePage, ListingDocument
from ..documents import ProductDocument
from .client import PrestaClient


def read(client: PrestaClient, cursor: str) -> CataloguePage:
    raise NotImplementedError


def read_some(client: PrestaClient, ids: Sequence[str]) -> list[Raw]:
    raise NotImplementedError


def by_sku(client: PrestaClient, skus: Sequence[str]) -> list[ProductDocument]:
    raise NotImplementedError


def parse(raw: Raw) -> ListingDocument:
    raise NotImplementedError
