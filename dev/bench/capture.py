"""The cost that capturing stock changes adds to a user's write: deliveries of three lines, validated one by one."""

from __future__ import annotations

import statistics

from dev.bench.bed import Bed
from dev.bench.table import Case, Row
from dev.say import say

PRODUCTS = 400


def measure(bed: Bed, size: int | None, rounds: int) -> Case:
    """The same deliveries with the hook on and off, in turn, each in a process and a database of its own."""
    count = min(size or 60, 100)
    case = Case("B5", f"{count} deliveries of 3 lines, each validated and committed; {rounds} rounds, medians")
    base = bed.base("capture", bed.databases.template())
    bed.inside(base, "stock_fill", {"count": PRODUCTS, "url": "http://127.0.0.1:9", "first_id": 1})
    found: dict[bool, list[dict[str, float]]] = {True: [], False: []}
    for number in range(rounds):
        for hook in (True, False) if number % 2 else (False, True):
            with bed.copy(base) as database:
                found[hook].append(bed.inside(database, "stock_capture", {"count": count, "hook": hook}))
            figure = found[hook][-1]
            say(
                f"    round {number + 1}, hook {'on' if hook else 'off'}: {1000 * figure['seconds']:.1f} ms,"
                f" {figure['statements']:.0f} statements"
            )
    for hook, name in ((True, "with capture"), (False, "without")):
        statements = statistics.median(figure["statements"] for figure in found[hook])
        case.rows.append(Row(name, [figure["seconds"] for figure in found[hook]], 1, {"statements": statements}))
    mine, bare = case.rows
    case.at_most("statements added to a transaction", mine.more["statements"] - bare.more["statements"], 2)
    case.at_most("time added, in percent", 100 * (mine.median / bare.median - 1), 5)
    return case
