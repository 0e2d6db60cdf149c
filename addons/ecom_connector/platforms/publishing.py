"""Publishing: what a shop is told about its products, and what it answers. Frozen, like the documents it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .catalogue import ListingDocument, OfferDocument
from .errors import PlatformError

Raw = dict[str, Any]

# What of a product, and of what is sold under it, can be told to a shop: names of the documents' fields.
LISTING_FIELDS = (
    "state",
    "name",
    "slug",
    "description",
    "summary",
    "tax_class",
    "ships",
    "categories",
    "tags",
    "brands",
    "attributes",
    "images",
    "translations",
    "custom",
)
OFFER_FIELDS = (
    "active",
    "sku",
    "barcode",
    "options",
    "price",
    "sale_price",
    "sale_from",
    "sale_to",
    "prices",
    "weight",
    "image",
    "custom",
)


@dataclass(frozen=True, slots=True)
class OfferChange:
    """What is to be true of a variant, or of the product itself; ``fields`` are those to be sent.

    Without a ``variant_id`` under a product with variants it is created. ``key`` is what the caller knows it by.
    """

    key: str
    document: OfferDocument
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class ListingChange:
    """What is to be true of a product; ``fields`` are those to be sent, of the offers that are listed alone.

    Without a ``product_id`` it is created, and ``key`` is kept by the shop, so that a creation whose answer was lost
    is found again.
    """

    key: str
    document: ListingDocument
    fields: frozenset[str]
    offers: tuple[OfferChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the shop did not take something; as in :class:`PlatformError`. ``field`` where the shop names one."""

    code: str
    message: str
    retry: bool = False
    in_doubt: bool = False
    retry_after: float | None = None
    field: str = ""

    @classmethod
    def of(cls, error: PlatformError) -> Refusal:
        return cls(error.code, error.message, error.retry, error.in_doubt, error.retry_after)


@dataclass(frozen=True, slots=True)
class ListingResult:
    """What became of one :class:`ListingChange`.

    ``raw`` is the product as the shop shows it now, with its variants as far as they were told (readable by
    ``parse_listing``), ``None`` where nothing was written. ``variants`` are the ids of created and changed variants
    by the caller's key. A product may be taken while some of its variants are refused: ``offers`` says which, by key.
    """

    product_id: str = ""
    raw: Raw | None = None
    variants: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    offers: Mapping[str, Refusal] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.refusal is None and not self.offers


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A picture or document to be kept by the shop. ``key`` tells its content apart: a checksum.

    ``name`` is the file's, with its extension; ``mimetype`` such as ``image/png``. Sizes and types are the caller's
    to check. ``product_id`` is whose it is, on platforms with ``media_of_product``: two products that show one picture
    are sent it each. Such shops keep no key: where an answer was lost, ``known`` are the ids of all other files of the
    product that the caller knows the shop to have, and a younger one on the shop is taken to be this file.
    """

    key: str
    name: str
    mimetype: str
    content: bytes
    alt: str = ""
    product_id: str = ""
    known: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class MediaResult:
    """What became of one :class:`MediaFile`: the shop's own id for it and its public address, or why not."""

    external_id: str = ""
    url: str = ""
    refusal: Refusal | None = None

    @property
    def ok(self) -> bool:
        return self.refusal is None
