"""The sandbox shops as a process beside: ``python -m sandbox``."""

from __future__ import annotations

import json
import re
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

from dev.paths import ROOT, run_folder
from dev.process import Child, free_port
from dev.say import Problem
from dev.warm import Warm

READY = re.compile(r"^ready (http://\S+)", re.MULTILINE)


class SandboxServer:
    """Runs the sandbox for as long as the block lasts.

    :param port: wanted port, the next free one is taken when it is not; any free one when None
    :param state: folder that keeps the shops' data between runs; without one they forget
    :param options: further arguments of ``python -m sandbox``
    """

    warm: ClassVar[Warm | None] = None
    """Who forks them all; without, each is imported afresh."""

    def __init__(self, port: int | None = None, state: Path | None = None, *options: str) -> None:
        self.wanted_port = port
        self.state = state
        self.options = options
        self.url = ""
        self.child: Child | None = None

    def __enter__(self) -> SandboxServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @staticmethod
    def available() -> bool:
        """True when the checkout has a sandbox."""
        return (ROOT / "sandbox" / "__main__.py").is_file()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rsplit(":", 1)[1])

    @property
    def pid(self) -> int:
        """The number of its process."""
        if self.child is None:
            raise RuntimeError("the sandbox was not started")
        return self.child.pid

    @property
    def running(self) -> bool:
        """True while its process lives."""
        return self.child is not None and self.child.running

    def start(self) -> None:
        """Start it and wait until it listens. After ``kill`` or ``stop`` it takes its former port again."""
        port = free_port(self.port if self.url else self.wanted_port)
        arguments = ["--host", "127.0.0.1", "--port", str(port), *self.options]
        if self.state:
            self.state.mkdir(parents=True, exist_ok=True)
            arguments += ["--state", str(self.state)]
        log = run_folder() / "logs" / f"sandbox-{port}-{time.strftime('%H%M%S')}.log"
        if self.warm:
            self.child = self.warm.fork(arguments, log)
        else:
            self.child = Child([sys.executable, "-m", "sandbox", *arguments], log, {"PYTHONUNBUFFERED": "1"})
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            ready = READY.search(log.read_text(errors="replace"))
            if ready:
                self.url = ready[1].rstrip("/")
                return
            if not self.child.running:
                break
            time.sleep(0.05)
        words = self.child.last_words()
        self.kill()
        raise Problem(f"The sandbox did not start. {log} ends with\n{words}")

    def stop(self) -> None:
        """End it in order, its state written."""
        if self.child:
            self.child.stop()

    def kill(self) -> None:
        """End it at once."""
        if self.child:
            self.child.kill()

    def call(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """Call one of its own pages, for example ``call("/sandbox/orders/random", {"count": 3})``."""
        return call(self.url, path, body, method)


def call(url: str, path: str, body: Any = None, method: str | None = None) -> Any:
    """Send JSON to a page of a running sandbox (POST when there is a body) and return its JSON answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url}{path}", data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text else None
