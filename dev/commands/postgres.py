"""Keep PostgreSQL running for work by hand."""

from __future__ import annotations

import signal

from dev import postgres
from dev.databases import Databases
from dev.say import say


def main(_arguments: list[str]) -> int:
    """Run PostgreSQL until Ctrl-C, with the template database built."""
    with postgres.running() as connection:
        say(f"Template database: {Databases(connection).template()}")
        say("PostgreSQL runs until Ctrl-C. In another terminal:")
        say("\n".join(f"  export {name}={value}" for name, value in connection.environment().items()))
        signal.pause()
    return 0
