"""Forget the demo's data: the next ``make run`` starts afresh."""

from __future__ import annotations

import shutil

from dev import demo, postgres, running_demo
from dev.databases import Databases
from dev.say import say


def main(_arguments: list[str]) -> int:
    """Drop the demo's database and the sandbox's state."""
    with running_demo.only_demo(), postgres.running() as connection:
        Databases(connection).drop(demo.DATABASE)
        shutil.rmtree(running_demo.sandbox_state(), ignore_errors=True)
    say("The demo's data is gone.")
    return 0
