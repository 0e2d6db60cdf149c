"""Stock of the simulated PrestaShop: a row for each product, combination and shop, and a sum beside combinations."""

from __future__ import annotations

from ..store import Doc
from .hooks import Hooks
from .shop import Shop

RESOURCE = "stock_availables"
TOGETHER = "0"  # the combination of the row that a product has for itself


def rows(shop: Shop, product: int | str, combination: int | str | None = None) -> list[Doc]:
    """Rows of a product, to read only; of one combination, or of the product itself (``0``), when one is given."""
    found = shop.where(RESOURCE, "id_product", str(product))
    if combination is None:
        return found
    return [row for row in found if row["id_product_attribute"] == str(combination or 0)]


def open_row(shop: Shop, product: int | str, combination: int | str = 0, quantity: int = 0) -> None:
    """A row in every shop for what is new."""
    policy = next((row["out_of_stock"] for row in rows(shop, product, 0)), "2")
    for number in shop.settings["shops"]:
        values = {
            "id": shop.next_id(RESOURCE),
            "id_product": str(product),
            "id_product_attribute": str(combination),
            "id_shop": str(number),
            "id_shop_group": "0",
            "quantity": str(quantity),
            "depends_on_stock": "0",
            "out_of_stock": policy,
            "location": "",
        }
        shop.put(RESOURCE, values)
    if str(combination) != TOGETHER:
        add_up(shop, product)


def close_rows(shop: Shop, product: int | str, combination: int | str | None = None) -> None:
    """Forget the rows of what is gone."""
    for row in list(rows(shop, product, combination)):
        shop.remove(RESOURCE, row["id"])
    if combination is not None:
        add_up(shop, product)


def add_up(shop: Shop, product: int | str) -> None:
    """Have the product's own row show the sum; nothing else corrects it (observed on 8.1.2)."""
    own = [row for row in rows(shop, product) if row["id_product_attribute"] != TOGETHER]
    for row in list(rows(shop, product, 0)):
        parts = [int(one["quantity"]) for one in own if one["id_shop"] == row["id_shop"]]
        if parts:
            shop.change(RESOURCE, row["id"], quantity=str(sum(parts)))


def set_quantity(shop: Shop, product: int | str, combination: int | str, quantity: int) -> None:
    """Have every shop show a quantity, as its back office sets it."""
    for row in list(rows(shop, product, combination)):
        shop.change(RESOURCE, row["id"], quantity=str(quantity))
    if str(combination or 0) != TOGETHER:
        add_up(shop, product)


def take(shop: Shop, product: int | str, combination: int | str, quantity: int, number: int | str = 1) -> None:
    """Sell some in a shop, or give them back (below zero); nobody is stopped from selling more than there is."""
    for row in list(rows(shop, product, combination)):
        if row["id_shop"] in (str(number), "0"):
            shop.change(RESOURCE, row["id"], quantity=str(int(row["quantity"]) - quantity))
    if str(combination or 0) != TOGETHER:
        add_up(shop, product)


def shown(shop: Shop, product: int | str, combination: int | str = 0, number: int | str = 1) -> int:
    """What a shop shows."""
    found = (row for row in rows(shop, product, combination) if row["id_shop"] in (str(number), "0"))
    return int(next(found)["quantity"])


def _written(shop: Shop, doc: Doc, old: Doc | None) -> None:
    """Writing a combination's row adds up; writing the sum leaves it as it was written."""
    if doc["id_product_attribute"] != TOGETHER:
        add_up(shop, doc["id_product"])


HOOKS = {RESOURCE: Hooks(written=_written)}
