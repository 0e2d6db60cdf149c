from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from platforms.transport import Transport, loopback
from sandbox.paypal.site import PayPalSite
from sandbox.server import Sandbox, Server
from sandbox.stripe.site import StripeSite

CHECKOUT = Path(__file__).parents[3]
# The small servers that the platforms' tests are answered by.
sys.path.append(str(CHECKOUT / "tests" / "unit" / "platforms"))


@pytest.fixture(scope="session")
def contracts() -> Path:
    """The vendors' contract files, which lie beside the checkout."""
    folder = Path(os.environ.get("ECOM_CONTRACTS") or CHECKOUT.parent / "shared" / "contracts")
    if not folder.is_dir():
        pytest.skip(f"the vendors' contracts are not at {folder} (set ECOM_CONTRACTS)")
    return folder


@pytest.fixture
def transport() -> Iterator[Transport]:
    """Impatient, so that a test that hangs fails soon."""
    found = Transport(timeout=(2, 5), allow=loopback, secrets=("sk_test_sandbox", "paypal_secret"))
    yield found
    found.close()


@pytest.fixture(scope="session")
def serving_sandbox() -> Iterator[tuple[Sandbox, str]]:
    sandbox = Sandbox()
    sandbox.sites += [StripeSite(sandbox), PayPalSite(sandbox)]
    with Server(sandbox) as server:
        yield sandbox, server.url


@pytest.fixture
def sandbox_url(serving_sandbox: tuple[Sandbox, str], transport: Transport) -> str:
    """The address of a sandbox that begins anew."""
    transport.request("POST", f"{serving_sandbox[1]}/sandbox/reset", idempotent=True)
    transport.calls = 0
    return serving_sandbox[1]
