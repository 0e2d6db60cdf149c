"""The shop is away while goods leave: nothing is lost, and it hears of everything once it is back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import shop
from dev.client import Client
from dev.sandbox import SandboxServer


@pytest.fixture
def lasting(tmp_path: Path) -> Iterator[SandboxServer]:
    """A shop that remembers its orders when it is started again."""
    with SandboxServer(None, tmp_path / "shop") as server:
        yield server


@pytest.mark.prove
def test_what_was_shipped_while_the_shop_was_down_is_told_later(admin: Client, lasting: SandboxServer) -> None:
    channel = shop.connect(admin, lasting)
    (order_id,) = shop.place(lasting, kinds=[], lines=1)
    found, _ = shop.wait_for(lambda: shop.order(admin, order_id))
    picking_of = [("sale_id", "=", found["sale_order_id"][0])]
    (picking,) = admin.search_read("stock.picking", picking_of, "move_ids")
    lasting.kill()
    for move in admin.call("stock.move", "read", picking["move_ids"], ["product_uom_qty"]):
        admin.call("stock.move", "write", [move["id"]], {"quantity": move["product_uom_qty"], "picked": True})
    admin.call("stock.picking", "write", [picking["id"]], {"carrier_tracking_ref": "LATE-1"})
    admin.call("stock.picking", "button_validate", [picking["id"]], context={"skip_sms": True})
    shop.wait_for(lambda: admin.call("ecom.channel", "read", [channel], ["last_error"])[0]["last_error"])
    (command,) = admin.search_read("ecom.command", [("order_id.external_id", "=", order_id)], "state", "attempts")
    assert (command["state"], command["attempts"]) == ("pending", 1)

    lasting.start()
    keeper = shop.shopkeeper(lasting)
    shop.wait_for(lambda: keeper.get(f"orders/{order_id}")["status"] == "completed", seconds=180, every=1)
    items = shop.meta(keeper.get(f"orders/{order_id}"), "_wc_shipment_tracking_items")
    assert [item["tracking_number"] for item in items] == ["LATE-1"]
    shop.wait_for(lambda: not admin.call("ecom.channel", "read", [channel], ["last_error"])[0]["last_error"])
