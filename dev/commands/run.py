"""The demo: a French company on Odoo with the sandbox shops beside it, until Ctrl-C. Data stays between runs."""

from __future__ import annotations

import argparse
import re
import signal
import time
from contextlib import ExitStack

from dev import databases, demo, demo_shops, pdf_engine, postgres, running_demo
from dev.databases import Databases
from dev.sandbox import SandboxServer
from dev.say import Problem, say, step, warn
from dev.server import OdooServer

ODOO_PORT = 8069
SANDBOX_PORT = 8090
CRON_THREADS = 6
TROUBLE = re.compile(r"^\S+ \S+ \d+ (?:WARNING|ERROR|CRITICAL) ")


def main(arguments: list[str]) -> int:
    """Run the demo."""
    parser = argparse.ArgumentParser(prog="python3 -m dev run", description=__doc__)
    parser.add_argument("--port", type=int, default=ODOO_PORT, help="Odoo's port (8069, or the next free one)")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))
    pdf_engine.find_or_get()
    with running_demo.only_demo(), postgres.running() as connection, ExitStack() as stack:
        _ensure_database(Databases(connection))
        sandbox = _start_sandbox(stack)
        odoo = OdooServer(demo.DATABASE, connection=connection, port=options.port, cron_threads=CRON_THREADS)
        with step("starting Odoo"):
            stack.enter_context(odoo)
        sandbox_url = sandbox.url if sandbox else ""
        stack.enter_context(running_demo.announced(odoo.url, sandbox_url))
        with step("preparing the demo"):
            demo.prepare(odoo.url, sandbox_url)
        _welcome(odoo, sandbox)
        _watch(odoo, sandbox)
    return 0


def _ensure_database(found: Databases) -> None:
    """Copy the demo's database on the first run; bring it to the checkout's addons on later ones."""
    key = databases.addons_key()
    if not found.exists(demo.DATABASE):
        template = found.template()
        with step(f"creating the database {demo.DATABASE}"):
            found.copy(template, demo.DATABASE)
    elif found.note(demo.DATABASE) != key:
        with step(f"upgrading the database {demo.DATABASE} to this checkout's addons"):
            found.install_addons(demo.DATABASE)
    found.set_note(demo.DATABASE, key)


def _start_sandbox(stack: ExitStack) -> SandboxServer | None:
    if not SandboxServer.available():
        warn("this checkout has no sandbox: no shop is connected")
        return None
    with step("starting the sandbox shops"):
        return stack.enter_context(SandboxServer(SANDBOX_PORT, running_demo.sandbox_state()))


def _welcome(odoo: OdooServer, sandbox: SandboxServer | None) -> None:
    say("")
    say(f"  Odoo   {odoo.url}/odoo   login admin, password admin   (database {odoo.database})")
    if sandbox:
        for shop in demo_shops.SHOPS:
            say(f"  Shop   {sandbox.url}{shop.page}   {shop.name}")
        say("         place orders there, or with: make order")
    say(f"  Log    {odoo.log_path}")
    say("  Ctrl-C stops everything; the data stays (make reset forgets it).\n")


def _watch(odoo: OdooServer, sandbox: SandboxServer | None) -> None:
    """Show Odoo's warnings and errors as they come, until Ctrl-C or until a server ends by itself."""
    with odoo.log_path.open(errors="replace") as log:
        log.seek(0, 2)
        try:
            while odoo.running and (sandbox is None or sandbox.running):
                for line in log.readlines():
                    if TROUBLE.match(line):
                        say(line.rstrip())
                time.sleep(0.5)
        except KeyboardInterrupt:
            say("\nStopping ...")
            return
    ended = "the sandbox" if odoo.running else f"Odoo (see {odoo.log_path})"
    raise Problem(f"{ended} ended by itself; everything is stopped.")
