from odoo import fields, models


class StockLocation(models.Model):
    _inherit = "stock.location"

    ecom_not_sold = fields.Boolean(
        string="Not Sold Online",
        help="What lies here, or below, is not offered on any channel: a quarantine, a repair shop, goods on show.",
    )
