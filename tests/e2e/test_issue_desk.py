"""What waits for a person is settled where it is shown, for all orders of a kind, in the browser."""

from __future__ import annotations

import shop
from dev.browser import Browser
from dev.sandbox import SandboxServer
from dev.server import OdooServer


def test_a_person_settles_what_two_orders_wait_for(odoo: OdooServer, sandbox: SandboxServer, browser: Browser) -> None:
    admin = odoo.client()
    shop.connect(admin, sandbox, product_policy="ask")
    keeper = shop.shopkeeper(sandbox)
    novelty = keeper.post("products", {"name": "Novelty", "sku": "NOVELTY", "regular_price": "12.00"})
    bought = {"status": "processing", "set_paid": True, "line_items": [{"product_id": novelty["id"], "quantity": 1}]}
    orders = [str(keeper.post("orders", bought)["id"]) for _order in range(2)]
    asked = [("code", "=", "unknown_product"), ("state", "=", "open")]
    shop.wait_for(lambda: admin.call("ecom.issue", "search_count", asked) == 2)

    browser.log_in(odoo.url, path="/odoo/shop-issues")
    browser.wait_for("document.querySelectorAll('.o_data_row').length == 1")
    assert "NOVELTY" in browser.evaluate("document.querySelector('.o_data_row').innerText")
    browser.click(".o_data_row button[name=action_settle]")
    browser.wait_for_element(".modal button[name=action_fix]")
    browser.click(".modal button[name=action_fix]")

    shop.wait_for(lambda: all(shop.order(admin, order_id) for order_id in orders))
    assert not admin.call("ecom.issue", "search_count", asked)
    (product,) = admin.search_read("product.product", [("default_code", "=", "NOVELTY")], "name")
    assert product["name"] == "Novelty"
    assert browser.console == []
