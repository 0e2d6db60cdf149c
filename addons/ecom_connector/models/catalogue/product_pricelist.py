from odoo import fields, models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    ecom_channel_id = fields.Many2one(
        "ecom.channel",
        string="Sales Channel",
        index="btree_not_null",
        ondelete="set null",
        help="Orders of this channel in this currency use the list: it carries the currency, the shop set the prices.",
    )
