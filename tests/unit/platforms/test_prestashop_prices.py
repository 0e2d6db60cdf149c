"""Promotions and tariffs of a PrestaShop: specific prices, read and written without touching the shopkeeper's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from presta_shop import calls, control, many, pushed
from woo_products import shirts, simple, update

from platforms.catalogue import ListingDocument, PriceDocument
from platforms.prestashop import PrestaShop, prices
from platforms.publishing import ListingChange, OfferChange
from platforms.stock import StockChange

START = datetime(2026, 11, 27, 7, 0, tzinfo=timezone.utc)
END = datetime(2026, 11, 30, 22, 59, 59, tzinfo=timezone.utc)
ROW = {"id_product_attribute": "0", "price": "-1.000000", "reduction_tax": "0", "from_quantity": "1"}


def change_offer(change: ListingChange, product_id: str, *fields: str, **values: Any) -> ListingChange:
    offer = replace(change.document.offers[0], **values)
    document = replace(change.document, product_id=product_id, offers=(offer,))
    told = (OfferChange(change.offers[0].key, offer, frozenset(fields)),)
    return ListingChange(change.key, document, frozenset(), told)


def rows(shop: PrestaShop) -> list[dict[str, str]]:
    return list(shop.client.pages("specific_prices"))


def test_a_promotion_with_dates_in_the_shops_own_time(presta: PrestaShop) -> None:
    change = simple(1, sale_price=Decimal("9.90"), sale_from=START, sale_to=END)
    listing, _raw = pushed(presta, change)
    (row,) = rows(presta)
    assert (row["price"], row["reduction"], row["reduction_type"]) == ("-1.000000", "3.600000", "amount")
    assert (row["from"], row["to"]) == ("2026-11-27 08:00:00", "2026-11-30 23:59:59"), "Paris"
    offer = listing.offers[0]
    assert (offer.price, offer.sale_price) == (Decimal("13.5"), Decimal("9.9"))
    assert (offer.sale_from, offer.sale_to) == (START, END)


def test_a_promotion_is_changed_in_its_place_and_ended(presta: PrestaShop) -> None:
    change = simple(1, sale_price=Decimal("9.90"))
    listing, _raw = pushed(presta, change)
    (before,) = rows(presta)
    later = change_offer(change, listing.product_id, "price", price=Decimal(15))
    found, _raw = pushed(presta, later)
    (after,) = rows(presta)
    assert after["id"] == before["id"] and after["reduction"] == "5.100000", "another price, the same promotion"
    assert found.offers[0].sale_price == Decimal("9.9")
    ended = change_offer(change, listing.product_id, "sale_price", price=Decimal(15), sale_price=None)
    found, _raw = pushed(presta, ended)
    assert rows(presta) == [] and found.offers[0].sale_price is None


def test_what_is_as_wanted_is_not_told_again(presta: PrestaShop) -> None:
    change = simple(1, sale_price=Decimal("9.90"), sale_from=START)
    listing, _raw = pushed(presta, change)
    pushed(presta, change_offer(change, listing.product_id, "sale_price", "sale_from", "sale_to"))
    assert calls(presta, "specific_prices*", "POST") == 1 and calls(presta, "specific_prices*", "PATCH") == 0


def test_tariffs_by_group_and_quantity(presta: PrestaShop) -> None:
    group = presta.client.post("groups", {"name": {"1": "Revendeurs", "2": "Resellers"}, "price_display_method": "1"})
    tariffs = (
        PriceDocument(Decimal("12"), Decimal(10)),
        PriceDocument(Decimal("11"), Decimal(1), "Revendeurs"),
        PriceDocument(Decimal("10.5"), Decimal(20), "Revendeurs"),
    )
    listing, _raw = pushed(presta, simple(1, prices=tariffs))
    assert listing.offers[0].prices == tariffs
    (row,) = (row for row in rows(presta) if row["from_quantity"] == "20")
    assert (row["id_group"], row["price"], row["reduction"]) == (group["id"], "10.500000", "0.000000")
    kept = tariffs[1:]
    found, _raw = pushed(presta, change_offer(simple(1), listing.product_id, "prices", prices=kept))
    assert found.offers[0].prices == kept
    assert calls(presta, "specific_prices*", "DELETE") == 1 and calls(presta, "specific_prices", "PATCH") == 0


def test_an_unknown_group_of_customers_is_said_so(presta: PrestaShop) -> None:
    tariff = (PriceDocument(Decimal(9), Decimal(1), "Nobody"),)
    (result,) = presta.push_listings([simple(1, prices=tariff)])
    assert result.product_id and result.refusal is None
    refusal = result.offers["o1"]
    assert refusal.code == "unknown_group" and "Nobody" in refusal.message


def test_the_shopkeepers_own_prices_are_left_alone(presta: PrestaShop) -> None:
    listing, _raw = pushed(presta, simple(1, sale_price=Decimal(9)))
    blank = {"id_shop": "0", "id_cart": "0", "id_currency": "0", "id_country": "0", "id_group": "0"}
    own = {"id_product": listing.product_id, "id_customer": "5", "from_quantity": "1", "price": "5", **blank}
    own |= {
        "reduction": "0",
        "reduction_tax": "0",
        "reduction_type": "amount",
        "from": prices.NEVER,
        "to": prices.NEVER,
    }
    mine = presta.client.post("specific_prices", own)
    found, _raw = pushed(
        presta, change_offer(simple(1), listing.product_id, "sale_price", "prices", sale_price=None, prices=())
    )
    assert [row["id"] for row in rows(presta)] == [mine["id"]]
    assert found.offers[0].sale_price is None and found.offers[0].prices == ()


def test_variants_have_prices_of_their_own(presta: PrestaShop) -> None:
    change = shirts("SM")
    small, medium = change.document.offers
    offers = (replace(small, sale_price=Decimal(15)), replace(medium, price=Decimal(24)))
    told = tuple(OfferChange(one.key, offer, one.fields) for one, offer in zip(change.offers, offers, strict=True))
    change = replace(change, document=replace(change.document, offers=offers), offers=told)
    listing, _raw = pushed(presta, change)
    assert [(offer.price, offer.sale_price) for offer in listing.offers] == [(20, 15), (24, None)]
    (row,) = rows(presta)
    assert row["id_product_attribute"] == listing.offers[0].variant_id


def test_promotions_of_100_products_take_three_calls(presta: PrestaShop) -> None:
    ids = many(presta, 100)
    changes = [
        change_offer(simple(number), key, "sale_price", price=Decimal(10), sale_price=Decimal(8))
        for number, key in enumerate(ids)
    ]
    assert all(result.ok for result in presta.push_listings(changes))
    assert calls(presta, "specific_prices", "POST") == 1
    assert calls(presta, "specific_prices", "GET") == 2, "a look before and one after"


def test_a_reduction_with_tax_is_understood_by_the_shops_rate(presta: PrestaShop) -> None:
    """What the back office offers first; 2.40 with 20 % of tax are 2.00 without."""
    (key,) = many(presta, 1)
    blank = {"id_shop": "0", "id_cart": "0", "id_currency": "0", "id_country": "0", "id_group": "0", "id_customer": "0"}
    row = {"id_product": key, "from_quantity": "1", "price": "-1", "reduction": "2.4", "reduction_tax": "1", **blank}
    presta.client.post("specific_prices", row | {"reduction_type": "amount", "from": prices.NEVER, "to": prices.NEVER})
    (raw,) = presta.read_listings([key])
    assert presta.parse_listing(raw).offers[0].sale_price == Decimal(8)


def test_a_percentage_and_a_quantity() -> None:
    listed = [
        ROW | {"reduction": "0.250000", "reduction_type": "percentage"},
        ROW | {"reduction": "0.5", "reduction_type": "percentage", "from_quantity": "10"},
        ROW | {"reduction": "0.9", "reduction_type": "percentage", "id_country": "8"},
    ]
    asked, start, end = prices.sale_of(listed, Decimal(20), None, "Europe/Paris", "price")
    assert (asked, start, end) == (Decimal(15), None, None)
    assert prices.tariffs_of(listed, Decimal(20), None, {}, "price") == (PriceDocument(Decimal(10), Decimal(10)),)


@given(
    price=st.decimals("0.01", "99999", places=6),
    sale=st.decimals("0", "99999", places=6),
    tax=st.sampled_from([Decimal(20), Decimal("5.5"), Decimal("2.1")]),
)
def test_a_reduction_comes_back_as_the_price_that_was_told(price: Decimal, sale: Decimal, tax: Decimal) -> None:
    row = ROW | {"reduction": f"{prices.round_six(price - sale):f}", "reduction_type": "amount"}
    if sale < price:
        assert prices.sale_of([row], price, tax, "", "price")[0] == sale


def test_clocks_go_back() -> None:
    """A promotion over the night in which the clocks change ends when it was told to."""
    moment = datetime(2026, 10, 25, 2, 30, tzinfo=timezone.utc)
    assert prices.local(moment, "Europe/Paris") == "2026-10-25 03:30:00"
    assert prices.moment("2026-10-25 03:30:00", "Europe/Paris", "from") == moment
    assert prices.moment("0000-00-00 00:00:00", "Europe/Paris", "from") is None
    with pytest.raises(ValueError, match="from"):
        prices.moment("tomorrow", "Europe/Paris", "from")


def told(listing: ListingDocument) -> list[Decimal | None]:
    return [offer.price for offer in listing.offers]


def test_six_decimals_are_kept(presta: PrestaShop) -> None:
    """9.99 with 20 % of tax: with two decimals the shop would ask 10.00."""
    listing, raw = pushed(presta, simple(1, price=Decimal("8.325")))
    assert raw["price"] == "8.325000" and told(listing) == [Decimal("8.325")]
    assert presta.capabilities.price_digits == 6
    again = update(simple(1), listing.product_id, "name")
    assert presta.push_listings([again])[0].ok
    assert control(presta, "GET", "prestashop/stock") == {"SKU-1": 0}


def test_a_price_for_the_whole_product_takes_the_impact_of_each_combination() -> None:
    """As ``Product::priceCalculation`` reckons; one for the combination itself is final."""
    whole = ROW | {"price": "8", "reduction": "0", "reduction_type": "amount"}
    own = whole | {"id_product_attribute": "5", "id_group": "3", "price": "7"}
    special = prices.for_offer([whole, own], "5", Decimal(2))
    assert prices.sale_of(special, Decimal(12), None, "", "price")[0] == Decimal(10)
    assert prices.tariffs_of(special, Decimal(12), None, {"3": "Client"}, "price") == (
        PriceDocument(Decimal(7), Decimal(1), "Client"),
    )


@pytest.mark.parametrize(
    ("with_tax", "offer", "total"),
    [
        ("9.99", {}, "29.97"),
        ("19.90", {}, "59.70"),
        ("24.95", {"sale": "19.95"}, "59.85"),
        ("10.00", {"sale": "7.77", "start": True}, "23.31"),
    ],
)
def test_a_customer_pays_what_was_told(presta: PrestaShop, with_tax: str, offer: dict[str, Any], total: str) -> None:
    """To the cent and with tax, although the shop is told prices without."""

    def net(price: str) -> Decimal:
        return prices.round_six(Decimal(price) / Decimal("1.2"))

    told: dict[str, Any] = {"price": net(with_tax), "tax_class": "1"}
    if "sale" in offer:
        told |= {"sale_price": net(offer["sale"]), "sale_from": START.replace(year=2020) if "start" in offer else None}
    listing, _raw = pushed(presta, simple(1, **told))
    presta.push_stock([StockChange("1", listing.product_id, "", 5)])
    placed = control(presta, "POST", "prestashop/orders", {"lines": [{"sku": "SKU-1", "quantity": 3}], "paid": True})
    (raw,) = presta.read_orders_by_id([str(placed["id"])])
    order = presta.parse_order(raw)
    (line,) = (line for line in order.lines if line.kind.value == "product")
    assert line.gross == Decimal(total) and (line.product_id, line.sku) == (listing.product_id, "SKU-1")
    assert control(presta, "GET", "prestashop/stock") == {"SKU-1": 2}
