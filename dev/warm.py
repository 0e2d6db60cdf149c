"""A process that has imported a program, and turns into it by forking: each start takes a fraction of the time.

``Warm`` is the side of whoever wants the program to run; ``python -m dev.warm odoo CONFIG MODULES`` or ``… sandbox`` is
the process. For tests only: a forked Odoo hashes passwords quickly, which is to say badly.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from dev.paths import ROOT
from dev.process import Child, end_with_parent
from dev.say import Problem

PROGRAM = ROOT / "dev" / "bin" / "odoo"
Program = Callable[[list[str]], object]
"""Runs a command line."""


class Warm:
    """Forks a program for as long as the block lasts. It sees the checkout as it was when that began.

    :param words: which program, and what it has to know beforehand: ``odoo``, a configuration file that names the
        addons' folders, and the modules (with commas) that the databases have installed; or ``sandbox``
    """

    def __init__(self, *words: str | Path) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dev.warm", *map(str, words)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=end_with_parent(signal.SIGKILL),
        )
        self._answer()

    def __enter__(self) -> Warm:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def fork(self, arguments: Sequence[str | Path], log: Path) -> Child:
        """A process that runs the program's command line with these arguments."""
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")
        wish = {"arguments": list(map(str, arguments)), "log": str(log)}
        assert self._process.stdin
        with self._lock:
            self._process.stdin.write(json.dumps(wish) + "\n")
            self._process.stdin.flush()
            return _Forked(int(self._answer()), log)

    def _answer(self) -> Any:
        assert self._process.stdout
        answer = self._process.stdout.readline()
        if not answer:
            raise Problem("The process that forks others ended; what it wrote stands above.")
        return json.loads(answer)


class _Forked(Child):
    """A program that another process forked, and reaps."""

    def __init__(self, pid: int, log: Path) -> None:
        self.log = log
        self.process = _Process(pid)  # type: ignore[assignment]


class _Process:
    """What ``Child`` asks of a process, of one that is not this one's own child."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self, timeout: float = 60.0) -> int:
        deadline = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() >= deadline:
                raise subprocess.TimeoutExpired(str(PROGRAM), timeout)
            time.sleep(0.01)
        return 0

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)


def main(program: str, *words: str) -> None:
    """Import everything, then fork for each line that comes, until no more can come."""
    programs: dict[str, Callable[..., Program]] = {"odoo": _import_odoo, "sandbox": _import_sandbox}
    run = programs[program](*words)
    print(json.dumps("ready"), flush=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
    for line in sys.stdin:
        wish = json.loads(line)
        pid = os.fork()
        if not pid:
            _become(run, **wish)
        print(json.dumps(pid), flush=True)


def _import_odoo(config: str, modules: str) -> Program:
    sys.path[:] = [path for path in sys.path if path not in ("", str(ROOT))]
    import odoo.cli.server
    from odoo.cli.command import main as odoo
    from odoo.modules.module import Manifest, initialize_sys_path, load_openerp_module
    from odoo.tools import config as settings

    settings.parse_config(["--config", config])
    initialize_sys_path()

    def load(module: str) -> None:
        if f"odoo.addons.{module}" not in sys.modules:
            for needed in Manifest.for_addon(module)["depends"]:
                load(needed)
            load_openerp_module(module)

    for module in modules.split(","):
        load(module)
    from odoo.addons.base.models import res_users

    res_users.MIN_ROUNDS = 1  # as in Odoo's own tests: to hash a password well takes a third of a second, each time

    def run(arguments: list[str]) -> object:
        sys.argv = [str(PROGRAM), *arguments]
        return odoo()

    return run


def _import_sandbox() -> Program:
    from sandbox.__main__ import main as sandbox

    return sandbox


def _become(run: Program, arguments: list[str], log: str) -> None:
    """Go on as the program would, in a group of its own that ends with whoever forked it."""
    code: object = 1
    try:
        os.setsid()
        if end := end_with_parent(signal.SIGTERM):
            end()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(output, 1)
        os.dup2(output, 2)
        code = run(arguments)
    except SystemExit as end_of_program:
        code = end_of_program.code
    finally:
        os._exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
