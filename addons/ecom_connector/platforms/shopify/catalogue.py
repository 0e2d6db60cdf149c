"""Reading Shopify's products: fifty a call, and their variants by as many as a call may cost."""

from __future__ import annotations

from collections.abc import Sequence

from ..base import Raw
from ..catalogue import CataloguePage, ListingDocument
from ..documents import ProductDocument
from ..values import text
from . import catalogue_bulk, catalogue_mapper
from .catalogue_queries import BEGINNING, by_id, page
from .client import ShopifyClient
from .ids import gid, is_plain, plain
from .operations import query
from .terms import read_terms

__all__ = ["parse", "read", "read_products", "read_some", "read_terms"]

_SKUS_A_CALL = 50
_VARIANTS_A_PAGE = 100

_BY_SKU = query(
    """
query VariantsBySku($query: String!, $first: Int!, $after: String) {
  productVariants(first: $first, after: $after, query: $query, sortKey: ID) {
    nodes { id sku barcode product { id title status } }
    pageInfo { hasNextPage endCursor }
  }
}
""",
    cost=40,
)


def read(client: ShopifyClient, cursor: str) -> CataloguePage:
    """One page: a call for fifty products with 25 variants of each, and the fewest for what is left of them.

    By id, so that new products come last, and a cursor does not lose its place. What many products there are is read
    from a file that the shop makes meanwhile, or by the page all the same where it makes none.
    """
    if at := catalogue_bulk.cursor_of(cursor):
        if (found := catalogue_bulk.read(client, at)) is not None:
            return found
        cursor = BEGINNING
    raws, following, total = page(client, cursor)
    large = not cursor and following and (total or 0) >= catalogue_bulk.WORTHWHILE
    if large and (waiting := catalogue_bulk.start(client, total or 0)):
        return waiting
    return CataloguePage(tuple(raws), following, total)


def parse(raw: Raw) -> ListingDocument:
    """:raises ValueError: naming the product and the field"""
    return catalogue_mapper.parse(raw)


def read_some(client: ShopifyClient, ids: Sequence[str]) -> list[Raw]:
    """These products with their variants, in as many calls as reading a catalogue of them takes."""
    return by_id(client, [gid("Product", key) for key in dict.fromkeys(ids) if is_plain(key)])


def read_products(client: ShopifyClient, skus: Sequence[str]) -> list[ProductDocument]:
    """Variants by SKU, 50 SKUs a call. Shopify's search knows no case and finds parts too: those are left out."""
    found = []
    wanted = [sku for sku in dict.fromkeys(skus) if sku.strip()]
    for start in range(0, len(wanted), _SKUS_A_CALL):
        chunk = wanted[start : start + _SKUS_A_CALL]
        search = " OR ".join(f'sku:"{_quoted(sku)}"' for sku in chunk)
        variables = {"query": search, "first": _VARIANTS_A_PAGE}
        for row in client.pages(_BY_SKU, variables, lambda data: data.get("productVariants")):
            product = row.get("product")
            if text(row.get("sku")) in chunk and isinstance(product, dict):
                found.append(
                    ProductDocument(
                        product_id=plain(product.get("id")),
                        variant_id=plain(row.get("id")),
                        sku=text(row.get("sku")),
                        name=text(product.get("title")),
                        barcode=text(row.get("barcode")),
                        active=product.get("status") in ("ACTIVE", "UNLISTED"),
                    )
                )
    return found


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
