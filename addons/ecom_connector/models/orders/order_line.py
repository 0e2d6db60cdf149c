from odoo import api, fields, models


class EcomOrderLine(models.Model):
    """A line of a shop's order, kept for good: shipments, edits and refunds years later name it."""

    _name = "ecom.order.line"
    _description = "Shop Order Line"
    _order = "order_id, id"

    order_id = fields.Many2one("ecom.order", required=True, ondelete="cascade", index=True)
    external_id = fields.Char(string="Shop's Id", required=True)
    kind = fields.Selection(
        [("product", "Product"), ("shipping", "Delivery"), ("fee", "Fee")], required=True, default="product"
    )
    name = fields.Char()
    sku = fields.Char(string="SKU")
    quantity = fields.Float(digits="Product Unit")
    amount_net = fields.Float(string="Net", digits=(16, 3), help="After discounts, without tax, as the shop says.")
    amount_tax = fields.Float(string="Tax", digits=(16, 3))
    removed = fields.Boolean(help="The shop took the line out of the order.")
    quantity_cancelled = fields.Float(
        digits="Product Unit", help="What a person decided not to ship, although the shop still shows it as ordered."
    )
    sale_line_ids = fields.One2many("sale.order.line", "ecom_line_id", string="Sales Order Lines")
    quantity_refunded = fields.Float(compute="_compute_quantity_refunded", digits="Product Unit")

    _order_external_unique = models.Constraint(
        "UNIQUE(order_id, kind, external_id)", "The order has this line already."
    )

    @api.depends("order_id.refund_ids.lines")
    def _compute_quantity_refunded(self):
        for line in self:
            line.quantity_refunded = sum(
                refunded["quantity"]
                for refund in line.order_id.refund_ids
                for refunded in refund.lines or []
                if refunded["line_id"] == line.external_id
            )
