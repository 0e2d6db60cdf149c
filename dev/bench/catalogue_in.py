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
PARTS = (10, 3)  # a tenth and a third of the size: what a product costs may not grow with the catalogue
GROWTH = 1.15
"""How much more of time and memory a product may take in the largest catalogue than in the smallest."""


def measure(bed: Bed, size: int | None, rounds: int) -> Case:
    """Both candidates in turn on the smallest catalogue, each on a fresh copy; ours once on the larger ones."""
    whole = size or 10_000
    small, *larger = [*(max(whole // part, 1) for part in PARTS), whole]
    case = Case("B7", f"up to {whole} products with {VARIANTS} variants; {rounds} rounds with {small}, one with more")
    base = bed.base("catalogue_in", bed.databases.template())
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for count, names, times in [(small, CANDIDATES, rounds), *((count, ["catalogue_ours"], 1) for count in larger)]:
        with SandboxServer(None, None, "--empty") as shop:
            shop.call("/sandbox/products/many", {"count": count, "variants": VARIANTS})
            for number in range(times):
                for name in names:
                    with bed.copy(base) as database:
                        result = bed.inside(database, name, {"url": shop.url, "count": count})
                    took = f"{result['seconds']:.2f} s, {result['cpu']:.2f} s of CPU, {result['peak']} MB"
                    say(f"    round {number + 1}, {count} products, {CANDIDATES[name]}: {took}")
                    found.setdefault((name, count), []).append(result)
    case.rows = [_row(f"{CANDIDATES[name]}, {count}", count, results) for (name, count), results in found.items()]
    ours = {count: results for (name, count), results in found.items() if name == "catalogue_ours"}
    plain, mine = case.rows[1], case.rows[0]
    case.at_least("ours as fast as plain ORM, times, by CPU", plain.more["CPU ms each"] / mine.more["CPU ms each"], 0.8)
    case.at_least("ours as fast as plain ORM, times, by the clock", plain.median / mine.median, 0.8)
    for count in larger:
        row = next(row for row in case.rows if row.name.startswith("ours") and row.units == count)
        case.at_most(
            f"CPU of a product, {count} to {small}", row.more["CPU ms each"] / mine.more["CPU ms each"], GROWTH
        )
        case.notes.append(
            f"clock of a product, {count} to {small}: {mine.rate / row.rate:.2f}, the shop's share included"
        )
        case.at_most(f"peak memory, {count} to {small}", row.more["peak MB"] / mine.more["peak MB"], GROWTH)
    missing = sum(result["products"] != count * VARIANTS for count, results in ours.items() for result in results)
    case.none("imports with variants missing", missing)
    changes = sum(result["second changes"] for results in ours.values() for result in results)
    case.none("changes by a second import", changes)
    case.notes.append("CPU is that of the importing process and of its database connection")
    return case


def _row(name: str, count: int, results: list[dict[str, Any]]) -> Row:
    more = {
        "CPU ms each": statistics.median(1000 * result["cpu"] / count for result in results),
        "of it database": statistics.median(1000 * result["database cpu"] / count for result in results),
        "statements each": results[-1]["statements"] / count,
        "variants": results[-1]["products"],
        "peak MB": max(result["peak"] for result in results),
        "second s": statistics.median(result.get("second seconds", 0.0) for result in results),
    }
    return Row(name, [result["seconds"] for result in results], count, more)
