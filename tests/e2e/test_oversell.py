"""Nobody is sold what is gone: eight buyers, five units, two servers, three ways in."""

from __future__ import annotations

import http.cookiejar
import json
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import external
from dev.client import Client
from dev.sandbox import SandboxServer
from dev.server import OdooServer
from shop import connect, wait_for
from test_stock import offer, on_shop, product_with, shown, sold

UNITS = 5
LOGIN = "shop@example.com"


class WebClient:
    """A colleague in the web client: a session of their own, and the buttons that they press."""

    def __init__(self, server: OdooServer) -> None:
        self.url = server.url
        self.session = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self._post("/web/session/authenticate", {"db": server.database, "login": "admin", "password": "admin"})

    def press(self, model: str, button: str, record: int) -> Any:
        params = {"model": model, "method": button, "args": [[record]], "kwargs": {}}
        return self._post(f"/web/dataset/call_button/{model}/{button}", params)

    def _post(self, path: str, params: dict[str, Any]) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        request = urllib.request.Request(f"{self.url}{path}", body, {"Content-Type": "application/json"})
        with self.session.open(request, timeout=60) as answer:
            found = json.load(answer)
        assert "error" not in found, found["error"]
        return found["result"]


def draft(admin: Client, product: int) -> int:
    """A quotation of one unit, which a colleague is about to confirm."""
    (partner,) = admin.call("res.partner", "create", [{"name": "Client au téléphone"}])
    line = (0, 0, {"product_id": product, "product_uom_qty": 1})
    (order,) = admin.call("sale.order", "create", [{"partner_id": partner, "order_line": [line]}])
    return int(order)


@pytest.mark.parametrize("runs", [2, pytest.param(20, marks=pytest.mark.prove)])
def test_eight_buyers_and_five_units(
    start_odoo: Callable[..., OdooServer], sandbox: SandboxServer, database: str, runs: int
) -> None:
    """Three buy on the shop, three on an external shop, two by telephone, all at once: five are reserved, each once."""
    servers = [start_odoo(cron_threads=2), start_odoo(cron_threads=2)]
    admin = servers[0].client()
    channel = connect(admin, sandbox, stock_push=True)
    user = external.create_user(admin, LOGIN, "base.group_user", "ecom_connector.group_api")
    _channel, code = external.create_channel(admin, "Atelier", [user])
    key = external.create_key(servers[0].url, database, LOGIN)
    shops = [external.Shop(server.url, database, LOGIN, key, code) for server in servers]
    colleagues = [WebClient(server) for server in servers]
    for run in range(runs):
        sku = f"RUSH-{run}"
        product = product_with(admin, sku, UNITS)
        shop_id = on_shop(sandbox, sku, UNITS)
        offer(admin, channel, product, shop_id, sku)
        drafts = [draft(admin, product) for _colleague in colleagues]

        def by_api(number: int, sku: str = sku, run: int = run) -> str:
            order = external.order(100 * run + number)
            order["lines"] = [line | {"sku": sku, "quantity": 1} for line in order["lines"][:1]]
            (answer,) = shops[number % 2].call("order_push", orders=[order])
            assert answer["status"] != "error", answer
            return str(order["external_ref"])

        with ThreadPoolExecutor(8) as pool:
            jobs = [pool.submit(sold, sandbox, shop_id) for _buyer in range(3)]
            jobs += [pool.submit(by_api, number) for number in range(3)]
            jobs += [
                pool.submit(colleague.press, "sale.order", "action_confirm", order)
                for colleague, order in zip(colleagues, drafts, strict=True)
            ]
            for job in jobs:
                job.result()
        wait_for(lambda product=product: len(confirmed(admin, product)) == 8, seconds=60)
        assert_five_are_reserved(admin, product, run)
        wait_for(lambda shop_id=shop_id: shown(sandbox, shop_id) == 0)


def confirmed(admin: Client, product: int) -> list[Any]:
    return admin.search_read("sale.order.line", [("product_id", "=", product), ("state", "=", "sale")], "order_id")


def assert_five_are_reserved(admin: Client, product: int, run: int) -> None:
    quants = admin.search_read(
        "stock.quant",
        [("product_id", "=", product), ("location_id.usage", "=", "internal")],
        "quantity",
        "reserved_quantity",
    )
    assert all(row["quantity"] >= 0 for row in quants), (run, quants)
    assert sum(row["reserved_quantity"] for row in quants) == UNITS, (run, quants)
    lines = admin.search_read(
        "stock.move.line", [("product_id", "=", product), ("picking_id", "!=", False)], "quantity"
    )
    assert sum(row["quantity"] for row in lines) == UNITS, (run, lines)
    moves = admin.search_read("stock.move", [("product_id", "=", product), ("picking_id", "!=", False)], "state")
    states = sorted(row["state"] for row in moves)
    assert states == ["assigned"] * 5 + ["confirmed"] * 3, (run, states)
    held = admin.search_read("ecom.issue", [("code", "=", "oversold"), ("message", "ilike", f"RUSH-{run}]")], "id")
    shop_orders = admin.search_read(
        "stock.move",
        [
            ("product_id", "=", product),
            ("state", "=", "confirmed"),
            ("sale_line_id.order_id.ecom_order_id", "!=", False),
        ],
        "id",
    )
    assert len(held) == len(shop_orders), "each shop order that found nothing has its issue"
