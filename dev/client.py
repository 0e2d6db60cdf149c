"""Calling an Odoo server as a user would from outside: XML-RPC, with nothing but the standard library."""

from __future__ import annotations

import xmlrpc.client
from functools import cached_property
from typing import Any

from dev.say import Problem


class Client:
    """A user's connection to a database on an Odoo server."""

    def __init__(self, url: str, database: str, login: str = "admin", password: str = "admin") -> None:
        self.url = url
        self.database = database
        self.login = login
        self.password = password

    @cached_property
    def uid(self) -> int:
        """The user's id."""
        common = xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/common")
        uid = common.authenticate(self.database, self.login, self.password, {})
        if not isinstance(uid, int) or not uid:
            raise Problem(f"{self.url} does not know the login {self.login} with that password.")
        return uid

    def call(self, model: str, method: str, *arguments: Any, **options: Any) -> Any:
        """Call a model's method. One that returns nothing gives None, where Odoo's XML-RPC raises an error."""
        server = xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/object", allow_none=True)
        call = (self.database, self.uid, self.password, model, method, arguments, options)
        try:
            return server.execute_kw(*call)
        except xmlrpc.client.Fault as fault:
            if "cannot marshal None" in fault.faultString:
                return None
            raise

    def search_read(self, model: str, domain: list[Any] | None = None, *fields: str, **options: Any) -> list[Any]:
        """The values of some fields of the records that match a domain."""
        found = self.call(model, "search_read", domain or [], fields=list(fields), **options)
        return list(found)
