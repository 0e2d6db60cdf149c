"""Stock of a Medusa shop: by inventory item and stock location, more than a hundred variants in two calls.

What a shop has and what is reserved are two figures there: it sells the difference. Orders reserve, and a fulfilment
takes both down (observed on Medusa 2.21.2). So what is written is what shall be sold plus what is reserved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from ..documents import ZERO
from ..errors import PlatformError
from ..publishing import Refusal
from ..stock import StockChange, StockLocation, StockPage, StockResult, StockState
from ..values import decimal, identifier, rows
from ..words import _, said
from .client import MedusaClient, chunks
from .connection import first_location

Raw = dict[str, Any]
Row = Mapping[str, Any]

_FIELDS = (
    "id,product_id,manage_inventory,allow_backorder,inventory_items.required_quantity,"
    "inventory_items.inventory_item_id,inventory_items.inventory.location_levels.location_id,"
    "inventory_items.inventory.location_levels.stocked_quantity,"
    "inventory_items.inventory.location_levels.reserved_quantity"
)
# As many ids as an address has room for.
_CHUNK = 150
_READ = 500
_LEVELS = "inventory-items/location-levels/batch"


@dataclass(frozen=True, slots=True)
class Level:
    """What a location has of an inventory item; ``there`` is ``False`` where it was never counted."""

    stocked: Decimal
    reserved: Decimal
    there: bool = True


@dataclass(frozen=True, slots=True)
class Counted:
    """How a variant is counted: by which inventory item, how many of it go into one, and where they are."""

    item: str
    required: Decimal
    levels: Mapping[str, Level]

    def sells(self, location: str) -> int:
        """How many can be sold from a location, or from all of them."""
        chosen = self.levels.values() if not location else [self.levels[location]] if location in self.levels else []
        return sum(_whole((level.stocked - level.reserved) / self.required) for level in chosen)


class StockWriter:
    """Tells one shop quantities. Setting one twice does no harm, so that every call may be repeated."""

    def __init__(self, client: MedusaClient) -> None:
        self.client = client
        self.results: dict[str, StockResult] = {}
        self.wrote = False
        self._fallback: str | None = None
        self._known: frozenset[str] | None = None

    def push(self, changes: Sequence[StockChange]) -> list[StockResult]:
        """:raises PlatformError: only while nothing was written"""
        for some in chunks_of(changes):
            try:
                self._push_some(some)
            except PlatformError as error:
                if not self.wrote:
                    raise
                refusal = StockResult(refusal=Refusal.of(error))
                for change in some:
                    self.results.setdefault(change.key, refusal)
        return [self.results[change.key] for change in changes]

    def _push_some(self, changes: Sequence[StockChange]) -> None:
        ids = list(dict.fromkeys(change.variant_id for change in changes))
        shown = dict(_variants(self.client, ids))
        writable: list[tuple[StockChange, Counted]] = []
        for change in changes:
            found = _counted(shown.get(change.variant_id))
            if isinstance(found, Refusal):
                self.results[change.key] = StockResult(refusal=found)
            elif change.seen is not None and found.sells(change.location) != change.seen:
                message = _("The shop shows another quantity than it was told.")
                refusal = Refusal("changed", message, retry=True)
                self.results[change.key] = StockResult(found.sells(change.location), refusal)
            else:
                writable.append((change, found))
        self._keep_selling([change for change, _found in writable], shown)
        self._write([(change, found) for change, found in writable if self._can_be_told(change, found)])

    def _can_be_told(self, change: StockChange, found: Counted) -> bool:
        """Medusa would count at a place that there is not (observed on Medusa 2.21.2)."""
        if change.key in self.results:
            return False
        if change.location and change.location not in found.levels:
            if self._known is None:
                self._known = frozenset(location.code for location in read_locations(self.client))
            if change.location not in self._known:
                refusal = Refusal("not_found", _("The shop no longer has this stock location."))
                self.results[change.key] = StockResult(refusal=refusal)
                return False
        return True

    def _write(self, told: Sequence[tuple[StockChange, Counted]]) -> None:
        """In one call. Medusa takes all or none: a batch that it refuses is halved until the guilty one is alone."""
        if not told:
            return
        creates, updates = [], []
        for change, found in told:
            for location, level, stocked in self._wanted(change, found):
                row = {"inventory_item_id": found.item, "location_id": location, "stocked_quantity": _plain(stocked)}
                if not level.there:
                    creates.append(row)
                elif level.stocked != stocked:
                    updates.append(row)
        body = {key: rows_ for key, rows_ in (("create", creates), ("update", updates)) if rows_}
        try:
            if body:
                self.client.post(_LEVELS, body, idempotent=True)
        except PlatformError as error:
            if error.retry or error.status in (401, 403):
                raise
            if len(told) > 1:
                half = len(told) // 2
                self._write(told[:half])
                self._write(told[half:])
            else:
                self.results[told[0][0].key] = StockResult(refusal=Refusal.of(error))
            return
        self.wrote = self.wrote or bool(body)
        for change, _found in told:
            self.results[change.key] = StockResult(max(change.quantity, 0))

    def _wanted(self, change: StockChange, found: Counted) -> Iterator[tuple[str, Level, Decimal]]:
        """What each location shall have. A figure for all locations goes to one of them: the others sell nothing."""
        quantity = Decimal(max(change.quantity, 0)) * found.required
        place = change.location or self._first_location()
        level = found.levels.get(place, Level(ZERO, ZERO, there=False))
        yield place, level, quantity + level.reserved
        if not change.location:
            for location, other in found.levels.items():
                if location != place:
                    yield location, other, other.reserved

    def _first_location(self) -> str:
        if self._fallback is None:
            self._fallback = first_location(self.client)
        return self._fallback

    def _keep_selling(self, changes: Sequence[StockChange], shown: Mapping[str, Row]) -> None:
        """Whether it is sold on at zero stands with the variant: a call for each product where that changes."""
        by_product: dict[str, list[StockChange]] = {}
        for change in changes:
            row = shown[change.variant_id]
            if change.keep_selling is not None and change.keep_selling != (row.get("allow_backorder") is True):
                by_product.setdefault(identifier(row.get("product_id")), []).append(change)
        for product, some in by_product.items():
            wanted = {change.variant_id: change.keep_selling for change in some}
            body = {"update": [{"id": key, "allow_backorder": value} for key, value in wanted.items()]}
            try:
                self.client.post(f"products/{product}/variants/batch", body, {"fields": "id"}, idempotent=True)
            except PlatformError as error:
                if error.retry or error.status in (401, 403):
                    raise
                for change in some:
                    self.results[change.key] = StockResult(refusal=Refusal.of(error))
            else:
                self.wrote = True


def read(client: MedusaClient, cursor: str) -> StockPage:
    """One call for five hundred variants: what each location sells of each, and what all of them do."""
    offset = int(cursor or 0)
    params: dict[str, str | int] = {"fields": _FIELDS, "order": "id", "limit": _READ, "offset": offset}
    listing = client.page("product-variants", "variants", params)
    states: list[StockState] = []
    for row in listing.rows:
        product, variant = identifier(row.get("product_id")), identifier(row.get("id"))
        found = _counted(row)
        if isinstance(found, Refusal):
            states.append(StockState(product, variant, None))
            continue
        states.append(StockState(product, variant, found.sells("")))
        states += [StockState(product, variant, found.sells(place), place) for place in found.levels]
    after = offset + len(listing.rows)
    return StockPage(tuple(states), str(after) if listing.rows and after < listing.count else "")


def read_locations(client: MedusaClient) -> list[StockLocation]:
    return [
        StockLocation(identifier(row.get("id")), str(row.get("name") or ""))
        for row in client.pages("stock-locations", "stock_locations", {"fields": "id,name", "order": "created_at"})
    ]


def chunks_of(changes: Sequence[StockChange]) -> Iterator[list[StockChange]]:
    """So that all locations of a variant are in one."""
    by_variant: dict[str, list[StockChange]] = {}
    for change in changes:
        by_variant.setdefault(change.variant_id, []).append(change)
    for ids in chunks(list(by_variant), _CHUNK):
        yield [change for key in ids for change in by_variant[key]]


def _variants(client: MedusaClient, ids: Sequence[str]) -> Iterator[tuple[str, Raw]]:
    found = client.page("product-variants", "variants", {"id[]": ids, "fields": _FIELDS, "limit": len(ids)})
    for row in found.rows:
        yield identifier(row.get("id")), row


def _counted(row: Row | None) -> Counted | Refusal:
    """:raises PlatformError: when the figures are none"""
    if row is None:
        return Refusal("not_found", _("The shop no longer has this variant."))
    if row.get("manage_inventory") is not True:
        message = _("The shop does not count this variant: choose “Manage inventory” there.")
        return Refusal("not_counted", message)
    items = rows(row, "inventory_items")
    if len(items) != 1:
        message = _("The shop counts this variant by the parts of a kit: its own stock cannot be told.")
        return Refusal("kit", message)
    item = items[0]
    inventory = item.get("inventory")
    levels = rows(inventory, "location_levels") if isinstance(inventory, Mapping) else []
    try:
        required = decimal(item.get("required_quantity") or 1, "required_quantity")
        found = {
            identifier(level.get("location_id")): Level(
                decimal(level.get("stocked_quantity") or 0, "stocked_quantity"),
                decimal(level.get("reserved_quantity") or 0, "reserved_quantity"),
            )
            for level in levels
        }
    except ValueError as error:
        raise PlatformError(
            "bad_answer", _("The shop's stock cannot be read: %(error)s", error=said(error)), retry=True
        ) from error
    return Counted(identifier(item.get("inventory_item_id")), required if required > 0 else Decimal(1), found)


def _whole(figure: Decimal) -> int:
    return int(figure.to_integral_value(ROUND_FLOOR))


def _plain(figure: Decimal) -> int | float:
    return int(figure) if figure == figure.to_integral_value() else float(figure)
