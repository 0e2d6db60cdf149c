"""The log of calls that the simulated shops received, for tests to read."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qsl, urlencode

SECRET_WORDS = ("oauth_", "consumer_", "secret", "token", "password", "key")


@dataclass(frozen=True)
class Call:
    """One request and how it was answered; ``status`` 0 means that the connection was dropped."""

    number: int
    shop: str
    method: str
    path: str
    query: str
    status: int
    ms: float
    time: str
    request_size: int
    size: int
    fault: str | None = None


def without_secrets(query: str) -> str:
    """The query string without credentials and signatures."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(k, v) for k, v in pairs if not any(word in k.lower() for word in SECRET_WORDS)])


class CallLog:
    """The last calls, oldest first."""

    def __init__(self, limit: int = 20_000) -> None:
        self._calls: deque[Call] = deque(maxlen=limit)
        self._lock = threading.Lock()
        self._count = 0

    def add(self, **values: Any) -> None:
        """Keep a call; ``values`` are the fields of :class:`Call` but its number."""
        with self._lock:
            self._count += 1
            self._calls.append(Call(number=self._count, **values))

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._calls.clear()

    def find(
        self,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        shop: str | None = None,
        since: int | None = None,
    ) -> list[dict[str, Any]]:
        """Calls that fit every filter given; ``path`` is a shell pattern, ``since`` the number of an earlier call."""
        with self._lock:
            calls: Iterable[Call] = list(self._calls)
        return [
            asdict(call)
            for call in calls
            if (method is None or call.method == method.upper())
            and (path is None or fnmatchcase(call.path, path))
            and (status is None or call.status == status)
            and (shop is None or call.shop == shop)
            and (since is None or call.number > since)
        ]
