"""A customer changes something on the shop, and a clerk in Odoo: both sides show it, and nothing goes in circles."""

from __future__ import annotations

from typing import Any

import shop
from dev.client import Client
from dev.sandbox import SandboxServer


def test_a_customer_s_data_travel_both_ways(admin: Client, sandbox: SandboxServer) -> None:
    shop.connect(admin, sandbox, customer_sync="both")
    keeper = shop.shopkeeper(sandbox)
    (order_id,) = shop.place(sandbox, kinds=[])
    found, _ = shop.wait_for(lambda: shop.order(admin, order_id))
    customer_id = str(keeper.get(f"orders/{order_id}")["customer_id"])
    sale = admin.call("sale.order", "read", [found["sale_order_id"][0]], ["partner_id"])[0]
    partner = sale["partner_id"][0]

    def contact(*fields: str) -> dict[str, Any]:
        return dict(admin.call("res.partner", "read", [partner], list(fields))[0])

    street = contact("street")["street"]
    keeper.put(f"customers/{customer_id}", {"billing": {"phone": "07 56 78 90 12", "address_1": "8 rue Neuve"}})
    shop.wait_for(lambda: contact("phone")["phone"] == "+33 7 56 78 90 12")
    children = [("parent_id", "=", partner), ("street", "=", "8 rue Neuve")]
    shop.wait_for(lambda: admin.call("res.partner", "search_count", children) == 1)
    assert contact("street")["street"] == street

    admin.call("res.partner", "write", [partner], {"email": "corrected@example.com"})
    shop.wait_for(lambda: keeper.get(f"customers/{customer_id}")["email"] == "corrected@example.com")
    # The change comes back as a webhook, and nothing follows from it.
    waiting = [("kind", "=", "customer"), ("state", "=", "new")]
    sandbox.call("/sandbox/deliveries?wait=10")
    shop.wait_for(lambda: admin.call("ecom.event", "search_count", waiting) == 0)
    told = admin.search_read("ecom.command", [("kind", "=", "customer")], "state", "payload")
    assert [row["state"] for row in told] == ["done"]
    assert told[0]["payload"]["changes"] == {"email": "corrected@example.com"}
    assert contact("email")["email"] == "corrected@example.com"
