"""The catalogue of a large shop: Shopify puts it together in a file, which costs no points, to be read by the window.

As with orders (:mod:`bulk`): nothing waits, and of the file only a window is in memory. A product's line is followed by
those of its variants, pictures, collections and metafields, which name it as ``__parentId``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..catalogue import VARIANTS_KEY, CataloguePage, Raw
from ..errors import PlatformError
from ..values import text
from ..words import _
from .bulk import START, STATUS, file_rows, read_bytes
from .client import ShopifyClient
from .ids import kind_of, plain

# Fewer are read sooner by the page than the file is made.
WORTHWHILE = 500
WINDOW = 1024 * 1024
_MOST = 16 * 1024 * 1024
_FIRST_WAIT, _WAIT = 3.0, 10.0
_UNFINISHED = frozenset({"CREATED", "RUNNING", "CANCELING"})

_LISTS = {
    "ProductVariant": VARIANTS_KEY,
    "MediaImage": "media",
    "Video": "media",
    "ExternalVideo": "media",
    "Model3d": "media",
    "Collection": "collections",
    "Metafield": "metafields",
}
# Five lists are the most; a sixth, of a variant's picture, is spared by its address.
BULK_QUERY = """
{ products { edges { node {
  id title handle descriptionHtml vendor productType tags status createdAt updatedAt onlineStoreUrl isGiftCard
  hasOnlyDefaultVariant hasVariantsThatRequiresComponents combinedListingRole
  seo { title description }
  resourcePublicationsCount { count }
  options { id name position values }
  variants { edges { node {
    id sku barcode price compareAtPrice position inventoryPolicy requiresComponents
    selectedOptions { name value }
    image { url }
    inventoryItem { id tracked requiresShipping measurement { weight { unit value } } }
  } } }
  media { edges { node {
    id alt mediaContentType ... on MediaImage { image { url } } ... on ExternalVideo { originUrl }
  } } }
  collections { edges { node { id title ruleSet { appliedDisjunctively } } } }
  metafields { edges { node { id namespace key type value } } }
} } } }
"""


@dataclass(frozen=True, slots=True)
class BulkCursor:
    """``position`` is the byte of the file where the next product begins; ``total`` how many products there are."""

    operation: str
    total: int
    position: int = 0

    def text(self) -> str:
        return json.dumps(["bulk", self.operation, self.total, self.position])


def cursor_of(cursor: str) -> BulkCursor | None:
    """``None`` for the cursor of a page."""
    return BulkCursor(*json.loads(cursor)[1:]) if cursor.startswith("[") else None


def start(client: ShopifyClient, total: int) -> CataloguePage | None:
    """The page that says to ask again; ``None`` where the shop runs no file now."""
    try:
        payload = client.mutate(START, {"query": BULK_QUERY})
    except PlatformError as error:
        if error.retry or error.status != 200:
            raise
        return None
    found = payload.get("bulkOperation")
    operation = text(found.get("id")) if isinstance(found, dict) else ""
    return CataloguePage((), BulkCursor(operation, total).text(), total, _FIRST_WAIT) if operation else None


def read(client: ShopifyClient, at: BulkCursor) -> CataloguePage | None:
    """The next products of the file; ``None`` where it came to nothing."""
    found = client.query(STATUS, {"id": at.operation}).get("bulkOperation")
    status, url = (text(found.get("status")), text(found.get("url"))) if isinstance(found, dict) else ("", "")
    if status in _UNFINISHED:
        return CataloguePage((), at.text(), at.total, _WAIT)
    if status != "COMPLETED":
        return None
    if not url:
        return CataloguePage((), "", at.total)
    products, end, finished = _window(client, url, at.position)
    return CataloguePage(tuple(products), "" if finished else replace(at, position=end).text(), at.total)


def _window(client: ShopifyClient, url: str, position: int) -> tuple[list[Raw], int, bool]:
    """``(whole products, where the next one begins, whether the file ends)``."""
    size = WINDOW
    while True:
        body, total = read_bytes(client, url, position, size)
        finished = position + len(body) >= total
        products, used = _whole(body, finished=finished)
        if products or finished:
            return products, position + used, finished
        if size >= _MOST:
            raise PlatformError("too_large", _("A product is larger than %(size)s MiB.", size=_MOST // 1024 // 1024))
        size *= 4


def _whole(body: bytes, *, finished: bool) -> tuple[list[Raw], int]:
    """The products that are complete in a part of the file, and how many bytes they take."""
    products: list[Raw] = []
    begins: list[int] = []
    for at, row in file_rows(body, finished):
        kind = kind_of(row.get("id"))
        if kind == "Product":
            products.append({**row, **{name: [] for name in _LISTS.values()}})
            begins.append(at)
        elif products and row.get("__parentId") == products[-1].get("id") and kind in _LISTS:
            child = {key: value for key, value in row.items() if key != "__parentId"}
            products[-1][_LISTS[kind]].append(child)
        else:
            raise PlatformError("bad_answer", _("The shop's file of products cannot be followed."))
    whole, used = (products, len(body)) if finished else (products[:-1], begins[-1] if begins else 0)
    return [_as_read(product) for product in whole], used


def _as_read(product: Raw) -> Raw:
    """The product as reading it by the page brings it."""
    by_url = {url: row for row in product["media"] if (url := _url(row))}
    return {
        **product,
        "id": plain(product.get("id")),
        VARIANTS_KEY: [_with_media(row, by_url) for row in product[VARIANTS_KEY]],
    }


def _with_media(row: Raw, by_url: dict[str, Raw]) -> Raw:
    picture = by_url.get(_url(row))
    nodes: Sequence[Any] = [{"id": picture.get("id"), "alt": picture.get("alt")}] if picture else []
    return {**{key: value for key, value in row.items() if key != "image"}, "media": {"nodes": list(nodes)}}


def _url(row: Raw) -> str:
    """Without what makes it a version of itself."""
    image = row.get("image")
    return text(image.get("url")).partition("?")[0] if isinstance(image, dict) else ""
