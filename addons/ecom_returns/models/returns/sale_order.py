from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    ecom_return_ids = fields.One2many("ecom.return", "sale_order_id", string="Returns")
    ecom_return_count = fields.Integer(compute="_compute_ecom_return_count", compute_sudo=True)
    ecom_may_return = fields.Boolean(compute="_compute_ecom_may_return", compute_sudo=True)

    @api.depends("ecom_return_ids")
    def _compute_ecom_return_count(self):
        counts = dict(
            self.env["ecom.return"]._read_group([("sale_order_id", "in", self.ids)], ["sale_order_id"], ["__count"])
        )
        for sale in self:
            sale.ecom_return_count = counts.get(sale._origin, 0)

    @api.depends("order_line.ecom_quantity_returnable")
    def _compute_ecom_may_return(self):
        for sale in self:
            sale.ecom_may_return = any(
                line._may_come_back() and not line._ecom_all_returned() for line in sale.order_line
            )

    def action_ecom_return(self):
        """A new return with all that may still come back: a person takes out what stays."""
        self.ensure_one()
        if not self.ecom_may_return:
            raise UserError(self.env._("Nothing of order %(order)s is left to return.", order=self.name))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Return"),
            "res_model": "ecom.return",
            "view_mode": "form",
            "context": {"default_sale_order_id": self.id, "default_partner_id": self.partner_id.id},
        }

    def action_ecom_returns(self):
        return self.ecom_return_ids._open()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _may_come_back(self):
        """Whether the line is of goods: services, deliveries and discounts are no returns."""
        self.ensure_one()
        return not self.display_type and self.product_id.type == "consu" and not self.is_downpayment


class EcomOrder(models.Model):
    _inherit = "ecom.order"

    ecom_return_count = fields.Integer(related="sale_order_id.ecom_return_count")
    ecom_may_return = fields.Boolean(related="sale_order_id.ecom_may_return")

    def action_ecom_return(self):
        self.ensure_one()
        return self.sale_order_id.action_ecom_return()

    def action_ecom_returns(self):
        self.ensure_one()
        return self.sale_order_ids.action_ecom_returns()
