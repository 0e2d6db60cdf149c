"""Reading a Shopify catalogue over HTTP: all of it, in few calls, and what its products mean."""

from __future__ import annotations

import copy
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from contract import JSON
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shopify_schema import VERSIONS, cost, schema
from shopify_shop import ask, control, many, pushed, read
from shopify_shop import settings as shop_settings
from woo_products import shirts, simple

from platforms.catalogue import CustomField, ImageDocument, ListingDocument, ListingKind, ListingState
from platforms.shopify import Shopify, catalogue_bulk
from platforms.shopify.catalogue_queries import PRODUCTS, SIZES


def whole(shop: Shopify) -> list[ListingDocument]:
    found: list[ListingDocument] = []
    cursor = ""
    while True:
        page = shop.read_catalogue(cursor)
        found += map(shop.parse_listing, page.raws)
        cursor = page.next
        if not cursor:
            assert page.total == len(found), page.total
            return found


def test_a_thousand_products_in_twenty_calls(shopify: Shopify) -> None:
    many(shopify, 300, 1)
    many(shopify, 100, 3)
    shopify.transport.calls = 0
    found = whole(shopify)
    assert shopify.transport.calls == 8, "fifty a call, with their variants"
    assert len({listing.product_id for listing in found}) == 400
    assert sum(len(listing.offers) for listing in found) == 600


def test_a_large_catalogue_is_read_from_a_file(shopify: Shopify, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same products as by the page, in a handful of calls, whatever the window."""
    change = shirts(["S", "M"])
    images = (ImageDocument("", "https://example.com/s.png", "S"), ImageDocument("", "https://example.com/m.png", "M"))
    told = tuple(
        replace(offer, document=replace(offer.document, image=image))
        for offer, image in zip(change.offers, images, strict=True)
    )
    sample = pushed(shopify, replace(change, offers=told))
    assert [offer.image and offer.image.alt for offer in sample.offers] == ["S", "M"]
    many(shopify, 30, 3)
    by_page = whole(shopify)
    monkeypatch.setattr(catalogue_bulk, "WORTHWHILE", 30)
    assert len(by_page) == 31, "one page: no file is worth its while"
    many(shopify, 50, 1)
    shopify.transport.calls = 0
    first = shopify.read_catalogue()
    assert not first.raws and first.next and first.wait and first.total == 81
    assert shopify.transport.calls == 2
    found = whole(shopify)
    assert found[:31] == by_page and len(found) == 81 and sample in found
    monkeypatch.setattr(catalogue_bulk, "WINDOW", 4096)
    assert whole(shopify) == found


def test_a_file_that_comes_to_nothing_is_made_up_for(shopify: Shopify, monkeypatch: pytest.MonkeyPatch) -> None:
    many(shopify, 60, 1)
    monkeypatch.setattr(catalogue_bulk, "WORTHWHILE", 30)
    shop_settings(shopify, bulk_error="TIMEOUT")
    assert len(whole(shopify)) == 60
    shop_settings(shopify, bulk_error=None, bulk_at_once=1, bulk_seconds=3600)
    waiting = shopify.read_catalogue()
    again = shopify.read_catalogue(waiting.next)
    assert (again.raws, again.next, again.wait) == ((), waiting.next, 10.0)
    assert shopify.read_catalogue().raws, "another one is at work: it is read by the page"


def test_a_page_costs_less_than_a_query_may(contracts: Path) -> None:
    assert cost(schema(contracts, VERSIONS[-1]), PRODUCTS.text, dict(SIZES[0])) <= 900


def test_a_shop_that_counts_points_otherwise_is_asked_for_less_at_once(shopify: Shopify) -> None:
    many(shopify, 30, 2)
    shop_settings(shopify, max_cost=400)
    found = whole(shopify)
    assert [len(listing.offers) for listing in found] == [2] * 30
    assert len(shopify.read_listings([listing.product_id for listing in found])) == 30


def test_every_variant_of_a_product_that_has_very_many(shopify: Shopify) -> None:
    many(shopify, 1, 700)
    shopify.transport.calls = 0
    (listing,) = whole(shopify)
    assert shopify.transport.calls <= 4
    assert len(listing.offers) == len({offer.variant_id for offer in listing.offers}) == 700
    assert listing.attributes[0].values[:2] == ("T1", "T2") and len(listing.attributes[0].values) == 700


def test_long_lists_are_read_whole(shopify: Shopify) -> None:
    custom = tuple(CustomField(f"custom.field_{number:02d}", "x") for number in range(30))
    shown = pushed(shopify, simple(1, custom=custom))
    assert [field.name for field in shown.custom] == [field.name for field in custom]


def test_products_by_sku_whatever_the_search_adds(shopify: Shopify) -> None:
    pushed(shopify, shirts(["S", "M"]))
    pushed(shopify, simple(1, barcode="3017620422003"))
    odd = pushed(shopify, simple(2, sku="A b: (one)"))
    found = {product.sku: product for product in shopify.read_products(["Shirt-M", "SKU-1", "sku-1", "none", ""])}
    assert set(found) == {"Shirt-M", "SKU-1"}
    assert found["SKU-1"].barcode == "3017620422003" and found["SKU-1"].variant_id and found["SKU-1"].active
    assert [product.product_id for product in shopify.read_products(["A b: (one)"])] == [odd.product_id]
    shopify.transport.calls = 0
    shopify.read_products([f"X{number}" for number in range(50)])
    assert shopify.transport.calls == 1


def test_what_has_no_stock_of_its_own_is_not_sold(shopify: Shopify) -> None:
    shown = pushed(shopify, simple(1))
    (raw,) = shopify.read_listings([shown.product_id])
    for values in (
        {"isGiftCard": True},
        {"hasVariantsThatRequiresComponents": True},
        {"combinedListingRole": "PARENT"},
    ):
        listing = shopify.parse_listing({**raw, **values})
        assert (listing.kind, listing.offers) == (ListingKind.OTHER, ())


@pytest.mark.parametrize(
    ("status", "channels", "state"),
    [
        ("ACTIVE", 1, ListingState.ON),
        ("ACTIVE", 0, ListingState.OFF),
        ("UNLISTED", 1, ListingState.HIDDEN),
        ("DRAFT", 1, ListingState.DRAFT),
        ("ARCHIVED", 1, ListingState.OFF),
        ("SOMETHING_NEW", 1, ListingState.DRAFT),
    ],
)
def test_states(shopify: Shopify, status: str, channels: int, state: ListingState) -> None:
    raw = {"id": "1", "status": status, "resourcePublicationsCount": {"count": channels}}
    assert shopify.parse_listing(raw).state is state


def test_prices_weights_and_what_is_struck_through() -> None:
    raw = {
        "id": "1",
        "_variants": [
            {"id": "gid://shopify/ProductVariant/7", "price": "10.00", "compareAtPrice": compared,
             "selectedOptions": [{"name": "Taille", "value": "M"}],
             "inventoryItem": {"requiresShipping": False, "measurement": {"weight": {"value": 250.0, "unit": "GRAMS"}}}}
            for compared in (None, "12.50", "10.00", "8.00")
        ],
    }  # fmt: skip
    listing = Shopify.parse_listing(raw)
    told = [(offer.price, offer.sale_price) for offer in listing.offers]
    ten = Decimal("10.00")
    assert told == [(ten, None), (Decimal("12.50"), ten), (ten, None), (ten, None)]
    assert {offer.weight for offer in listing.offers} == {Decimal("0.25")}
    assert listing.offers[0].options[0].value == "M" and not listing.ships


def test_malformed_products_are_refused_by_name() -> None:
    for raw in ({}, {"id": None}, {"id": ""}):
        with pytest.raises(ValueError, match="id"):
            Shopify.parse_listing(raw)
    with pytest.raises(ValueError, match=r"product 1.*variant 7.*price"):
        Shopify.parse_listing({"id": "1", "_variants": [{"id": "7", "price": "dear"}]})
    with pytest.raises(ValueError, match=r"product 1.*weight\.unit"):
        item = {"measurement": {"weight": {"value": 1, "unit": "STONES"}}}
        Shopify.parse_listing({"id": "1", "_variants": [{"id": "7", "price": "1", "inventoryItem": item}]})


@settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_comes_only_value_errors_are_raised(data: Any) -> None:
    raw = copy.deepcopy(RAW)
    where: Any = raw
    while True:
        key = data.draw(st.sampled_from(list(where) if isinstance(where, dict) else list(range(len(where)))))
        inner = where[key]
        if isinstance(inner, dict | list) and inner and data.draw(st.booleans()):
            where = inner
            continue
        where[key] = data.draw(JSON)
        break
    try:
        listing = Shopify.parse_listing(raw)
    except ValueError:
        return
    assert isinstance(listing, ListingDocument)


RAW: dict[str, Any] = {
    "id": "1",
    "title": "Shirt",
    "tags": ["a"],
    "status": "ACTIVE",
    "hasOnlyDefaultVariant": False,
    "resourcePublicationsCount": {"count": 1},
    "seo": {"title": "x", "description": None},
    "options": [{"name": "Size", "values": ["S"]}],
    "media": [{"id": "gid://shopify/MediaImage/5", "mediaContentType": "IMAGE", "alt": "", "image": {"url": "u"}}],
    "collections": [{"id": "gid://shopify/Collection/5", "title": "C", "ruleSet": None}],
    "metafields": [
        {"namespace": "custom", "key": "care", "type": "x", "value": "30"},
        {"namespace": "odoo", "key": "wool", "type": "x", "value": '["yes"]'},
    ],
    "_variants": [
        {
            "id": "gid://shopify/ProductVariant/7",
            "sku": "S",
            "barcode": None,
            "price": "10.00",
            "compareAtPrice": "12.00",
            "selectedOptions": [{"name": "Size", "value": "S"}],
            "media": {"nodes": [{"id": "gid://shopify/MediaImage/5"}]},
            "inventoryItem": {"requiresShipping": True, "measurement": {"weight": {"value": 1, "unit": "KILOGRAMS"}}},
        }
    ],
}


def test_a_product_of_the_shops_own(shopify: Shopify) -> None:
    """What its staff entered, seen from here."""
    made = control(shopify, "POST", "shopify/products", {"sku": "OWN", "name": "Own", "price": "5.00", "quantity": 3})
    listing = read(shopify, made["product_id"])
    assert (listing.kind, listing.offers[0].variant_id) == (ListingKind.SIMPLE, made["variant_id"])
    assert ask(shopify, "{ productsCount { count } }")["productsCount"]["count"] == 1
