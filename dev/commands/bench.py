"""Measure the figures of the benchmarks: prints tables and writes them as JSON."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

from dev.paths import ROOT
from dev.say import Problem


def main(arguments: list[str]) -> int:
    """Run the package ``dev.bench``."""
    if importlib.util.find_spec("dev.bench") is None:
        raise Problem("This checkout has no benchmarks: the package dev/bench is missing.")
    return subprocess.run([sys.executable, "-m", "dev.bench", *arguments], check=False, cwd=ROOT).returncode
