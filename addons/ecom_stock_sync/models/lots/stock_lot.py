from odoo import fields, models


class StockLot(models.Model):
    _inherit = "stock.lot"

    ecom_blocked = fields.Boolean(
        string="Blocked",
        copy=False,
        tracking=True,
        help="Neither sold nor shipped, such as during a recall. What is free of it leaves every shop at once.",
    )
