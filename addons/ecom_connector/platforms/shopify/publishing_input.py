"""What Shopify takes for products and variants; pure.

``productSet`` makes whatever a list leaves out go away, and leaves alone what is not in its input at all (shopify.dev,
"Sync product data"). So it is given lists only for a product that it makes, and for one that is there nothing but the
list of pictures, which is completed first. All other changes go with mutations that leave alone what is not said.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..catalogue import (
    AttributeDocument,
    CustomField,
    ImageDocument,
    ListingDocument,
    ListingKind,
    ListingState,
    OfferDocument,
    OptionDocument,
)
from ..publishing import ListingChange, OfferChange
from ..values import rows, text
from .catalogue_mapper import LISTING_KEY, NAMESPACE, PRODUCT_TYPE, SEO_DESCRIPTION, SEO_TITLE
from .ids import gid, is_plain, plain
from .media import is_ours

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

MetafieldTypes = Mapping[tuple[str, str], str]


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


def attribute_metafield(attribute: AttributeDocument) -> Raw:
    return {
        "namespace": NAMESPACE,
        "key": attribute_key(attribute.name),
        "type": "list.single_line_text_field",
        "value": json.dumps(list(attribute.values), ensure_ascii=False),
    }


def attribute_key(name: str) -> str:
    """Metafields' keys have 2 to 64 of few letters (shopify.dev, ``MetafieldInput``)."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "_", folded).strip("_")[:60].ljust(2, "_") or "__"


def metafields_of(custom: Iterable[CustomField], types: MetafieldTypes, shown: Raw | None = None) -> list[Raw]:
    """Metafields with a value; an empty one is no metafield at all. One that the shop defined knows its type."""
    known = {(row.get("namespace"), row.get("key")): text(row.get("type")) for row in rows(shown or {}, "metafields")}
    found = []
    for field in custom:
        namespace, key = name_parts(field.name)
        if key and field.value:
            row = {"namespace": namespace, "key": key, "value": field.value}
            if (namespace, key) not in types:
                row["type"] = known.get((namespace, key)) or _guessed_type(field.value)
            found.append(row)
    return found


def unknown_name(custom: Iterable[CustomField], own: Collection[str] = ()) -> str:
    """The first name that is neither a metafield's nor one of the product's ``own``; ``""`` where all are known."""
    return next((field.name for field in custom if not name_parts(field.name)[1] and field.name not in own), "")


def name_parts(name: str) -> tuple[str, str]:
    """``("custom", "care")`` of ``custom.care``; an empty key where it is no metafield's name."""
    namespace, _dot, key = name.rpartition(".")
    return namespace, key if namespace else ""


def _guessed_type(value: str) -> str:
    return "multi_line_text_field" if "\n" in value else "single_line_text_field"


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


# --- pictures


def wanted_files(change: ListingChange) -> list[Raw]:
    """The product's pictures in order, then those of its variants that are not among them."""
    pictures = list(change.document.images) if "images" in change.fields else []
    pictures += [offer.document.image for offer in change.offers if "image" in offer.fields and offer.document.image]
    files: dict[str, Raw] = {}
    for picture in pictures:
        if picture.external_id or picture.url:
            files.setdefault(picture.external_id or picture.url, file_input(picture))
    return list(files.values())


def file_input(picture: ImageDocument) -> Raw:
    """By id what the shop has; else by an address that Shopify fetches it from."""
    alt = {"alt": picture.alt} if picture.alt else {}
    if picture.external_id:
        return {"id": gid("MediaImage", picture.external_id), **alt}
    return {"originalSource": picture.url, "contentType": "IMAGE", **alt}


def files_of(change: ListingChange, shown: Raw) -> list[Raw] | None:
    """The whole list of a product's files, ``None`` where it is as it is to be.

    What we sent once and is no longer wanted goes; videos, models and the merchant's own pictures stay, at the end.
    """
    wanted = wanted_files(change)
    there = [row for row in rows(shown, "media") if text(row.get("id"))]
    ids = {file.get("id") for file in wanted}
    complete = "images" in change.fields
    kept = [{"id": row["id"]} for row in there if row["id"] not in ids and not (complete and _sent_by_us(row))]
    files = [*wanted, *kept] if complete else [*({"id": row["id"]} for row in there), *_beyond(wanted, there)]
    alts = {row["id"]: text(row.get("alt")) for row in there}
    same = [file.get("id") for file in files] == [row["id"] for row in there]
    told = all("alt" not in file or file["alt"] == alts.get(file.get("id", "")) for file in files)
    return None if same and told else files


def _beyond(wanted: Sequence[Raw], there: Sequence[Mapping[str, Any]]) -> list[Raw]:
    ids = {row["id"] for row in there}
    return [file for file in wanted if file.get("id") not in ids]


def _sent_by_us(row: Mapping[str, Any]) -> bool:
    image = row.get("image")
    return isinstance(image, Mapping) and is_ours(text(image.get("url")))


# --- collections


def collections_of(document: ListingDocument, shown: Raw) -> Raw:
    """Which collections a product joins and leaves; those that fill themselves by rules are let be."""
    wanted = collection_ids(document)
    there = [text(row.get("id")) for row in rows(shown, "collections") if row.get("ruleSet") is None]
    join = [key for key in wanted if key not in there]
    leave = [key for key in there if key not in wanted]
    return ({"collectionsToJoin": join} if join else {}) | ({"collectionsToLeave": leave} if leave else {})


def cleared_metafields(change: ListingChange, shown: Raw) -> list[Raw]:
    """Metafields that are to say nothing any more: of attributes that are gone, and mapped ones that are empty."""
    gone: list[tuple[str, str]] = []
    if "attributes" in change.fields:
        wanted = {attribute_key(found.name) for found in change.document.attributes if not found.varies}
        gone += [
            (NAMESPACE, key)
            for row in rows(shown, "metafields")
            if row.get("namespace") == NAMESPACE and (key := text(row.get("key"))) not in {LISTING_KEY, *wanted}
        ]
    if "custom" in change.fields:
        gone += [name_parts(field.name) for field in change.document.custom if not field.value]
    there = {(row.get("namespace"), row.get("key")) for row in rows(shown, "metafields")}
    return [
        {"ownerId": gid("Product", plain(shown.get("id"))), "namespace": namespace, "key": key}
        for namespace, key in gone
        if (namespace, key) in there
    ]
