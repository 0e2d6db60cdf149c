"""Work on databases from inside Odoo. Runs as a process of its own: ``python -m dev.build CONFIG WHAT [ADDON ...]``.

``native`` fills an empty database with Odoo's own modules as a French company; ``addons`` installs or upgrades the
project's addons in one; ``terms`` writes each addon's translation template from one.
"""

from __future__ import annotations

import sys
from typing import Any

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config
from odoo.tools.translate import trans_export

from dev.paths import ADDONS

MODULES = (
    "sale_management",
    "stock_delivery",
    "sale_stock",
    "account",
    "account_payment",
    "l10n_fr_account",
    "l10n_eu_oss",
    "phone_validation",
    "base_vat",
    "product_expiry",
    "sale_stock_product_expiry",
    "stock_picking_batch",
    "rpc",
    "web_tour",
)
GROUPS = (
    "product.group_product_variant",
    "product.group_product_pricelist",
    "sale.group_discount_per_so_line",
    "account.group_delivery_invoice_address",
    "stock.group_production_lot",
    "stock.group_stock_multi_locations",
    "stock.group_stock_multi_warehouses",
)
"""Features that a merchant ticks in the settings; every employee has them."""
TAXES_INCLUDED = tuple(f"{rate}% {kind} INC" for rate in ("20", "10", "5.5", "2.1") for kind in ("G", "S"))
"""The French chart's sale taxes for prices with tax, on goods and on services. They come inactive."""
SCRIPTS = (
    "web.assets_web",
    "web.assets_frontend_lazy",
    "web.assets_frontend_minimal",
    "web.assets_emoji",
    "web.chartjs_lib",
    "web_tour.interactive",
    "bus.websocket_worker_assets",
)
STYLES = ("web.assets_web", "web.assets_frontend", "web.assets_web_print")
PRINTED_STYLES = ("web.report_assets_common", "web.report_assets_pdf")
NOWHERE = "http://127.0.0.1:9"
"""Where Odoo's paid services are looked for, so that nothing leaves this machine."""


def native(database: str) -> None:
    """Install Odoo's modules and make the company French."""
    config._cli_options["load_language"] = "en_US,fr_FR"
    Registry.new(database, update_module=True, install_modules=["base"])
    with Registry(database).cursor() as cr:
        _start_company(api.Environment(cr, SUPERUSER_ID, {}))
    Registry.new(database, update_module=True, install_modules=MODULES)
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        _set_up_accounts(env)
        _set_up_warehouses(env)
        _set_up_users(env)
        _stay_on_this_machine(env)
        env["ir.attachment"].force_storage()
        _make_bundles(env)


def addons(database: str, names: list[str]) -> None:
    """Install the addons that are missing and upgrade the others."""
    with Registry(database).cursor() as cr:
        cr.execute("SELECT name FROM ir_module_module WHERE state = 'installed' AND name = ANY(%s)", [names])
        there = [name for (name,) in cr.fetchall()]
    missing = [name for name in names if name not in there]
    Registry.new(database, update_module=True, install_modules=missing, upgrade_modules=there)
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        unfinished = env["ir.module.module"].search([("name", "in", names), ("state", "!=", "installed")])
        if unfinished:
            raise SystemExit(f"not installed: {', '.join(unfinished.mapped('name'))}")
        _make_bundles(env)


def terms(database: str, names: list[str]) -> None:
    """Write ``i18n/<addon>.pot`` of each addon: every text that a database with the addon can show."""
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        for name in names:
            folder = ADDONS / name / "i18n"
            folder.mkdir(exist_ok=True)
            with (folder / f"{name}.pot").open("wb") as file:
                trans_export(None, [name], file, "po", env)


def _start_company(env: Any) -> None:
    """What has to be known before the other modules are installed: the chart of accounts follows the country."""
    # Files in the database: a copy of the database is then a whole copy.
    env["ir.config_parameter"].set_param("ir_attachment.location", "db")
    env.ref("base.EUR").active = True
    env.company.write(
        {
            "name": "Ma Boutique",
            "country_id": env.ref("base.fr").id,
            "currency_id": env.ref("base.EUR").id,
            "street": "12 rue du Commerce",
            "zip": "75015",
            "city": "Paris",
        }
    )


def _set_up_accounts(env: Any) -> None:
    if env.company.chart_template != "fr":
        env["account.chart.template"].try_loading("fr", env.company, install_demo=False)
    env.company.account_price_include = "tax_included"
    taxes = env["account.tax"].with_context(active_test=False, lang="en_US")
    included = taxes.search(
        [("company_id", "=", env.company.id), ("type_tax_use", "=", "sale"), ("name", "in", TAXES_INCLUDED)]
    )
    included.active = True
    env.company.account_sale_tax_id = included.filtered(lambda tax: tax.name == "20% G INC")


def _set_up_warehouses(env: Any) -> None:
    warehouses = env["stock.warehouse"]
    first = warehouses.search([("company_id", "=", env.company.id)], limit=1)
    first.write({"name": "Entrepôt Paris", "code": "PAR"})
    warehouses.create({"name": "Entrepôt Lyon", "code": "LYO", "company_id": env.company.id})


def _set_up_users(env: Any) -> None:
    admin = env.ref("base.user_admin")
    admin.write({"login": "admin", "password": "admin", "lang": "en_US", "tz": "Europe/Paris"})
    env.company.partner_id.write({"lang": "fr_FR", "tz": "Europe/Paris"})
    employees = env.ref("base.group_user")
    employees.write({"implied_ids": [(4, env.ref(group).id) for group in GROUPS]})


def _stay_on_this_machine(env: Any) -> None:
    env["ir.config_parameter"].set_param("iap.endpoint", NOWHERE)
    env.ref("mail.ir_cron_module_update_notification").active = False


def _make_bundles(env: Any) -> None:
    """Make the scripts and styles of what people and tests open and print, so that no first page waits for them."""
    bundle = env["ir.qweb"]._get_asset_bundle
    for name in SCRIPTS:
        bundle(name, css=False).js()
    for name in STYLES:
        bundle(name, js=False).css()
    for name in PRINTED_STYLES:
        bundle(name, js=False, autoprefix=True).css()


if __name__ == "__main__":
    config_file, what, *rest = sys.argv[1:]
    config.parse_config(["--config", config_file], setup_logging=True)
    (name,) = config["db_name"]
    if what == "native":
        native(name)
    else:
        {"addons": addons, "terms": terms}[what](name, rest)
