"""What a simulated PrestaShop sells: the demonstration catalogue, and products by the thousand to measure with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..catalogue import ATTRIBUTES, CATEGORIES, PRODUCTS
from ..merchandise import Product, Text
from ..store import Doc
from . import combinations, stock
from .categories import HOME
from .products import slug
from .seed import add, both
from .shop import Shop

SIX = Decimal("0.000001")
SIZES = ("XS", "S", "M", "L", "XL", "XXL")


def seed(shop: Shop) -> None:
    """The demonstration catalogue, with taxes and stock as its other shops have them."""
    groups = {Decimal(row["rate"]): str(key) for key, row in shop.all("taxes").items()}
    places = {code: _category(shop, name) for code, name in CATEGORIES.items()}
    values = {}
    for code, attribute in ATTRIBUTES.items():
        named = _texts(attribute.name)
        option = add(shop, "product_options", None, group_type="select", name=named, public_name=named)
        for place, value in enumerate(attribute.values):
            row = add(
                shop,
                "product_option_values",
                None,
                id_attribute_group=str(option["id"]),
                name=_texts(value),
                position=str(place),
            )
            values[code, value.fr] = str(row["id"])
    for product in PRODUCTS:
        _add(shop, product, places[product.category], groups.get(product.tax_rate, "1"), values)


def _add(shop: Shop, product: Product, category: str, group: str, values: dict[tuple[str, str], str]) -> None:
    base = _without_tax(product.price, product.tax_rate)
    doc = add_product(
        shop,
        name=_texts(product.name),
        reference=product.sku,
        ean13=product.barcode,
        price=str(base),
        weight=str(product.weight),
        id_tax_rules_group=group,
        id_category_default=category,
        description={key: f"<p>{said}</p>" if said else "" for key, said in _texts(product.description).items()},
        quantity=sum(product.stock.values()),
        categories=(HOME, category),
        variable=bool(product.variants),
    )
    for variant in product.variants:
        price = _without_tax(variant.price, product.tax_rate) if variant.price is not None else base
        keys = [values[code, said] for code, said in variant.values.items()]
        more: Doc = {"reference": variant.sku, "ean13": variant.barcode, "price": str(price - base)}
        add_combination(shop, doc["id"], keys, sum(variant.stock.values()), **more)


def add_product(
    shop: Shop,
    *,
    name: dict[str, str],
    quantity: int = 0,
    categories: Iterable[str] = (HOME,),
    variable: bool = False,
    key: int | None = None,
    **fields: Any,
) -> Doc:
    """A product on sale, past the webservice."""
    given = {
        "active": "1",
        "state": "1",
        "available_for_order": "1",
        "show_price": "1",
        "minimal_quantity": "1",
        "visibility": "both",
        "condition": "new",
        "id_shop_default": "1",
        "id_category_default": HOME,
        "product_type": "combinations" if variable else "standard",
        "link_rewrite": {key: slug(said) for key, said in name.items()},
        "associations": {"categories": [{"id": key} for key in categories]},
    }
    doc = add(shop, "products", key, name=name, **{**given, **fields})
    stock.open_row(shop, doc["id"], 0, quantity)
    return doc


def add_combination(
    shop: Shop, product: int, values: Iterable[str], quantity: int, key: int | None = None, **fields: Any
) -> Doc:
    """A combination, past the webservice; the first is shown first."""
    rows = [{"id": key} for key in values]
    first = "" if combinations.of_product(shop, product) else "1"
    given = {"minimal_quantity": "1", "associations": {"product_option_values": rows}, "default_on": first}
    doc = add(shop, "combinations", key, id_product=str(product), **{**given, **fields})
    doc["default_on"] = first
    shop.put("combinations", doc)
    stock.open_row(shop, product, doc["id"], quantity)
    return doc


def _category(shop: Shop, name: Text) -> str:
    said = _texts(name)
    paths = {key: slug(one) for key, one in said.items()}
    row = add(shop, "categories", None, id_parent=HOME, level_depth="2", active="1", name=said, link_rewrite=paths)
    return str(row["id"])


def _texts(text: Text) -> dict[str, str]:
    return both(text.fr, text.en)


def _without_tax(price: Decimal, rate: Decimal) -> Decimal:
    return (price / (1 + rate / 100)).quantize(SIX, ROUND_HALF_UP)


# --- the control API


def _products_post(shop: Shop, body: Doc) -> Doc:
    """``{"sku", "name", "price", "quantity"}``, the price with 20 % of tax."""
    price = _without_tax(Decimal(str(body.get("price", "10"))), Decimal(20))
    doc = add_product(
        shop,
        name=both(body["name"], body["name"]),
        reference=body["sku"],
        price=str(price),
        id_tax_rules_group="1",
        quantity=int(body.get("quantity", 0)),
    )
    return {"product_id": str(doc["id"]), "variant_id": ""}


def _many_post(shop: Shop, body: Doc) -> Doc:
    """``{"count", "variants", "prefix"}``: with variants each is sold in that many sizes, at most six."""
    count, variants, prefix = int(body["count"]), int(body.get("variants", 0)), str(body.get("prefix", "BULK"))
    keys = _sizes(shop, SIZES[:variants])
    first = last = 0
    for number in range(1, count + 1):
        sku = f"{prefix}-{number:06}"
        named = both(f"Produit {number}", f"Product {number}")
        fields: Doc = {"reference": "" if variants else sku, "price": "10.000000", "weight": "0.250000"}
        doc = add_product(shop, name=named, id_tax_rules_group="1", variable=bool(variants), **fields)
        for size, key in zip(SIZES[:variants], keys, strict=True):
            add_combination(shop, doc["id"], [key], 0, reference=f"{sku}-{size}")
        first, last = first or doc["id"], doc["id"]
    return {"count": count, "first": first, "last": last}


def _sizes(shop: Shop, names: Iterable[str]) -> list[str]:
    """The ids of sizes, made where the shop has none of the name."""
    option = next((row for row in shop.all("product_options").values() if "Taille" in row["name"].values()), None)
    if option is None:
        named = both("Taille", "Size")
        option = add(shop, "product_options", None, group_type="select", name=named, public_name=named)
    keys = []
    for name in names:
        rows = shop.where("product_option_values", "id_attribute_group", str(option["id"]))
        row = next((row for row in rows if name in row["name"].values()), None)
        if row is None:
            given = {"id_attribute_group": str(option["id"]), "name": both(name, name)}
            row = add(shop, "product_option_values", None, **given)
        keys.append(str(row["id"]))
    return keys


def _stock_get(shop: Shop, body: Doc) -> Doc:
    """``{sku: quantity}`` of all that is sold, as the shop shows it."""
    shown = {}
    for key, product in shop.all("products").items():
        own = combinations.of_product(shop, key)
        for row in own:
            shown[row["reference"]] = stock.shown(shop, key, row["id"])
        if not own:
            shown[product["reference"]] = stock.shown(shop, key)
    return {sku: quantity for sku, quantity in shown.items() if sku}


CONTROLS: dict[tuple[str, str], Callable[[Shop, Any], Any]] = {
    ("POST", "products"): _products_post,
    ("POST", "products/many"): _many_post,
    ("GET", "stock"): _stock_get,
}
