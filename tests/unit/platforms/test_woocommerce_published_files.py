"""Pictures, files and terms of published products: sent once, found again, made where they are missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest
from local_servers import Answer, Request, serving
from woo_products import PIXEL, simple, strike, update, whole

from platforms.catalogue import (
    CustomField,
    ImageDocument,
    TermDocument,
)
from platforms.errors import PlatformError
from platforms.publishing import MediaFile
from platforms.transport import Transport
from platforms.woocommerce import WooCommerce
from platforms.woocommerce.product_body import KEY_META

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
