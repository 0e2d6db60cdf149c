"""What all tests outside of Odoo share: options, and the databases of those that run servers."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from dev import postgres
from dev.databases import Databases

settings.register_profile("sample", max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("prove", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--prove``."""
    parser.addoption("--prove", action="store_true", help="run the long tests in full, not as a sample")


def pytest_configure(config: pytest.Config) -> None:
    """Let property tests run long with ``--prove`` or ``ECOM_PROVE=1`` (which tests inside Odoo ask for) only."""
    config.option.prove = config.option.prove or bool(os.environ.get("ECOM_PROVE"))
    if config.option.prove:
        os.environ["ECOM_PROVE"] = "1"
    settings.load_profile("prove" if config.option.prove else "sample")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only ``--prove`` runs."""
    if config.getoption("--prove"):
        return
    for item in items:
        if item.get_closest_marker("prove"):
            item.add_marker(pytest.mark.skip(reason="long: runs in make prove"))


@pytest.fixture(scope="session")
def connection() -> Iterator[postgres.Connection]:
    """The PostgreSQL server."""
    with postgres.running() as found:
        yield found


@pytest.fixture(scope="session")
def databases(connection: postgres.Connection) -> Databases:
    """The databases of the server: templates and copies."""
    return Databases(connection)


@pytest.fixture(scope="session")
def proving(pytestconfig: pytest.Config) -> bool:
    """True when the long tests run in full."""
    return bool(pytestconfig.getoption("--prove"))
