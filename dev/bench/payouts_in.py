"""A payout of 10,000 charges: fetched, matched, booked and reconciled, against Odoo's own plan of reconciliation."""

from __future__ import annotations

import statistics
from datetime import datetime, timedelta, timezone
from typing import Any

from dev.bench.bed import Bed
from dev.bench.table import Case, Row
from dev.sandbox import SandboxServer
from dev.say import say, step

KEY = "sk_test_sandbox"
CANDIDATES = {"payout_ours": "ours, the gateway's lane", "payout_plain": "plain ORM, one entry and one plan"}
PARTS = (10, 3)  # a tenth and a third of the size: what a transaction costs may not grow with the payout
GROWTH, RATIO = 1.15, 1.5
PAID_AGO, PAID_OUT_AGO = timedelta(days=9), timedelta(days=4)
CHUNK = 1000


def measure(bed: Bed, size: int | None, rounds: int) -> Case:
    """Both candidates in turn at each size, on fresh copies of a database that is filled once for it."""
    whole = size or 10_000
    counts = [*dict.fromkeys(max(whole // part, 100) for part in PARTS), whole]
    case = Case("B8", f"a payout of up to {whole} charges; {rounds} rounds, medians")
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for count in counts:
        with SandboxServer(None, None, "--empty") as sandbox:
            options = _fill(bed, sandbox, count)
            for number in range(rounds):
                for name in CANDIDATES:
                    with bed.copy(options["base"]) as database:
                        result = bed.inside(database, name, options)
                    took = f"{result['seconds']:.2f} s, {result['cpu']:.2f} s of CPU, {result['statements']} statements"
                    say(f"    round {number + 1}, {count} charges, {CANDIDATES[name]}: {took}")
                    found.setdefault((name, count), []).append(result)
    case.rows = [_row(f"{CANDIDATES[name]}, {count}", count, results) for (name, count), results in found.items()]
    rows = dict(zip(found, case.rows, strict=True))
    for count in counts:
        ours, plain = rows["payout_ours", count], rows["payout_plain", count]
        case.at_most(f"ours to plain ORM, {count}, by CPU", _cpu(ours) / _cpu(plain), RATIO)
        waited = ours.more["gateway s"]
        case.at_most(f"ours to plain ORM, {count}, by the clock", (ours.median - waited) / plain.median, RATIO)
    for count in counts[1:]:
        grown = {name: _cpu(rows[name, count]) / _cpu(rows[name, counts[0]]) for name in CANDIDATES}
        case.at_most(f"CPU of a charge, {count} to {counts[0]}", grown["payout_ours"], GROWTH)
        case.notes.append(f"CPU of a charge, {count} to {counts[0]}, plain ORM: {grown['payout_plain']:.2f}")
    wrong = [result for results in found.values() for result in results if result["left"] or result["open"]]
    case.none("runs that left something open", len(wrong))
    case.notes.append("by the clock without the seconds in which the gateway answered; CPU with all that it answered")
    return case


def _fill(bed: Bed, sandbox: SandboxServer, count: int) -> dict[str, Any]:
    """So many charges and their payout at the simulated Stripe, and their orders and payments in a database."""
    now = datetime.now(timezone.utc)
    paid, sent = now - PAID_AGO, now - PAID_OUT_AGO
    charges = [
        {
            "id": f"ch_{number}",
            "order": str(number),
            "amount": "16.80",
            "currency": "EUR",
            "created": paid.isoformat(),
        }
        for number in range(count)
    ]
    for start in range(0, count, CHUNK):
        sandbox.call("/sandbox/stripe/charges", charges[start : start + CHUNK])
    payout = sandbox.call("/sandbox/stripe/payouts", {"currency": "EUR", "created": sent.isoformat()})
    sandbox.call("/sandbox/stripe/payouts", {"payout": payout["id"], "status": "paid"})
    options: dict[str, Any] = {
        "url": f"{sandbox.url}/stripe",
        "key": KEY,
        "count": count,
        "since": f"{paid - timedelta(days=1):%Y-%m-%d %H:%M:%S}",
        "paid_at": f"{paid:%Y-%m-%d %H:%M:%S}",
        "arrives": f"{now:%Y-%m-%d}",
    }
    options["base"] = bed.base(f"payouts_{count}", bed.databases.template())
    with step(f"booking {count} payments"):
        options |= bed.inside(options["base"], "payout_fill", options)
    return options


def _cpu(row: Row) -> float:
    return float(row.more["CPU ms each"])


def _row(name: str, count: int, results: list[dict[str, Any]]) -> Row:
    more = {
        "CPU ms each": statistics.median(1000 * result["cpu"] / count for result in results),
        "of it database": statistics.median(1000 * result["database cpu"] / count for result in results),
        "statements": results[-1]["statements"],
        "gateway s": statistics.median(result.get("asked", 0.0) for result in results),
        "peak MB": max(result["peak"] for result in results),
    }
    return Row(name, [result["seconds"] for result in results], count, more)
