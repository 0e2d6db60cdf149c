"""What WooCommerce's API takes for a product and a variation; pure.

Everything is a text, prices too: a price sent as a number is refused, and "13,5" would be taken for 135 (observed on
WooCommerce 10.9.1). An empty text clears, ``null`` leaves alone (source: ``isset`` in
``WC_REST_Products_Controller::prepare_object_for_database``).
"""

from __future__ import annotations

import html
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from ..catalogue import (
    AttributeDocument,
    CustomField,
    ImageDocument,
    ListingKind,
    ListingState,
    OfferDocument,
    TermDocument,
)
from ..publishing import ListingChange, OfferChange
from ..values import identifier, text

Raw = dict[str, Any]

# Where a product keeps what its maker knows it by; the underscore hides it from the shopkeeper's custom fields.
KEY_META = "_odoo_listing"

# A paused product is private: it keeps its address, pictures, reviews and SKU, is neither shown nor sold to anyone but
# the shop's own staff (source: ``WC_Product::is_purchasable``), and is not mistaken for a draft that never was on sale.
_STATES: Mapping[ListingState, Mapping[str, str]] = {
    ListingState.DRAFT: {"status": "draft"},
    ListingState.ON: {"status": "publish", "catalog_visibility": "visible"},
    ListingState.HIDDEN: {"status": "publish", "catalog_visibility": "hidden"},
    ListingState.OFF: {"status": "private"},
}
_UNIT_DIGITS = Decimal("0.000001")
_TEXTS = {
    "name": "name",
    "slug": "slug",
    "description": "description",
    "summary": "short_description",
    "tax_class": "tax_class",
}
_TERMS = ("categories", "tags", "brands")


def product_item(change: ListingChange, kilograms: Decimal, shown: Raw | None) -> Raw:
    """A product's item of a batch, without its id; a simple product's offer is in it. Empty when nothing is to be said.

    :param kilograms: one unit of the shop's weights
    :param shown: the product as the shop shows it, with the variations that it has, where attributes are to be sent
    """
    document, fields = change.document, change.fields
    item: Raw = {}
    if not document.product_id:
        item |= {
            "type": "variable" if document.kind == ListingKind.VARIABLE else "simple",
            "meta_data": [{"key": KEY_META, "value": change.key}],
        }
    if "state" in fields:
        item |= _STATES[document.state]
    item |= {theirs: getattr(document, ours) for ours, theirs in _TEXTS.items() if ours in fields}
    if "ships" in fields:
        item["virtual"] = not document.ships
    item |= {name: _ids(getattr(document, name)) for name in _TERMS if name in fields}
    if "attributes" in fields:
        item["attributes"] = attribute_items(document.attributes, shown)
    if "images" in fields:
        item["images"] = [image_item(image) for image in document.images if image.external_id or image.url]
    if "custom" in fields:
        item.setdefault("meta_data", []).extend(_meta(document.custom))
    if document.kind != ListingKind.VARIABLE:
        for offer in change.offers:
            sold = _sold(offer.document, offer.fields, kilograms)
            if "meta_data" in item and "meta_data" in sold:
                sold["meta_data"] = item["meta_data"] + sold["meta_data"]
            item |= sold
            if "image" in offer.fields and "images" not in item and offer.document.image:
                item["images"] = [image_item(offer.document.image)]
    return item


def variation_item(
    change: ListingChange, offer: OfferChange, kilograms: Decimal, attributes: Iterable[Mapping[str, Any]]
) -> Raw:
    """A variation's item of a batch, without its id.

    :param attributes: of the product, as the shop shows them: options go by their ids, or by their names there
    """
    document, fields = offer.document, offer.fields
    new = not document.variant_id
    item = _sold(document, fields, kilograms)
    if "active" in fields or (new and not document.active):
        # What the shopkeeper sees as "Enabled" (source: ``WC_Meta_Box_Product_Data::save_variations``).
        item["status"] = "publish" if document.active else "private"
    if "options" in fields or new:
        known = {text(row.get("name")).casefold(): row for row in attributes}
        item["attributes"] = [
            _attribute_name(known.get(option.attribute.casefold()), option.attribute, option.attribute_id)
            | {"option": option.value}
            for option in document.options
        ]
    if "image" in fields:
        item["image"] = image_item(document.image) if document.image else ""
    if "ships" in change.fields or (new and not change.document.ships):
        item["virtual"] = not change.document.ships
    return item


def _sold(document: OfferDocument, fields: Collection[str], kilograms: Decimal) -> Raw:
    item: Raw = {}
    if "sku" in fields:
        item["sku"] = document.sku
    if "barcode" in fields:
        item["global_unique_id"] = document.barcode
    if "price" in fields:
        item["regular_price"] = _plain(document.price)
    if "sale_price" in fields:
        item["sale_price"] = _plain(document.sale_price)
    if "sale_from" in fields:
        item["date_on_sale_from_gmt"] = _gmt(document.sale_from)
    if "sale_to" in fields:
        item["date_on_sale_to_gmt"] = _gmt(document.sale_to)
    if "weight" in fields:
        item["weight"] = weight_text(document.weight, kilograms)
    if "custom" in fields:
        item["meta_data"] = _meta(document.custom)
    return item


def weight_text(weight: Decimal | None, kilograms: Decimal) -> str:
    """A weight in the shop's unit, to a millionth of it where the unit is no decimal one."""
    if weight is None:
        return ""
    return _plain((weight / kilograms).quantize(_UNIT_DIGITS).normalize())


def attribute_items(wanted: Sequence[AttributeDocument], shown: Raw | None) -> list[Raw]:
    """A product's list of attributes, which WooCommerce takes whole: one left out is gone, and so are its variations'.

    What the product has already is known by its name there, be it shared by the shop or the product's own. An
    attribute, and a value of one, that a variation of the product has is kept although it is not wanted.

    :param shown: the product as it is, its variations in ``used``; ``None`` for a new one
    """
    there = {text(row.get("name")).casefold(): row for row in (shown or {}).get("attributes") or ()}
    used: Mapping[str, Sequence[str]] = (shown or {}).get("used") or {}
    items: list[Raw] = []
    for attribute in wanted:
        name = attribute.name.casefold()
        row = there.pop(name, None)
        kept = _missing(used.get(name, ()), attribute.values)
        items.append(
            _attribute_name(row, attribute.name, attribute.external_id)
            | {
                "position": len(items),
                "visible": bool(row.get("visible")) if row else True,
                "variation": attribute.varies or bool(used.get(name)),
                "options": [*attribute.values, *kept],
            }
        )
    for name, row in there.items():
        if used.get(name):
            items.append(
                _attribute_name(row, text(row.get("name")), "")
                | {
                    "position": len(items),
                    "visible": bool(row.get("visible")),
                    "variation": True,
                    "options": list(used[name]),
                }
            )
    return items


def dropped(wanted: Sequence[AttributeDocument], shown: Raw) -> bool:
    """Whether sending these attributes takes something away that a variation may have."""
    values = {attribute.name.casefold(): attribute.values for attribute in wanted if attribute.varies}
    return any(
        row.get("variation") and _missing(row.get("options") or (), values.get(text(row.get("name")).casefold(), ()))
        for row in shown.get("attributes") or ()
    )


def used_options(variations: Iterable[Raw]) -> dict[str, list[str]]:
    """By attribute, in small letters, the values that these variations have."""
    used: dict[str, list[str]] = {}
    for variation in variations:
        for row in variation.get("attributes") or ():
            values = used.setdefault(text(row.get("name")).casefold(), [])
            if (value := html.unescape(text(row.get("option")))) and value not in values:
                values.append(value)
    return used


def _missing(values: Iterable[Any], among: Iterable[str]) -> list[str]:
    known = {value.casefold() for value in among}
    return [found for value in values if (found := html.unescape(text(value))) and found.casefold() not in known]


def _attribute_name(row: Mapping[str, Any] | None, name: str, shared: str) -> Raw:
    """How an attribute is called: as the product has it, else by the id of the one that the shop's products share."""
    key = identifier(row.get("id")) if row else shared
    return {"id": int(key)} if key.isdecimal() else {"name": text(row.get("name")) if row else name}


def image_item(image: ImageDocument) -> Raw:
    """By id what the shop has already; else by an address, which the shop fetches and keeps under its own.

    An address has to end in the name of a picture, with its extension, before any "?": WordPress goes by it (source:
    ``wc_rest_upload_image_from_url``). An alternative text is replaced by another, and never by none (source:
    ``! empty( $image['alt'] )``).
    """
    item: Raw = {"id": int(image.external_id)} if image.external_id.isdecimal() else {"src": image.url}
    return item | ({"alt": image.alt} if image.alt else {})


def _ids(terms: Iterable[TermDocument]) -> list[Raw]:
    return [{"id": int(term.external_id)} for term in terms if term.external_id.isdecimal()]


def _meta(custom: Iterable[CustomField]) -> list[Raw]:
    return [{"key": field.name, "value": field.value} for field in custom]


def _plain(figure: Decimal | None) -> str:
    return "" if figure is None else f"{figure:f}"


def _gmt(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
