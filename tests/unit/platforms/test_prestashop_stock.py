"""Telling a PrestaShop its stock: a hundred rows a call, never the sum, and one refusal that stops nobody else."""

from __future__ import annotations

import pytest
from presta_shop import become, calls, control, many, strike

from platforms.errors import PlatformError
from platforms.prestashop import PrestaShop
from platforms.stock import StockChange


def variants_of(shop: PrestaShop, product_id: str) -> list[str]:
    return [row["id"] for row in shop.client.pages("combinations", {"id_product": f"[{product_id}]"})]


def shown(shop: PrestaShop) -> dict[tuple[str, str], int | None]:
    states: dict[tuple[str, str], int | None] = {}
    cursor = ""
    while True:
        page = shop.read_stock(cursor)
        states |= {(state.product_id, state.variant_id): state.quantity for state in page.states}
        cursor = page.next
        if not cursor:
            return states


def row_of(shop: PrestaShop, product_id: str, variant_id: str = "0") -> dict[str, str]:
    filters = {"id_product": f"[{product_id}]", "id_product_attribute": f"[{variant_id}]"}
    (row,) = shop.client.page("stock_availables", filters)
    return row


def test_250_products_are_told_in_three_calls_each_after_a_look(presta: PrestaShop) -> None:
    ids = many(presta, 250)
    results = presta.push_stock([StockChange(key, key, "", number + 1) for number, key in enumerate(ids)])
    assert [result.shown for result in results] == list(range(1, 251))
    assert calls(presta, "stock_availables", "PATCH") == 3 and calls(presta, "stock_availables", "GET") == 3
    there = shown(presta)
    assert [there[key, ""] for key in ids] == list(range(1, 251))
    assert presta.push_stock([StockChange(ids[0], ids[0], "", 1)])[0].ok
    assert calls(presta, "stock_availables", "PATCH") == 3, "what is shown already is not told"


def test_what_was_sold_meanwhile_is_not_told_over(presta: PrestaShop) -> None:
    """The shop has no webhooks: its orders are heard of minutes later."""
    one, two = many(presta, 2)
    presta.push_stock([StockChange("1", one, "", 10), StockChange("2", two, "", 10)])
    presta.client.patch("stock_availables", {"id": row_of(presta, one)["id"], "quantity": "7"})
    results = presta.push_stock([StockChange("1", one, "", 12, seen=10), StockChange("2", two, "", 12, seen=10)])
    refusal = results[0].refusal
    assert refusal and refusal.code == "changed" and refusal.retry and results[0].shown == 7
    assert results[1].ok and shown(presta) == {(one, ""): 7, (two, ""): 12}
    presta.client.patch("stock_availables", {"id": row_of(presta, one)["id"], "quantity": "9"})
    assert presta.push_stock([StockChange("1", one, "", 9, seen=10)])[0].ok, "it shows what it is to be told"
    assert presta.push_stock([StockChange("1", one, "", 3, seen=None)])[0].ok and shown(presta)[one, ""] == 3


def test_combinations_are_told_and_their_sum_never_is(presta: PrestaShop) -> None:
    (key,) = many(presta, 1, variants=3)
    variants = variants_of(presta, key)
    results = presta.push_stock([StockChange(one, key, one, 5) for one in variants])
    assert all(result.ok and result.shown == 5 for result in results)
    assert calls(presta, "stock_availables", "PATCH") == 1
    assert row_of(presta, key)["quantity"] == "15", "the shop adds up itself"
    assert shown(presta) == {(key, one): 5 for one in variants}, "the sum is nothing that is sold"


def test_a_product_that_has_variants_by_now_is_not_told_a_sum(presta: PrestaShop) -> None:
    (key,) = many(presta, 1, variants=2)
    (result,) = presta.push_stock([StockChange("1", key, "", 9)])
    assert result.refusal and result.refusal.code == "conflict"
    assert row_of(presta, key)["quantity"] == "0"


def test_whether_it_is_sold_on_is_said_by_the_products_own_row(presta: PrestaShop) -> None:
    (key,) = many(presta, 1, variants=2)
    one, two = variants_of(presta, key)
    presta.push_stock([StockChange("1", key, one, 3), StockChange("2", key, two, 4)])
    presta.push_stock([StockChange("1", key, one, 2, keep_selling=True)])
    own = row_of(presta, key)
    assert own["out_of_stock"] == "1" and own["quantity"] == "6", "its sum is left to the shop"
    assert row_of(presta, key, one)["quantity"] == "2"
    presta.push_stock([StockChange("1", key, one, 2, keep_selling=False)])
    assert row_of(presta, key)["out_of_stock"] == "0"
    (simple,) = many(presta, 1)
    presta.push_stock([StockChange("1", simple, "", 2, keep_selling=True)])
    assert (row_of(presta, simple)["quantity"], row_of(presta, simple)["out_of_stock"]) == ("2", "1")


@pytest.mark.parametrize("version", ["1.7.8.11", "9.0.3"])
def test_older_shops_are_given_whole_rows(presta: PrestaShop, version: str) -> None:
    ids = many(presta, 3)
    presta.client.patch("stock_availables", {"id": row_of(presta, ids[0])["id"], "location": "A-12"})
    shop = become(presta, version)
    results = shop.push_stock([StockChange(key, key, "", 4) for key in ids])
    assert all(result.ok for result in results)
    assert calls(presta, "stock_availables", "PUT") == (1 if version < "8" else 0)
    row = row_of(presta, ids[0])
    assert (row["quantity"], row["out_of_stock"], row["location"]) == ("4", "2", "A-12")


def test_one_that_is_gone_stops_nobody_else(presta: PrestaShop) -> None:
    ids = many(presta, 10)
    presta.push_stock([StockChange(key, key, "", 1) for key in ids])
    presta.client.delete("products", [ids[3]])
    results = presta.push_stock([StockChange(key, key, "", 2) for key in (*ids, "9999")])
    assert [number for number, result in enumerate(results) if not result.ok] == [3, 10]
    assert all(results[number].refusal.code == "not_found" for number in (3, 10))  # type: ignore[union-attr]
    assert set(shown(presta).values()) == {2}


def test_a_product_counted_by_the_shops_warehouses_is_said_so(presta: PrestaShop) -> None:
    (key,) = many(presta, 1)
    presta.client.patch("stock_availables", {"id": row_of(presta, key)["id"], "depends_on_stock": "1"})
    (result,) = presta.push_stock([StockChange("1", key, "", 4)])
    assert result.refusal and result.refusal.code == "stock_managed" and not result.refusal.retry


def test_of_several_shops_only_ours_is_told(presta: PrestaShop) -> None:
    control(presta, "POST", "prestashop/settings", {"shops": [1, 2]})
    (key,) = many(presta, 1, variants=1)
    (variant,) = variants_of(presta, key)
    second = PrestaShop(presta.url, {**presta.credentials, "shop": "2"}, presta.transport)
    assert second.push_stock([StockChange("1", key, variant, 8)])[0].ok
    assert shown(second) == {(key, variant): 8} and shown(presta) == {(key, variant): 0}


def test_a_lost_answer_is_told_again(presta: PrestaShop) -> None:
    ids = many(presta, 3)
    changes = [StockChange(key, key, "", 6) for key in ids]
    strike(presta, {"kind": "lost_answer", "method": "PATCH", "times": 3})
    with pytest.raises(PlatformError) as caught:
        presta.push_stock(changes)
    assert caught.value.retry
    assert all(result.ok for result in presta.push_stock(changes))


def test_a_page_ends_with_a_whole_product(presta: PrestaShop) -> None:
    """A sum is only known for one by the combinations beside it, which could be on the next page."""
    ids = many(presta, 200, variants=6)
    there = shown(presta)
    assert len(there) == 1200 and {key for key, _variant in there} == set(ids)
    assert all(variant for _key, variant in there)
