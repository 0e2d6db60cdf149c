from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class EcomRefund(models.Model):
    """Money that goes back to a customer by one means: through the shop, by hand, or seen on the shop."""

    _name = "ecom.refund"
    _description = "Refund"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "return_id"
    _check_company_auto = True
    _mail_post_access = "read"

    return_id = fields.Many2one("ecom.return", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="return_id.company_id", store=True, index=True)
    order_id = fields.Many2one("ecom.order", string="Shop Order", ondelete="restrict", index="btree_not_null")
    channel_id = fields.Many2one(related="order_id.channel_id", store=True, index="btree_not_null")
    partner_id = fields.Many2one(related="return_id.partner_id")
    currency_id = fields.Many2one(related="return_id.currency_id", store=True)
    amount = fields.Monetary(required=True, readonly=True)
    tender_key = fields.Char(
        required=True, readonly=True, help="Which of the order's means of payment it goes back by."
    )
    method = fields.Char(string="Means of Payment", readonly=True)
    method_code = fields.Char(readonly=True)
    way = fields.Selection(
        [("shop", "Through the shop"), ("hand", "By hand"), ("seen", "Made on the shop")], required=True, readonly=True
    )
    state = fields.Selection(
        [("todo", "To pay by hand"), ("pending", "On its way"), ("done", "Paid back"), ("failed", "Refused")],
        required=True,
        readonly=True,
        tracking=True,
        index=True,
    )
    done_at = fields.Datetime(string="Paid Back on", readonly=True)
    external_id = fields.Char(string="Shop's Id", readonly=True)
    command_ids = fields.One2many("ecom.command", "refund_id", string="Messages to the Shop")
    last_answer = fields.Char(compute="_compute_last_answer")
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, index="btree_not_null", help="Who is to pay it back by hand."
    )
    account_payment_id = fields.Many2one("account.payment", string="Payment", readonly=True, index="btree_not_null")

    _amount_positive = models.Constraint("CHECK(amount > 0)", "A refund is more than nothing.")
    _once = models.Constraint("UNIQUE(return_id, tender_key)", "This is paid back already.")
    _external_unique = models.UniqueIndex(
        "(order_id, external_id) WHERE external_id IS NOT NULL", "This refund of the shop is here already."
    )

    @api.depends("command_ids.last_answer")
    def _compute_last_answer(self):
        for refund in self:
            refund.last_answer = refund.command_ids[:1].last_answer

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A refund is kept for good."))

    # === BUTTONS === #

    def action_paid_by_hand(self):
        """Somebody transferred the money, or filled up the gift card."""
        self._check_accountant()
        for refund in self:
            if refund.state not in ("todo", "failed"):
                raise UserError(self.env._("This refund is on its way, or paid back already."))
            refund.sudo().command_ids.action_cancel()
            refund.sudo().way = "hand"
            refund.sudo()._done()
        return True

    def action_try_again(self):
        """Ask the shop again, with the same key: it pays once."""
        self._check_accountant()
        for refund in self.filtered(lambda refund: refund.state == "failed"):
            refund.sudo().state = "pending"
            refund.sudo().command_ids.action_retry()
        return True

    def _check_accountant(self):
        groups = ("ecom_connector.group_accountant", "ecom_connector.group_manager")
        if not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(self.env._("Only accountants do that."))

    # === FLOW === #

    def _done(self, external_id=False, at=False):
        """The customer has the money: note it once, and book it where its journal is known."""
        for refund in self.filtered(lambda refund: refund.state != "done"):
            refund.write(
                {
                    "state": "done",
                    "done_at": at or fields.Datetime.now(),
                    "external_id": external_id or refund.external_id,
                }
            )
            refund._register_payment()
            refund.activity_id.filtered("active").action_done()
            refund.return_id.message_post(
                body=self.env._(
                    "%(amount)s paid back (%(method)s).",
                    amount=refund.currency_id.format(refund.amount),
                    method=refund.method or refund.method_code or "–",
                )
            )

    def _answered_late(self, seen):
        """The shop shows a refund with our key, an ``ecom.order.refund``: the answer to ours that was lost."""
        for refund in self:
            if refund.state != "done":
                refund._done(seen.external_id, seen.refunded_at)
                continue
            refund.external_id = seen.external_id
            order = refund.return_id.with_context(mail_activity_automation_skip=False)
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._(
                    "%(amount)s went back twice, by hand and through the shop: ask the customer for one of them.",
                    amount=refund.currency_id.format(refund.amount),
                ),
                user_id=order._who_pays().id,
            )

    def _register_payment(self):
        """Book the money that left, and match it with the credit notes."""
        self.ensure_one()
        credit_notes = self.return_id.credit_note_ids.filtered(lambda move: move.state == "posted")
        mapping = self.channel_id.mapping_payment_ids.filtered(
            lambda row: row.code == self.method_code and row.journal_id
        )[:1]
        if not mapping or not credit_notes or self.account_payment_id:
            return
        payment = self._booked_payment()
        if not payment:
            payment = self.env["account.payment"].create(self._prepare_payment_vals(credit_notes, mapping.journal_id))
            payment.action_post()
        self.account_payment_id = payment
        (credit_notes.line_ids | payment.move_id.line_ids)._ecom_match()

    def _booked_payment(self):
        """A payment that was booked for this money already, and that no other refund claims."""
        booked = self.order_id._booked_refund(self.amount, self.currency_id)
        claimed = self.search([("account_payment_id", "in", booked.ids)]).account_payment_id
        return (booked - claimed)[:1]

    def _prepare_payment_vals(self, credit_notes, journal):
        method = journal._get_available_payment_method_lines("outbound")[:1]
        return {
            "payment_type": "outbound",
            "partner_type": "customer",
            "partner_id": credit_notes[0].commercial_partner_id.id,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
            "date": self.return_id._day(self.done_at),
            "journal_id": journal.id,
            "payment_method_line_id": method.id,
            "memo": f"{self.return_id.name} {self.order_id.number or ''} {self.external_id or ''}".strip(),
            "payment_reference": self.external_id or self.return_id.name,
            "ecom_order_id": self.order_id.id,
            "ecom_payment_key": f"refund:{self.id}",
        }
