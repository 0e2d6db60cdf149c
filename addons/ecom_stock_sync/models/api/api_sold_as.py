from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL


class SoldAs(NamedTuple):
    """What a SKU means on a channel."""

    product: object
    pack: float = 1.0  # units of the product in one piece of the offer
    offer_id: int = 0


class EcomApi(models.AbstractModel):
    """What the shop calls things, as all methods about stock read it."""

    _inherit = "ecom.api"

    @api.model
    def _sold_as(self, channel, skus):
        """What these SKUs mean, in a constant number of look-ups.

        :return: ``({sku: SoldAs}, {sku: error})``
        """
        products = self._products_by_sku(channel, set(skus))
        sold, errors = {}, {}
        alone = [rows.id for rows in products.values() if len(rows) == 1]
        by_id = {product.id: product for product in channel.env["product.product"].browse(alone)}  # read together
        packs = self._packs(channel, [sku for sku in products if len(products[sku]) == 1])
        for sku in skus:
            product = products.get(sku)
            if not product:
                errors[sku] = self._error("sku", "unknown_product", "No product has this SKU.", "Check it in Odoo.")
            elif len(product) > 1:
                errors[sku] = self._error(
                    "sku", "ambiguous_product", "Several products have this SKU.", "Correct it in Odoo."
                )
            else:
                sold[sku] = SoldAs(by_id[product.id], *packs.get((sku, product.id), (1.0, 0)))
        return sold, errors

    @api.model
    def _packs(self, channel, skus):
        """``{(sku, product id): (units in a piece, offer id)}`` of the channel's offers."""
        if not skus:
            return {}
        self.env["ecom.offer"].flush_model()
        rows = channel.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (offer.sku, offer.product_id) offer.sku, offer.product_id,
                       COALESCE(pack.factor / unit.factor, 1)::float8, offer.id
                  FROM ecom_offer offer
                  JOIN product_product product ON product.id = offer.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom unit ON unit.id = template.uom_id
             LEFT JOIN uom_uom pack ON pack.id = offer.uom_id
                 WHERE offer.channel_id = %s AND offer.sku = ANY(%s)
              ORDER BY offer.sku, offer.product_id, offer.id
                """,
                channel.id,
                list(skus),
            )
        )
        return {(sku, product_id): (pack, offer_id) for sku, product_id, pack, offer_id in rows}
