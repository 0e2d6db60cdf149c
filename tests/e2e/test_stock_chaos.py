"""Random work on stock, with the server killed and the shop failing: in the end the shop shows what the rule says."""

from __future__ import annotations

import json
import math
import random
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dev.client import Client
from dev.sandbox import SandboxServer
from dev.server import OdooServer
from shop import connect, wait_for
from test_stock import offer, on_shop, product_with, shelf

PRODUCTS, BUFFER, THREADS = 12, 2, 6
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 503, "path": "/wp-json/wc/v3/products/batch", "probability": 0.1},
    {"kind": "lost_answer", "path": "/wp-json/wc/v3/products/batch", "probability": 0.1},
    {"kind": "bad_json", "path": "/wp-json/wc/v3/products/batch", "probability": 0.05},
    {"kind": "slow", "seconds": 0.3, "path": "/wp-json/wc/v3/products/batch", "probability": 0.1},
)


class Work:
    """What people do to stock, each a transaction; one that a kill cut off is done again or not at all."""

    def __init__(self, admin: Client, products: list[int], dice: random.Random) -> None:
        self.admin, self.products, self.dice = admin, products, dice
        self.shelf = shelf(admin)
        (self.partner,) = admin.call("res.partner", "create", [{"name": "Client"}])
        self.orders: list[int] = []

    def once(self) -> int:
        """:return: how many products' stock it was about"""
        return self.dice.choice([self.count, self.count, self.sell, self.sell, self.sell, self.cancel, self.ship])()

    def some_products(self) -> list[int]:
        return self.dice.sample(self.products, self.dice.randint(1, len(self.products) // 2))

    def count(self) -> int:
        values = [
            {"product_id": product, "location_id": self.shelf, "inventory_quantity": self.dice.randrange(40)}
            for product in self.some_products()
        ]
        quants = self.admin.call("stock.quant", "create", values, context={"inventory_mode": True})
        self.admin.call("stock.quant", "action_apply_inventory", quants)
        return len(values)

    def sell(self) -> int:
        lines = [
            (0, 0, {"product_id": product, "product_uom_qty": self.dice.randint(1, 4)})
            for product in self.some_products()
        ]
        order = self.admin.call("sale.order", "create", [{"partner_id": self.partner, "order_line": lines}])
        self.admin.call("sale.order", "action_confirm", order)
        self.orders += order
        return len(lines)

    def cancel(self) -> int:
        if self.orders:
            order = self.orders.pop(self.dice.randrange(len(self.orders)))
            self.admin.call("sale.order", "action_cancel", [order])
        return 1

    def ship(self) -> int:
        if self.orders:
            order = self.dice.choice(self.orders)
            ready = self.admin.search_read("stock.picking", [("sale_id", "=", order), ("state", "=", "assigned")], "id")
            for picking in ready:
                self.admin.call("stock.picking", "button_validate", [picking["id"]])
        return 1


def computed_from_scratch(admin: Client, products: list[int]) -> dict[int, int]:
    """What may be sold, by the rule's own words: on hand, less what is promised, less the buffer."""
    free: dict[int, float] = defaultdict(float)
    quants = admin.search_read(
        "stock.quant",
        [("product_id", "in", products), ("location_id", "child_of", shelf(admin))],
        "product_id",
        "quantity",
    )
    for row in quants:
        free[row["product_id"][0]] += row["quantity"]
    wanted = [("product_id", "in", products), ("location_dest_id.usage", "=", "customer")]
    open_moves = ("state", "in", ("confirmed", "waiting", "partially_available", "assigned"))
    for row in admin.search_read("stock.move", [*wanted, open_moves], "product_id", "product_uom_qty"):
        free[row["product_id"][0]] -= row["product_uom_qty"]
    return {product: max(math.floor(free[product] - BUFFER + 1e-6), 0) for product in products}


def how_it_stands(admin: Client, product: int) -> list[Any]:
    """What there is to know of a product whose figure is wrong."""
    mine = [("product_id", "=", product)]
    return [
        admin.search_read("ecom.stock.level", mine, "quantity", "pushed_quantity", "sentence", "refusal", "waiting"),
        admin.search_read("stock.quant", mine, "location_id", "quantity", "reserved_quantity"),
        admin.search_read(
            "stock.move", [*mine, ("state", "not in", ("done", "cancel"))], "state", "product_qty", "quantity"
        ),
    ]


@pytest.mark.parametrize("count", [80, pytest.param(10_000, marks=pytest.mark.prove)])
def test_random_work_with_kills_and_faults(
    start_odoo: Callable[..., OdooServer], sandbox: SandboxServer, count: int
) -> None:
    odoo = start_odoo()
    admin = odoo.client()
    channel = connect(admin, sandbox, stock_push=True, calls_per_second=100)
    admin.call("ecom.stock.rule", "create", [{"channel_id": channel, "buffer": BUFFER}])
    products = [product_with(admin, f"CHAOS-{number}", 30) for number in range(PRODUCTS)]
    ids = [on_shop(sandbox, f"CHAOS-{number}") for number in range(PRODUCTS)]
    for number, (product, shop_id) in enumerate(zip(products, ids, strict=True)):
        offer(admin, channel, product, shop_id, f"CHAOS-{number}")
    for fault in FAULTS:
        sandbox.call("/sandbox/faults", fault)
    workers = [Work(odoo.client(), products, random.Random(count + number)) for number in range(THREADS)]
    failures: list[str] = []
    done = [0] * THREADS
    kills = [count * part // 4 for part in (1, 2, 3)]

    def work(number: int) -> None:
        while sum(done) < (kills[0] if kills else count):
            try:
                done[number] += workers[number].once()
            except Exception as error:  # a server that was killed, or a document in use: as people see it
                failures.append(f"{type(error).__name__}: {error}"[:200])
                done[number] += 1
                time.sleep(0.05)

    with ThreadPoolExecutor(THREADS) as pool:
        while True:
            jobs = [pool.submit(work, number) for number in range(THREADS)]
            if kills:
                wait_for(lambda: sum(done) >= kills[0] - 3, seconds=3600)
                odoo.kill()
                odoo.start()
            for job in jobs:
                job.result()
            if not kills:
                break
            kills.pop(0)
    assert len(failures) < count / 4, failures[-5:]
    sandbox.call("/sandbox/faults", method="DELETE")
    admin.call("ecom.channel", "write", [channel], {"not_before": False})
    levels = admin.call("ecom.stock.level", "search", [("channel_id", "=", channel)])
    admin.call("ecom.stock.rule", "create", [{"buffer": 1}])  # wakes the lane, and is not the one that counts

    def told() -> bool:
        retry = admin.call("ecom.stock.level", "search", [("waiting", "=", True)])
        if retry:
            admin.call("ecom.stock.level", "action_tell_again", retry)
        rest = admin.call("ecom.stock.change", "search_count", [])
        return not rest and not retry

    wait_for(told, seconds=120, every=1)
    assert len(levels) == PRODUCTS
    shown = sandbox.call("/sandbox/stock")
    scratch = computed_from_scratch(admin, products)
    wrong = {
        product: (shown[shop_id], scratch[product], how_it_stands(admin, product))
        for product, shop_id in zip(products, ids, strict=True)
        if shown[shop_id] != scratch[product]
    }
    assert not wrong, json.dumps(wrong, indent=1)
