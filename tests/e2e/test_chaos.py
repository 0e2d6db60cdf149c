"""Deliveries in any order, any number of times, with the server killed in between; and two servers at once."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

import shop
from dev.client import Client
from dev.sandbox import SandboxServer
from dev.server import OdooServer

ORDERS = 120
DELIVERIES = 1000


def everything_is_there(admin: Client, sandbox: SandboxServer, ids: list[str]) -> None:
    """Each order once, in its newest version, with one sales order that is exact."""
    keeper = shop.shopkeeper(sandbox)
    there = {}
    for start in range(0, len(ids), 100):
        rows = keeper.get("orders", {"include": ",".join(ids[start : start + 100]), "per_page": 100})
        there |= {str(row["id"]): row for row in rows}
    fields = ("external_id", "state", "shop_state", "sale_order_ids", "note")
    here = admin.search_read("ecom.order", [("external_id", "in", ids)], *fields)
    assert Counter(row["external_id"] for row in here) == Counter(ids)
    assert {row["external_id"]: row["shop_state"] for row in here} == {id_: there[id_]["status"] for id_ in ids}
    assert {row["external_id"]: row["note"] or "" for row in here} == {id_: there[id_]["customer_note"] for id_ in ids}
    for row in here:
        # What was cancelled before it was ever seen here needs no sales order.
        assert len(row["sale_order_ids"]) in ((0, 1) if row["shop_state"] == "cancelled" else (1,)), row
    sales = admin.search_read("sale.order", [], "client_order_ref", "amount_total", "state")
    totals = {str(row["number"]): row["total"] for row in there.values()}
    assert len({sale["client_order_ref"] for sale in sales}) == len(sales)
    for sale in sales:
        assert f"{sale['amount_total']:.2f}" == totals[sale["client_order_ref"]]


def settled(admin: Client, ids: list[str]) -> bool:
    waiting = [("external_id", "in", ids), ("state", "in", ("settled", "cancelled"))]
    new = admin.call("ecom.event", "search_count", [("state", "=", "new")])
    return not new and admin.call("ecom.order", "search_count", waiting) == len(ids)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.prove) for seed in range(2, 8))])
def test_a_thousand_deliveries_in_any_order_with_the_server_killed(
    start_odoo: Callable[..., OdooServer], sandbox: SandboxServer, seed: int
) -> None:
    dice = random.Random(seed)
    odoo = start_odoo()
    admin = odoo.client()
    channel = shop.connect(admin, sandbox)
    url, secret = shop.address(admin, channel)
    keeper = shop.shopkeeper(sandbox)
    for hook in keeper.get("webhooks"):
        keeper.delete(f"webhooks/{hook['id']}")  # this test delivers by itself
    ids = shop.place(sandbox, ORDERS, kinds=[])
    for order_id in dice.sample(ids, ORDERS // 3):
        keeper.put(f"orders/{order_id}", {"customer_note": f"version 2 of {order_id}"})

    wanted = [(dice.choice(ids), f"d{n}") for n in range(DELIVERIES * 9 // 10)]
    wanted += dice.choices(wanted, k=DELIVERIES - len(wanted))
    dice.shuffle(wanted)
    kills = sorted(dice.sample(range(50, DELIVERIES - 50), 3))

    def deliver(item: tuple[str, str]) -> None:
        body = shop.webhook_of(item[0])
        headers = shop.signed(body, secret, item[1])
        while shop.post(url, body, headers) not in (200, 202):
            time.sleep(0.05)

    with ThreadPoolExecutor(8) as pool:
        for start, end in zip([0, *kills], [*kills, DELIVERIES], strict=True):
            jobs = [pool.submit(deliver, item) for item in wanted[start:end]]
            if end in kills:
                jobs[dice.randrange(len(jobs))].result()
                odoo.kill()
                odoo.start()
            for job in jobs:
                job.result()
    for order_id in dice.sample(ids, ORDERS // 4):
        keeper.put(f"orders/{order_id}", {"status": "cancelled", "customer_note": "changed my mind"})
    admin.call("ecom.channel", "action_look_now", [channel])  # webhooks are hints: these changes were not told
    shop.wait_for(lambda: settled(admin, ids), seconds=120, every=0.5)
    shop.wait_for(lambda: not differs(admin, keeper, ids), seconds=60, every=0.5)
    everything_is_there(admin, sandbox, ids)
    assert admin.call("ecom.event", "search_count", []) == len({delivery for _, delivery in wanted}), "each kept once"


def differs(admin: Client, keeper: object, ids: list[str]) -> bool:
    here = {
        row["external_id"]: row["shop_state"]
        for row in admin.search_read("ecom.order", [("external_id", "in", ids)], "external_id", "shop_state")
    }
    rows = []
    for start in range(0, len(ids), 100):
        rows += keeper.get("orders", {"include": ",".join(ids[start : start + 100]), "per_page": 100})  # type: ignore[attr-defined]
    return here != {str(row["id"]): row["status"] for row in rows} or not settled(admin, ids)


def test_two_servers_do_no_work_twice(start_odoo: Callable[..., OdooServer], sandbox: SandboxServer) -> None:
    first, second = start_odoo(cron_threads=2), start_odoo(cron_threads=2)
    admin = first.client()
    shop.connect(admin, sandbox)
    sandbox.call("/sandbox/calls", method="DELETE")
    ids = shop.place(sandbox, 20, kinds=[])
    shop.wait_for(lambda: settled(admin, ids), seconds=60, every=0.2)
    everything_is_there(second.client(), sandbox, ids)
    sales = admin.search_read("sale.order", [], "picking_ids")
    assert all(len(sale["picking_ids"]) == 1 for sale in sales)
    pickings = admin.search_read("stock.picking", [("sale_id", "!=", False)], "id")
    admin.call("stock.picking", "write", [row["id"] for row in pickings], {"carrier_tracking_ref": "N1"})
    moves = admin.call("stock.move", "search", [("picking_id", "in", [row["id"] for row in pickings])])
    for move in admin.call("stock.move", "read", moves, ["product_uom_qty"]):
        admin.call("stock.move", "write", [move["id"]], {"quantity": move["product_uom_qty"], "picked": True})
    admin.call("stock.picking", "button_validate", [row["id"] for row in pickings], context={"skip_sms": True})
    done = [("state", "=", "done"), ("kind", "=", "shipment")]
    shop.wait_for(lambda: admin.call("ecom.command", "search_count", done) == 20)
    keeper = shop.shopkeeper(sandbox)
    for order_id in ids[:10]:
        raw = keeper.get(f"orders/{order_id}")
        assert len(shop.meta(raw, "_wc_shipment_tracking_items")) == 1
        assert len(keeper.get(f"orders/{order_id}/notes", {"type": "any"})) >= 1
    writes = sandbox.call("/sandbox/calls?method=POST&path=/wp-json/wc/v3/orders/batch")
    assert writes["count"] <= 20, "no shipment was sent twice"
    assert {row["attempts"] for row in admin.search_read("ecom.command", done, "attempts")} == {1}
