"""A raw product of Shopify's as a document; pure.

Every product of Shopify's is sold by a variant: one without options has a single one, called "Default Title", whose
only option is "Title". Its id is the variant's all the same, as orders and stock name it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ..catalogue import (
    VARIANTS_KEY,
    AttributeDocument,
    CustomField,
    ImageDocument,
    ListingDocument,
    ListingKind,
    ListingState,
    OfferDocument,
    OptionDocument,
    Raw,
    TermDocument,
)
from ..values import decimal, reading_product, rows, text
from ..words import _
from .ids import plain

# Where what Odoo says of a product is kept, apart from the merchant's own metafields.
NAMESPACE = "odoo"
LISTING_KEY = "listing"  # what the product's maker knows it by

# Fields of the product itself that a merchant may map like metafields, whose names have a dot.
PRODUCT_TYPE = "product_type"
SEO_TITLE = "seo_title"
SEO_DESCRIPTION = "seo_description"
OWN_FIELDS = frozenset({PRODUCT_TYPE, SEO_TITLE, SEO_DESCRIPTION})

KILOGRAMS = {
    "KILOGRAMS": Decimal(1),
    "GRAMS": Decimal("0.001"),
    "POUNDS": Decimal("0.45359237"),
    "OUNCES": Decimal("0.028349523125"),
}


def parse(raw: Raw) -> ListingDocument:
    """:raises ValueError: that names the product and the field"""
    product_id = plain(raw.get("id"))
    with reading_product(product_id):
        return _parse(product_id, raw)


def _parse(product_id: str, raw: Raw) -> ListingDocument:
    alone = bool(raw.get("hasOnlyDefaultVariant"))
    variants = rows(raw, VARIANTS_KEY)
    images = {image.external_id: image for row in rows(raw, "media") if (image := _image(row))}
    kind = _kind(raw, alone)
    offers = tuple(_offer(row, alone, images) for row in variants) if kind != ListingKind.OTHER else ()
    vendor = text(raw.get("vendor"))
    return ListingDocument(
        product_id=product_id,
        kind=kind,
        state=_state(raw),
        name=text(raw.get("title")),
        sku=text(_item(variants[0]).get("sku") or variants[0].get("sku")) if alone and variants else "",
        slug=text(raw.get("handle")),
        url=text(raw.get("onlineStoreUrl")),
        description=text(raw.get("descriptionHtml")),
        ships=not variants or any(_item(row).get("requiresShipping") is not False for row in variants),
        categories=_categories(raw),
        tags=tuple(TermDocument(tag, tag) for tag in _texts(raw.get("tags"))),
        brands=(TermDocument(vendor, vendor),) if vendor else (),
        attributes=(*(() if alone else map(_attribute, rows(raw, "options"))), *_attributes(raw)),
        images=tuple(images.values()),
        custom=_custom(raw),
        offers=offers,
    )


def _categories(raw: Raw) -> tuple[TermDocument, ...]:
    """The collections that are filled by hand. Those that fill themselves come and go with prices and tags, a while
    after these: nobody's change of the product."""
    return tuple(
        TermDocument(plain(row.get("id")), text(row.get("title")))
        for row in rows(raw, "collections")
        if row.get("ruleSet") is None
    )


def _kind(raw: Raw, alone: bool) -> ListingKind:
    """Gift cards, bundles and the heads of combined listings have no stock of their own."""
    if raw.get("isGiftCard") or raw.get("hasVariantsThatRequiresComponents") or _is_head(raw):
        return ListingKind.OTHER
    return ListingKind.SIMPLE if alone else ListingKind.VARIABLE


def _is_head(raw: Raw) -> bool:
    return raw.get("combinedListingRole") == "PARENT"


def _state(raw: Raw) -> ListingState:
    """An active product that no sales channel shows is as good as paused; an archived one is."""
    status = text(raw.get("status"))
    if status == "ARCHIVED":
        return ListingState.OFF
    if status not in ("ACTIVE", "UNLISTED"):
        return ListingState.DRAFT
    count = raw.get("resourcePublicationsCount")
    if isinstance(count, Mapping) and count.get("count") == 0:
        return ListingState.OFF
    return ListingState.HIDDEN if status == "UNLISTED" else ListingState.ON


def _attribute(row: Mapping[str, Any]) -> AttributeDocument:
    name = text(row.get("name"))
    return AttributeDocument(name, _texts(row.get("values")), True, name)


def _attributes(raw: Raw) -> Iterator[AttributeDocument]:
    """The attributes by which no variant differs, which Shopify has no place for but metafields."""
    for row in rows(raw, "metafields"):
        key = text(row.get("key"))
        if text(row.get("namespace")) == NAMESPACE and key not in ("", LISTING_KEY):
            name = key.replace("_", " ").capitalize()
            yield AttributeDocument(name, _texts(_listed(row.get("value"))), False, name)


def _listed(value: Any) -> Any:
    try:
        return json.loads(text(value))
    except ValueError:
        return [value]


def _custom(raw: Raw) -> tuple[CustomField, ...]:
    """Metafields by the name that their admin page shows, ``namespace.key``, and what else may be mapped."""
    seo = raw.get("seo")
    seo = seo if isinstance(seo, Mapping) else {}
    own = {
        PRODUCT_TYPE: text(raw.get("productType")),
        SEO_TITLE: text(seo.get("title")),
        SEO_DESCRIPTION: text(seo.get("description")),
    }
    metafields = (
        CustomField(metafield_name(row), text(row.get("value")))
        for row in rows(raw, "metafields")
        if text(row.get("namespace")) != NAMESPACE and text(row.get("key"))
    )
    return (*(CustomField(name, value) for name, value in own.items() if value), *metafields)


def metafield_name(row: Mapping[str, Any]) -> str:
    return f"{text(row.get('namespace'))}.{text(row.get('key'))}"


def _offer(row: Mapping[str, Any], alone: bool, images: Mapping[str, ImageDocument]) -> OfferDocument:
    variant_id = plain(row.get("id"))
    prefix = f"variant {variant_id}: "
    price = decimal(row.get("price"), f"{prefix}price")
    usual = row.get("compareAtPrice")
    usual = None if usual is None or usual == "" else decimal(usual, f"{prefix}compareAtPrice")
    # What is struck through is no promotion unless it is more than what is asked.
    reduced = usual is not None and usual > price
    media = row.get("media")
    shown = rows(media, "nodes", f"{prefix}media") if isinstance(media, Mapping) else []
    return OfferDocument(
        variant_id=variant_id,
        sku=text(row.get("sku")),
        barcode=text(row.get("barcode")),
        options=()
        if alone
        else tuple(
            OptionDocument(text(option.get("name")), text(option.get("value")), text(option.get("name")))
            for option in rows(row, "selectedOptions")
        ),
        price=usual if reduced else price,
        sale_price=price if reduced else None,
        weight=_weight(_item(row), prefix),
        image=images.get(plain(shown[0].get("id"))) if shown else None,
    )


def _item(row: Mapping[str, Any]) -> Mapping[str, Any]:
    item = row.get("inventoryItem")
    return item if isinstance(item, Mapping) else {}


def _weight(item: Mapping[str, Any], prefix: str) -> Decimal | None:
    """In kilograms; Shopify says 0 where nobody said anything."""
    measurement = item.get("measurement")
    weight = measurement.get("weight") if isinstance(measurement, Mapping) else None
    if not isinstance(weight, Mapping):
        return None
    unit = text(weight.get("unit"))
    if unit not in KILOGRAMS:
        raise ValueError(_("%(field)s: %(value)s is not known", field=f"{prefix}weight.unit", value=repr(unit)[:24]))
    return decimal(weight.get("value"), f"{prefix}weight") * KILOGRAMS[unit] or None


def _image(row: Mapping[str, Any]) -> ImageDocument | None:
    """A picture; its address comes when Shopify has made its sizes, so that it goes by its id."""
    if text(row.get("mediaContentType")) != "IMAGE":
        return None
    image = row.get("image")
    media_id = plain(row.get("id"))
    url = text(image.get("url")) if isinstance(image, Mapping) else ""
    return ImageDocument(media_id, url, text(row.get("alt")), media_id) if media_id else None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(found for item in value if (found := text(item))) if isinstance(value, list) else ()
