"""A process that has imported Odoo and the addons, and turns into servers by forking: each starts in half the time.

For tests only: these servers hash passwords quickly, which is to say badly.

``WarmOdoo`` is the side of whoever wants servers; ``python -m dev.warm CONFIG`` is the process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from dev.paths import ROOT
from dev.process import Child, end_with_parent
from dev.say import Problem

PROGRAM = ROOT / "dev" / "bin" / "odoo"


class WarmOdoo:
    """Forks servers for as long as the block lasts. They see the addons as they were when it began.

    :param config: a configuration file that names the addons' folders
    :param modules: the modules that the servers' databases have installed
    """

    def __init__(self, config: Path, modules: Sequence[str]) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dev.warm", str(config)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=end_with_parent(signal.SIGKILL),
        )
        self._ask(list(modules))

    def __enter__(self) -> WarmOdoo:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def fork(self, arguments: Sequence[str | Path], log: Path) -> Child:
        """A process that runs Odoo's command line with these arguments."""
        log.parent.mkdir(parents=True, exist_ok=True)
        return _Forked(int(self._ask({"arguments": list(map(str, arguments)), "log": str(log)})), log)

    def _ask(self, wish: object) -> Any:
        assert self._process.stdin and self._process.stdout
        with self._lock:
            self._process.stdin.write(json.dumps(wish) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        if not answer:
            raise Problem("The process that imports Odoo ended; what it wrote stands above.")
        return json.loads(answer)


class _Forked(Child):
    """A server that another process forked, and reaps."""

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


def main(config: str) -> None:
    """Import everything, then fork a server for each line that comes, until no more can come."""
    sys.path[:] = [path for path in sys.path if path not in ("", str(ROOT))]
    import odoo.cli.server  # noqa: F401
    from odoo.modules.module import Manifest, initialize_sys_path, load_openerp_module
    from odoo.tools import config as settings

    settings.parse_config(["--config", config])
    initialize_sys_path()

    def load(module: str) -> None:
        if f"odoo.addons.{module}" not in sys.modules:
            for needed in Manifest.for_addon(module)["depends"]:
                load(needed)
            load_openerp_module(module)

    for module in json.loads(sys.stdin.readline()):
        load(module)
    from odoo.addons.base.models import res_users

    res_users.MIN_ROUNDS = 1  # as in Odoo's own tests: to hash a password well takes a third of a second, each time
    print(json.dumps("ready"), flush=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
    for line in sys.stdin:
        wish = json.loads(line)
        pid = os.fork()
        if not pid:
            _become_server(**wish)
        print(json.dumps(pid), flush=True)


def _become_server(arguments: list[str], log: str) -> None:
    """Go on as Odoo's own program would, in a group of its own that ends with whoever forked it."""
    code = 1
    try:
        os.setsid()
        if end := end_with_parent(signal.SIGTERM):
            end()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.argv = [str(PROGRAM), *arguments]
        from odoo.cli.command import main as odoo

        odoo()
        code = 0
    except SystemExit as end_of_program:
        code = int(end_of_program.code or 0)
    finally:
        os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1])
