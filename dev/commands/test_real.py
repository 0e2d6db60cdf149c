"""The tests against a real shop: Medusa from npm, on the PostgreSQL of the other tests."""

from __future__ import annotations

import argparse
import os
import sys
import time

from dev import postgres
from dev.databases import Databases
from dev.medusa.node import Unavailable
from dev.medusa.shop import get, template
from dev.paths import ROOT
from dev.process import attend
from dev.say import say

FOLDER = "tests/real"
WORKERS = 2
"""How many processes share the tests when all run; each has a shop of its own."""


def main(arguments: list[str]) -> int:
    """Run ``tests/real``; with ``--if-available`` a machine that cannot get the shop says so and passes."""
    parser = argparse.ArgumentParser(prog="python3 -m dev test-real", description=__doc__)
    parser.add_argument("--if-available", action="store_true", help="pass where npm or Node.js cannot be had")
    options, for_pytest = parser.parse_known_args(arguments)
    try:
        node, home = get()
    except Unavailable as reason:
        if not options.if_available:
            raise
        say(f"\n== Real shop: NOT RUN. {reason}")
        return 0
    paths = [argument for argument in for_pytest if (ROOT / argument.split("::")[0]).exists()]
    started = time.monotonic()
    with postgres.running() as connection:
        databases = Databases(connection)
        databases.sweep()
        template(databases, node, home)
        databases.template()  # built here, so that no test waits for it
        say("\n== Real shop: Medusa")
        environment = {**os.environ, **connection.environment()}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:odoo",
            *([] if paths else [FOLDER, "-n", str(WORKERS)]),
            *for_pytest,
        ]
        code = attend(command, environment)
    say(f"== Real shop: {'FAILED' if code else 'passed'} in {time.monotonic() - started:.1f} s")
    return code
