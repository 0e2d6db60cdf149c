"""Stock of a PrestaShop: ``stock_availables``, a hundred rows a call, of products and combinations alike.

A product with combinations has a row of its own beside theirs, which PrestaShop keeps as the sum: writing it leaves it
wrong until a combination's is written (observed on 8.1.2), so nobody does. It is the one that says whether the product
is sold on at zero, for all its combinations (source: ``StockAvailable::outOfStock``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import PlatformError
from ..publishing import Refusal
from ..stock import StockChange, StockPage, StockResult, StockState
from ..values import identifier, text
from ..words import _
from .client import PrestaClient, sets
from .publishing_calls import SIZE, Writer, refusal_of

Raw = dict[str, Any]
Place = tuple[str, str]

# Rows are small: some 400 bytes.
ROWS = 1000
# What a shop does with what has run out: refuse orders, take them, or as its settings say.
_STOP, _SELL_ON = "0", "1"


class StockWriter:
    """Tells one shop quantities. Setting one twice does no harm, so that every call may be repeated.

    Calls for n changes: ceil(n / 100) of a hundred rows, each after a look at what these rows show now. A figure that
    the shop does not show as we think that it does is left alone: it sold some that we have not heard of, for it has no
    webhooks. The webservice cannot compare and write in one go; what is sold in the moment between the two is made good
    by the next push, which comes with its order.
    """

    def __init__(self, client: PrestaClient) -> None:
        self.client = client
        self.writer = Writer(client)
        self.rows: dict[Place, list[Raw]] = {}
        self.results: dict[int, StockResult] = {}

    def push(self, changes: Sequence[StockChange]) -> list[StockResult]:
        """:raises PlatformError: only while nothing was written"""
        # Products by themselves before variants, so that a hundred of either take one look.
        numbers = sorted(range(len(changes)), key=lambda number: bool(changes[number].variant_id))
        for start in range(0, len(numbers), SIZE):
            some = {number: changes[number] for number in numbers[start : start + SIZE]}
            try:
                self._push(some)
            except PlatformError as error:
                if not self.writer.wrote:
                    raise
                for number in some:
                    self.results.setdefault(number, StockResult(refusal=Refusal.of(error)))
        return [self.results[number] for number in range(len(changes))]

    def _push(self, changes: Mapping[int, StockChange]) -> None:
        if self.writer.stopped is not None:
            raise self.writer.stopped
        self._look(list(changes.values()))
        bodies: dict[str, Raw] = {}
        owners: dict[str, list[int]] = {}
        for number, change in changes.items():
            result = self._answered(change)
            if result is not None:
                self.results[number] = result
                continue
            for key, values in self._wanted(change):
                bodies.setdefault(key, {"id": key}).update(values)
                owners.setdefault(key, []).append(number)
            self.results[number] = StockResult(change.quantity)
        known = {identifier(row.get("id")): row for rows in self.rows.values() for row in rows}
        outcomes = self.writer.change("stock_availables", list(bodies.values()), known)
        for key, outcome in zip(bodies, outcomes, strict=True):
            for number in owners[key] if isinstance(outcome, PlatformError) else ():
                assert isinstance(outcome, PlatformError)
                refusal = refusal_of(outcome, new=False, known=changes[number].product_id)
                self.results[number] = StockResult(refusal=refusal)

    def _wanted(self, change: StockChange) -> Iterator[tuple[str, Raw]]:
        """``(id, fields)`` of the rows that are not as they are to be."""
        for row in self.rows[_place(change)]:
            if _quantity(row) != change.quantity:
                yield identifier(row.get("id")), {"quantity": str(change.quantity)}
        if change.keep_selling is None:
            return
        policy = _SELL_ON if change.keep_selling else _STOP
        for row in self.rows.get((change.product_id, ""), ()):
            if text(row.get("out_of_stock")) != policy:
                yield identifier(row.get("id")), {"out_of_stock": policy}

    def _answered(self, change: StockChange) -> StockResult | None:
        """What there is to say of a change that is not to be written."""
        rows = self.rows.get(_place(change))
        if not rows:
            message = _("The shop no longer has this product: %(id)s.", id=change.variant_id or change.product_id)
            return StockResult(refusal=Refusal("not_found", message))
        if not change.variant_id and any(place[0] == change.product_id and place[1] for place in self.rows):
            message = _("The product has variants on the shop by now: %(id)s. Read it again.", id=change.product_id)
            return StockResult(refusal=Refusal("conflict", message))
        if any(text(row.get("depends_on_stock")) == "1" for row in rows):
            message = _(
                "The shop counts this product by its own warehouses (advanced stock management), and takes no other "
                "figure: %(id)s.",
                id=change.product_id,
            )
            return StockResult(refusal=Refusal("stock_managed", message))
        shown = next((now for row in rows if (now := _quantity(row)) not in (change.seen, change.quantity)), None)
        if change.seen is not None and shown is not None:
            message = _(
                "The shop shows %(shown)s instead of %(seen)s: it sold some, or somebody corrected it.",
                shown=shown,
                seen=change.seen,
            )
            return StockResult(shown, Refusal("changed", message, retry=True))
        return None

    def _look(self, changes: Sequence[StockChange]) -> None:
        """Rows as they are now: of whole products where the product is told, else of the combinations alone."""
        self.rows = {}
        simple = [change.product_id for change in changes if not change.variant_id]
        self._read("id_product", simple)
        self._read("id_product_attribute", [change.variant_id for change in changes if change.variant_id])
        told = {change.product_id for change in changes if change.variant_id and change.keep_selling is not None}
        self._read("id_product", sorted(told - set(simple)), {"id_product_attribute": "[0]"})

    def _read(self, field: str, keys: Iterable[str], filters: dict[str, str] | None = None) -> None:
        for chunk in sets(key for key in keys if key.isdecimal()):
            asked = {**(filters or {}), field: f"[{'|'.join(chunk)}]"}
            for row in self.client.pages("stock_availables", asked, count=ROWS):
                place = identifier(row.get("id_product")), identifier(row.get("id_product_attribute"))
                self.rows.setdefault(place, []).append(row)


def read(client: PrestaClient, cursor: str) -> StockPage:
    """One page: a call for up to a thousand rows, of whole products. The cursor is the last product of the page before.

    The date of a product does not move with its stock (observed on 8.1.2): there is nothing but to read it all.
    """
    rows = client.page(
        "stock_availables",
        {"id_product": f">[{cursor or 0}]"},
        sort="id_product_ASC,id_product_attribute_ASC",
        count=ROWS,
    )
    more = len(rows) == ROWS
    if more:
        last = identifier(rows[-1].get("id_product"))
        whole = [row for row in rows if identifier(row.get("id_product")) != last]
        # A product of more combinations than fit is read by itself.
        rows = whole or list(client.pages("stock_availables", {"id_product": f"[{last}]"}, count=ROWS))
    with_variants = {identifier(row.get("id_product")) for row in rows if identifier(row.get("id_product_attribute"))}
    found: dict[Place, StockState] = {}
    for row in rows:
        product_id, variant_id = identifier(row.get("id_product")), identifier(row.get("id_product_attribute"))
        if product_id and (variant_id or product_id not in with_variants):
            found[product_id, variant_id] = StockState(product_id, variant_id, _quantity(row))
    return StockPage(tuple(found.values()), identifier(rows[-1].get("id_product")) if more and rows else "")


def _place(change: StockChange) -> Place:
    return change.product_id, change.variant_id


def _quantity(row: Raw) -> int | None:
    try:
        return int(text(row.get("quantity")))
    except ValueError:
        return None
