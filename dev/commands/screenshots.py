"""Take the pictures of the documentation, in English and in French, from a demonstration that is made for them."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from dev import pdf_engine, postgres
from dev.browser import Browser
from dev.databases import Databases
from dev.pictures import shots, story
from dev.pictures.people import PEOPLE
from dev.sandbox import SandboxServer
from dev.say import Problem, say, step
from dev.server import OdooServer

LANGUAGES = {"en": "en_US", "fr": "fr_FR"}


def main(arguments: list[str]) -> int:
    """Make a demonstration in each language, take every page of it, and forget the demonstration."""
    parser = argparse.ArgumentParser(prog="python3 -m dev screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these pictures")
    parser.add_argument("--language", choices=LANGUAGES, help="only this language")
    parser.add_argument("--stay", action="store_true", help="leave the demonstration open afterwards, until Ctrl-C")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - {shot.name for shot in shots.SHOTS}
    if unknown:
        raise Problem(f"no such picture: {', '.join(sorted(unknown))}")
    pdf_engine.find_or_get()
    console: list[str] = []
    for short, language in LANGUAGES.items():
        if options.language in (None, short):
            console += _take(short, language, options.names, options.stay)
    if console:
        raise Problem("\n".join(["The pages wrote errors to the browser's console:", *console]))
    return 0


def _take(short: str, language: str, names: list[str], stay: bool) -> list[str]:
    """Take the pictures of one language; returns what the pages wrote to the browser's console."""
    with (
        postgres.running() as connection,
        _database(Databases(connection), short) as name,
        SandboxServer() as shop,
        SandboxServer() as second,
        OdooServer(name, connection=connection) as odoo,
    ):
        with step("telling a shop's fortnight"):
            places = story.tell(odoo.client(), shop, second, language)
        places["shop"] = shop.url
        with Browser(language=language.replace("_", "-")) as browser:
            shots.take(browser, odoo.url, places, short, names)
            console = browser.console
        if stay:
            say(f"  Odoo {odoo.url}/odoo, shop {shop.url}/, logins admin, {', '.join(PEOPLE)} (passwords alike)")
            say(f"  {places}")
            _wait()
    return console


def _wait() -> None:
    try:
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        return


@contextmanager
def _database(databases: Databases, short: str) -> Iterator[str]:
    """A copy of the template for these pictures only; one that a killed run left is swept by the next tests."""
    name = databases.copy(databases.template(), f"e2e_{os.getpid()}_pictures_{short}")
    try:
        yield name
    finally:
        databases.drop(name)
