"""Reading a PrestaShop catalogue: recordings of a real one, and the simulated one over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from platforms.catalogue import VARIANTS_KEY, ListingDocument, ListingKind, ListingState
from platforms.prestashop import catalogue, xml
from platforms.prestashop.catalogue_settings import SETTINGS_KEY


def recorded(contracts: Path) -> list[dict[str, Any]]:
    """The raw products of the recorded shop, as reading it puts them together."""
    folder = contracts / "prestashop" / "recordings"
    settings = {"url": "https://shop.example", "languages": {"1": "en_US", "2": "fr_FR"}, "language": "1"}
    combinations: dict[str, list[dict[str, Any]]] = {}
    for row in xml.records((folder / "04_combinations_full.xml").read_bytes()):
        combinations.setdefault(row["id_product"], []).append(row)
    products = xml.records((folder / "02_products_full.xml").read_bytes())
    return [row | {VARIANTS_KEY: combinations.get(row["id"], []), SETTINGS_KEY: settings} for row in products]


@pytest.fixture
def shirt(contracts: Path) -> ListingDocument:
    return catalogue.parse(recorded(contracts)[0])


def test_a_recorded_product_is_understood(shirt: ListingDocument) -> None:
    assert (shirt.product_id, shirt.kind, shirt.state) == ("1", ListingKind.VARIABLE, ListingState.ON)
    assert shirt.name == "Hummingbird printed t-shirt" and shirt.slug == "hummingbird-printed-t-shirt"
    assert [(texts.language, texts.name) for texts in shirt.translations] == [
        ("en_US", "Hummingbird printed t-shirt"),
        ("fr_FR", "T-shirt imprimé colibri"),
    ]
    assert [brand.name for brand in shirt.brands] == ["Studio Design"]
    assert [image.url for image in shirt.images] == [
        "https://shop.example/img/p/1/1.jpg",
        "https://shop.example/img/p/2/2.jpg",
    ]
    assert [term.external_id for term in shirt.categories] == ["3", "4"], "the home page is no category"
    assert shirt.tax_class == "1" and shirt.ships


def test_combinations_add_to_the_products_price_and_weight(shirt: ListingDocument) -> None:
    first = shirt.offers[0]
    assert (first.variant_id, first.sku) == ("1", "demo_1")
    assert (first.price, first.weight) == (Decimal("23.9"), Decimal("0.3"))
    assert first.image is not None and first.image.external_id == "2"


def test_every_recorded_product_is_read_without_changing_it(contracts: Path) -> None:
    for raw in recorded(contracts):
        before = repr(raw)
        assert catalogue.parse(raw) == catalogue.parse(raw)
        assert repr(raw) == before


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"id": ""}, "id"),
        ({"price": "dear"}, "price"),
        ({"weight": "1,5"}, "weight"),
        ({"associations": {"images": "x"}}, "images"),
    ],
)
def test_what_is_malformed_is_named(contracts: Path, values: Mapping[str, Any], field: str) -> None:
    with pytest.raises(ValueError, match=field):
        catalogue.parse({**recorded(contracts)[0], **values})
