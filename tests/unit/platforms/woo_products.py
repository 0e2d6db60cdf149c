"""Products to publish on the sandbox's WooCommerce, and how its tests push and read them."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from platforms.catalogue import (
    AttributeDocument,
    ListingDocument,
    ListingKind,
    ListingState,
    OfferDocument,
    OptionDocument,
)
from platforms.publishing import LISTING_FIELDS, OFFER_FIELDS, ListingChange, OfferChange
from platforms.woocommerce import WooCommerce

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ALL = frozenset(LISTING_FIELDS)
OFFER = frozenset(OFFER_FIELDS)
PRODUCTS = "/wp-json/wc/v3/products/batch"


def simple(number: int, **values: Any) -> ListingChange:
    """A creation of a product that is sold itself."""
    offer = OfferDocument("", sku=f"SKU-{number}", price=Decimal("13.5"))
    names = {name: values.pop(name) for name in list(values) if name in OFFER_FIELDS and name != "custom"}
    document = ListingDocument("", ListingKind.SIMPLE, ListingState.ON, f"Product {number}", **values)
    offer = replace(offer, **names)
    document = replace(document, offers=(offer,))
    return ListingChange(f"db:{number}", document, ALL, (OfferChange(f"o{number}", offer, OFFER - {"options"}),))


def shirts(sizes: Iterable[str], shared: str = "", name: str = "Shirt", product_id: str = "") -> ListingChange:
    sizes = tuple(sizes)
    offers = tuple(
        OfferDocument("", sku=f"{name}-{size}", options=(OptionDocument("Size", size),), price=Decimal(20))
        for size in sizes
    )
    attributes = (AttributeDocument("Size", sizes, True, shared),)
    document = ListingDocument(
        product_id, ListingKind.VARIABLE, ListingState.ON, name, attributes=attributes, offers=offers
    )
    told = tuple(OfferChange(offer.sku, offer, OFFER) for offer in offers)
    return ListingChange(f"db:{name}", document, ALL, told)


def batches(platform: WooCommerce, path: str = PRODUCTS) -> int:
    calls = platform.transport.request("GET", f"{platform.url}/sandbox/calls", params={"path": path}).json()
    return sum(call["method"] == "POST" for call in calls["calls"])


def strike(platform: WooCommerce, *faults: dict[str, Any]) -> None:
    platform.transport.request("POST", f"{platform.url}/sandbox/faults", json=list(faults), idempotent=True)


def whole(platform: WooCommerce, change: ListingChange) -> tuple[ListingDocument, dict[str, Any]]:
    """The product as the shop shows it when it is asked anew."""
    (result,) = platform.push_listings([change])
    assert result.ok, (result.refusal, result.offers)
    (raw,) = platform.read_listings([result.product_id])
    told = platform.parse_listing(result.raw or {})
    read = platform.parse_listing(raw)
    assert replace(told, offers=()) == replace(read, offers=()), "the answer is as good as asking"
    return read, raw


def update(change: ListingChange, product_id: str, *fields: str, **values: Any) -> ListingChange:
    document = replace(change.document, product_id=product_id, **values)
    return ListingChange(change.key, document, frozenset(fields))
