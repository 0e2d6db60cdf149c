"""All that 100,000 offers over two warehouses may show, then 10,000 differences told to a shop that takes its time."""

from __future__ import annotations

import statistics
from typing import Any

from dev.bench.bed import Bed
from dev.bench.table import Case, Row
from dev.sandbox import SandboxServer
from dev.say import say

LATENCY = 0.15
BATCH_SIZE = 100
BATCH_PATH = "/wp-json/wc/v3/products/batch"
GROWTH = 1.15
PARTS = (10, 3)


def measure(bed: Bed, size: int | None, rounds: int) -> Case:
    """Computing against the bare query, at a tenth, a third and the whole; telling a tenth of the whole."""
    whole = size or 100_000
    differences = whole // 10
    case = Case("B4", f"{whole} offers, 2 warehouses; {differences} differences, {1000 * LATENCY:.0f} ms latency")
    each: dict[int, float] = {}
    for count in (*(max(whole // part, 100) for part in PARTS), whole):
        with SandboxServer(None, None, "--empty") as shop:
            made = min(count, differences) if count == whole else 0
            first = _fill_shop(shop, made) if made else 1
            base = bed.base(f"stock_{count}", bed.databases.template())
            filled = bed.inside(base, "stock_fill", {"count": count, "url": shop.url, "first_id": first})
            results = []
            for number in range(rounds):
                with bed.copy(base) as database:
                    results.append(bed.inside(database, "stock_compute", {"channel": filled["channel"]}))
                    if count == whole and number == rounds - 1:
                        told = _tell(bed, database, shop, filled["channel"], differences)
                figure = results[-1]
                say(
                    f"    round {number + 1}, {count} offers: the query {figure['query']:.2f} s, all levels"
                    f" {figure['again']:.2f} s (first {figure['first']:.2f} s), Odoo's own {figure['native']:.2f} s"
                )
            each[count] = statistics.median(figure["again"] for figure in results) / count
            if count == whole:
                _hold(case, results, count)
    _hold_told(case, told, differences)
    for count in list(each)[:-1]:
        case.at_most(f"time of an offer, {whole} to {count}", each[whole] / each[count], GROWTH)
    return case


def _fill_shop(shop: SandboxServer, count: int) -> int:
    """Products that the shop counts; returns the first one's id, the others follow."""
    return int(shop.call("/sandbox/products/many", {"count": count, "variants": 0})["first"])


def _tell(bed: Bed, database: str, shop: SandboxServer, channel: int, count: int) -> dict[str, Any]:
    shop.call("/sandbox/faults", {"kind": "slow", "seconds": LATENCY, "path": "*"})
    shop.call("/sandbox/calls", method="DELETE")
    found = bed.inside(database, "stock_tell", {"channel": channel, "differences": count})
    calls = shop.call(f"/sandbox/calls?path={BATCH_PATH}&method=POST")
    return found | {"calls": calls["count"]}


def _hold(case: Case, results: list[dict[str, Any]], count: int) -> None:
    names = {
        "query": "the bare query",
        "again": "all levels, nothing changed",
        "first": "all levels, all new and written",
        "native": "_compute_quantities_dict",
    }
    for key, name in names.items():
        case.rows.append(Row(name, [figure[key] for figure in results], count))
    query, again, _first, native = (row.median for row in case.rows)
    case.at_most("computing, times the bare query", again / query, 2)
    case.at_least("as fast as _compute_quantities_dict, times", native / again, 1)
    case.at_most("statements to compute", max(figure["statements"] for figure in results), 20)


def _hold_told(case: Case, told: dict[str, Any], differences: int) -> None:
    wanted = -(-differences // BATCH_SIZE)
    case.none("calls above ceil(n / batch size)", told["calls"] - wanted)
    case.none("differences left", told["left"])
    case.notes.append(
        f"{differences} differences in {told['calls']} calls: computed and written after {told['computed']:.1f} s,"
        f" told after {told['seconds']:.1f} s"
    )
