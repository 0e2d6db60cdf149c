"""Pictures, videos and documents handed to Shopify: sent once, in order, without waiting for it to work on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from shopify_shop import ask, changed, control, pushed, read, settings, strike
from woo_products import PIXEL, shirts, simple

from platforms.base import PlatformError
from platforms.catalogue import ImageDocument
from platforms.publishing import ListingChange, MediaFile, OfferChange
from platforms.shopify import Shopify
from platforms.shopify.media import file_name, is_ours


def picture(number: int, **values: Any) -> MediaFile:
    key = f"{number:040x}"
    return MediaFile(key, f"Chapeau d'été {number}.png", "image/png", PIXEL + bytes([number]), **values)


def sent(shop: Shopify, *files: MediaFile) -> list[ImageDocument]:
    results = shop.push_media(files)
    assert all(result.ok for result in results), results
    return [
        ImageDocument(result.external_id, result.url, file.alt, file.key)
        for file, result in zip(files, results, strict=True)
    ]


def test_a_picture_is_sent_once_and_found_by_its_content(shopify: Shopify) -> None:
    shopify.transport.calls = 0
    (first,) = shopify.push_media([picture(1, alt="A hat")])
    assert first.ok and first.external_id and is_ours(first.url)
    assert shopify.transport.calls == 4, "a look, where to, the upload, and making it the shop's"
    fetched = shopify.transport.request("GET", first.url).body
    assert fetched == PIXEL + bytes([1])
    shopify.transport.calls = 0
    again, other = shopify.push_media([picture(1), picture(2)])
    assert again.external_id == first.external_id != other.external_id
    assert shopify.transport.calls == 4
    assert len(ask(shopify, "{ files(first: 9) { nodes { id } } }")["files"]["nodes"]) == 2


def test_names_fit_and_say_what_the_merchant_called_them() -> None:
    found = file_name(picture(1))
    assert found == f"Chapeau-d-ete-1-odoo-{1:040x}.png" and is_ours(f"https://cdn/x/{found}?v=1")
    odd = MediaFile("not a checksum", "été", "image/png", b"")
    assert file_name(odd).startswith("ete-odoo-") and file_name(odd).endswith(".bin")
    assert not is_ours("https://cdn/x/odoo.png")


def test_many_files_take_few_calls(shopify: Shopify) -> None:
    files = [picture(number) for number in range(20)]
    shopify.transport.calls = 0
    assert len({image.external_id for image in sent(shopify, *files)}) == 20
    assert shopify.transport.calls == 3 + 20
    shopify.transport.calls = 0
    sent(shopify, *files)
    assert shopify.transport.calls == 1


def test_nobody_waits_for_a_picture_that_is_worked_on(shopify: Shopify) -> None:
    """It goes by its id: that its address comes later is no change of the product."""
    settings(shopify, media_seconds=3600)
    (image,) = sent(shopify, picture(1, alt="Hat"))
    assert image.url == ""
    shown = pushed(shopify, simple(1, images=(image,)))
    (before,) = shown.images
    settings(shopify, media_seconds=0)
    control(shopify, "POST", "clock", {"advance": 7200})
    (after,) = read(shopify, shown.product_id).images
    assert after.url and (before.external_id, before.key, before.alt) == (after.external_id, after.key, "Hat")


def test_a_document_is_asked_for_again_until_it_has_an_address(shopify: Shopify) -> None:
    sheet = MediaFile("f" * 40, "Notice.pdf", "application/pdf", b"%PDF-1.7 x")
    settings(shopify, media_seconds=3600)
    (early,) = shopify.push_media([sheet])
    assert early.refusal and (early.refusal.code, early.refusal.retry) == ("processing", True)
    control(shopify, "POST", "clock", {"advance": 7200})
    (late,) = shopify.push_media([sheet])
    assert late.ok and late.url.split("?")[0].endswith(".pdf")
    video = MediaFile("e" * 40, "film.mp4", "video/mp4", b"\x00\x00mp4")
    settings(shopify, media_seconds=0)
    assert shopify.push_media([video])[0].url.split("?")[0].endswith(".mp4")


def test_pictures_are_shown_in_their_order_and_the_merchants_own_stay(shopify: Shopify) -> None:
    one, two, three = sent(shopify, picture(1, alt="One"), picture(2, alt="Two"), picture(3, alt="Three"))
    shown = pushed(shopify, simple(1, images=(one, two)))
    assert [image.alt for image in shown.images] == ["One", "Two"]
    ask(
        shopify,
        "mutation($id: ID!, $m: [CreateMediaInput!]!) { productUpdate(product: {id: $id}, media: $m)"
        " { userErrors { message } } }",
        id=f"gid://shopify/Product/{shown.product_id}",
        m=[
            {"originalSource": "https://example.com/own.png", "mediaContentType": "IMAGE", "alt": "Own"},
            {"originalSource": "https://youtu.be/x", "mediaContentType": "EXTERNAL_VIDEO", "alt": "Film"},
        ],
    )
    renamed = replace(two, alt="Second")
    after = pushed(shopify, changed(shown, images=(three, renamed)))
    assert [image.alt for image in after.images] == ["Three", "Second", "Own"]
    kinds = "query($id: ID!) { product(id: $id) { media(first: 9) { nodes { mediaContentType } } } }"
    media = ask(shopify, kinds, id=f"gid://shopify/Product/{shown.product_id}")["product"]["media"]["nodes"]
    assert [row["mediaContentType"] for row in media] == ["IMAGE", "IMAGE", "IMAGE", "EXTERNAL_VIDEO"]
    shopify.transport.calls = 0
    pushed(shopify, changed(after, images=(three, renamed)))
    assert shopify.transport.calls <= 2, "nothing to say, a look and the reading of this test"


def test_each_variant_has_its_picture(shopify: Shopify) -> None:
    red, blue, green = sent(shopify, picture(1), picture(2), picture(3))
    change = shirts(["Red", "Blue"])
    told = tuple(
        replace(offer, document=replace(offer.document, image=image))
        for offer, image in zip(change.offers, (red, blue), strict=True)
    )
    shown = pushed(shopify, ListingChange(change.key, change.document, change.fields, told))
    pictures = {offer.sku: offer.image and offer.image.external_id for offer in shown.offers}
    assert pictures == {"Shirt-Red": red.external_id, "Shirt-Blue": blue.external_id}
    offer = OfferChange("r", replace(shown.offers[0], image=green), frozenset({"image"}))
    after = pushed(shopify, changed(shown, offers=(offer,)))
    assert [offer.image and offer.image.external_id for offer in after.offers] == [green.external_id, blue.external_id]
    assert {image.external_id for image in after.images} == {red.external_id, blue.external_id, green.external_id}


def test_a_picture_by_its_address(shopify: Shopify) -> None:
    """Where nothing can be uploaded Shopify fetches it; its id is learned from the answer, by its place."""
    images = (
        ImageDocument("", "https://example.com/1.png", "One", "k1"),
        ImageDocument("", "https://example.com/2.png"),
    )
    (result,) = shopify.push_listings([simple(1, images=images)])
    shown = shopify.parse_listing(result.raw or {}).images
    assert [image.alt for image in shown] == ["One", ""] and all(image.external_id for image in shown)


def test_one_file_that_is_refused_keeps_none_of_the_others_back(shopify: Shopify) -> None:
    files = [picture(1), picture(2, alt="x" * 600), picture(3)]
    good, bad, fine = shopify.push_media(files)
    assert good.ok and fine.ok
    assert bad.refusal and bad.refusal.code == "alt_value_limit_exceeded" and not bad.refusal.retry


def test_an_upload_that_fails_is_tried_again_later(shopify: Shopify) -> None:
    strike(shopify, {"kind": "status", "status": 503, "path": "*/staged/*", "times": 9})
    (result,) = shopify.push_media([picture(1)])
    assert result.refusal and result.refusal.retry
    control(shopify, "DELETE", "faults")
    assert shopify.push_media([picture(1)])[0].ok
    strike(shopify, {"kind": "status", "status": 503, "times": 9})
    shopify.transport.retries = 0
    with pytest.raises(PlatformError):
        shopify.push_media([picture(9)])
