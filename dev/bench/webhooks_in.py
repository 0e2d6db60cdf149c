"""1,000 webhooks over 8 connections, each waiting for its answer: 10 % told twice, 10 % out of order."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import random
import statistics
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from dev.bench import shop_orders
from dev.bench.bed import FEW, Bed
from dev.bench.table import Case, Row
from dev.sandbox import SandboxServer
from dev.say import Problem, say
from dev.server import OdooServer

CONNECTIONS = 8
ONE_DATABASE: dict[str, object] = {"dbfilter": None}
"""With a filter Odoo asks the server for all its databases at every call that has no cookie."""
SHARE = 10  # every tenth is told twice, every tenth comes too early
PATIENCE = 600.0


@dataclass(frozen=True)
class Delivery:
    """One webhook: its body only names the order, as WooCommerce's does for us."""

    order: int
    key: str


def measure(bed: Bed, size: int | None, rounds: int) -> Case:
    """One process that answers, one that works on the orders; the shop's orders change while they are told."""
    count = size or 1000
    case = Case("B6", f"{count} webhooks, {CONNECTIONS} connections; {rounds} rounds, medians")
    base = bed.catalogue(FEW)
    seconds, p50s, p95s, settled = [], [], [], []
    trouble: Counter[str] = Counter(lost=0, doubled=0, outdated=0, refused=0)
    for number in range(rounds):
        with bed.copy(base) as database:
            answers, took, until_settled, found = _run(bed, database, count, seed=number)
        trouble.update(found)
        cuts = statistics.quantiles(answers, n=20)
        p50s.append(1000 * statistics.median(answers))
        p95s.append(1000 * cuts[-1])
        seconds.append(took)
        settled.append(until_settled)
        say(f"    round {number + 1}: {took:.2f} s, p95 {p95s[-1]:.0f} ms, all settled after {until_settled:.1f} s")
    more = {
        "p50 ms": statistics.median(p50s),
        "p95 ms": statistics.median(p95s),
        "settled after s": statistics.median(settled),
        **trouble,
    }
    case.rows.append(Row("one process answers, one works", seconds, count, more))
    case.below("answer p95 in ms", statistics.median(p95s), 100)
    case.none("lost", trouble["lost"])
    case.none("doubled", trouble["doubled"])
    case.none("not the shop's last state", trouble["outdated"])
    case.none("refused", trouble["refused"])
    return case


def _run(bed: Bed, database: str, count: int, seed: int) -> tuple[list[float], float, float, dict[str, int]]:
    dice = random.Random(seed)
    raws = shop_orders.orders(count * 4 // 10, shop_orders.skus(FEW), seed=seed)
    with SandboxServer(None, None, "--empty") as shop:
        shop.call("/sandbox/orders/import", raws)
        (channel,) = bed.inside(database, "channels", {"urls": [shop.url]})["ids"]
        # The poll at the start would find all orders by itself: it was just done, as far as this channel knows.
        statement = (
            "UPDATE ecom_channel SET orders_polled_at = now() AT TIME ZONE 'UTC' + interval '1 day' WHERE id = %s"
        )
        bed.databases.query(statement, [channel], database=database)
        statement = "SELECT webhook_token, webhook_secret FROM ecom_channel WHERE id = %s"
        ((token, secret),) = bed.databases.query(statement, [channel], database=database)
        options = {"connection": bed.connection, "extra": ONE_DATABASE}
        # As in production, what answers the shop is not what works on the orders.
        with (
            OdooServer(database, cron_threads=0, **options) as odoo,  # type: ignore[arg-type]
            OdooServer(database, cron_threads=1, **options),  # type: ignore[arg-type]
        ):
            deliveries = _deliveries(dice, [raw["id"] for raw in raws], count)
            sender = _Sender(odoo.url, f"/ecom/webhook/{token}", secret)
            sender(Delivery(0, "warm"))
            sender.reset()
            started = time.monotonic()
            half = len(deliveries) // 2
            with ThreadPoolExecutor(CONNECTIONS) as pool:
                list(pool.map(sender, deliveries[:half]))
                newer = [raw | _changed() for raw in dice.sample(raws, len(raws) // 4)]
                paused = time.monotonic()
                shop.call("/sandbox/orders/import", newer)
                paused = time.monotonic() - paused
                told = [Delivery(raw["id"], f"new-{raw['id']}") for raw in newer]
                rest = [*deliveries[half + len(told) :], *told]
                dice.shuffle(rest)
                list(pool.map(sender, rest))
            took = time.monotonic() - started - paused
            wanted = {delivery.order for delivery in [*deliveries[:half], *rest]}
            _wait(bed, database, wanted)
            until = time.monotonic() - started - paused
            last = {raw["id"]: raw["customer_note"] for raw in [*raws, *newer]}
            found = _check(bed, database, wanted, last, len({d.key for d in [*deliveries[:half], *rest]}) + 1)
            return sender.seconds, took, until, found | {"refused": sender.refused}


def _changed() -> dict[str, object]:
    return {"customer_note": "Sonner deux fois", "date_modified_gmt": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())}


def _deliveries(dice: random.Random, orders: list[int], count: int) -> list[Delivery]:
    """Created first, then updates, in the order of their keys; some told twice, some moved to any other place."""
    doubled = count // SHARE
    plain = [Delivery(order, f"created-{order}") for order in orders]
    while len(plain) < count - doubled:
        plain.append(Delivery(dice.choice(orders), f"updated-{len(plain)}"))
    for _ in range(count // SHARE):
        plain.insert(dice.randrange(len(plain)), plain.pop(dice.randrange(len(plain))))
    for delivery in dice.sample(plain, doubled):
        plain.insert(dice.randrange(len(plain)), delivery)
    return plain


class _Sender:
    """Posts deliveries, each thread over a connection that it keeps; remembers how long every answer took."""

    def __init__(self, url: str, path: str, secret: str) -> None:
        self.address = urlsplit(url).netloc
        self.path = path
        self.secret = secret
        self.connections: dict[int, http.client.HTTPConnection] = {}
        self.reset()

    def reset(self) -> None:
        """Forget what was measured."""
        self.seconds: list[float] = []
        self.refused = 0

    def __call__(self, delivery: Delivery) -> None:
        body = json.dumps({"id": delivery.order}).encode()
        digest = base64.b64encode(hmac.new(self.secret.encode(), body, hashlib.sha256).digest()).decode()
        headers = {
            "Content-Type": "application/json",
            "X-WC-Webhook-Topic": "order.updated",
            "X-WC-Webhook-Resource": "order",
            "X-WC-Webhook-Event": "updated",
            "X-WC-Webhook-Signature": digest,
            "X-WC-Webhook-ID": "1",
            "X-WC-Webhook-Delivery-ID": delivery.key,
        }
        thread = threading.get_ident()
        connection = self.connections.setdefault(thread, http.client.HTTPConnection(self.address, timeout=30))
        started = time.monotonic()
        connection.request("POST", self.path, body, headers)
        answer = connection.getresponse()
        answer.read()
        self.seconds.append(time.monotonic() - started)
        self.refused += answer.status not in (200, 202)


def _wait(bed: Bed, database: str, orders: set[int]) -> None:
    deadline = time.monotonic() + PATIENCE
    statement = """
        SELECT (SELECT count(*) FROM ecom_event WHERE state = 'new' AND external_id <> '0'),
               (SELECT count(*) FROM ecom_order WHERE state <> 'received')
    """
    while True:
        waiting, settled = bed.databases.query(statement, database=database)[0]
        if not waiting and settled >= len(orders):
            return
        if time.monotonic() > deadline:
            raise Problem(f"{waiting} events wait and {settled} of {len(orders)} orders are settled")
        time.sleep(0.1)


def _check(bed: Bed, database: str, orders: set[int], last: dict[int, str], events: int) -> dict[str, int]:
    """What went wrong: each order once, with one sales order, in the shop's last version; each event once."""
    rows = bed.databases.query("SELECT external_id, note FROM ecom_order", database=database)
    sales = bed.databases.query("SELECT client_order_ref FROM sale_order", database=database)
    kept = bed.databases.query("SELECT count(*) FROM ecom_event", database=database)[0][0]
    once = Counter(int(external_id) for external_id, _note in rows)
    sold = Counter(int(number) for (number,) in sales)
    return {
        "lost": len(orders - set(once)) + len(orders - set(sold)) + max(0, events - kept),
        "doubled": sum(n - 1 for n in [*once.values(), *sold.values()]) + max(0, kept - events),
        "outdated": sum(1 for external_id, note in rows if (note or "") != last[int(external_id)]),
    }
