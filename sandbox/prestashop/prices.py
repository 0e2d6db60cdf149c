"""Specific prices of the simulated PrestaShop, and what a product costs whom."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from ..store import Doc
from .errors import WsError
from .hooks import Hooks
from .shop import Shop

# The table's unique key: whom a price is for, from when to when and from how many on.
_KEY = (
    *("id_product", "id_product_attribute", "id_customer", "id_cart", "from", "to", "id_shop", "id_shop_group"),
    *("id_currency", "id_country", "id_group", "from_quantity", "id_specific_price_rule"),
)
_NEVER = "0000-00-00 00:00:00"


def usual_price(shop: Shop, product: Doc, combination: Doc | None) -> Decimal:
    """Without tax: the product's with what the combination adds."""
    return Decimal(product["price"]) + (Decimal(combination["price"]) if combination else 0)


def price(
    shop: Shop, product: Doc, combination: Doc | None, quantity: int = 1, group: str = "3", rate: Decimal = Decimal(0)
) -> Decimal:
    """What a piece costs now without tax, to six decimals, to a customer of a group who buys so many.

    The narrowest price wins: one for the combination before one for the product, one for the group before one for
    all, the highest quantity (source: ``SpecificPrice::getSpecificPrice`` and ``Product::priceCalculation``).
    """
    usual = usual_price(shop, product, combination)
    mine = [
        row
        for row in shop.where("specific_prices", "id_product", str(product["id"]))
        if row["id_product_attribute"] in ("0", str(combination["id"] if combination else 0))
        and row["id_group"] in ("0", group)
        and int(row["from_quantity"] or 1) <= quantity
        and not any(row[name] not in ("", "0") for name in ("id_customer", "id_cart", "id_currency", "id_country"))
        and (row["from"] == _NEVER or row["from"] <= shop.now())
        and (row["to"] == _NEVER or shop.now() <= row["to"])
    ]
    if not mine:
        return usual
    row = max(
        mine,
        key=lambda row: (row["id_group"] != "0", int(row["from_quantity"] or 1), row["id_product_attribute"] != "0"),
    )
    base = Decimal(row["price"])
    if base < 0:
        base = usual
    elif combination and row["id_product_attribute"] == "0":
        base += Decimal(combination["price"])
    reduction = Decimal(row["reduction"])
    if row["reduction_type"] == "percentage":
        base *= 1 - reduction
    else:
        base -= reduction / (1 + rate / 100) if row["reduction_tax"] == "1" else reduction
    return base.quantize(Decimal("0.000001"), ROUND_HALF_UP)


def _check(shop: Shop, doc: Doc, old: Doc | None) -> None:
    if shop.peek("products", doc["id_product"]) is None:
        raise WsError(400, (85, 'Validation error: "Property SpecificPrice->id_product is not valid"'))
    if doc["reduction_type"] not in ("amount", "percentage"):
        raise WsError(400, (85, 'Validation error: "Property SpecificPrice->reduction_type is not valid"'))
    key = [doc[name] for name in _KEY]
    for row in shop.where("specific_prices", "id_product", doc["id_product"]):
        if row["id"] != doc["id"] and [row[name] for name in _KEY] == key:
            raise WsError(500, (14, "Duplicate entry for key 'id_product_2'"))


HOOKS = {"specific_prices": Hooks(check=_check)}
