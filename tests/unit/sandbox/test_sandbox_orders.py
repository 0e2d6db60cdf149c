"""Orders of the simulated WooCommerce: money, stock, states, edits, lists."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_support import ShopClient

ADDRESS = {"first_name": "Léa", "last_name": "Petit", "country": "FR", "postcode": "75001", "city": "Paris"}


def product(shop: ShopClient, **values: Any) -> dict[str, Any]:
    """A product with 10 pieces in stock at 10.00, unless told otherwise."""
    defaults = {"name": "Mug", "regular_price": "10.00", "manage_stock": True, "stock_quantity": 10}
    found: dict[str, Any] = shop.post("products", {**defaults, **values})
    return found


def rate(shop: ShopClient, percent: str = "20", **values: Any) -> None:
    shop.post("taxes", {"country": "FR", "rate": percent, "name": f"TVA {percent}", **values})


def order(shop: ShopClient, *lines: dict[str, Any], **values: Any) -> dict[str, Any]:
    found: dict[str, Any] = shop.post("orders", {"billing": ADDRESS, "line_items": list(lines), **values})
    return found


def stock(shop: ShopClient, key: int) -> Any:
    return shop.get(f"products/{key}")["stock_quantity"]


def test_prices_with_tax_keep_the_price_the_customer_saw(shop: ShopClient) -> None:
    shop.control("settings", {"prices_include_tax": True})
    rate(shop)
    mug = product(shop, regular_price="12.99")
    found = order(shop, {"product_id": mug["id"], "quantity": 3})
    # The tax is 6.495: half a cent goes down where prices include tax.
    assert (found["total"], found["total_tax"]) == ("38.97", "6.49")
    line = found["line_items"][0]
    assert (line["total"], line["total_tax"]) == ("32.48", "6.49")
    assert line["price"] == pytest.approx(10.825)


def test_the_tax_of_the_delivery_address_counts_and_that_of_the_shop_is_taken_out(shop: ShopClient) -> None:
    shop.control("settings", {"prices_include_tax": True})
    rate(shop)
    shop.post("taxes", {"country": "DE", "rate": "19", "name": "MwSt"})
    mug = product(shop, regular_price="12.00")
    found = order(shop, {"product_id": mug["id"]}, shipping={**ADDRESS, "country": "DE"})
    assert (found["total"], found["total_tax"]) == ("11.90", "1.90")
    assert found["tax_lines"][0]["rate_code"] == "DE-MWST-1"
    pickup = [{"method_id": "local_pickup", "method_title": "Boutique", "total": "0"}]
    collected = order(shop, {"product_id": mug["id"]}, shipping={**ADDRESS, "country": "DE"}, shipping_lines=pickup)
    assert collected["total"] == "12.00"


def test_without_a_rate_there_is_no_tax(shop: ShopClient) -> None:
    found = order(shop, {"product_id": product(shop)["id"]})
    assert (found["total"], found["total_tax"], found["tax_lines"]) == ("10.00", "0.00", [])


def test_decimals_of_the_shop_and_of_the_request(shop: ShopClient) -> None:
    rate(shop, "5.5")
    mug = product(shop, regular_price="9.99")
    found = order(shop, {"product_id": mug["id"]})
    assert shop.get(f"orders/{found['id']}", dp=4)["line_items"][0]["taxes"][0]["total"] == "0.5495"
    shop.control("settings", {"decimals": 0})
    assert order(shop, {"product_id": mug["id"]})["total"] == "11"


def test_stock_is_taken_when_paid_and_given_back_when_cancelled(shop: ShopClient) -> None:
    mug = product(shop)
    found = order(shop, {"product_id": mug["id"], "quantity": 3})
    assert stock(shop, mug["id"]) == 10
    paid = shop.put(f"orders/{found['id']}", {"set_paid": True})
    assert (paid["status"], stock(shop, mug["id"])) == ("processing", 7)
    assert paid["line_items"][0]["meta_data"][0]["key"] == "_reduced_stock"
    shop.put(f"orders/{found['id']}", {"status": "completed"})
    assert stock(shop, mug["id"]) == 7
    cancelled = shop.put(f"orders/{found['id']}", {"status": "cancelled"})
    assert (cancelled["line_items"][0]["meta_data"], stock(shop, mug["id"])) == ([], 10)


@pytest.mark.parametrize("status", ["on-hold", "processing", "completed"])
def test_states_that_take_stock(shop: ShopClient, status: str) -> None:
    mug = product(shop)
    found = order(shop, {"product_id": mug["id"], "quantity": 13}, status=status)
    assert found["status"] == status
    assert stock(shop, mug["id"]) == -3
    assert shop.get(f"products/{mug['id']}")["stock_status"] == "outofstock"
    assert (found["date_paid"] is None) == (status == "on-hold")


def test_cash_on_delivery_is_completed_once_paid(shop: ShopClient) -> None:
    mug = product(shop)
    assert order(shop, {"product_id": mug["id"]}, payment_method="cod", set_paid=True)["status"] == "completed"
    assert order(shop, {"product_id": mug["id"]}, payment_method="stripe", set_paid=True)["status"] == "processing"


def test_lines_are_added_changed_and_deleted(shop: ShopClient) -> None:
    mug, plate = product(shop), product(shop, name="Plate", regular_price="7")
    found = order(shop, {"product_id": mug["id"]})
    path = f"orders/{found['id']}"
    line = found["line_items"][0]["id"]
    assert [x["total"] for x in shop.put(path, {"line_items": [{"product_id": plate["id"]}]})["line_items"]] == [
        "10.00",
        "7.00",
    ]
    more = shop.put(path, {"line_items": [{"id": line, "quantity": 4, "total": "40.00", "subtotal": "40.00"}]})
    assert (more["line_items"][0]["quantity"], more["total"]) == (4, "47.00")
    only_quantity = shop.put(path, {"line_items": [{"id": line, "quantity": 5}]})
    assert (only_quantity["line_items"][0]["total"], only_quantity["line_items"][0]["price"]) == ("40.00", 8)
    rest = shop.put(path, {"line_items": [{"id": line, "quantity": 0}]})
    assert [x["name"] for x in rest["line_items"]] == ["Plate"]
    answer = shop.request("PUT", path, {"line_items": [{"id": 999, "quantity": 1}]})
    assert (answer.status_code, answer.json["code"]) == (400, "woocommerce_rest_invalid_item_id")
    answer = shop.request("PUT", path, {"line_items": [{"quantity": 1}]})
    assert (answer.status_code, answer.json["code"]) == (400, "woocommerce_rest_required_product_reference")


def test_changing_the_lines_of_a_paid_order_moves_stock(shop: ShopClient) -> None:
    mug = product(shop)
    found = order(shop, {"product_id": mug["id"], "quantity": 2}, set_paid=True)
    line = found["line_items"][0]["id"]
    shop.put(f"orders/{found['id']}", {"line_items": [{"id": line, "quantity": 5}]})
    assert stock(shop, mug["id"]) == 5
    shop.put(f"orders/{found['id']}", {"line_items": [{"id": line, "quantity": 0}]})
    assert stock(shop, mug["id"]) == 10


def test_dates_change_as_observed(shop: ShopClient) -> None:
    """A note and the deletion of a refund do not bump the order's date; a refund, and a PUT of nothing, do."""
    found = order(shop, {"product_id": product(shop)["id"]}, set_paid=True)
    path = f"orders/{found['id']}"

    def bumped(method: str, url: str, body: Any = None, **query: Any) -> bool:
        before = shop.get(path)["date_modified_gmt"]
        shop.tick()
        answer = shop.request(method, url, body, **query)
        assert answer.status_code < 300, answer.text
        return bool(shop.get(path)["date_modified_gmt"] > before)

    assert not bumped("POST", f"{path}/notes", {"note": "Suivi", "customer_note": True})
    assert bumped("POST", f"{path}/refunds", {"amount": "1.00", "api_refund": False})
    refund = shop.get(path)["refunds"][0]["id"]
    assert not bumped("DELETE", f"{path}/refunds/{refund}", force="true")
    assert shop.get(path)["refunds"] == []
    assert bumped("PUT", path, {})


def test_setting_refunded_makes_a_refund_without_lines(shop: ShopClient) -> None:
    found = order(shop, {"product_id": product(shop)["id"]}, set_paid=True)
    path = f"orders/{found['id']}"
    shop.post(f"{path}/refunds", {"amount": "4", "api_refund": False})
    refunded = shop.put(path, {"status": "refunded"})
    assert sorted(refund["total"] for refund in refunded["refunds"]) == ["-4.00", "-6.00"]
    assert refunded["total"] == "10.00"
    assert all(refund["line_items"] == [] for refund in shop.get(f"{path}/refunds"))


def test_the_bin_and_beyond(shop: ShopClient) -> None:
    found = order(shop, {"product_id": product(shop)["id"]})
    path = f"orders/{found['id']}"
    assert shop.request("DELETE", path).json["status"] == "pending"
    assert shop.get(path)["status"] == "trash"
    assert shop.get("orders") == []
    assert [doc["id"] for doc in shop.get("orders", status="trash")] == [found["id"]]
    answer = shop.request("DELETE", path)
    assert (answer.status_code, answer.json["code"]) == (410, "woocommerce_rest_already_trashed")
    assert shop.request("DELETE", path, force="true").status_code == 200
    answer = shop.request("GET", path)
    assert (answer.status_code, answer.json["code"]) == (404, "woocommerce_rest_shop_order_invalid_id")


def test_modified_after_is_local_unless_gmt_and_strict(shop: ShopClient) -> None:
    """Without ``dates_are_gmt`` the bound is in the shop's time, one hour (or two) ahead in Paris."""
    found = order(shop)
    gmt, local = found["date_modified_gmt"], found["date_modified"]
    assert local != gmt
    assert shop.get("orders", modified_after=gmt, dates_are_gmt="true") == []
    assert len(shop.get("orders", modified_after=gmt)) == 1
    assert shop.get("orders", modified_after=local) == []
    shop.tick()
    shop.put(f"orders/{found['id']}", {"customer_note": "x"})
    assert len(shop.get("orders", modified_after=gmt, dates_are_gmt="true")) == 1


def test_lists_page_sort_search_and_select(shop: ShopClient) -> None:
    ids = []
    for name in ("Léa", "Hugo", "Zoé"):
        ids.append(order(shop, billing={**ADDRESS, "first_name": name})["id"])
        shop.tick()
    shop.put(f"orders/{ids[0]}", {"status": "on-hold"})
    assert [doc["id"] for doc in shop.get("orders")] == ids[::-1]
    assert shop.get("orders", orderby="modified")[0]["id"] == ids[0]
    assert [doc["id"] for doc in shop.get("orders", order="asc", orderby="id")] == ids
    assert [doc["id"] for doc in shop.get("orders", include=f"{ids[2]},{ids[0]}", orderby="include")] == [
        ids[2],
        ids[0],
    ]
    assert [doc["id"] for doc in shop.get("orders", search="hugo")] == [ids[1]]
    assert [doc["id"] for doc in shop.get("orders", status="on-hold,failed")] == [ids[0]]
    assert shop.get("orders", per_page=1, page=2, _fields="id,billing.first_name") == [
        {"id": ids[1], "billing": {"first_name": "Hugo"}}
    ]
    answer = shop.request("GET", "orders", per_page=2)
    assert (answer.headers["X-WP-Total"], answer.headers["X-WP-TotalPages"]) == ("3", "2")
    head = shop.request("HEAD", "orders", per_page=2)
    assert (head.headers["X-WP-Total"], head.data) == ("3", b"")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"status": "shipped"}, "status"),
        ({"customer_id": "x"}, "customer_id"),
        ({"shipping_lines": [{"method_id": "flat_rate", "total": 4.9}]}, "shipping_lines"),
        ({"line_items": [{"product_id": 1, "quantity": 1.5}]}, "line_items"),
        ({"set_paid": "perhaps"}, "set_paid"),
    ],
)
def test_wrong_arguments_are_named(shop: ShopClient, body: Any, wrong: str) -> None:
    answer = shop.request("POST", "orders", body)
    assert (answer.status_code, answer.json["code"]) == (400, "rest_invalid_param")
    assert answer.json["message"] == f"Invalid parameter(s): {wrong}"
    assert list(answer.json["data"]["params"]) == [wrong]


def test_coupons_are_spread_checked_and_counted(shop: ShopClient) -> None:
    rate(shop)
    mug, plate = product(shop), product(shop, name="Plate", regular_price="7.35")
    shop.post("coupons", {"code": "TIERS", "discount_type": "percent", "amount": "33.33", "usage_limit": 1})
    lines = [{"product_id": mug["id"]}, {"product_id": plate["id"], "quantity": 2}]
    found = order(shop, *lines, coupon_lines=[{"code": "tiers"}])
    coupon = found["coupon_lines"][0]
    assert (coupon["code"], coupon["discount"], found["discount_total"]) == ("tiers", "8.23", "8.23")
    assert coupon["meta_data"][0]["value"].endswith('"tiers","percent",33.33]')
    assert [line["subtotal"] for line in found["line_items"]] == ["10.00", "14.70"]
    answer = shop.request("POST", "orders", {"line_items": lines, "coupon_lines": [{"code": "tiers"}]})
    assert (answer.status_code, answer.json["code"]) == (400, "woocommerce_rest_invalid_coupon")
    answer = shop.request("POST", "orders", {"line_items": lines, "coupon_lines": [{"code": "nope"}]})
    assert answer.status_code == 400
    free = shop.put(f"orders/{found['id']}", {"coupon_lines": []})
    assert (free["discount_total"], free["total"]) == ("0.00", "29.64")


def test_names_are_served_unescaped(shop: ShopClient) -> None:
    mug = product(shop, name='Mug <b> ♥ "q"')
    assert order(shop, {"product_id": mug["id"]})["line_items"][0]["name"] == 'Mug <b> ♥ "q"'


def test_batches_of_orders(shop: ShopClient) -> None:
    found = shop.post("orders/batch", {"create": [{}, {"status": "nonsense"}]})["create"]
    assert found[0]["status"] == "pending"
    assert found[1]["error"]["code"] == "rest_invalid_param"
    body = {"update": [{"id": found[0]["id"], "status": "on-hold"}, {"id": 9999}], "delete": [found[0]["id"]]}
    answer = shop.post("orders/batch", body)
    assert answer["update"][0]["status"] == "on-hold"
    assert answer["update"][1]["error"]["data"] == {"status": 400}
    assert shop.get("orders") == []


def test_a_plugin_s_own_status(shop: ShopClient) -> None:
    body = {"status": "processing", "line_items": [{"product_id": product(shop)["id"]}]}
    made = shop.post("orders", body)
    answer = shop.request("PUT", f"orders/{made['id']}", {"status": "ready-pickup"})
    assert answer.status_code == 400 and "status" in answer.json["data"]["params"]
    shop.control("settings", {"order_statuses": {"ready-pickup": "Prête au retrait"}})
    assert shop.put(f"orders/{made['id']}", {"status": "ready-pickup"})["status"] == "ready-pickup"
    assert [row["id"] for row in shop.get("orders", status="ready-pickup")] == [made["id"]]
    assert shop.get("orders/statuses")[-1] == {"slug": "ready-pickup", "name": "Prête au retrait"}
    notes = [note["note"] for note in shop.get(f"orders/{made['id']}/notes")]
    assert "Order status changed from Processing to Prête au retrait." in notes


def test_notes(shop: ShopClient) -> None:
    path = f"orders/{order(shop)['id']}/notes"
    shop.post(path, {"note": "Colis 6A123", "customer_note": True})
    shop.post(path, {"note": "fragile"})
    assert [note["note"] for note in shop.get(path, type="customer")] == ["Colis 6A123"]
    assert len(shop.get(path)) == 2
    assert shop.request("POST", path, {}).json["code"] == "rest_missing_callback_param"
    assert shop.request("GET", "orders/999/notes").json["code"] == "woocommerce_rest_order_invalid_id"
