"""A Shopify shop inside the test process, called as connectors call it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sandbox_support import CONTRACTS
from werkzeug.test import Client, TestResponse

from sandbox.server import Sandbox
from sandbox.shopify.site import ShopifySite

TOKEN, SECRET = "shpat_test", "shpss_test"
FULL = CONTRACTS / "shopify" / "admin_2026-10.json.gz"
SAMPLES = CONTRACTS / "shopify" / "webhooks" / "samples"
needs_contracts = pytest.mark.skipif(not FULL.is_file(), reason=f"the vendor's contract is not at {FULL}")


@dataclass
class ShopifyClient:
    """A shop in this process."""

    sandbox: Sandbox
    site: ShopifySite
    client: Client

    def send(
        self, query: str, variables: Any = None, version: str = "2026-10", token: str = TOKEN, **headers: str
    ) -> TestResponse:
        """Send an operation."""
        path = f"/admin/api/{version}/graphql.json"
        body = {"query": query, "variables": variables or {}}
        return self.client.post(path, json=body, headers={"X-Shopify-Access-Token": token, **headers})

    def ask(self, query: str, variables: Any = None) -> Any:
        """The data of an operation that must work."""
        answer: Any = self.send(query, variables).json
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def do(self, name: str, query: str, variables: Any = None) -> Any:
        """The payload of a mutation that must work."""
        payload = self.ask(query, variables)[name]
        errors = [error for field, value in payload.items() if field.endswith("serErrors") for error in value]
        assert not errors, errors
        return payload

    def control(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """The body of a control call that must work."""
        answer = self.client.open(f"/sandbox/shopify/{path}", method=method, json=body)
        assert answer.status_code < 300, answer.get_data(as_text=True)
        return answer.json

    def order(self, *kinds: str, **options: Any) -> int:
        """The number of a new order of some kinds."""
        answer = self.control("orders/random", {"kinds": kinds, "seed": 1, **options})
        return int(answer["ids"][0])


@contextmanager
def open_shopify(state: Path | None = None, with_catalogue: bool = True) -> Iterator[ShopifyClient]:
    """A shop, closed at the end."""
    sandbox = Sandbox(state)
    site = ShopifySite(sandbox, TOKEN, secret=SECRET, with_catalogue=with_catalogue)
    sandbox.sites.append(site)
    try:
        yield ShopifyClient(sandbox, site, Client(sandbox))
    finally:
        sandbox.close()


@cache
def vendor_types() -> dict[str, Any]:
    """The types of the vendor's full introspection, by name."""
    with gzip.open(FULL, "rt") as file:
        return {named["name"]: named for named in json.load(file)["data"]["__schema"]["types"]}
