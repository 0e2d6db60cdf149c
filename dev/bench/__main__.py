"""Measure the cases asked for, print their tables and write them as JSON."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from pathlib import Path

from dev import postgres
from dev.bench import (
    bank_match,
    capture,
    catalogue_in,
    forecast,
    http_calls,
    orders_in,
    payouts_in,
    returns,
    shopify_in,
    stock_live,
    stock_out,
    two_servers,
    webhooks_in,
)
from dev.bench.bed import Bed
from dev.bench.table import Case
from dev.databases import Databases
from dev.paths import run_folder
from dev.say import Problem, say

CASES = {
    "B1": orders_in,
    "B1S": shopify_in,
    "B2": two_servers,
    "B3": stock_live,
    "B4": stock_out,
    "B5": capture,
    "B6": webhooks_in,
    "B7": catalogue_in,
    "B8": payouts_in,
    "CALLS": http_calls,
    "FORECAST": forecast,
    "BANK": bank_match,
    "RETURNS": returns,
}


def main() -> int:
    """Run the cases one after the other; a case that cannot be measured says why and the others go on."""
    parser = argparse.ArgumentParser(prog="python -m dev.bench", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"{', '.join(CASES)} (all)")
    parser.add_argument(
        "--size",
        type=int,
        help="how many orders, changes, offers, webhooks, products or charges (B1, B1S, B2: 500, B3: 400, B4: 100000,"
        " B5: 60, B6: 1000, B7, B8: 10000, calls: 1000, forecast: 700, bank: 100, returns: 20)",
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each candidate runs (3); medians count")
    parser.add_argument("--json", type=Path, help="where the figures go (.run/bench.json)")
    options = parser.parse_args()
    wanted = [case.upper() for case in options.cases] or list(CASES)
    if unknown := set(wanted) - set(CASES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; cases are {', '.join(CASES)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    results: list[Case] = []
    file = options.json or run_folder() / "bench.json"
    with postgres.running() as connection, Bed(connection, Databases(connection)) as bed:
        for name in wanted:
            say(f"\n{name}: {(CASES[name].__doc__ or '').strip().splitlines()[0]}")
            started = time.monotonic()
            try:
                case = CASES[name].measure(bed, options.size, options.rounds)
            except Problem as problem:
                case = Case(name, f"not measured: {problem}")
            case.seconds = time.monotonic() - started
            results.append(case)
            say(case.text())
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps([found.as_json() for found in results], indent=2))
    say(f"\nFigures: {file}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Problem as problem:
        say(str(problem))
        sys.exit(1)
