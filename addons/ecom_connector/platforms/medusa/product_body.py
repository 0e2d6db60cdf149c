"""What Medusa's API takes for a product and a variant; pure.

``null`` and ``""`` clear, what is left out stays, metadata are merged; images, prices, tags and categories are taken
whole (observed on Medusa 2.21.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..catalogue import CustomField, ImageDocument, ListingKind, OfferDocument, TermDocument
from ..publishing import ListingChange, OfferChange
from ..values import identifier, rows, text
from .catalogue import DEFAULT_OPTION, DEFAULT_VALUE, DEFAULT_VARIANT, GRAMS, STATES

Raw = dict[str, Any]
Row = Mapping[str, Any]

_TEXTS = {"name": "title", "slug": "handle", "description": "description", "summary": "subtitle"}


def product_item(change: ListingChange, currency: str, shop: Row) -> Raw:
    """A product's item of a batch, with its variants when it is new. Empty when nothing is to be said.

    :param shop: ``sales_channels`` and ``shipping_profile_id`` of a new product
    """
    document, fields = change.document, change.fields
    new = not document.product_id
    item: Raw = {theirs: getattr(document, ours) for ours, theirs in _TEXTS.items() if ours in fields}
    if not item.get("handle", "-"):
        del item["handle"]  # Medusa makes one of the title
    if "state" in fields:
        item["status"] = STATES[document.state]
    if "categories" in fields:
        item["categories"] = _ids(document.categories)
    if "tags" in fields:
        item["tags"] = _ids(document.tags)
    if "brands" in fields:
        item["collection_id"] = next((term.external_id for term in document.brands if term.external_id), None)
    if "images" in fields:
        item["images"] = [image_item(image) for image in document.images if image.url]
        item["thumbnail"] = item["images"][0]["url"] if item["images"] else None
    metadata = _metadata(document.custom) if "custom" in fields else {}
    if "attributes" in fields:
        metadata |= {row.name: ", ".join(row.values) for row in document.attributes if not row.varies}
    if metadata:
        item["metadata"] = metadata
    if new:
        item = {"title": document.name, **item, **shop, "external_id": change.key}
        item["options"] = option_items(change)
        item["variants"] = [variant_item(change, offer, currency, None) for offer in change.offers]
    return item


def option_items(change: ListingChange) -> list[Raw]:
    """What variants differ by: the values that the product lists, then those that only its variants have."""
    if change.document.kind != ListingKind.VARIABLE:
        return [{"title": DEFAULT_OPTION, "values": [DEFAULT_VALUE]}]
    values: dict[str, list[str]] = {row.name: list(row.values) for row in change.document.attributes if row.varies}
    for offer in change.offers:
        for option in offer.document.options:
            listed = values.setdefault(option.attribute, [])
            if option.value not in listed:
                listed.append(option.value)
    return [{"title": name, "values": listed} for name, listed in values.items() if listed]


def missing_options(change: ListingChange, shown: Row) -> Raw:
    """The body that gives a product the options and values that it lacks; empty when it lacks none."""
    there = {text(row.get("title")).casefold(): row for row in rows(shown, "options")}
    adds, updates = [], []
    for wanted in option_items(change) if change.document.kind == ListingKind.VARIABLE else ():
        row = there.get(wanted["title"].casefold())
        if row is None:
            adds.append(wanted)
            continue
        known = {text(value.get("value")).casefold() for value in rows(row, "values", "options.values")}
        new = [{"value": value} for value in wanted["values"] if value.casefold() not in known]
        if new:
            updates.append({"product_option_id": identifier(row.get("id")), "add": new})
    return {name: listed for name, listed in (("add", adds), ("update", updates)) if listed}


def variant_item(change: ListingChange, offer: OfferChange, currency: str, shown: Row | None) -> Raw:
    """A variant's item, without its id; ``shown`` is the variant as the shop has it, ``None`` for a new one."""
    document, fields = offer.document, offer.fields
    item: Raw = {}
    if "sku" in fields:
        item["sku"] = document.sku or None
    if "barcode" in fields:
        item["barcode"] = document.barcode or None
    if "weight" in fields:
        item["weight"] = None if document.weight is None else int((document.weight * GRAMS).to_integral_value())
    if "image" in fields and shown is not None:
        item["thumbnail"] = document.image.url if document.image and document.image.url else None
    if "custom" in fields and document.custom:
        item["metadata"] = _metadata(document.custom)
    if shown is None or "options" in fields:
        if change.document.kind == ListingKind.VARIABLE:
            item["options"] = {option.attribute: option.value for option in document.options}
        elif shown is None:
            item["options"] = {DEFAULT_OPTION: DEFAULT_VALUE}
    if shown is None or fields & {"price", "prices"}:
        item["prices"] = price_items(document, fields, currency, shown)
    if shown is None:
        item["title"] = " / ".join(option.value for option in document.options) or DEFAULT_VARIANT
        item["manage_inventory"] = True
    return item


def price_items(document: OfferDocument, fields: Iterable[str], currency: str, shown: Row | None) -> list[Raw]:
    """All prices of a variant, which Medusa takes whole: ours, and those of other currencies and regions as before."""
    told = frozenset(fields)
    items: list[Raw] = []
    for row in rows(shown or {}, "prices"):
        plain = text(row.get("currency_code")) == currency and not row.get("rules")
        tier = bool(row.get("min_quantity"))
        if not plain or (tier and "prices" not in told) or (not tier and "price" not in told):
            kept = {key: row.get(key) for key in ("id", "amount", "currency_code", "min_quantity", "max_quantity")}
            items.append({**kept, "rules": row.get("rules") or {}})
    if ("price" in told or shown is None) and document.price is not None:
        items.append({"currency_code": currency, "amount": float(document.price)})
    if "prices" in told:
        items += [
            {"currency_code": currency, "amount": float(price.price), "min_quantity": int(price.quantity)}
            for price in document.prices
            if not price.group and price.quantity > 1
        ]
    return items


def image_item(image: ImageDocument) -> Raw:
    """By its id what the product has already; others, of whatever id, go by their address."""
    return {"url": image.url} | ({"id": image.external_id} if image.external_id.startswith("img_") else {})


def _ids(terms: Sequence[TermDocument]) -> list[Raw]:
    return [{"id": term.external_id} for term in terms if term.external_id]


def _metadata(custom: Iterable[CustomField]) -> Raw:
    return {field.name: field.value for field in custom}
