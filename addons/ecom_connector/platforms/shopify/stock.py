"""Shopify's stock, by location: 250 figures a call, and none over one that changed meanwhile."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..base import Raw
from ..errors import PlatformError
from ..publishing import Refusal
from ..stock import StockChange, StockResult
from ..words import _
from .client import ShopifyClient
from .ids import gid, is_plain
from .operations import MOST_ITEMS, Batch
from .publishing_calls import Calls, of_call, user_errors
from .stock_queries import Shown, look, primary_location, read, read_locations

__all__ = ["StockWriter", "push", "read", "read_locations"]

_SET = Batch(
    "mutation",
    "inventorySetQuantities",
    {"input": "InventorySetQuantitiesInput!"},
    "{ inventoryAdjustmentGroup { id } userErrors { field message code } }",
    keyed=True,
)
_ACTIVATE = Batch(
    "mutation",
    "inventoryBulkToggleActivation",
    {"inventoryItemId": "ID!", "inventoryItemUpdates": "[InventoryBulkToggleActivationInput!]!"},
    "{ inventoryItem { id } userErrors { field message code } }",
    repeatable=True,
)
_VARIANTS = Batch(
    "mutation",
    "productVariantsBulkUpdate",
    {"productId": "ID!", "variants": "[ProductVariantsBulkInput!]!", "allowPartialUpdates": "Boolean!"},
    "{ productVariants { id } userErrors { field message code } }",
    repeatable=True,
)
_STALE = frozenset({"change_from_quantity_stale", "compare_quantity_stale"})


@dataclass(slots=True)
class _Told:
    """A change that is to be told, with the variant as the shop showed it a moment ago."""

    change: StockChange
    shown: Shown
    location: str  # global id
    expected: int | None  # what the shop is to show until it is told; ``None`` where it showed nothing yet


class StockWriter:
    """Tells one shop quantities.

    Calls for n changes: ceil(n / 250) looks at what the shop shows, and as many that tell what differs. Besides those,
    by the fifty: products of which variants are not counted yet or change what happens at zero, and variants that are
    not kept at a location yet. What is as it is to be is not told.
    """

    def __init__(self, client: ShopifyClient) -> None:
        self.client = client
        self.calls = Calls(client)
        self.results: dict[str, StockResult] = {}

    def push(self, changes: Sequence[StockChange]) -> list[StockResult]:
        """:raises PlatformError: only while nothing was written"""
        primary = "" if all(change.location for change in changes) else primary_location(self.client)
        known: list[tuple[StockChange, str]] = []
        for change in changes:
            location = gid("Location", change.location) if change.location else primary
            if is_plain(change.variant_id) and (not change.location or is_plain(change.location)):
                known.append((change, location))
            else:
                self._refuse(change, _gone(change))
        shown = look(self.client, [(gid("ProductVariant", change.variant_id), place) for change, place in known])
        told = [row for change, place in known if (row := self._decide(change, place, shown))]
        self._update_variants(told)
        self._activate(self._left(told))
        rows = [row for row in self._left(told) if row.expected != row.change.quantity]
        stale = self._set([*rows])
        self._explain(stale)
        for row in self._left(told):
            self.results.setdefault(row.change.key, StockResult(row.change.quantity))
        return [self.results[change.key] for change in changes]

    def _decide(self, change: StockChange, place: str, shown: Mapping[str, Shown]) -> _Told | None:
        found = shown.get(gid("ProductVariant", change.variant_id))
        if found is None:
            self._refuse(change, _gone(change))
            return None
        now = found.available(place)
        if change.seen is not None and now is not None and now not in (change.seen, change.quantity):
            self._refuse(change, _changed(change, now), now)
            return None
        return _Told(change, found, place, now)

    # --- what has to be true before a quantity can be told

    def _update_variants(self, told: Iterable[_Told]) -> None:
        """Have variants counted, and say whether they are sold on at zero; several of a product at once."""
        wanted: dict[str, dict[str, Raw]] = defaultdict(dict)
        of_variant: dict[str, list[_Told]] = defaultdict(list)
        for row in told:
            values: Raw = {}
            if not row.shown.tracked:
                values["inventoryItem"] = {"tracked": True}
            if row.change.keep_selling is not None and row.change.keep_selling != row.shown.keeps_selling:
                values["inventoryPolicy"] = "CONTINUE" if row.change.keep_selling else "DENY"
            if values:
                wanted[row.shown.product].setdefault(row.shown.variant, {"id": row.shown.variant}).update(values)
                of_variant[row.shown.variant].append(row)
        rows: list[Raw] = [
            {"productId": product, "variants": some[start : start + MOST_ITEMS], "allowPartialUpdates": True}
            for product, variants in wanted.items()
            for some in [list(variants.values())]
            for start in range(0, len(some), MOST_ITEMS)
        ]
        for asked, outcome in zip(rows, self.calls.run(_VARIANTS, rows, lambda _row: 14), strict=True):
            for place, refusal in _refusals(outcome, "variants", len(asked["variants"])).items():
                for row in of_variant[asked["variants"][place]["id"]]:
                    self._refuse(row.change, refusal)

    def _activate(self, told: Sequence[_Told]) -> None:
        """Have variants kept at the locations that they are told of: all locations of one at once."""
        wanted: dict[str, list[_Told]] = defaultdict(list)
        for row in told:
            if not row.shown.kept_at(row.location):
                wanted[row.shown.item].append(row)
        rows: list[Raw] = [
            {
                "inventoryItemId": item,
                "inventoryItemUpdates": [{"locationId": row.location, "activate": True} for row in some],
            }
            for item, some in wanted.items()
        ]
        for asked, outcome in zip(rows, self.calls.run(_ACTIVATE, rows, lambda _row: 14), strict=True):
            some = wanted[asked["inventoryItemId"]]
            for place, refusal in _refusals(outcome, "inventoryItemUpdates", len(some)).items():
                self._refuse(some[place].change, refusal)

    # --- quantities

    def _set(self, told: list[_Told]) -> list[_Told]:
        """Shopify takes all of a call or nothing: what is wrong with one has the others told once more.

        :return: those that were not as they had been shown
        """
        stale: list[_Told] = []
        for _turn in range(2):
            chunks = [told[start : start + MOST_ITEMS] for start in range(0, len(told), MOST_ITEMS)]
            told = []
            for chunk, outcome in zip(
                chunks, self.calls.run(_SET, [_input(chunk) for chunk in chunks], _alone), strict=True
            ):
                refused = _refusals(outcome, "quantities", len(chunk))
                for place, refusal in refused.items():
                    if refusal.code in _STALE:
                        stale.append(chunk[place])
                    else:
                        self._refuse(chunk[place].change, refusal)
                if refused:
                    told += [row for place, row in enumerate(chunk) if place not in refused]
        again = Refusal("changed", _("The shop's stock changed while it was told."), retry=True)
        for row in told:
            self._refuse(row.change, again)
        return stale

    def _explain(self, stale: Sequence[_Told]) -> None:
        """What the shop shows of those that changed between the look and the telling."""
        if not stale:
            return
        try:
            shown = look(self.client, [(row.shown.variant, row.location) for row in stale])
        except PlatformError:
            shown = {}
        for row in stale:
            found = shown.get(row.shown.variant)
            now = found.available(row.location) if found else None
            self._refuse(row.change, _changed(row.change, now), now)

    # --- results

    def _left(self, told: Iterable[_Told]) -> list[_Told]:
        return [row for row in told if row.change.key not in self.results]

    def _refuse(self, change: StockChange, refusal: Refusal, shown: int | None = None) -> None:
        self.results[change.key] = StockResult(shown, refusal)


def push(client: ShopifyClient, changes: Sequence[StockChange]) -> list[StockResult]:
    """As the contract says; see :class:`StockWriter`."""
    return StockWriter(client).push(changes)


def _input(chunk: Sequence[_Told]) -> Raw:
    """The key is this call's own: what it sets is absolute, so that only the same call must not count twice."""
    key = str(uuid.uuid4())
    quantities = [
        {
            "inventoryItemId": row.shown.item,
            "locationId": row.location,
            "quantity": row.change.quantity,
            "changeFromQuantity": row.expected,
        }
        for row in chunk
    ]
    # The merchant sees it in the history of a product's stock.
    source = f"gid://odoo-ecom-connector/StockUpdate/{key}"
    values = {"name": "available", "reason": "correction", "referenceDocumentUri": source, "quantities": quantities}
    return {"input": values, "key": key}


def _alone(row: Mapping[str, Any]) -> float:
    """Shopify locks what it counts: one list of 250 a call."""
    return 900.0


def _refusals(outcome: Raw | PlatformError, name: str, count: int) -> dict[int, Refusal]:
    """By place in the list ``name`` of what was sent; an error that names no place is one of all."""
    if isinstance(outcome, PlatformError):
        return dict.fromkeys(range(count), of_call(outcome))
    found: dict[int, Refusal] = {}
    for path, refusal in user_errors(outcome):
        place = path[path.index(name) + 1] if name in path[:-1] else ""
        places = [int(place)] if place.isdecimal() and int(place) < count else range(count)
        retry = refusal.code.startswith("idempotency_")
        for each in places:
            found.setdefault(each, Refusal(refusal.code, refusal.message, retry, field=refusal.field))
    return found


def _changed(change: StockChange, now: int | None) -> Refusal:
    message = _(
        "The shop shows %(shown)s instead of %(seen)s: it sold some, or somebody corrected it.",
        shown="?" if now is None else now,
        seen="?" if change.seen is None else change.seen,
    )
    return Refusal("changed", message, retry=True)


def _gone(change: StockChange) -> Refusal:
    message = _("The shop no longer has this product: %(id)s.", id=change.variant_id or change.product_id)
    return Refusal("not_found", message)
