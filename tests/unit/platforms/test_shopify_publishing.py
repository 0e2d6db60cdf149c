"""Products told to Shopify over HTTP: made once, changed without losing anything that was not said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from shopify_shop import ask, changed, control, many, pushed, read, settings, strike
from woo_products import shirts, simple

from platforms.base import PlatformError
from platforms.catalogue import (
    AttributeDocument,
    CustomField,
    ListingKind,
    ListingState,
    OfferDocument,
    OptionDocument,
    TermDocument,
    TextsDocument,
)
from platforms.publishing import OFFER_FIELDS, OfferChange
from platforms.shopify import Shopify

NOW = datetime.now(timezone.utc)


def test_a_new_product_is_as_it_was_told(shopify: Shopify) -> None:
    (summer,) = shopify.resolve_terms("category", [TermDocument("", "Summer", ("Clothes",))])
    change = simple(
        1,
        description="<p>Wool</p>",
        slug="warm-hat",
        tags=(TermDocument("", "new"), TermDocument("", "warm")),
        brands=(TermDocument("", "Lumière"),),
        categories=(summer,),
        attributes=(AttributeDocument("Matière", ("Laine", "Soie"), False),),
        custom=(
            CustomField("custom.care", "30 °C"),
            CustomField("product_type", "Hats"),
            CustomField("seo_title", "Warm hats"),
        ),
        barcode="3017620422003",
        sale_price=Decimal("9.9"),
        weight=Decimal("0.25"),
    )
    shown = pushed(shopify, change)
    assert (shown.kind, shown.state, shown.name) == (ListingKind.SIMPLE, ListingState.ON, "Product 1")
    assert (shown.slug, shown.description) == ("warm-hat", "<p>Wool</p>")
    assert [tag.name for tag in shown.tags] == ["new", "warm"]
    assert [brand.name for brand in shown.brands] == ["Lumière"]
    assert [(found.external_id, found.name) for found in shown.categories] == [(summer.external_id, "Summer")]
    assert [(found.name, found.values) for found in shown.attributes] == [("Matiere", ("Laine", "Soie"))]
    assert {(field.name, field.value) for field in shown.custom} == {
        ("custom.care", "30 °C"),
        ("product_type", "Hats"),
        ("seo_title", "Warm hats"),
    }
    (offer,) = shown.offers
    assert offer.variant_id and (offer.sku, offer.barcode) == ("SKU-1", "3017620422003")
    assert (offer.price, offer.sale_price, offer.weight) == (Decimal("13.5"), Decimal("9.9"), Decimal("0.25"))
    assert (offer.options, shown.sku) == ((), "SKU-1")


def test_variants_are_made_with_their_options_and_known_by_their_keys(shopify: Shopify) -> None:
    change = shirts(["S", "M", "L"])
    # They come in the order of their SKUs, say; the attribute knows better.
    (result,) = shopify.push_listings([replace(change, offers=change.offers[::-1])])
    shown = read(shopify, result.product_id)
    assert shown.kind is ListingKind.VARIABLE
    assert [found.values for found in shown.attributes] == [("S", "M", "L")]
    assert {offer.sku: offer.variant_id for offer in shown.offers} == dict(result.variants)
    assert [offer.options[0].value for offer in shown.offers] == ["S", "M", "L"]


def test_a_creation_whose_answer_was_lost_is_found_by_its_key_and_never_made_twice(
    shopify: Shopify, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = simple(7)
    with monkeypatch.context() as patch:
        lose_the_answer_to(shopify, "ProductSet", patch)
        (lost,) = shopify.push_listings([change])
    assert lost.refusal and (lost.refusal.retry, lost.refusal.in_doubt) == (True, True)
    (again,) = shopify.push_listings([change])
    assert again.refusal and (again.refusal.code, again.refusal.in_doubt) == ("exists", True)
    assert shopify.read_catalogue().total == 1
    found = shopify.find_listings(["db:7", "db:8"], NOW)
    assert list(found) == ["db:7"]
    assert shopify.parse_listing(found["db:7"]).offers[0].sku == "SKU-7"


def lose_the_answer_to(shop: Shopify, name: str, patch: pytest.MonkeyPatch) -> None:
    execute = shop.client.execute

    def losing(operation: Any, *args: Any, **options: Any) -> Any:
        if operation.name == name:
            strike(shop, {"kind": "lost_answer", "times": 1})
        return execute(operation, *args, **options)

    patch.setattr(shop.client, "execute", losing)


def test_what_is_not_said_stays(shopify: Shopify) -> None:
    """Variants, options, metafields, collections and the merchant's own words outlive a change of something else."""
    shown = pushed(shopify, shirts(["S", "M"]))
    ask(
        shopify,
        """mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }""",
        product={
            "id": f"gid://shopify/Product/{shown.product_id}",
            "descriptionHtml": "<p>By hand</p>",
            "tags": ["kept"],
            "metafields": [
                {"namespace": "custom", "key": "care", "type": "single_line_text_field", "value": "30"},
                {"namespace": "reviews", "key": "rating", "type": "single_line_text_field", "value": "5"},
            ],
        },
    )
    (medium,) = [offer for offer in shown.offers if offer.sku == "Shirt-M"]
    told = OfferChange("m", replace(medium, price=Decimal("25")), frozenset({"price"}))
    custom = (CustomField("custom.care", "40"),)
    after = pushed(shopify, changed(shown, offers=(told,), name="Nicer shirt", custom=custom))
    assert {offer.sku: offer.price for offer in after.offers} == {"Shirt-S": Decimal(20), "Shirt-M": Decimal(25)}
    assert [offer.variant_id for offer in after.offers] == [offer.variant_id for offer in shown.offers]
    assert (after.name, after.description) == ("Nicer shirt", "<p>By hand</p>")
    assert [tag.name for tag in after.tags] == ["kept"]
    assert {field.name: field.value for field in after.custom} == {"custom.care": "40", "reviews.rating": "5"}


def test_a_new_variant_joins_the_others(shopify: Shopify) -> None:
    shown = pushed(shopify, shirts(["S", "M"]))
    large = OfferDocument("", sku="Shirt-L", options=(OptionDocument("size", "L"),), price=Decimal(22))
    change = changed(shown, offers=(OfferChange("l", large, frozenset(OFFER_FIELDS) - {"image"}),))
    after = pushed(shopify, change)
    assert [offer.sku for offer in after.offers] == ["Shirt-S", "Shirt-M", "Shirt-L"]
    # Told again, as after a lost answer: the variant is there and is changed.
    (again,) = shopify.push_listings([change])
    assert again.ok and len(read(shopify, shown.product_id).offers) == 3


def test_a_simple_product_gains_variants_and_keeps_its_own(shopify: Shopify) -> None:
    shown = pushed(shopify, simple(1))
    (own,) = shown.offers
    size = AttributeDocument("Size", ("S", "M"), True)
    offers = (
        OfferChange("s", replace(own, options=(OptionDocument("Size", "S"),)), frozenset({"options"})),
        OfferChange(
            "m", OfferDocument("", sku="M", options=(OptionDocument("Size", "M"),), price=Decimal(9)), frozenset()
        ),
    )
    after = pushed(shopify, changed(shown, kind=ListingKind.VARIABLE, attributes=(size,), offers=offers))
    assert [offer.variant_id == own.variant_id for offer in after.offers] == [True, False]
    assert [offer.options[0].value for offer in after.offers] == ["S", "M"]


def test_one_variant_that_is_refused_keeps_none_of_the_others_back(shopify: Shopify) -> None:
    shown = pushed(shopify, shirts(["S", "M"]))
    small, medium = shown.offers
    price = frozenset({"price"})
    bad = OfferChange("s", replace(small, price=Decimal(-1)), price)
    good = OfferChange("m", replace(medium, price=Decimal(30)), price)
    new = OfferChange("x", OfferDocument("", options=(OptionDocument("Size", "XL"),), price=Decimal(-5)), price)
    newer = OfferChange("y", OfferDocument("", options=(OptionDocument("Size", "XXL"),), price=Decimal(5)), price)
    (result,) = shopify.push_listings([changed(shown, offers=(bad, good, new, newer))])
    assert not result.refusal and set(result.offers) == {"s", "x"}
    assert result.offers["s"].field == "price"
    prices = {offer.options[0].value: offer.price for offer in read(shopify, shown.product_id).offers}
    assert prices == {"S": Decimal(20), "M": Decimal(30), "XXL": Decimal(5)}


def test_states_keep_the_channels_that_the_merchant_chose(shopify: Shopify) -> None:
    channels = "query($id: ID!) { product(id: $id) { status resourcePublicationsCount { count } } }"
    shown = pushed(shopify, simple(1))
    gid = f"gid://shopify/Product/{shown.product_id}"
    assert ask(shopify, channels, id=gid)["product"] == {"status": "ACTIVE", "resourcePublicationsCount": {"count": 2}}
    point_of_sale = ask(shopify, "{ publications(first: 9) { nodes { id name } } }")["publications"]["nodes"][1]["id"]
    ask(
        shopify,
        "mutation($id: ID!, $p: [PublicationInput!]!) { publishableUnpublish(id: $id, input: $p)"
        " { userErrors { message } } }",
        id=gid,
        p=[{"publicationId": point_of_sale}],
    )
    for state in (ListingState.OFF, ListingState.DRAFT, ListingState.HIDDEN, ListingState.ON):
        assert pushed(shopify, changed(shown, state=state)).state is state
    assert ask(shopify, channels, id=gid)["product"]["resourcePublicationsCount"] == {"count": 1}


def test_new_products_are_shown_on_the_channels_that_the_merchant_names(shopify: Shopify) -> None:
    shop = Shopify(shopify.url, {**shopify.credentials, "sales_channels": " online store ,"}, shopify.transport)
    shown = pushed(shop, simple(1))
    on = "query($id: ID!) { product(id: $id) { resourcePublicationsCount { count } } }"
    found = ask(shop, on, id=f"gid://shopify/Product/{shown.product_id}")
    assert found["product"]["resourcePublicationsCount"] == {"count": 1}


def test_a_draft_is_on_no_channel(shopify: Shopify) -> None:
    change = simple(1)
    shown = pushed(shopify, replace(change, document=replace(change.document, state=ListingState.DRAFT)))
    assert shown.state is ListingState.DRAFT
    assert pushed(shopify, changed(shown, state=ListingState.ON)).state is ListingState.ON


def test_a_new_address_leaves_a_redirect_and_one_that_is_taken_is_refused(shopify: Shopify) -> None:
    one = pushed(shopify, simple(1, slug="one"))
    two = pushed(shopify, simple(2, slug="two"))
    assert pushed(shopify, changed(one, slug="first")).slug == "first"
    (result,) = shopify.push_listings([changed(two, slug="first")])
    assert result.refusal and result.refusal.field == "slug"


def test_collections_that_fill_themselves_are_left_alone(shopify: Shopify) -> None:
    control(shopify, "POST", "shopify/collections", {"title": "Sale", "tag": "sale"})
    control(shopify, "POST", "shopify/collections", {"title": "By hand"})
    terms = [TermDocument("", "Sale"), TermDocument("", "by hand"), TermDocument("", "New")]
    sale, by_hand, new = shopify.resolve_terms("category", terms)
    assert sale.external_id == "" and by_hand.external_id and new.external_id
    assert shopify.resolve_terms("category", terms) == [sale, by_hand, new], "nothing is made twice"
    text = "query($id: ID!) { collection(id: $id) { resourcePublicationsCount { count } } }"
    seen = ask(shopify, text, id=f"gid://shopify/Collection/{new.external_id}")["collection"]
    assert seen["resourcePublicationsCount"]["count"] == 2, "customers see what was made"
    tags = (TermDocument("", "sale"),)
    shown = pushed(shopify, simple(1, tags=tags, categories=(sale, by_hand)))
    assert {found.name for found in shown.categories} == {"By hand"}, "that it is on sale now is no change of it"
    after = pushed(shopify, changed(shown, categories=(new,)))
    assert {found.name for found in after.categories} == {"New"}
    text = "query($id: ID!) { product(id: $id) { collections(first: 9) { nodes { title } } } }"
    there = ask(shopify, text, id=f"gid://shopify/Product/{shown.product_id}")["product"]["collections"]["nodes"]
    assert {row["title"] for row in there} == {"Sale", "New"}
    assert {found.name for found in shopify.read_terms("category")} == {"Sale", "By hand", "New"}


def test_categories_of_one_name_are_told_apart_by_their_places(shopify: Shopify) -> None:
    terms = [TermDocument("", "Shirts", ("Men",)), TermDocument("", "Shirts", ("Women",)), TermDocument("", "Hats")]
    found = shopify.resolve_terms("category", terms)
    assert len({term.external_id for term in found}) == 3
    assert {term.name for term in shopify.read_terms("category")} == {"Men / Shirts", "Women / Shirts", "Hats"}
    assert shopify.resolve_terms("tag", [TermDocument("", "x")]) == [TermDocument("x", "x")]
    with pytest.raises(PlatformError, match="no shelf"):
        shopify.resolve_terms("shelf", terms)


def test_a_promotion_is_the_price_and_the_usual_one_is_struck_through(shopify: Shopify) -> None:
    """Shopify knows no dates: what has not begun, or is over, is not told."""
    shown = pushed(shopify, simple(1, sale_price=Decimal(10), sale_from=NOW - timedelta(hours=1)))
    (offer,) = shown.offers
    assert (offer.price, offer.sale_price) == (Decimal("13.5"), Decimal(10))
    sale = frozenset({"sale_price"})
    for values in ({"sale_from": NOW + timedelta(days=1)}, {"sale_to": NOW - timedelta(days=1)}, {"sale_price": None}):
        document = replace(offer, **values)
        after = pushed(shopify, changed(shown, offers=(OfferChange("o", document, sale),)))
        assert (after.offers[0].price, after.offers[0].sale_price) == (Decimal("13.5"), None)
    after = pushed(shopify, changed(shown, offers=(OfferChange("o", offer, sale),)))
    assert after.offers[0].sale_price == Decimal(10)


def test_services_are_not_shipped_whatever_their_variants(shopify: Shopify) -> None:
    shown = pushed(shopify, shirts(["S", "M"]))
    assert shown.ships
    after = pushed(shopify, changed(shown, ships=False))
    assert not after.ships and len(after.offers) == 2


def test_a_mapped_field_that_is_empty_is_no_metafield_any_more(shopify: Shopify) -> None:
    shown = pushed(shopify, simple(1, custom=(CustomField("custom.care", "30"), CustomField("custom.wash", "40"))))
    attributes = (AttributeDocument("Wool", ("yes",), False),)
    shown = pushed(shopify, changed(shown, attributes=attributes))
    after = pushed(shopify, changed(shown, custom=(CustomField("custom.care", ""),), attributes=()))
    assert [field.name for field in after.custom] == ["custom.wash"] and not after.attributes
    assert shopify.find_listings(["db:1"], NOW), "the key stays"


def test_a_metafield_keeps_its_type_and_a_field_without_a_place_is_said(shopify: Shopify) -> None:
    shown = pushed(shopify, simple(1))
    gid = f"gid://shopify/Product/{shown.product_id}"
    count = {"namespace": "custom", "key": "pieces", "type": "number_integer", "value": "4"}
    ask(
        shopify,
        "mutation($p: ProductUpdateInput!) { productUpdate(product: $p) { userErrors { message } } }",
        p={"id": gid, "metafields": [count]},
    )
    pushed(shopify, changed(shown, custom=(CustomField("custom.pieces", "6"),)))
    text = 'query($id: ID!) { product(id: $id) { metafield(namespace: "custom", key: "pieces") { type value } } }'
    assert ask(shopify, text, id=gid)["product"]["metafield"] == {"type": "number_integer", "value": "6"}
    (result,) = shopify.push_listings([changed(shown, custom=(CustomField("care", "30"),))])
    assert result.refusal and (result.refusal.code, result.refusal.field) == ("unknown_field", "custom")


def test_texts_in_the_shops_other_languages(shopify: Shopify) -> None:
    settings(shopify, locales=["fr", "en", "pt-BR"])
    texts = (
        TextsDocument("fr_FR", "Chapeau"),
        TextsDocument("en_GB", "Hat", "<p>Warm</p>"),
        TextsDocument("pt_BR", "Chapéu"),
        TextsDocument("de_DE", "Hut"),
    )
    shown = pushed(shopify, simple(1, description="<p>Chaud</p>", translations=texts))
    told = ask(
        shopify,
        'query($id: ID!) { product(id: $id) { en: translations(locale: "en") { key value }'
        ' pt: translations(locale: "pt-BR") { key value } } }',
        id=f"gid://shopify/Product/{shown.product_id}",
    )["product"]
    assert told["en"] == [{"key": "title", "value": "Hat"}, {"key": "body_html", "value": "<p>Warm</p>"}]
    assert told["pt"] == [{"key": "title", "value": "Chapéu"}]


def test_a_product_that_is_gone_is_said_to_be(shopify: Shopify) -> None:
    shown = pushed(shopify, simple(1))
    ask(
        shopify,
        "mutation($id: ID!) { productDelete(input: {id: $id}) { deletedProductId } }",
        id=f"gid://shopify/Product/{shown.product_id}",
    )
    offer = OfferChange("o", shown.offers[0], frozenset({"price"}))
    results = shopify.push_listings(
        [changed(shown, name="x"), changed(shown, tags=()), changed(shown, offers=(offer,)), changed(shown, images=())]
    )
    codes = [(result.refusal or next(iter(result.offers.values()))).code for result in results]
    assert codes == ["not_found"] * 4
    assert shopify.read_listings([shown.product_id, "none"]) == []


def test_a_product_with_more_variants_than_fit_a_call(shopify: Shopify) -> None:
    change = shirts([f"T{number}" for number in range(230)])
    shopify.transport.calls = 0
    (result,) = shopify.push_listings([change])
    assert result.ok and len(result.variants) == 230
    assert shopify.transport.calls <= 6
    shown = read(shopify, result.product_id)
    assert [offer.sku for offer in shown.offers] == [f"Shirt-T{number}" for number in range(230)]


def test_calls_for_many_products(shopify: Shopify) -> None:
    made = [simple(number) for number in range(100)]
    shopify.transport.calls = 0
    results = shopify.push_listings(made)
    assert all(result.ok and result.raw for result in results)
    assert shopify.transport.calls <= 14, "2 to set up, 10 to make, 2 to publish"
    prices = []
    for result in results:
        document = shopify.parse_listing(result.raw or {})
        told = OfferChange("o", replace(document.offers[0], price=Decimal(99)), frozenset({"price"}))
        prices.append(changed(document, offers=(told,)))
    shopify.transport.calls = 0
    assert all(result.ok and result.raw for result in shopify.push_listings(prices))
    assert shopify.transport.calls <= 6
    shopify.transport.calls = 0
    assert shopify.push_listings([changed(shopify.parse_listing(results[0].raw or {}))])[0].ok
    assert shopify.transport.calls == 0, "nothing to say"


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "drop_connection"}])
def test_a_shop_that_fails_while_nothing_was_written_raises(shopify: Shopify, fault: dict[str, Any]) -> None:
    (product_id,) = many(shopify, 1)
    shown = read(shopify, product_id)
    shopify.transport.retries = 0
    strike(shopify, {**fault, "times": 9})
    with pytest.raises(PlatformError):
        shopify.push_listings([changed(shown, name="x")])
