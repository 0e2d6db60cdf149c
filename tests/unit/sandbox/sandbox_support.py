"""A shop inside the test process, clients that authenticate as connectors do, and the recordings to compare with."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from werkzeug.test import Client, TestResponse

from sandbox.server import Sandbox
from sandbox.woocommerce.auth import signature_base
from sandbox.woocommerce.site import WooCommerceSite

KEY, SECRET = "ck_test", "cs_test"
ROOT = Path(__file__).resolve().parents[3]
CONTRACTS = Path(os.environ.get("ECOM_CONTRACTS") or ROOT.parent / "shared" / "contracts")
WOOCOMMERCE = CONTRACTS / "woocommerce"
needs_recordings = pytest.mark.skipif(
    not WOOCOMMERCE.is_dir(), reason=f"the recordings of real shops are not at {WOOCOMMERCE}"
)
API = "/wp-json/wc/v3"


@dataclass
class ShopClient:
    """A shop in this process, called over https with Basic authentication."""

    sandbox: Sandbox
    site: WooCommerceSite
    client: Client
    headers: dict[str, str] = field(
        default_factory=lambda: {"Authorization": "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()}
    )

    def request(self, method: str, path: str, body: Any = None, **query: Any) -> TestResponse:
        """Call the API; ``path`` is relative to its root unless it starts with a slash."""
        url = path if path.startswith("/") else f"{API}/{path}"
        headers = {**self.headers, "X-Forwarded-Proto": "https"}
        return self.client.open(url, method=method, json=body, query_string=query or None, headers=headers)

    def get(self, path: str, **query: Any) -> Any:
        """The body of a GET that must work."""
        return self._good(self.request("GET", path, None, **query))

    def post(self, path: str, body: Any) -> Any:
        """The body of a POST that must work."""
        return self._good(self.request("POST", path, body))

    def put(self, path: str, body: Any) -> Any:
        """The body of a PUT that must work."""
        return self._good(self.request("PUT", path, body))

    def control(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """The body of a control call that must work."""
        return self._good(self.client.open(f"/sandbox/{path}", method=method, json=body))

    @staticmethod
    def _good(response: TestResponse) -> Any:
        assert response.status_code < 300, response.get_data(as_text=True)
        return response.json

    def tick(self, seconds: float = 2) -> None:
        """Let the shop's clock go on."""
        self.sandbox.clock.advance(seconds)


@contextmanager
def open_shop(state: Path | None = None, with_catalogue: bool = False, **settings: Any) -> Iterator[ShopClient]:
    """A shop, closed at the end."""
    sandbox = Sandbox(state)
    site = WooCommerceSite(sandbox, KEY, SECRET, with_catalogue=with_catalogue)
    sandbox.sites.append(site)
    if settings:
        with sandbox.store.transaction():
            site.shop.change_settings(settings)
    try:
        yield ShopClient(sandbox, site, Client(sandbox, use_cookies=True))
    finally:
        sandbox.close()


def oauth_query(
    method: str, url: str, params: dict[str, str] | None = None, secret: str = SECRET, **overrides: str
) -> dict[str, str]:
    """The query of a request signed with OAuth 1.0a, as the vendor's clients sign."""
    query = {
        **(params or {}),
        "oauth_consumer_key": KEY,
        "oauth_timestamp": str(int(time.time())),
        "oauth_nonce": secrets.token_hex(12),
        "oauth_signature_method": "HMAC-SHA256",
        **overrides,
    }
    algorithm = hashlib.sha1 if query["oauth_signature_method"] == "HMAC-SHA1" else hashlib.sha256
    base = signature_base(method, url, query)
    digest = hmac.new(f"{secret}&".encode(), base.encode(), algorithm).digest()
    return {**query, "oauth_signature": base64.b64encode(digest).decode()}


def oauth_url(method: str, url: str, **params: str) -> str:
    """A signed URL."""
    return f"{url}?{urlencode(oauth_query(method, url, params), quote_via=quote)}"


@dataclass
class Received:
    """A request that a listener got."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


class Listener:
    """A web server that takes webhooks and remembers them.

    :ivar status: what it answers.
    """

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.status = 200
        self._condition = threading.Condition()
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with listener._condition:
                    listener.received.append(Received(self.path, dict(self.headers), body, time.monotonic()))
                    listener._condition.notify_all()
                self.send_response(listener.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def wait(self, count: int, seconds: float = 5) -> list[Received]:
        """Wait for a number of requests, pings included."""
        with self._condition:
            arrived = self._condition.wait_for(lambda: len(self.received) >= count, seconds)
            assert arrived, f"{len(self.received)} of {count} came"
            return list(self.received)

    def events(self) -> list[Received]:
        """What came, but the pings."""
        return [request for request in self.received if not request.body.startswith(b"webhook_id=")]

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


def recording(name: str) -> dict[str, Any]:
    """A recorded exchange, with its answer under ``response`` whatever the recording's layout."""
    found: dict[str, Any] = json.loads((WOOCOMMERCE / name).read_text())
    if "response" not in found:
        found["response"] = {name: found.get(name) for name in ("status", "headers", "body")}
    return found


def shape(value: Any) -> Any:
    """What of a JSON value can be compared between two shops: keys and types.

    A string of digits and dots is an amount; ids, dates and free texts count as strings.
    """
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    if isinstance(value, (int, float)):
        return "number"
    return "string"
