"""File locks between processes. The kernel drops them with the process, so a killed one blocks nobody."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.say import say


@contextmanager
def only_one(file: Path, what: str) -> Iterator[None]:
    """Hold the exclusive lock on a file; wait for another process that has it, saying so."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  · waiting: another process is busy with {what} ...")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
