from __future__ import annotations

from decimal import Decimal

import pytest

from decisions.catalogue import Codes, Match, Result, match
from decisions.variant_prices import extras

SKUS = {"MUG": [1], "TWICE": [2, 3], "SHIRT-S": [4], "SHIRT-M": [5], "CAP": [6]}
BARCODES = {"301": [1], "304": [4], "306": [6]}
TEMPLATES = {1: 10, 2: 20, 3: 30, 4: 40, 5: 40, 6: 60}


def one(codes: Codes, order: str = "sku_barcode") -> Match:
    (found,) = match([codes], SKUS, BARCODES, TEMPLATES, order)
    return found


@pytest.mark.parametrize(
    ("codes", "order", "expected"),
    [
        (Codes("MUG"), "sku_barcode", Match(Result.SKU, 1)),
        (Codes("MUG", "301"), "barcode_sku", Match(Result.BARCODE, 1)),
        (Codes("NEW", "301"), "sku_barcode", Match(Result.BARCODE, 1)),
        (Codes("NEW", "301"), "sku", Match(Result.NEW)),
        (Codes("MUG", "306"), "sku_barcode", Match(Result.CONFLICT)),
        (Codes("MUG", "306"), "sku", Match(Result.SKU, 1)),
        (Codes("TWICE"), "sku_barcode", Match(Result.AMBIGUOUS)),
        (Codes("", ""), "sku_barcode", Match(Result.NO_CODE)),
        (Codes("MUG", ""), "barcode", Match(Result.NO_CODE)),
        (Codes("NEW"), "sku_barcode", Match(Result.NEW)),
        (Codes("NEW", complete=False), "sku_barcode", Match(Result.INCOMPLETE)),
        (Codes("TWICE", linked=3), "sku_barcode", Match(Result.LINKED, 3)),
    ],
)
def test_what_an_offer_is(codes: Codes, order: str, expected: Match) -> None:
    assert one(codes, order) == expected


def test_a_barcode_settles_which_of_two_products_with_one_sku_is_meant() -> None:
    assert one(Codes("TWICE", "301")) == Match(Result.AMBIGUOUS), "the SKU goes first, and is not clear"
    assert one(Codes("TWICE", "301"), "barcode_sku") == Match(Result.BARCODE, 1)


def test_a_variant_that_our_product_has_not() -> None:
    found = match([Codes("SHIRT-S"), Codes("SHIRT-M"), Codes("SHIRT-L")], SKUS, BARCODES, TEMPLATES)
    assert found == [Match(Result.SKU, 4), Match(Result.SKU, 5), Match(Result.DIFFERS)]


def test_sisters_that_are_different_products_of_ours() -> None:
    found = match([Codes("SHIRT-S"), Codes("CAP"), Codes("SHIRT-L")], SKUS, BARCODES, TEMPLATES)
    assert found == [Match(Result.CONFLICT, 4), Match(Result.CONFLICT, 6), Match(Result.NEW)]


def prices(**variants: str) -> list[tuple[frozenset[str], Decimal]]:
    return [(frozenset(name.split("_")), Decimal(price)) for name, price in variants.items()]


def test_prices_of_variants_are_a_price_and_extras() -> None:
    assert extras(prices(S="20", M="20")) == (Decimal(20), {})
    assert extras(prices(S="20", M="22.50")) == (Decimal(20), {"M": Decimal("2.50")})
    assert extras(prices(S_red="20", M_red="22", S_blue="25", M_blue="27")) == (
        Decimal(20),
        {"M": Decimal(2), "blue": Decimal(5)},
    )
    assert extras([]) == (Decimal(0), {})


def test_prices_that_do_not_add_up_are_not_forced() -> None:
    assert extras(prices(S_red="20", M_red="22", S_blue="25", M_blue="99")) is None


def test_variants_that_share_no_value_are_priced_all_the_same() -> None:
    found = extras(prices(S_red="20", M_blue="30"))
    assert found is not None
    base, added = found
    assert base + added.get("M", 0) + added.get("blue", 0) == 30
