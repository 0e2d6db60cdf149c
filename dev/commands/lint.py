"""Style, Odoo's own rules, types."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from dev.databases import addon_names
from dev.paths import ROOT
from dev.say import say

TYPED = ("addons/ecom_connector/platforms", "addons/ecom_payments/gateways", "sandbox")
"""Plain Python that mypy checks strictly; each is checked from the folder that its imports start at."""


def main(arguments: list[str]) -> int:
    """Run every check, also after one has failed; with ``--fix`` correct what can be corrected."""
    fix = "--fix" in arguments
    checks = [
        ("ruff", ["ruff", "check", *(["--fix"] if fix else []), "."]),
        ("ruff format", ["ruff", "format", *([] if fix else ["--check"]), "."]),
        ("pylint-odoo", ["pylint", "--rcfile=pyproject.toml", *(f"addons/{name}" for name in addon_names())]),
        *((f"mypy {folder}", _mypy(folder)) for folder in TYPED if any((ROOT / folder).glob("**/*.py"))),
    ]
    failed = []
    for name, command in checks:
        started = time.monotonic()
        code = subprocess.run([sys.executable, "-m", *command], check=False, cwd=ROOT).returncode
        say(f"== {name}: {'FAILED' if code else 'ok'} ({time.monotonic() - started:.1f} s)")
        failed += [name] if code else []
    if failed:
        say(f"\nLint failed: {', '.join(failed)}")
    return 1 if failed else 0


def _mypy(folder: str) -> list[str]:
    path = Path(folder)
    return (
        ["mypy", "--config-file", "pyproject.toml", "-p", path.name]
        if path.parent == Path()
        else ["mypy", "--config-file", "pyproject.toml", folder]
    )
