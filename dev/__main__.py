"""The Makefile's commands: ``python3 -m dev COMMAND``. They start on a bare Python and go on in the environment."""

from __future__ import annotations

import importlib
import os
import signal
import sys

from dev import environment
from dev.paths import ROOT, cache
from dev.say import Problem

COMMANDS = {
    "run": "open the demo: Odoo, the sandbox shop and a French company, until Ctrl-C",
    "test": "run the tests: unit, in Odoo, end to end   [--ring N] [pytest's options and paths]",
    "test-real": "run the story against a real shop: Medusa, installed from npm   [pytest's options and paths]",
    "prove": "run the long property, chaos and concurrency tests   [pytest's options and paths]",
    "bench": "measure the figures of docs/benchmark.md",
    "lint": "check style, Odoo's rules and types   [--fix]",
    "reset": "forget the demo's data",
    "sandbox": "serve the sandbox shops alone, for an Odoo of yours, until Ctrl-C   [--port N] [--state FOLDER]",
    "order": "place orders on the running demo's shop   [--count N | --stream PER_MINUTE]",
    "screenshots": "take the pictures of the README from the running demo",
    "translations": "bring the translation files up to date, and name what is not translated yet",
    "postgres": "keep PostgreSQL running and say how to connect, until Ctrl-C",
    "environment": "get Odoo and the packages, and print the environment's Python",
}


def main(arguments: list[str]) -> int:
    """Run one command and return the process's exit code."""
    name = arguments[0] if arguments else "help"
    if name not in COMMANDS:
        width = max(map(len, COMMANDS))
        print("usage: python3 -m dev COMMAND\n")
        print("\n".join(f"  {command:{width}}  {text}" for command, text in COMMANDS.items()))
        return 0 if name in ("help", "-h", "--help") else 2
    try:
        _keep_bytecode()
        if not environment.inside():
            _go_on_inside(arguments)
        signal.signal(signal.SIGTERM, _interrupt)
        return int(importlib.import_module(f"dev.commands.{name.replace('-', '_')}").main(arguments[1:]))
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def _go_on_inside(arguments: list[str]) -> None:
    """Replace this process by the same command in the environment."""
    python = str(environment.ensure())
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(python, [python, "-m", "dev", *arguments])


def _keep_bytecode() -> None:
    """Have this process's children keep what they compile, in the cache folder.

    An Odoo that finds nothing compiled takes twice as long to start, and a checkout stays free of ``__pycache__``.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(cache() / "bytecode")


def _interrupt(*_signal: object) -> None:
    """Treat a request to end like Ctrl-C, so that everything is stopped in order."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
