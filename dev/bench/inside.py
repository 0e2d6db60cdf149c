"""Tasks inside a process with Odoo: ``python -m dev.bench.inside CONFIG TASK OPTIONS``; the last line is the answer.

Every candidate of B1 reads the same pages of the same shop over HTTP, except the OCA addon, which is given its orders.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.modules.registry import Registry
from odoo.tools import config

from dev.bench import catalogue_tasks, forecast_tasks, shop_orders, shopify_tasks, stock_tasks
from dev.bench.shopify_tasks import bag
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


def main(config_file: str, task: str, options: str) -> None:
    """Run one task and print what it found."""
    config.parse_config(["--config", config_file], setup_logging=True)
    (database,) = config["db_name"]
    if task == "install":
        Registry.new(database, update_module=True, install_modules=json.loads(options)["modules"])
        print(json.dumps({}))
        return
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "fr_FR"})
        found = TASKS[task](env, json.loads(options))
        cr.commit()
    print(json.dumps(found), flush=True)


# --- preparing


def catalogue(env: Any, options: Found) -> Found:
    """Storable products that the shop sells by their SKU, more of each than all orders want."""
    env = env(context=dict(env.context, **QUIET))
    skus = shop_orders.skus(options["count"])
    tax = _tax(env)
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
    made = [_channel(env, url, f"Boutique {index + 1}") for index, url in enumerate(options["urls"])]
    return {"ids": [channel.id for channel in made]}


def _channel(env: Any, url: str, name: str) -> Any:
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


# --- the candidates of B1


def ours(env: Any, options: Found) -> Found:
    """The orders lane, run after run until nothing is left to do."""
    channel = _channel(env, options["url"], "Boutique")
    env.cr.commit()

    def work() -> None:
        lane = channel._work_env()
        while lane._lane_orders(time.monotonic() + 1):
            env.cr.commit()
            env.invalidate_all()

    return _timed(env, options, work)


def one_by_one(env: Any, options: Found) -> Found:
    """What a first version of a connector does: customer, order, confirmation, commit; the next."""

    def work() -> None:
        for raws in _pages(options["url"], options["count"]):
            for raw in raws:
                partner = env["res.partner"].create(_partner(env, raw))
                order = env["sale.order"].create(_sale_order(env, raw, partner, _products(env, [raw])))
                order.action_confirm()
                env.cr.commit()

    return _timed(env, options, work)


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

    return _timed(env, options, work)


def oca(env: Any, options: Found) -> Found:
    """OCA's Shopify connector: for each order the job that its queue runs, customer first."""
    raws = shop_orders.orders(options["count"], shop_orders.skus(options["skus"]))
    rows = {row["sku"]: _shopify_ids(row["sku"]) for raw in raws for row in raw["line_items"]}
    jobs = [(_shopify_customer(raw), _shopify_order(raw)) for raw in raws]
    return _oca_jobs(env, options, _shopify_instance(env, rows), jobs)


def _oca_jobs(env: Any, options: Found, instance: Any, jobs: list[tuple[Found, Found]]) -> Found:
    env.cr.commit()

    def work() -> None:
        for customer, order in jobs:
            env["shopify.customer"]._job_import_customer(instance.id, customer)
            env.cr.commit()
            env["shopify.order"]._job_import_order(instance.id, order)
            env.cr.commit()
            env.invalidate_all()  # every job of a queue starts with nothing in memory

    found = _timed(env, options, work)
    failed = env["shopify.order"].search([("state", "=", "error")])
    return {**found, "failed": len(failed), "why": failed[:1].error_message or ""}


def ours_on_shopify(env: Any, options: Found) -> Found:
    """As :func:`ours`, from a Shopify shop."""
    channel = shopify_tasks.shop_channel(env, options["url"])
    env.cr.commit()
    return _timed(env, options, lambda: shopify_tasks.work_off(env, channel))


def oca_on_shopify(env: Any, options: Found) -> Found:
    """OCA's connector on the very same orders, which it need not fetch."""
    raws = shopify_tasks.read(options["url"])
    instance = _shopify_instance(env, {row["sku"]: row for raw in raws for row in raw["lineItems"]["nodes"]})
    return _oca_jobs(env, options, instance, [(shopify_tasks.customer(raw), shopify_tasks.order(raw)) for raw in raws])


def _timed(env: Any, options: Found, work: Callable[[], None]) -> Found:
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
    tax = _tax(env)
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


def _tax(env: Any) -> Any:
    return env.company.account_sale_tax_id


# --- the OCA addon's own words


def _shopify_ids(sku: str) -> Found:
    return {
        "variant": {"id": f"gid://shopify/ProductVariant/{sku[-5:]}"},
        "product": {"id": f"gid://shopify/Product/{sku[-5:]}"},
    }


def _shopify_instance(env: Any, rows: dict[str, Found]) -> Any:
    """:param rows: the shop's ids by SKU, as lines of orders name them"""
    instance = env["shopify.instance"].create(
        {"name": "Boutique", "shop_url": "boutique.myshopify.com", "access_token": "x", "webhook_secret": "x"}
    )
    instance.write({"state": "connected", "order_confirmation_policy": "auto"})
    env["shopify.tax.mapping"].create(
        {
            "instance_id": instance.id,
            "rate": "0.2",
            "country_id": env.ref("base.fr").id,
            "price_included": True,
            "tax_id": _tax(env).id,
        }
    )
    found = env["product.product"].search([("default_code", "in", list(rows))])
    products = {product.default_code: product for product in found}
    for product in products.values():
        product.company_id = env.company  # the addon wants it
    templates = env["shopify.product.template"].create(
        [
            {
                "instance_id": instance.id,
                "shopify_id": rows[sku]["product"]["id"],
                "odoo_id": product.product_tmpl_id.id,
                "status": "ACTIVE",
            }
            for sku, product in products.items()
        ]
    )
    env["shopify.product.variant"].create(
        [
            {
                "instance_id": instance.id,
                "shopify_id": rows[sku]["variant"]["id"],
                "template_binding_id": template.id,
                "odoo_id": product.id,
            }
            for (sku, product), template in zip(products.items(), templates, strict=True)
        ]
    )
    return instance


def _shopify_customer(raw: Found) -> Found:
    billing = raw["billing"]
    address = {
        "id": f"gid://shopify/MailingAddress/{raw['id']}",
        "firstName": billing["first_name"],
        "lastName": billing["last_name"],
        "address1": billing["address_1"],
        "city": billing["city"],
        "zip": billing["postcode"],
        "countryCodeV2": billing["country"],
    }
    return {
        "id": f"gid://shopify/Customer/{raw['id']}",
        "firstName": billing["first_name"],
        "lastName": billing["last_name"],
        "email": billing["email"],
        "phone": billing["phone"],
        "tags": [],
        "taxExempt": False,
        "defaultAddress": address,
        "addressesV2": {"nodes": [address]},
    }


def _shopify_order(raw: Found) -> Found:
    def taxes(row: Found) -> list[Found]:
        return [{"title": "TVA", "rate": 0.2, "priceSet": bag(row["total_tax"])}]

    def gross(row: Found) -> str:
        return f"{float(row['total']) + float(row['total_tax']):.2f}"

    lines = [
        {
            "id": f"gid://shopify/LineItem/{row['id']}",
            "name": row["name"],
            "sku": row["sku"],
            "quantity": row["quantity"],
            "currentQuantity": row["quantity"],
            "refundableQuantity": row["quantity"],
            **_shopify_ids(row["sku"]),
            "originalUnitPriceSet": bag(str(shop_orders.price(row["sku"]))),
            "discountedUnitPriceAfterAllDiscountsSet": bag(str(shop_orders.price(row["sku"]))),
            "taxLines": taxes(row),
            "discountAllocations": [],
        }
        for row in raw["line_items"]
    ]
    shipping = [
        {
            "id": f"gid://shopify/ShippingLine/{row['id']}",
            "title": row["method_title"],
            "originalPriceSet": bag(gross(row)),
            "discountedPriceSet": bag(gross(row)),
            "currentDiscountedPriceSet": bag(gross(row)),
            "taxLines": taxes(row),
        }
        for row in raw["shipping_lines"]
    ]
    return {
        "id": f"gid://shopify/Order/{raw['id']}",
        "name": f"#{raw['number']}",
        "createdAt": f"{raw['date_created_gmt']}Z",
        "updatedAt": f"{raw['date_modified_gmt']}Z",
        "currencyCode": "EUR",
        "presentmentCurrencyCode": "EUR",
        "taxesIncluded": True,
        "customer": {"id": f"gid://shopify/Customer/{raw['id']}"},
        "shippingAddress": {"countryCodeV2": "FR"},
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "currentSubtotalPriceSet": bag(f"{float(raw['total']) - 4.80:.2f}"),
        "currentTotalDiscountsSet": bag("0.00"),
        "currentShippingPriceSet": bag("4.80"),
        "currentTotalTaxSet": bag(raw["total_tax"]),
        "currentTotalPriceSet": bag(raw["total"]),
        "lineItems": {"nodes": lines},
        "shippingLines": {"nodes": shipping},
        "transactions": [],
        "refunds": {"nodes": []},
        "tags": [],
        "discountCodes": [],
    }


def catalogue_ours(env: Any, options: Found) -> Found:
    return catalogue_tasks.catalogue_ours(env, _channel(env, options["url"], "Boutique"), options)


def catalogue_in_batches(env: Any, options: Found) -> Found:
    return catalogue_tasks.catalogue_in_batches(env, _channel(env, options["url"], "Boutique"), options)


def count_calls(env: Any, options: Found) -> Found:
    """What each platform's package asks of its shop."""
    from dev.bench import call_tasks  # finds the addons once Odoo knows where they are

    return call_tasks.count_calls(env, options)


TASKS: dict[str, Callable[[Any, Found], Found]] = {
    task.__name__: task
    for task in (
        catalogue,
        channels,
        ours,
        one_by_one,
        in_batches,
        oca,
        ours_on_shopify,
        oca_on_shopify,
        count_calls,
        catalogue_ours,
        catalogue_in_batches,
        forecast_tasks.forecast_night,
        stock_tasks.stock_fill,
        stock_tasks.stock_compute,
        stock_tasks.stock_tell,
        stock_tasks.stock_capture,
    )
}

if __name__ == "__main__":
    main(*sys.argv[1:])
