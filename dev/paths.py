"""Where things lie: the checkout, the user's cache folder and the checkout's own scratch folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDONS = ROOT / "addons"
RUN = ROOT / ".run"
"""Scratch folder of this checkout: generated configurations, logs, screenshots. Never committed."""


def cache() -> Path:
    """The user's cache folder for this project, shared by all checkouts."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "ecom-odoo"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run_folder() -> Path:
    """The checkout's scratch folder, made when missing."""
    RUN.mkdir(exist_ok=True)
    return RUN


def short_hash(*parts: str | bytes) -> str:
    """A name of 12 hexadecimal characters for some content."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\0")
    return digest.hexdigest()[:12]


def hash_of_files(folder: Path, files: Iterable[Path]) -> str:
    """A name for the content of some files below a folder: it changes when a file is renamed or edited."""
    parts: list[str | bytes] = []
    for file in sorted(files):
        parts += [str(file.relative_to(folder)), file.read_bytes()]
    return short_hash(*parts)
