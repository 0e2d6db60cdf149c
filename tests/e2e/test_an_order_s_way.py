"""The main story on real servers: ordered on the shop, confirmed and reserved here, shipped, and shown there."""

from __future__ import annotations

import shop
from dev import demo
from dev.client import Client
from dev.sandbox import SandboxServer


def test_an_order_is_confirmed_and_its_parcel_is_shown_on_the_shop(admin: Client, sandbox: SandboxServer) -> None:
    demo.stock_catalogue(admin)
    shop.connect(admin, sandbox, product_policy="ask", tax_policy="match")
    # The first order warms caches up, as on any server that has run for a minute.
    (warm,) = shop.place(sandbox, kinds=[])
    shop.wait_for(lambda: shop.order(admin, warm))

    (order_id,) = shop.place(sandbox, kinds=[])
    found, took = shop.wait_for(lambda: shop.order(admin, order_id))
    shop.soon(took, 2)
    raw = shop.shopkeeper(sandbox).get(f"orders/{order_id}")
    (sale,) = admin.search_read(
        "sale.order", [("id", "=", found["sale_order_id"][0])], "state", "amount_total", "amount_tax", "picking_ids"
    )
    assert sale["state"] == "sale"
    assert f"{sale['amount_total']:.2f}" == raw["total"]
    assert f"{sale['amount_tax']:.2f}" == raw["total_tax"]
    (picking,) = admin.search_read("stock.picking", [("id", "in", sale["picking_ids"])], "state", "move_ids")
    assert picking["state"] == "assigned"

    admin.call("stock.picking", "write", [picking["id"]], {"carrier_tracking_ref": "6A12345678901"})
    admin.call("stock.move", "write", picking["move_ids"], {"picked": True})
    assert admin.call("stock.picking", "button_validate", [picking["id"]], context={"skip_sms": True}) is True

    def shown() -> bool:
        now = shop.shopkeeper(sandbox).get(f"orders/{order_id}")
        items = shop.meta(now, "_wc_shipment_tracking_items") or []
        return now["status"] == "completed" and [item["tracking_number"] for item in items] == ["6A12345678901"]

    _, took = shop.wait_for(shown)
    shop.soon(took, 2)
    told = [("order_id.external_id", "=", order_id)]
    shop.wait_for(lambda: admin.call("ecom.command", "search_count", [*told, ("state", "=", "done")]))
    (command,) = admin.search_read("ecom.command", told, "attempts")
    assert command["attempts"] == 1


def test_parcels_that_leave_apart_and_a_number_that_comes_late(admin: Client, sandbox: SandboxServer) -> None:
    shop.connect(admin, sandbox)
    (order_id,) = shop.place(sandbox, lines=2, kinds=[])
    found, _ = shop.wait_for(lambda: shop.order(admin, order_id))
    pickings = [("sale_id", "=", found["sale_order_id"][0]), ("state", "not in", ("done", "cancel"))]
    (first,) = admin.search_read("stock.picking", pickings, "move_ids")
    ready, later = first["move_ids"]
    demand = {row["id"]: row["product_uom_qty"] for row in admin.call("stock.move", "read", first["move_ids"])}
    admin.call("stock.move", "write", [ready], {"quantity": demand[ready], "picked": True})
    admin.call("stock.move", "write", [later], {"quantity": 0, "picked": False})
    admin.call("stock.picking", "write", [first["id"]], {"carrier_tracking_ref": "PART-1"})
    admin.call("stock.picking", "button_validate", [first["id"]], context={"skip_sms": True, "skip_backorder": True})
    keeper = shop.shopkeeper(sandbox)

    def numbers() -> list[str]:
        items = shop.meta(keeper.get(f"orders/{order_id}"), "_wc_shipment_tracking_items") or []
        return [item["tracking_number"] for item in items]

    shop.wait_for(lambda: numbers() == ["PART-1"])
    assert keeper.get(f"orders/{order_id}")["status"] == "processing"

    (second,) = admin.search_read("stock.picking", pickings, "move_ids")
    admin.call("stock.move", "write", second["move_ids"], {"quantity": demand[later], "picked": True})
    admin.call("stock.picking", "button_validate", [second["id"]], context={"skip_sms": True})
    shop.wait_for(lambda: keeper.get(f"orders/{order_id}")["status"] == "completed")
    admin.call("stock.picking", "write", [second["id"]], {"carrier_tracking_ref": "PART-2"})
    shop.wait_for(lambda: numbers() == ["PART-1", "PART-2"])
    all_told = [("order_id.external_id", "=", order_id), ("state", "=", "done")]
    shop.wait_for(lambda: admin.call("ecom.command", "search_count", all_told) == 3)
    notes = keeper.get(f"orders/{order_id}/notes", {"type": "customer"})
    assert len([note for note in notes if "PART-1" in note["note"]]) == 1
    assert len([note for note in notes if "PART-2" in note["note"]]) == 1

    # The second number was wrong.
    admin.call("stock.picking", "write", [second["id"]], {"carrier_tracking_ref": "PART-TWO"})
    shop.wait_for(lambda: numbers() == ["PART-1", "PART-TWO"])
    shop.wait_for(lambda: admin.call("ecom.command", "search_count", all_told) == 4)
    notes = keeper.get(f"orders/{order_id}/notes", {"type": "customer"})
    assert len([note for note in notes if "PART-TWO" in note["note"]]) == 1


def test_a_cancellation_travels_both_ways(admin: Client, sandbox: SandboxServer) -> None:
    shop.connect(admin, sandbox)
    keeper = shop.shopkeeper(sandbox)
    there, here = shop.place(sandbox, 2, kinds=[])
    sales = {
        order_id: shop.wait_for(lambda order_id=order_id: shop.order(admin, order_id))[0]["sale_order_id"][0]
        for order_id in (there, here)
    }

    def state(order_id: str) -> str:
        return str(admin.call("sale.order", "read", [sales[order_id]], ["state"])[0]["state"])

    keeper.put(f"orders/{there}", {"status": "cancelled"})
    shop.wait_for(lambda: state(there) == "cancel")
    admin.call("sale.order", "action_cancel", [sales[here]])
    shop.wait_for(lambda: keeper.get(f"orders/{here}")["status"] == "cancelled")
    assert not admin.search_read("ecom.command", [("order_id.external_id", "=", there)], "key")


def test_a_transfer_that_arrives_in_odoo_is_told_to_the_shop(admin: Client, sandbox: SandboxServer) -> None:
    shop.connect(admin, sandbox)
    (order_id,) = shop.place(sandbox, status="on-hold", kinds=[])
    shop.shopkeeper(sandbox).put(f"orders/{order_id}", {"payment_method": "bacs"})
    found, _ = shop.wait_for(lambda: shop.order(admin, order_id))
    sale = found["sale_order_id"][0]
    shop.wait_for(lambda: admin.call("sale.order", "read", [sale], ["ecom_hold"])[0]["ecom_hold"] == "money")
    admin.call("sale.order", "action_ecom_money_arrived", [sale])
    shop.wait_for(lambda: shop.shopkeeper(sandbox).get(f"orders/{order_id}")["status"] == "processing")
