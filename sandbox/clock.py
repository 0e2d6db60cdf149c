"""The sandbox's clock: real time, plus an offset that tests may set."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone


class Clock:
    """UTC time that can be moved, so that tests need not wait for a second to pass."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def now(self) -> datetime:
        """The current aware UTC time."""
        return datetime.now(timezone.utc) + self.offset

    def stamp(self) -> str:
        """The current UTC time as shops write it: ``2026-11-24T10:41:56``, whole seconds, no zone."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%S")

    def timestamp(self) -> float:
        """The current time in seconds since the epoch."""
        return self.now().timestamp()

    def advance(self, seconds: float) -> None:
        """Move the clock; negative seconds move it back."""
        self.offset += timedelta(seconds=seconds)

    def set(self, moment: datetime) -> None:
        """Set the clock to an aware moment; it goes on running from there."""
        self.offset = moment - datetime.now(timezone.utc)
