from odoo import models
from odoo.addons.ecom_connector.platforms.documents import LineKind


class EcomOrder(models.Model):
    """An offer that is a pack of several: what the shop sells once takes as many from the shelf."""

    _inherit = "ecom.order"

    def _look_up_products(self, channel, documents, lookups):
        result = super()._look_up_products(channel, documents, lookups)
        offers = self.env["ecom.offer"].search([("channel_id", "=", channel.id), ("uom_id", "!=", False)])
        lookups.packs = {
            (offer.listing_id.external_id or "", offer.external_id or ""): offer.uom_id for offer in offers
        } | {offer.sku: offer.uom_id for offer in offers if offer.sku}
        return result

    def _prepare_sale_line_vals(self, channel, document, line, ecom_line, lookups, pricelist):
        vals = super()._prepare_sale_line_vals(channel, document, line, ecom_line, lookups, pricelist)
        if line.kind == LineKind.PRODUCT:
            pack = lookups.packs.get((line.product_id, line.variant_id)) or lookups.packs.get(line.sku)
            if pack:
                vals["product_uom_id"] = pack.id
        return vals
