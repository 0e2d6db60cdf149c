"""The first step after connecting: a person sets up the shop's taxes, and confirms once."""

from __future__ import annotations

import shop
from dev.browser import Browser
from dev.client import Client
from dev.sandbox import SandboxServer
from dev.server import OdooServer


def test_a_merchant_sets_up_the_taxes_of_a_new_shop(odoo: OdooServer, sandbox: SandboxServer, browser: Browser) -> None:
    admin: Client = odoo.client()
    channel = shop.connect(admin, sandbox, tax_policy="ask")
    (order_id,) = shop.place(sandbox)
    issue = [("code", "=", "unknown_tax"), ("state", "=", "open")]
    shop.wait_for(lambda: admin.search_read("ecom.issue", issue, "id"))
    admin.call("ecom.tax.mapping", "unlink", [row["id"] for row in admin.search_read("ecom.tax.mapping", [], "id")])

    browser.log_in(odoo.url, path=f"/odoo/ecommerce/{channel}")
    browser.click("button[name=action_set_up_taxes]")
    browser.wait_for_element(".modal .o_list_view, .modal .o_list_renderer")
    browser.wait_for("document.querySelector('.modal').innerText.includes('TVA 20 %')")
    browser.click(".modal button[name=action_apply]")

    shop.wait_for(lambda: shop.order(admin, order_id))
    assert not admin.search_read("ecom.issue", issue, "id")
    mapped = admin.search_read("ecom.tax.mapping", [("channel_id", "=", channel), ("rate", "=", 20)], "tax_id", "scope")
    assert {row["scope"] for row in mapped} == {"consu", "service"} and all(row["tax_id"] for row in mapped)
    assert browser.console == []
