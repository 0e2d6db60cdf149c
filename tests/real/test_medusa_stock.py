"""Stock of a real Medusa shop: what it sells is what Odoo says, whatever it has reserved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dev.medusa.people import Customer, Shopkeeper
from dev.medusa.shop import MedusaShop
from platforms.medusa import Medusa
from platforms.stock import StockChange, StockState


def shown(medusa: Medusa, shop: MedusaShop, sku: str) -> dict[str, int | None]:
    """What the shop sells of a variant by location, all together under ""."""
    variant = shop.facts["variants"][sku]
    return {state.location: state.quantity for state in medusa.read_stock().states if state.variant_id == variant}


@pytest.fixture
def paris(shop: MedusaShop) -> str:
    return str(shop.facts["locations"]["Paris"])


@pytest.fixture
def lyon(shop: MedusaShop) -> str:
    return str(shop.facts["locations"]["Lyon"])


def change(shop: MedusaShop, sku: str, quantity: int, location: str = "", **values: object) -> StockChange:
    variant = shop.facts["variants"][sku]
    return StockChange(f"{sku}/{location}", "", variant, quantity, location=location, **values)  # type: ignore[arg-type]


def test_what_is_reserved_is_not_sold_twice(
    medusa: Medusa, shop: MedusaShop, customer: Customer, keeper: Shopkeeper, paris: str
) -> None:
    order = customer.order([("MUG", 3)])
    (result,) = medusa.push_stock([change(shop, "MUG", 7, paris)])
    assert (result.ok, result.shown) == (True, 7)
    assert shown(medusa, shop, "MUG")[paris] == 7
    stocked, reserved = keeper.level("MUG")
    assert reserved >= 3 and stocked == 7 + reserved, "seven to sell beside what is reserved"
    keeper.capture(order)
    keeper.fulfil(order)
    assert shown(medusa, shop, "MUG")[paris] == 7
    assert keeper.level("MUG") == (stocked - 3, reserved - 3), "a parcel takes both down"
    second = customer.order([("MUG", 2)])
    keeper.cancel(second)
    assert shown(medusa, shop, "MUG")[paris] == 7


def test_two_calls_for_many_and_a_place_that_had_none(medusa: Medusa, shop: MedusaShop, paris: str, lyon: str) -> None:
    calls = medusa.transport.calls
    told = [change(shop, "TS-S", 4, paris), change(shop, "TS-S", 2, lyon), change(shop, "TS-M", 0, paris)]
    results = medusa.push_stock(told)
    assert all(result.ok for result in results)
    assert medusa.transport.calls - calls == 3, "a look and a batch, and the places once where one is new"
    assert shown(medusa, shop, "TS-S") == {"": 6, paris: 4, lyon: 2}
    assert shown(medusa, shop, "TS-M")[paris] == 0
    calls = medusa.transport.calls
    assert all(result.ok for result in medusa.push_stock(told))
    assert medusa.transport.calls - calls == 1, "told again, nothing is written"
    assert all(result.ok for result in medusa.push_stock([replace(row, quantity=3) for row in told]))
    assert medusa.transport.calls - calls == 3, "for up to 150 variants: 14 for a thousand"
    medusa.push_stock(told)
    assert {location.code: location.name for location in medusa.read_locations()} == {paris: "Paris", lyon: "Lyon"}

    (result,) = medusa.push_stock([change(shop, "TS-S", 9)])
    assert result.ok and shown(medusa, shop, "TS-S")[""] == 9, "one figure for all places"


def test_what_the_shop_sold_meanwhile_is_not_overwritten(
    medusa: Medusa, shop: MedusaShop, customer: Customer, paris: str
) -> None:
    medusa.push_stock([change(shop, "TS-M", 5, paris)])
    customer.order([("TS-M", 2)])
    (result,) = medusa.push_stock([change(shop, "TS-M", 4, paris, seen=5)])
    assert result.refusal and (result.refusal.code, result.shown) == ("changed", 3)
    assert shown(medusa, shop, "TS-M")[paris] == 3
    (result,) = medusa.push_stock([change(shop, "TS-M", 2, paris, seen=3)])
    assert result.ok and shown(medusa, shop, "TS-M")[paris] == 2


def test_one_that_cannot_be_told_does_not_stop_the_others(
    medusa: Medusa, shop: MedusaShop, keeper: Shopkeeper, paris: str
) -> None:
    gone = StockChange("gone", "", "variant_nope", 1, location=paris)
    nowhere = change(shop, "MUG", 1, "sloc_nope")
    results = medusa.push_stock([gone, nowhere, change(shop, "TS-S", 3, paris)])
    assert [result.ok for result in results] == [False, False, True]
    assert results[0].refusal and results[0].refusal.code == "not_found"

    product, variant = keeper.sell("LAMPE", "Lampe", 20, 5)
    path = f"/admin/products/{product}/variants/{variant}"
    (result,) = medusa.push_stock([change(shop, "LAMPE", 0, paris, keep_selling=True)])
    assert result.ok and keeper.admin.get(path)["variant"]["allow_backorder"] is True
    keeper.admin.post(path, {"manage_inventory": False})
    (result,) = medusa.push_stock([change(shop, "LAMPE", 5, paris)])
    assert result.refusal and result.refusal.code == "not_counted"
    states = [state for state in medusa.read_stock().states if state.variant_id == variant]
    assert states == [StockState(product, variant, None)]
