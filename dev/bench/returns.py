"""One piece of an order of three lines comes back: by ours, by Odoo's own two wizards, by OCA's rma_sale."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

from dev.bench.bed import FEW, Bed
from dev.bench.orders_in import fetch
from dev.bench.table import Case, Row
from dev.paths import cache
from dev.say import Problem, say, step

CANDIDATES = {"ours": "ours", "own": "Odoo's own wizards", "oca": "OCA rma_sale"}
OCA_WHEELS = ("odoo-addon-rma_sale==19.0.*", "odoo-addon-rma==19.0.*")
OCA_ADDONS = ("rma", "rma_sale")


def measure(bed: Bed, size: int | None, rounds: int) -> Case:
    """Every candidate in turn, round after round, each on a fresh copy of the database."""
    count = size or 20
    case = Case("RETURNS", f"{count} returns of one piece, received and credited; {rounds} rounds, medians")
    base = bed.catalogue(FEW)
    oca_base, overlay = _install_oca(bed, base, case)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in CANDIDATES if name != "oca" or oca_base}
    for number in range(rounds):
        for name in found:
            with bed.copy(oca_base if name == "oca" and oca_base else base) as database:
                options = {"way": name, "count": count}
                result = bed.inside(database, "returns_walk", options, overlay=overlay if name == "oca" else None)
            say(f"    round {number + 1}, {CANDIDATES[name]}: {result['seconds']:.2f} s")
            found[name].append(result)
    for name, results in found.items():
        last = results[-1]
        more = {
            "steps": len(last["steps"]),
            "statements each": statistics.median(result["statements"] for result in results),
            "pieces with customers": last["back"],
            "credited": last["credited"],
        }
        case.rows.append(Row(CANDIDATES[name], [result["seconds"] for result in results], count, more))
        case.notes.append(f"{CANDIDATES[name]}: {' → '.join(last['steps'])}")
    for question in found["ours"][-1]["answers"]:
        said = ", ".join(f"{CANDIDATES[name]} {_yes(found[name][-1]['answers'][question])}" for name in found)
        case.notes.append(f"{question}: {said}")
    case.none("what a merchant wants and ours lacks", sum(not so for so in found["ours"][-1]["answers"].values()))
    return case


def _install_oca(bed: Bed, base: str, case: Case) -> tuple[str | None, Path | None]:
    """A database with the OCA addons, out of wheels in a folder of its own; where there is none, a note says why."""
    folder = cache() / "oca-rma"
    try:
        if not all((folder / "addons" / "odoo" / "addons" / name).is_dir() for name in OCA_ADDONS):
            fetch(folder / "addons", OCA_WHEELS)
        with step("installing the OCA addons in a copy"):
            oca_base = bed.base("oca_rma", base)
            bed.inside(oca_base, "install", {"modules": list(OCA_ADDONS)}, overlay=folder)
    except Problem as problem:
        case.notes.append(f"{CANDIDATES['oca']} could not be installed: {problem}")
        return None, None
    return oca_base, folder


def _yes(so: bool) -> str:
    return "yes" if so else "no"
