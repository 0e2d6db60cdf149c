from odoo import fields, models

from ...platforms.documents import OrderState


class SaleOrder(models.Model):
    _inherit = "sale.order"

    ecom_order_id = fields.Many2one(
        "ecom.order", string="Shop Order", index="btree_not_null", copy=False, readonly=True, ondelete="restrict"
    )
    ecom_channel_id = fields.Many2one(
        related="ecom_order_id.channel_id", string="Sales Channel", store=True, index="btree_not_null"
    )
    ecom_collect = fields.Boolean(
        string="Collected by the Customer", copy=False, readonly=True, help="The customer comes to the warehouse."
    )
    ecom_pickup_point = fields.Char(related="ecom_order_id.pickup_point", string="Pickup Point")
    ecom_shop_state = fields.Char(related="ecom_order_id.shop_state_label", string="State on the Shop")

    def action_confirm(self):
        """Confirm orders of shops and others apart: they differ in the date that they keep."""
        from_shop = self.filtered("ecom_order_id")
        if from_shop and from_shop != self:
            super(SaleOrder, self - from_shop).action_confirm()
            return super(SaleOrder, from_shop).action_confirm()
        return super().action_confirm()

    def _prepare_confirmation_values(self):
        """Keep the date on which the customer ordered."""
        values = super()._prepare_confirmation_values()
        if self.filtered("ecom_order_id"):
            values.pop("date_order", None)
        return values

    def _action_confirm(self):
        result = super()._action_confirm()
        self._tell_shop(OrderState.CONFIRMED)
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        self._tell_shop(OrderState.CANCELLED)
        return result

    def _tell_shop(self, state):
        """Write a message to the shop for a state that began here, where the shop takes it."""
        if self.env.context.get("ecom_from_shop"):
            return
        orders = self.sudo().ecom_order_id.filtered(lambda order: order.channel_id._shows_state(state))
        self.env["ecom.command"].sudo()._tell_state(orders, state)

    def action_open_ecom_order(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "ecom.order",
            "view_mode": "form",
            "res_id": self.ecom_order_id.id,
        }
