from odoo import api, fields, models
from odoo.exceptions import UserError


class EcomUnknownParcel(models.Model):
    """A parcel that came back and says nothing of its order: it waits until somebody finds out."""

    _name = "ecom.unknown.parcel"
    _description = "Unknown Parcel"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="What Is on It", required=True, help="A number, a sender, what is inside.")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    arrived_at = fields.Datetime(string="Arrived on", required=True, default=fields.Datetime.now)
    note = fields.Text()
    sale_order_id = fields.Many2one("sale.order", string="Sales Order", check_company=True, index="btree_not_null")
    return_id = fields.Many2one("ecom.return", readonly=True, check_company=True)
    state = fields.Selection(
        [("unknown", "Unknown"), ("found", "Found")], compute="_compute_state", store=True, default="unknown"
    )

    @api.depends("return_id")
    def _compute_state(self):
        for parcel in self:
            parcel.state = "found" if parcel.return_id else "unknown"

    def action_found(self):
        """The order is known: its open return, or a new one of what came back to us."""
        self.check_access("write")
        self.ensure_one()
        sale = self.sale_order_id
        if not sale:
            raise UserError(self.env._("Choose the sales order first."))
        awaited = sale.ecom_return_ids.filtered(lambda order: order.state == "awaiting")[:1]
        self.return_id = awaited or sale._ecom_back_to_sender()
        return self.return_id._open()

    def action_no_order(self):
        """There is no order of it in Odoo: a return of what is inside, by hand."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Return"),
            "res_model": "ecom.return",
            "view_mode": "form",
            "context": {"default_kind": "terms", "default_note": self.name, "ecom_unknown_parcel_id": self.id},
        }


class EcomReturn(models.Model):
    _inherit = "ecom.return"

    @api.model_create_multi
    def create(self, vals_list):
        returns = super().create(vals_list)
        if parcel_id := self.env.context.get("ecom_unknown_parcel_id"):
            self.env["ecom.unknown.parcel"].browse(parcel_id).return_id = returns[:1]
        return returns


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _ecom_back_to_sender(self, note=""):
        """A return of all that is with the customer, for a parcel that comes back to us."""
        self.ensure_one()
        self.action_ecom_return()
        order = (
            self.env["ecom.return"]
            .sudo()
            .with_company(self.company_id)
            .with_context(default_sale_order_id=self.id)
            .create({"kind": "undelivered", "note": note or self.env._("The parcel came back unannounced.")})
        )
        if order.state == "requested":
            order._approve()
        return order.sudo(False)
