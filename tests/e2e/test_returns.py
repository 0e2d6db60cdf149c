"""Returns on real servers: asked for in parallel, paid back while the shop loses its answers, received by scanning."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import shop
from dev.browser import Browser
from dev.client import Client, Refused
from dev.sandbox import SandboxServer
from dev.server import OdooServer
from test_preparation import Keyboard


def shipped(admin: Client, sandbox: SandboxServer, quantity: int = 3) -> dict[str, Any]:
    """An order of so many mugs that the customer has; with its sales order's line."""
    keeper = shop.shopkeeper(sandbox)
    mug = keeper.post("products", {"name": "Mug", "sku": "MUG-R", "regular_price": "12.00"})
    body = {
        "status": "processing",
        "set_paid": True,
        "payment_method": "stripe",
        "billing": {"first_name": "Marie", "last_name": "Durand", "country": "FR", "email": "marie@example.com"},
        "line_items": [{"product_id": mug["id"], "quantity": quantity}],
    }
    order_id = str(keeper.post("orders", body)["id"])
    found, _ = shop.wait_for(lambda: shop.order(admin, order_id))
    sale = found["sale_order_id"][0]
    (picking,) = admin.search_read("stock.picking", [("sale_id", "=", sale)], "move_ids")
    for move in admin.call("stock.move", "read", picking["move_ids"], ["product_uom_qty"]):
        admin.call("stock.move", "write", [move["id"]], {"quantity": move["product_uom_qty"], "picked": True})
    admin.call("stock.picking", "button_validate", [picking["id"]], context={"skip_sms": True})
    (line,) = admin.search_read(
        "sale.order.line", [("order_id", "=", sale), ("product_id.default_code", "=", "MUG-R")], "qty_delivered"
    )
    assert line["qty_delivered"] == quantity
    return {"id": order_id, "sale": sale, "line": line["id"], "number": found["number"]}


def ask(client: Client, order: dict[str, Any], quantity: int) -> int:
    """A return of so many; its id, 0 where it was refused for want of goods."""
    lines = [(0, 0, {"sale_line_id": order["line"], "quantity": quantity})]
    values = {"sale_order_id": order["sale"], "line_ids": lines, "kind": "withdrawal"}
    try:
        return int(client.call("ecom.return", "create", [values])[0])
    except Refused as refusal:
        assert "cannot be returned" in str(refusal), refusal
        return 0


def test_returns_asked_for_at_once_never_exceed_what_was_delivered(
    start_odoo: Callable[..., OdooServer], sandbox: SandboxServer
) -> None:
    first, second = start_odoo(), start_odoo()
    admin = first.client()
    shop.connect(admin, sandbox)
    order = shipped(admin, sandbox)
    clients = [server.client() for server in (first, second) for _number in range(3)]
    for client in clients:
        assert client.uid
    with ThreadPoolExecutor(len(clients)) as pool:
        made = list(pool.map(lambda client: ask(client, order, 1), clients))
    assert sum(map(bool, made)) == 3, "three of six, for three were delivered"
    returns = admin.search_read("ecom.return.line", [("sale_line_id", "=", order["line"])], "quantity_open")
    assert sum(row["quantity_open"] for row in returns) == 3


@pytest.mark.parametrize("fault", ["lost_answer", "drop_connection"])
def test_a_refund_whose_answer_is_lost_is_paid_once(admin: Client, sandbox: SandboxServer, fault: str) -> None:
    channel = shop.connect(admin, sandbox, invoice_policy="confirmed")
    order = shipped(admin, sandbox)
    found = ask(admin, order, 1)
    admin.call("ecom.return", "action_receive_all", [found])
    admin.call("ecom.return", "action_restock_all", [found])
    path = f"/wp-json/wc/v3/orders/{order['id']}/refunds"
    sandbox.call("/sandbox/faults", {"kind": fault, "path": path, "method": "POST", "times": 2})
    admin.call("ecom.return", "action_settle", [found])

    def paid() -> Any:
        rows = admin.search_read("ecom.refund", [("return_id", "=", found)], "state", "amount", "external_id")
        waiting = [("channel_id", "=", channel), ("kind", "=", "refund"), ("state", "=", "pending")]
        for command in admin.search_read("ecom.command", waiting, "attempts"):
            if command["attempts"]:
                admin.call("ecom.command", "write", [command["id"]], {"next_try_at": "2026-01-01 00:00:00"})
                admin.call("ecom.channel", "action_look_now", [channel])
        return rows if rows and rows[0]["state"] == "done" else None

    (refund,), _ = shop.wait_for(paid, seconds=60, every=0.5)
    (made,) = shop.shopkeeper(sandbox).get(f"orders/{order['id']}/refunds")
    assert (str(made["id"]), float(made["amount"])) == (refund["external_id"], refund["amount"])
    # What the shop tells of it is nothing new.
    shop.wait_for(lambda: admin.search_read("ecom.order.refund", [("order_id.external_id", "=", order["id"])]), 30)
    assert len(admin.search_read("ecom.return", [("sale_order_id", "=", order["sale"])])) == 1
    notes = admin.search_read("account.move", [("ecom_return_id", "=", found)], "amount_total", "state")
    assert [(note["state"], note["amount_total"]) for note in notes] == [("posted", refund["amount"])]


def test_the_desk_receives_a_parcel_with_a_scanner_and_a_keyboard(
    odoo: OdooServer, sandbox: SandboxServer, browser: Browser
) -> None:
    admin = odoo.client()
    shop.connect(admin, sandbox)
    order = shipped(admin, sandbox, 2)
    found = ask(admin, order, 2)
    browser.log_in(odoo.url)
    browser.open(f"{odoo.url}/odoo/returns")
    browser.wait_for_element(".o_kanban_record")
    assert not browser.evaluate("Boolean(document.querySelector('.o_error_dialog'))")
    browser.open(f"{odoo.url}/odoo/receiving")
    browser.wait_for_element(".o_ecom_station_words")
    keyboard = Keyboard(browser)
    assert "F4" in keyboard.scan("4711-UNKNOWN")
    assert "scan what is inside" in keyboard.scan(order["number"])
    assert "1 × Mug" in keyboard.scan("MUG-R")
    keyboard.scan("MUG-R")
    assert "more Mug" in keyboard.scan("MUG-R")
    assert keyboard.shown(".o_ecom_station_count").replace(" ", "").startswith("2/2")
    assert "all of it is here" in keyboard.press("F9")
    assert browser.console == []
    (order_now,) = admin.call("ecom.return", "read", [found], ["state", "to_inspect_count"])
    assert (order_now["state"], order_now["to_inspect_count"]) == ("received", 1)
