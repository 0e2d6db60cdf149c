"""Telling a shop its stock: few calls, the figure that the shop then shows, and one refusal that stops nobody else."""

from __future__ import annotations

from typing import Any

from platforms.stock import StockChange
from platforms.woocommerce import WooCommerce

PRODUCTS = "/wp-json/wc/v3/products/batch"


def make(platform: WooCommerce, count: int, **values: Any) -> list[str]:
    """Simple products of the shop's, by their ids."""
    items = [{"name": f"Product {number}", "regular_price": "10", **values} for number in range(count)]
    made: list[str] = []
    for start in range(0, count, 100):
        answer = platform.client.post("products/batch", {"create": items[start : start + 100]})
        made += [str(row["id"]) for row in answer["create"]]
    return made


def make_shirt(platform: WooCommerce, **values: Any) -> tuple[str, list[str]]:
    """A product with three variations."""
    sizes: dict[str, Any] = {"name": "Size", "options": ["S", "M", "L"], "variation": True, "visible": True}
    parent = platform.client.post("products", {"name": "Shirt", "type": "variable", "attributes": [sizes], **values})
    items = [{"regular_price": "20", "attributes": [{"name": "Size", "option": size}]} for size in sizes["options"]]
    answer = platform.client.post(f"products/{parent['id']}/variations/batch", {"create": items})
    return str(parent["id"]), [str(row["id"]) for row in answer["create"]]


def shown(platform: WooCommerce) -> dict[tuple[str, str], int | None]:
    states, cursor = {}, ""
    while True:
        page = platform.read_stock(cursor)
        states |= {(state.product_id, state.variant_id): state.quantity for state in page.states}
        cursor = page.next
        if not cursor:
            return states


def calls(platform: WooCommerce, path: str) -> int:
    found = platform.transport.request("GET", f"{platform.url}/sandbox/calls", params={"path": path}).json()
    return sum(call["method"] == "POST" for call in found["calls"])


def test_250_products_are_told_in_three_calls(platform: WooCommerce) -> None:
    ids = make(platform, 250)
    before = calls(platform, PRODUCTS)
    results = platform.push_stock([StockChange(key, key, "", number) for number, key in enumerate(ids)])
    assert [result.shown for result in results] == list(range(250))
    assert calls(platform, PRODUCTS) - before == 3
    there = shown(platform)
    assert [there[key, ""] for key in ids] == list(range(250))


def test_variations_of_a_product_are_told_in_one_call(platform: WooCommerce) -> None:
    parent, variants = make_shirt(platform)
    path = f"/wp-json/wc/v3/products/{parent}/variations/batch"
    before = calls(platform, path)
    for quantity, count in ((1, 2), (11, 1)):  # the shop did not count them before: that is a call more, once
        changes = [StockChange(key, parent, key, number + quantity, False) for number, key in enumerate(variants)]
        assert [result.shown for result in platform.push_stock(changes)] == [quantity, quantity + 1, quantity + 2]
        assert calls(platform, path) - before == count
        before += count
    assert [shown(platform)[parent, key] for key in variants] == [11, 12, 13]


def test_a_stock_that_the_product_keeps_gets_the_sum(platform: WooCommerce) -> None:
    parent, variants = make_shirt(platform, manage_stock=True, stock_quantity=1)
    changes = [StockChange(key, parent, key, 4, of_product=12) for key in variants[:2]]
    results = platform.push_stock(changes)
    assert all(result.ok for result in results)
    page = platform.read_stock()
    kept = {state.variant_id: state for state in page.states if state.product_id == parent}
    assert {state.quantity for state in kept.values()} == {12}
    assert all(state.of_product for state in kept.values())


def test_sold_on_at_zero_or_not(platform: WooCommerce) -> None:
    on, off, silent = make(platform, 3, backorders="yes")
    platform.push_stock([StockChange("1", on, "", 0, True), StockChange("2", off, "", 0, False)])
    platform.push_stock([StockChange("3", silent, "", 0)])
    rows = {key: platform.client.get(f"products/{key}") for key in (on, off, silent)}
    assert [rows[key]["backorders"] for key in (on, off, silent)] == ["notify", "no", "yes"]
    assert [rows[key]["stock_status"] for key in (on, off)] == ["onbackorder", "outofstock"]


def test_one_that_is_gone_stops_nobody_else(platform: WooCommerce) -> None:
    first, gone, last = make(platform, 3)
    platform.client.delete(f"products/{gone}")
    results = platform.push_stock([StockChange(key, key, "", 5) for key in (first, gone, last)])
    assert [result.ok for result in results] == [True, False, True]
    assert results[1].refusal and (results[1].refusal.code, results[1].refusal.retry) == ("not_found", False)


def test_what_the_shop_does_not_count_is_shown_as_such(platform: WooCommerce) -> None:
    (key,) = make(platform, 1)
    assert shown(platform)[key, ""] is None
