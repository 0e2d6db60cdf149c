"""Real servers for the end-to-end tests: a database copied per test, Odoo, the sandbox shops and a browser.

    def test_an_order_arrives(odoo, sandbox): ...

``odoo.client()`` calls the server as admin; ``start_odoo()`` starts further servers on the same database.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from dev import configuration, postgres
from dev.browser import HOW, Browser, find
from dev.client import Client
from dev.databases import Databases
from dev.sandbox import SandboxServer
from dev.server import OdooServer
from dev.warm import Warm

numbers = itertools.count(1)


@pytest.fixture(scope="session")
def template(databases: Databases) -> Iterator[str]:
    """This run's own copy of the template: it stays the same when a file is edited or another run builds newer ones."""
    with databases.in_memory(f"e2e_{os.getpid()}") as place:
        name = databases.copy(databases.template(), f"e2e_{os.getpid()}_template", place)
        databases.rest_native_actions(name)
        databases.unhash_password(name)
        yield name
        databases.drop(name)


@pytest.fixture(scope="session")
def warm(databases: Databases, connection: postgres.Connection, template: str) -> Iterator[Warm]:
    """What the servers of all tests are forked from."""
    config = configuration.write(f"warm-{os.getpid()}", connection, template)
    with Warm("odoo", config, ",".join(databases.installed(template))) as found:
        yield found
    config.unlink(missing_ok=True)


@pytest.fixture(scope="session", autouse=True)
def warm_sandbox() -> Iterator[None]:
    """What every sandbox is forked from."""
    with Warm("sandbox") as SandboxServer.warm:
        yield
    SandboxServer.warm = None


@pytest.fixture(scope="module")
def shared_odoo(
    databases: Databases, connection: postgres.Connection, template: str, warm: Warm
) -> Iterator[OdooServer]:
    """One server, on a database of its own, for all tests of a module that do not get into each other's way."""
    name = databases.copy(template, f"e2e_{os.getpid()}_{next(numbers)}")
    server = OdooServer(name, connection=connection, warm=warm)
    server.start()
    yield server
    server.stop(patience=0)
    databases.drop(name)


@pytest.fixture
def database(databases: Databases, template: str) -> Iterator[str]:
    """A database of this test's own with all addons installed, dropped at the end."""
    name = databases.copy(template, f"e2e_{os.getpid()}_{next(numbers)}")
    yield name
    databases.drop(name)


@pytest.fixture
def start_odoo(database: str, connection: postgres.Connection, warm: Warm) -> Iterator[Callable[..., OdooServer]]:
    """Start Odoo servers on the test's database; takes the options of ``OdooServer``. They end with the test."""
    with ExitStack() as servers:

        def start(**options: object) -> OdooServer:
            server = OdooServer(database, connection=connection, warm=warm, **options)  # type: ignore[arg-type]
            servers.callback(server.stop, patience=0)  # its database goes too
            server.start()
            return server

        yield start


@pytest.fixture
def odoo(start_odoo: Callable[..., OdooServer]) -> OdooServer:
    """A running Odoo server."""
    return start_odoo()


@pytest.fixture
def admin(odoo: OdooServer) -> Client:
    """The administrator, calling the running server."""
    return odoo.client()


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    """The sandbox shops, fresh for this test."""
    with SandboxServer() as server:
        yield server


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A headless Chromium; the test is skipped, visibly, where there is none."""
    if not find():
        pytest.skip(f"no Chromium. {HOW}")
    with Browser() as page:
        yield page
