"""Fetching Debian packages into a folder of our own, without root and without touching the machine's packages.

apt does the work, with a private state folder: it knows the machine's proxies and checks signatures and sums.
The mirror is the one that the machine's own package sources name, so that no address is written here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

ETC = Path("/etc/apt")
KEYRINGS = ("debian-archive-keyring.pgp", "debian-archive-keyring.gpg")
SUITES = ("unstable", "bookworm")
"""Odoo 19 is in unstable; bookworm has the fonts in the versions that Odoo was made for (Font Awesome 4.7)."""


class Unavailable(Exception):
    """The package cannot be had this way; the text says why."""


@dataclass(frozen=True)
class Mirror:
    """A Debian archive and the keyring that its signatures are checked with."""

    address: str
    keyring: Path


def find_mirror() -> Mirror | None:
    """The first Debian archive among the machine's package sources, or None (Ubuntu, macOS, ...)."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        return None
    keyrings = [Path("/usr/share/keyrings") / name for name in KEYRINGS]
    keyring = next((file for file in keyrings if file.is_file()), None)
    if keyring is None:
        return None
    addresses = (address for address in _source_addresses() if address.rstrip("/").endswith("/debian"))
    address = next(addresses, None)
    return Mirror(address, keyring) if address else None


def _source_addresses() -> Iterator[str]:
    """Every archive address in the machine's package sources, of both file formats."""
    one_line = [ETC / "sources.list", *sorted((ETC / "sources.list.d").glob("*.list"))]
    for file in one_line:
        if file.is_file():
            yield from re.findall(r"^\s*deb\s+(?:\[[^]]*\]\s+)?(\S+)", file.read_text(), re.MULTILINE)
    for file in sorted((ETC / "sources.list.d").glob("*.sources")):
        for addresses in re.findall(r"^URIs:(.*)$", file.read_text(), re.MULTILINE | re.IGNORECASE):
            yield from addresses.split()


class PrivateApt:
    """apt with its state in a folder of ours; the folder is removed at the end."""

    def __init__(self, mirror: Mirror, folder: Path) -> None:
        self.mirror = mirror
        self.folder = folder
        self.settings = folder / "apt.conf"

    def __enter__(self) -> PrivateApt:
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in ("state/lists/partial", "cache/archives/partial", "none", "debs"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "state/status").touch()
        lines = [f"deb [signed-by={self.mirror.keyring}] {self.mirror.address} {suite} main" for suite in SUITES]
        (self.folder / "sources.list").write_text("\n".join(lines) + "\n")
        options = {
            "Dir::State": self.folder / "state",
            "Dir::State::status": self.folder / "state/status",
            "Dir::Cache": self.folder / "cache",
            "Dir::Etc::SourceList": self.folder / "sources.list",
            "Dir::Etc::SourceParts": self.folder / "none",
            "Dir::Etc::Preferences": self.folder / "no-preferences",
            "Dir::Etc::PreferencesParts": self.folder / "none",
            "Acquire::Languages": "none",
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
            "APT::Sandbox::User": "root",
            "APT::Update::Error-Mode": "any",
        }
        self.settings.write_text("".join(f'{key} "{value}";\n' for key, value in options.items()))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def update(self) -> None:
        """Read the package indexes of the suites."""
        self._run("apt-get", "-q", "update")

    def newest(self, package: str) -> str:
        """The newest version of a package."""
        found = re.search(r"^Version: (\S+)", self._run("apt-cache", "show", package), re.MULTILINE)
        if not found:
            raise Unavailable(f"{package} is not in {self.mirror.address}")
        return found[1]

    def fonts_and_scripts(self, package: str) -> list[str]:
        """The packages of fonts and JavaScript that a package's links point to, as apt wants them named."""
        record = self._run("apt-cache", "show", "--no-all-versions", package)
        depends = re.search(r"^Depends: (.*)$", record, re.MULTILINE)
        names = re.findall(r"(?:^|, )((?:fonts-|libjs-|gsfonts)[a-z0-9.+-]*)", depends[1] if depends else "")
        return [
            f"{name}/{SUITES[1]}" if name.startswith("fonts-") and self._offers(name, SUITES[1]) else name
            for name in names
        ]

    def _offers(self, package: str, suite: str) -> bool:
        return f" {suite}/main " in self._run("apt-cache", "madison", package)

    def download(self, packages: Iterable[str]) -> list[Path]:
        """Download packages; apt checks their sums against the signed index."""
        self._run("apt-get", "-q", "download", *packages)
        return sorted((self.folder / "debs").glob("*.deb"))

    def _run(self, *command: str) -> str:
        outcome = subprocess.run(
            command,
            cwd=self.folder / "debs",
            env={**os.environ, "APT_CONFIG": str(self.settings), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if outcome.returncode:
            raise Unavailable((outcome.stderr.strip() or outcome.stdout.strip()).splitlines()[0])
        return outcome.stdout


def unpack(package: Path, into: Path) -> None:
    """Unpack a package's files below a folder."""
    into.mkdir(parents=True, exist_ok=True)
    outcome = subprocess.run(["dpkg-deb", "-x", package, into], capture_output=True, text=True)
    if outcome.returncode:
        raise Unavailable(f"{package.name} cannot be unpacked: {outcome.stderr.strip()}")


def relink_inside(tree: Path) -> None:
    """Point absolute links at the unpacked files, and drop links that lead nowhere."""
    for link in list(tree.rglob("*")):
        if not link.is_symlink():
            continue
        target = link.readlink()
        if target.is_absolute():
            link.unlink()
            link.symlink_to(os.path.relpath(tree / target.relative_to("/"), link.parent))
        if not link.exists():
            link.unlink()
