from odoo import fields, models


class EcomOrder(models.Model):
    """Returns that the shop tells with its orders are followed when the order is, before the refunds that name them."""

    _inherit = "ecom.order"

    def _follow(self, channel, document):
        self._follow_returns()
        return super()._follow(channel, document)

    def _follow_returns(self):
        for order in self:
            if order.sale_order_id:
                # A plain list, whose records are still read together with those of the other orders of a batch.
                for found in sorted(order.shop_return_ids, key=lambda found: found.id):
                    found._follow_alone()


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        """What was asked back on the shop before Odoo knew that it had left comes in now."""
        result = super()._action_done()
        left = self.filtered(lambda picking: picking.state == "done" and picking.picking_type_code == "outgoing")
        left.sale_id.ecom_order_id.sudo()._follow_returns()
        return result


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("return_stopped", "A return of the shop is not in Odoo")],
        ondelete={"return_stopped": "cascade"},
    )

    def _fix_return_stopped(self, _same):
        """Try again; what cannot be followed opens an issue again."""
        self._solve()
        self.order_id._follow_returns()
