"""Money paid back through the shop, once, by the payments that it came by."""

from __future__ import annotations

from decimal import Decimal

from shopify_sales import do, goods, place, read
from shopify_shop import control

from platforms.documents import OrderDocument, RefundCommand, RefundLineDocument
from platforms.errors import PlatformError
from platforms.shopify import Shopify

D = Decimal


def one_mug(order: OrderDocument) -> RefundLineDocument:
    mug = order.lines[0]
    return RefundLineDocument(mug.external_id, D(1), D("10.00"), D("2.00"))


def test_money_is_paid_back_once(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify, ("MUG", 3))
    order = read(shopify, order_id)
    refund = RefundCommand(order_id, "db:7", D("12.00"), "too small", (one_mug(order),))
    shopify.transport.calls = 0
    (result,) = shopify.push_refunds([refund])
    assert result.ok and result.external_id and shopify.transport.calls == 2
    assert shopify.push_refunds([refund]) == [result]
    assert shopify.transport.calls == 3
    (found,) = read(shopify, order_id).refunds
    assert (found.external_id, found.amount, found.reason, found.key) == (
        result.external_id,
        D("12.0"),
        "too small",
        "db:7",
    )
    assert found.lines[0].quantity == 1


def test_shipping_and_an_amount_alone(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    order = read(shopify, order_id)
    carriage = RefundLineDocument(order.lines[-1].external_id, D(0), order.lines[-1].net, order.lines[-1].tax)
    results = shopify.push_refunds(
        [
            RefundCommand(order_id, "db:1", order.lines[-1].gross, lines=(carriage,)),
            RefundCommand(order_id, "db:2", D("3.00"), "a gesture"),
        ]
    )
    assert all(result.ok for result in results), results
    refunds = {refund.key: refund for refund in read(shopify, order_id).refunds}
    assert refunds["db:1"].amount == order.lines[-1].gross and refunds["db:2"].amount == D("3.0")
    assert refunds["db:1"].lines[0].line_id == order.lines[-1].external_id


def test_a_lost_answer_pays_nothing_twice(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    refund = RefundCommand(order_id, "db:9", D("5.00"))
    do(shopify, "faults", {"kind": "lost_answer", "path": "*graphql.json", "times": 4, "probability": 0.6})
    for _try in range(10):
        try:
            (result,) = shopify.push_refunds([refund])
        except PlatformError as error:
            assert error.retry
            continue
        if result.ok:
            break
        assert result.retry
    assert result.ok
    control(shopify, "DELETE", "faults")
    assert [found.amount for found in read(shopify, order_id).refunds] == [D("5.0")]


def test_more_than_was_paid_is_refused_for_good(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    total = read(shopify, order_id).total
    refunds = [RefundCommand(order_id, "db:1", total), RefundCommand(order_id, "db:2", D("0.01"))]
    first, second = shopify.push_refunds(refunds)
    assert first.ok
    assert not second.ok and not second.retry and not second.in_doubt
    assert not shopify.push_refunds([RefundCommand("999999", "db:3", D(1))])[0].ok


def test_gift_cards_are_paid_back_last(shopify: Shopify) -> None:
    goods(shopify)
    goods(shopify, "PEN", "100.00")
    made = do(shopify, "shopify/orders/random", {"kinds": ["gift_card"], "skus": ["PEN"], "lines": 1, "seed": 3})
    order_id = str(made["ids"][0])
    order = read(shopify, order_id)
    by_card = next(payment.amount for payment in order.payments if payment.kind.value == "gift_card")
    assert shopify.push_refunds([RefundCommand(order_id, "db:1", order.total - by_card)])[0].ok
    (raw,) = shopify.read_orders_by_id([order_id])
    back = [row["gateway"] for row in raw["transactions"] if row["kind"] == "REFUND"]
    assert back and "gift_card" not in back
    assert shopify.push_refunds([RefundCommand(order_id, "db:2", by_card)])[0].ok


def test_what_was_paid_back_elsewhere_is_noted(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    assert shopify.push_refunds([RefundCommand(order_id, "db:1", D("4.00"), pays=False)])[0].ok
    (raw,) = shopify.read_orders_by_id([order_id])
    (noted,) = [row for row in raw["transactions"] if row["kind"] == "REFUND"]
    assert noted["gateway"] == "manual"
