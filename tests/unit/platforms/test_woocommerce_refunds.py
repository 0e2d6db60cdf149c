"""Paying back through the shop, over the sandbox: once, whatever is repeated, and never put back on sale."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from test_woocommerce_sandbox import place

from platforms.documents import RefundCommand, RefundLineDocument
from platforms.woocommerce import WooCommerce


def refunds(platform: WooCommerce, order: dict[str, Any]) -> list[Any]:
    return [platform.parse_refund(raw) for raw in platform.client.get(f"orders/{order['id']}/refunds")]


def command(order: dict[str, Any], amount: str = "12.00", **values: Any) -> RefundCommand:
    return RefundCommand(str(order["id"]), values.pop("key", "refund:1"), Decimal(amount), "Retour", **values)


def test_it_is_paid_back_once_with_its_lines_and_our_key(platform: WooCommerce) -> None:
    order = place(platform)
    line = order["line_items"][0]
    tax = sum((Decimal(row["total"]) for row in line["taxes"]), Decimal(0)) / 2
    net = Decimal(line["total"]) / 2
    lines = (RefundLineDocument(str(line["id"]), Decimal(1), net, tax),)
    wanted = command(order, f"{net + tax:f}", lines=lines)
    platform.transport.calls = 0
    (result,) = platform.push_refunds([wanted])
    assert result.ok
    assert platform.transport.calls == 2, "a look, and the refund"
    (again,) = platform.push_refunds([wanted])
    assert (again.ok, again.external_id) == (True, result.external_id)
    (found,) = refunds(platform, order)
    assert (found.external_id, found.key, found.amount) == (result.external_id, "refund:1", net + tax)
    assert [(row.line_id, row.quantity, row.net, row.tax) for row in found.lines] == [(str(line["id"]), 1, net, tax)]


def test_several_of_several_orders_take_one_call_each_after_two_looks(platform: WooCommerce) -> None:
    first, second = place(platform), place(platform)
    platform.push_refunds([command(first, "1.00", key="a")])
    platform.transport.calls = 0
    results = platform.push_refunds(
        [command(first, "1.00", key="a"), command(first, "2.00", key="b"), command(second, "3.00", key="c")]
    )
    assert [result.ok for result in results] == [True] * 3
    assert platform.transport.calls == 4, "orders, refunds, and two new ones"
    assert sorted(found.amount for found in refunds(platform, first)) == [1, 2]


def test_what_the_shop_refuses_for_good_is_not_tried_again(platform: WooCommerce) -> None:
    order = place(platform)
    transfer = place(platform, payment_method="bacs")
    too_much, no_gateway, noted, gone = platform.push_refunds(
        [
            command(order, "999.00", key="a"),
            command(transfer, "1.00", key="b"),
            command(transfer, "1.00", key="c", pays=False),
            RefundCommand("987654", "d", Decimal(1)),
        ]
    )
    for refused in (too_much, no_gateway):
        assert not refused.ok
        assert not refused.retry
        assert not refused.in_doubt
    assert noted.ok
    assert gone.code == "not_found"


def test_nothing_is_put_back_on_sale(platform: WooCommerce) -> None:
    product = platform.client.post(
        "products", {"name": "Bowl", "sku": "BOWL", "regular_price": "10", "manage_stock": True, "stock_quantity": 5}
    )
    order = place(platform, line_items=[{"product_id": product["id"], "quantity": 2}])
    before = platform.client.get(f"products/{product['id']}")["stock_quantity"]
    line = order["line_items"][0]
    lines = (RefundLineDocument(str(line["id"]), Decimal(2), Decimal(line["total"]), Decimal(line["total_tax"])),)
    (result,) = platform.push_refunds([command(order, order["total"], lines=lines)])
    assert result.ok
    assert platform.client.get(f"products/{product['id']}")["stock_quantity"] == before
