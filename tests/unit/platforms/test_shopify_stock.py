"""Stock told to Shopify over HTTP: by location, 250 a call, never over what the shop sold meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from shopify_shop import ask, control, many, pushed, read, strike
from woo_products import shirts, simple

from platforms.base import PlatformError
from platforms.shopify import Shopify
from platforms.stock import StockChange, StockState

POLICY = "query($id: ID!) { productVariant(id: $id) { inventoryPolicy inventoryItem { tracked } } }"


@pytest.fixture
def paris(shopify: Shopify) -> str:
    return next(place.code for place in shopify.read_locations() if "Paris" in place.name)


@pytest.fixture
def lyon(shopify: Shopify) -> str:
    return next(place.code for place in shopify.read_locations() if "Lyon" in place.name)


def offers(shop: Shopify, product_id: str) -> list[tuple[str, str]]:
    return [(product_id, offer.variant_id) for offer in read(shop, product_id).offers]


def shown(shop: Shopify) -> dict[tuple[str, str], int | None]:
    """Quantities by variant and location, read page by page."""
    found: dict[tuple[str, str], int | None] = {}
    cursor = ""
    while True:
        page = shop.read_stock(cursor)
        found |= {(state.variant_id, state.location): state.quantity for state in page.states}
        cursor = page.next
        if not cursor:
            return found


def test_a_new_product_is_counted_from_its_first_figure_on(shopify: Shopify, paris: str, lyon: str) -> None:
    """Neither counted nor kept at the second location before, it is both after one push."""
    listing = pushed(shopify, shirts(["S", "M"]))
    (product, small), (_product, medium) = offers(shopify, listing.product_id)
    assert all(quantity is None for quantity in shown(shopify).values())
    shopify.transport.calls = 0
    results = shopify.push_stock(
        [
            StockChange("1", product, small, 5, keep_selling=False, location=paris),
            StockChange("2", product, small, 3, keep_selling=False, location=lyon),
            StockChange("3", product, medium, 7, keep_selling=True, location=lyon),
        ]
    )
    assert shopify.transport.calls == 4, "a look, one for both variants, one for both activations, one for all figures"
    assert [(result.ok, result.shown) for result in results] == [(True, 5), (True, 3), (True, 7)]
    found = shown(shopify)
    assert (found[small, paris], found[small, lyon], found[medium, lyon]) == (5, 3, 7)
    told = [ask(shopify, POLICY, id=f"gid://shopify/ProductVariant/{key}") for key in (small, medium)]
    assert [row["productVariant"]["inventoryPolicy"] for row in told] == ["DENY", "CONTINUE"]


def test_the_primary_location_comes_first(shopify: Shopify) -> None:
    """Whoever tells locations not apart tells it all to that one."""
    assert [place.name for place in shopify.read_locations()] == ["Entrepôt Paris", "Entrepôt Lyon"]


def test_a_shop_whose_places_are_all_one(shopify: Shopify) -> None:
    """Without locations it is the primary one that is told, and that is compared."""
    listing = pushed(shopify, simple(1))
    ((product, variant),) = offers(shopify, listing.product_id)
    assert shopify.push_stock([StockChange("1", product, variant, 4)])[0].shown == 4
    assert shown(shopify)[variant, ""] == 4


def test_what_the_shop_sold_meanwhile_is_not_told_over(shopify: Shopify, paris: str) -> None:
    made = control(shopify, "POST", "shopify/products", {"sku": "MUG", "name": "Mug", "price": "9.00", "quantity": 10})
    product, variant = made["product_id"], made["variant_id"]

    def tell(quantity: int, seen: int | None) -> Any:
        (result,) = shopify.push_stock([StockChange("1", product, variant, quantity, location=paris, seen=seen)])
        return result

    assert tell(12, 10).ok
    control(shopify, "POST", "shopify/orders", {"lines": [{"sku": "MUG", "quantity": 2}]})
    stale = tell(15, 12)
    assert (stale.refusal.code, stale.refusal.retry, stale.shown) == ("changed", True, 10)
    assert shown(shopify)[variant, paris] == 10, "nothing was written"
    # The order has come in: what is to be shown is what the shop shows by itself.
    shopify.transport.calls = 0
    assert tell(10, 12).ok and shopify.transport.calls == 1
    assert tell(15, 10).ok and tell(16, None).ok and shown(shopify)[variant, paris] == 16


def test_a_sale_between_the_look_and_the_telling(shopify: Shopify, paris: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shopify compares too, and takes nothing of a call of which one figure is stale: the others go once more."""
    made = [
        control(shopify, "POST", "shopify/products", {"sku": sku, "name": sku, "price": "9.00", "quantity": 10})
        for sku in ("A", "B", "C")
    ]
    changes = [
        StockChange(str(place), row["product_id"], row["variant_id"], 20 + place, location=paris, seen=10)
        for place, row in enumerate(made)
    ]
    execute = shopify.client.execute

    def selling(operation: Any, *args: Any, **options: Any) -> Any:
        if operation.name == "InventorySetQuantities" and not sold:
            sold.append(control(shopify, "POST", "shopify/orders", {"lines": [{"sku": "B", "quantity": 1}]}))
        return execute(operation, *args, **options)

    sold: list[Any] = []
    monkeypatch.setattr(shopify.client, "execute", selling)
    first, second, third = shopify.push_stock(changes)
    assert first.ok and third.ok
    assert second.refusal and (second.refusal.code, second.shown) == ("changed", 9)
    found = shown(shopify)
    assert [found[row["variant_id"], paris] for row in made] == [20, 9, 22]


def test_one_that_is_gone_keeps_none_of_the_others_back(shopify: Shopify, paris: str) -> None:
    listing = pushed(shopify, simple(1))
    ((product, variant),) = offers(shopify, listing.product_id)
    results = shopify.push_stock(
        [
            StockChange("1", product, "999", 1, location=paris),
            StockChange("2", product, variant, 2, location=paris),
            StockChange("3", product, "", 3, location=paris),
            StockChange("4", product, variant, 4, location="77"),
        ]
    )
    codes = [result.refusal.code if result.refusal else "" for result in results]
    assert codes[:3] == ["not_found", "", "not_found"] and codes[3]
    assert shown(shopify)[variant, paris] == 2


def test_telling_twice_and_lost_answers_do_no_harm(shopify: Shopify, paris: str) -> None:
    listing = pushed(shopify, simple(1))
    ((product, variant),) = offers(shopify, listing.product_id)
    change = StockChange("1", product, variant, 6, keep_selling=True, location=paris)
    assert shopify.push_stock([change])[0].ok
    shopify.transport.calls = 0
    assert shopify.push_stock([change])[0].ok
    assert shopify.transport.calls == 1, "the look alone"
    strike(shopify, {"kind": "lost_answer", "times": 1})
    again = StockChange("1", product, variant, 8, location=paris, seen=6)
    assert shopify.push_stock([again])[0].ok
    assert shown(shopify)[variant, paris] == 8


def test_a_shop_that_fails_raises_while_nothing_was_written(shopify: Shopify, paris: str) -> None:
    listing = pushed(shopify, simple(1))
    ((product, variant),) = offers(shopify, listing.product_id)
    shopify.transport.retries = 0
    strike(shopify, {"kind": "status", "status": 503, "times": 5})
    with pytest.raises(PlatformError):
        shopify.push_stock([StockChange("1", product, variant, 1, location=paris)])


def test_calls_for_a_thousand_changes(shopify: Shopify, paris: str) -> None:
    ids = many(shopify, 20, 50)
    variants = [pair for raw in map(shopify.parse_listing, shopify.read_listings(ids)) for pair in _pairs(raw)]
    changes = [
        StockChange(str(place), product, variant, place % 90, location=paris)
        for place, (product, variant) in enumerate(variants)
    ]
    assert len(changes) == 1000
    shopify.transport.calls = 0
    results = shopify.push_stock(changes)
    assert shopify.transport.calls == 8, "four looks, four times 250 figures"
    assert all(result.ok for result in results)
    shopify.transport.calls = 0
    found = shown(shopify)
    assert shopify.transport.calls == 4
    assert [found[variant, paris] for _product, variant in variants] == [place % 90 for place in range(1000)]


def _pairs(listing: Any) -> list[tuple[str, str]]:
    return [(listing.product_id, offer.variant_id) for offer in listing.offers]


def test_many_locations_are_read_whole(shopify: Shopify) -> None:
    for number in range(24):
        control(shopify, "POST", "shopify/locations", {"name": f"Shop {number}", "code": f"S{number}"})
    control(shopify, "POST", "shopify/products/many", {"count": 1, "stock": 5})
    places = shopify.read_locations()
    assert len(places) == 26 and all(place.active and place.name for place in places)
    listing = pushed(shopify, simple(1))
    ((product, variant),) = offers(shopify, listing.product_id)
    changes = [StockChange(place.code, product, variant, 1, location=place.code) for place in places]
    assert all(result.ok for result in shopify.push_stock(changes))
    states = [state for state in shopify.read_stock().states if state.variant_id == variant]
    assert len(states) == 27, "one for each location, and the primary one for a shop whose places are one"
    assert StockState(product, variant, 1, places[0].code) in states
