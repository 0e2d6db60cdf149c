from odoo import fields, models


class EcomOrderHold(models.TransientModel):
    """Hold orders: nobody prepares them until they are released."""

    _name = "ecom.order.hold"
    _description = "Hold"

    order_ids = fields.Many2many("ecom.order", readonly=True)
    note = fields.Char(string="Why", required=True)

    def action_apply(self):
        self.ensure_one()
        self.order_ids.check_access("write")
        self.order_ids.sudo().sale_order_ids.with_user(self.env.user).sudo()._hold_by_person(self.note)
        return {"type": "ir.actions.act_window_close"}
