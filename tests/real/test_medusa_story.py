"""The whole story with a real shop and a real Odoo: catalogue out, stock out, an order in, its parcel, a refund."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest

from dev.client import Client
from dev.medusa.people import Customer, Shopkeeper
from dev.medusa.shop import MedusaShop

T = TypeVar("T")


def wait_for(look: Callable[[], T], seconds: float = 60) -> tuple[T, float]:
    """Look until there is something to see; returns it with the seconds it took."""
    start = time.monotonic()
    while True:
        found = look()
        took = time.monotonic() - start
        if found:
            return found, took
        assert took < seconds, f"nothing after {seconds} s"
        time.sleep(0.1)


@pytest.fixture
def channel(admin: Client, shop: MedusaShop) -> Iterator[int]:
    """The shop connected as a person would, with what a small shop leaves to Odoo."""
    values = {"name": "Medusa", "platform": "medusa", "url": shop.url, "environment": "sandbox"}
    policies = {"product_policy": "create", "tax_policy": "create", "responsible_id": admin.uid, "stock_push": True}
    (found,) = admin.call("ecom.channel", "create", [values | policies])
    rows = admin.call("ecom.credential", "search", [("channel_id", "=", found), ("key", "=", "secret_key")])
    admin.call("ecom.credential", "write", rows, {"value": shop.facts["secret_key"]})
    admin.call("ecom.channel", "action_connect", [found])
    wait_for(lambda: admin.call("ecom.channel", "read", [found], ["webhooks_active"])[0]["webhooks_active"])
    yield int(found)
    admin.call("ecom.channel", "action_pause", [found])


def on_shelf(admin: Client, product: int, quantity: int) -> None:
    (row,) = admin.search_read("stock.warehouse", [], "lot_stock_id", limit=1, order="id")
    values = {"product_id": product, "location_id": row["lot_stock_id"][0], "inventory_quantity": quantity}
    quants = admin.call("stock.quant", "create", [values], context={"inventory_mode": True})
    admin.call("stock.quant", "action_apply_inventory", quants)


def shown(keeper: Shopkeeper, sku: str) -> dict[str, Any]:
    """A variant as the shop has it, with its product and what it can sell."""
    fields = (
        "id,sku,product.id,product.title,product.status,inventory_items.inventory.location_levels.stocked_quantity,"
        "inventory_items.inventory.location_levels.reserved_quantity"
    )
    listed = keeper.admin.get("/admin/product-variants", sku=sku, fields=fields)["variants"]
    if not listed:
        return {}
    levels = [
        level for item in listed[0]["inventory_items"] for level in item["inventory"].get("location_levels") or ()
    ]
    sells = sum(level["stocked_quantity"] - level["reserved_quantity"] for level in levels)
    return dict(listed[0]) | {"sells": sells if levels else None}


def settled(admin: Client, external_id: str) -> dict[str, Any] | None:
    fields = ("state", "sale_order_id", "amount_total", "shop_state")
    found = admin.search_read("ecom.order", [("external_id", "=", external_id)], *fields)
    return found[0] if found and found[0]["state"] == "settled" else None


def test_from_the_catalogue_to_the_refund(
    admin: Client, channel: int, shop: MedusaShop, customer: Customer, keeper: Shopkeeper
) -> None:
    # The catalogue goes out, and the stock with it.
    article = {"name": "Théière", "default_code": "THEIERE", "list_price": 40, "is_storable": True, "taxes_id": []}
    (template,) = admin.call("product.template", "create", [article])
    (product,) = admin.call("product.product", "search", [("product_tmpl_id", "=", template)])
    on_shelf(admin, product, 20)
    wizard = {"product_ids": [[6, 0, [template]]], "channel_ids": [[6, 0, [channel]]], "state": "on"}
    admin.call("ecom.listing.publish", "action_publish", [admin.call("ecom.listing.publish", "create", wizard)])
    found, _took = wait_for(lambda: shown(keeper, "THEIERE"))
    assert (found["product"]["title"], found["product"]["status"]) == ("Théière", "published")
    asked, _took = wait_for(lambda: keeper.price("THEIERE", found["product"]["id"]))
    assert asked["calculated_amount"] == 40, "what a customer is asked"
    wait_for(lambda: shown(keeper, "THEIERE")["sells"] == 20)

    # An order comes in; it is confirmed once it is paid.
    shop.facts["variants"]["THEIERE"] = found["id"]
    order_id = customer.order([("THEIERE", 2)])
    keeper.capture(order_id)
    order, took = wait_for(lambda: settled(admin, order_id))
    assert order is not None
    print(f"\n  confirmed after {took:.1f} s")

    def paid() -> bool:
        (now,) = admin.call("sale.order", "read", [order["sale_order_id"][0]], ["state", "ecom_hold"])
        return now["state"] == "sale" and not now["ecom_hold"]

    wait_for(paid)
    (sale,) = admin.search_read("sale.order", [("id", "=", order["sale_order_id"][0])], "amount_total", "picking_ids")
    # 2 × 40 + 4.90 = 84.90, and 16.98 of tax.
    assert (sale["amount_total"], order["amount_total"]) == (101.88, 101.88)
    wait_for(lambda: shown(keeper, "THEIERE")["sells"] == 18)

    # Its parcel is shown on the shop.
    (picking,) = admin.search_read("stock.picking", [("id", "in", sale["picking_ids"])], "move_ids")
    admin.call("stock.picking", "write", [picking["id"]], {"carrier_tracking_ref": "6A12345678901"})
    for move in admin.call("stock.move", "read", picking["move_ids"], ["product_uom_qty"]):
        admin.call("stock.move", "write", [move["id"]], {"quantity": move["product_uom_qty"], "picked": True})
    admin.call("stock.picking", "button_validate", [picking["id"]], context={"skip_sms": True})

    def shipped() -> Any:
        now = keeper.order(order_id, "*fulfillments.labels,+fulfillment_status")
        numbers = [label["tracking_number"] for row in now["fulfillments"] for label in row["labels"]]
        return now["fulfillment_status"] == "shipped" and numbers == ["6A12345678901"]

    wait_for(shipped)
    # What left here left there: neither is sold twice.
    wait_for(lambda: shown(keeper, "THEIERE")["sells"] == 18)

    # Some comes back, and is paid back.
    keeper.take_back(order_id, {"THEIERE": 1})
    keeper.refund(order_id, 48.0, "Bec ébréché")
    refund, _took = wait_for(
        lambda: admin.search_read("ecom.order.refund", [("order_id.external_id", "=", order_id)], "amount", "reason")
    )
    assert [(row["amount"], row["reason"]) for row in refund] == [(48.0, "Bec ébréché")]
