"""Style, Odoo's own rules, types."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from dev.databases import addon_names, glue_names
from dev.paths import ROOT
from dev.say import say

TYPED = (
    "addons/ecom_connector/platforms",
    "addons/ecom_stock_sync/calculations",
    "addons/ecom_returns/entitlements",
    "addons/ecom_payments/closing",
    "addons/ecom_payments/gateways",
    "addons/ecom_payments/matching",
    "sandbox",
    "dev",
)
"""Packages of plain Python that mypy checks strictly, each from the folder that holds it, as its tests import it."""

ODOO_RULES = (
    "--disable=all",
    "--enable=odoolint",
    # For the OCA's own repositories; the last would forbid a model spread over several files, which keeps ours short.
    "--disable=manifest-required-author,missing-readme,consider-merging-classes-inherited",
    # Plain Python below an addon is none of Odoo's business: ruff and mypy look after it.
    "--ignore-paths=.*/(platforms|gateways|decisions|calculations|entitlements|closing|matching)/.*",
)


def main(arguments: list[str]) -> int:
    """Run every check, also after one has failed; with ``--fix`` correct what can be corrected."""
    fix = "--fix" in arguments
    settings = str(ROOT / "pyproject.toml")
    checks = [
        ("ruff", ["ruff", "check", *(["--fix"] if fix else []), "."], ROOT),
        ("ruff format", ["ruff", "format", *([] if fix else ["--check"]), "."], ROOT),
        ("pylint-odoo", ["pylint", f"--rcfile={settings}", *ODOO_RULES, *_addons()], ROOT),
    ]
    for folder in filter(Path.is_dir, (ROOT / name for name in TYPED)):
        checks.append((f"mypy {folder.name}", ["mypy", "--config-file", settings, "-p", folder.name], folder.parent))
    failed = []
    for name, command, place in checks:
        started = time.monotonic()
        code = _run(command, place)
        say(f"== {name}: {'FAILED' if code else 'ok'} ({time.monotonic() - started:.1f} s)")
        failed += [name] if code else []
    if failed:
        say(f"\nLint failed: {', '.join(failed)}")
    return 1 if failed else 0


def _addons() -> list[str]:
    return [f"addons/{name}" for name in [*addon_names(), *glue_names()]]


def _run(command: list[str], place: Path) -> int:
    return subprocess.run([sys.executable, "-m", *command], check=False, cwd=place).returncode
