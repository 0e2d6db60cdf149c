"""The candidates of B1, inside a process with Odoo: all read the same pages of the same shop over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from odoo import Command, fields

from dev.bench import shop_orders, shopify_tasks
from dev.demo_shops import CONSUMER_KEY, CONSUMER_SECRET

QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_automation_skip": True,
}
PAGE = 100
BATCH = 50
Found = dict[str, Any]


# --- preparing


def catalogue(env: Any, options: Found) -> Found:
    """Storable products that the shop sells by their SKU, more of each than all orders want."""
    env = env(context=dict(env.context, **QUIET))
    skus = shop_orders.skus(options["count"])
    tax = sales_tax(env)
    for start in range(0, len(skus), 500):
        products = env["product.product"].create(
            [
                {
                    "name": f"Article {sku}",
                    "default_code": sku,
                    "is_storable": True,
                    "list_price": float(shop_orders.price(sku)),
                    "taxes_id": [Command.set(tax.ids)],
                    "invoice_policy": "order",
                }
                for sku in skus[start : start + 500]
            ]
        )
        location = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1).lot_stock_id
        env["stock.quant"].create(
            [{"product_id": product.id, "location_id": location.id, "quantity": 1_000_000} for product in products]
        )
        env.cr.commit()
        env.invalidate_all()
    return {}


def channels(env: Any, options: Found) -> Found:
    """Connected channels, one for each address; their lanes are to be woken by the caller."""
    made = [woo_channel(env, url, f"Boutique {index + 1}") for index, url in enumerate(options["urls"])]
    return {"ids": [channel.id for channel in made]}


def woo_channel(env: Any, url: str, name: str = "Boutique") -> Any:
    """A connected WooCommerce channel."""
    channel = env["ecom.channel"].create(
        {
            "name": name,
            "url": url,
            "import_from": False,
            "state": "connected",
            "calls_per_second": 1000,
            "webhooks_checked_at": fields.Datetime.now(),
        }
    )
    for row in channel.credential_ids:
        row.value = {"consumer_key": CONSUMER_KEY, "consumer_secret": CONSUMER_SECRET}.get(row.key, row.value)
    return channel


# --- the candidates


def ours(env: Any, options: Found) -> Found:
    """The orders lane, run after run until nothing is left to do."""
    channel = woo_channel(env, options["url"])
    env.cr.commit()

    def work() -> None:
        lane = channel._work_env()
        while lane._lane_orders(time.monotonic() + 1):
            env.cr.commit()
            env.invalidate_all()

    return timed(env, options, work)


def one_by_one(env: Any, options: Found) -> Found:
    """What a first version of a connector does: customer, order, confirmation, commit; the next."""

    def work() -> None:
        for raws in _pages(options["url"], options["count"]):
            for raw in raws:
                partner = env["res.partner"].create(_partner(env, raw))
                order = env["sale.order"].create(_sale_order(env, raw, partner, _products(env, [raw])))
                order.action_confirm()
                env.cr.commit()

    return timed(env, options, work)


def in_batches(env: Any, options: Found) -> Found:
    """The best that Odoo's own methods give: batches of 50, without followers or tracking, one commit each."""
    quiet = env(context=dict(env.context, **QUIET))

    def work() -> None:
        for raws in _pages(options["url"], options["count"]):
            for start in range(0, len(raws), BATCH):
                batch = raws[start : start + BATCH]
                products = _products(quiet, batch)
                partners = quiet["res.partner"].create([_partner(quiet, raw) for raw in batch])
                pairs = zip(batch, partners, strict=True)
                vals_list = [_sale_order(quiet, raw, partner, products) for raw, partner in pairs]
                quiet["sale.order"].create(vals_list).action_confirm()
                quiet.cr.commit()

    return timed(env, options, work)


def ours_on_shopify(env: Any, options: Found) -> Found:
    """As :func:`ours`, from a Shopify shop."""
    channel = shopify_tasks.shop_channel(env, options["url"])
    env.cr.commit()
    return timed(env, options, lambda: shopify_tasks.work_off(env, channel))


def timed(env: Any, options: Found, work: Callable[[], None]) -> Found:
    env.invalidate_all()
    statements, started, cpu = env.cr.sql_log_count, time.monotonic(), time.process_time()
    work()
    env.flush_all()
    env.cr.commit()
    seconds, cpu = time.monotonic() - started, time.process_time() - cpu
    statements = env.cr.sql_log_count - statements
    env.invalidate_all()
    sales = env["sale.order"].search([("state", "=", "sale")])
    pickings = sales.picking_ids
    return {
        "seconds": seconds,
        "cpu": cpu,
        "statements": statements / options["count"],
        "confirmed": len(sales),
        "reserved": len(pickings.filtered(lambda picking: picking.state == "assigned")),
        "total": round(sum(sales.mapped("amount_total")), 2),
        "customers": len(sales.partner_id),
    }


def _pages(url: str, count: int) -> Any:
    from odoo.addons.ecom_connector.platforms.transport import Transport
    from odoo.addons.ecom_connector.platforms.woocommerce.client import WooClient

    client = WooClient(url, CONSUMER_KEY, CONSUMER_SECRET, Transport())
    for page in range(1, -(-count // PAGE) + 1):
        yield client.get("orders", {"per_page": PAGE, "page": page, "orderby": "id", "order": "asc"})


def _partner(env: Any, raw: Found) -> Found:
    billing = raw["billing"]
    return {
        "name": f"{billing['first_name']} {billing['last_name']}",
        "email": billing["email"],
        "phone": billing["phone"],
        "street": billing["address_1"],
        "city": billing["city"],
        "zip": billing["postcode"],
        "country_id": env.ref("base.fr").id,
    }


def _products(env: Any, raws: list[Found]) -> Found:
    skus = {row["sku"] for raw in raws for row in raw["line_items"]}
    found = env["product.product"].search([("default_code", "in", list(skus))])
    return {product.default_code: product for product in found}


def _sale_order(env: Any, raw: Found, partner: Any, products: Found) -> Found:
    tax = sales_tax(env)
    lines = [
        {
            "product_id": products[row["sku"]].id,
            "name": row["name"],
            "product_uom_qty": row["quantity"],
            "price_unit": (float(row["total"]) + float(row["total_tax"])) / row["quantity"],
            "tax_ids": [Command.set(tax.ids)],
        }
        for row in raw["line_items"]
    ]
    lines += [
        {
            "product_id": env.ref("ecom_connector.product_delivery").id,
            "name": row["method_title"],
            "product_uom_qty": 1,
            "price_unit": float(row["total"]) + float(row["total_tax"]),
            "tax_ids": [Command.set(tax.ids)],
            "is_delivery": True,
        }
        for row in raw["shipping_lines"]
    ]
    return {
        "partner_id": partner.id,
        "client_order_ref": raw["number"],
        "date_order": raw["date_created_gmt"].replace("T", " "),
        "order_line": [Command.create(vals) for vals in lines],
    }


def sales_tax(env: Any) -> Any:
    return env.company.account_sale_tax_id
