"""What PrestaShop's webservice takes for a product and a combination; pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..catalogue import ListingDocument, ListingKind, ListingState, OfferDocument
from ..publishing import ListingChange, OfferChange
from ..values import identifier, text
from .catalogue import associated
from .catalogue_settings import Settings
from .prices import round_six

Raw = dict[str, Any]

# Where a product keeps what its maker knows it by. It has no field for that; this one can be filtered by, is long
# enough, and stands for nothing since suppliers have references of their own (1.5), the default one's being copied here
# once the shopkeeper names one.
KEY_FIELD = "supplier_reference"
LONGEST_REFERENCE = 64

_TEXTS = {"name": "name", "description": "description", "summary": "description_short"}

# Signs that names may not have (source: ``Validate::isCatalogName``, ``isGenericName``), and what stands in for them.
_NAME_SIGNS = str.maketrans({"<": "‹", ">": "›", "{": "(", "}": ")", "=": "-", ";": ",", "#": ""})
_VALUE_SIGNS = str.maketrans({"<": "‹", ">": "›", "{": "(", "}": ")", "=": "-"})
_REFERENCE_SIGNS = frozenset("<>;={}")


def product_body(
    change: ListingChange, settings: Settings, shown: Raw | None, associations: Mapping[str, list[Raw]]
) -> Raw:
    """A product's fields, without its id; of a simple product with what is sold. Empty when nothing is to be said.

    :param shown: the product as the shop has it, ``None`` for one to be made
    :param associations: what it is filed under, as far as that is to be said
    """
    document, fields = change.document, change.fields
    body: Raw = {}
    if shown is None:
        body |= _new(change, settings)
    body |= text_fields(document, fields, settings, shown)
    if "state" in fields or shown is None:
        body |= state_fields(document.state, shown)
    if "tax_class" in fields and document.tax_class.isdecimal():
        body["id_tax_rules_group"] = document.tax_class
    if "brands" in fields:
        body["id_manufacturer"] = next((term.external_id for term in document.brands if term.external_id), "0")
    if "ships" in fields:
        body |= _ships(document, shown)
    if categories := associations.get("categories"):
        body["id_category_default"] = _default_category(categories, shown)
    if "images" in fields and shown is not None:
        body |= cover(document, shown)
    if document.kind != ListingKind.VARIABLE:
        for offer in change.offers:
            body |= sold_fields(offer.document, offer.fields)
            if "price" in offer.fields and offer.document.price is not None:
                body["price"] = plain(offer.document.price)
            if "weight" in offer.fields:
                body["weight"] = plain(units(offer.document.weight, settings))
    if associations:
        body["associations"] = dict(associations)
    return body


def _new(change: ListingChange, settings: Settings) -> Raw:
    """What a page of the back office would fill in: without, the shop has a product that nobody sees or can buy."""
    variable = change.document.kind == ListingKind.VARIABLE
    return {
        KEY_FIELD: kept_key(change.key),
        "product_type": "combinations" if variable else "standard",
        "state": "1",
        "price": "0",
        "minimal_quantity": "1",
        "available_for_order": "1",
        "show_price": "1",
        "condition": "new",
        "id_category_default": settings.home,
    }


def state_fields(state: ListingState, shown: Raw | None) -> Raw:
    """A paused product is not active, as a draft is: PrestaShop does not tell the two apart.

    One that is shown in the catalogue or the search alone stays so.
    """
    if state in (ListingState.DRAFT, ListingState.OFF):
        return {"active": "0"}
    fields = {"active": "1", "state": "1"}
    if state == ListingState.HIDDEN:
        return fields | {"visibility": "none"}
    if shown is None or text(shown.get("visibility")) not in ("catalog", "search"):
        fields["visibility"] = "both"
    return fields


def text_fields(document: ListingDocument, fields: Collection[str], settings: Settings, shown: Raw | None) -> Raw:
    """Name and descriptions in every language that we have texts for; a new product has them in all of the shop's.

    An address is made from the name once, and changed only on purpose: the old one may be linked to.
    """
    said: dict[str, dict[str, str]] = {name: {} for name in _TEXTS}
    for texts in document.translations:
        for key in settings.languages_of(texts.language):
            for name in _TEXTS:
                said[name][key] = getattr(texts, name)
    languages = settings.languages if shown is None else ()
    for key in (settings.language, *languages):
        for name in _TEXTS:
            said[name].setdefault(key, getattr(document, name))
    told = set(_TEXTS) if "translations" in fields or shown is None else set(_TEXTS) & set(fields)
    body: Raw = {
        _TEXTS[name]: {key: clean_name(found) if name == "name" else found for key, found in said[name].items()}
        for name in _TEXTS
        if name in told
    }
    if shown is None:
        body["link_rewrite"] = {key: slug(found) for key, found in said["name"].items()}
    if "slug" in fields and document.slug:
        body.setdefault("link_rewrite", {})[settings.language] = slug(document.slug)
    return body


def _ships(document: ListingDocument, shown: Raw | None) -> Raw:
    """``product_type`` came with 1.7.8; older shops take no notice of what they do not know."""
    fields = {"is_virtual": "0" if document.ships else "1"}
    kind = text((shown or {}).get("product_type")) or "standard"
    if document.kind != ListingKind.VARIABLE and kind in ("standard", "virtual"):
        fields["product_type"] = "standard" if document.ships else "virtual"
    return fields


def _default_category(categories: Sequence[Raw], shown: Raw | None) -> str:
    keys = [identifier(row.get("id")) for row in categories]
    current = identifier((shown or {}).get("id_category_default"))
    return current if current in keys else keys[0]


def cover(document: ListingDocument, shown: Raw) -> Raw:
    """The first picture is the cover; the others keep the order in which they were sent, for the webservice has no
    place to say another."""
    there = associated(shown, "images")
    wanted = [image.external_id for image in document.images if image.external_id in there]
    return {"id_default_image": wanted[0]} if wanted and wanted[0] != identifier(shown.get("id_default_image")) else {}


def combination_body(offer: OfferChange, product: Raw, settings: Settings, values: Sequence[str] | None) -> Raw:
    """A combination's fields, without its id. Price and weight are what it adds to those of the product.

    :param product: as the shop has it
    :param values: the shop's ids of its options' values, where they are to be said
    """
    document, fields = offer.document, offer.fields
    body = sold_fields(document, fields)
    if "price" in fields and document.price is not None:
        body["price"] = plain(round_six(document.price - figure(product.get("price"))))
    if "weight" in fields:
        body["weight"] = plain(units(document.weight, settings) - figure(product.get("weight")))
    associations: dict[str, list[Raw]] = {}
    if values is not None:
        associations["product_option_values"] = [{"id": key} for key in values]
    if "image" in fields:
        there = associated(product, "images")
        key = document.image.external_id if document.image else ""
        if not document.image or key in there:
            associations["images"] = [{"id": key}] if key else []
    return body | ({"associations": associations} if associations else {})


def sold_fields(document: OfferDocument, fields: Collection[str]) -> Raw:
    """A barcode of other signs than figures, or too long, is none to PrestaShop: it is left out."""
    body: Raw = {}
    if "sku" in fields:
        body["reference"] = document.sku
    if "barcode" in fields:
        code = document.barcode.strip()
        fits = code.isascii() and code.isdecimal() and len(code) <= 13
        upc = fits and len(code) == 12
        body |= {"ean13": code if fits and not upc else "", "upc": code if upc else ""}
    return body


def base_price(offers: Iterable[OfferDocument]) -> Decimal:
    """The price of a new product with variants: the lowest, so that none of them takes anything off."""
    return min((offer.price for offer in offers if offer.price is not None), default=Decimal(0))


def kept_key(key: str) -> str:
    """What a product keeps of a caller's key: the key itself where it fits."""
    if len(key) <= LONGEST_REFERENCE and not _REFERENCE_SIGNS & set(key) and not set("|[],%") & set(key):
        return key
    return hashlib.sha256(key.encode()).hexdigest()


def bad_reference(sku: str) -> bool:
    """Whether the shop would refuse it, and a reference is not ours to change."""
    return bool(_REFERENCE_SIGNS & set(sku)) or len(sku) > LONGEST_REFERENCE


def clean_name(name: str, longest: int = 128) -> str:
    """A product's name, or a category's, as the shop takes it."""
    return " ".join(name.translate(_NAME_SIGNS).split())[:longest].strip()


def clean_value(name: str, longest: int = 128) -> str:
    """The name of an attribute, a feature, a value or a tag as the shop takes it."""
    return " ".join(name.translate(_VALUE_SIGNS).split())[:longest].strip()


def slug(name: str) -> str:
    """A part of an address: plain letters, figures and hyphens (source: ``Validate::isLinkRewrite``)."""
    plain_text = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "Oe").replace("æ", "ae"))
    found = re.sub(r"[^a-z0-9]+", "-", plain_text.encode("ascii", "ignore").decode().lower()).strip("-")
    return found[:128].strip("-") or "product"


def units(weight: Decimal | None, settings: Settings) -> Decimal:
    """A weight in the shop's unit."""
    return round_six((weight or Decimal(0)) / settings.kilograms)


def figure(value: Any) -> Decimal:
    found = text(value)
    return Decimal(found) if found else Decimal(0)


def plain(value: Decimal) -> str:
    return f"{value:f}"
