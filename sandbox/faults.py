"""Faults on demand: what a network, a proxy or a tired server does to requests and webhooks.

A fault on requests names a ``path`` pattern and perhaps a ``method``; a fault on webhooks names a ``webhook`` topic
pattern. ``times`` bounds how often it strikes (default: until removed), ``probability`` makes it strike at random.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any

REQUEST_KINDS = {
    "status": "answers with `status` (and `headers`, `body`) without doing anything",
    "timeout": "keeps the connection open for `seconds` (30) without an answer, then drops it",
    "slow": "waits for `seconds` (1), then does the request",
    "drop_connection": "closes the connection without doing anything",
    "bad_json": "does the request and cuts the answer's body in half",
    "lost_answer": "does the request, then drops the connection, or answers with `status` if it is given",
}
WEBHOOK_KINDS = {
    "drop": "the delivery never happens",
    "duplicate": "the delivery happens twice",
    "reorder": "the delivery is held back for `seconds` (0.3), so that later ones overtake it",
    "delay": "the delivery happens `seconds` (1) later",
}


@dataclass
class Fault:
    """One fault; see :data:`REQUEST_KINDS` and :data:`WEBHOOK_KINDS`."""

    kind: str
    path: str | None = None
    method: str | None = None
    webhook: str | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    times: int | None = None
    probability: float = 1.0
    seconds: float | None = None
    id: int = 0
    struck: int = 0

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Fault:
        """Build a fault from JSON.

        :raise ValueError: for an unknown kind or field.
        """
        unknown = set(values) - {name for name in cls.__dataclass_fields__ if name not in ("id", "struck")}
        if unknown:
            raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
        fault = cls(**values)
        if fault.webhook is None and fault.kind in WEBHOOK_KINDS:
            fault.webhook = "*"
        kinds = REQUEST_KINDS if fault.webhook is None else WEBHOOK_KINDS
        if fault.kind not in kinds:
            raise ValueError(f"unknown kind {fault.kind!r}; one of {', '.join(kinds)}")
        if fault.kind == "status" and not fault.status:
            raise ValueError("a fault of kind 'status' needs a status")
        return fault

    def fits_request(self, method: str, path: str) -> bool:
        """Whether the fault may strike this request."""
        return (
            self.webhook is None
            and fnmatchcase(path, self.path or "*")
            and (self.method is None or self.method.upper() == method)
        )


class FaultBook:
    """The faults in force.

    :param seed: of the random numbers behind ``probability``, so that a test run can be repeated.
    """

    def __init__(self, seed: int = 0) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._random = random.Random(seed)
        self._last = 0

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force; it gets an id."""
        with self._lock:
            self._last += 1
            fault.id = self._last
            self._faults.append(fault)
        return fault

    def remove(self, fault_id: int | None = None) -> None:
        """Remove one fault, or all."""
        with self._lock:
            self._faults = [] if fault_id is None else [fault for fault in self._faults if fault.id != fault_id]

    def list(self) -> list[dict[str, Any]]:
        """The faults in force and spent, with how often each struck."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def for_request(self, method: str, path: str) -> Fault | None:
        """The first fault that strikes this request; its count goes up."""
        return self._strike(lambda fault: fault.fits_request(method, path))

    def for_webhook(self, topic: str) -> Fault | None:
        """The first fault that strikes a webhook of this topic; its count goes up."""
        return self._strike(lambda fault: fault.webhook is not None and fnmatchcase(topic, fault.webhook))

    def _strike(self, fits: Any) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.times is not None and fault.struck >= fault.times:
                    continue
                if fits(fault) and (fault.probability >= 1 or self._random.random() < fault.probability):
                    fault.struck += 1
                    return fault
        return None
