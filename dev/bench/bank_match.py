"""A month's customers' transfers and a Stripe payout: the share that is matched without a person, ours and OCA's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dev.bench.bed import FEW, Bed
from dev.bench.orders_in import fetch
from dev.bench.table import Case, Row
from dev.paths import cache
from dev.say import Problem, say, step

WHEELS = tuple(
    f"odoo-addon-{name}==19.0.*"
    for name in (
        "account_reconcile_oca",
        "account_statement_base",
        "account_statement_import_base",
        "account_statement_import_online",
        "account_statement_import_online_stripe",
    )
)
ADDONS = ("account_reconcile_oca", "account_statement_import_online_stripe")
CANDIDATES = {"bank_ours": "ours", "bank_oca": "OCA account_reconcile_oca and its Stripe importer"}
CHARGES = 60
# How customers write what they pay, and how many of a hundred do so: taken from what accountants tell, not measured.
KINDS = {
    "invoice and name": 40,
    "invoice alone": 10,
    "order number": 20,
    "name": 10,
    "known account": 5,
    "two orders": 4,
    "a slip": 5,
    "too little": 3,
    "no customer": 3,
}
WITHOUT_A_PERSON = ("invoice and name", "invoice alone", "order number", "name", "known account", "two orders")
"""What may be matched without anybody: the others would be a guess."""


def measure(bed: Bed, size: int | None, rounds: int) -> Case:
    """Both candidates, each on a copy of one prepared database with the same orders, invoices and bank lines."""
    count = size or 100
    case = Case("BANK", f"{count} bank lines of customers and a payout of {CHARGES} charges; {rounds} rounds, medians")
    base = bed.base("bank", bed.catalogue(FEW))
    options = {"count": count, "charges": CHARGES}
    with step("preparing orders and invoices"):
        options |= bed.inside(base, "bank_prepare", options)
    oca_base, overlay = _install(bed, base, case)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in CANDIDATES if name != "bank_oca" or oca_base}
    for number in range(rounds):
        for name, results in found.items():
            theirs = name == "bank_oca"
            with bed.copy(oca_base if theirs and oca_base else base) as database:
                results.append(bed.inside(database, name, options, overlay=overlay if theirs else None))
            say(f"    round {number + 1}, {CANDIDATES[name]}: {results[-1]}")
    for name, results in found.items():
        last = results[-1]
        more = {
            "customers' lines": last["lines"],
            "matched": last["matched"],
            "share %": 100 * last["matched"] / last["lines"],
            "wrong": last["wrong"],
            "charges explained": f"{last['explained']} of {last['of']}",
            "payout's line": "matched" if last["payout"] else "open",
        }
        case.rows.append(Row(CANDIDATES[name], [result["seconds"] for result in results], count, more))
    certain = sum(round(KINDS[kind] * count / 100) for kind in WITHOUT_A_PERSON)
    case.at_least("ours: share of what is certain", found["bank_ours"][-1]["matched"] / certain, 1.0)
    case.none("ours: wrong matches", found["bank_ours"][-1]["wrong"])
    case.notes.append("certain: " + ", ".join(f"{KINDS[kind]} {kind}" for kind in WITHOUT_A_PERSON) + " of 100")
    case.notes.append("account_reconcile_model_oca, OCA's rules that match invoices, does not exist for Odoo 19")
    return case


def _install(bed: Bed, base: str, case: Case) -> tuple[str | None, Path | None]:
    """A database with OCA's addons, out of their wheels in a folder of their own."""
    folder = cache() / "oca-bank"
    try:
        if not all((folder / "addons" / "odoo" / "addons" / name).is_dir() for name in ADDONS):
            fetch(folder / "addons", WHEELS)
        (folder / "libraries").mkdir(parents=True, exist_ok=True)
        with step("installing OCA's addons in a copy"):
            oca_base = bed.base("bank_oca", base)
            bed.inside(oca_base, "install", {"modules": list(ADDONS)}, overlay=folder)
    except Problem as problem:
        case.notes.append(f"{CANDIDATES['bank_oca']} could not be installed: {problem}")
        return None, None
    return oca_base, folder
