"""Reading a WooCommerce catalogue: in few calls, whole, and with everything that sells."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from platforms.catalogue import VARIANTS_KEY, WEIGHT_UNIT_KEY, ListingKind, ListingState
from platforms.transport import Transport
from platforms.woocommerce import WooCommerce


def whole(platform: WooCommerce) -> list[dict[str, Any]]:
    raws, cursor = [], ""
    while True:
        page = platform.read_catalogue(cursor)
        raws += page.raws
        cursor = page.next
        if not cursor:
            assert page.total == len(raws)
            return raws


def test_a_large_catalogue_is_read_by_the_hundred(platform: WooCommerce, transport: Transport) -> None:
    base = platform.url
    transport.request("POST", f"{base}/sandbox/products/many", json={"count": 250, "variants": 3}, idempotent=True)
    transport.calls = 0
    raws = whole(platform)
    assert len(raws) == 250
    assert all(len(raw[VARIANTS_KEY]) == 3 for raw in raws)
    # The weights' unit, three pages of products, and for each page its variations by the hundred.
    assert transport.calls == 1 + 3 + 3 + 3 + 2
    listing = platform.parse_listing(raws[0])
    assert listing.kind == ListingKind.VARIABLE and listing.state == ListingState.ON
    assert [(offer.sku, [option.value for option in offer.options]) for offer in listing.offers] == [
        ("BULK-000001-XS", ["XS"]),
        ("BULK-000001-S", ["S"]),
        ("BULK-000001-M", ["M"]),
    ]
    assert {offer.weight for offer in listing.offers} == {Decimal("0.25")}


def test_a_shop_without_the_list_of_all_variations_is_asked_product_by_product(
    platform: WooCommerce,
    transport: Transport,
) -> None:
    base = platform.url
    transport.request("POST", f"{base}/sandbox/products/many", json={"count": 2, "variants": 2}, idempotent=True)
    body = {"code": "rest_no_route", "message": "No route was found", "data": {"status": 404}}
    fault = {"kind": "status", "status": 404, "path": "/wp-json/wc/v3/variations", "times": 1, "body": body}
    transport.request("POST", f"{base}/sandbox/faults", json=fault, idempotent=True)
    assert [len(raw[VARIANTS_KEY]) for raw in whole(platform)] == [2, 2]


def test_weights_are_kilograms_whatever_the_shop_weighs_in(platform: WooCommerce, transport: Transport) -> None:
    platform.client.put("settings/products/woocommerce_weight_unit", {"value": "g"})
    platform.client.post("products", {"name": "Tea", "sku": "TEA", "weight": "125", "regular_price": "4.00"})
    (raw,) = whole(platform)
    assert platform.parse_listing(raw).offers[0].weight == Decimal("0.125")


@pytest.fixture
def shirt(contracts: Path) -> dict[str, Any]:
    """The recorded T-shirt with its five variations, one of which stands for any colour."""

    def body(name: str) -> Any:
        return json.loads((contracts / "woocommerce" / "recordings" / f"{name}.json").read_text())["body"]

    return body("17_product_variable_get") | {VARIANTS_KEY: body("44_global_variations"), WEIGHT_UNIT_KEY: "kg"}


def test_a_recorded_product_with_variations(shirt: dict[str, Any]) -> None:
    listing = WooCommerce.parse_listing(shirt)
    offers = {offer.sku: offer for offer in listing.offers}
    assert listing.kind == ListingKind.VARIABLE and listing.sku == "TS"
    assert [(option.attribute, option.value) for option in offers["TS-M-Blue"].options] == [
        ("Size", "M"),
        ("Color", "Blue"),
    ]
    assert offers["TS-M-Blue"].price == Decimal("20.00") and offers["TS-M-Blue"].complete
    assert not offers["TS-ANY"].complete
    assert [term.name for term in listing.categories] == ["Uncategorized"]


def test_what_cannot_be_read_names_the_product_the_variation_and_the_field(shirt: dict[str, Any]) -> None:
    shirt[VARIANTS_KEY] = [shirt[VARIANTS_KEY][0] | {"regular_price": "13,5"}]
    with pytest.raises(ValueError, match=r"product 11: variation 16: regular_price: '13,5' is no number"):
        WooCommerce.parse_listing(shirt)
    with pytest.raises(ValueError, match="this is no product"):
        WooCommerce.parse_listing({})
