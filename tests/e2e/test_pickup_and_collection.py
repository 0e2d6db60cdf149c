"""Parcels that wait for their customer: at a carrier's point, and in the merchant's own warehouse."""

from __future__ import annotations

from typing import Any

import shop
from dev import demo
from dev.client import Client
from dev.sandbox import SandboxServer


def delivery(admin: Client, order_id: str, *fields: str) -> dict[str, Any]:
    """The delivery of a shop's order, once it is confirmed."""
    found, _ = shop.wait_for(lambda: shop.order(admin, order_id))
    pickings = [("sale_id", "=", found["sale_order_id"][0])]
    (picking,) = admin.search_read("stock.picking", pickings, "state", "partner_id", "move_ids", *fields)
    return picking


def test_a_parcel_goes_to_the_point_that_the_customer_chose(admin: Client, sandbox: SandboxServer) -> None:
    demo.stock_catalogue(admin)
    shop.connect(admin, sandbox, product_policy="ask", tax_policy="match")
    (order_id,) = shop.place(sandbox, kinds=["pickup"])
    picking = delivery(admin, order_id, "ecom_pickup_code", "ecom_pickup_name")
    raw = shop.shopkeeper(sandbox).get(f"orders/{order_id}")
    wanted = shop.meta(raw, "_pickup_point_id"), shop.meta(raw, "_pickup_point_name")
    assert (picking["ecom_pickup_code"], picking["ecom_pickup_name"]) == wanted
    (found,) = admin.search_read("stock.picking", [("ecom_pickup_code", "=", wanted[0])], "id")
    assert found["id"] == picking["id"]
    (point,) = admin.call("res.partner", "read", [picking["partner_id"][0]], ["ref", "type", "street", "parent_id"])
    assert (point["ref"], point["type"], point["street"]) == (wanted[0], "delivery", "")
    (customer,) = admin.call("res.partner", "read", [point["parent_id"][0]], ["street"])
    assert customer["street"] == raw["billing"]["address_1"]

    admin.call("stock.picking", "write", [picking["id"]], {"carrier_tracking_ref": "MR-1"})
    admin.call("stock.move", "write", picking["move_ids"], {"picked": True})
    admin.call("stock.picking", "button_validate", [picking["id"]], context={"skip_sms": True})
    shop.wait_for(lambda: shop.shopkeeper(sandbox).get(f"orders/{order_id}")["status"] == "completed")


def test_an_order_is_collected_and_the_shop_shows_each_step(admin: Client, sandbox: SandboxServer) -> None:
    demo.stock_catalogue(admin)
    sandbox.call("/sandbox/settings", {"order_statuses": {"ready-pickup": "Prête au retrait", "picked-up": "Retirée"}})
    channel = shop.connect(
        admin,
        sandbox,
        product_policy="ask",
        tax_policy="match",
        ready_status="ready-pickup",
        collected_status="picked-up",
    )
    warehouse = admin.call("ecom.channel", "read", [channel], ["warehouse_id"])[0]["warehouse_id"][0]
    row = {"channel_id": channel, "code": "local_pickup", "label": "Retrait", "warehouse_id": warehouse}
    admin.call("ecom.carrier.mapping", "create", [row])
    keeper = shop.shopkeeper(sandbox)
    (order_id,) = shop.place(sandbox, kinds=["collect"])
    picking = delivery(admin, order_id, "ecom_collect_state", "carrier_id")
    assert (picking["ecom_collect_state"], picking["carrier_id"]) == ("waiting", False)
    admin.call("stock.picking", "action_ecom_ready", [picking["id"]])
    shop.wait_for(lambda: keeper.get(f"orders/{order_id}")["status"] == "ready-pickup")
    admin.call("stock.picking", "action_ecom_collected", [picking["id"]])
    shop.wait_for(lambda: keeper.get(f"orders/{order_id}")["status"] == "picked-up")

    admin.call("ecom.channel", "write", [channel], {"ready_status": False, "collected_status": False})
    (order_id,) = shop.place(sandbox, kinds=["collect"])
    picking = delivery(admin, order_id)
    admin.call("stock.picking", "action_ecom_ready", [picking["id"]])
    shop.wait_for(lambda: keeper.get(f"orders/{order_id}/notes", {"type": "customer"}))
    assert keeper.get(f"orders/{order_id}")["status"] == "processing"
    admin.call("stock.picking", "action_ecom_collected", [picking["id"]])
    shop.wait_for(lambda: keeper.get(f"orders/{order_id}")["status"] == "completed")
    (note,) = keeper.get(f"orders/{order_id}/notes", {"type": "customer"})
    assert keeper.get(f"orders/{order_id}")["number"] in note["note"]
