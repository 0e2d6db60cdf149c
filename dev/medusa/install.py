"""Medusa's packages, from whatever npm registry this machine is set up for: once, in the user's cache folder."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

from dev.locks import only_one
from dev.medusa.node import Node, Unavailable
from dev.paths import cache, hash_of_files, short_hash
from dev.say import say, step

PROJECT = Path(__file__).parent / "project"
_EVERY = 10.0
"""Seconds between two words about how far npm is."""
_PATIENCE = 15 * 60.0


def home(node: Node) -> Path:
    """The folder with Medusa's packages, named by what is asked for; npm fills it when it is missing.

    :raises Unavailable: where npm cannot get them
    """
    folder = cache() / "medusa" / short_hash((PROJECT / "package.json").read_bytes())
    if not (folder / "complete").is_file():
        with only_one(folder.parent / "lock", "installing Medusa"):
            if not (folder / "complete").is_file():
                _install(node, folder)
    return folder


def project(folder: Path) -> Path:
    """The shop's own files beside its packages, named by their content, so that a running shop keeps its own."""
    files = [file for file in PROJECT.rglob("*") if file.is_file()]
    place = folder / f"project-{hash_of_files(PROJECT, files)}"
    if not place.is_dir():
        with only_one(folder.parent / "lock", "copying the shop's files"):
            if not place.is_dir():
                unfinished = folder / "unfinished"
                shutil.rmtree(unfinished, ignore_errors=True)
                shutil.copytree(PROJECT, unfinished)
                unfinished.rename(place)
    return place


def _install(node: Node, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(PROJECT / "package.json", folder)
    log = folder / "npm.log"
    # Packages' own install scripts are of no use here, and would run as whoever runs the tests.
    options = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=dev"]
    options += ["--fetch-retries=1", "--fetch-timeout=30000"]
    with step("installing Medusa from npm, once (about 70 s, 680 MB)"), log.open("wb") as output:
        npm = subprocess.Popen(
            [*node.npm, *options],
            cwd=folder,
            env=node.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            _watch(npm, folder)
        except BaseException:
            npm.kill()
            npm.wait()
            raise
        if npm.returncode:
            said = [line for line in log.read_text(errors="replace").splitlines() if "error" in line.lower()]
            shown = [line for line in said if "complete log" not in line][:4] or ["it said nothing"]
            advice = "Check that npm reaches its registry: npm ping"
            raise Unavailable("\n".join(["npm cannot get Medusa's packages:", *shown, advice]))
    (folder / "complete").touch()


def _watch(npm: subprocess.Popen[bytes], folder: Path) -> None:
    started = said = time.monotonic()
    while npm.poll() is None:
        time.sleep(0.2)
        now = time.monotonic()
        if now - started > _PATIENCE:
            raise Unavailable(f"npm was not done after {_PATIENCE / 60:.0f} minutes.")
        if now - said >= _EVERY:
            said = now
            say(f"    {now - started:3.0f} s, {_megabytes(folder)} MB")


def _megabytes(folder: Path) -> int:
    done = subprocess.run(["du", "-sk", str(folder)], check=False, capture_output=True, text=True).stdout
    return int(done.split()[0]) // 1024 if done.split() else 0
