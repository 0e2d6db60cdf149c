"""500 paid orders of 3 lines, a new customer each, from the HTTP page to confirmed and reserved sales orders."""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from dev.bench import shop_orders
from dev.bench.bed import FEW, Bed
from dev.bench.table import Case, Row
from dev.paths import cache
from dev.sandbox import SandboxServer
from dev.say import Problem, say, step

OCA_WHEELS = ("odoo-addon-shopify_connector==19.0.*", "odoo-addon-queue_job==19.0.*")
OCA_LIBRARIES = ("openupgradelib",)
OCA_ADDONS = ("queue_job", "shopify_connector")
CANDIDATES = {
    "ours": "ours, the orders lane",
    "in_batches": "(b) plain ORM, batches of 50",
    "one_by_one": "(a) plain ORM, one by one",
    "oca": "(c) OCA shopify_connector",
}
"""In the order in which they run: what the floor compares runs in turn, so that a busy machine hurts both alike."""


def measure(bed: Bed, size: int | None, rounds: int) -> Case:
    """Every candidate in turn, round after round, each on a fresh copy of the database."""
    count = size or 500
    case = Case("B1", f"{count} orders to confirmed and reserved; {rounds} rounds, medians")
    with SandboxServer(None, None, "--empty") as shop:
        raws = shop_orders.orders(count, shop_orders.skus(FEW))
        shop.call("/sandbox/orders/import", raws)
        found = compare(bed, case, CANDIDATES, {"url": shop.url, "count": count, "skus": FEW}, rounds)
    expected = round(sum(float(raw["total"]) for raw in raws), 2)
    rows = dict(zip(found, case.rows, strict=True))
    for name, row in rows.items():
        row.more["total off by"] = round(abs(found[name][-1]["total"] - expected), 2)
    cpu = {name: row.more["CPU ms each"] for name, row in rows.items()}
    case.at_least("ours as fast as (b), times, by the clock", rows["in_batches"].median / rows["ours"].median, 1.0)
    case.at_least("ours as fast as (b), times, by CPU", cpu["in_batches"] / cpu["ours"], 1.0)
    case.notes.append(f"(b) is {rows['one_by_one'].median / rows['in_batches'].median:.2f} × as fast as (a)")
    if "oca" in rows:
        case.notes.append(f"(b) is {rows['oca'].median / rows['in_batches'].median:.2f} × as fast as (c), without HTTP")
    case.none("orders of ours missing, unreserved or off", 0 if _sound(found["ours"], count, expected) else 1)
    return case


def compare(
    bed: Bed, case: Case, candidates: dict[str, str], options: dict[str, Any], rounds: int
) -> dict[str, list[dict[str, Any]]]:
    """Run candidates in turn and put a row for each into the case; what they found in every round, by name.

    OCA's are left out where its addon cannot be had.
    """
    base = bed.catalogue(FEW)
    oca_base, overlay = install_oca(bed, base, case)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in candidates if oca_base or not name.startswith("oca")}
    for number in range(rounds):
        for name in found:
            theirs = name.startswith("oca")
            with bed.copy(oca_base if theirs and oca_base else base) as database:
                result = bed.inside(database, name, options, overlay=overlay if theirs else None)
            say(f"    round {number + 1}, {candidates[name]}: {result['seconds']:.2f} s")
            found[name].append(result)
    for name, results in found.items():
        case.rows.append(_row(candidates[name], results, options["count"]))
        if results[-1].get("failed"):
            case.notes.append(f"{candidates[name]} refused {results[-1]['failed']} orders: {results[-1]['why']}")
    return found


def _row(name: str, results: list[dict[str, Any]], count: int) -> Row:
    more = {
        "CPU ms each": statistics.median(1000 * result["cpu"] / count for result in results),
        **{key: results[-1][key] for key in ("confirmed", "reserved")},
        "statements each": results[-1]["statements"],
    }
    return Row(name, [result["seconds"] for result in results], count, more)


def _sound(results: list[dict[str, Any]], count: int, expected: float) -> bool:
    return all(
        result["confirmed"] == result["reserved"] == result["customers"] == count
        and abs(result["total"] - expected) < 0.005
        for result in results
    )


def install_oca(bed: Bed, base: str, case: Case) -> tuple[str | None, Path | None]:
    """A database with the OCA addon, out of its wheel in a folder of its own.

    The project's environment stays as it is. Where the addon cannot be had, a note says why.
    """
    folder = cache() / "oca-shopify"
    addons = folder / "addons" / "odoo" / "addons"
    try:
        if not all((addons / name).is_dir() for name in OCA_ADDONS):
            fetch(folder / "libraries", OCA_LIBRARIES)
            fetch(folder / "addons", OCA_WHEELS)
        with step("installing the OCA addon in a copy"):
            oca_base = bed.base("oca", base)
            bed.inside(oca_base, "install", {"modules": list(OCA_ADDONS)}, overlay=folder)
    except Problem as problem:
        case.notes.append(f"{CANDIDATES['oca']} could not be installed: {problem}")
        return None, None
    return oca_base, folder


def fetch(folder: Path, packages: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    with step(f"fetching {', '.join(packages)}"):
        done = subprocess.run(
            [*command, "--target", str(folder), *packages], check=False, capture_output=True, text=True
        )
    if done.returncode:
        raise Problem(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "pip failed")
