from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from platforms.prestashop import PrestaShop
from platforms.shopify import Shopify
from platforms.transport import Transport, loopback
from platforms.woocommerce import WooCommerce

CHECKOUT = Path(__file__).parents[3]
KEYS = {"consumer_key": "ck_testkey", "consumer_secret": "cs_testsecret"}


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


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    """A sandbox of its own process, that starts with an empty shop."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--empty"]
    command += ["--consumer-key", KEYS["consumer_key"], "--consumer-secret", KEYS["consumer_secret"]]
    process = subprocess.Popen(
        command, cwd=CHECKOUT, env={**os.environ, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    first = process.stdout.readline().split()
    if first[:1] != ["ready"]:
        process.wait(10)
        pytest.fail(f"the sandbox does not start: {' '.join(command)}")
    yield first[1]
    process.terminate()
    process.wait(10)


@pytest.fixture
def platform(sandbox_url: str, transport: Transport) -> WooCommerce:
    transport.allow = loopback
    transport.request("POST", f"{sandbox_url}/sandbox/reset", idempotent=True)
    transport.calls = 0
    return WooCommerce(sandbox_url, KEYS, transport)


@pytest.fixture
def presta(sandbox_url: str, transport: Transport) -> PrestaShop:
    """The sandbox's PrestaShop 8, without goods."""
    transport.allow = loopback
    transport.request("POST", f"{sandbox_url}/sandbox/reset", idempotent=True)
    transport.calls = 0
    return PrestaShop(f"{sandbox_url}/prestashop", {"key": "SANDBOXSANDBOXSANDBOXSANDBOX0000"}, transport)


@pytest.fixture
def shopify(sandbox_url: str, transport: Transport) -> Shopify:
    """The sandbox's Shopify, without goods, and with more points than a test can spend."""
    transport.allow = loopback
    transport.request("POST", f"{sandbox_url}/sandbox/reset", idempotent=True)
    body = {"bucket": 1_000_000, "restore_rate": 1_000_000}
    transport.request("POST", f"{sandbox_url}/sandbox/shopify/settings", json=body, idempotent=True)
    transport.calls = 0
    credentials = {"access_token": "shpat_sandbox", "client_secret": "shpss_sandbox"}
    return Shopify(f"{sandbox_url}/lumiere", credentials, transport)
