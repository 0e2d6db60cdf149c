"""The same 500 Shopify orders, by our lane from the shop's pages and by the OCA addon, which is given them."""

from __future__ import annotations

import statistics
from typing import Any

from dev.bench.bed import FEW, Bed
from dev.bench.orders_in import install_oca
from dev.bench.table import Case, Row
from dev.sandbox import SandboxServer
from dev.say import say

CANDIDATES = {"ours_on_shopify": "ours, the orders lane", "oca_on_shopify": "OCA shopify_connector, without HTTP"}


def measure(bed: Bed, size: int | None, rounds: int) -> Case:
    """Both candidates in turn, round after round, each on a fresh copy of the database."""
    count = size or 500
    case = Case("B1S", f"{count} Shopify orders to confirmed and reserved; {rounds} rounds, medians")
    base = bed.catalogue(FEW)
    oca_base, overlay = install_oca(bed, base, case)
    if not oca_base:
        return case
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in CANDIDATES}
    with SandboxServer(None, None, "--empty") as shop:
        shop.call("/sandbox/shopify/settings", {"bucket": 10**8, "restore_rate": 10**6})
        shop.call("/sandbox/shopify/products/many", {"count": FEW - 1, "variants": 1, "prefix": "BENCH"})
        shop.call("/sandbox/shopify/orders/many", {"count": count, "lines": 3, "days": 20, "customers": count})
        for number in range(rounds):
            for name in found:
                with bed.copy(oca_base if name.startswith("oca") else base) as database:
                    options = {"url": f"{shop.url}/lumiere", "count": count, "skus": FEW}
                    result = bed.inside(database, name, options, overlay=overlay if name.startswith("oca") else None)
                say(f"    round {number + 1}, {CANDIDATES[name]}: {result['seconds']:.2f} s")
                found[name].append(result)
    for name, results in found.items():
        last = results[-1]
        more = {
            "CPU ms each": statistics.median(1000 * result["cpu"] / count for result in results),
            "statements each": last["statements"],
            "confirmed": last["confirmed"],
            "reserved": last["reserved"],
        }
        case.rows.append(Row(CANDIDATES[name], [result["seconds"] for result in results], count, more))
        if last.get("failed"):
            case.notes.append(f"{CANDIDATES[name]} refused {last['failed']} orders: {last['why']}")
    ours, theirs = case.rows
    case.at_least("ours as fast as the OCA addon, times", theirs.median / ours.median, 1.0)
    missing = count - min(result["confirmed"] for result in found["ours_on_shopify"])
    case.none("orders of ours missing", missing)
    return case
