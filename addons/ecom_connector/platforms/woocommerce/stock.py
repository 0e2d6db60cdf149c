"""Stock of a WooCommerce shop: a hundred products a call, and the variations of each product by the hundred.

Where the product counts for all its variations, a variation says ``manage_stock: "parent"`` and takes no quantity,
without a word (observed on WooCommerce 10.9.1). Then the product is told the sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import PlatformError
from ..publishing import Refusal
from ..stock import StockChange, StockPage, StockResult, StockState
from ..values import identifier
from ..words import _
from . import catalogue
from .client import BATCH_SIZE, PAGE_SIZE, WooClient, item_error

Raw = dict[str, Any]

_FIELDS = "id,type,manage_stock,stock_quantity"


class StockWriter:
    """Tells one shop quantities. Setting one twice does no harm, so that every call may be repeated."""

    def __init__(self, client: WooClient) -> None:
        self.client = client
        self.results: dict[str, StockResult] = {}
        self.stopped: PlatformError | None = None
        self.wrote = False

    def push(self, changes: Sequence[StockChange]) -> list[StockResult]:
        """:raises PlatformError: only while nothing was written"""
        products = [change for change in changes if not change.variant_id]
        self._write_products(products)
        by_parent: dict[str, list[StockChange]] = defaultdict(list)
        for change in changes:
            if change.variant_id:
                by_parent[change.product_id].append(change)
        self._write_parents(
            [change for parent, variants in by_parent.items() for change in self._write_variants(parent, variants)]
        )
        return [self.results[change.key] for change in changes]

    def _write_products(self, changes: Sequence[StockChange]) -> None:
        items = [(change.product_id, {**_item(change), "manage_stock": True}) for change in changes]
        for change, row in self._call("products/batch", changes, items):
            self.results[change.key] = StockResult(_quantity(row))

    def _write_variants(self, parent: str, changes: Sequence[StockChange]) -> list[StockChange]:
        """Those that the shop counts neither by themselves nor with their product are counted from now on.

        :return: those that the shop counts with their product
        """
        path = f"products/{parent}/variations/batch"
        with_parent, uncounted = [], []
        for change, row in self._call(path, changes, [(change.variant_id, _item(change)) for change in changes]):
            if row.get("manage_stock") == "parent":
                with_parent.append(change)
            elif not row.get("manage_stock"):
                uncounted.append(change)
            else:
                self.results[change.key] = StockResult(_quantity(row))
        items = [(change.variant_id, {**_item(change), "manage_stock": True}) for change in uncounted]
        for change, row in self._call(path, uncounted, items):
            self.results[change.key] = StockResult(_quantity(row))
        return with_parent

    def _write_parents(self, changes: Sequence[StockChange]) -> None:
        first = {change.product_id: change for change in changes}
        told: dict[str, StockResult] = {}
        items = [(key, {"stock_quantity": _sum(change)}) for key, change in first.items()]
        for change, row in self._call("products/batch", list(first.values()), items):
            told[change.product_id] = StockResult(_quantity(row))
        for change in changes:
            result = told.get(change.product_id) or self.results[first[change.product_id].key]
            self.results[change.key] = result if not result.ok else StockResult(change.quantity)

    def _call(
        self, path: str, changes: Sequence[StockChange], items: Sequence[tuple[str, Raw]]
    ) -> Iterator[tuple[StockChange, Raw]]:
        """Send items by the hundred: each change that was taken, with the shop's answer.

        The others get their result here.
        """
        for start in range(0, len(changes), BATCH_SIZE):
            yield from self._call_once(path, changes[start : start + BATCH_SIZE], items[start : start + BATCH_SIZE])

    def _call_once(
        self, path: str, changes: Sequence[StockChange], items: Sequence[tuple[str, Raw]]
    ) -> Iterator[tuple[StockChange, Raw]]:
        if self.stopped is not None:
            self._refuse(changes, Refusal.of(self.stopped))
            return
        body = {"update": [{"id": int(key), **item} for key, item in items]}
        try:
            answer = self.client.post(path, body, idempotent=True)
        except PlatformError as error:
            if error.retry or error.status in (401, 403):
                self._stop(error)
            self._refuse(changes, Refusal.of(error))
            return
        self.wrote = True
        rows = answer.get("update") if isinstance(answer, Mapping) else None
        found = rows if isinstance(rows, list) and len(rows) == len(changes) else [None] * len(changes)
        for change, row in zip(changes, found, strict=True):
            if not isinstance(row, dict):
                silent = Refusal("bad_answer", _("The shop did not say what became of the stock."), retry=True)
                self._refuse([change], silent)
            elif error_ := item_error(row):
                self._refuse([change], _refusal(error_, change))
            else:
                yield change, row

    def _refuse(self, changes: Sequence[StockChange], refusal: Refusal) -> None:
        self.results.update((change.key, StockResult(refusal=refusal)) for change in changes)

    def _stop(self, error: PlatformError) -> None:
        """Send nothing more: what ails the shop ails the rest.

        :raises PlatformError: while nothing was written
        """
        if not self.wrote:
            raise error
        self.stopped = error.unsent()


def read(client: WooClient, cursor: str) -> StockPage:
    """One page: a call for up to 100 products, and ceil(n / 100) calls for their n variations."""
    number = int(cursor or 1)
    params: dict[str, str | int] = {
        "page": number,
        "orderby": "id",
        "order": "asc",
        "status": "any",
        "_fields": _FIELDS,
    }
    listing = client.page("products", params)
    parents = [identifier(row.get("id")) for row in listing.rows if row.get("type") == "variable"]
    variants = catalogue.read_variations(client, parents) if parents else {}
    states = []
    for row in listing.rows:
        product_id = identifier(row.get("id"))
        if row.get("type") != "variable":
            states.append(StockState(product_id, "", _quantity(row)))
        for variant in variants.get(product_id, ()):
            together = variant.get("manage_stock") == "parent"
            shown = _quantity(row) if together else _quantity(variant)
            states.append(StockState(product_id, identifier(variant.get("id")), shown, of_product=together))
    more = len(listing.rows) == PAGE_SIZE and number < listing.pages
    return StockPage(tuple(states), str(number + 1) if more else "")


def _item(change: StockChange) -> Raw:
    item: Raw = {"stock_quantity": change.quantity}
    if change.keep_selling is not None:
        item["backorders"] = "notify" if change.keep_selling else "no"
    return item


def _sum(change: StockChange) -> int:
    return change.quantity if change.of_product is None else change.of_product


def _quantity(row: Mapping[str, Any]) -> int | None:
    """``null``, or what is left of a quantity that is not kept, is none."""
    value = row.get("stock_quantity")
    return int(value) if row.get("manage_stock") and isinstance(value, (int, float)) else None


def _refusal(error: PlatformError, change: StockChange) -> Refusal:
    if error.code.endswith("_invalid_id") or error.status == 404:
        message = _(
            "The shop no longer has this product, or has it in its bin: %(id)s.",
            id=change.variant_id or change.product_id,
        )
        return Refusal("not_found", message)
    return Refusal.of(error)
