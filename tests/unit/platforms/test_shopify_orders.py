"""Orders in, over HTTP from the sandbox: pages, long orders, refunds, first imports, with the calls counted."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from shopify_sales import LATELY, do, goods, listed, place, read

from platforms.base import PlatformError
from platforms.documents import OrderState
from platforms.shopify import Shopify, bulk
from platforms.shopify.orders import PAGE_SIZE


def test_an_order_comes_in_whole(shopify: Shopify) -> None:
    made = goods(shopify)
    order_id = place(shopify, ("MUG", 3), discount="3.33")
    (order,) = listed(shopify)
    assert order.external_id == order_id and order.state is OrderState.CONFIRMED
    line = order.lines[0]
    assert (line.product_id, line.variant_id, line.sku) == (made["product_id"], made["variant_id"], "MUG")
    assert line.gross == Decimal("32.67") and order.coupons[0].code == "GESTE"
    assert order.customer.email == "marie@example.com" and order.billing.city == "Paris" and order.shipping.street
    assert order.paid_at and order.payments[0].transaction.isdecimal()
    assert order.url.endswith(f"/admin/orders/{order_id}")
    assert shopify.transport.calls == 1


def test_pages_of_many_orders_take_a_call_each(shopify: Shopify) -> None:
    do(shopify, "shopify/products/many", {"count": 5})
    do(shopify, "shopify/orders/many", {"count": 120, "lines": 3, "days": 0})
    found = listed(shopify)
    assert len({order.external_id for order in found}) == len(found) == 120
    assert shopify.transport.calls == -(-120 // PAGE_SIZE)


def test_all_kinds_of_orders_add_up(shopify: Shopify) -> None:
    goods(shopify)
    do(shopify, "shopify/orders/random", {"count": 60})
    assert len(listed(shopify)) == 60


def test_a_draft_comes_once_it_is_an_order(shopify: Shopify) -> None:
    """A quote takes no goods and no place in the books; completed, it is one order, however often it is read."""
    variant = f"gid://shopify/ProductVariant/{goods(shopify)['variant_id']}"
    create = "mutation ($input: DraftOrderInput!) { draftOrderCreate(input: $input) { draftOrder { id } } }"
    complete = "mutation ($id: ID!) { draftOrderComplete(id: $id) { draftOrder { order { id } } } }"
    draft = ask(shopify, create, {"input": {"lineItems": [{"variantId": variant, "quantity": 2}]}})["draftOrderCreate"]
    assert not listed(shopify)
    done = ask(shopify, complete, {"id": draft["draftOrder"]["id"]})["draftOrderComplete"]["draftOrder"]
    for _again in range(2):
        (order,) = listed(shopify)
        assert done["order"]["id"] == f"gid://shopify/Order/{order.external_id}"
        assert (order.state, order.lines[0].quantity) == (OrderState.CONFIRMED, 2)


def ask(shopify: Shopify, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    """What a person's click in the shop's back office asks."""
    url = f"{shopify.url}/admin/api/2026-10/graphql.json"
    headers = {"X-Shopify-Access-Token": "shpat_sandbox"}
    body = {"query": query, "variables": variables}
    answer = shopify.transport.request("POST", url, json=body, headers=headers)
    return dict(answer.json()["data"])


def test_changes_while_pages_are_read_hide_nothing(shopify: Shopify) -> None:
    do(shopify, "shopify/products/many", {"count": 2})
    do(shopify, "shopify/orders/many", {"count": 60, "lines": 1, "days": 1})
    since = datetime.now(timezone.utc) - timedelta(days=2)
    page = shopify.read_orders(since)
    seen = {shopify.order_version(raw)[0] for raw in page.raws}
    moved = next(iter(seen))
    do(shopify, f"shopify/orders/{moved}/cancel", {})
    late: dict[str, datetime] = {}
    while page.next:
        page = shopify.read_orders(since, page.next)
        late |= dict(shopify.order_version(raw) for raw in page.raws)
    assert len(seen | set(late)) == 60
    assert moved in late, "it moved to the end with its change"


def test_the_watermark_never_runs_past_the_start(shopify: Shopify) -> None:
    goods(shopify)
    place(shopify)
    page = shopify.read_orders(datetime.now(timezone.utc) - LATELY)
    assert page.watermark and page.watermark <= datetime.now(timezone.utc)
    assert shopify.read_orders(datetime.now(timezone.utc) + LATELY).watermark is None, "an empty listing has none"
    again = shopify.read_orders(page.watermark)
    assert len(again.raws) == 1, "what changed at the watermark is read again"


def test_orders_of_three_hundred_lines_share_their_calls(shopify: Shopify) -> None:
    do(shopify, "shopify/products/many", {"count": 300})
    skus = [f"VOL-{number:05d}" for number in range(1, 301)]
    for _order in range(2):
        place(shopify, *((sku, 1) for sku in skus))
    place(shopify, (skus[0], 1))
    found = listed(shopify)
    assert sorted(len(order.lines) for order in found) == [2, 301, 301]
    # One for the page, one for 250 more lines of both orders, one for the last 42.
    assert shopify.transport.calls == 3


def test_refunds_come_with_their_lines_in_one_more_call(shopify: Shopify) -> None:
    goods(shopify)
    ids = [place(shopify, ("MUG", 3)) for _order in range(3)]
    for order_id in ids:
        do(shopify, f"shopify/orders/{order_id}/refund", {"lines": [{"sku": "MUG", "quantity": 1}]})
    do(shopify, f"shopify/orders/{ids[0]}/refund", {"amount": "5.00"})
    found = {order.external_id: order for order in listed(shopify)}
    assert shopify.transport.calls == 2
    first = found[ids[0]]
    assert [len(refund.lines) for refund in first.refunds] == [1, 0] and first.refunds_complete
    by_line, by_amount = first.refunds
    assert by_line.lines[0].quantity == 1 and by_line.lines[0].line_id == first.lines[0].external_id
    assert by_line.lines[0].net + by_line.lines[0].tax == Decimal("12.00")
    assert by_amount.amount == Decimal("5.00")


def test_orders_by_id_and_those_that_are_gone(shopify: Shopify) -> None:
    goods(shopify)
    ids = [place(shopify) for _order in range(3)]
    raws = shopify.read_orders_by_id([*ids, "999999", "nonsense"])
    assert {shopify.order_version(raw)[0] for raw in raws} == set(ids)
    assert shopify.transport.calls == 1


def test_an_unpaid_order_is_followed_until_it_is_paid(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify, paid=False)
    assert read(shopify, order_id).state is OrderState.PENDING
    do(shopify, f"shopify/orders/{order_id}/pay", {})
    order = read(shopify, order_id)
    assert order.state is OrderState.CONFIRMED and order.paid_at


def test_a_page_that_is_too_expensive_is_read_in_smaller_ones(shopify: Shopify) -> None:
    goods(shopify)
    ids = {place(shopify) for _order in range(12)}
    do(shopify, "shopify/settings", {"max_cost": 500})
    assert {order.external_id for order in listed(shopify)} == ids
    assert {shopify.order_version(raw)[0] for raw in shopify.read_orders_by_id(sorted(ids))} == ids


def test_a_risk_holds_the_order(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    assert not read(shopify, order_id).hold
    do(shopify, f"shopify/orders/{order_id}/risk", {"level": "HIGH"})
    assert "fraud" in read(shopify, order_id).hold


def test_a_return_is_kept_with_its_order(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    do(shopify, f"shopify/orders/{order_id}/send", {})
    do(shopify, f"shopify/orders/{order_id}/return", {"lines": [{"sku": "MUG", "quantity": 1}], "reason": "COLOR"})
    (raw,) = shopify.read_orders_by_id([order_id])
    (returned,) = raw["returns"]["nodes"]
    assert returned["totalQuantity"] == 1 and returned["status"] in ("REQUESTED", "OPEN")


def test_a_deleted_order_is_absent(shopify: Shopify) -> None:
    goods(shopify)
    order_id = place(shopify)
    do(shopify, f"shopify/orders/{order_id}/cancel", {})
    do(shopify, f"shopify/orders/{order_id}/delete", {})
    assert shopify.read_orders_by_id([order_id]) == []


# --- first imports


def test_a_first_import_is_put_together_by_the_shop(shopify: Shopify, monkeypatch: pytest.MonkeyPatch) -> None:
    do(shopify, "shopify/products/many", {"count": 5})
    do(shopify, "shopify/orders/many", {"count": 60, "lines": 3, "days": 0})
    refunded = shopify.order_version(shopify.read_orders(datetime.now(timezone.utc) - LATELY).raws[0])[0]
    do(shopify, f"shopify/orders/{refunded}/refund", {"amount": "1.00"})
    monkeypatch.setattr(bulk, "WINDOW", 128 * 1024)
    shopify.transport.calls = 0
    found = listed(shopify, all_time=True)
    assert len({order.external_id for order in found}) == len(found) == 60
    assert next(order for order in found if order.external_id == refunded).refunds
    # To begin, and two for a window of some fifteen orders here; one more for the refund.
    assert shopify.transport.calls <= 1 + 2 * 5 + 1


def test_a_raw_order_is_the_same_however_it_was_read(shopify: Shopify) -> None:
    goods(shopify)
    do(shopify, "shopify/orders/random", {"count": 20})
    page = shopify.read_orders(None)
    while not page.raws:
        page = shopify.read_orders(None, page.next)
    by_id = {raw["id"]: raw for raw in shopify.read_orders_by_id([shopify.order_version(raw)[0] for raw in page.raws])}
    for raw in page.raws:
        assert by_id[raw["id"]] == raw


def test_a_first_import_waits_for_the_shop_and_says_how_long(shopify: Shopify) -> None:
    goods(shopify)
    place(shopify)
    do(shopify, "shopify/settings", {"bulk_seconds": 3600})
    page = shopify.read_orders(None)
    assert page.wait > 0 and page.next and not page.raws and page.watermark is None
    again = shopify.read_orders(None, page.next)
    assert again.wait > 0 and again.next == page.next
    do(shopify, "clock", {"advance": 3700})
    done = shopify.read_orders(None, page.next)
    assert len(done.raws) == 1 and not done.next and done.watermark


def test_a_window_can_be_read_again_after_a_crash(shopify: Shopify, monkeypatch: pytest.MonkeyPatch) -> None:
    do(shopify, "shopify/products/many", {"count": 5})
    do(shopify, "shopify/orders/many", {"count": 50, "lines": 3, "days": 0})
    monkeypatch.setattr(bulk, "WINDOW", 32 * 1024)
    first = shopify.read_orders(None)
    page = shopify.read_orders(None, first.next)
    assert page.raws and page.next
    assert shopify.read_orders(None, first.next).raws == page.raws
    assert shopify.read_orders(None, page.next).raws[0] not in page.raws


def test_a_shop_that_runs_no_bulk_operation_is_read_by_the_page(shopify: Shopify) -> None:
    goods(shopify)
    ids = {place(shopify) for _order in range(3)}
    do(shopify, "shopify/settings", {"bulk_at_once": 1, "bulk_seconds": 3600})
    assert shopify.read_orders(None).wait, "another one, that takes long"
    assert {order.external_id for order in listed(shopify, all_time=True)} == ids


def test_a_bulk_operation_that_fails_is_made_up_for(shopify: Shopify) -> None:
    goods(shopify)
    ids = {place(shopify) for _order in range(3)}
    do(shopify, "shopify/settings", {"bulk_error": "TIMEOUT"})
    assert {order.external_id for order in listed(shopify, all_time=True)} == ids


def test_an_empty_shop_is_read_to_its_end(shopify: Shopify) -> None:
    assert listed(shopify, all_time=True) == []


def test_an_old_start_is_a_first_import_too(shopify: Shopify) -> None:
    goods(shopify)
    place(shopify)
    long_ago = datetime.now(timezone.utc) - timedelta(days=400)
    assert len(listed(shopify, long_ago)) == 1
    assert shopify.read_orders(long_ago).wait > 0


# --- what goes wrong


def test_a_truncated_answer_is_tried_again_later(shopify: Shopify) -> None:
    goods(shopify)
    place(shopify)
    do(shopify, "faults", {"kind": "bad_json", "path": "*graphql.json", "times": 1})
    with pytest.raises(PlatformError) as caught:
        listed(shopify)
    assert caught.value.retry and not caught.value.in_doubt
    assert len(listed(shopify)) == 1


def test_points_that_run_out_say_when_to_come_back(shopify: Shopify) -> None:
    goods(shopify)
    place(shopify)
    do(shopify, "shopify/settings", {"bucket": 1000.0, "restore_rate": 50.0})
    with pytest.raises(PlatformError) as caught:
        for _call in range(30):
            listed(shopify)
    error = caught.value
    assert error.code == "rate_limited" and error.retry and error.retry_after
    do(shopify, "clock", {"advance": error.retry_after + 1})
    assert len(listed(shopify)) == 1
