"""Stock on real servers: what one sale takes is gone everywhere, and nothing is sold twice."""

from __future__ import annotations

import statistics
import time
from typing import Any

from dev.client import Client
from dev.sandbox import SandboxServer
from shop import connect, order, shopkeeper, soon, wait_for


def product_with(admin: Client, sku: str, quantity: int) -> int:
    """A storable product of which there are so many on the first warehouse's shelves."""
    (product,) = admin.call(
        "product.product", "create", [{"name": f"Article {sku}", "default_code": sku, "is_storable": True}]
    )
    set_stock(admin, product, quantity)
    return int(product)


def shelf(admin: Client) -> int:
    (row,) = admin.search_read("stock.warehouse", [], "lot_stock_id", limit=1, order="id")
    return int(row["lot_stock_id"][0])


def set_stock(admin: Client, product: int, quantity: int) -> None:
    """Count so many on the shelf, as an inventory does."""
    values = {"product_id": product, "location_id": shelf(admin), "inventory_quantity": quantity}
    quants = admin.call("stock.quant", "create", [values], context={"inventory_mode": True})
    admin.call("stock.quant", "action_apply_inventory", quants)


def offer(admin: Client, channel: int, product: int, shop_id: str, sku: str) -> int:
    """The product as a channel's shop sells it."""
    (row,) = admin.call("product.product", "read", [product], ["product_tmpl_id"])
    (listing,) = admin.call(
        "ecom.listing",
        "create",
        [{"channel_id": channel, "external_id": shop_id, "product_tmpl_id": row["product_tmpl_id"][0]}],
    )
    values = {"listing_id": listing, "external_id": "", "sku": sku, "product_id": product}
    (found,) = admin.call("ecom.offer", "create", [values])
    return int(found)


def on_sale(admin: Client, sandbox: SandboxServer, sku: str, quantity: int) -> tuple[int, int, str]:
    """A connected shop shows what there is of a product.

    :return: the channel, the product, and the shop's id of it
    """
    channel = connect(admin, sandbox, stock_push=True)
    product = product_with(admin, sku, quantity)
    shop_id = on_shop(sandbox, sku)
    offer(admin, channel, product, shop_id, sku)
    wait_for(lambda: shown(sandbox, shop_id) == quantity)
    return channel, product, shop_id


def on_shop(sandbox: SandboxServer, sku: str, quantity: int = 0) -> str:
    """A product of the shop's, which counts it."""
    body = {"name": f"Article {sku}", "sku": sku, "regular_price": "12.00", "manage_stock": True}
    return str(shopkeeper(sandbox).post("products", body | {"stock_quantity": quantity})["id"])


def shown(sandbox: SandboxServer, shop_id: str) -> int:
    return int(shopkeeper(sandbox).get(f"products/{shop_id}")["stock_quantity"])


def sold(sandbox: SandboxServer, shop_id: str, quantity: int = 1) -> str:
    """A paid order of one line, as the shop's own checkout places it."""
    body: dict[str, Any] = {
        "status": "processing",
        "set_paid": True,
        "payment_method": "stripe",
        "billing": {
            "first_name": "Marie",
            "last_name": "Durand",
            "address_1": "1 rue de la Paix",
            "city": "Paris",
            "postcode": "75002",
            "country": "FR",
            "email": "marie@example.com",
        },
        "line_items": [{"product_id": int(shop_id), "quantity": quantity}],
    }
    return str(shopkeeper(sandbox).post("orders", body)["id"])


def test_the_last_unit_on_two_shops(admin: Client, sandbox: SandboxServer) -> None:
    """Sold on one, it is gone on the other within a second; cancelled, it is back on both."""
    with SandboxServer() as second:
        channels = [
            connect(admin, sandbox, stock_push=True),
            connect(admin, second, name="Marché", stock_push=True),
        ]
        product = product_with(admin, "LAST", 1)
        ids = [on_shop(sandbox, "LAST"), on_shop(second, "LAST")]
        for channel, shop_id in zip(channels, ids, strict=True):
            offer(admin, channel, product, shop_id, "LAST")
        wait_for(lambda: (shown(sandbox, ids[0]), shown(second, ids[1])) == (1, 1))
        placed = sold(sandbox, ids[0])
        _found, took = wait_for(lambda: shown(second, ids[1]) == 0)
        soon(took, 1)
        (confirmed, _took) = wait_for(lambda: order(admin, placed))
        admin.call("sale.order", "action_cancel", [confirmed["sale_order_id"][0]])
        wait_for(lambda: (shown(sandbox, ids[0]), shown(second, ids[1])) == (1, 1))


def test_a_count_is_on_the_shop_within_a_second(admin: Client, sandbox: SandboxServer) -> None:
    _channel, product, shop_id = on_sale(admin, sandbox, "COUNT", 5)
    times = []
    for quantity in range(10, 20):
        set_stock(admin, product, quantity)
        _found, took = wait_for(lambda quantity=quantity: shown(sandbox, shop_id) == quantity, every=0.01)
        times.append(took)
    soon(statistics.median(times), 0.5)


def test_the_shop_is_down_for_a_while_then_told_once(admin: Client, sandbox: SandboxServer) -> None:
    """Ten changes while it is down: one correct figure when it is back."""
    channel, product, shop_id = on_sale(admin, sandbox, "DOWN", 5)
    sandbox.call("/sandbox/faults", {"kind": "status", "status": 503, "path": "/wp-json/wc/v3/products/batch"})
    for quantity in range(10, 20):
        set_stock(admin, product, quantity)
    wait_for(lambda: nobody_calls(sandbox), every=0.1)
    assert shown(sandbox, shop_id) == 5
    sandbox.call("/sandbox/faults", method="DELETE")
    before = len(batches(sandbox))
    admin.call("ecom.channel", "write", [channel], {"not_before": False})
    admin.call("ecom.channel", "action_compare_stock", [channel])
    wait_for(lambda: shown(sandbox, shop_id) == 19)
    assert len(batches(sandbox)) - before == 1


def nobody_calls(sandbox: SandboxServer) -> bool:
    """Whether all attempts have been given up: none is made for a while."""
    before = len(batches(sandbox))
    time.sleep(3)
    return len(batches(sandbox)) == before


def batches(sandbox: SandboxServer) -> list[Any]:
    found = sandbox.call("/sandbox/calls?path=/wp-json/wc/v3/products/batch")
    return [call for call in found["calls"] if call["method"] == "POST"]


def test_orders_come_before_stock(admin: Client, sandbox: SandboxServer) -> None:
    """A shop that sold while Odoo counted is never told a figure that forgets its own orders."""
    _channel, product, shop_id = on_sale(admin, sandbox, "BUSY", 50)
    for _number in range(10):
        sold(sandbox, shop_id)
    set_stock(admin, product, 60)
    wait_for(lambda: shown(sandbox, shop_id) == 50)
    time.sleep(1)
    assert shown(sandbox, shop_id) == 50
