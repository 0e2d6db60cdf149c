"""What Shopify takes for products and variants; pure.

``productSet`` makes whatever a list leaves out go away, and leaves alone what is not in its input at all (shopify.dev,
"Sync product data"). So it is given lists only for a product that it makes, and for one that is there nothing but the
list of pictures, which is completed first. All other changes go with mutations that leave alone what is not said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..catalogue import (
    CustomField,
    ListingDocument,
    ListingKind,
    ListingState,
    OfferDocument,
    OptionDocument,
)
from ..publishing import ListingChange, OfferChange
from ..values import rows, text
from .catalogue_mapper import LISTING_KEY, NAMESPACE, PRODUCT_TYPE, SEO_DESCRIPTION, SEO_TITLE
from .ids import gid, is_plain
from .publishing_files import file_input, wanted_files
from .publishing_metafields import MetafieldTypes, attribute_metafield, metafields_of

Raw = dict[str, Any]

# A paused product is archived: no channel sells it, and it keeps the channels that the merchant chose for it, its
# address, collections and stock. An unlisted one is sold to whoever has the link.
STATUSES: Mapping[ListingState, str] = {
    ListingState.DRAFT: "DRAFT",
    ListingState.ON: "ACTIVE",
    ListingState.HIDDEN: "UNLISTED",
    ListingState.OFF: "ARCHIVED",
}
SHOWN_STATES = frozenset({ListingState.ON, ListingState.HIDDEN})
_PRICES = frozenset({"price", "sale_price", "sale_from", "sale_to"})
# What a product without options has for one.
DEFAULT_OPTION = "Title"
DEFAULT_VALUE = "Default Title"


def product_values(
    document: ListingDocument, fields: Collection[str], types: MetafieldTypes, shown: Raw | None = None
) -> Raw:
    """What ``productSet`` and ``productUpdate`` take alike.

    :param types: ``{(namespace, key): type}`` of the metafields that the shop has defined
    :param shown: the product as it is: a metafield that nobody defined keeps the type that it has there
    """
    values: Raw = {}
    if "state" in fields:
        values["status"] = STATUSES[document.state]
    if "name" in fields:
        values["title"] = document.name
    if "slug" in fields and document.slug:
        values["handle"] = document.slug
    if "description" in fields:
        values["descriptionHtml"] = document.description
    if "tags" in fields:
        values["tags"] = [tag.name for tag in document.tags]
    if "brands" in fields and document.brands:
        values["vendor"] = document.brands[0].name
    metafields: list[Raw] = []
    if "attributes" in fields:
        metafields += [attribute_metafield(found) for found in document.attributes if not found.varies]
    if "custom" in fields:
        metafields += metafields_of(document.custom, types, shown)
        values |= _mapped(document.custom)
    if metafields:
        values["metafields"] = metafields
    return values


def _mapped(custom: Iterable[CustomField]) -> Raw:
    said = {field.name: field.value for field in custom}
    values: Raw = {"productType": said[PRODUCT_TYPE]} if PRODUCT_TYPE in said else {}
    seo = {key: said[name] for name, key in ((SEO_TITLE, "title"), (SEO_DESCRIPTION, "description")) if name in said}
    return values | ({"seo": seo} if seo else {})


# --- new products


def new_product(change: ListingChange, offers: Sequence[OfferChange], types: MetafieldTypes, now: datetime) -> Raw:
    """A product that is to be made, with these of its variants.

    Our key is a metafield whose values the shop keeps unique: a second product with it is refused.
    """
    document = change.document
    values = product_values(document, change.fields, types)
    values.setdefault("status", STATUSES[ListingState.DRAFT])
    values.setdefault("title", document.name)
    key = {"namespace": NAMESPACE, "key": LISTING_KEY, "type": "id", "value": change.key}
    values["metafields"] = [key, *values.get("metafields", ())]
    collections = collection_ids(document) if "categories" in change.fields else []
    if collections:
        values["collections"] = collections
    files = wanted_files(change)
    if files:
        values["files"] = files
    if offers:
        values["productOptions"] = _options(document, offers)
        values["variants"] = [new_variant(change, offer, types, now, file=True) for offer in offers]
    return values


def collection_ids(document: ListingDocument) -> list[str]:
    return [gid("Collection", term.external_id) for term in document.categories if is_plain(term.external_id)]


def _options(document: ListingDocument, offers: Sequence[OfferChange]) -> list[Raw]:
    """The options with the values that these variants have, in the order of the product's attribute."""
    if document.kind != ListingKind.VARIABLE:
        return [{"name": DEFAULT_OPTION, "values": [{"name": DEFAULT_VALUE}]}]
    used: dict[str, list[str]] = {}
    for offer in offers:
        for option in offer.document.options:
            values = used.setdefault(option.attribute, [])
            if option.value not in values:
                values.append(option.value)
    order = {found.name: list(found.values) for found in document.attributes}
    return [
        {
            "name": name,
            "position": place,
            "values": [{"name": value} for value in in_order(values, order.get(name, []))],
        }
        for place, (name, values) in enumerate(used.items(), 1)
    ]


def in_option_order(change: ListingChange) -> list[OfferChange]:
    """The variants as the product's attributes put them, S before M: the shop keeps the order that they are made in."""
    places = {
        found.name: {value: place for place, value in enumerate(found.values)} for found in change.document.attributes
    }

    def place(offer: OfferChange) -> tuple[int, ...]:
        return tuple(places.get(option.attribute, {}).get(option.value, 2048) for option in offer.document.options)

    return sorted(change.offers, key=place)


def in_order(values: Sequence[str], order: Sequence[str]) -> list[str]:
    places = {value: place for place, value in enumerate(order)}
    return sorted(values, key=lambda value: places.get(value, len(places)))


# --- variants


def new_variant(
    change: ListingChange,
    offer: OfferChange,
    types: MetafieldTypes,
    now: datetime,
    *,
    file: bool = False,
    names: Mapping[str, str] | None = None,
) -> Raw:
    """A variant that is to be made. The stock lane has it counted once it tells a quantity."""
    values = variant_values(offer, types, now, file=file)
    values["optionValues"] = option_values(
        offer.document.options if change.document.kind == ListingKind.VARIABLE else (), names
    )
    if "ships" in change.fields or not change.document.ships:
        values.setdefault("inventoryItem", {})["requiresShipping"] = change.document.ships
    return values


def option_values(options: Iterable[OptionDocument], names: Mapping[str, str] | None = None) -> list[Raw]:
    """:param names: what the product calls its options, by their names in small letters"""
    found = [
        {"optionName": (names or {}).get(option.attribute.casefold(), option.attribute), "name": option.value}
        for option in options
    ]
    return found or [{"optionName": DEFAULT_OPTION, "name": DEFAULT_VALUE}]


def variant_values(offer: OfferChange, types: MetafieldTypes, now: datetime, *, file: bool = False) -> Raw:
    """What is said of a variant, but for its options.

    :param file: its picture as ``productSet`` takes it
    """
    document, fields = offer.document, offer.fields
    values: Raw = {}
    item: Raw = {}
    if fields & _PRICES and document.price is not None:
        values |= prices(document, now)
    if "barcode" in fields:
        values["barcode"] = document.barcode
    if "sku" in fields:
        item["sku"] = document.sku
    if "weight" in fields:
        item["measurement"] = {"weight": {"value": float(document.weight or 0), "unit": "KILOGRAMS"}}
    if "image" in fields and document.image:
        if file:
            values["file"] = file_input(document.image)
        elif document.image.external_id:
            values["mediaId"] = gid("MediaImage", document.image.external_id)
    if "custom" in fields and (metafields := metafields_of(document.custom, types)):
        values["metafields"] = metafields
    return values | ({"inventoryItem": item} if item else {})


def prices(document: OfferDocument, now: datetime) -> Raw:
    """What is asked now, and what is struck through beside it. Shopify knows no dates of a promotion."""
    assert document.price is not None
    reduced = document.sale_price is not None and document.sale_price < document.price
    begun = document.sale_from is None or document.sale_from <= now
    ended = document.sale_to is not None and document.sale_to <= now
    if document.sale_price is not None and reduced and begun and not ended:
        return {"price": plain_figure(document.sale_price), "compareAtPrice": plain_figure(document.price)}
    return {"price": plain_figure(document.price), "compareAtPrice": None}


def plain_figure(figure: Decimal) -> str:
    return f"{figure:f}"


# --- collections


def collections_of(document: ListingDocument, shown: Raw) -> Raw:
    """Which collections a product joins and leaves; those that fill themselves by rules are let be."""
    wanted = collection_ids(document)
    there = [text(row.get("id")) for row in rows(shown, "collections") if row.get("ruleSet") is None]
    join = [key for key in wanted if key not in there]
    leave = [key for key in there if key not in wanted]
    return ({"collectionsToJoin": join} if join else {}) | ({"collectionsToLeave": leave} if leave else {})
