"""The catalogue of a real Medusa shop: read, created, changed without losing anything, and found again."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

from dev.medusa.people import Customer, Shopkeeper
from dev.medusa.shop import MedusaShop
from platforms.catalogue import (
    AttributeDocument,
    CustomField,
    ImageDocument,
    ListingDocument,
    ListingKind,
    ListingState,
    OfferDocument,
    OptionDocument,
    PriceDocument,
    TermDocument,
    TextsDocument,
)
from platforms.medusa import Medusa
from platforms.publishing import LISTING_FIELDS, OFFER_FIELDS, ListingChange, MediaFile, OfferChange

ALL = frozenset(LISTING_FIELDS) - {"tax_class", "ships"}
ALL_OFFER = frozenset(OFFER_FIELDS) - {"active"}
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNg+M/wHwAEAQH/rPq3yQAAAABJRU5ErkJggg=="
)
NOW = datetime.now(timezone.utc)


def offer(sku: str, colour: str, price: str = "19.90", **values: object) -> OfferChange:
    document = OfferDocument("", sku, "", (OptionDocument("Couleur", colour),), Decimal(price))
    return OfferChange(sku, replace(document, **values), ALL_OFFER)  # type: ignore[arg-type]


def bowl(*offers: OfferChange, key: str = "bowl") -> ListingChange:
    colours = tuple(dict.fromkeys(one.document.options[0].value for one in offers))
    document = ListingDocument(
        "",
        ListingKind.VARIABLE,
        ListingState.ON,
        "Bol à thé",
        slug=f"bol-{key}",
        description="<p>Grès.</p>",
        summary="Tourné main",
        attributes=(AttributeDocument("Couleur", colours, True), AttributeDocument("Matière", ("Grès",), False)),
        custom=(CustomField("origine", "Vallauris"),),
        offers=tuple(one.document for one in offers),
    )
    return ListingChange(key, document, ALL, offers)


def created(medusa: Medusa, change: ListingChange) -> ListingDocument:
    (result,) = medusa.push_listings([change])
    assert result.ok and result.raw, result
    return medusa.parse_listing(result.raw)


def test_what_the_shop_has_is_read_in_pages(medusa: Medusa) -> None:
    page = medusa.read_catalogue()
    found = {listing.name: listing for listing in map(medusa.parse_listing, page.raws)}
    shirt, mug = found["T-shirt é ♥"], found["Tasse"]
    assert (shirt.kind, shirt.state, shirt.slug) == (ListingKind.VARIABLE, ListingState.ON, "t-shirt")
    assert {value for attribute in shirt.attributes for value in attribute.values} == {"S", "M"}
    assert {one.sku: (one.price, one.options) for one in shirt.offers}["TS-M"] == (
        Decimal("20.5"),
        (OptionDocument("Taille", "M"),),
    )
    (only,) = mug.offers
    assert (mug.kind, mug.attributes, only.sku, only.price) == (ListingKind.SIMPLE, (), "MUG", Decimal("33.33"))
    assert only.variant_id, "what has no options is a variant all the same"
    (product,) = medusa.read_products(["MUG", "NOPE"])
    assert (product.product_id, product.variant_id) == (mug.product_id, only.variant_id)


def test_a_product_is_created_with_all_that_it_has(medusa: Medusa, shop: MedusaShop, keeper: Shopkeeper) -> None:
    (picture,) = medusa.push_media([MediaFile("sum", "bol rouge.png", "image/png", DOT)])
    assert picture.ok and picture.url.startswith(shop.url)
    group = keeper.admin.post("/admin/customer-groups", {"name": "Professionnels"})["customer_group"]["id"]
    paths = [TermDocument("", "Bols", ("Maison", "Cuisine")), TermDocument("", "Cuisine", ("Maison",))]
    categories = medusa.resolve_terms("category", paths)
    assert all(term.external_id for term in categories)
    assert medusa.resolve_terms("category", paths) == categories, "found again, not made twice"
    tags = medusa.resolve_terms("tag", [TermDocument("", "fait main")])
    brands = medusa.resolve_terms("brand", [TermDocument("", "Atelier Nord")])
    red = offer(
        "BOL-R",
        "Rouge",
        sale_price=Decimal("14.90"),
        sale_to=datetime(2030, 1, 1, tzinfo=timezone.utc),
        weight=Decimal("0.35"),
        prices=(PriceDocument(Decimal("12.00"), group=group), PriceDocument(Decimal("15.00"), Decimal(10))),
    )
    blue = offer("BOL-B", "Bleu", "21.00")
    change = bowl(red, blue)
    document = replace(
        change.document,
        categories=tuple(categories[:1]),
        tags=tuple(tags),
        brands=tuple(brands),
        images=(ImageDocument(picture.external_id, picture.url),),
        translations=(TextsDocument("en_GB", "Tea bowl", "<p>Stoneware.</p>", "Hand thrown"),),
    )
    calls = medusa.transport.calls
    (result,) = medusa.push_listings([replace(change, document=document)])
    assert result.ok and set(result.variants) == {"BOL-R", "BOL-B"}
    assert medusa.transport.calls - calls == 11, "however many products there are in a hundred"
    listing = medusa.parse_listing(result.raw or {})
    assert (listing.name, listing.description, listing.summary) == ("Bol à thé", "<p>Grès.</p>", "Tourné main")
    assert (listing.state, listing.slug) == (ListingState.ON, "bol-bowl")
    assert [term.name for term in (*listing.categories, *listing.tags, *listing.brands)] == [
        "Bols",
        "fait main",
        "Atelier Nord",
    ]
    assert [image.url for image in listing.images] == [picture.url]
    assert set(listing.custom) == {CustomField("origine", "Vallauris"), CustomField("Matière", "Grès")}
    assert listing.translations == document.translations
    found = {one.sku: one for one in listing.offers}
    assert found["BOL-R"].variant_id == result.variants["BOL-R"]
    assert (found["BOL-R"].price, found["BOL-R"].sale_price) == (Decimal("19.9"), Decimal("14.9"))
    assert (found["BOL-R"].sale_from, found["BOL-R"].sale_to) == (None, datetime(2030, 1, 1, tzinfo=timezone.utc))
    assert found["BOL-R"].weight == Decimal("0.35")
    assert set(found["BOL-R"].prices) == {
        PriceDocument(Decimal("12"), Decimal(1), group),
        PriceDocument(Decimal("15"), Decimal(10)),
    }
    assert (found["BOL-B"].price, found["BOL-B"].sale_price) == (Decimal("21"), None)

    asked = keeper.price("BOL-R", result.product_id)
    assert (asked["calculated_amount"], asked["original_amount"]) == (14.9, 19.9), "what a customer is asked"
    found_again = medusa.find_listings(["bowl", "nope"], NOW)
    assert list(found_again) == ["bowl"]
    assert medusa.parse_listing(found_again["bowl"]).product_id == result.product_id

    # The promotion ends, and nothing else changes.
    over = OfferChange("BOL-R", replace(found["BOL-R"], sale_price=None, sale_to=None), frozenset({"sale_price"}))
    known = replace(listing, offers=())
    (result,) = medusa.push_listings([ListingChange("bowl", known, frozenset(), (over,))])
    assert result.ok
    after = {one.sku: one for one in medusa.parse_listing(result.raw or {}).offers}["BOL-R"]
    assert (after.sale_price, after.price, len(after.prices)) == (None, Decimal("19.9"), 2)


def test_a_change_loses_nothing_that_it_does_not_name(
    medusa: Medusa, shop: MedusaShop, keeper: Shopkeeper, customer: Customer
) -> None:
    listing = created(medusa, bowl(offer("C-R", "Rouge"), offer("C-B", "Bleu"), key="change"))
    red = next(one for one in listing.offers if one.sku == "C-R")
    path = f"/admin/products/{listing.product_id}"
    dollars = {"currency_code": "usd", "amount": 25}
    euros = {"currency_code": "eur", "amount": 19.9}
    keeper.admin.post(f"{path}/variants/{red.variant_id}", {"prices": [euros, dollars], "metadata": {"shelf": "A3"}})

    dearer = OfferChange("C-R", replace(red, price=Decimal("22.50")), frozenset({"price"}))
    green = offer("C-G", "Vert")
    renamed = replace(listing, name="Bol à thé, grand", offers=())
    (result,) = medusa.push_listings([ListingChange("change", renamed, frozenset({"name"}), (dearer, green))])
    assert result.ok and set(result.variants) == {"C-R", "C-G"}
    now = medusa.parse_listing(result.raw or {})
    assert now.name == "Bol à thé, grand"
    assert {one.sku: one.price for one in now.offers} == {
        "C-R": Decimal("22.5"),
        "C-B": Decimal("19.9"),
        "C-G": Decimal("19.9"),
    }
    variant = keeper.admin.get(f"{path}/variants/{red.variant_id}", fields="*prices,metadata")["variant"]
    assert {price["currency_code"]: price["amount"] for price in variant["prices"]} == {"eur": 22.5, "usd": 25}
    assert variant["metadata"] == {"shelf": "A3"}

    paused = ListingChange("change", replace(now, state=ListingState.OFF), frozenset({"state"}))
    (result,) = medusa.push_listings([paused])
    assert medusa.parse_listing(result.raw or {}).state == ListingState.OFF


def test_one_bad_product_does_not_stop_the_others(medusa: Medusa) -> None:
    good, twin = bowl(offer("D-1", "Rouge"), key="good"), bowl(offer("D-2", "Rouge"), key="good")
    other = bowl(offer("MUG", "Rouge"), key="other")
    twin = replace(twin, key="twin")
    results = medusa.push_listings([good, twin, other])
    assert [result.ok for result in results] == [True, False, False]
    assert results[1].refusal and results[1].refusal.field == "slug"
    assert results[2].refusal and results[2].refusal.field == "sku"
    assert not medusa.find_listings(["twin", "other"], NOW)
    gone = replace(good.document, product_id="prod_nope")
    (result,) = medusa.push_listings([ListingChange("gone", gone, frozenset({"name"}))])
    assert result.refusal and result.refusal.code == "not_found"
