"""OCA's Shopify connector, which B1 compares with: it need not fetch its orders, and is given them in its own words."""

from __future__ import annotations

from typing import Any

from dev.bench import shop_orders, shopify_tasks
from dev.bench.order_tasks import sales_tax, timed
from dev.bench.shopify_tasks import bag

Found = dict[str, Any]


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

    found = timed(env, options, work)
    failed = env["shopify.order"].search([("state", "=", "error")])
    return {**found, "failed": len(failed), "why": failed[:1].error_message or ""}


def oca_on_shopify(env: Any, options: Found) -> Found:
    """OCA's connector on the very same orders, which it need not fetch."""
    raws = shopify_tasks.read(options["url"])
    instance = _shopify_instance(env, {row["sku"]: row for raw in raws for row in raw["lineItems"]["nodes"]})
    return _oca_jobs(env, options, instance, [(shopify_tasks.customer(raw), shopify_tasks.order(raw)) for raw in raws])


# --- the addon's own words


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
            "tax_id": sales_tax(env).id,
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
