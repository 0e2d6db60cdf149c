"""What a person sees and clicks: an order placed on the shop's page, shipped in Odoo's, shown on the shop's again."""

from __future__ import annotations

import shop
from dev import demo
from dev.browser import Browser
from dev.client import Client
from dev.sandbox import SandboxServer
from dev.server import OdooServer


def test_a_customer_orders_a_preparer_ships_and_the_customer_sees_it(
    odoo: OdooServer, sandbox: SandboxServer, browser: Browser
) -> None:
    admin: Client = odoo.client()
    demo.stock_catalogue(admin)
    shop.connect(admin, sandbox, product_policy="ask", tax_policy="match")

    browser.open(f"{sandbox.url}/shop")
    browser.click("button[value=checkout]")
    browser.wait_for_element("form input[name=last_name]")
    browser.fill("input[name=last_name]", "Lefebvre")
    browser.evaluate("document.querySelector('input[name=last_name]').form.requestSubmit()")
    browser.wait_for("location.pathname.startsWith('/shop/order')")
    order_id = str(browser.evaluate("location.pathname.split('/').pop()"))
    found, _ = shop.wait_for(lambda: shop.order(admin, order_id))
    (sale,) = admin.search_read("sale.order", [("id", "=", found["sale_order_id"][0])], "picking_ids", "partner_id")
    assert "Lefebvre" in sale["partner_id"][1]

    browser.log_in(odoo.url, path="/odoo/ecommerce")
    browser.wait_for("document.body.innerText.includes('Ma Boutique WooCommerce')")
    browser.wait_for("document.body.innerText.includes('Orders today')")
    picking = sale["picking_ids"][0]
    admin.call("stock.picking", "write", [picking], {"carrier_tracking_ref": "6A99"})
    browser.open(f"{odoo.url}/odoo/m-stock.picking/{picking}")
    browser.click("button[name=button_validate]")
    shop.wait_for(lambda: admin.call("stock.picking", "read", [picking], ["state"])[0]["state"] == "done")
    assert browser.console == []

    browser.open(f"{sandbox.url}/shop/order/{order_id}")
    browser.wait_for("document.body.innerText.includes('6A99')")
