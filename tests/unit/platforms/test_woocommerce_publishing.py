"""Publishing to a shop: few calls, exact figures, nothing dropped, and one refusal that stops nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from platforms.catalogue import (
    VARIANTS_KEY,
    AttributeDocument,
    ListingDocument,
    ListingKind,
    ListingState,
    OfferDocument,
    OptionDocument,
)
from platforms.publishing import LISTING_FIELDS, OFFER_FIELDS, ListingChange, OfferChange
from platforms.woocommerce import WooCommerce

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


def test_250_products_are_made_in_three_calls_and_a_second_push_makes_none(platform: WooCommerce) -> None:
    results = platform.push_listings([simple(number) for number in range(250)])
    assert all(result.ok for result in results) and batches(platform) == 3
    assert len({result.product_id for result in results}) == 250
    first = platform.parse_listing(results[0].raw or {})
    assert (first.name, first.state, first.offers[0].sku) == ("Product 0", ListingState.ON, "SKU-0")
    assert first.offers[0].price == Decimal("13.5")
    assert (results[0].raw or {})["regular_price"] in ("13.5", "13.50"), "a text with a dot"
    before = platform.transport.calls
    again = [
        ListingChange(f"db:{number}", replace(simple(number).document, product_id=result.product_id), frozenset())
        for number, result in enumerate(results)
    ]
    assert all(result.ok and result.raw is None for result in platform.push_listings(again))
    assert platform.transport.calls == before


def test_a_sku_in_use_refuses_one_product_and_names_the_other(platform: WooCommerce) -> None:
    other = platform.client.post("products", {"name": "Old", "sku": "SKU-7"})
    results = platform.push_listings([simple(number) for number in range(100)])
    assert [number for number, result in enumerate(results) if not result.ok] == [7]
    refusal = results[7].refusal
    assert refusal and (refusal.code, refusal.field, refusal.retry) == ("duplicate_sku", "sku", False)
    assert str(other["id"]) in refusal.message
    assert batches(platform) == 1


def test_a_product_with_101_variants(platform: WooCommerce) -> None:
    sizes = [f"Size {number}" for number in range(101)]
    (result,) = platform.push_listings([shirts(sizes)])
    assert result.ok and len(result.variants) == 101
    assert batches(platform) == 1
    assert batches(platform, f"/wp-json/wc/v3/products/{result.product_id}/variations/batch") == 2
    listing = platform.parse_listing(result.raw or {})
    assert listing.kind == ListingKind.VARIABLE and len(listing.offers) == 101
    assert all(offer.complete for offer in listing.offers)
    (raw,) = platform.read_listings([result.product_id])
    assert len(raw[VARIANTS_KEY]) == 101


def test_a_refused_variant_stops_neither_the_product_nor_its_other_variants(platform: WooCommerce) -> None:
    platform.client.post("products", {"name": "Old", "sku": "Shirt-M"})
    (result,) = platform.push_listings([shirts("SML")])
    assert result.refusal is None and result.product_id
    assert set(result.offers) == {"Shirt-M"} and result.offers["Shirt-M"].code == "duplicate_sku"
    assert set(result.variants) == {"Shirt-S", "Shirt-L"}
