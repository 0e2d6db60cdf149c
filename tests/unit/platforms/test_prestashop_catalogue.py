"""Reading a PrestaShop catalogue: recordings of a real one, and the simulated one over HTTP."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from presta_shop import calls, control, many

from platforms.catalogue import VARIANTS_KEY, ListingDocument, ListingKind, ListingState
from platforms.prestashop import PrestaShop, catalogue, xml
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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats() | st.text(max_size=8) | st.just("1E+999999"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_malformed_products_raise_value_error_only(contracts: Path, data: Any) -> None:
    raw = copy.deepcopy(data.draw(st.sampled_from(recorded(contracts))))
    raw["_specific_prices"] = [
        {"id_product_attribute": "0", "price": "-1", "reduction": "0.1", "reduction_type": "percentage", "to": ""},
        {"id_product_attribute": "1", "price": "5", "id_group": "3", "from_quantity": "10", "reduction": "0"},
        {
            "id_product_attribute": "0",
            "price": "-1",
            "reduction": "1",
            "reduction_type": "amount",
            "reduction_tax": "1",
        },
    ]
    raw["_tax_rate"] = "20.000"
    where: Any = raw
    while True:
        key = data.draw(st.sampled_from(list(where) if isinstance(where, dict) else list(range(len(where)))))
        inner = where[key]
        if isinstance(inner, dict | list) and inner and data.draw(st.booleans()):
            where = inner
            continue
        where[key] = data.draw(JSON)
        break
    try:
        assert isinstance(catalogue.parse(raw), ListingDocument)
    except ValueError:
        return


def test_a_catalogue_is_read_by_the_hundred_and_names_once(presta: PrestaShop) -> None:
    many(presta, 150, variants=2)
    first = presta.read_catalogue()
    before = presta.transport.calls
    assert len(first.raws) == 100 and before <= 10
    second = presta.read_catalogue(first.next)
    assert len(second.raws) == 50 and second.next == ""
    assert presta.transport.calls - before == 3, "products, combinations and prices; all names are known"
    listing = presta.parse_listing(second.raws[0])
    assert [offer.options[0].value for offer in listing.offers] == ["XS", "S"] and listing.url.startswith("http")


def test_products_are_matched_by_their_skus(presta: PrestaShop) -> None:
    (simple,) = many(presta, 1)
    control(presta, "POST", "prestashop/products/many", {"count": 1, "variants": 2, "prefix": "SIZED"})
    found = presta.read_products(["BULK-000001", "SIZED-000001-S", "SIZED-000001", "with|sign", "none"])
    assert [(one.product_id == simple, bool(one.variant_id), one.sku) for one in found] == [
        (True, False, "BULK-000001"),
        (False, True, "SIZED-000001-S"),
    ]
    assert found[1].name == "Produit 1" and all(one.active for one in found)
    assert calls(presta, "products", "GET") == 2 and calls(presta, "combinations", "GET") == 1


def test_a_key_without_the_right_to_see_prices_reads_all_else(presta: PrestaShop) -> None:
    many(presta, 1)
    names = ("products", "combinations", "languages", "categories", "product_options", "product_option_values")
    control(presta, "POST", "prestashop/settings", {"permissions": {name: ["GET"] for name in names}})
    (raw,) = presta.read_catalogue().raws
    listing = presta.parse_listing(raw)
    assert listing.name == "Produit 1" and listing.offers[0].price == Decimal(10)
