"""Stock of a PrestaShop: ``stock_availables``, a hundred rows a call, of products and combinations alike.

A product with combinations has a row of its own beside theirs, which PrestaShop keeps as the sum: writing it leaves it
wrong until a combination's is written (observed on 8.1.2), so nobody does. It is the one that says whether the product
is sold on at zero, for all its combinations (source: ``StockAvailable::outOfStock``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import PlatformError
from ..publishing import Refusal
from ..stock import StockChange, StockPage, StockResult, StockState
from ..values import identifier, text
from ..words import _
from .client import PrestaClient, sets
from .publishing_calls import Writer, refusal_of

Raw = dict[str, Any]
Place = tuple[str, str]

# Rows are small: some 400 bytes.
ROWS = 1000
# What a shop does with what has run out: refuse orders, take them, or as its settings say.
_STOP, _SELL_ON = "0", "1"


class StockWriter:
    """Tells one shop quantities. Setting one twice does no harm, so that every call may be repeated.

    Calls for n changes: one for some hundreds of rows that were not met before, and ceil(n / 100).
    """

    def __init__(self, client: PrestaClient) -> None:
        self.client = client
        self.rows: dict[Place, list[Raw]] = {}
        self._with_variants: set[str] = set()

    def push(self, changes: Sequence[StockChange]) -> list[StockResult]:
        """:raises PlatformError: only while nothing was written"""
        self._look(changes)
        writer = Writer(self.client)
        results: dict[int, StockResult] = {}
        bodies: dict[str, Raw] = {}
        owners: dict[str, list[int]] = {}
        for number, change in enumerate(changes):
            refusal = self._problem(change)
            if refusal:
                results[number] = StockResult(refusal=refusal)
                continue
            for row in self.rows[_place(change)]:
                key = identifier(row.get("id"))
                bodies[key] = bodies.get(key, {"id": key}) | {"quantity": str(change.quantity)}
                owners.setdefault(key, []).append(number)
            if change.keep_selling is not None:
                for row in self.rows.get((change.product_id, ""), ()):
                    key = identifier(row.get("id"))
                    policy = _SELL_ON if change.keep_selling else _STOP
                    bodies.setdefault(key, {"id": key})["out_of_stock"] = policy
                    owners.setdefault(key, []).append(number)
        known = {identifier(row.get("id")): row for rows in self.rows.values() for row in rows}
        if not writer.patches:
            known |= self._fresh(bodies)
        outcomes = writer.change("stock_availables", list(bodies.values()), known)
        for (key, body), outcome in zip(bodies.items(), outcomes, strict=True):
            for number in owners[key]:
                if isinstance(outcome, PlatformError):
                    self._forget(changes[number])
                    refusal = refusal_of(outcome, new=False, known=changes[number].product_id)
                    results[number] = StockResult(refusal=refusal)
                elif "quantity" in body:
                    results.setdefault(number, StockResult(changes[number].quantity))
        return [results[number] for number in range(len(changes))]

    def _problem(self, change: StockChange) -> Refusal | None:
        rows = self.rows.get(_place(change))
        if not rows:
            message = _("The shop no longer has this product: %(id)s.", id=change.variant_id or change.product_id)
            return Refusal("not_found", message)
        if not change.variant_id and change.product_id in self._with_variants:
            message = _("The product has variants on the shop by now: %(id)s. Read it again.", id=change.product_id)
            return Refusal("conflict", message)
        if any(text(row.get("depends_on_stock")) == "1" for row in rows):
            message = _(
                "The shop counts this product by its own warehouses (advanced stock management), and takes no other "
                "figure: %(id)s.",
                id=change.product_id,
            )
            return Refusal("stock_managed", message)
        return None

    def _look(self, changes: Sequence[StockChange]) -> None:
        """Rows of what was not met before: whole products where the product is told, else those of combinations."""
        missing = [change for change in changes if _place(change) not in self.rows]
        simple = dict.fromkeys(change.product_id for change in missing if not change.variant_id)
        variants = dict.fromkeys(change.variant_id for change in missing if change.variant_id)
        parents = dict.fromkeys(
            change.product_id
            for change in changes
            if change.variant_id and change.keep_selling is not None and (change.product_id, "") not in self.rows
        )
        self._read("id_product", simple)
        self._read("id_product_attribute", variants)
        self._read("id_product", (key for key in parents if key not in simple), {"id_product_attribute": "[0]"})

    def _read(self, field: str, keys: Iterable[str], filters: dict[str, str] | None = None) -> None:
        for chunk in sets(key for key in keys if key.isdecimal()):
            asked = {**(filters or {}), field: f"[{'|'.join(chunk)}]"}
            self._keep(self.client.pages("stock_availables", asked, count=ROWS))

    def _keep(self, rows: Iterable[Raw]) -> None:
        fresh: dict[Place, list[Raw]] = {}
        for row in rows:
            place = identifier(row.get("id_product")), identifier(row.get("id_product_attribute"))
            fresh.setdefault(place, []).append(row)
            if place[1]:
                self._with_variants.add(place[0])
        self.rows |= fresh

    def _fresh(self, keys: Iterable[str]) -> dict[str, Raw]:
        """Rows as they are now, to put back whole."""
        rows = self.client.among("stock_availables", keys)
        return {identifier(row.get("id")): row for row in rows}

    def _forget(self, change: StockChange) -> None:
        self.rows.pop(_place(change), None)


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
