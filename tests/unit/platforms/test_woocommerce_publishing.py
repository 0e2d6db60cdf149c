"""Publishing to a shop: few calls, exact figures, nothing dropped, and one refusal that stops nobody else."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from local_servers import Answer, Request, serving

from platforms.catalogue import (
    VARIANTS_KEY,
    AttributeDocument,
    CustomField,
    ImageDocument,
    ListingDocument,
    ListingKind,
    ListingState,
    OfferDocument,
    OptionDocument,
    TermDocument,
)
from platforms.errors import PlatformError
from platforms.publishing import LISTING_FIELDS, OFFER_FIELDS, ListingChange, MediaFile, OfferChange
from platforms.transport import Transport
from platforms.woocommerce import WooCommerce
from platforms.woocommerce.product_body import KEY_META, product_item, variation_item

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


def test_a_recorded_batch_is_understood_item_by_item(contracts: Path, transport: Transport) -> None:
    """As a real WooCommerce answered: one product changed, one unknown; a SKU in use, in a single call's words."""
    golden = contracts / "woocommerce" / "golden"
    mixed = json.loads((golden / "33_products_batch_mixed.json").read_text())["response"]["body"]
    taken = json.loads((golden / "10_product_dup_sku.json").read_text())["response"]["body"]

    def answer(request: Request, _handler: BaseHTTPRequestHandler) -> Answer:
        if request.method == "GET":
            return Answer({"value": "kg"})
        return Answer({**mixed, "create": [{"id": 0, "error": taken}]})

    changes = [
        update(simple(1), "10", "name"),
        ListingChange("new", simple(2).document, frozenset({"name"})),
        update(simple(3), "424242", "name"),
    ]
    with serving(answer) as server:
        mug, doubled, gone = WooCommerce(server.url, {}, transport).push_listings(changes)
    assert mug.ok and WooCommerce.parse_listing(mug.raw or {}).offers[0].barcode == "3760123450012"
    assert doubled.refusal and doubled.refusal.code == "duplicate_sku" and "10" in doubled.refusal.message
    assert gone.refusal and gone.refusal.code == "not_found" and "424242" in gone.refusal.message


# --- lost answers


def strike(platform: WooCommerce, *faults: dict[str, Any]) -> None:
    platform.transport.request("POST", f"{platform.url}/sandbox/faults", json=list(faults), idempotent=True)


def test_a_creation_whose_answer_is_lost_is_in_doubt_and_found_again(platform: WooCommerce) -> None:
    since = datetime.now(timezone.utc)
    let_through = {"kind": "slow", "seconds": 0, "path": PRODUCTS, "times": 1}
    strike(platform, let_through, {"kind": "lost_answer", "path": PRODUCTS, "times": 1})
    changes = [simple(number) for number in range(250)]
    results = platform.push_listings(changes)
    assert all(result.ok for result in results[:100]), "what was done stays done"
    lost, unsent = results[100:200], results[200:]
    assert all(result.refusal and result.refusal.in_doubt and result.refusal.retry for result in lost)
    assert all(result.refusal and result.refusal.retry and not result.refusal.in_doubt for result in unsent)
    found = platform.find_listings([change.key for change in changes[100:]], since)
    assert set(found) == {change.key for change in changes[100:200]}
    assert platform.parse_listing(found["db:150"]).name == "Product 150"
    later = since + timedelta(minutes=5)
    assert platform.find_listings([change.key for change in changes], later) == {}


def test_while_nothing_was_written_a_failure_is_raised(platform: WooCommerce) -> None:
    strike(platform, {"kind": "status", "status": 503, "path": PRODUCTS, "times": 1})
    with pytest.raises(PlatformError) as caught:
        platform.push_listings([simple(1)])
    assert caught.value.retry and not caught.value.in_doubt


def test_a_lost_answer_about_variants_leaves_the_product_known(platform: WooCommerce) -> None:
    since = datetime.now(timezone.utc)
    strike(platform, {"kind": "lost_answer", "path": "*/variations/batch", "times": 1})
    (result,) = platform.push_listings([shirts("SM")])
    assert result.product_id and result.refusal is None
    assert all(refusal.in_doubt for refusal in result.offers.values()) and len(result.offers) == 2
    (raw,) = platform.find_listings(["db:Shirt"], since).values()
    assert sorted(offer.sku for offer in platform.parse_listing(raw).offers) == ["Shirt-M", "Shirt-S"]


def test_a_batch_too_large_for_the_server_is_halved(platform: WooCommerce) -> None:
    strike(platform, {"kind": "status", "status": 413, "path": PRODUCTS, "times": 1})
    results = platform.push_listings([simple(number) for number in range(10)])
    assert all(result.ok for result in results) and batches(platform) == 3


def test_a_product_that_is_gone_says_so(platform: WooCommerce) -> None:
    gone = simple(1)
    change = ListingChange("k", replace(gone.document, product_id="4711"), frozenset({"name"}))
    good = simple(2)
    refused, taken = platform.push_listings([change, good])
    assert refused.refusal and refused.refusal.code == "not_found" and taken.ok


# --- what is said


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


# --- pictures, and what plugins keep


@pytest.fixture
def pictures() -> Iterator[str]:
    def answer(request: Request, _handler: BaseHTTPRequestHandler) -> Answer:
        return Answer(PIXEL, 200 if request.path.endswith("good.png") else 404, {"Content-Type": "image/png"})

    with serving(answer) as server:
        yield server.url


def test_pictures_keep_their_order_and_are_fetched_once(platform: WooCommerce, pictures: str) -> None:
    first, second = (ImageDocument("", f"{pictures}/{name}-good.png", name) for name in ("front", "back"))
    change = simple(1, images=(first, second))
    shown, _raw = whole(platform, change)
    assert [image.alt for image in shown.images] == ["front", "back"]
    turned = tuple(replace(image, url="", alt=image.alt.upper()) for image in reversed(shown.images))
    again, _raw = whole(platform, update(change, shown.product_id, "images", images=turned))
    assert [image.external_id for image in again.images] == [image.external_id for image in reversed(shown.images)]
    assert [image.alt for image in again.images] == ["BACK", "FRONT"]
    bare, _raw = whole(platform, update(change, shown.product_id, "images", images=()))
    assert bare.images == ()


def test_a_picture_that_is_not_there_refuses_one_product(platform: WooCommerce, pictures: str) -> None:
    bad = simple(1, images=(ImageDocument("", f"{pictures}/none.png"),))
    refused, taken = platform.push_listings([bad, simple(2)])
    assert refused.refusal and (refused.refusal.code, refused.refusal.field) == ("image_refused", "images")
    assert "Not Found" in refused.refusal.message and taken.ok


def test_fields_of_the_merchants_own_are_kept_beside_the_key(platform: WooCommerce) -> None:
    _shown, raw = whole(platform, simple(1, custom=(CustomField("care", "30°"),)))
    assert {meta["key"]: meta["value"] for meta in raw["meta_data"]} == {KEY_META: "db:1", "care": "30°"}


# --- files


def uploader(platform: WooCommerce, **credentials: str) -> WooCommerce:
    return WooCommerce(platform.url, {**platform.credentials, **credentials}, platform.transport)


def test_a_file_is_uploaded_once(platform: WooCommerce) -> None:
    assert not platform.can_upload()
    (refused,) = platform.push_media([MediaFile("k", "a.png", "image/png", PIXEL)])
    assert refused.refusal and refused.refusal.code == "no_upload" and not refused.refusal.retry
    shop = uploader(platform, wp_user="sandbox", wp_password="sand boxs andb oxsa ndbo xsan")
    assert shop.can_upload()
    files = [
        MediaFile("9c1185a5c5e9fc54612808977ee8f548b2258d31", "Thé vert.png", "image/png", PIXEL, "Une tasse 🍵"),
        MediaFile("Another/Key", "fiche.exe", "application/x-msdownload", b"MZ"),
        MediaFile("0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33", "fiche.pdf", "application/pdf", b"%PDF-1.7"),
    ]
    picture, program, sheet = shop.push_media(files)
    assert picture.ok and sheet.ok and sheet.url.endswith("/fiche.pdf")
    assert program.refusal and not program.refusal.retry and not program.refusal.in_doubt
    before = platform.transport.calls
    assert shop.push_media([files[0], files[2]]) == [picture, sheet]
    assert platform.transport.calls - before == 1
    shown, _raw = whole(platform, simple(1, images=(ImageDocument(picture.external_id, ""),)))
    assert (shown.images[0].url, shown.images[0].alt) == (picture.url, "Une tasse 🍵")


def test_a_wrong_password_is_an_error_of_the_channel(platform: WooCommerce) -> None:
    with pytest.raises(PlatformError) as caught:
        uploader(platform, wp_user="sandbox", wp_password="no").push_media(
            [MediaFile("k", "a.png", "image/png", PIXEL)]
        )
    assert caught.value.status == 401


def test_a_password_does_not_travel_readable(transport: Transport) -> None:
    keys = {"wp_user": "anna", "wp_password": "abcd"}
    assert not WooCommerce("http://shop.example", keys, transport).can_upload()
    assert WooCommerce("https://shop.example", keys, transport).can_upload()


# --- terms


def test_terms_are_made_once_and_found_by_name(platform: WooCommerce) -> None:
    names = [TermDocument("", f"Tag {number}") for number in range(150)] + [TermDocument("", "Bed & Bath")]
    for kind in ("tag", "brand"):
        before = platform.transport.calls
        made = platform.resolve_terms(kind, names)
        assert platform.transport.calls - before == 1 + 2 and len({term.external_id for term in made}) == 151
        before = platform.transport.calls
        assert platform.resolve_terms(kind, [replace(names[-1], name="bed &amp; bath"), names[0]]) == [
            replace(made[-1], name="bed &amp; bath"),
            made[0],
        ]
        assert platform.transport.calls - before == 2


def test_a_tree_of_categories_is_made_level_by_level(platform: WooCommerce) -> None:
    wanted = [
        TermDocument("", "Green", ("Drinks", "Tea")),
        TermDocument("", "Black", ("Drinks", "Tea")),
        TermDocument("", "Green", ("Paint",)),
        TermDocument("", "Drinks"),
    ]
    before = platform.transport.calls
    made = platform.resolve_terms("category", wanted)
    assert platform.transport.calls - before == 1 + 3, "one look, and a call a level"
    assert len({term.external_id for term in made}) == 4 and all(term.external_id for term in made)
    rows = {str(row["id"]): row for row in platform.client.get("products/categories", {"per_page": 100})}
    green = rows[made[0].external_id]
    tea = rows[str(green["parent"])]
    assert (green["name"], tea["name"], rows[str(tea["parent"])]["id"]) == ("Green", "Tea", int(made[3].external_id))
    assert rows[made[2].external_id]["parent"] != green["parent"]
    assert platform.resolve_terms("category", wanted) == made


def test_an_attribute_of_any_name_gets_a_slug_that_woocommerce_takes(platform: WooCommerce) -> None:
    names = ["Size", "Type", "Année de fabrication du produit fini", "اللون", "サイズ", "Größe", "Grosse"]
    made = platform.resolve_terms("attribute", [TermDocument("", name) for name in names])
    assert len({term.external_id for term in made}) == len(names) and all(term.external_id for term in made)
    assert platform.resolve_terms("attribute", [TermDocument("", name) for name in names]) == made


def test_a_shop_without_brands_has_none(platform: WooCommerce) -> None:
    body = {"code": "rest_no_route", "message": "No route was found", "data": {"status": 404}}
    strike(platform, {"kind": "status", "status": 404, "path": "*/products/brands", "times": 1, "body": body})
    assert platform.resolve_terms("brand", [TermDocument("", "Acme")]) == [TermDocument("", "Acme")]
    with pytest.raises(PlatformError, match="no feature"):
        platform.resolve_terms("feature", [TermDocument("", "x")])
