"""The merchant's day, as it is told over the simulated shops, over a real one."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from dev import postgres
from dev.databases import Databases
from dev.server import OdooServer
from shops.medusa import MedusaShop
from test_stories import *  # noqa: F403 - the stories themselves


@pytest.fixture(scope="module")
def site() -> Iterator[MedusaShop]:
    """The real shop."""
    shop = MedusaShop()
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def shared_odoo(databases: Databases, connection: postgres.Connection) -> Iterator[OdooServer]:
    """An Odoo that knows nothing yet."""
    name = databases.copy(databases.template(), f"e2e_{os.getpid()}_stories")
    databases.rest_native_actions(name)
    with OdooServer(name, connection=connection) as odoo:
        yield odoo
    databases.drop(name)
