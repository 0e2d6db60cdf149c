"""Documents kept in memory and written through to SQLite, so that a shop survives a restart and a ``kill -9``.

All reads are served from memory. Every change made inside :meth:`Store.transaction` is committed at once when the block
ends, before the shop answers its client.
"""

from __future__ import annotations

import copy
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Doc = dict[str, Any]


class Store:
    """Named collections of JSON documents with integer keys, and named sequences.

    :param path: the SQLite file; ``None`` keeps everything in memory only.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.lock = threading.RLock()
        self._collections: dict[str, dict[int, Doc]] = {}
        self._sequences: dict[str, int] = {}
        self._pending: dict[tuple[str, int], Doc | None] = {}
        self._pending_sequences: set[str] = set()
        self._depth = 0
        self._database: sqlite3.Connection | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS document"
                " (kind TEXT, id INTEGER, body TEXT NOT NULL, PRIMARY KEY (kind, id))"
            )
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS sequence (name TEXT PRIMARY KEY, value INTEGER NOT NULL)"
            )
            self._read_all()

    def _read_all(self) -> None:
        assert self._database is not None
        for kind, key, body in self._database.execute("SELECT kind, id, body FROM document ORDER BY kind, id"):
            self._collections.setdefault(kind, {})[key] = json.loads(body)
        self._sequences = dict(self._database.execute("SELECT name, value FROM sequence").fetchall())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock and commit every change at the end; the outermost block commits.

        What was changed in memory before an exception is committed too, as a shop that fails half-way does: callers
        change copies and put them back when the whole is known to be right.
        """
        with self.lock:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._flush()

    def _flush(self) -> None:
        pending, self._pending = self._pending, {}
        sequences, self._pending_sequences = self._pending_sequences, set()
        if self._database is None or not (pending or sequences):
            return
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany(
            "INSERT OR REPLACE INTO document VALUES (?, ?, ?)",
            [(kind, key, json.dumps(doc)) for (kind, key), doc in pending.items() if doc is not None],
        )
        self._database.executemany(
            "DELETE FROM document WHERE kind = ? AND id = ?", [key for key, doc in pending.items() if doc is None]
        )
        self._database.executemany(
            "INSERT OR REPLACE INTO sequence VALUES (?, ?)", [(name, self._sequences[name]) for name in sequences]
        )
        self._database.execute("COMMIT")

    def all(self, kind: str) -> dict[int, Doc]:
        """The live collection, by key: read it, never change it."""
        return self._collections.setdefault(kind, {})

    def peek(self, kind: str, key: int) -> Doc | None:
        """The live document, to read only."""
        return self.all(kind).get(key)

    def load(self, kind: str, key: int) -> Doc | None:
        """A copy of a document, to change and :meth:`put` back."""
        return copy.deepcopy(self.all(kind).get(key))

    def put(self, kind: str, key: int, doc: Doc) -> None:
        """Keep a document."""
        with self.transaction():
            self.all(kind)[key] = doc
            self._pending[kind, key] = doc

    def remove(self, kind: str, key: int) -> None:
        """Forget a document; an unknown one is no error."""
        with self.transaction():
            self.all(kind).pop(key, None)
            self._pending[kind, key] = None

    def next(self, name: str, start: int = 1) -> int:
        """The next number of a sequence, that counts from ``start``."""
        with self.transaction():
            self._sequences[name] = max(self._sequences.get(name, start - 1), start - 1) + 1
            self._pending_sequences.add(name)
            return self._sequences[name]

    def reserve(self, name: str, number: int) -> None:
        """Make a sequence go on after ``number``."""
        with self.transaction():
            if self._sequences.get(name, 0) < number:
                self._sequences[name] = number
                self._pending_sequences.add(name)

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self._collections = {}
            self._sequences = {}
            self._pending = {}
            self._pending_sequences = set()
            if self._database is not None:
                self._database.executescript("DELETE FROM document; DELETE FROM sequence;")

    def close(self) -> None:
        """Close the file; memory stays readable."""
        with self.lock:
            if self._database is not None:
                self._database.close()
                self._database = None
