import hashlib

from odoo import models
from odoo.tools import SQL
from odoo.tools.misc import split_every

from ...decisions.taxation import Treatment

RECENT_ORDERS = 500  # beside those that are still to be shipped, which are all told
ORDERS_A_CALL = 200
PRODUCTS_A_CALL = 500
OTHER_PRODUCTS = 200  # of a channel that has seen no product yet
CHARGED = (Treatment.DOMESTIC.value, Treatment.OVERSEAS.value, Treatment.EU_CONSUMER.value, Treatment.FOREIGN.value)


class EcomChannel(models.Model):
    """What a channel knows of its shop, told to the sandbox in no vendor's words: ids, names, prices, raw orders."""

    _inherit = "ecom.channel"

    def _prepare_for_sandbox(self):
        """:return: ``(fresh webhook secrets, [what the sandbox is told, in parts])``; the first part has the facts."""
        self.ensure_one()
        fresh = self._fresh_webhook_secrets()
        # The token is of this copy alone: another copy of the same database is another shop.
        token = fresh.get("webhook_token") or self.webhook_token
        shop = {"shop": hashlib.sha256(token.encode()).hexdigest()[:32], "platform": self.platform}
        orders = self._orders_for_sandbox()
        last = next(iter(orders._parse_all(self, orders[:1].mapped("payload"))), None)
        included = last.prices_include_tax if last else self.company_id.account_price_include == "tax_included"
        facts = {
            "name": self.name,
            "currency": last.currency if last else self.company_id.currency_id.name,
            "country": self.company_id.country_id.code or False,
            "prices_include_tax": included,
            "statuses": sorted(set(self._state_names().values())),
            "headers": {"X-Odoo-Database": self.env.cr.dbname},
            "taxes": self._taxes_for_sandbox(),
            "highest": self._highest_ids(),
        }
        products = self._products_for_sandbox(included)
        parts = [{"products": list(part)} for part in split_every(PRODUCTS_A_CALL, products)] or [{}]
        parts += [{"orders": list(part)} for part in split_every(ORDERS_A_CALL, orders.mapped("payload"))]
        return fresh, [shop | facts | parts[0], *(shop | part for part in parts[1:])]

    def _orders_for_sandbox(self):
        """Orders whose raw data is still kept: all that are under way, and the newest of the others."""
        Order = self.env["ecom.order"]
        kept = [("channel_id", "=", self.id), ("payload", "!=", False)]
        under_way = ["|", ("state", "in", ("received", "blocked"))]
        under_way += [("sale_order_ids.delivery_status", "in", ("pending", "started", "partial"))]
        orders = Order.search([*kept, *under_way]) | Order.search(kept, limit=RECENT_ORDERS)
        orders.fetch(["payload"])
        return orders.sorted("id", reverse=True)

    def _taxes_for_sandbox(self):
        """The rates that orders have named, each by its code, home's first."""
        rows = self.mapping_tax_ids.filtered(lambda row: row.rate and row.treatment in CHARGED)
        taxes = {}
        for row in rows.sorted(lambda row: (row.treatment != Treatment.DOMESTIC.value, row.id)):
            country = "" if row.treatment == Treatment.DOMESTIC.value else row.country_code or ""
            taxes.setdefault(
                row.code, {"code": row.code, "label": row.label or "", "rate": row.rate, "country": country}
            )
        return list(taxes.values())

    def _products_for_sandbox(self, prices_include_tax):
        """Every offer with its product as Odoo has it; without any, products that are sold."""
        self = self.with_context(active_test=False, warehouse_id=self.warehouse_id.id)
        offers = self.env["ecom.offer"].search([("channel_id", "=", self.id)], order="listing_id, id")
        known = [
            (offer.listing_id.external_id, offer.external_id or "", offer.sku, offer.product_id) for offer in offers
        ]
        if not known:
            Product = self.env["product.product"].with_context(active_test=True)
            domain = [
                *Product._check_company_domain(self.company_id),
                *self._has_sku_domain(),
                ("sale_ok", "=", True),
                ("type", "=", "consu"),
            ]
            known = [("", "", "", product) for product in Product.search(domain, limit=OTHER_PRODUCTS)]
        products = self.env["product.product"].browse([row[3].id for row in known]).with_prefetch()
        products.fetch(["default_code", "barcode", "lst_price", "weight", "taxes_id", "product_tmpl_id"])
        skus = self._skus(products)
        free = self._free_stock(products)
        return [
            {
                "product_id": product_id,
                "variant_id": variant_id,
                "sku": sku or skus[product],
                "barcode": product.barcode or "",
                "name": product.product_tmpl_id.name,
                "variant": product.product_template_attribute_value_ids._get_combination_name(),
                "weight": product.weight,
                "stock": int(free[product]) if product.is_storable else None,
            }
            | self._price_for_sandbox(product, prices_include_tax)
            for (product_id, variant_id, sku, _product), product in zip(known, products, strict=True)
        ]

    def _price_for_sandbox(self, product, prices_include_tax):
        """``{"price": what the shop's page shows, as text, "tax_rate": in percent}``."""
        taxes = product.taxes_id._filter_taxes_by_company(self.company_id)
        totals = taxes.compute_all(product.lst_price, self.company_id.currency_id, 1, product)
        price = totals["total_included" if prices_include_tax else "total_excluded"]
        rate = sum(taxes.filtered(lambda tax: tax.amount_type == "percent").mapped("amount"))
        return {"price": f"{price:.2f}", "tax_rate": rate}

    def _highest_ids(self):
        """The highest number among the shop's ids of each kind: new ones of the sandbox go on above them."""
        kinds = {
            "orders": ("ecom_order", "ecom_order_refund"),
            "products": ("ecom_listing", "ecom_offer"),
            "customers": ("ecom_customer",),
        }
        highest = {}
        for kind, tables in kinds.items():
            highest[kind] = str(max(self._highest_id(table) for table in tables))
        return highest

    def _highest_id(self, table):
        mine = SQL("channel_id = %s", self.id)
        if table == "ecom_order_refund":
            mine = SQL("order_id IN (SELECT id FROM ecom_order WHERE channel_id = %s)", self.id)
        query = SQL(
            "SELECT max(external_id::bigint) FROM %s WHERE %s AND external_id ~ '^[0-9]{1,15}$'",
            SQL.identifier(table),
            mine,
        )
        return self.env.execute_query(query)[0][0] or 0
