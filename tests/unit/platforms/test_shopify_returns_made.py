"""Returns that begin in Odoo, made on a Shopify shop: once, of what was sent, with what goes out instead."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from shopify_sales import do, goods, place, read
from shopify_shop import control

from platforms.errors import PlatformError
from platforms.returns import (
    DEFECTIVE,
    SIZE,
    ExchangeLineDocument,
    NewReturn,
    ReturnCommand,
    ReturnLineDocument,
    ReturnState,
)
from platforms.shopify import Shopify

D = Decimal


def sent(shopify: Shopify, *lines: tuple[str, int]) -> str:
    order_id = place(shopify, *lines)
    do(shopify, f"shopify/orders/{order_id}/send", {})
    return order_id


def new(shopify: Shopify, order_id: str, quantity: int = 1, key: str = "return:db:1", **values: Any) -> NewReturn:
    line = read(shopify, order_id).lines[0].external_id
    rows = (ReturnLineDocument(line, D(quantity), values.pop("reason", DEFECTIVE), note=values.pop("note", "Fêlée")),)
    return NewReturn(order_id, key, "RET/1", rows, **values)


def test_it_is_made_once_and_its_document_says_that_it_is_ours(shopify: Shopify) -> None:
    goods(shopify)
    order_id = sent(shopify)
    command = new(shopify, order_id)
    shopify.transport.calls = 0
    (result,) = shopify.make_returns([command])
    assert result.ok and shopify.transport.calls == 4, "a look, the reasons, what was sent, and the return"
    shopify.transport.calls = 0
    assert shopify.make_returns([command]) == [result] and shopify.transport.calls == 1
    (found,) = read(shopify, order_id).returns
    assert (found.external_id, found.state, found.key) == (result.external_id, ReturnState.OPEN, "return:db:1")
    (line,) = found.lines
    assert (line.line_id, line.quantity, line.reason, line.note) == (
        command.lines[0].line_id,
        1,
        DEFECTIVE,
        "Fêlée",
    )
    # From here on it is told as any other.
    (closed,) = shopify.push_returns([ReturnCommand(order_id, found.external_id, "k", ReturnState.CLOSED)])
    assert closed.ok and read(shopify, order_id).returns[0].state == ReturnState.CLOSED


def test_a_long_note_leaves_room_for_the_key(shopify: Shopify) -> None:
    goods(shopify)
    order_id = sent(shopify)
    assert shopify.make_returns([new(shopify, order_id, note="x" * 400, reason=SIZE)])[0].ok
    (found,) = read(shopify, order_id).returns
    assert found.key == "return:db:1" and found.lines[0].note.strip("x") == "" and len(found.lines[0].note) < 255


def test_what_goes_out_instead_is_there_to_be_processed(shopify: Shopify) -> None:
    goods(shopify)
    pen = goods(shopify, "PEN")
    order_id = sent(shopify)
    before = read(shopify, order_id)
    instead = (ExchangeLineDocument(D(1), "PEN", pen["product_id"], pen["variant_id"], "Pen"),)
    assert shopify.make_returns([new(shopify, order_id, exchanges=instead)])[0].ok
    after = read(shopify, order_id)
    assert [(line.sku, line.quantity) for line in after.returns[0].exchanges] == [("PEN", 1)]
    assert after.lines == before.lines, "it is no line of the order, which would be sent by it"


def test_more_than_was_sent_is_refused_and_nothing_is_made(shopify: Shopify) -> None:
    goods(shopify)
    order_id = sent(shopify)
    unsent = place(shopify)
    commands = [new(shopify, order_id, 3), new(shopify, unsent), NewReturn("999", "k", "RET/9", ())]
    many, early, gone = shopify.make_returns(commands)
    assert (many.ok, many.code, many.retry) == (False, "refused", False) and many.message
    assert (early.ok, early.code) == (False, "refused")
    assert (gone.ok, gone.code) == (False, "not_found")
    assert not read(shopify, order_id).returns and shopify.make_returns([]) == []


def test_many_orders_share_calls_and_two_of_one_go_one_after_the_other(shopify: Shopify) -> None:
    goods(shopify)
    commands = [new(shopify, sent(shopify), key=f"return:db:{number}") for number in range(5)]
    shopify.transport.calls = 0
    assert all(result.ok for result in shopify.make_returns(commands))
    assert shopify.transport.calls == 4
    order_id = sent(shopify)
    first, second = shopify.make_returns([new(shopify, order_id, key=key) for key in ("return:db:8", "return:db:9")])
    assert first.ok and second.ok and first.external_id != second.external_id


def test_a_lost_answer_is_looked_for(shopify: Shopify) -> None:
    goods(shopify)
    order_id = sent(shopify)
    command = new(shopify, order_id)
    do(shopify, "faults", {"kind": "lost_answer", "path": "*graphql.json", "times": 3, "probability": 0.6})
    for _try in range(10):
        try:
            (result,) = shopify.make_returns([command])
        except PlatformError as error:
            assert error.retry
            continue
        if result.ok:
            break
        assert result.retry or result.in_doubt
    control(shopify, "DELETE", "faults")
    assert result.ok and [found.external_id for found in read(shopify, order_id).returns] == [result.external_id]
