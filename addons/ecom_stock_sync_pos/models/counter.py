from odoo import api, models

SOLD = ("paid", "done", "invoiced")


class PosOrder(models.Model):
    """What a counter sells counts from the moment that it is rung up, though Odoo may move it at closing only."""

    _inherit = "pos.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._note_stock_change()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"state", "lines"}:
            self._note_stock_change()
        return result

    def _note_stock_change(self):
        self.env["ecom.stock.change"]._note(products=self.filtered(lambda order: order.state in SOLD).lines.product_id)


class PosSession(models.Model):
    _inherit = "pos.session"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.order_ids._note_stock_change()
        return result

    def _create_picking_at_end_of_session(self):
        """The counter takes what it sold: nothing of it is kept for the counter any more."""
        return super(PosSession, self.with_context(ecom_rung_up=()))._create_picking_at_end_of_session()
