"""Combinations of the simulated PrestaShop: what they are made of, which one is shown first, and their stock."""

from __future__ import annotations

from ..store import Doc
from . import stock
from .errors import WsError
from .hooks import Hooks
from .shop import Shop


def of_product(shop: Shop, product: int | str) -> list[Doc]:
    """A product's combinations, to read only."""
    return shop.where("combinations", "id_product", str(product))


def default_of(shop: Shop, product: int | str) -> str:
    """The combination that is shown first, ``""`` for none."""
    return next((str(row["id"]) for row in of_product(shop, product) if row["default_on"] == "1"), "")


def make_default(shop: Shop, product: int | str, key: int | str) -> None:
    for row in list(of_product(shop, product)):
        shop.change("combinations", row["id"], default_on="1" if str(row["id"]) == str(key) else "")


def _check(shop: Shop, doc: Doc, old: Doc | None) -> None:
    if shop.peek("products", doc["id_product"]) is None:
        raise WsError(400, (85, 'Validation error: "Property Combination->id_product is not valid"'))
    doc["default_on"] = "1" if doc["default_on"] == "1" else ""
    first = default_of(shop, doc["id_product"])
    if doc["default_on"] and first and (old is None or first != str(old["id"])):
        # The table's key allows one for each product, and the webservice passes on what MySQL says.
        raise WsError(500, (14, f"Duplicate entry '{doc['id_product']}-1' for key 'product_default'"))


def _written(shop: Shop, doc: Doc, old: Doc | None) -> None:
    if old is None:
        stock.open_row(shop, doc["id_product"], doc["id"])


def remove(shop: Shop, doc: Doc) -> None:
    """What goes with a combination that was removed: its stock, prices, and its place as the first."""
    stock.close_rows(shop, doc["id_product"], doc["id"])
    for row in list(shop.where("specific_prices", "id_product_attribute", str(doc["id"]))):
        shop.remove("specific_prices", row["id"])
    left = of_product(shop, doc["id_product"])
    if left and doc["default_on"] == "1":
        make_default(shop, doc["id_product"], left[0]["id"])


def _option_shown(shop: Shop, doc: Doc) -> Doc:
    values = [{"id": str(row["id"])} for row in shop.where("product_option_values", "id_attribute_group", doc["id"])]
    return {**doc, "associations": {"product_option_values": values}}


def _value_check(shop: Shop, doc: Doc, old: Doc | None) -> None:
    if shop.peek("product_options", doc["id_attribute_group"]) is None:
        raise WsError(400, (85, 'Validation error: "Property ProductAttribute->id_attribute_group is not valid"'))
    _place(shop, "product_option_values", doc, old)


def _place(shop: Shop, resource: str, doc: Doc, old: Doc | None) -> None:
    """What is new comes last."""
    if old is None and doc["position"] in ("", "0"):
        doc["position"] = str(len(shop.all(resource)))


HOOKS = {
    "combinations": Hooks(check=_check, written=_written, removed=remove),
    "product_options": Hooks(
        check=lambda shop, doc, old: _place(shop, "product_options", doc, old), shown=_option_shown
    ),
    "product_option_values": Hooks(check=_value_check),
}
