"""Pictures and documents of a PrestaShop: each sent once, to its product, and looked for when an answer is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from presta_shop import calls, many, pushed, strike
from woo_products import PIXEL, shirts, simple, update

from platforms.catalogue import ImageDocument
from platforms.errors import PlatformError
from platforms.prestashop import PrestaShop
from platforms.publishing import ListingChange, MediaFile, OfferChange

POST = "/prestashop/api/images/products/*"


def picture(product_id: str, number: int = 1, **values: Any) -> MediaFile:
    return MediaFile(f"key{number}", f"Été {number}.png", "image/png", PIXEL, product_id=product_id, **values)


def document(product_id: str, key: str = "doc") -> MediaFile:
    return MediaFile(key, "Notice d'emploi.pdf", "application/pdf", b"%PDF-1.4 notice", product_id=product_id)


def images_of(shop: PrestaShop, product_id: str) -> list[str]:
    return [row["id"] for row in shop.client.get("products", product_id)["associations"]["images"]]


def test_a_picture_is_sent_to_its_product_and_seen_by_anybody(presta: PrestaShop) -> None:
    (key,) = many(presta, 1)
    first, second = presta.push_media([picture(key), picture(key, 2)])
    assert first.ok and second.ok and images_of(presta, key) == [first.external_id, second.external_id]
    assert presta.transport.request("GET", first.url).body == PIXEL
    assert calls(presta, "images*", "POST") == 2 and calls(presta, "products", "GET") == 1
    (raw,) = presta.read_listings([key])
    assert [image.url for image in presta.parse_listing(raw).images] == [first.url, second.url]
    assert raw["id_default_image"] == first.external_id, "the first is the cover"


def test_two_products_are_each_sent_the_same_picture(presta: PrestaShop) -> None:
    assert presta.capabilities.media_of_product
    one, two = many(presta, 2)
    results = presta.push_media([picture(one), picture(two)])
    assert results[0].external_id != results[1].external_id
    assert (images_of(presta, one), images_of(presta, two)) == ([results[0].external_id], [results[1].external_id])


def test_a_damaged_picture_leaves_nothing_behind(presta: PrestaShop) -> None:
    """The shop answers 500 with an empty body, and has a record without a file (observed on 8.1.2)."""
    (key,) = many(presta, 1)
    good, bad = presta.push_media([picture(key), replace(picture(key, 2), content=PIXEL[:-12])])
    assert good.ok and bad.refusal and bad.refusal.code == "image_refused" and not bad.refusal.retry
    assert images_of(presta, key) == [good.external_id]
    (other,) = presta.push_media([replace(picture(key, 3), content=b"no picture at all")])
    assert other.refusal and not other.refusal.retry and "not recognized" in other.refusal.message
    assert images_of(presta, key) == [good.external_id]


def test_a_picture_whose_answer_was_lost_is_found_at_once(presta: PrestaShop) -> None:
    (key,) = many(presta, 1)
    strike(presta, {"kind": "lost_answer", "method": "POST", "path": POST, "times": 1})
    first, second = presta.push_media([picture(key), picture(key, 2)])
    assert first.ok and second.ok and images_of(presta, key) == [first.external_id, second.external_id]
    assert calls(presta, "images*", "POST") == 2, "not sent again"


def test_a_picture_in_doubt_is_found_by_the_next_run(presta: PrestaShop, monkeypatch: pytest.MonkeyPatch) -> None:
    (key,) = many(presta, 1)
    (mine,) = presta.push_media([picture(key)])
    there = presta.catalogue.plain([key])

    def looks() -> Iterator[list[dict[str, Any]]]:
        yield there
        raise PlatformError("shop_error", "down", status=503, retry=True)

    look = looks()
    monkeypatch.setattr(presta.catalogue, "plain", lambda ids: next(look))
    strike(presta, {"kind": "lost_answer", "method": "POST", "path": POST, "times": 1})
    (lost,) = presta.push_media([picture(key, 2)])
    assert lost.refusal and lost.refusal.in_doubt and lost.refusal.retry
    monkeypatch.undo()
    (found,) = presta.push_media([picture(key, 2, known=(mine.external_id,))])
    assert found.ok and images_of(presta, key) == [mine.external_id, found.external_id]
    assert calls(presta, "images*", "POST") == 2, "not sent again"
    (new,) = presta.push_media([picture(key, 3, known=(mine.external_id, found.external_id))])
    assert new.ok and len(images_of(presta, key)) == 3, "what never arrived is sent"


def test_a_product_that_is_gone_refuses_its_own_files_only(presta: PrestaShop) -> None:
    (key,) = many(presta, 1)
    gone, there = presta.push_media([picture("999"), picture(key)])
    assert gone.refusal and gone.refusal.code == "not_found" and there.ok


def test_the_order_of_pictures_and_those_no_longer_wanted(presta: PrestaShop) -> None:
    listing, _raw = pushed(presta, simple(1))
    key = listing.product_id
    results = presta.push_media([picture(key, number) for number in range(3)])
    ids = [result.external_id for result in results]
    images = [ImageDocument(result.external_id, result.url) for result in results]
    found, raw = pushed(presta, update(simple(1), key, "images", images=(images[2], images[0], images[1])))
    assert raw["id_default_image"] == ids[2]
    assert [image.external_id for image in found.images] == [ids[2], ids[0], ids[1]]
    found, raw = pushed(presta, update(simple(1), key, "images", images=(images[0],)))
    assert images_of(presta, key) == [ids[0]] and raw["id_default_image"] == ids[0]
    unsent = ImageDocument("", "https://odoo.example/new.png", key="new")
    assert presta.push_listings([update(simple(1), key, "images", images=(unsent,))])[0].ok
    assert images_of(presta, key) == [ids[0]], "nothing is taken away before the new one is there"


def test_a_combinations_picture_is_one_of_its_products(presta: PrestaShop) -> None:
    change = shirts("SM")
    (result,) = presta.push_listings([change])
    key = result.product_id
    cover, small = presta.push_media([picture(key), picture(key, 2)])
    images = (ImageDocument(cover.external_id, cover.url),)
    offer = replace(
        change.document.offers[0],
        variant_id=result.variants["Shirt-S"],
        image=ImageDocument(small.external_id, small.url),
    )
    told = (OfferChange("Shirt-S", offer, frozenset({"image"})),)
    later = replace(change.document, product_id=key, images=images, offers=(offer,))
    found, _raw = pushed(presta, ListingChange(change.key, later, frozenset({"images"}), told))
    assert [one.image.external_id if one.image else "" for one in found.offers] == [small.external_id, ""]
    assert images_of(presta, key) == [cover.external_id, small.external_id], "what a combination shows stays"


def test_documents_are_attached_once(presta: PrestaShop) -> None:
    one, two = many(presta, 2)
    first, second = presta.push_media([document(one), document(two)])
    assert (
        first.ok
        and first.external_id == second.external_id
        and first.url.endswith(f"id_attachment={first.external_id}")
    )
    (row,) = presta.client.pages("attachments")
    assert row["file_name"].startswith("Notice-d-emploi-") and row["file_name"].endswith(".pdf")
    assert row["name"]["1"] == "Notice d'emploi"
    for key in (one, two):
        assert presta.client.get("products", key)["associations"]["attachments"] == [{"id": first.external_id}]
    other = document(one, "other")
    results = presta.push_media([document(one), other])
    assert results[0].external_id == first.external_id and results[1].external_id != first.external_id
    assert calls(presta, "attachments/file", "POST") == 2
    attached = presta.client.get("products", one)["associations"]["attachments"]
    assert [row["id"] for row in attached] == [result.external_id for result in results]
