"""The first import of a catalogue: products with 3 variants each, from the HTTP page to products and offers."""

from __future__ import annotations

import statistics
from typing import Any

from dev.bench.bed import Bed
from dev.bench.table import Case, Row
from dev.sandbox import SandboxServer
from dev.say import say

VARIANTS = 3
CANDIDATES = {"catalogue_ours": "ours, the catalogue lane", "catalogue_in_batches": "plain ORM, batches of 50"}


def measure(bed: Bed, size: int | None, rounds: int) -> Case:
    """Both candidates in turn, each on a fresh copy of the database."""
    count = size or 10_000
    case = Case("B7", f"{count} products with {VARIANTS} variants; {rounds} rounds, medians")
    base = bed.base("catalogue_in", bed.databases.template())
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in CANDIDATES}
    with SandboxServer(None, None, "--empty") as shop:
        shop.call("/sandbox/products/many", {"count": count, "variants": VARIANTS})
        for number in range(rounds):
            for name in found:
                with bed.copy(base) as database:
                    result = bed.inside(database, name, {"url": shop.url, "count": count})
                say(f"    round {number + 1}, {CANDIDATES[name]}: {result['seconds']:.2f} s")
                found[name].append(result)
    for name, results in found.items():
        more = {
            "CPU ms each": statistics.median(1000 * result["cpu"] / count for result in results),
            "statements each": results[-1]["statements"] / count,
            "variants": results[-1]["products"],
            "memory grown MB": max(result["grown"] for result in results),
        }
        case.rows.append(Row(CANDIDATES[name], [result["seconds"] for result in results], count, more))
    ours, plain = case.rows
    case.at_least("ours as fast as plain ORM, times", plain.median / ours.median, 0.8)
    case.none("variants missing", sum(result["products"] != count * VARIANTS for result in found["catalogue_ours"]))
    case.none("changes by a second import", sum(result["second changes"] for result in found["catalogue_ours"]))
    return case
