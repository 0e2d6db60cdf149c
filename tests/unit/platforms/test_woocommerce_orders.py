"""Reading orders: how many calls, and nothing missed while the shop goes on selling."""

from __future__ import annotations

import math
from datetime import datetime, timezone
from pathlib import Path

import pytest
from fake_woo import FakeOrders, at, stamp
from hypothesis import given, settings
from hypothesis import strategies as st
from local_servers import Answer, read_exchanges, replay, serving

from platforms.base import REFUNDS_KEY, Raw
from platforms.transport import Transport
from platforms.woocommerce import WooCommerce

KEYS = {"consumer_key": "ck_testkey", "consumer_secret": "cs_testsecret"}


def shop(url: str, transport: Transport) -> WooCommerce:
    return WooCommerce(url, KEYS, transport)


def read_all(platform: WooCommerce, since: datetime | None) -> list[Raw]:
    return poll(platform, since)[0]


def poll(platform: WooCommerce, since: datetime | None) -> tuple[list[Raw], datetime | None]:
    """A whole listing, and its watermark."""
    found: list[Raw] = []
    cursor, watermark = "", None
    while True:
        page = platform.read_orders(since, cursor)
        found.extend(page.raws)
        cursor, watermark = page.next, page.watermark
        if not cursor:
            return found, watermark


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 200, 250, 1000])
@pytest.mark.parametrize("per_second", [1, 7, 60, 100, 150])
def test_n_orders_cost_n_hundredths_of_reads(count: int, per_second: int, transport: Transport) -> None:
    fake = FakeOrders()
    fake.modified = {key: stamp(key // per_second) for key in range(1, count + 1)}
    with serving(fake) as server:
        found = read_all(shop(server.url, transport), at(0))
    assert [raw["id"] for raw in found] == sorted(fake.modified, key=lambda key: (fake.modified[key], -key))
    assert fake.reads == max(1, math.ceil(count / 100))


def test_thousands_of_one_second_are_paged(transport: Transport) -> None:
    fake = FakeOrders()
    fake.modified = {key: stamp(5) for key in range(1, 1501)}
    with serving(fake) as server:
        found = read_all(shop(server.url, transport), None)
    assert {raw["id"] for raw in found} == set(fake.modified)
    assert fake.reads <= 16


def test_a_shop_that_ignores_exclude_is_read_all_the_same(transport: Transport) -> None:
    fake = FakeOrders()
    fake.knows_exclude = False
    fake.modified = {key: stamp(key // 150) for key in range(1, 501)}
    with serving(fake) as server:
        found = read_all(shop(server.url, transport), at(0))
    assert {raw["id"] for raw in found} == set(fake.modified)


def test_the_watermark_s_own_second_is_read_again(transport: Transport) -> None:
    fake = FakeOrders()
    fake.modified = {1: stamp(9), 2: stamp(10), 3: stamp(10), 4: stamp(11)}
    with serving(fake) as server:
        found = read_all(shop(server.url, transport), at(10).replace(microsecond=900_000))
    assert {raw["id"] for raw in found} == {2, 3, 4}


@settings(max_examples=25, deadline=None)
@given(
    st.integers(101, 320),
    st.integers(1, 120),
    st.lists(st.integers(1, 320), min_size=1, max_size=6),
)
def test_orders_that_change_while_read_hide_none(count: int, per_second: int, changed: list[int]) -> None:
    """After each page a customer pays: that order moves to the end of the list, and no other is skipped. What this
    listing does not see of it, the next one does."""
    fake = FakeOrders()
    fake.modified = {key: stamp(key // per_second) for key in range(1, count + 1)}
    fake.clock = count
    queue = [key for key in changed if key <= count]

    def pay() -> None:
        fake.clock += 1
        if queue:
            fake.modified[queue.pop()] = stamp(fake.clock)

    fake.after_read = pay
    transport = Transport(timeout=(2, 5))
    with serving(fake) as server:
        found, watermark = poll(shop(server.url, transport), at(0))
        assert {raw["id"] for raw in found} == set(fake.modified)
        queue.clear()
        again, _ = poll(shop(server.url, transport), watermark)
    transport.close()
    newest = {raw["id"]: raw["date_modified_gmt"] for raw in [*found, *again]}
    assert newest == fake.modified


def test_a_listing_cut_off_goes_on_from_its_watermark(transport: Transport) -> None:
    fake = FakeOrders()
    fake.modified = {key: stamp(key // 60) for key in range(1, 251)}
    fake.clock = 1000
    with serving(fake) as server:
        platform = shop(server.url, transport)
        first = platform.read_orders(at(0))
        assert first.watermark == at(1)
        rest = read_all(platform, first.watermark)
    assert {raw["id"] for raw in (*first.raws, *rest)} == set(fake.modified)


def test_an_empty_listing_has_no_watermark(transport: Transport) -> None:
    with serving(FakeOrders()) as server:
        assert poll(shop(server.url, transport), at(0)) == ([], None)


def test_orders_by_id_come_in_hundreds(transport: Transport) -> None:
    fake = FakeOrders()
    fake.modified = {key: stamp(key) for key in range(1, 251)}
    with serving(fake) as server:
        found = shop(server.url, transport).read_orders_by_id([str(key) for key in range(1, 261)])
        assert {raw["id"] for raw in found} == set(fake.modified)
        assert fake.reads == 3
        assert shop(server.url, transport).read_orders_by_id(["", "x"]) == []
        assert fake.reads == 3  # no ids must not mean all orders


IGNORED = frozenset({"per_page", "page", "include", "orderby", "order", "_fields"})


def test_recorded_orders_and_refunds_come_together(contracts: Path, transport: Transport) -> None:
    """The recorded order 17 with its three refunds: one of a line, one of an amount, one of all that was left."""
    exchanges = read_exchanges(contracts / "woocommerce/recordings")
    wanted = [exchange for exchange in exchanges if exchange.name.startswith("46_")]
    refunded = next(exchange.body for exchange in exchanges if exchange.name.startswith("45_"))
    order = WooCommerce.parse_order(refunded)
    assert not order.refunds_complete and len(order.refunds) == 3
    assert all(not refund.lines for refund in order.refunds)
    with serving(replay(wanted, ignore=IGNORED)) as server:
        found = shop(server.url, transport).read_refunds([order])
        assert len(server.requests) == 1
        assert set(server.requests[0].params["include"].split(",")) == {"18", "19", "24"}
    complete = WooCommerce.parse_order({**refunded, REFUNDS_KEY: found["17"]})
    assert complete.refunds_complete
    by_id = {refund.external_id: refund for refund in complete.refunds}
    assert str(by_id["18"].amount) == "14.40"
    (line,) = by_id["18"].lines
    assert (line.line_id, str(line.quantity), str(line.net), str(line.tax)) == ("1", "1", "10.00", "2.00")
    assert by_id["19"].lines == () and by_id["24"].lines == ()
    assert by_id["18"].created_at == datetime(2026, 11, 24, 10, 41, 57, tzinfo=timezone.utc)


def test_older_shops_have_no_list_of_all_refunds(contracts: Path, transport: Transport) -> None:
    exchanges = read_exchanges(contracts / "woocommerce/recordings")
    refunded = next(exchange.body for exchange in exchanges if exchange.name.startswith("28_"))
    listed = next(exchange.body for exchange in exchanges if exchange.name.startswith("27_"))

    def old(request, handler):  # type: ignore[no-untyped-def]
        if request.path.endswith("/orders/17/refunds"):
            return Answer(listed, headers={"X-WP-TotalPages": "1"})
        return Answer({"code": "rest_no_route", "message": "No route was found"}, 404)

    order = WooCommerce.parse_order(refunded)
    with serving(old) as server:
        found = shop(server.url, transport).read_refunds([order])
    assert WooCommerce.parse_order({**refunded, REFUNDS_KEY: found["17"]}).refunds_complete


def test_products_by_sku(contracts: Path, transport: Transport) -> None:
    exchanges = [
        exchange
        for exchange in read_exchanges(contracts / "woocommerce/golden")
        if exchange.name.startswith(("37_", "35_"))
    ]
    with serving(replay(exchanges[1:], ignore=IGNORED)) as server:
        (product,) = shop(server.url, transport).read_products(["MUG-1", "MUG-1", "A,B"])
        assert len(server.requests) == 1
    assert (product.product_id, product.variant_id, product.sku, product.barcode, product.active) == (
        "10",
        "",
        "MUG-1",
        "3760123450012",
        True,
    )


def test_variations_come_as_variants_and_their_parent_does_not(transport: Transport) -> None:
    rows = [
        {"id": 11, "parent_id": 0, "type": "variable", "sku": "TS", "name": "T-shirt", "status": "publish"},
        {"id": 12, "parent_id": 11, "type": "variation", "sku": "TS-S", "name": "T-shirt - S", "status": "publish"},
    ]
    with serving(lambda request, handler: Answer(rows, headers={"X-WP-TotalPages": "1"})) as server:
        (variant,) = shop(server.url, transport).read_products(["TS", "TS-S"])
    assert (variant.product_id, variant.variant_id, variant.sku) == ("11", "12", "TS-S")
