from odoo import api, fields, models
from odoo.exceptions import ValidationError


class EcomOffer(models.Model):
    _inherit = "ecom.offer"

    uom_id = fields.Many2one(
        "uom.uom",
        string="Sold by",
        help="What one piece of the offer is, such as a pack of 6. Empty: the product's own unit.",
    )
    stock_level_ids = fields.One2many("ecom.stock.level", "offer_id", string="Stock Levels")

    @api.constrains("uom_id", "product_id")
    def _check_uom(self):
        for offer in self:
            if offer.uom_id and not offer.uom_id._has_common_reference(offer.product_id.uom_id):
                raise ValidationError(
                    self.env._(
                        "“%(product)s” cannot be sold by %(unit)s: it is counted in %(own)s.",
                        product=offer.product_id.display_name,
                        unit=offer.uom_id.name,
                        own=offer.product_id.uom_id.name,
                    )
                )
