"""The tests, in three rings: plain Python, inside Odoo, end to end on real servers."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from dev import browser, configuration, pdf_engine, postgres
from dev.databases import Databases, glue_names
from dev.paths import ADDONS, ROOT
from dev.process import attend
from dev.say import say

NO_TEST_RAN = 5
"""pytest's exit code when nothing was selected."""
FILTERS = ("-k", "-m", "--lf", "--last-failed", "--ff")
WORKERS = {1: 4, 2: 2, 3: 3}
"""How many processes share a ring that runs whole; each has databases of its own. One named file runs in one.

For two cores: part of what the first and the last ring do is waiting for answers. Each process takes neighbours, so
that few classes are set up twice, and helps the others at the end.
"""
SLOWEST = "12"
"""How many of the slowest tests of a ring are named."""
RINGS = {1: "plain Python", 2: "inside Odoo", 3: "end to end"}


def main(arguments: list[str]) -> int:
    """Run the rings and return 0 when none failed."""
    parser = argparse.ArgumentParser(prog="python3 -m dev test", description=__doc__)
    parser.add_argument("--ring", type=int, choices=RINGS, action="append", help="only this ring (may be repeated)")
    options, for_pytest = parser.parse_known_args(arguments)
    return run(options.ring, for_pytest)


def run(rings: list[int] | None, for_pytest: list[str]) -> int:
    """Run some rings with pytest's arguments; paths among them choose the rings when none is named."""
    paths = [argument for argument in for_pytest if _is_path(argument)]
    wanted = rings or sorted({_ring_of(path) for path in paths}) or list(RINGS)
    filtered = bool(paths) or any(argument.startswith(FILTERS) for argument in for_pytest)
    results: list[tuple[int, int, float]] = []
    if wanted != [1]:
        browser.find_or_install()
        pdf_engine.find_or_get()
    with postgres.running() as connection:
        Databases(connection).sweep()
        for ring in wanted:
            files = [path for path in paths if _ring_of(path) == ring] or (_files(ring) if not paths else [])
            if not files:
                continue
            say(f"\n== Ring {ring}: {RINGS[ring]}")
            started = time.monotonic()
            rest = [argument for argument in for_pytest if argument not in paths]
            workers = (
                [] if paths or any(map(_says_how_many, rest)) else ["-n", str(WORKERS[ring]), "--dist", "worksteal"]
            )
            codes = [_run_ring(ring, connection, [*part, *workers, *rest]) for part in _by_database(files)]
            code = next((code for code in codes if code not in (0, NO_TEST_RAN)), min(codes))
            results.append((ring, code, time.monotonic() - started))
            if ring != wanted[-1]:
                _sum_up(results[-1:])
    return _exit_code([code for _ring, code, _seconds in results], filtered)


def _exit_code(codes: list[int], filtered: bool) -> int:
    """0 when every ring passed. With a filter, a ring may be left without a test, but not all of them."""
    failed = [code for code in codes if code not in (0, NO_TEST_RAN)]
    if failed:
        return failed[0]
    if not codes or all(code == NO_TEST_RAN for code in codes):
        return NO_TEST_RAN
    return NO_TEST_RAN if NO_TEST_RAN in codes and not filtered else 0


def _sum_up(results: list[tuple[int, int, float]]) -> None:
    for ring, code, seconds in results:
        say(f"== Ring {ring}: {'passed' if code in (0, NO_TEST_RAN) else 'FAILED'} in {seconds:.1f} s")


def _says_how_many(argument: str) -> bool:
    return argument.startswith(("-n", "--numprocesses", "--pdb"))


def _is_path(argument: str) -> bool:
    return argument.startswith(("tests", "addons")) and (ROOT / argument.split("::")[0]).exists()


def _ring_of(path: str) -> int:
    """The ring that a path belongs to."""
    inside = Path(path.split("::")[0]).resolve().relative_to(ROOT).parts
    if inside[:1] == ("addons",):
        return 2
    return 3 if inside[:2] == ("tests", "e2e") else 1


def _files(ring: int) -> list[str]:
    """Where a ring's tests are; empty when it has none."""
    if ring == 1:
        folders = [ROOT / "tests" / "unit"]
    elif ring == 2:
        folders = sorted(ADDONS.glob("*/tests"))
    else:
        folders = [ROOT / "tests" / "e2e"]
    return [str(folder.relative_to(ROOT)) for folder in folders if any(folder.rglob("test_*.py"))]


def _by_database(files: list[str]) -> list[list[str]]:
    """Tests of addons between ours and further modules of Odoo need a database that has those modules."""
    glue = [file for file in files if _is_glue(file)]
    return [part for part in ([file for file in files if file not in glue], glue) if part]


def _is_glue(file: str) -> bool:
    parts = Path(file).parts
    return parts[:1] == ("addons",) and parts[1:2] != () and parts[1] in glue_names()


def _run_ring(ring: int, connection: postgres.Connection, arguments: list[str]) -> int:
    path = os.pathsep.join([os.environ.get("PATH", ""), str(postgres.programs())])  # pytest-odoo calls createdb
    environment = {**os.environ, **connection.environment(), "PATH": path}
    options = ["-p", "no:odoo"]
    databases = Databases(connection)
    copy = f"test_{os.getpid()}"
    if ring == 2:
        glue = any(map(_is_glue, arguments))
        databases.copy(databases.glue_template() if glue else databases.template(), copy)
        databases.leave_unanalysed(copy)
        config = configuration.write(copy, connection, copy)
        options = ["--odoo-config", str(config), "--odoo-http", "--odoo-log-level", "error", "-o", "pythonpath=."]
        options += ["--durations", SLOWEST]
    elif ring == 3:
        databases.template()  # built here, so that no test waits for it
        options += ["--durations", SLOWEST]
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    try:
        return attend(command, environment)
    finally:
        if ring == 2:
            databases.drop(copy)
            config.unlink(missing_ok=True)
