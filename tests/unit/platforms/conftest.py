from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from platforms.transport import Transport

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The vendors' contract files and recordings, which lie beside the checkout."""
    folder = Path(os.environ.get("ECOM_CONTRACTS") or CHECKOUT.parent / "shared" / "contracts")
    if not folder.is_dir():
        pytest.skip(f"the vendors' recordings are not at {folder} (set ECOM_CONTRACTS)")
    return folder


@pytest.fixture
def transport() -> Iterator[Transport]:
    """Impatient, so that a test that hangs fails soon."""
    found = Transport(timeout=(2, 5), secrets=("ck_testkey", "cs_testsecret"))
    yield found
    found.close()
