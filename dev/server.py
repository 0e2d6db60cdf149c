"""A real Odoo server on a database: its own process, HTTP, cron threads, commits and all."""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

from dev import configuration
from dev.client import Client
from dev.databases import Databases
from dev.paths import run_folder
from dev.postgres import Connection
from dev.process import Child, free_port
from dev.say import Problem
from dev.warm import PROGRAM, Warm


class OdooServer:
    """Runs Odoo on a database for as long as the block lasts; several may share a database.

    :param port: wanted port, the next free one is taken when it is not; any free one when None
    :param cron_threads: how many scheduled actions run at a time; 0 runs none
    :param workers: 0 for one process with threads, else that many worker processes
    :param cron_seconds: after how many seconds a scheduled action is ended (``limit_time_real_cron``)
    :param extra: any other settings of Odoo's configuration file
    :param warm: who forks it; without, Odoo is imported afresh
    """

    def __init__(
        self,
        database: str,
        *,
        connection: Connection,
        port: int | None = None,
        cron_threads: int = 4,
        workers: int = 0,
        cron_seconds: int | None = None,
        extra: dict[str, object] | None = None,
        warm: Warm | None = None,
        patience: float = 120.0,
    ) -> None:
        self.database = database
        self.connection = connection
        self.wanted_port = port
        self.warm = warm
        self.patience = patience
        self.settings = {
            "max_cron_threads": cron_threads,
            "workers": workers,
            "limit_time_real_cron": cron_seconds,
            "log_handler": "odoo.addons.rpc.controllers:ERROR,odoo.tools.translate:ERROR",
            **(extra or {}),
        }
        self.port = 0
        self.child: Child | None = None
        self.config: Path | None = None

    def __enter__(self) -> OdooServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The number of the server's process."""
        return self._child.pid

    @property
    def log_path(self) -> Path:
        """The server's log."""
        return self._child.log

    def client(self, login: str = "admin", password: str = "admin") -> Client:
        """A client that calls the server as a user."""
        return Client(self.url, self.database, login, password)

    def start(self) -> None:
        """Start the server and wait until it answers. After ``kill`` or ``stop`` it takes its former port again."""
        self.port = free_port(self.port or self.wanted_port)
        Databases(self.connection).say_address(self.database, self.url)
        name = f"odoo-{self.database}-{self.port}"
        ports = {"http_port": self.port, "gevent_port": free_port(self.port + 1) if self.settings["workers"] else None}
        self.config = configuration.write(name, self.connection, self.database, **self.settings, **ports)
        log = run_folder() / "logs" / f"{name}-{time.strftime('%H%M%S')}.log"
        command: list[str | Path] = ["server", "--config", self.config]
        self.child = self.warm.fork(command, log) if self.warm else Child([sys.executable, PROGRAM, *command], log)
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def stop(self, patience: float = 20.0) -> None:
        """End the server in order; at once when it has not ended within some seconds."""
        if self.child:
            self.child.stop(patience)
        if self.config:
            self.config.unlink(missing_ok=True)

    def kill(self) -> None:
        """End the server at once, as ``kill -9`` does, its worker processes too."""
        if self.child:
            self.child.kill()

    @property
    def running(self) -> bool:
        """True while the server's process lives."""
        return self.child is not None and self.child.running

    @property
    def _child(self) -> Child:
        if self.child is None:
            raise RuntimeError("the server was not started")
        return self.child

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline:
            if not self._child.running:
                raise Problem(f"Odoo ended while it started. {self.log_path} ends with\n{self._child.last_words()}")
            if answers(f"{self.url}/web/{'health' if self.warm else 'login'}"):  # a test's first call waits by itself
                return
            time.sleep(0.05)
        raise Problem(
            f"Odoo did not answer in {self.patience:.0f} s. {self.log_path} ends with\n{self._child.last_words()}"
        )


def answers(url: str) -> bool:
    """True when a page comes without an error."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
