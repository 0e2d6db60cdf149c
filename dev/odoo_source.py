"""Where Odoo 19 Community comes from.

In this order: one that is already there (``ODOO_HOME``, or ``odoo`` importable by the Python that runs this),
Debian's package ``odoo-19`` unpacked into the cache folder without root, a shallow clone of the public 19.0 branch.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from dev import debian
from dev.locks import only_one
from dev.paths import cache, short_hash
from dev.say import Problem, step, warn

SERIES = "19.0"
PUBLIC_BRANCH = "https://github.com/odoo/odoo.git"
STRIPPED_SCRIPT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"
"""Debian leaves this file out for its licence, but a bundle of the web client names it: an empty one will do."""


@dataclass(frozen=True)
class OdooSource:
    """An Odoo 19 on this machine."""

    home: Path
    """The folder to put on Python's path: it holds the package ``odoo``."""
    addons: tuple[Path, ...]
    """Folders of addons beside the package itself (a git checkout has one, Debian's package none)."""
    version: str

    @property
    def key(self) -> str:
        """A name for this very copy of Odoo."""
        return short_hash(str(self.home), self.version)


def find_or_get() -> OdooSource:
    """Return an Odoo 19, fetching it when the machine has none."""
    return _from_environment() or _importable() or _from_debian() or _from_public_branch()


def _from_environment() -> OdooSource | None:
    home = os.environ.get("ODOO_HOME")
    if not home:
        return None
    source = _describe(Path(home).expanduser().resolve())
    if source is None:
        raise Problem(f"ODOO_HOME={home} holds no Odoo {SERIES}. Point it at an Odoo {SERIES} checkout, or unset it.")
    return source


def _importable() -> OdooSource | None:
    spec = importlib.util.find_spec("odoo")
    if spec is None or not spec.submodule_search_locations:
        return None
    for location in spec.submodule_search_locations:
        source = _describe(Path(location).parent)
        if source:
            return source
    return None


def _describe(home: Path) -> OdooSource | None:
    """Say which Odoo a folder holds, or None when it is not Odoo 19."""
    release = home / "odoo" / "release.py"
    if not release.is_file():
        return None
    found = re.search(r"^version_info = \((\d+), (\d+)", release.read_text(), re.MULTILINE)
    if not found or f"{found[1]}.{found[2]}" != SERIES:
        return None
    beside = home / "addons"
    addons = (beside,) if (beside / "sale" / "__manifest__.py").is_file() and not _is_leftover(beside) else ()
    return OdooSource(home, addons, SERIES)


def _is_leftover(addons: Path) -> bool:
    """Debian's package also ships a folder of addons with nothing but their Python files; it is of no use."""
    return not (addons / "sale" / "static").exists()


def _from_debian() -> OdooSource | None:
    mirror = debian.find_mirror()
    if mirror is None:
        return None
    folder = cache() / "odoo"
    with only_one(folder / "lock", "getting Odoo"):
        ready = sorted(folder.glob("debian-*/done"))
        if ready:
            return _describe(_python_folder(ready[-1].parent))
        try:
            return _unpack(mirror, folder)
        except debian.Unavailable as reason:
            warn(f"Debian's package of Odoo cannot be had ({reason}); trying the public branch")
            return None


def _unpack(mirror: debian.Mirror, folder: Path) -> OdooSource | None:
    with debian.PrivateApt(mirror, folder / "apt") as apt:
        with step("reading Debian's package index"):
            apt.update()
        version = apt.newest("odoo-19")
        tree = folder / f"debian-{re.sub('[^0-9A-Za-z.-]', '_', version)}"
        unfinished = tree.with_name(tree.name + ".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(tree, ignore_errors=True)
        with step(f"downloading Odoo {version} (120 MB) with its fonts and scripts"):
            files = apt.download([f"odoo-19={version}", *apt.fonts_and_scripts("odoo-19")])
        with step("unpacking Odoo"):
            for file in files:
                debian.unpack(file, unfinished)
            _repair(unfinished)
    (unfinished / "done").touch()
    unfinished.rename(tree)
    return _describe(_python_folder(tree))


def _python_folder(tree: Path) -> Path:
    return tree / "usr" / "lib" / "python3" / "dist-packages"


def _repair(tree: Path) -> None:
    """Make the unpacked package stand on its own."""
    home = _python_folder(tree)
    for leftover in ("addons", "doc", "setup"):
        shutil.rmtree(home / leftover, ignore_errors=True)
    debian.relink_inside(tree)
    stripped = home / "odoo" / "addons" / STRIPPED_SCRIPT
    if not stripped.exists():
        stripped.parent.mkdir(parents=True, exist_ok=True)
        stripped.write_text("// Left out by Debian for its licence; only the blur of video calls used it.\n")


def _from_public_branch() -> OdooSource:
    folder = cache() / "odoo"
    clone = folder / f"git-{SERIES}"
    with only_one(folder / "lock", "getting Odoo"):
        if not (clone / "odoo" / "release.py").is_file():
            unfinished = clone.with_name(clone.name + ".part")
            shutil.rmtree(unfinished, ignore_errors=True)
            with step(f"cloning Odoo's public branch {SERIES} (about 1 GB)"):
                command: list[str | Path] = [
                    "git",
                    "clone",
                    "--quiet",
                    "--depth",
                    "1",
                    "--branch",
                    SERIES,
                    PUBLIC_BRANCH,
                    unfinished,
                ]
                outcome = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            if outcome.returncode:
                shutil.rmtree(unfinished, ignore_errors=True)
                raise Problem(
                    f"Odoo {SERIES} could not be had: neither from a Debian mirror nor from its public branch "
                    f"({outcome.stderr.strip()}).\nGet Odoo {SERIES} yourself and set ODOO_HOME to its folder."
                )
            unfinished.rename(clone)
    source = _describe(clone)
    if source is None:
        raise Problem(f"{clone} is no Odoo {SERIES}: remove that folder and try again.")
    return source


if __name__ == "__main__":
    sys.stdout.write(f"{find_or_get().home}\n")
