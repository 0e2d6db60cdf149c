"""Returns that begin on a Shopify shop: read with their orders, answered, and paid so that the shop shows it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from shopify_sales import do, goods, listed, place, read
from shopify_shop import ask, control

from platforms.documents import OrderDocument, RefundCommand, RefundLineDocument
from platforms.errors import PlatformError
from platforms.returns import DEFECTIVE, SIZE, ReturnCommand, ReturnDocument, ReturnState
from platforms.shopify import Shopify
from platforms.shopify.returns import parse_returns

D = Decimal


def asked(shopify: Shopify, quantity: int = 1, **values: Any) -> tuple[str, ReturnDocument]:
    """An order of two mugs that left, of which the customer gives some back; its id and the return."""
    order_id = place(shopify)
    do(shopify, f"shopify/orders/{order_id}/send", {})
    body = {"lines": [{"sku": "MUG", "quantity": quantity}], "reason": "DEFECTIVE", "note": "Ébréchée", **values}
    do(shopify, f"shopify/orders/{order_id}/return", body)
    (found,) = read(shopify, order_id).returns
    return order_id, found


def told(shopify: Shopify, order_id: str, found: ReturnDocument, state: ReturnState, **values: Any) -> Any:
    (result,) = shopify.push_returns([ReturnCommand(order_id, found.external_id, f"k:{state.value}", state, **values)])
    return result


def state(shopify: Shopify, order_id: str) -> ReturnState:
    (found,) = read(shopify, order_id).returns
    return found.state


def refund_of(order: OrderDocument, found: ReturnDocument, key: str = "db:7") -> RefundCommand:
    lines = (RefundLineDocument(order.lines[0].external_id, D(1), D("10.00"), D("2.00")),)
    return RefundCommand(order.external_id, key, D("12.00"), "RET/1", lines, return_id=found.external_id)


def test_what_a_customer_asks_for_comes_with_the_order(shopify: Shopify) -> None:
    goods(shopify)
    order_id, found = asked(shopify)
    order = read(shopify, order_id)
    assert (found.state, found.number) == (ReturnState.REQUESTED, f"{order.number}-R1")
    (line,) = found.lines
    assert (line.line_id, line.quantity, line.reason, line.note) == (
        order.lines[0].external_id,
        1,
        DEFECTIVE,
        "Ébréchée",
    )
    assert line.label == "Damaged or defective" and found.created_at and not found.exchanges and not found.tracking


def test_exchanges_and_the_parcel_of_what_the_owner_makes(shopify: Shopify) -> None:
    goods(shopify)
    pen = goods(shopify, "PEN")
    exchanges = [{"sku": "PEN", "quantity": 1}]
    _order, found = asked(shopify, approved=True, exchanges=exchanges, tracking="8R123", reason="SIZE_TOO_SMALL")
    assert (found.state, found.tracking, found.lines[0].reason) == (ReturnState.OPEN, "8R123", SIZE)
    (instead,) = found.exchanges
    assert (instead.sku, instead.quantity, instead.variant_id, instead.product_id) == (
        "PEN",
        1,
        pen["variant_id"],
        pen["product_id"],
    )


def test_of_long_exchanges_all_lines_are_read_a_call_for_each_page(shopify: Shopify) -> None:
    for sku in ("MUG", "PEN"):
        goods(shopify, sku)
    long = [{"sku": "PEN", "quantity": number} for number in range(1, 63)]
    order_id, _found = asked(shopify, approved=True, exchanges=long)
    asked(shopify, approved=True, exchanges=long[:11])
    shopify.transport.calls = 0
    orders = {order.external_id: order.returns[0].exchanges for order in listed(shopify)}
    assert [line.quantity for line in orders[order_id]] == list(range(1, 63))
    assert {len(lines) for lines in orders.values()} == {62, 11}
    assert shopify.transport.calls == 5, "the page, their returns, fifty more of both, two more of one, the article"


def test_all_returns_of_a_page_take_one_more_call(shopify: Shopify) -> None:
    goods(shopify)
    for _number in range(3):
        asked(shopify)
    place(shopify)
    shopify.transport.calls = 0
    orders = listed(shopify)
    assert [len(order.returns) for order in orders] == [1, 1, 1, 0]
    assert shopify.transport.calls == 2, "the page, and the lines of three returns"
    first = listed(shopify, all_time=True)
    assert {order.external_id: order.returns for order in first} == {
        order.external_id: order.returns for order in orders
    }


@pytest.mark.parametrize(
    ("way", "ends"),
    [
        ((ReturnState.OPEN, ReturnState.CLOSED), ReturnState.CLOSED),
        ((ReturnState.CLOSED,), ReturnState.CLOSED),
        ((ReturnState.DECLINED,), ReturnState.DECLINED),
        ((ReturnState.OPEN, ReturnState.CANCELLED), ReturnState.CANCELLED),
        ((ReturnState.CANCELLED,), ReturnState.DECLINED),
    ],
)
def test_what_became_of_it_is_told_once(shopify: Shopify, way: tuple[ReturnState, ...], ends: ReturnState) -> None:
    goods(shopify)
    order_id, found = asked(shopify)
    for wanted in way:
        result = told(shopify, order_id, found, wanted, note="Trop tard")
        assert result.ok, result
        shopify.transport.calls = 0
        assert told(shopify, order_id, found, wanted, note="Trop tard") == result
        assert shopify.transport.calls == 1, "a look, and nothing to do"
    (now,) = read(shopify, order_id).returns
    assert now.state == ends
    assert now.answer == ("Trop tard" if ends == ReturnState.DECLINED else "")


def test_many_take_a_look_and_a_call_for_each_kind(shopify: Shopify) -> None:
    goods(shopify)
    found = [asked(shopify) for _number in range(4)]
    wanted = [ReturnState.OPEN, ReturnState.DECLINED, ReturnState.OPEN, ReturnState.DECLINED]
    commands = [
        ReturnCommand(order_id, one.external_id, f"k:{index}", state)
        for index, ((order_id, one), state) in enumerate(zip(found, wanted, strict=True))
    ]
    shopify.transport.calls = 0
    assert all(result.ok for result in shopify.push_returns(commands))
    assert shopify.transport.calls == 3
    # Two messages about one order go one after the other.
    order_id, one = asked(shopify)
    both = [
        ReturnCommand(order_id, one.external_id, f"k:{state.value}", state)
        for state in (ReturnState.OPEN, ReturnState.CLOSED)
    ]
    assert all(result.ok for result in shopify.push_returns(both))
    assert state(shopify, order_id) == ReturnState.CLOSED


def test_what_went_another_way_on_the_shop_is_left_so(shopify: Shopify) -> None:
    goods(shopify)
    order_id, found = asked(shopify)
    assert told(shopify, order_id, found, ReturnState.DECLINED).ok
    result = told(shopify, order_id, found, ReturnState.OPEN)
    assert (result.ok, result.code, result.retry) == (False, "conflict", False)
    gone = shopify.push_returns([ReturnCommand(order_id, "999", "k", ReturnState.OPEN)])[0]
    assert (gone.ok, gone.code) == (False, "not_found")
    assert shopify.push_returns([]) == []


def test_a_lost_answer_is_looked_for(shopify: Shopify) -> None:
    goods(shopify)
    order_id, found = asked(shopify)
    do(shopify, "faults", {"kind": "lost_answer", "path": "*graphql.json", "times": 3, "probability": 0.6})
    for _try in range(10):
        try:
            result = told(shopify, order_id, found, ReturnState.CLOSED)
        except PlatformError as error:
            assert error.retry
            continue
        if result.ok:
            break
        assert result.retry or result.in_doubt
    control(shopify, "DELETE", "faults")
    assert result.ok and state(shopify, order_id) == ReturnState.CLOSED


def test_money_for_a_return_names_it_and_is_paid_once(shopify: Shopify) -> None:
    goods(shopify)
    order_id, found = asked(shopify)
    assert told(shopify, order_id, found, ReturnState.OPEN).ok
    order = read(shopify, order_id)
    shopify.transport.calls = 0
    (result,) = shopify.push_refunds([refund_of(order, found)])
    assert result.ok and result.external_id and shopify.transport.calls == 3
    assert shopify.push_refunds([refund_of(order, found)]) == [result]
    (refund,) = read(shopify, order_id).refunds
    assert (refund.external_id, refund.return_id, refund.amount, refund.key, refund.reason) == (
        result.external_id,
        found.external_id,
        D("12.0"),
        "db:7",
        "RET/1",
    )
    assert refund.lines[0].quantity == 1


def test_a_refund_of_the_return_that_lost_its_note_is_ours(shopify: Shopify) -> None:
    goods(shopify)
    order_id, found = asked(shopify)
    told(shopify, order_id, found, ReturnState.OPEN)
    order = read(shopify, order_id)
    (raw,) = shopify.read_orders_by_id([order_id])
    line = raw["returns"]["nodes"][0]["returnLineItems"]["nodes"][0]["id"]
    parent = next(row["id"] for row in raw["transactions"] if row["kind"] == "SALE")
    money = {"parentId": parent, "transactionAmount": {"amount": "12.00", "currencyCode": "EUR"}}
    ask(
        shopify,
        "mutation ($input: ReturnProcessInput!) { returnProcess(input: $input) { userErrors { message } } }",
        input={
            "returnId": f"gid://shopify/Return/{found.external_id}",
            "returnLineItems": [{"id": line, "quantity": 1}],
            "financialTransfer": {"issueRefund": {"orderTransactions": [money]}},
        },
    )
    (result,) = shopify.push_refunds([refund_of(order, found)])
    (refund,) = read(shopify, order_id).refunds
    assert result.ok and result.external_id == refund.external_id


def test_money_is_paid_without_the_return_where_that_cannot_hold_it(shopify: Shopify) -> None:
    goods(shopify)
    order_id, found = asked(shopify)
    order = read(shopify, order_id)
    # Nobody has agreed to it on the shop: no return takes it.
    (result,) = shopify.push_refunds([refund_of(order, found)])
    (refund,) = read(shopify, order_id).refunds
    assert result.ok and (refund.external_id, refund.return_id) == (result.external_id, "")


def test_without_permission_orders_come_without_returns(shopify: Shopify) -> None:
    goods(shopify)
    order_id, _found = asked(shopify)
    (raw,) = shopify.read_orders_by_id([order_id])
    for returns in (None, {"nodes": [{"id": "gid://shopify/Return/1", "name": "R1", "status": "OPEN"}]}):
        assert list(parse_returns(raw | {"returns": returns})) == [], "nothing is known of its goods"
    broken = raw["returns"]["nodes"][0] | {"status": "LOST"}
    with pytest.raises(ValueError, match="return"):
        list(parse_returns(raw | {"returns": {"nodes": [broken]}}))
