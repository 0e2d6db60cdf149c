"""The catalogue as a shop has it: frozen documents, prices as the shop keeps them, weights in kilograms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

Raw = dict[str, Any]

# Where a platform keeps a product's variants, and the unit of its weights, inside the raw product that it reads.
VARIANTS_KEY = "_variants"
WEIGHT_UNIT_KEY = "_weight_unit"


class ListingKind(str, Enum):
    """What a shop's product is, as far as selling goes."""

    SIMPLE = "simple"  # sold itself
    VARIABLE = "variable"  # sold by its variants
    OTHER = "other"  # a group, a link to another shop …: nothing that leaves a warehouse


class ListingState(str, Enum):
    """Whether customers see a product."""

    DRAFT = "draft"
    ON = "on"
    HIDDEN = "hidden"  # there, and sold to whoever has the link
    OFF = "off"  # kept by the shop, and not sold for now


@dataclass(frozen=True, slots=True)
class ImageDocument:
    """A picture on the shop, addressed by ``url``. ``key`` tells its content apart where we know it: a checksum."""

    external_id: str
    url: str
    alt: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class OptionDocument:
    """What makes a variant one: the value of an attribute, such as Size: M. ``attribute_id`` where shops share it."""

    attribute: str
    value: str
    attribute_id: str = ""


@dataclass(frozen=True, slots=True)
class AttributeDocument:
    """An attribute of a product with its values in the shop's order; ``varies`` when variants differ by it."""

    name: str
    values: tuple[str, ...]
    varies: bool
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class TermDocument:
    """A category, tag or brand; ``path`` are the names of the categories above it, the topmost first."""

    external_id: str
    name: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field that the merchant or a plugin of theirs added to a product, by the name that the shop knows it by."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class PriceDocument:
    """What some pay, from some quantity on. ``group`` is a group of customers as the shop knows it, ``""`` for all."""

    price: Decimal
    quantity: Decimal = Decimal(1)
    group: str = ""


@dataclass(frozen=True, slots=True)
class TextsDocument:
    """What a product is called in a language, such as ``fr_FR``. ``description`` and ``summary`` are HTML."""

    language: str
    name: str
    description: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class OfferDocument:
    """What is sold: a variant, or the product itself (``variant_id`` empty).

    ``price`` is what is asked without a promotion, ``None`` where there is none; prices include tax or not as the
    shop's settings say. ``sale_price`` holds from ``sale_from`` to ``sale_to`` (aware UTC, open when ``None``).
    ``complete`` is ``False`` for a variant that stands for any value of an attribute.
    """

    variant_id: str
    sku: str = ""
    barcode: str = ""
    options: tuple[OptionDocument, ...] = ()
    price: Decimal | None = None
    sale_price: Decimal | None = None
    sale_from: datetime | None = None
    sale_to: datetime | None = None
    weight: Decimal | None = None
    image: ImageDocument | None = None
    active: bool = True
    complete: bool = True
    prices: tuple[PriceDocument, ...] = ()  # beside the usual one: by quantity and by group of customers
    custom: tuple[CustomField, ...] = ()


@dataclass(frozen=True, slots=True)
class ListingDocument:
    """A product of a shop with everything that is sold under it. ``description`` and ``summary`` are HTML."""

    product_id: str
    kind: ListingKind
    state: ListingState
    name: str
    sku: str = ""
    slug: str = ""
    url: str = ""
    description: str = ""
    summary: str = ""
    tax_class: str = ""
    ships: bool = True  # False for services and downloads
    categories: tuple[TermDocument, ...] = ()
    tags: tuple[TermDocument, ...] = ()
    brands: tuple[TermDocument, ...] = ()
    attributes: tuple[AttributeDocument, ...] = ()
    images: tuple[ImageDocument, ...] = ()
    translations: tuple[TextsDocument, ...] = ()  # in all languages, the shop's own included
    custom: tuple[CustomField, ...] = ()
    offers: tuple[OfferDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """Raw products with their variants; ``next`` is ``""`` on the last page, ``total`` what the shop counts."""

    raws: tuple[Raw, ...]
    next: str = ""
    total: int | None = None
    wait: float = 0.0  # as in :class:`Page`
