"""How many calls a PrestaShop of a thousand products takes: the figures that its documentation states."""

from __future__ import annotations

from decimal import Decimal

import pytest
from presta_shop import calls, control, many
from woo_products import simple, update

from platforms.catalogue import VARIANTS_KEY, ListingDocument, ListingKind, ListingState, OfferDocument
from platforms.prestashop import PrestaShop
from platforms.publishing import ListingChange, OfferChange
from platforms.stock import StockChange

pytestmark = pytest.mark.slow


def test_reading_1000_products_with_6_variants_each(presta: PrestaShop) -> None:
    many(presta, 1000, variants=6)
    seen, cursor, pages = 0, "", 0
    while True:
        page = presta.read_catalogue(cursor)
        seen += sum(len(raw[VARIANTS_KEY]) for raw in page.raws)
        pages, cursor = pages + 1, page.next
        if not cursor:
            break
    assert seen == 6000 and pages == 11
    # A page: products, two of combinations by the five hundred, specific prices; names are read once.
    assert presta.transport.calls <= 47


def test_publishing_1000_products_and_changing_them(presta: PrestaShop) -> None:
    results = presta.push_listings([simple(number) for number in range(1000)])
    assert all(result.ok for result in results)
    assert calls(presta, "products", "POST") == 20 and presta.transport.calls <= 50
    before = presta.transport.calls
    changes = [
        update(simple(number), one.product_id, "name", name=f"New {number}") for number, one in enumerate(results)
    ]
    assert all(result.ok for result in presta.push_listings(changes))
    assert calls(presta, "products", "PATCH") == 20 and presta.transport.calls - before <= 42


def test_telling_1000_prices_of_variants(presta: PrestaShop) -> None:
    """Nothing but the impact on the price of each combination's product is sent."""
    ids = many(presta, 200, variants=5)
    variants = presta.catalogue.combinations(ids)
    presta.transport.calls = 0
    changes = []
    for key in ids:
        offers = tuple(OfferDocument(row["id"], price=Decimal(12)) for row in variants[key])
        document = ListingDocument(key, ListingKind.VARIABLE, ListingState.ON, "x", offers=offers)
        told = tuple(OfferChange(offer.variant_id, offer, frozenset({"price"})) for offer in offers)
        changes.append(ListingChange(key, document, frozenset(), told))
    assert all(result.ok for result in presta.push_listings(changes))
    assert calls(presta, "combinations", "PATCH") == 10 and presta.transport.calls <= 24
    (raw,) = presta.read_listings(ids[:1])
    assert {offer.price for offer in presta.parse_listing(raw).offers} == {Decimal(12)}


def test_telling_1000_stocks(presta: PrestaShop) -> None:
    ids = many(presta, 500) + many(presta, 100, variants=5)
    rows = presta.client.pages("combinations", count=500)
    pairs = [(key, "") for key in ids[:500]] + [(row["id_product"], row["id"]) for row in rows]
    presta.transport.calls = 0
    changes = [StockChange(f"{key}/{variant}", key, variant, 9) for key, variant in pairs]
    assert len(changes) == 1000 and all(result.ok for result in presta.push_stock(changes))
    assert presta.transport.calls == 20, "a hundred rows a call, and a look before each"
    assert all(result.ok for result in presta.push_stock(changes))
    assert presta.transport.calls == 30, "nothing but looks"
    assert set(control(presta, "GET", "prestashop/stock").values()) == {9}
