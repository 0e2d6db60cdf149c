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
WARM = 20  # orders a channel before the clock starts: a server's first order loads what all later ones find loaded
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
        shops = [stack.enter_context(SandboxServer(None, None, "--empty")) for _channel in range(channels)]
        bed.inside(database, "channels", {"urls": [shop.url for shop in shops]})
        for _server in range(servers):
            stack.enter_context(OdooServer(database, connection=bed.connection, cron_threads=1))
        _settle(bed, database, shops, WARM, stock, first=1)
        took = _settle(bed, database, shops, count, stock, first=channels * WARM + 1)
        return took, channels * (WARM + count) - _reserved(bed, database)


def _settle(bed: Bed, database: str, shops: list[SandboxServer], count: int, stock: list[str], first: int) -> float:
    """Have so many new orders on every shop, wake the lanes, and return the seconds until all are settled."""
    for channel, shop in enumerate(shops):
        raws = shop_orders.orders(count, stock, first=first + channel * count, seed=first + channel)
        shop.call("/sandbox/orders/import", raws)
    before = _settled(bed, database)
    started = time.monotonic()
    bed.databases.query("UPDATE ecom_channel SET orders_polled_at = NULL", database=database)
    due = "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' WHERE ecom_flow = 'orders'"
    bed.databases.query(due, database=database)
    bed.databases.query("SELECT pg_notify('cron_trigger', %s)", [database])
    while _settled(bed, database) < before + count * len(shops):
        if time.monotonic() > started + PATIENCE:
            raise Problem(f"not all orders were settled within {PATIENCE:.0f} s")
        time.sleep(0.2)
    return time.monotonic() - started


def _settled(bed: Bed, database: str) -> int:
    statement = "SELECT count(*) FROM ecom_order WHERE state = 'settled'"
    return int(bed.databases.query(statement, database=database)[0][0])


def _reserved(bed: Bed, database: str) -> int:
    """How many sales orders have a delivery that is reserved in full."""
    statement = """
        SELECT count(DISTINCT s.id) FROM sale_order s JOIN stock_picking p ON p.sale_id = s.id
        WHERE s.state = 'sale' AND p.state = 'assigned'
    """
    return int(bed.databases.query(statement, database=database)[0][0])
