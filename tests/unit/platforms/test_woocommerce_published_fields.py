"""What a published product says: states, texts, prices, weights, attributes; exactly, and nothing dropped."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from woo_products import OFFER, batches, shirts, simple, update, whole

from platforms.catalogue import (
    AttributeDocument,
    CustomField,
    ImageDocument,
    ListingState,
    OfferDocument,
    TermDocument,
)
from platforms.publishing import OfferChange
from platforms.woocommerce import WooCommerce
from platforms.woocommerce.product_body import product_item, variation_item

# --- what is said


@pytest.mark.parametrize("state", list(ListingState))
def test_a_state_is_read_back(platform: WooCommerce, state: ListingState) -> None:
    change = simple(1)
    shown, raw = whole(platform, replace(change, document=replace(change.document, state=state)))
    assert shown.state == state
    if state == ListingState.OFF:
        assert raw["status"] == "private" and raw["sku"] == "SKU-1" and not raw["purchasable"]
        back = update(change, shown.product_id, "state", state=ListingState.ON)
        assert whole(platform, back)[0].state == ListingState.ON


def test_texts_arrive_as_they_are(platform: WooCommerce) -> None:
    name, html = 'Thé 🍵 كوب شاي & "co"', "<p>שלום <b>monde</b> 👩‍👩‍👧</p>"
    change = simple(1, description=html)
    shown, _raw = whole(platform, replace(change, document=replace(change.document, name=name)))
    assert (shown.name, shown.description) == (name, html)


def test_a_promotion_has_its_dates_in_utc_and_is_taken_back(platform: WooCommerce) -> None:
    start = datetime(2026, 11, 27, 0, 0, tzinfo=timezone(timedelta(hours=1)))
    end = datetime(2026, 11, 30, 22, 59, 59, tzinfo=timezone.utc)
    change = simple(1, sale_price=Decimal("9.90"), sale_from=start, sale_to=end, weight=Decimal("0.125"))
    shown, raw = whole(platform, change)
    (offer,) = shown.offers
    assert (offer.price, offer.sale_price) == (Decimal("13.5"), Decimal("9.90"))
    assert raw["date_on_sale_from_gmt"] == "2026-11-26T23:00:00" and offer.sale_to == end
    plain = replace(change.offers[0].document, sale_price=None, sale_from=None, sale_to=None, weight=None)
    fields = frozenset({"sale_price", "sale_from", "sale_to", "weight"})
    back = update(change, shown.product_id)
    (offer,) = whole(platform, replace(back, offers=(OfferChange("o", plain, fields),)))[0].offers
    assert (offer.sale_price, offer.sale_from, offer.sale_to, offer.weight) == (None, None, None, None)
    assert (offer.price, offer.sku) == (Decimal("13.5"), "SKU-1"), "what was not to be sent stays"


@pytest.mark.parametrize(("unit", "shown"), [("kg", "0.125"), ("g", "125"), ("lbs", "0.275578"), ("oz", "4.409245")])
def test_weights_are_in_the_shops_unit(platform: WooCommerce, unit: str, shown: str) -> None:
    platform.client.put("settings/products/woocommerce_weight_unit", {"value": unit})
    document, raw = whole(platform, simple(1, weight=Decimal("0.125")))
    assert raw["weight"] == shown
    assert document.offers[0].weight is not None and round(document.offers[0].weight, 6) == Decimal("0.125")


def test_what_is_sent_fits_the_vendors_schema(contracts: Path) -> None:
    """WooCommerce does not check the items of a batch itself, so a wrong one would be taken for something else."""
    schemas = contracts / "woocommerce" / "schemas"
    image = ImageDocument("", "https://odoo.example/a.png", "A")
    terms = (TermDocument("7", "Tea"),)
    now = datetime.now(timezone.utc)
    full = simple(
        1, sale_price=Decimal(1), sale_from=now, sale_to=now, weight=Decimal(1), barcode="4006381333931",
        categories=terms, tags=terms, brands=terms, images=(image, ImageDocument("3", "", "")), slug="tea",
        attributes=(AttributeDocument("Size", ("S",), False),), custom=(CustomField("care", "30°"),),
        tax_class="reduced-rate", ships=False,
    )  # fmt: skip
    _check(schemas / "products_batch.json", product_item(full, Decimal(1), None))
    empty = OfferChange("o", OfferDocument(""), OFFER)
    _check(schemas / "products_batch.json", product_item(replace(full, offers=(empty,)), Decimal(1), None))
    shirt = shirts("S", shared="4")
    offer = shirt.offers[0]
    with_image = replace(offer, document=replace(offer.document, image=image))
    for told in (offer, with_image, replace(offer, document=replace(offer.document, active=False))):
        item = variation_item(shirt, told, Decimal(1), [])
        assert item["attributes"] == [{"name": "Size", "option": "S"}]
        item.pop("image") if item["image"] == "" else None  # an empty text is the one way to clear it
        _check(schemas / "products_product_id_variations_batch.json", item)


def _check(path: Path, item: dict[str, Any]) -> None:
    known = json.loads(path.read_text())["endpoints"][0]["args"]
    assert set(item) <= set(known) | {"id"}, "no field that WooCommerce does not know"
    properties = {
        name: {key: rule[key] for key in ("type", "enum", "items") if key in rule} for name, rule in known.items()
    }
    jsonschema.validate(item, {"type": "object", "properties": properties})


# --- attributes and variants


def test_what_existing_variants_have_is_never_dropped(platform: WooCommerce) -> None:
    (made,) = platform.push_listings([shirts("SML")])
    fabric = AttributeDocument("Fabric", ("Linen",), False)
    size = AttributeDocument("Size", ("XL", "S"), True)
    change = update(shirts("SML"), made.product_id, "attributes", attributes=(fabric, size))
    shown, raw = whole(platform, change)
    assert [(row["name"], row["options"]) for row in raw["attributes"]] == [
        ("Fabric", ["Linen"]),
        ("Size", ["XL", "S", "M", "L"]),
    ]
    assert {offer.sku for offer in shown.offers if offer.complete} == {"Shirt-S", "Shirt-M", "Shirt-L"}
    shown, raw = whole(platform, update(shirts("SML"), made.product_id, "attributes", attributes=()))
    assert [(row["name"], sorted(row["options"])) for row in raw["attributes"]] == [("Size", ["L", "M", "S"])]
    assert all(offer.complete for offer in shown.offers)


def test_a_value_that_no_variant_has_any_more_goes(platform: WooCommerce) -> None:
    (made,) = platform.push_listings([shirts("SM")])
    platform.client.delete(f"products/{made.product_id}/variations/{made.variants['Shirt-M']}")
    size = AttributeDocument("Size", ("S",), True)
    _shown, raw = whole(platform, update(shirts("SM"), made.product_id, "attributes", attributes=(size,)))
    assert raw["attributes"][0]["options"] == ["S"]


def test_shared_attributes_go_by_their_id(platform: WooCommerce) -> None:
    (size,) = platform.resolve_terms("attribute", [TermDocument("", "Size")])
    shown, raw = whole(platform, shirts("SM", shared=size.external_id))
    assert raw["attributes"][0]["slug"] == "pa_size"
    assert [offer.options[0].attribute_id for offer in shown.offers] == [size.external_id] * 2


def test_values_of_a_shared_attribute_are_shown_in_their_order_and_new_ones_come_last(platform: WooCommerce) -> None:
    (size,) = platform.resolve_terms("attribute", [TermDocument("", "Size")])
    key = size.external_id
    few, many = shirts(("S", "L & XL"), key, "Few"), shirts(("S", "M", "L & XL"), key, "Many")
    results = platform.push_listings([few, many])
    shown = [platform.parse_listing(result.raw or {}).attributes[0].values for result in results]
    assert shown == [("S", "L & XL"), ("S", "M", "L & XL")]
    assert batches(platform, f"/wp-json/wc/v3/products/attributes/{key}/terms/batch") == 1
    (result,) = platform.push_listings([shirts(("XS", "M", "S"), key, "Later")])
    assert platform.parse_listing(result.raw or {}).attributes[0].values == ("S", "M", "XS")
    before = platform.transport.calls
    assert all(result.ok for result in platform.push_listings([shirts("MS", key, "Again")]))
    assert platform.transport.calls - before == 2, "what is known is not asked again"


def test_a_products_own_attribute_stays_its_own_when_the_shop_shares_one_of_that_name(platform: WooCommerce) -> None:
    (made,) = platform.push_listings([shirts("S")])
    (shared,) = platform.resolve_terms("attribute", [TermDocument("", "Size")])
    wider = shirts("SM", shared=shared.external_id, product_id=made.product_id)
    (result,) = platform.push_listings([replace(wider, fields=frozenset({"attributes"}), offers=wider.offers[1:])])
    assert result.ok
    listing = platform.parse_listing(platform.read_listings([made.product_id])[0])
    assert [attribute.external_id for attribute in listing.attributes] == [""]
    assert {offer.sku for offer in listing.offers if offer.complete} == {"Shirt-S", "Shirt-M"}


def test_the_price_of_a_variant_takes_one_call_and_a_look(platform: WooCommerce) -> None:
    (made,) = platform.push_listings([shirts("SM")])
    change = shirts("SM", product_id=made.product_id)
    offer = change.offers[0]
    dearer = replace(offer.document, variant_id=made.variants["Shirt-S"], price=Decimal("25"), active=False)
    told = OfferChange("Shirt-S", dearer, frozenset({"price", "active"}))
    before = platform.transport.calls
    (result,) = platform.push_listings([replace(change, fields=frozenset(), offers=(told,))])
    assert result.ok and platform.transport.calls - before == 2
    (shown,) = platform.parse_listing(result.raw or {}).offers
    assert (shown.price, shown.active) == (Decimal(25), False)
    others = platform.parse_listing(platform.read_listings([made.product_id])[0]).offers
    assert {offer.sku: offer.active for offer in others} == {"Shirt-S": False, "Shirt-M": True}
