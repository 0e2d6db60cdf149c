"""Where the demo keeps its things, and where a running one is reached."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dev.paths import cache
from dev.say import Problem


def folder() -> Path:
    """The demo's folder in the cache."""
    found = cache() / "demo"
    found.mkdir(exist_ok=True)
    return found


def sandbox_state() -> Path:
    """The folder of the sandbox shops' data."""
    return folder() / "sandbox"


@contextmanager
def only_demo() -> Iterator[None]:
    """Make sure that one demo runs at a time on this machine."""
    with (folder() / "lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            addresses = " and ".join(filter(None, _read().values())) or "another terminal"
            raise Problem(f"The demo is already running ({addresses}). Stop it there with Ctrl-C first.") from None
        yield


@contextmanager
def announced(odoo_url: str, sandbox_url: str) -> Iterator[None]:
    """Let other commands find the running demo."""
    note = folder() / "running.json"
    note.write_text(json.dumps({"odoo": odoo_url, "sandbox": sandbox_url}))
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def addresses() -> tuple[str, str]:
    """The addresses of the running demo's Odoo and sandbox."""
    found = _read()
    if not found:
        raise Problem("The demo does not run: start it with make run in another terminal.")
    return found["odoo"], found["sandbox"]


def _read() -> dict[str, str]:
    with suppress(OSError, ValueError):
        return dict(json.loads((folder() / "running.json").read_text()))
    return {}
