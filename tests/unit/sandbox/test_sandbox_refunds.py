"""Refunds of the simulated WooCommerce, with what is odd about them."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_support import ShopClient

REFUSED = "woocommerce_rest_cannot_create_order_refund"


@pytest.fixture
def paid(shop: ShopClient) -> dict[str, Any]:
    """An order of two mugs at 10.00, 20 % tax, paid."""
    shop.post("taxes", {"country": "FR", "rate": "20", "name": "TVA"})
    mug = shop.post("products", {"name": "Mug", "regular_price": "10", "manage_stock": True, "stock_quantity": 10})
    values = {"billing": {"country": "FR"}, "payment_method": "bacs", "set_paid": True}
    found: dict[str, Any] = shop.post("orders", {**values, "line_items": [{"product_id": mug["id"], "quantity": 2}]})
    return found


def line(order: dict[str, Any], quantity: int = 1) -> dict[str, Any]:
    return {
        "id": order["line_items"][0]["id"],
        "quantity": quantity,
        "refund_total": 10.0 * quantity,
        "refund_tax": [{"id": 1, "refund_total": 2.0 * quantity}],
    }


def refund(shop: ShopClient, order: dict[str, Any], **values: Any) -> Any:
    return shop.request("POST", f"orders/{order['id']}/refunds", {"api_refund": False, **values})


def stock(shop: ShopClient, order: dict[str, Any]) -> Any:
    return shop.get(f"products/{order['line_items'][0]['product_id']}")["stock_quantity"]


def test_a_line_comes_back_with_its_tax_and_its_stock(shop: ShopClient, paid: dict[str, Any]) -> None:
    answer = refund(shop, paid, line_items=[line(paid)]).json
    assert answer["amount"] == "12.00"
    found = answer["line_items"][0]
    assert (found["quantity"], found["total"], found["total_tax"], found["price"]) == (-1, "-10.00", "-2.00", 10)
    assert found["meta_data"][0]["key"] == "_refunded_item_id"
    assert answer["tax_lines"][0]["tax_total"] == "-2.00"
    assert stock(shop, paid) == 9
    assert {meta["key"]: meta["value"] for meta in shop.get(f"orders/{paid['id']}")["line_items"][0]["meta_data"]} == {
        "_reduced_stock": "1",
        "_restock_refunded_items": "1",
    }


def test_stock_stays_without_restocking(shop: ShopClient, paid: dict[str, Any]) -> None:
    refund(shop, paid, line_items=[line(paid)], api_restock=False)
    assert stock(shop, paid) == 8


def test_the_amount_is_not_checked_against_the_lines(shop: ShopClient, paid: dict[str, Any]) -> None:
    assert refund(shop, paid, amount="1.00", line_items=[line(paid, 2)]).json["amount"] == "1.00"
    assert refund(shop, paid, amount="0").json["amount"] == "0.00"
    assert refund(shop, paid, amount="1.00", line_items=[line(paid)]).status_code == 201
    totals = [summary["total"] for summary in shop.get(f"orders/{paid['id']}")["refunds"]]
    assert sorted(totals) == ["-0.00", "-1.00", "-1.00"]


def test_too_much_is_a_500(shop: ShopClient, paid: dict[str, Any]) -> None:
    answer = refund(shop, paid, amount="24.01")
    assert (answer.status_code, answer.json) == (
        500,
        {"code": REFUSED, "message": "Invalid refund amount.", "data": 500},
    )
    assert refund(shop, paid, amount="24.00").status_code == 201
    assert shop.get(f"orders/{paid['id']}")["status"] == "refunded"


def test_the_gateway_is_asked_by_default(shop: ShopClient, paid: dict[str, Any]) -> None:
    path = f"orders/{paid['id']}/refunds"
    answer = shop.request("POST", path, {"amount": "1"})
    assert (answer.status_code, answer.json["code"]) == (500, REFUSED)
    shop.put(f"orders/{paid['id']}", {"payment_method": "stripe"})
    assert shop.post(path, {"amount": "1"})["refunded_payment"] is True


def test_amounts_are_strings(shop: ShopClient, paid: dict[str, Any]) -> None:
    answer = refund(shop, paid, amount=1.5)
    assert (answer.status_code, answer.json["message"]) == (400, "Invalid parameter(s): amount")
    assert refund(shop, paid, amount="-1").json["code"] == "woocommerce_rest_invalid_order_refund"


def test_delivery_and_fees_can_be_refunded(shop: ShopClient) -> None:
    shop.post("taxes", {"country": "FR", "rate": "20", "name": "TVA"})
    mug = shop.post("products", {"name": "Mug", "regular_price": "10"})
    values = {
        "billing": {"country": "FR"},
        "line_items": [{"product_id": mug["id"]}],
        "shipping_lines": [{"method_id": "flat_rate", "total": "5.00"}],
        "fee_lines": [{"name": "Emballage", "total": "2.00"}],
    }
    order = shop.post("orders", {**values, "set_paid": True, "payment_method": "bacs"})
    key = order["shipping_lines"][0]["id"]
    tax = [{"id": 1, "refund_total": "1.00"}]
    answer = refund(shop, order, line_items=[{"id": key, "refund_total": "5.00", "refund_tax": tax}]).json
    assert (answer["amount"], answer["shipping_lines"][0]["total"], answer["line_items"]) == ("6.00", "-5.00", [])
    assert answer["tax_lines"][0]["shipping_tax_total"] == "-1.00"
    assert shop.get("refunds")[0]["parent_id"] == order["id"]


def test_errors(shop: ShopClient, paid: dict[str, Any]) -> None:
    assert shop.request("GET", "orders/999/refunds").json["code"] == "woocommerce_rest_invalid_order_id"
    found = refund(shop, paid, amount="1").json
    path = f"orders/{paid['id']}/refunds/{found['id']}"
    assert shop.request("DELETE", path).status_code == 501
    assert shop.request("DELETE", path, force="true").status_code == 200
    assert shop.request("GET", path).status_code == 404
