"""Two channels on two server processes and 10,000 SKUs, beside one channel on one; then 60 SKUs that both sell."""

from __future__ import annotations

import time
from contextlib import ExitStack

from dev.bench import shop_orders
from dev.bench.bed import MANY, Bed
from dev.bench.table import Case, Row
from dev.sandbox import SandboxServer
from dev.say import Problem, say
from dev.server import OdooServer

HOT = 60
PATIENCE = 600.0


def measure(bed: Bed, size: int | None, rounds: int) -> Case:
    """The same number of orders a channel each time; the lanes are woken once every server is up."""
    count = size or 500
    case = Case("B2", f"{count} orders a channel, {MANY} SKUs; {rounds} rounds, medians")
    base = bed.catalogue(MANY)
    skus = shop_orders.skus(MANY)
    kinds = {
        "one channel, one process": (1, 1, skus),
        "two channels, two processes": (2, 2, skus),
        f"one channel, one process, {HOT} hot SKUs": (1, 1, skus[:HOT]),
        f"two channels, two processes, {HOT} hot SKUs": (2, 2, skus[:HOT]),
    }
    seconds: dict[str, list[float]] = {name: [] for name in kinds}
    failures = 0
    for number in range(rounds):
        for name, (channels, servers, stock) in kinds.items():
            took, failed = _run(bed, base, channels, servers, count, stock)
            seconds[name].append(took)
            failures += failed
            say(f"    round {number + 1}, {name}: {took:.2f} s")
    rows = [
        Row(name, seconds[name], count * channels, {"orders": count * channels})
        for name, (channels, _servers, _stock) in kinds.items()
    ]
    case.rows = rows
    case.at_least("two processes as fast as one, times", rows[1].rate / rows[0].rate, 1.8)
    case.at_least("the same with hot SKUs, times", rows[3].rate / rows[2].rate, 1.0)
    case.none("orders that failed or are not reserved", failures)
    case.notes.append("both processes, PostgreSQL and the shops share this machine's cores")
    return case


def _run(bed: Bed, base: str, channels: int, servers: int, count: int, stock: list[str]) -> tuple[float, int]:
    """Seconds until every order is settled, and how many are not confirmed and reserved."""
    with bed.copy(base) as database, ExitStack() as stack:
        urls = []
        for channel in range(channels):
            shop = stack.enter_context(SandboxServer(None, None, "--empty"))
            first = channel * count + 1
            shop.call("/sandbox/orders/import", shop_orders.orders(count, stock, first=first, seed=channel))
            urls.append(shop.url)
        bed.inside(database, "channels", {"urls": urls})
        for _server in range(servers):
            stack.enter_context(OdooServer(database, connection=bed.connection, cron_threads=1))
        started = time.monotonic()
        bed.databases.query(
            "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' WHERE ecom_flow = 'orders'", database=database
        )
        bed.databases.query("NOTIFY cron_trigger, '" + database.replace("'", "") + "'", database="postgres")
        _wait(bed, database, channels * count)
        took = time.monotonic() - started
        return took, channels * count - _reserved(bed, database)


def _wait(bed: Bed, database: str, wanted: int) -> None:
    deadline = time.monotonic() + PATIENCE
    statement = "SELECT count(*) FROM ecom_order WHERE state <> 'received'"
    while bed.databases.query(statement, database=database)[0][0] < wanted:
        if time.monotonic() > deadline:
            raise Problem(f"not all orders were settled within {PATIENCE:.0f} s")
        time.sleep(0.2)


def _reserved(bed: Bed, database: str) -> int:
    """How many sales orders have a delivery that is reserved in full."""
    statement = """
        SELECT count(DISTINCT s.id) FROM sale_order s JOIN stock_picking p ON p.sale_id = s.id
        WHERE s.state = 'sale' AND p.state = 'assigned'
    """
    return int(bed.databases.query(statement, database=database)[0][0])
