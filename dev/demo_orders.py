"""Orders of the demonstration's first shop from the last weeks, most of them delivered and invoiced."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

from dev import sandbox
from dev.client import Client
from dev.demo_shops import SHOPS

DAYS = (34, 28, 16, 13, 12, 10, 9, 8, 3, 2)
"""How many days ago each was placed."""
SHIPPED = 8
"""How many of them are with the customers."""
TRANSIT = 4
"""Days until they were."""
GOODS = ("ELE-CABLE-USBC", "VET-ECHARPE", "LIV-MAGAZINE")
"""Of two tax rates; without variants and numbers, so that one click delivers them."""
PATIENCE = 30.0
"""Seconds that the orders may take from the shop to Odoo."""


def past_orders(admin: Client, sandbox_url: str, shop: str = SHOPS[0].name) -> list[dict[str, Any]]:
    """Place orders on a WooCommerce shop that is connected, and deliver and invoice most of them, the oldest first.

    :return: id and sales order of those that are with the customers; fewer where the shop was slow to tell
    """
    hooks = [("name", "=", shop), ("webhooks_active", "=", True)]
    _wait(lambda: admin.call("ecom.channel", "search_count", hooks) == 1)
    # Orders placed before a channel's start are left alone.
    began = f"{datetime.now(timezone.utc) - timedelta(days=DAYS[0] + 1):%Y-%m-%d %H:%M:%S}"
    channels = admin.call("ecom.channel", "search", [("name", "=", shop), ("import_from", ">", began)])
    admin.call("ecom.channel", "write", channels, {"import_from": began})
    numbers = [_place(sandbox_url, days) for days in DAYS]
    sandbox.call(sandbox_url, "/sandbox/clock", {"offset": 0})
    settled = [("channel_id.name", "=", shop), ("external_id", "in", numbers), ("sale_order_id", "!=", False)]
    settled += [("state", "=", "settled")]
    _wait(lambda: admin.call("ecom.order", "search_count", settled) == len(numbers))
    there = {
        row["external_id"]: row for row in admin.search_read("ecom.order", settled, "external_id", "sale_order_id")
    }
    orders = [there[number] for number in numbers[:SHIPPED] if number in there]
    sales = [order["sale_order_id"][0] for order in orders]
    _deliver(admin, sales)
    _invoice(admin, sales)
    return orders


def _place(sandbox_url: str, days: int) -> str:
    sandbox.call(sandbox_url, "/sandbox/clock", {"offset": -timedelta(days=days).total_seconds()})
    wanted = {"lines": 2, "kinds": [], "payment_method": "stripe", "new_customers": True, "seed": days, "skus": GOODS}
    (number,) = sandbox.call(sandbox_url, "/sandbox/orders/random", wanted)["ids"]
    return str(number)


def _deliver(admin: Client, sales: list[int]) -> None:
    pickings = admin.search_read("stock.picking", [("sale_id", "in", sales)], "sale_id")
    admin.call("stock.picking", "button_validate", [row["id"] for row in pickings], context={"skip_sms": True})
    for row in pickings:
        arrived = datetime.now(timezone.utc) - timedelta(days=DAYS[sales.index(row["sale_id"][0])] - TRANSIT)
        admin.call("stock.picking", "write", [row["id"]], {"ecom_delivered_at": f"{arrived:%Y-%m-%d %H:%M:%S}"})


def _invoice(admin: Client, sales: list[int]) -> None:
    values = {"advance_payment_method": "delivered", "sale_order_ids": [(6, 0, sales)], "consolidated_billing": False}
    wizard = admin.call("sale.advance.payment.inv", "create", values)
    admin.call("sale.advance.payment.inv", "create_invoices", [wizard])
    drafts = [("line_ids.sale_line_ids.order_id", "in", sales), ("state", "=", "draft")]
    admin.call("account.move", "action_post", admin.call("account.move", "search", drafts))


def _wait(ready: Any) -> None:
    """Look for a while; the demonstration goes on without what did not come."""
    deadline = time.monotonic() + PATIENCE
    while not ready() and time.monotonic() < deadline:
        time.sleep(0.1)
