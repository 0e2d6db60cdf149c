"""Where platforms with rotating access tokens keep them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Token:
    """An access token; ``expires_at`` is aware UTC, ``None`` when it does not expire."""

    access: str
    refresh: str = ""
    expires_at: datetime | None = None


class TokenStore(Protocol):
    """Kept by the caller, who knows the database: locks, reads again, fetches, commits.

    Refreshing under the store's lock is what keeps two lanes from spending the same one-time refresh token.
    """

    def read(self) -> Token | None:
        """The token last stored."""

    def refresh(self, fetch: Callable[[Token | None], Token]) -> Token:
        """Store and return what ``fetch`` brings, given the token last stored; if another lane has refreshed it
        meanwhile, return that one without fetching."""


class MemoryTokens:
    """A store for one process and one thread: for tests, and where nobody keeps tokens."""

    def __init__(self, token: Token | None = None) -> None:
        self.token = token

    def read(self) -> Token | None:
        return self.token

    def refresh(self, fetch: Callable[[Token | None], Token]) -> Token:
        self.token = fetch(self.token)
        return self.token
