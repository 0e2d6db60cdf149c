"""What every case measures on: one prepared database, copied for each run, and programs started beside it."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from dev import configuration
from dev.databases import Databases
from dev.environment import odoo_source
from dev.paths import ADDONS, ROOT, run_folder
from dev.postgres import Connection
from dev.say import Problem, step

FEW, MANY = 200, 10_000
"""How many SKUs the catalogues have."""


class Bed:
    """Hands out copies of prepared databases and runs candidates in processes of their own."""

    def __init__(self, connection: Connection, databases: Databases) -> None:
        self.connection = connection
        self.databases = databases
        self._numbers = itertools.count(1)
        self._made: list[str] = []

    def __enter__(self) -> Bed:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for name in self._made:
            self.databases.drop(name)

    def catalogue(self, count: int) -> str:
        """The name of a database with our addons and so many products in plenty; made once a run."""
        name = f"bench_{os.getpid()}_{count}"
        if name not in self._made:
            self._made.append(self.databases.copy(self.databases.template(), name))
            with step(f"preparing a catalogue of {count} products"):
                self.inside(name, "catalogue", {"count": count})
        return name

    def base(self, name: str, of: str) -> str:
        """A further database to copy from, dropped at the end."""
        full = f"bench_{os.getpid()}_{name}"
        self._made.append(self.databases.copy(of, full))
        return full

    @contextmanager
    def copy(self, base: str) -> Iterator[str]:
        """A database of one run's own."""
        name = self.databases.copy(base, f"bench_{os.getpid()}_copy{next(self._numbers)}")
        try:
            yield name
        finally:
            self.databases.drop(name)

    def inside(
        self, database: str, task: str, options: dict[str, Any] | None = None, *, overlay: Path | None = None
    ) -> dict[str, Any]:
        """Run a task of ``dev.bench.inside`` in a process with Odoo on a database; returns what it found.

        :param overlay: a folder with further ``addons`` (unpacked wheels) and ``libraries`` that only this process sees
        """
        path = [ADDONS, *([overlay / "addons" / "odoo" / "addons"] if overlay else []), *odoo_source().addons]
        environment = {**os.environ, **({"PYTHONPATH": str(overlay / "libraries")} if overlay else {})}
        config = configuration.write("bench", self.connection, database, addons_path=",".join(map(str, path)))
        log = run_folder() / "logs" / f"bench-{task}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "dev.bench.inside", str(config), task, json.dumps(options or {})]
        with log.open("wb") as errors:
            done = subprocess.run(
                command,
                check=False,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        lines = done.stdout.decode().splitlines()
        if done.returncode or not lines:
            said = log.read_text(errors="replace").splitlines()[-15:]
            raise Problem("\n".join([f"{task} ended with {done.returncode}. {log} ends with", *said]))
        found = json.loads(lines[-1])
        assert isinstance(found, dict)
        return found
