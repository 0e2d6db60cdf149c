"""Shopify's products, read."""

from __future__ import annotations

from collections.abc import Sequence

from ..base import Raw
from ..catalogue import CataloguePage, ListingDocument, TermDocument
from ..documents import ProductDocument
from ..errors import PlatformError
from ..words import _
from .client import ShopifyClient


def read(client: ShopifyClient, cursor: str) -> CataloguePage:
    raise PlatformError("unsupported", _("This shop does not show its catalogue."))


def parse(raw: Raw) -> ListingDocument:
    """:raises ValueError: naming the product and the field"""
    raise ValueError(_("this platform shows no catalogue"))


def read_some(client: ShopifyClient, ids: Sequence[str]) -> list[Raw]:
    return []


def read_products(client: ShopifyClient, skus: Sequence[str]) -> list[ProductDocument]:
    return []


def read_terms(client: ShopifyClient, kind: str) -> list[TermDocument]:
    return []
