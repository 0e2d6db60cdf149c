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
from test_stories import Story


@pytest.fixture
def story(databases: Databases, connection: postgres.Connection) -> Iterator[Story]:
    """The real shop, and an Odoo that knows nothing yet."""
    name = databases.copy(databases.template(), f"e2e_{os.getpid()}_stories")
    databases.rest_native_actions(name)
    shop = MedusaShop()
    try:
        with OdooServer(name, connection=connection) as odoo:
            yield Story(shop, odoo.client())
    finally:
        shop.close()
        databases.drop(name)
