"""Fixtures: a shop without goods, one with the demonstration catalogue, and a listener for webhooks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox_support import Listener, ShopClient, open_shop


@pytest.fixture
def shop() -> Iterator[ShopClient]:
    """An empty shop whose prices are without tax."""
    with open_shop(prices_include_tax=False) as client:
        yield client


@pytest.fixture
def demo() -> Iterator[ShopClient]:
    """A shop with the demonstration catalogue."""
    with open_shop(with_catalogue=True) as client:
        yield client


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A listener for webhooks."""
    found = Listener()
    yield found
    found.close()
