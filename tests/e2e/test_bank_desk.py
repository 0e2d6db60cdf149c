"""The bank's reconciliation screen in a real browser, by the keyboard alone."""

from __future__ import annotations

import time
from typing import Any

import shop
from dev.browser import Browser
from dev.client import Client
from dev.sandbox import SandboxServer
from dev.server import OdooServer

CODES = {"Enter": 13, "ArrowDown": 40, "ArrowRight": 39, "u": 85, "s": 83, "w": 87, "/": 191, " ": 32, "Escape": 27}
DESK = ".o_ecom_desk"


class Keys:
    """Real key events, and what the screen shows after each."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def press(self, name: str) -> None:
        code = {"key": name, "code": name, "windowsVirtualKeyCode": CODES[name]}
        if name == "Enter":
            code["text"] = "\r"
        self.browser.send("Input.dispatchKeyEvent", type="keyDown", **code)
        self.browser.send("Input.dispatchKeyEvent", type="keyUp", **code)

    def type(self, text: str) -> None:
        self.browser.send("Input.insertText", text=text)

    def left(self, count: int) -> None:
        """Wait until so many lines are left."""
        self.browser.wait_for(f"document.querySelector('{DESK}_left')?.dataset.left === '{count}'")
        self.browser.wait_for(f"!document.querySelector('{DESK} footer button[disabled]')")

    def see(self, selector: str, text: str) -> None:
        """Wait until a part of the screen has this text."""
        self.browser.wait_for(f"(document.querySelector({selector!r})?.innerText || '').includes({text!r})")


def awaited(admin: Client, sandbox: SandboxServer, names: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """An order of each of these customers, to be paid by transfer."""
    keeper = shop.shopkeeper(sandbox)
    product = keeper.post("products", {"name": "Mug", "sku": "MUG-B", "regular_price": "12.00"})
    ids = []
    for number, (first, last) in enumerate(names, 1):
        body = {
            "status": "on-hold",
            "payment_method": "bacs",
            "payment_method_title": "Virement bancaire",
            "billing": {"first_name": first, "last_name": last, "country": "FR", "email": f"{last}@example.com"},
            "line_items": [{"product_id": product["id"], "quantity": number}],
        }
        ids.append(str(keeper.post("orders", body)["id"]))
    domain = [("external_id", "in", ids), ("state", "=", "settled")]
    found, _ = shop.wait_for(
        lambda: (
            rows
            if len(rows := admin.search_read("ecom.order", domain, "amount_total", "sale_order_id", "external_id"))
            == len(ids)
            else None
        )
    )
    return sorted(found, key=lambda row: ids.index(row["external_id"]))


def test_bank_lines_are_explained_undone_and_written_off_by_the_keyboard(
    odoo: OdooServer, sandbox: SandboxServer, browser: Browser
) -> None:
    admin = odoo.client()
    (right,) = admin.search_read(
        "ir.model.data", [("module", "=", "account"), ("name", "=", "group_account_user")], "res_id"
    )
    admin.call("res.users", "write", [admin.uid], {"group_ids": [(4, right["res_id"])]})
    shop.connect(admin, sandbox)
    first, second = awaited(admin, sandbox, [("Marie", "Durand"), ("Hugo", "Vandenbroucke")])
    bank = admin.search_read("account.journal", [("type", "=", "bank")], "name")[0]["id"]
    today = time.strftime("%Y-%m-%d")
    for label, amount in (
        (f"VIR DURAND MARIE {first['sale_order_id'][1]}", first["amount_total"]),
        ("VIREMENT", second["amount_total"] - 0.5),
        ("FRAIS", -3),
    ):
        values = {"journal_id": bank, "payment_ref": label, "amount": amount, "date": today}
        admin.call("account.bank.statement.line", "create", [values])
    browser.log_in(odoo.url)
    browser.open(f"{odoo.url}/odoo/bank-reconciliation")
    browser.wait_for_element(f"{DESK}_line.active")
    keys = Keys(browser)
    keys.left(3)
    # Faster typed than found: the proposal that is marked is not what was searched for.
    keys.press("/")
    keys.type("vandenbr")
    keys.press("Enter")
    keys.see(f"{DESK}_proposal", "Hugo Vandenbroucke")
    keys.left(3)
    assert not admin.search_read("account.bank.statement.line", [("ecom_explained_at", "!=", False)], "payment_ref")
    keys.press("Escape")
    keys.press("Enter")
    keys.left(2)
    keys.see(f"{DESK}_done", "The label names it")
    keys.press("u")
    keys.left(3)
    keys.press("Enter")
    keys.left(2)
    # What nothing resembles is searched for, and what lacks is written off with its reason.
    keys.press("/")
    keys.type("vandenbr")
    keys.see(f"{DESK}_proposal", "Hugo Vandenbroucke")
    keys.press("Escape")
    keys.press("s")
    keys.see(f"{DESK}_line.active", "FRAIS")
    browser.click(f"{DESK}_line[data-id]:not(.active)")
    keys.press("/")
    keys.type("vandenbr")
    keys.see(f"{DESK}_rest", "0.50")
    browser.click(f"{DESK}_rest button")
    browser.wait_for_element(f"{DESK}_account input:focus")
    keys.type("627")
    browser.wait_for_element(".o-autocomplete--dropdown-item a")
    keys.press("Enter")
    browser.wait_for_element(f"{DESK}_rest > input:focus")
    keys.type("Frais de la banque")
    keys.press("Enter")
    keys.left(1)
    rows = admin.search_read("account.bank.statement.line", [("payment_ref", "=", "VIREMENT")], "ecom_reason")
    assert "Frais de la banque" in rows[0]["ecom_reason"]
    waiting = admin.search_read("sale.order", [("ecom_awaits_money", "=", True)], "name")
    assert not waiting
    assert not browser.evaluate("Boolean(document.querySelector('.o_error_dialog'))")
