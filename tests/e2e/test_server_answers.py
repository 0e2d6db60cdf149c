"""The ground holds: a real Odoo server answers, with our addons, in a browser without an error."""

from __future__ import annotations

from dev.browser import Browser
from dev.client import Client
from dev.databases import addon_names
from dev.server import OdooServer


def test_a_french_shop_answers_with_every_addon_installed(admin: Client) -> None:
    (company,) = admin.search_read("res.company", [], "country_code", "currency_id", "account_price_include")
    installed = admin.search_read("ir.module.module", [("name", "in", addon_names())], "name", "state")
    warehouses = admin.search_read("stock.warehouse", [], "code")

    assert company["country_code"] == "FR"
    assert company["currency_id"][1] == "EUR"
    assert company["account_price_include"] == "tax_included"
    assert {warehouse["code"] for warehouse in warehouses} == {"PAR", "LYO"}
    assert {addon["name"]: addon["state"] for addon in installed} == dict.fromkeys(addon_names(), "installed")


def test_a_killed_server_starts_again(odoo: OdooServer) -> None:
    partner = odoo.client().call("res.partner", "create", {"name": "Camille"})
    odoo.kill()
    assert not odoo.running

    odoo.start()

    assert odoo.client().search_read("res.partner", [("id", "=", partner)], "name")[0]["name"] == "Camille"


def test_the_web_client_loads_without_an_error(odoo: OdooServer, browser: Browser) -> None:
    browser.log_in(odoo.url)

    assert browser.text(".o_main_navbar")
    assert browser.console == []
