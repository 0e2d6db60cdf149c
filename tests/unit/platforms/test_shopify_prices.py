"""Prices of groups of customers on Shopify: price lists and catalogs, by 250, and by quantity."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from shopify_shop import ask, changed, control, many, pushed, read
from woo_products import shirts, simple

from platforms.catalogue import PriceDocument
from platforms.publishing import OfferChange
from platforms.shopify import Shopify


def price_list(shop: Shopify, name: str = "Pros", currency: str = "EUR", catalog: str = "Professionnels") -> int:
    made = control(shop, "POST", "shopify/price-lists", {"name": name, "currency": currency, "catalog": catalog})
    return int(made["id"])


def fixed(shop: Shopify, number: int) -> dict[str, str]:
    """Prices by the variants' ids."""
    text = "query($id: ID!) { priceList(id: $id) { prices(first: 250) { nodes { price { amount } variant { id } } } } }"
    rows = ask(shop, text, id=f"gid://shopify/PriceList/{number}")["priceList"]["prices"]["nodes"]
    return {row["variant"]["id"].rpartition("/")[2]: row["price"]["amount"] for row in rows}


def told(offer: Any, *prices: PriceDocument, key: str = "o") -> OfferChange:
    return OfferChange(key, replace(offer, prices=prices), frozenset({"prices"}))


def test_a_group_goes_by_its_price_list_or_catalog(shopify: Shopify) -> None:
    pros, club = price_list(shopify), price_list(shopify, "Club", catalog="Fidèles")
    trade = PriceDocument(Decimal("8.5"), group="professionnels")
    loyal = PriceDocument(Decimal("9.25"), group="Club")
    shown = pushed(shopify, simple(1, prices=(trade, loyal)))
    variant = shown.offers[0].variant_id
    assert {key: Decimal(value) for key, value in fixed(shopify, pros).items()} == {variant: Decimal("8.5")}
    assert {key: Decimal(value) for key, value in fixed(shopify, club).items()} == {variant: Decimal("9.25")}
    pushed_again = changed(shown, offers=(told(shown.offers[0], PriceDocument(Decimal(7), group=str(pros))),))
    assert shopify.push_listings([pushed_again])[0].ok
    assert Decimal(fixed(shopify, pros)[variant]) == 7
    assert shown.offers[0].price == Decimal("13.5"), "the usual price is another matter"


def test_prices_by_quantity(shopify: Shopify) -> None:
    number = price_list(shopify)
    shown = pushed(shopify, simple(1))
    prices = [
        PriceDocument(Decimal(price), Decimal(count), "Pros") for price, count in (("9", 1), ("8", 10), ("7", 50))
    ]
    everybody = PriceDocument(Decimal(12), Decimal(5))
    (result,) = shopify.push_listings([changed(shown, offers=(told(shown.offers[0], *prices, everybody),))])
    assert result.ok, result.offers
    assert [Decimal(price) for price in fixed(shopify, number).values()] == [Decimal(9)]


def test_a_group_that_the_shop_lacks_and_another_currency_are_said(shopify: Shopify) -> None:
    price_list(shopify, "Export", "USD", "Export")
    shown = pushed(shopify, shirts(["S", "M", "L"]))
    small, medium, large = shown.offers
    price_list(shopify)
    offers = (
        told(small, PriceDocument(Decimal(9), group="Nobody"), key="s"),
        told(medium, PriceDocument(Decimal(9), group="Export"), key="m"),
        told(large, PriceDocument(Decimal(9), group="Pros"), key="l"),
    )
    (result,) = shopify.push_listings([changed(shown, offers=offers)])
    assert {key: refusal.code for key, refusal in result.offers.items()} == {
        "s": "unknown_group",
        "m": "wrong_currency",
    }
    assert all(refusal.field == "prices" for refusal in result.offers.values())
    assert "Export" in result.offers["m"].message and "USD" in result.offers["m"].message


def test_a_variant_that_is_gone_keeps_none_of_the_others_back(shopify: Shopify) -> None:
    number = price_list(shopify)
    shown = pushed(shopify, shirts(["S", "M"]))
    small, medium = shown.offers
    price = PriceDocument(Decimal(9), group="Pros")
    offers = (told(replace(small, variant_id="99"), price, key="s"), told(medium, price, key="m"))
    (result,) = shopify.push_listings([changed(shown, offers=offers)])
    assert set(result.offers) == {"s"}
    assert list(fixed(shopify, number)) == [medium.variant_id]


def test_calls_for_a_thousand_prices(shopify: Shopify) -> None:
    price_list(shopify)
    ids = many(shopify, 10, 50)
    changes = []
    for product_id in ids:
        shown = read(shopify, product_id)
        price = PriceDocument(Decimal("4.90"), group="Pros")
        offers = tuple(told(offer, price, key=offer.variant_id) for offer in shown.offers)
        changes.append(changed(shown, offers=offers))
    shopify.transport.calls = 0
    results = shopify.push_listings(changes)
    assert all(result.ok for result in results)
    assert shopify.transport.calls == 3, "what the shop has, and 250 prices a call"
