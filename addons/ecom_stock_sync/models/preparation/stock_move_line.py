from odoo import fields, models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    ecom_scanned = fields.Float(
        string="Scanned",
        digits="Product Unit",
        copy=False,
        help="How much of this line was scanned at the packing station, in the product's own unit.",
    )
