"""Medusa's HTTP API for seeding and for what customers and shopkeepers do in the tests; the standard library only."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from dev.say import Problem


class Api:
    """Calls of one shop with the same headers; every answer of 400 and more is a :class:`Problem`."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.url = url
        self.headers = dict(headers or {})

    @classmethod
    def with_key(cls, url: str, key: str) -> Api:
        """With a secret API key, which stands in the user's place."""
        return cls(url, {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()})

    def get(self, path: str, **params: Any) -> Any:
        """GET; lists among the parameters are repeated."""
        return self._call("GET", path, None, params)

    def post(self, path: str, body: Any = None, **params: Any) -> Any:
        """POST a JSON body."""
        return self._call("POST", path, {} if body is None else body, params)

    def delete(self, path: str, **params: Any) -> Any:
        """DELETE."""
        return self._call("DELETE", path, None, params)

    def _call(self, method: str, path: str, body: Any, params: Mapping[str, Any]) -> Any:
        query = f"?{urllib.parse.urlencode(params, doseq=True)}" if params else ""
        request = urllib.request.Request(
            f"{self.url}{path}{query}",
            None if body is None else json.dumps(body).encode(),
            {"content-type": "application/json", **self.headers},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise Problem(f"{method} {path}: {error.code} {error.read()[:500]!r}") from None
        return json.loads(text) if text else None
