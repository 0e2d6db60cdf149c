"""A merchant neutralises a copy of production, presses one button, and plays with twisted orders."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import shop
from dev import demo, postgres
from dev.client import Client, Refused
from dev.databases import Databases
from dev.process import free_port
from dev.sandbox import SandboxServer
from dev.server import OdooServer
from platforms.transport import Transport
from platforms.woocommerce.client import WooClient

numbers = itertools.count(1)
CopyOf = Callable[[OdooServer], OdooServer]


@pytest.fixture
def copy_of(databases: Databases, connection: postgres.Connection) -> Iterator[CopyOf]:
    """Stop a server, copy its database, neutralise the copy with Odoo's own command, and serve it."""
    made: list[OdooServer] = []

    def copy(odoo: OdooServer) -> OdooServer:
        odoo.stop()
        name = databases.copy(odoo.database, f"e2e_{os.getpid()}_copy_{next(numbers)}")
        made.append(OdooServer(name, connection=connection))
        databases.neutralize(name)
        made[-1].start()
        return made[-1]

    yield copy
    for server in made:
        server.stop()
        databases.drop(server.database)


def press(client: Client, channels: list[int] | None = None) -> dict[str, Any]:
    """Press the button for these channels, or the one for all."""
    return dict(client.call("ecom.channel", "action_connect_sandbox", channels or [])["params"])


def shopkeeper(admin: Client) -> WooClient:
    """The API of the shop that the copy's channel plays with."""
    (channel,) = admin.search_read("ecom.channel", [], "url")
    keys = {row["key"]: row["value"] for row in admin.search_read("ecom.credential", [], "key", "value")}
    return WooClient(channel["url"], keys["consumer_key"], keys["consumer_secret"], Transport())


def facts(admin: Client) -> list[Any]:
    """What of a database must not change while its copy is played with."""
    keys = admin.search_read("ecom.credential", [], "key", "value", order="id")
    channel = admin.search_read("ecom.channel", [], "url", "environment", "state", "webhook_token")
    orders = admin.search_read("ecom.order", [], "external_id", "state", "shop_state", order="id")
    sales = admin.search_read("sale.order", [], "name", "state", "delivery_status", "amount_total", order="id")
    commands = admin.search_read("ecom.command", [], "key", "state", order="id")
    return [keys, channel, orders, sales, commands]


def ship(admin: Client, external_id: str) -> None:
    """Send an order's whole delivery."""
    (found,) = admin.search_read("ecom.order", [("external_id", "=", external_id)], "sale_order_id")
    sale = found["sale_order_id"][0]
    (picking,) = admin.search_read("stock.picking", [("sale_id", "=", sale), ("state", "!=", "cancel")], "move_ids")
    admin.call("stock.picking", "write", [picking["id"]], {"carrier_tracking_ref": "6A777"})
    admin.call("stock.move", "write", picking["move_ids"], {"picked": True})
    admin.call("stock.picking", "button_validate", [picking["id"]], context={"skip_sms": True})


def test_one_button_and_a_twisted_order_arrives_in_the_copy_while_production_is_untouched(
    odoo: OdooServer, sandbox: SandboxServer, copy_of: CopyOf
) -> None:
    production = odoo.client()
    demo.stock_catalogue(production)
    shop.connect(production, sandbox)
    under_way = shop.place(sandbox, 3, kinds=[])
    shop.wait_for(lambda: all(shop.order(production, key) for key in under_way))
    with pytest.raises(Refused, match="in production"):
        press(production)
    before = facts(production)

    copy = copy_of(odoo)
    calls = sandbox.call("/sandbox/calls")["count"]
    admin = copy.client()
    role = admin.call("ir.model.data", "check_object_reference", "ecom_connector", "group_manager")[1]
    login = {"name": "Léa", "login": "lea", "password": "lea-lea-lea", "group_ids": [(4, role)]}
    admin.call("res.users", "create", login)
    manager = copy.client("lea", "lea-lea-lea")
    playground = SandboxServer(free_port())
    address = f"http://127.0.0.1:{playground.wanted_port}"
    admin.call("ir.config_parameter", "set_param", "ecom_connector.sandbox_url", address)
    with pytest.raises(Refused, match="make sandbox"):
        press(manager)

    with playground:
        assert playground.url == address
        told = press(manager)
        assert told["links"][0]["url"].startswith(address)
        (channel,) = admin.search_read("ecom.channel", [], "url", "environment", "state")
        assert (channel["environment"], channel["state"]) == ("sandbox", "connected")
        shop.wait_for(lambda: admin.search_read("ecom.channel", [("webhooks_active", "=", True)], "id"))

        for case in ("pickup", "split_rates", "odd_product"):
            (twisted,) = playground.call("/sandbox/orders/twisted?shop=copy-1", {"case": case})["ids"]
            found, _took = shop.wait_for(lambda key=str(twisted): shop.order(admin, key))
            (sale,) = admin.search_read("sale.order", [("id", "=", found["sale_order_id"][0])], "state")
            assert sale["state"] == "sale", case
            assert twisted > max(map(int, under_way))

        keeper = shopkeeper(admin)
        ship(admin, under_way[0])
        shop.wait_for(lambda: keeper.get(f"orders/{under_way[0]}")["status"] == "completed")
        keeper.put(f"orders/{under_way[1]}", {"status": "cancelled"})
        cancelled = [("external_id", "=", under_way[1]), ("sale_order_id.state", "=", "cancel")]
        shop.wait_for(lambda: admin.call("ecom.order", "search_count", cancelled))

        playground.kill()
        playground.start()
        press(manager)
        assert shopkeeper(admin).get(f"orders/{twisted}")["id"] == twisted, (
            "started afresh, it learns what the copy knows"
        )
        orders = admin.search_read("ecom.order", [], "shop_state")
        assert "deleted" not in {row["shop_state"] for row in orders}

    assert sandbox.call("/sandbox/calls")["count"] == calls, "nothing was told to the real shop"
    odoo.start()
    assert facts(odoo.client()) == before
