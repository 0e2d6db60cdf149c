"""What Shopify shows of its stock: quantities called "available", by variant and location."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..base import Raw
from ..errors import PlatformError
from ..stock import StockLocation, StockPage, StockState
from ..values import rows as listed
from ..values import text
from ..words import _
from .catalogue_queries import too_much
from .client import ShopifyClient, next_page, nodes
from .ids import plain
from .operations import MOST_ITEMS, Batch, Operation, query

_PAGES = (250, 100, 20)  # variants a page: fewer where that costs too much
_LEVELS = 20  # locations of one variant at first; those that have more are asked for again

_PRIMARY = query("query PrimaryLocation { location { id } }", cost=1)
_LOCATIONS = query(
    """
query Locations($first: Int!, $after: String) {
  location { id }
  locations(first: $first, after: $after, includeInactive: true) {
    nodes { id name isActive }
    pageInfo { hasNextPage endCursor }
  }
}
""",
    cost=15,
)
_LEVEL = 'nodes { location { id } quantities(names: ["available"]) { quantity } } pageInfo { hasNextPage endCursor }'
_READ = query(
    f"""
query Stock($first: Int!, $after: String, $levels: Int!) {{
  location {{ id }}
  productVariants(first: $first, after: $after, sortKey: ID) {{
    nodes {{ id product {{ id }} inventoryItem {{ id tracked inventoryLevels(first: $levels) {{ {_LEVEL} }} }} }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}
""",
    cost=300,
)
_MORE = Batch(
    "query",
    "inventoryItem",
    {"id": "ID!"},
    f"{{ inventoryLevels(first: {MOST_ITEMS}) {{ {_LEVEL} }} }}",
    cost=50,
)


class _Look(Batch):
    """Variants with their quantities at some locations, each under an alias of its own."""

    def operation(self, count: int) -> Operation:
        declared = "".join(f", $place{index}: ID!" for index in range(count))
        levels = " ".join(
            f'r{index}: inventoryLevel(locationId: $place{index}) {{ quantities(names: ["available"]) {{ quantity }} }}'
            for index in range(count)
        )
        text_ = (
            f"query ShownStock($ids: [ID!]!{declared}) {{\n  nodes(ids: $ids) {{\n    ... on ProductVariant {{\n"
            f"      id inventoryPolicy product {{ id }} inventoryItem {{ id tracked {levels} }}\n    }}\n  }}\n}}"
        )
        return Operation("ShownStock", text_, self.cost, True)


_LOOK = _Look("query", "nodes", {"ids": "[ID!]!"}, "", cost=50)


@dataclass(slots=True)
class Shown:
    """A variant as the shop shows it, by global ids. ``levels`` are quantities by location, where it is kept."""

    variant: str
    product: str
    item: str
    tracked: bool
    keeps_selling: bool
    levels: dict[str, int] = field(default_factory=dict)

    def available(self, location: str) -> int | None:
        """``None`` where the shop does not count it."""
        return self.levels.get(location) if self.tracked else None

    def kept_at(self, location: str) -> bool:
        return location in self.levels


def primary_location(client: ShopifyClient) -> str:
    """The location of a shop whose places are all one to the merchant."""
    found = client.query(_PRIMARY).get("location")
    key = text(found.get("id")) if isinstance(found, dict) else ""
    if not key:
        raise PlatformError("no_location", _("The shop has no location that keeps stock."))
    return key


def read_locations(client: ShopifyClient) -> list[StockLocation]:
    """Every location that the merchant runs, 250 a call; first the primary one, which stands for all of them."""
    primary: set[str] = set()

    def listed_in(data: Raw) -> Any:
        found = data.get("location")
        primary.add(text(found.get("id")) if isinstance(found, dict) else "")
        return data.get("locations")

    rows = client.pages(_LOCATIONS, {"first": MOST_ITEMS}, listed_in)
    rows.sort(key=lambda row: row.get("id") not in primary)
    return [StockLocation(plain(row.get("id")), text(row.get("name")), row.get("isActive") is True) for row in rows]


def look(client: ShopifyClient, wanted: Iterable[tuple[str, str]]) -> dict[str, Shown]:
    """``{variant: what is shown}`` of variants at locations, 250 variants a call; those that are gone are absent."""
    places: dict[str, set[str]] = {}
    for variant, location in wanted:
        places.setdefault(variant, set()).add(location)
    found: dict[str, Shown] = {}
    ids = list(places)
    size, start = client.sizes.get("stock", MOST_ITEMS), 0
    while start < len(ids):
        chunk = ids[start : start + size]
        locations = sorted({location for variant in chunk for location in places[variant]})
        variables = {"ids": chunk} | {f"place{index}": location for index, location in enumerate(locations)}
        try:
            data = client.query(_LOOK.operation(len(locations)), variables)
        except PlatformError as error:
            if not too_much(error) or size <= 10:
                raise
            size = client.sizes["stock"] = size // 2
            continue
        start += size
        for row in data.get("nodes") or ():
            if isinstance(row, dict) and (shown := _shown(row, locations)):
                found[shown.variant] = shown
    return found


def _shown(row: Mapping[str, Any], locations: Sequence[str]) -> Shown | None:
    item, product = row.get("inventoryItem"), row.get("product")
    if not isinstance(item, Mapping) or not isinstance(product, Mapping):
        return None
    shown = Shown(
        text(row.get("id")),
        text(product.get("id")),
        text(item.get("id")),
        item.get("tracked") is True,
        row.get("inventoryPolicy") == "CONTINUE",
    )
    for index, location in enumerate(locations):
        quantity = _quantity(item.get(f"r{index}"))
        if quantity is not None:
            shown.levels[location] = quantity
    return shown


def _quantity(level: Any) -> int | None:
    rows = listed(level, "quantities") if isinstance(level, Mapping) else []
    found = rows[0].get("quantity") if rows else None
    return found if isinstance(found, int) else None


def read(client: ShopifyClient, cursor: str) -> StockPage:
    """A page of 250 variants, each with a figure for every location that keeps it.

    What the primary location shows is also what the shop shows as one place: a channel whose locations are not told
    apart is told that one. A cursor is ``<how much is asked at once>/<Shopify's own cursor>``.
    """
    level, _slash, after = cursor.partition("/")
    at = int(level or 0)
    while True:
        try:
            data = client.query(_READ, {"first": _PAGES[at], "after": after or None, "levels": _LEVELS})
        except PlatformError as error:
            if not too_much(error) or at + 1 == len(_PAGES):
                raise
            at += 1
            continue
        break
    primary = text((data.get("location") or {}).get("id"))
    variants = nodes(data.get("productVariants"))
    whole = _whole_levels(client, variants)
    states: list[StockState] = []
    for row in variants:
        item = row.get("inventoryItem") or {}
        product_id, variant_id = plain((row.get("product") or {}).get("id")), plain(row.get("id"))
        for found in whole[text(item.get("id"))]:
            location = text((found.get("location") or {}).get("id"))
            quantity = _quantity(found) if item.get("tracked") is True else None
            states.append(StockState(product_id, variant_id, quantity, plain(location)))
            if location == primary:
                states.append(StockState(product_id, variant_id, quantity))
    following = next_page(data.get("productVariants"))
    return StockPage(tuple(states), f"{at}/{following}" if following else "")


def _whole_levels(client: ShopifyClient, variants: Sequence[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The levels of each item, asked for again where it is kept at more locations than fitted."""
    found: dict[str, list[dict[str, Any]]] = {}
    longer: list[str] = []
    for row in variants:
        item = row.get("inventoryItem") or {}
        found[text(item.get("id"))] = nodes(item.get("inventoryLevels"))
        if next_page(item.get("inventoryLevels")):
            longer.append(text(item.get("id")))
    for key, outcome in zip(longer, client.run(_MORE, [{"id": key} for key in longer]), strict=True):
        if isinstance(outcome, PlatformError):
            raise outcome
        found[key] = nodes(outcome.get("inventoryLevels"))
    return found
