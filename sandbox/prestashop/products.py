"""Products of the simulated PrestaShop: what is computed of them, and what goes with them."""

from __future__ import annotations

from ..store import Doc
from . import combinations, images, stock
from .categories import HOME
from .errors import WsError
from .hooks import Hooks
from .shop import Shop

_VISIBILITIES = ("both", "catalog", "search", "none")


def _check(shop: Shop, doc: Doc, old: Doc | None) -> None:
    doc["visibility"] = doc["visibility"] or "both"
    doc["condition"] = doc["condition"] or "new"
    if doc["visibility"] not in _VISIBILITIES:
        raise WsError(400, (85, 'Validation error: "Property Product->visibility is not valid"'))
    if not any(doc["name"].values()):
        raise WsError(400, (84, 'Validation error: "Property Product->name is empty"'))
    if old is None:
        doc["id_shop_default"] = doc["id_shop_default"] if doc["id_shop_default"] not in ("", "0") else "1"
        # ``modifierWsLinkRewrite``: made from the name where a new product has none.
        for key, name in doc["name"].items():
            doc["link_rewrite"][key] = doc["link_rewrite"][key] or slug(name)


def _written(shop: Shop, doc: Doc, old: Doc | None) -> None:
    if old is None:
        stock.open_row(shop, doc["id"])
    cover = doc["id_default_image"]
    if cover not in ("", "0") and cover != images.cover_of(shop, doc["id"]):
        images.make_cover(shop, doc["id"], cover)
    first = doc["id_default_combination"]
    if first not in ("", "0") and first != combinations.default_of(shop, doc["id"]):
        combinations.make_default(shop, doc["id"], first)
    if cover or first:
        # Computed when printed: what was sent has done its work.
        shop.change("products", doc["id"], id_default_image="", id_default_combination="")


def _associated(shop: Shop, doc: Doc, sent: Doc) -> None:
    """Combinations that are not among those sent are removed (source: ``Product::setWsCombinations``)."""
    if "combinations" in sent:
        kept = {row.get("id") for row in sent["combinations"]}
        for row in list(combinations.of_product(shop, doc["id"])):
            if str(row["id"]) not in kept:
                shop.remove("combinations", row["id"])
                combinations.remove(shop, row)
    if doc["id_category_default"] in ("", "0") and not doc["associations"]["categories"]:
        shop.change("products", doc["id"], id_category_default=HOME)


def _removed(shop: Shop, doc: Doc) -> None:
    for resource in ("combinations", "specific_prices", "images"):
        for row in list(shop.where(resource, "id_product", str(doc["id"]))):
            shop.remove(resource, row["id"])
    stock.close_rows(shop, doc["id"])


def _shown(shop: Shop, doc: Doc) -> Doc:
    own = combinations.of_product(shop, doc["id"])
    values = dict.fromkeys(
        row["id"] for combination in own for row in combination["associations"]["product_option_values"]
    )
    maker = shop.peek("manufacturers", doc["id_manufacturer"] or 0)
    places = [
        {"id": str(row["id"]), "id_product_attribute": row["id_product_attribute"]}
        for row in stock.rows(shop, doc["id"])
    ]
    return {
        **doc,
        "id_default_image": images.cover_of(shop, doc["id"]),
        "id_default_combination": combinations.default_of(shop, doc["id"]) or "0",
        "cache_default_attribute": combinations.default_of(shop, doc["id"]) or "0",
        "manufacturer_name": maker["name"] if maker else "",
        "position_in_category": "1",
        "quantity": "0",  # whatever is in stock (observed on 8.1.2)
        "type": "virtual" if doc["is_virtual"] == "1" else "simple",
        "associations": {
            **doc["associations"],
            "images": [{"id": str(row["id"])} for row in images.of_product(shop, doc["id"])],
            "combinations": [{"id": str(row["id"])} for row in own],
            "product_option_values": [{"id": key} for key in values],
            "stock_availables": places,
        },
    }


def slug(name: str) -> str:
    """The part of an address that PrestaShop makes of a name."""
    return "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name.lower()).strip("-")


def _feature_value_check(shop: Shop, doc: Doc, old: Doc | None) -> None:
    if shop.peek("product_features", doc["id_feature"]) is None:
        raise WsError(400, (85, 'Validation error: "Property FeatureValue->id_feature is not valid"'))


HOOKS = {
    "products": Hooks(check=_check, written=_written, associated=_associated, removed=_removed, shown=_shown),
    "product_feature_values": Hooks(check=_feature_value_check),
}
