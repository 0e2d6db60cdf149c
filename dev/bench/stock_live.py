"""A change of stock is committed; how long until the shop shows it, at 20 changes a second."""

from __future__ import annotations

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dev.bench.bed import Bed
from dev.bench.table import Case, Row
from dev.sandbox import SandboxServer
from dev.say import Problem, say
from dev.server import OdooServer

RATE = 20
CLERKS = 3  # who count at the same time: one alone, waiting for each answer, does not manage the rate
PRODUCTS = 50


def measure(bed: Bed, size: int | None, rounds: int) -> Case:
    """One server works; each change is committed from outside, and the shop's own log says when it heard of it."""
    count = size or 400
    case = Case("B3", f"{count} changes of stock at {RATE} a second on {PRODUCTS} products; {rounds} rounds, medians")
    base = bed.base("live", bed.databases.template())
    halves, worst, rows = [], [], []
    lost = 0
    for number in range(rounds):
        with bed.copy(base) as database, SandboxServer(None, None, "--empty") as shop:
            first = int(shop.call("/sandbox/products/many", {"count": PRODUCTS, "variants": 0})["first"])
            # A count writes down its day on its location: clerks who shared one would wait for each other in Odoo.
            options = {"count": PRODUCTS, "url": shop.url, "first_id": first, "shelves": PRODUCTS}
            bed.inside(database, "stock_fill", options)
            extra: dict[str, object] = {"dbfilter": None}
            with OdooServer(database, connection=bed.connection, cron_threads=4, extra=extra) as odoo:
                found = _Changes(bed, odoo, shop, first).run(count)
        lost += found["lost"]
        halves.append(1000 * statistics.median(found["seconds"]))
        worst.append(1000 * statistics.quantiles(found["seconds"], n=20)[-1])
        rows.append(found["took"])
        say(f"    round {number + 1}: p50 {halves[-1]:.0f} ms, p95 {worst[-1]:.0f} ms")
    more = {"p50 ms": statistics.median(halves), "p95 ms": statistics.median(worst)}
    case.rows.append(Row("from commit to shop", rows, count, more))
    case.below("p50 in ms", statistics.median(halves), 300)
    case.below("p95 in ms", statistics.median(worst), 1000)
    case.none("changes that the shop never showed", lost)
    return case


class _Changes:
    """Counts shelves over XML-RPC, and watches what the shop shows."""

    def __init__(self, bed: Bed, odoo: OdooServer, shop: SandboxServer, first: int) -> None:
        self.admin = odoo.client()
        self.shop = shop
        self.first = first
        offered = "product_id IN (SELECT product_id FROM ecom_offer)"
        shelves = "location_id IN (SELECT id FROM stock_location WHERE name LIKE 'Rayon %')"
        rows = bed.databases.query(
            f"SELECT product_id, min(id) FROM stock_quant WHERE {offered} AND {shelves} GROUP BY 1 ORDER BY 1",
            database=odoo.database,
        )
        self.quants = [quant for _product, quant in rows]
        found = bed.databases.query("SELECT id, quantity FROM stock_quant", database=odoo.database)
        quantities = dict(found)
        self.counted = [float(quantities[quant]) for quant in self.quants]
        self.shown: dict[tuple[int, int], float] = {}
        self.stop = threading.Event()

    def run(self, count: int) -> dict[str, Any]:
        """Change one product after the other, each to a quantity of its own."""
        self._wait_until_told()
        watcher = threading.Thread(target=self._watch, daemon=True)
        watcher.start()
        committed: dict[tuple[int, int], float] = {}
        shown = self._now()
        before = {self.first + index: shown[self.first + index] for index in range(PRODUCTS)}
        started = time.monotonic()

        def change(number: int) -> None:
            index = number % PRODUCTS
            self._move(index)
            before[self.first + index] += 1
            committed[self.first + index, before[self.first + index]] = time.monotonic()

        with ThreadPoolExecutor(CLERKS) as clerks:
            for number in range(count):
                pause = started + number / RATE - time.monotonic()
                if pause > 0:
                    time.sleep(pause)
                clerks.submit(change, number)
        deadline = time.monotonic() + 30
        last = dict(list(committed))  # the last quantity of each product
        while time.monotonic() < deadline and any(key not in self.shown for key in last.items()):
            time.sleep(0.05)
        self.stop.set()
        watcher.join()
        seconds = [self._seen(product, quantity, at) for (product, quantity), at in committed.items()]
        seen = [value for value in seconds if value is not None]
        return {
            "seconds": seen,
            "lost": sum(key not in self.shown for key in last.items()),
            "took": time.monotonic() - started,
        }

    def _move(self, index: int) -> None:
        """Count one more on the shelf; committed when the call returns."""
        self.counted[index] += 1
        values = {"inventory_quantity_auto_apply": self.counted[index]}
        self.admin.call("stock.quant", "write", [self.quants[index]], values, context={"inventory_mode": True})

    def _seen(self, product: int, quantity: int, committed: float) -> float | None:
        """Seconds until the shop showed this quantity, or one that came after it."""
        times = [at for (key, shown), at in self.shown.items() if key == product and shown >= quantity]
        return max(min(times) - committed, 0.0) if times else None

    def _now(self) -> dict[int, int]:
        rows = self.shop.call("/sandbox/stock")
        return {int(key): int(value) for key, value in rows.items()}

    def _watch(self) -> None:
        while not self.stop.is_set():
            at = time.monotonic()
            for product, quantity in self._now().items():
                self.shown.setdefault((product, quantity), at)
            time.sleep(0.01)

    def _wait_until_told(self) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            levels = self.admin.call("ecom.stock.level", "search_count", [("waiting", "=", False)])
            if levels == PRODUCTS:
                return
            time.sleep(0.2)
        raise Problem("The shop was not told its first quantities within two minutes.")
