"""What is written about a product and its variants: checked first, then kept, so that a refusal leaves nothing done."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from ..store import Doc
from . import gid, metafields, seed, stock
from .resolving import Refused
from .shop import Shop

DEFAULT = [{"name": "Title", "value": "Default Title"}]
MOST_VARIANTS = 2048


def slug(words: str) -> str:
    """A handle made of words."""
    folded = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-") or "produit"


def checked_handle(shop: Shop, values: Doc, product_id: int | None, code: str | None) -> str | None:
    """The handle of a product: one that is given has to be free, one that is made up is made free.

    :raise Refused: when it is another product's.
    """
    taken = {doc["handle"] for doc in shop.all("products").values() if doc["id"] != product_id}
    if values.get("handle"):
        wanted = slug(values["handle"])
        if wanted in taken:
            words = f"Handle '{wanted}' already in use. Please provide a new handle."
            raise Refused(words, ["input", "handle"], code)
        return wanted
    if product_id is not None:
        return None
    base = found = slug(values.get("title") or "")
    number = 1
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    return found


def fields(shop: Shop, product: Doc, values: Doc, handle: str | None) -> None:
    """Write the plain fields of a product that the caller keeps."""
    for name in ("title", "descriptionHtml", "productType", "status", "templateSuffix", "vendor"):
        if values.get(name) is not None:
            product[name] = values[name]
    if values.get("seo") is not None:
        product["seo"] = {**product.get("seo", {}), **values["seo"]}
    if values.get("tags") is not None:
        tags = (tag.strip() for one in values["tags"] for tag in one.split(","))
        product["tags"] = sorted({tag.casefold(): tag for tag in tags if tag}.values(), key=str.casefold)
    if handle:
        if values.get("redirectNewHandle") and product.get("handle") not in (None, handle):
            number = shop.next_id("redirect")
            path = {"path": f"/products/{product['handle']}", "target": f"/products/{handle}"}
            shop.put("redirects", {"id": number, **path})
        product["handle"] = handle
    product["updatedAt"] = shop.now()


# Options


def set_options(shop: Shop, product: Doc, inputs: list[Doc]) -> None:
    """The options of a product as a whole, in order; those that it has keep their ids."""
    known = {option["name"].casefold(): option for option in product["options"]}
    found = []
    for place, row in enumerate(sorted(inputs, key=lambda row: row.get("position") or 0), 1):
        name = row.get("name") or next((o["name"] for o in product["options"] if _is(o, row, "ProductOption")), "")
        old = known.get(name.casefold(), {"optionValues": []})
        option: Doc = {
            "id": old.get("id") or shop.next_id("option"),
            "name": name,
            "position": place,
            "optionValues": [],
        }
        for value in row.get("values") or ():
            add_value(shop, option, value["name"], old["optionValues"])
        found.append(option)
    product["options"] = found


def _is(doc: Doc, row: Doc, kind: str) -> bool:
    return bool(row.get("id")) and gid.number(row["id"], kind) == doc["id"]


def add_value(shop: Shop, option: Doc, name: str, known: Iterable[Doc] = ()) -> None:
    """A value of an option, once."""
    if name.casefold() not in {value["name"].casefold() for value in option["optionValues"]}:
        old = next((value["id"] for value in known if value["name"].casefold() == name.casefold()), None)
        option["optionValues"].append({"id": old or shop.next_id("option_value"), "name": name})


def chosen(product: Doc, inputs: Iterable[Doc], where: list[str], *, add: Shop | None = None) -> list[Doc]:
    """The options that a variant chooses, in the product's order.

    :param add: the shop, where values that the product has not yet are added to it.
    :raise Refused: for an option or value that does not exist, and where one of the options is missing.
    """
    options = {option["name"].casefold(): option for option in product["options"]}
    found: dict[str, str] = {}
    for row in inputs:
        name = row.get("optionName") or next((o["name"] for o in product["options"] if _has(o, row)), "")
        option = options.get(name.casefold())
        if option is None:
            raise Refused("Option does not exist", [*where, "optionValues"], "OPTION_DOES_NOT_EXIST")
        names: dict[str, str] = {value["name"].casefold(): value["name"] for value in option["optionValues"]}
        wanted: str = row.get("name") or next((v["name"] for v in option["optionValues"] if _is_value(v, row)), "")
        if wanted.casefold() not in names:
            if add is None:
                raise Refused("Option value does not exist", [*where, "optionValues"], "OPTION_VALUE_DOES_NOT_EXIST")
            add_value(add, option, wanted)
        found[option["name"]] = names.get(wanted.casefold(), wanted)
    missing = [option["name"] for option in product["options"] if option["name"] not in found]
    if missing:
        words = f"You need to add option values for {missing[0]}"
        raise Refused(words, [*where, "optionValues"], "NEED_TO_ADD_OPTION_VALUES")
    return [{"name": option["name"], "value": found[option["name"]]} for option in product["options"]]


def _has(option: Doc, row: Doc) -> bool:
    return bool(row.get("optionId")) and gid.number(row["optionId"], "ProductOption") == option["id"]


def _is_value(value: Doc, row: Doc) -> bool:
    return bool(row.get("id")) and gid.number(row["id"], "ProductOptionValue") == value["id"]


def combination(options: Iterable[Doc]) -> tuple[tuple[str, str], ...]:
    """What no two variants of a product share."""
    return tuple((row["name"].casefold(), row["value"].casefold()) for row in options)


# Variants


def check_variant(shop: Shop, row: Doc, where: list[str], variant_id: int | None) -> None:
    """Refuse a price that is none or negative, and metafields that cannot be kept."""
    for name in ("price", "compareAtPrice"):
        if row.get(name) is not None and float(row[name]) < 0:
            raise Refused("Price must be greater than or equal to 0", [*where, name], "NEGATIVE_PRICE_VALUE")
    metafields.check(shop, "PRODUCTVARIANT", variant_id, row.get("metafields") or (), [*where, "metafields"])


def write_variant(shop: Shop, product: Doc, row: Doc, options: list[Doc] | None, variant: Doc | None) -> Doc:
    """Make or change a variant of a product that the caller keeps; what is not said stays."""
    now = shop.now()
    if variant is None:
        values = {"options": {one["name"]: one["value"] for one in options or ()}, "tracked": False}
        variant = seed.add_variant(shop, product, values, now)
        item = shop.load("items", variant["itemId"])
        assert item is not None
        item["levels"] = {key: level for key, level in item["levels"].items() if key == next(iter(item["levels"]))}
    else:
        item = shop.load("items", variant["itemId"])
        assert item is not None
    if options:
        variant |= {"selectedOptions": options, "title": " / ".join(one["value"] for one in options)}
    for name in ("barcode", "price", "compareAtPrice", "inventoryPolicy", "taxable"):
        if name in row:
            variant[name] = _money(row[name]) if name in ("price", "compareAtPrice") else row[name]
    given = row.get("inventoryItem") or {}
    sku = row["sku"] if "sku" in row else given.get("sku", variant.get("sku"))
    variant["sku"] = item["sku"] = sku
    for name in ("tracked", "requiresShipping", "cost"):
        if given.get(name) is not None:
            item[name] = given[name]
    if given.get("measurement"):
        item["weight"] = given["measurement"].get("weight")
    picture = row.get("mediaId") or (row.get("file") or {}).get("id")
    if picture:
        variant["mediaIds"] = [gid.number(picture)]
    variant["updatedAt"] = item["updatedAt"] = now
    stock.keep(shop, item)
    metafields.write(shop, "PRODUCTVARIANT", variant["id"], row.get("metafields") or ())
    return shop.put("variants", variant)


def _money(value: Any) -> str | None:
    return None if value is None else f"{float(value):.2f}"


def remove_variant(shop: Shop, product: Doc, variant_id: int) -> None:
    """A variant with its stock, gone for good."""
    variant = shop.peek("variants", variant_id)
    product["variantIds"] = [key for key in product["variantIds"] if key != variant_id]
    if variant:
        shop.remove("items", variant["itemId"])
        shop.remove("variants", variant_id)
