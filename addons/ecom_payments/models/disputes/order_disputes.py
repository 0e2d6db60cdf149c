from odoo import api, fields, models


class EcomOrder(models.Model):
    _inherit = "ecom.order"

    dispute_ids = fields.One2many("ecom.dispute", "order_id", string="Disputes")
    dispute_count = fields.Integer(compute="_compute_dispute_count", compute_sudo=True)

    @api.depends("dispute_ids")
    def _compute_dispute_count(self):
        counts = dict(self.env["ecom.dispute"]._read_group([("order_id", "in", self.ids)], ["order_id"], ["__count"]))
        for order in self:
            order.dispute_count = counts.get(order, 0)

    def action_open_disputes(self):
        self.ensure_one()
        return self._open(self.dispute_ids, self.env._("Disputes"))
