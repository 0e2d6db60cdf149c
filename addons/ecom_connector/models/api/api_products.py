from odoo import api, models


class EcomApi(models.AbstractModel):
    """Products and stock, as far as a shop needs them to sell."""

    _inherit = "ecom.api"

    @api.model
    def product_list(self, channel, cursor="", limit=200):
        """What may be sold and has a SKU, page by page: begin with an empty cursor, go on with the one returned.

        A pass lists every product that was there when it began.

        :return: ``{"items": [...], "cursor": text, "more": whether to go on}``
        """
        channel = self._channel(channel)
        after, limit = self._page(cursor, limit)
        Product = channel.env["product.product"]
        products = Product.search(
            [
                *Product._check_company_domain(channel.company_id),
                ("id", ">", after),
                ("sale_ok", "=", True),
                *channel._has_sku_domain(),
            ],
            order="id",
            limit=limit + 1,
        )
        page = products[:limit]
        skus = channel._skus(page)
        digits = max(channel.company_id.currency_id.decimal_places, 2)
        return {
            "items": [
                {
                    "id": str(product.id),
                    "product_id": str(product.product_tmpl_id.id),
                    "sku": skus[product],
                    "barcode": product.barcode or "",
                    "name": product.name,
                    "options": [
                        {"label": value.attribute_id.name, "value": value.name}
                        for value in product.product_template_attribute_value_ids
                    ],
                    "price": f"{product.lst_price:.{digits}f}",
                    "currency": product.currency_id.name,
                    "weight": product.weight,
                    "storable": product.is_storable,
                }
                for product in page
            ],
            "cursor": str(page[-1].id) if page else cursor,
            "more": len(products) > limit,
        }

    @api.model
    def stock_get(self, channel, skus):
        """What is free in the channel's warehouse: on the shelves and not reserved, as Odoo counts it.

        :return: one result for each SKU: ``ok`` with ``quantity``, or ``error``
        """
        channel = self._channel(channel)
        skus = self._refs(skus, "skus")
        products = self._products_by_sku(channel, set(skus))
        found = channel.env["product.product"].union(*(rows for rows in products.values() if len(rows) == 1))
        found = found.with_context(warehouse_id=channel.warehouse_id.id)
        free = {product.id: product.free_qty for product in found}
        results = []
        for sku in skus:
            product = products.get(sku)
            if not product:
                error = self._error("sku", "unknown_product", "No product has this SKU.", "Check it in Odoo.")
                results.append(self._result(sku, "error", errors=[error], quantity=0.0))
            elif len(product) > 1:
                error = self._error(
                    "sku", "ambiguous_product", "Several products have this SKU.", "Correct it in Odoo."
                )
                results.append(self._result(sku, "error", errors=[error], quantity=0.0))
            else:
                results.append(self._result(sku, "ok", product.id, quantity=free[product.id]))
        return results

    @api.model
    def _products_by_sku(self, channel, skus):
        """``{sku: products}``: what the channel's offers say of a SKU, else Odoo's own internal references."""
        offers = channel.env["ecom.offer"].search([("channel_id", "=", channel.id), ("sku", "in", list(skus))])
        found = {}
        for offer in offers:
            found[offer.sku] = found.get(offer.sku, offer.product_id) | offer.product_id
        rest = skus - set(found)
        by_sku, _by_barcode = channel.env["ecom.offer"]._products_by_code(channel, rest, set())
        return found | by_sku
