"""Publishing to a shop: few calls, exact figures, nothing dropped, and one refusal that stops nobody else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from local_servers import Answer, Request, serving
from woo_products import PRODUCTS, batches, shirts, simple, strike, update

from platforms.catalogue import (
    VARIANTS_KEY,
    ListingKind,
    ListingState,
)
from platforms.errors import PlatformError
from platforms.publishing import ListingChange
from platforms.transport import Transport
from platforms.woocommerce import WooCommerce


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
