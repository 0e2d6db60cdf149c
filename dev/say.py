"""Talking to the person at the keyboard: one line per step with its seconds, and plain words when something fails."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Problem(Exception):
    """An expected failure. The text says what failed and what to do; it is shown without a stack trace."""


def say(text: str) -> None:
    """Print one line at once, also when the output goes to a file."""
    print(text, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a piece of work that may take a while, and say how long it took."""
    say(f"  · {text} ...")
    started = time.monotonic()
    try:
        yield
    except BaseException:
        say(f"  ✗ {text}: stopped after {time.monotonic() - started:.1f} s")
        raise
    say(f"  ✓ {text}: {time.monotonic() - started:.1f} s")


def warn(text: str) -> None:
    """Say something that did not go as wished but does not stop the work."""
    print(f"  ! {text}", file=sys.stderr, flush=True)
