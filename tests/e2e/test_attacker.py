"""An attacker with each role's password or key, over RPC: every model of ours, every field, every public method.

Models are discovered, so that new ones are attacked without being listed here.
"""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

import external
from dev.client import Client, Refused
from dev.server import OdooServer

ROLES = ("preparer", "service", "accountant", "manager")
SECRETS = ("TOP-SECRET-KEY", "TOP-SECRET-VALUE")
HIDDEN = "HIDDEN-CHANNEL"


class Intruder:
    """Somebody with a login and a password, as a browser calls the server."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def call(self, model: str, method: str, *arguments: Any, **options: Any) -> tuple[bool, Any]:
        """``(whether it was answered, the answer or the refusal's text)``."""
        try:
            return True, self.client.call(model, method, *arguments, **options)
        except Refused as refusal:
            return False, f"{refusal.kind}: {refusal}"


@dataclass
class Attacker:
    """Somebody who calls the server over XML-RPC with a key."""

    url: str
    database: str
    uid: int
    password: str

    def call(self, model: str, method: str, *arguments: Any, **options: Any) -> tuple[bool, Any]:
        """``(whether it was answered, the answer or the refusal's text)``."""
        server = xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/object", allow_none=True)
        try:
            return True, server.execute_kw(self.database, self.uid, self.password, model, method, arguments, options)
        except xmlrpc.client.Fault as fault:
            if "cannot marshal" in fault.faultString:
                return True, None
            return False, fault.faultString


@dataclass
class Scene:
    """A database with a hidden channel, full of everything, and the people who must not see it."""

    admin: Client
    models: dict[str, list[str]]
    hidden: int
    shown: int
    attackers: dict[str, Attacker | Intruder]


@pytest.fixture(scope="module")
def odoo(shared_odoo: OdooServer) -> OdooServer:
    """One for all attacks, as none of them leaves a trace."""
    return shared_odoo


@pytest.fixture(scope="module")
def database(odoo: OdooServer) -> str:
    return odoo.database


@pytest.fixture(scope="module")
def admin(odoo: OdooServer) -> Client:
    return odoo.client()


@pytest.fixture(scope="module")
def scene(admin: Client, odoo: OdooServer, database: str) -> Scene:
    attackers: dict[str, Attacker | Intruder] = {}
    users: dict[str, int] = {}
    for role in ROLES:
        users[role] = external.create_user(admin, f"{role}@a", "base.group_user", f"ecom_connector.group_{role}")
        attackers[role] = Intruder(odoo.client(f"{role}@a", external.PASSWORD))
    users["api"] = external.create_user(admin, "api@a", "base.group_user", "ecom_connector.group_api")
    key = external.create_key(odoo.url, database, "api@a")
    attackers["api"] = Attacker(odoo.url, database, users["api"], key)
    users["portal"] = external.create_user(admin, "portal@a", "base.group_portal")
    attackers["portal"] = Intruder(odoo.client("portal@a", external.PASSWORD))
    owner = external.create_user(admin, "owner@a", "base.group_user", "ecom_connector.group_api")
    hidden, hidden_code = external.create_channel(admin, HIDDEN, [owner])
    shown, _code = external.create_channel(admin, "Shown", list(users.values()))
    admin.call("ecom.channel", "write", [hidden], {"webhook_secret": SECRETS[0]})
    woo = admin.call(
        "ecom.channel", "create", {"name": HIDDEN, "url": "https://w.example", "user_ids": [(6, 0, [owner])]}
    )
    rows = admin.call("ecom.credential", "search", [("channel_id", "=", woo)])
    admin.call("ecom.credential", "write", rows, {"value": SECRETS[1]})
    fill(odoo, database, admin, hidden, hidden_code)
    return Scene(admin, discover(admin), hidden, shown, attackers)


def fill(odoo: OdooServer, database: str, admin: Client, channel: int, code: str) -> None:
    """Have the hidden channel receive orders, one of which waits for a person, and ship one."""
    key = external.create_key(odoo.url, database, "owner@a")
    caller = external.Shop(odoo.url, database, "owner@a", key, code)
    admin.call("product.product", "create", {"name": "Mug", "default_code": "API-MUG", "is_storable": True})
    line = external.order(2)["lines"][0]
    caller.call("order_push", orders=[external.order(1), external.order(2, lines=[line | {"sku": "NONE"}])])
    import shop

    def settled() -> bool:
        return "received" not in {row["status"] for row in caller.call("order_status", refs=["A-1", "A-2"])}

    shop.wait_for(settled, seconds=60)
    admin.call("ecom.marketing.cost", "create", {"channel_id": channel, "name": HIDDEN, "amount": 7})
    gateway = {"name": HIDDEN, "kind": "bank_transfer", "channel_ids": [(6, 0, [channel])]}
    admin.call("ecom.gateway.fee", "create", {"gateway_id": admin.call("ecom.gateway", "create", gateway)})
    admin.call("sale.order", "action_cancel", [sale["id"] for sale in admin.search_read("sale.order", [], "id")])


def discover(admin: Client) -> dict[str, list[str]]:
    """Every model of our addons that has a table or is called, with the paths that lead to its channel."""
    names = [
        row["model"]
        for row in admin.search_read("ir.model", [("model", "=like", "ecom.%")], "model", "abstract", "transient")
        if row["model"] == "ecom.api" or not row["abstract"]
    ]
    assert {"ecom.channel", "ecom.order", "ecom.command", "ecom.api"} <= set(names)
    fields = {name: admin.call(name, "fields_get", [], ["type", "relation", "store"]) for name in names}
    with_channel = {name for name, found in fields.items() if "channel_id" in found}
    paths: dict[str, list[str]] = {}
    for name, found in fields.items():
        to = {field: row["relation"] for field, row in found.items() if row["type"] == "many2one" and row.get("store")}
        paths[name] = [field for field, relation in to.items() if relation == "ecom.channel"]
        paths[name] += [f"{field}.channel_id" for field, relation in to.items() if relation in with_channel]
    return paths


def of_hidden(scene: Scene, model: str) -> list[int]:
    """The hidden channel's records of a model, as the administrator sees them."""
    if model == "ecom.channel":
        return [scene.hidden]
    paths = scene.models[model]
    if not paths:
        return []
    (path, *_rest) = sorted(paths, key=len)
    return list(scene.admin.call(model, "search", [(path, "=", scene.hidden)]))


def tables(scene: Scene) -> Iterator[str]:
    yield from (model for model in scene.models if model != "ecom.api")


def test_nobody_sees_or_changes_another_channels_records(scene: Scene) -> None:
    leaks = []
    attacked = set()
    for model in tables(scene):
        ids = of_hidden(scene, model)
        for role, attacker in scene.attackers.items():
            if role == "manager" or not ids:  # managers see every channel of their company
                continue
            attacked.add(model)
            mine = [("id", "in", ids)]
            for method, *arguments in (
                ("search", mine),
                ("search_read", mine, ["id"]),
                ("search_count", mine),
                ("read", ids, ["id"]),
                ("read", ids, ["display_name"]),
                ("write", ids, {"create_date": "2020-01-01"}),
                ("unlink", ids),
                ("copy", ids),
                ("export_data", ids, ["id"]),
                ("web_read", ids, {"display_name": {}}),
                ("formatted_read_group", mine, [], ["__count"]),
            ):
                answered, answer = attacker.call(model, method, *arguments)
                if answered and answer and not is_empty(answer):
                    leaks.append((role, model, method, str(answer)[:80]))
    assert not leaks, leaks
    assert {"ecom.channel", "ecom.order", "ecom.order.line", "ecom.command", "ecom.issue"} <= attacked
    assert all(of_hidden(scene, model) for model in attacked), "nothing was removed"


def is_empty(answer: Any) -> bool:
    """An answer that tells of no record."""
    return (
        answer in ([], 0, False, None, {"datas": []})
        or answer == [{"__count": 0}]
        or (isinstance(answer, list) and all(isinstance(row, dict) and row.get("__count") == 0 for row in answer))
    )


def test_secrets_are_for_system_administrators_only(scene: Scene) -> None:
    for role, attacker in scene.attackers.items():
        for model in tables(scene):
            answered, found = attacker.call(model, "search_read", [])
            assert not answered or not any(secret in str(found) for secret in SECRETS), (role, model)
            answered, names = attacker.call(model, "fields_get", [], ["type"])
            if answered:
                secret = {"webhook_secret", "webhook_token", "credential_ids", "webhook_address"} & set(names)
                assert not secret, (role, model, secret)
        for field in ("webhook_secret", "webhook_token", "credential_ids", "webhook_address"):
            for channel in (scene.hidden, scene.shown):
                assert not attacker.call("ecom.channel", "read", [channel], [field])[0], (role, field)
            assert not attacker.call("ecom.channel", "search", [(field, "like", "T")])[0], (role, field)
            assert not attacker.call("ecom.channel", "search", [], order=field)[0], (role, field)
        answered, _found = attacker.call("ecom.credential", "search_read", [], ["value"])
        assert not answered, role
        answered, _found = attacker.call("ecom.order", "search", [("channel_id.credential_ids.value", "like", "TOP")])
        assert not answered, role


def test_private_methods_cannot_be_called(scene: Scene) -> None:
    for role in ("manager", "api"):
        for model, method in (
            ("ecom.channel", "_run_lane"),
            ("ecom.channel", "_platform"),
            ("ecom.channel", "_work_env"),
            ("ecom.order", "_stage"),
            ("ecom.command", "_publish"),
            ("ecom.api", "_channel"),
            ("ecom.api", "_visible_channels"),
            ("ecom.api", "_keep_orders"),
        ):
            answered, text = scene.attackers[role].call(model, method, [scene.shown])
            assert not answered and "Private methods" in text, (role, model, method)


def test_the_roles_without_a_shop_read_nothing_and_api_users_only_the_facade(scene: Scene) -> None:
    """An API key opens the facade and no record: neither ours nor the company's contacts, sales and invoices."""
    ours = list(tables(scene))
    native = ["sale.order", "account.move", "stock.picking", "stock.quant", "ir.cron", "ecom.credential"]
    for role in ("api", "portal"):
        for model in [*ours, *(native if role == "api" else ["ir.cron"])]:
            for method, arguments in (("search_read", ([],)), ("create", ({},)), ("name_search", ())):
                answered, found = scene.attackers[role].call(model, method, *arguments)
                assert not answered or not found, (role, model, method, str(found)[:200])
    answered, contacts = scene.attackers["api"].call("res.partner", "search_read", [], ["name", "email"])
    assert not answered or not [row for row in contacts if row["email"] and "client" in row["email"]], contacts
    for model in ("product.product", "product.template"):
        answered, found = scene.attackers["api"].call(model, "search_read", [], ["standard_price"])
        assert not answered or not found, model


def test_every_public_method_of_every_model_leaves_the_hidden_channel_alone(scene: Scene, odoo: OdooServer) -> None:
    """Whatever is called on hidden records by those who may not see them is refused, and nothing changes."""
    methods = public_methods(odoo, scene)
    before = snapshot(scene)
    answered_to = []
    tried = 0
    for model, names in methods.items():
        ids = of_hidden(scene, model)
        if not ids:
            continue
        for role in ("api", "portal", "preparer", "service", "accountant"):
            for name in names:
                answered, answer = scene.attackers[role].call(model, name, ids[:1])
                tried += 1
                if answered and HIDDEN in str(answer):
                    answered_to.append((role, model, name, str(answer)[:120]))
    assert tried > 50
    assert not answered_to
    after = snapshot(scene)
    assert {model: rows for model, rows in after.items() if rows != before[model]} == {}


def public_methods(odoo: OdooServer, scene: Scene) -> dict[str, list[str]]:
    """The public methods that our own classes define, read from the sources: ``{model: names}``."""
    import ast

    from dev.paths import ADDONS

    found: dict[str, set[str]] = {}
    for path in ADDONS.glob("*/**/*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ClassDef):
                continue
            named = {
                target.id: statement.value
                for statement in node.body
                if isinstance(statement, ast.Assign)
                for target in statement.targets
                if isinstance(target, ast.Name)
            }
            value = named.get("_name") or named.get("_inherit")
            if not isinstance(value, ast.Constant) or value.value not in scene.models:
                continue
            found.setdefault(value.value, set()).update(
                item.name for item in node.body if isinstance(item, ast.FunctionDef) and not item.name.startswith("_")
            )
    skipped = {"create", "write", "unlink"}  # tried above, with their own arguments
    assert {"action_retry"} <= found["ecom.order"]
    return {model: sorted(names - skipped) for model, names in found.items()}


def snapshot(scene: Scene) -> dict[str, Any]:
    """When the hidden channel's records were written; views over them have no such date."""
    return {
        model: scene.admin.call(model, "read", ids, ["write_date"])
        for model in tables(scene)
        if (ids := of_hidden(scene, model)) and scene.admin.call(model, "fields_get", ["write_date"], [])
    }


def test_the_public_reaches_no_record_of_ours(scene: Scene, odoo: OdooServer, database: str) -> None:
    server = xmlrpc.client.ServerProxy(f"{odoo.url}/xmlrpc/2/object", allow_none=True)
    for uid, password in ((4, ""), (4, "public"), (1, ""), (1, "x"), (False, "x")):
        with pytest.raises(xmlrpc.client.Fault):
            server.execute_kw(database, uid, password, "ecom.channel", "search_read", [[]], {})
    for model in tables(scene):
        status, _answer = external.post_json(odoo.url, "", model, "search_read", {"domain": []}, database)
        assert status in (401, 403), model
