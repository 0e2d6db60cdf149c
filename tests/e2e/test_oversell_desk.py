"""The oversell desk in the browser: customer service decides about missing goods, and the shop shows it."""

from __future__ import annotations

from pathlib import Path

from dev.browser import Browser
from dev.client import Client
from dev.sandbox import SandboxServer
from dev.server import OdooServer
from shop import connect, order, shopkeeper, wait_for
from test_stock import on_shop, product_with, sold


def oversold(admin: Client, sandbox: SandboxServer, sku: str, there: int, wanted: int) -> tuple[str, int]:
    """An order of more than there is, held in Odoo; returns its id on the shop and the order's id in Odoo."""
    product_with(admin, sku, there)
    order_id = sold(sandbox, on_shop(sandbox, sku, 50), wanted)
    found, _ = wait_for(lambda: order(admin, order_id))
    missing = [("order_id", "=", found["id"]), ("code", "=", "oversold"), ("state", "=", "open")]
    wait_for(lambda: admin.call("ecom.issue", "search_count", missing))
    return order_id, int(found["id"])


def open_desk(browser: Browser, odoo: OdooServer) -> None:
    """From the issue desk, by its own button."""
    browser.log_in(odoo.url, path="/odoo/shop-issues")
    browser.wait_for("document.querySelectorAll('.o_data_row').length == 1")
    browser.click(".o_data_row button[name=action_settle]")
    browser.wait_for_element(".modal div[name=proposal_ids] .o_data_row")


def do(browser: Browser, words: str) -> None:
    """Press the button of the row that says this."""
    rows = "[...document.querySelectorAll('.modal div[name=proposal_ids] .o_data_row')]"
    row = f"{rows}.find(row => row.innerText.includes({words!r}))"
    browser.wait_for(f"{row} !== undefined")
    browser.evaluate(f"{row}.querySelector('button[name=action_apply]').click()")


def test_what_is_missing_is_taken_out_of_the_order_on_the_shop_too(
    odoo: OdooServer, admin: Client, sandbox: SandboxServer, browser: Browser
) -> None:
    connect(admin, sandbox, stock_push=True)
    order_id, found = oversold(admin, sandbox, "RARE", there=2, wanted=5)
    open_desk(browser, odoo)
    text = browser.text(".modal")
    assert "Take 3 out of the order" in text and "2 there, 3 to follow" in text
    browser.click(".modal div[name=tell_customer] input")
    do(browser, "Take 3 out")
    browser.click(".modal:last-child .modal-footer .btn-primary")  # yes, take it out
    wait_for(lambda: [row["quantity"] for row in shopkeeper(sandbox).get(f"orders/{order_id}")["line_items"]] == [2])
    browser.wait_for("document.querySelector('.modal') === null")

    sales = admin.search_read("sale.order", [("ecom_order_id", "=", found)], "ecom_hold", "picking_ids")
    assert [sale["ecom_hold"] for sale in sales] == [False]
    (picking,) = admin.call("stock.picking", "read", sales[0]["picking_ids"], ["state"])
    assert picking["state"] == "assigned"
    domain = [("order_id", "=", found), ("state", "=", "open")]
    assert [row["code"] for row in admin.search_read("ecom.issue", domain, "code")] == ["refund_owed"]
    wrote = [("model", "=", "sale.order"), ("res_id", "=", sales[0]["id"]), ("subject", "!=", False)]
    (message,) = admin.search_read("mail.message", wrote, "body")
    assert "RARE" in message["body"]
    assert browser.console == []


def test_what_is_there_leaves_now_by_one_button(
    odoo: OdooServer, admin: Client, sandbox: SandboxServer, browser: Browser, tmp_path: Path
) -> None:
    connect(admin, sandbox, stock_push=True)
    _order_id, found = oversold(admin, sandbox, "RARE", there=2, wanted=5)
    open_desk(browser, odoo)
    do(browser, "Ship what is there now")
    browser.wait_for("document.querySelector('.modal') === null")
    sales = admin.search_read("sale.order", [("ecom_order_id", "=", found)], "ecom_hold", "picking_ids")
    assert [sale["ecom_hold"] for sale in sales] == [False]
    (picking,) = admin.call("stock.picking", "read", sales[0]["picking_ids"], ["state"])
    assert picking["state"] == "assigned"
    browser.wait_for("document.querySelectorAll('.o_data_row').length == 0")
    assert browser.console == []
