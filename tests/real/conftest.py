"""A real Medusa shop for the tests, and what is needed beside it: a connector's way in, customers, a shopkeeper.

One shop serves all, since starting one takes some seconds: each test makes what it needs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev import postgres
from dev.client import Client
from dev.databases import Databases
from dev.medusa.node import Unavailable
from dev.medusa.people import Customer, Shopkeeper
from dev.medusa.shop import MedusaShop, get
from dev.server import OdooServer
from platforms.medusa import Medusa
from platforms.transport import Transport, loopback

# The stories that are told over every shop, and what they are told with.
sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))
pytest.register_assert_rewrite("test_stories")


@pytest.fixture(scope="session")
def shop(databases: Databases) -> Iterator[MedusaShop]:
    """A running shop, as seeded when the first test begins."""
    try:
        get()
    except Unavailable as reason:
        pytest.skip(f"no real shop: {reason}")
    with MedusaShop(databases, f"e2e_{os.getpid()}_medusa") as found:
        yield found


@pytest.fixture
def medusa(shop: MedusaShop) -> Iterator[Medusa]:
    """The platform, connected as Odoo connects it."""
    key = shop.facts["secret_key"]
    transport = Transport(timeout=(2, 30), allow=loopback, secrets=(key,))
    yield Medusa(shop.url, {"secret_key": key}, transport)
    transport.close()


@pytest.fixture
def customer(shop: MedusaShop) -> Customer:
    """Buys."""
    return Customer(shop.store, shop.facts)


@pytest.fixture
def keeper(shop: MedusaShop) -> Shopkeeper:
    """Runs the shop."""
    return Shopkeeper(shop.admin, shop.facts)


@pytest.fixture(scope="session")
def odoo(databases: Databases, connection: postgres.Connection) -> Iterator[OdooServer]:
    """A running Odoo with all addons, on a database of its own."""
    name = databases.copy(databases.template(), f"e2e_{os.getpid()}_real")
    databases.rest_native_actions(name)
    with OdooServer(name, connection=connection) as server:
        yield server
    databases.drop(name)


@pytest.fixture
def admin(odoo: OdooServer) -> Client:
    """The administrator, calling Odoo from outside."""
    return odoo.client()
