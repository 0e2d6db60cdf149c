"""What the owner of a simulated shop does by hand, through the shop's own REST API."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import urllib.request
import uuid
from typing import Any
from urllib.parse import quote

from dev.demo_shops import CONSUMER_KEY, CONSUMER_SECRET
from dev.sandbox import SandboxServer


def ask(shop: SandboxServer, method: str, path: str, values: dict[str, Any] | None = None) -> Any:
    """Call the shop as WooCommerce wants it over plain http: with a signed address (OAuth 1.0a).

    :param path: below the API's version, such as ``products/12``
    """
    url = f"{shop.url}/wp-json/wc/v3/{path}"
    signing = {
        "oauth_consumer_key": CONSUMER_KEY,
        "oauth_nonce": uuid.uuid4().hex,
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(int(time.time())),
    }
    query = "&".join(f"{name}={_quoted(value)}" for name, value in sorted(signing.items()))
    base = "&".join((method, _quoted(url), _quoted(query)))
    digest = hmac.new(f"{CONSUMER_SECRET}&".encode(), base.encode(), hashlib.sha256).digest()
    address = f"{url}?{query}&oauth_signature={_quoted(base64.b64encode(digest).decode())}"
    data = None if values is None else json.dumps(values).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def _quoted(text: str) -> str:
    return quote(text, safe="")
