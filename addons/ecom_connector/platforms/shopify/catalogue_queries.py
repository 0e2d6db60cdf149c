"""What is asked of Shopify's products, and how it is kept: connections become plain lists, nothing else changes.

What a query may cost is counted as Shopify does: an object is a point, and a list of ``n`` grows with the logarithm of
``n``. Where a shop counts otherwise, less is asked at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..catalogue import VARIANTS_KEY, Raw
from ..errors import PlatformError
from ..values import text
from ..words import _
from .client import ShopifyClient, next_page, nodes
from .ids import plain
from .operations import MOST_ITEMS, MOST_POINTS, Batch, query

# Room for a cost that was counted too low.
_MOST = MOST_POINTS - 100
# How many products are asked for at once, and how much of each: less where that costs too much. The smaller ones
# cost little enough even if every item that is asked for were a point.
SIZES: tuple[Mapping[str, int], ...] = (
    {"first": 50, "variants": 25, "media": 20, "few": 10},
    {"first": 25, "variants": 1, "media": 4, "few": 3},
    {"first": 8, "variants": 1, "media": 4, "few": 3},
)

# The cursor of the first page where it is to be read by the page.
BEGINNING = "0/"

VARIANT_PARTS = """
fragment VariantParts on ProductVariant {
  id sku barcode price compareAtPrice position inventoryPolicy requiresComponents
  selectedOptions { name value }
  media(first: 1) { nodes { id alt } }
  inventoryItem { id tracked requiresShipping measurement { weight { unit value } } }
}
"""
_VARIANT_POINTS = 7.0
_MEDIA = """{
    nodes { id alt mediaContentType ... on MediaImage { image { url } } ... on ExternalVideo { originUrl } }
    pageInfo { hasNextPage endCursor }
  }"""
_COLLECTIONS = "{ nodes { id title ruleSet { appliedDisjunctively } } pageInfo { hasNextPage endCursor } }"
_METAFIELDS = "{ nodes { namespace key type value } pageInfo { hasNextPage endCursor } }"
_VARIANTS = "{ nodes { ...VariantParts } pageInfo { hasNextPage endCursor } }"


def _product_parts(media: str, few: str) -> str:
    """A product without its variants; what has more than these is fetched besides."""
    return f"""
fragment ProductParts on Product {{
  id title handle descriptionHtml vendor productType tags status createdAt updatedAt onlineStoreUrl isGiftCard
  hasOnlyDefaultVariant hasVariantsThatRequiresComponents combinedListingRole
  seo {{ title description }}
  variantsCount {{ count }}
  resourcePublicationsCount {{ count }}
  options {{ id name position values }}
  media(first: {media}) {_MEDIA}
  collections(first: {few}) {_COLLECTIONS}
  metafields(first: {few}) {_METAFIELDS}
}}
"""


# What a mutation answers is asked for once for each product, so it is to be cheap.
PRODUCT_PARTS = _product_parts("6", "4")
PARTS_POINTS = 30.0
FIRST_VARIANT = f"variants(first: 1) {_VARIANTS}"


def variant_points(count: int) -> float:
    """What ``count`` variants of a product cost."""
    return _VARIANT_POINTS * (1 + 2 * math.log(max(1, count)))


PRODUCT_POINTS = PARTS_POINTS + variant_points(1)
_LONG_PARTS = _product_parts("$media", "$few") + VARIANT_PARTS
PRODUCTS = query(
    f"""
query Products($first: Int!, $after: String, $variants: Int!, $media: Int!, $few: Int!) {{
  productsCount(limit: null) {{ count }}
  products(first: $first, after: $after, sortKey: ID) {{
    nodes {{ ...ProductParts variants(first: $variants) {_VARIANTS} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}
{_LONG_PARTS}
""",
    cost=850,
)
PRODUCTS_BY_ID = query(
    f"""
query ProductsById($ids: [ID!]!, $variants: Int!, $media: Int!, $few: Int!) {{
  nodes(ids: $ids) {{ ... on Product {{ ...ProductParts variants(first: $variants) {_VARIANTS} }} }}
}}
{_LONG_PARTS}
""",
    cost=850,
)


class PageBatch(Batch):
    """Pages of one list of many products: each row says ``id``, how many come ``first``, and ``after`` what."""

    def __init__(self, name: str, selection: str, points: float, fragments: str = "") -> None:
        self.name, self.points = name, points
        super().__init__(
            "query",
            "product",
            {"id": "ID!"},
            f"{{ id {name}(first: $first#, after: $after#) {selection} }}",
            cost=points * 10,
            inner={"first": "Int!", "after": "String"},
            fragments=fragments,
        )

    def packed(self, rows: Sequence[Raw]) -> Iterator[list[Raw]]:
        """The rows in as few documents as their points allow."""
        chunk: list[Raw] = []
        points = 0.0
        for row in rows:
            asked = 2 + self.points * (1 + 2 * math.log(row["first"]))
            if chunk and points + asked > _MOST:
                yield chunk
                chunk, points = [], 0.0
            chunk.append(row)
            points += asked
        if chunk:
            yield chunk


_LISTS = {
    "variants": PageBatch("variants", _VARIANTS, _VARIANT_POINTS, VARIANT_PARTS),
    "media": PageBatch("media", _MEDIA, 2),
    "collections": PageBatch("collections", _COLLECTIONS, 2),
    "metafields": PageBatch("metafields", _METAFIELDS, 1),
}
_KEYS = {"variants": VARIANTS_KEY, "media": "media", "collections": "collections", "metafields": "metafields"}


def page(client: ShopifyClient, cursor: str) -> tuple[list[Raw], str, int | None]:
    """``(products with all that they have, the next cursor, how many there are)``.

    A cursor is ``<how much is asked at once>/<Shopify's own cursor>``.
    """
    level, _slash, after = cursor.partition("/")
    at = int(level or 0)
    while True:
        try:
            data = client.query(PRODUCTS, {**SIZES[at], "after": after or None})
        except PlatformError as error:
            if not too_much(error) or at + 1 == len(SIZES):
                raise
            at += 1
            continue
        count = data.get("productsCount")
        total = count.get("count") if isinstance(count, dict) else None
        following = next_page(data.get("products"))
        raws = complete(client, nodes(data.get("products")))
        return raws, f"{at}/{following}" if following else "", total if isinstance(total, int) else None


def by_id(client: ShopifyClient, gids: Sequence[str]) -> list[Raw]:
    """These products with all that they have, fifty a call; those that are gone are absent."""
    found: list[Raw] = []
    at, start = client.sizes.get("products", 0), 0
    while start < len(gids):
        sizes = dict(SIZES[at])
        first = sizes.pop("first")
        try:
            data = client.query(PRODUCTS_BY_ID, {**sizes, "ids": list(gids[start : start + first])})
        except PlatformError as error:
            if not too_much(error) or at + 1 == len(SIZES):
                raise
            at = client.sizes["products"] = at + 1
            continue
        start += first
        found += complete(client, [row for row in data.get("nodes") or () if isinstance(row, dict) and row.get("id")])
    return found


def too_much(error: PlatformError) -> bool:
    """Whether a query was refused for what it costs, so that less may be asked at once."""
    return error.code == "max_cost_exceeded"


def complete(client: ShopifyClient, products: Sequence[Mapping[str, Any]]) -> list[Raw]:
    """Products with every list whole, in as few calls as their points allow."""
    raws = [flat(product) for product in products]
    by_gid = {text(product.get("id")): raw for product, raw in zip(products, raws, strict=True)}
    for name, batch in _LISTS.items():
        left = [more for product in products if (more := _more(name, product))]
        while left:
            again: list[Raw] = []
            for rows in batch.packed(left):
                data = client.query(batch.operation(len(rows)), batch.variables(rows))
                for index, row in enumerate(rows):
                    product = data.get(f"r{index}")
                    if not isinstance(product, dict):
                        raise PlatformError("bad_answer", _("Shopify's answer has no list."), retry=True)
                    by_gid[row["id"]][_KEYS[name]] += nodes(product.get(name))
                    if more := _more(name, product):
                        again.append(more)
            left = again
    return raws


def flat(product: Mapping[str, Any]) -> Raw:
    """A product as it is kept: by its plain id, its connections as lists."""
    raw = {name: value for name, value in product.items() if name not in _KEYS}
    return {**raw, "id": plain(product.get("id")), **{key: nodes(product.get(name)) for name, key in _KEYS.items()}}


def _more(name: str, product: Mapping[str, Any]) -> Raw | None:
    """What is to be asked for the next page of a product's list, ``None`` after the last one."""
    after = next_page(product.get(name))
    if not after:
        return None
    count = product.get("variantsCount") if name == "variants" else None
    known = count.get("count") if isinstance(count, Mapping) else None
    left = known - len(nodes(product.get(name))) if isinstance(known, int) else MOST_ITEMS
    return {"id": product.get("id"), "first": max(1, min(MOST_ITEMS, left)), "after": after}
