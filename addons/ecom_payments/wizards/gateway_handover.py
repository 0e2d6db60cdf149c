from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class EcomGatewayHandover(models.TransientModel):
    """One sum for many orders: a slip of cheques for the bank, or what a carrier collected at the door."""

    _name = "ecom.gateway.handover"
    _description = "Money Handed Over"

    gateway_id = fields.Many2one("ecom.gateway", required=True, readonly=True, ondelete="cascade")
    journal_id = fields.Many2one(related="gateway_id.journal_id")
    reference = fields.Char(
        required=True, help="The number of the bank's slip or of the carrier's list: the bank's line is to name it."
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    payment_ids = fields.Many2many("account.payment", string="Payments")
    currency_id = fields.Many2one(related="payment_ids.currency_id")
    fee = fields.Monetary(help="What the carrier or the bank kept of it.")
    amount = fields.Monetary(compute="_compute_amount", string="Handed Over")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        gateway = self.env["ecom.gateway"].browse(values.get("gateway_id"))
        if gateway:
            values["payment_ids"] = [Command.set(gateway._awaiting_collection().ids)]
            values.setdefault("reference", f"{gateway.journal_id.code}-{fields.Date.context_today(self):%Y%m%d}")
        return values

    @api.depends("payment_ids", "fee")
    def _compute_amount(self):
        for wizard in self:
            signed = (
                payment.amount if payment.payment_type == "inbound" else -payment.amount
                for payment in wizard.payment_ids
            )
            wizard.amount = sum(signed) - wizard.fee

    def action_hand_over(self):
        self.ensure_one()
        self.gateway_id.check_access("read")
        self.gateway_id._check_seen_whole()
        if not self.payment_ids:
            raise UserError(self.env._("Choose the payments that this sum is made of."))
        if self.currency_id.compare_amounts(self.fee, 0) < 0:
            raise UserError(
                self.env._(
                    "Type the fee as a positive amount: it is what was kept of the sum. Money that was given besides "
                    "is a payment of its own."
                )
            )
        if self.env["ecom.payout"].search_count(
            [("gateway_id", "=", self.gateway_id.id), ("external_id", "=", self.reference)], limit=1
        ):
            raise UserError(self.env._("%(reference)s is taken: give it another number.", reference=self.reference))
        gateway = self.gateway_id._work_env()
        payments = gateway.env["account.payment"].browse(self.payment_ids.ids)
        if payments - gateway._awaiting_collection():
            raise UserError(self.env._("Some of these were handed over by now. Close this and begin again."))
        payout = gateway._hand_over(payments, self.reference, self.date, self.fee)
        return {"type": "ir.actions.act_window", "res_model": "ecom.payout", "res_id": payout.id, "view_mode": "form"}
