"""Webhooks on their way out: a queue in time, merged while pending, delivered by a small pool of threads.

What is sent, how it is signed and what follows from an answer is the shop's affair; see :class:`Parcel`.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from .clock import Clock
from .faults import FaultBook

LOOPBACK = ("127.0.0.1", "localhost", "::1")
TIMEOUT = (2.0, 20.0)


@dataclass(frozen=True)
class Letter:
    """A request ready to be sent."""

    url: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Parcel:
    """A webhook to deliver.

    :param topic: what faults match and the log shows, such as ``order.updated``.
    :param merge_key: a pending parcel with the same key takes this one in; ``None`` never merges.
    :param pack: builds the request at the moment of delivery, or says ``None`` when there is nothing left to send.
    :param finished: is told the HTTP status, 0 when nobody answered, or ``None`` when nothing was sent.
    :param after: seconds that it waits besides the courier's own delay, as what is tried again does.
    """

    topic: str
    merge_key: Hashable | None
    pack: Callable[[], Letter | None]
    finished: Callable[[int | None], None]
    after: float = 0.0


class Courier:
    """Delivers parcels; deliveries leave this machine never: targets other than loopback are refused."""

    def __init__(self, faults: FaultBook, clock: Clock, workers: int = 4) -> None:
        self.delay = 0.0
        self._faults = faults
        self._clock = clock
        self._log: deque[dict[str, Any]] = deque(maxlen=20_000)
        self._queue: list[tuple[float, int, Parcel]] = []
        self._merging: set[Hashable] = set()
        self._count = itertools.count(1)
        self._condition = threading.Condition()
        self._busy = 0
        self._stopped = False
        self._threads = [
            threading.Thread(target=self._work, name=f"courier-{number}", daemon=True) for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def send(self, parcel: Parcel) -> None:
        """Queue a parcel; it leaves after :attr:`delay` seconds, or at once."""
        fault = self._faults.for_webhook(parcel.topic)
        delay = self.delay + parcel.after
        if fault is not None:
            if fault.kind == "drop":
                self._note(parcel, None, 0, fault="drop")
                parcel.finished(None)
                return
            if fault.kind == "delay":
                delay += 1.0 if fault.seconds is None else fault.seconds
            elif fault.kind == "reorder":
                delay += 0.3 if fault.seconds is None else fault.seconds
        due = time.monotonic() + delay
        with self._condition:
            merged = fault is None and parcel.merge_key in self._merging
            if not merged:
                if fault is None and parcel.merge_key is not None:
                    self._merging.add(parcel.merge_key)
                for _ in range(2 if fault is not None and fault.kind == "duplicate" else 1):
                    heapq.heappush(self._queue, (due, next(self._count), parcel))
                self._condition.notify_all()
        if merged:
            parcel.finished(None)

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is queued or under way; ``False`` when time runs out first."""
        with self._condition:
            return self._condition.wait_for(lambda: not self._queue and not self._busy, seconds)

    def clear(self) -> None:
        """Forget what is queued, and the log."""
        with self._condition:
            self._queue.clear()
            self._merging.clear()
            self._log.clear()
            self._condition.notify_all()

    def log(self, topic: str | None = None) -> list[dict[str, Any]]:
        """Deliveries made, oldest first."""
        with self._condition:
            return [dict(entry) for entry in self._log if topic is None or entry["topic"] == topic]

    def pending(self) -> int:
        """How many parcels wait."""
        with self._condition:
            return len(self._queue)

    def stop(self) -> None:
        """Stop the threads; what is queued is not delivered any more."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()
        for thread in self._threads:
            thread.join(timeout=1)

    def _take(self) -> Parcel | None:
        with self._condition:
            while not self._stopped:
                if not self._queue:
                    self._condition.wait()
                    continue
                wait = self._queue[0][0] - time.monotonic()
                if wait > 0:
                    self._condition.wait(wait)
                    continue
                parcel = heapq.heappop(self._queue)[2]
                self._merging.discard(parcel.merge_key)
                self._busy += 1
                return parcel
        return None

    def _work(self) -> None:
        session = requests.Session()
        session.trust_env = False
        while (parcel := self._take()) is not None:
            try:
                self._deliver(session, parcel)
            finally:
                with self._condition:
                    self._busy -= 1
                    self._condition.notify_all()

    def _deliver(self, session: requests.Session, parcel: Parcel) -> None:
        letter = parcel.pack()
        if letter is None:
            parcel.finished(None)
            return
        started = time.perf_counter()
        status, error = 0, None
        if not is_loopback(letter.url):
            error = "refused: not a loopback address"
        else:
            try:
                answer = session.post(
                    letter.url, data=letter.body, headers=letter.headers, timeout=TIMEOUT, allow_redirects=False
                )
                status = answer.status_code
            except requests.RequestException as exception:
                error = type(exception).__name__
        parcel.finished(status)
        self._note(parcel, letter, status, ms=round((time.perf_counter() - started) * 1000, 2), error=error)

    def _note(self, parcel: Parcel, letter: Letter | None, status: int, **more: Any) -> None:
        entry = {
            "topic": parcel.topic,
            "url": letter.url if letter else None,
            "status": status,
            "size": len(letter.body) if letter else 0,
            "headers": letter.headers if letter else {},
            "body": letter.body.decode() if letter else None,
            "time": self._clock.now().isoformat(timespec="milliseconds"),
            **more,
        }
        with self._condition:
            self._log.append(entry)


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine over http(s)."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK
