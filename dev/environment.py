"""The virtual environment with every pinned package and Odoo in it.

It lives in the user's cache folder, named by what it is made from, so that checkouts share it. A note inside says
that it is complete; one whose building was interrupted has no note and is built again.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from dev.locks import only_one
from dev.odoo_source import OdooSource, find_or_get
from dev.paths import ROOT, cache, short_hash
from dev.say import Problem, step

NOTE = "ground.json"


def ensure() -> Path:
    """Return the Python of a complete environment, building it when missing."""
    if sys.version_info < (3, 10):  # noqa: UP036 - the person may well have started an older one
        raise Problem(f"Python 3.10 or newer is needed; this is {sys.version.split()[0]}.")
    source = find_or_get()
    requirements = (ROOT / "requirements.txt").read_bytes()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = cache() / "venv" / short_hash(requirements, sys.version, os.path.realpath(sys.executable), source.key)
    python = folder / "bin" / "python"
    if not (folder / NOTE).is_file():
        with only_one(folder.parent / "lock", "building the environment"):
            if not (folder / NOTE).is_file():
                _build(folder, version, source)
    return python


def inside() -> bool:
    """True when this very process runs in a complete environment."""
    return (Path(sys.prefix) / NOTE).is_file()


def odoo_source() -> OdooSource:
    """The Odoo of the environment that this process runs in."""
    note = Path(sys.prefix) / NOTE
    if not note.is_file():
        raise Problem("This must run in the project's environment: use make, or python3 -m dev.")
    facts = json.loads(note.read_text())
    return OdooSource(Path(facts["home"]), tuple(map(Path, facts["addons"])), facts["version"])


def _build(folder: Path, version: str, source: OdooSource) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with step(f"making a virtual environment for Python {version}"):
        _run([sys.executable, "-m", "venv", folder], "On Debian and Ubuntu: apt-get install python3-venv")
    python = folder / "bin" / "python"
    with step("installing the pinned packages"):
        command: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
        ]
        _run([*command, "-r", ROOT / "requirements.txt"], "Check that pip reaches its package index, then try again.")
    site_packages = folder / "lib" / f"python{version}" / "site-packages"
    _add_odoo(site_packages, source)
    _run([python, "-c", "import odoo.release, odoo.tools.config, lxml, psycopg2"], "The environment is not usable.")
    facts = {"home": str(source.home), "addons": [str(path) for path in source.addons], "version": source.version}
    (folder / NOTE).write_text(json.dumps(facts, indent=2))


def _add_odoo(site_packages: Path, source: OdooSource) -> None:
    """Make Odoo importable, and visible as an installed distribution, as packaged addons require it."""
    (site_packages / "odoo.pth").write_text(f"{source.home}\n")
    facts = site_packages / f"odoo-{source.version}.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: odoo\nVersion: {source.version}\n")
    (facts / "INSTALLER").write_text("ecom-odoo\n")
    (facts / "RECORD").write_text("")


def _run(command: list[str | Path], advice: str) -> None:
    outcome = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if outcome.returncode:
        said = (outcome.stderr.strip() or outcome.stdout.strip()).splitlines()[-12:]
        raise Problem("\n".join([f"{command[0]} failed:", *said, advice]))
