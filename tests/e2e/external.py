"""An external shop as the end-to-end tests need it: its channel, its user with an API key, and its orders."""

from __future__ import annotations

import http.cookiejar
import json
import urllib.error
import urllib.request
import xmlrpc.client
from typing import Any

from dev.client import Client

PASSWORD = "external-shop-7"


def create_user(admin: Client, login: str, *groups: str) -> int:
    """A user with these groups (XML ids) and ``PASSWORD``."""
    ids = []
    for group in groups:
        module, name = group.split(".")
        (row,) = admin.search_read("ir.model.data", [("module", "=", module), ("name", "=", name)], "res_id")
        ids.append(row["res_id"])
    values = {"name": login, "login": login, "password": PASSWORD, "group_ids": [(6, 0, ids)]}
    return int(admin.call("res.users", "create", values))


def create_channel(admin: Client, name: str, users: list[int], **values: Any) -> tuple[int, str]:
    """A connected channel of a shop that calls Odoo; returns its id and its code."""
    channel = admin.call(
        "ecom.channel",
        "create",
        {
            "name": name,
            "platform": "external",
            "url": "https://shop.example",
            "import_from": False,
            "tax_policy": "create",
            "user_ids": [(6, 0, users)],
            **values,
        },
    )
    admin.call("ecom.channel", "action_connect", [channel])
    return channel, str(admin.call("ecom.channel", "read", [channel], ["code"])[0]["code"])


def create_key(url: str, database: str, login: str, duration: str = "365") -> str:
    """Create an API key as the user does in the preferences: the password is asked for, the key shown once."""
    session = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def rpc(path: str, **params: Any) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        request = urllib.request.Request(f"{url}{path}", body, {"Content-Type": "application/json"})
        with session.open(request, timeout=60) as answer:
            found = json.load(answer)
        assert "error" not in found, found["error"]
        return found["result"]

    def call(model: str, method: str, *arguments: Any, **options: Any) -> Any:
        return rpc(f"/web/dataset/call_kw/{model}/{method}", model=model, method=method, args=arguments, kwargs=options)

    rpc("/web/session/authenticate", db=database, login=login, password=PASSWORD)
    (described,) = call(
        "res.users.apikeys.description", "web_save", [], {"name": "shop", "duration": duration}, specification={}
    )
    check = call("res.users.apikeys.description", "make_key", [described["id"]])
    shown = call("res.users.identitycheck", "run_check", [check["res_id"]], context={"password": PASSWORD})
    return str(shown["context"]["default_key"])


class Shop:
    """The shop's side, over XML-RPC."""

    def __init__(self, url: str, database: str, login: str, key: str, channel: str) -> None:
        self.url, self.database, self.key, self.channel = url, database, key, channel
        self.uid = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common").authenticate(database, login, key, {})
        assert self.uid

    def call(self, method: str, **named: Any) -> Any:
        # Without allow_none: an answer with a None in it is an error.
        server = xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/object")
        arguments = named if method == "ping" else {"channel": self.channel, **named}
        return server.execute_kw(self.database, self.uid, self.key, "ecom.api", method, [], arguments)


class JsonShop(Shop):
    """The same over ``/json/2``."""

    def call(self, method: str, **named: Any) -> Any:
        arguments = named if method == "ping" else {"channel": self.channel, **named}
        status, found = post_json(self.url, self.key, "ecom.api", method, arguments, self.database)
        assert status == 200, found
        return found


def post_json(
    url: str, key: str, model: str, method: str, arguments: dict[str, Any], database: str = ""
) -> tuple[int, Any]:
    """POST to ``/json/2``; returns the status and what came."""
    headers = {"Content-Type": "application/json", "Authorization": f"bearer {key}"}
    if database:
        headers["X-Odoo-Database"] = database
    body = json.dumps(arguments).encode()
    try:
        request = urllib.request.Request(f"{url}/json/2/{model}/{method}", body, headers)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return int(answer.status), json.load(answer)
    except urllib.error.HTTPError as error:
        text = error.read().decode()
        try:
            return error.code, json.loads(text)
        except ValueError:
            return error.code, text


def order(number: int, prefix: str = "A", **changes: Any) -> dict[str, Any]:
    """An order whose price depends on its number: net in cents, taxed at 20 %, rounded as shops do."""
    net = 500 + 37 * number
    tax = (net * 20 + 50) // 100
    total = f"{(net + tax) / 100:.2f}"
    return {
        "external_ref": f"{prefix}-{number}",
        "number": f"{prefix}{1000 + number}",
        "state": "confirmed",
        "currency": "EUR",
        "created_at": "2026-11-02T10:00:00Z",
        "updated_at": "2026-11-02T10:00:00Z",
        "prices_include_tax": True,
        "total": total,
        "total_tax": f"{tax / 100:.2f}",
        "customer": {"email": f"client{number}@example.com", "name": f"Cliente {number}"},
        "billing": {"name": f"Cliente {number}", "street": f"{number} rue Haute", "city": "Lyon", "country": "FR"},
        "lines": [
            {
                "id": "1",
                "sku": "API-MUG",
                "name": "Mug",
                "quantity": 1 + number % 3,
                "net": f"{net / 100:.2f}",
                "taxes": [{"code": "FR20", "amount": f"{tax / 100:.2f}"}],
            }
        ],
        "taxes": [{"code": "FR20", "label": "TVA 20 %", "rate": "20", "country": "FR"}],
        "payments": [{"method": "card", "amount": total, "paid_at": "2026-11-02T10:00:05Z"}],
    } | changes
