"""Calling an Odoo server as a user's browser does: a session, and JSON-RPC, with nothing but the standard library.

Odoo's XML-RPC asks for the password again with each call, and hashes it again (a third of a second) whenever its caches
were emptied. What external shops call over XML-RPC is tested with a client of its own.
"""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import urllib.request
from functools import cached_property
from typing import Any

from dev.say import Problem

PATIENCE = 600
"""Seconds: an import of a whole catalogue is one call."""


class Refused(Exception):
    """Odoo's answer was an error: ``str()`` is its text, ``kind`` the name of its class."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Client:
    """A user's connection to a database on an Odoo server. Several threads may use one."""

    def __init__(self, url: str, database: str, login: str = "admin", password: str = "admin") -> None:
        self.url = url
        self.database = database
        self.login = login
        self.password = password
        self._session = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    @cached_property
    def uid(self) -> int:
        """The user's id."""
        credentials = {"db": self.database, "login": self.login, "password": self.password}
        try:
            uid = self._post("/web/session/authenticate", credentials)["uid"]
        except Refused as refusal:
            if refusal.kind != "odoo.exceptions.AccessDenied":
                raise
            uid = None
        if not uid:
            raise Problem(f"{self.url} does not know the login {self.login} with that password.")
        return int(uid)

    def call(self, model: str, method: str, *arguments: Any, **options: Any) -> Any:
        """Call a model's method; what Odoo refuses raises ``Refused``."""
        assert self.uid
        call = {"model": model, "method": method, "args": arguments, "kwargs": options}
        return self._post(f"/web/dataset/call_kw/{model}/{method}", call)

    def search_read(self, model: str, domain: list[Any] | None = None, *fields: str, **options: Any) -> list[Any]:
        """The values of some fields of the records that match a domain."""
        found = self.call(model, "search_read", domain or [], fields=list(fields), **options)
        return list(found)

    def _post(self, path: str, parameters: dict[str, Any]) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": parameters}).encode()
        request = urllib.request.Request(f"{self.url}{path}", body, {"Content-Type": "application/json"})
        try:
            with self._session.open(request, timeout=PATIENCE) as answer:
                found = json.load(answer)
        except (http.client.HTTPException, json.JSONDecodeError) as error:
            raise ConnectionError(f"{self.url} broke off its answer") from error
        if refusal := found.get("error"):
            data = refusal.get("data", {})
            raise Refused(data.get("name", ""), data.get("message") or refusal.get("message", ""))
        return found.get("result")
