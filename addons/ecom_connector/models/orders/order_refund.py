from odoo import api, fields, models


class EcomOrderRefund(models.Model):
    """A refund seen on the shop."""

    _name = "ecom.order.refund"
    _description = "Shop Refund"
    _order = "refunded_at desc, id desc"
    _rec_name = "external_id"

    order_id = fields.Many2one("ecom.order", required=True, ondelete="cascade", index=True)
    channel_id = fields.Many2one(related="order_id.channel_id", store=True, index=True)
    external_id = fields.Char(string="Shop's Id", required=True)
    refunded_at = fields.Datetime(string="Refunded on")
    amount = fields.Float(digits=(16, 3), help="Taxes included, in the order's currency.")
    reason = fields.Char()
    key = fields.Char(help="Ours, where we asked the shop for this refund and it kept that.")
    return_ref = fields.Char(string="Shop's Return", help="The shop's id of the return that it is for.")
    lines = fields.Json(help="What was given back of which line: line_id, quantity, net, tax.")

    _order_external_unique = models.Constraint("UNIQUE(order_id, external_id)", "The order has this refund already.")

    @api.model
    def _known(self, channel, documents):
        """``{(order id, refund id)}`` of these orders' refunds that were read in full; one of an amount alone has no
        lines, and its moment says that it was read."""
        refunds = self.search(
            [
                ("channel_id", "=", channel.id),
                ("order_id.external_id", "in", [document.external_id for document in documents]),
                "|",
                ("lines", "!=", False),
                ("refunded_at", "!=", False),
            ]
        )
        return {(refund.order_id.external_id, refund.external_id) for refund in refunds}
