from odoo import fields, models
from odoo.exceptions import UserError

from .return_order import OPEN_STATES


class EcomReturn(models.Model):
    """The steps of a return that a person takes."""

    _inherit = "ecom.return"

    # === BUTTONS === #

    def action_approve(self):
        self.check_access("write")
        for order in self:
            order._expect("requested")
            order._check_may_approve()
            order.sudo()._approve()
        return True

    def action_decline(self):
        """Ask for the reason."""
        self.check_access("write")
        self.ensure_one()
        self._check_may_decline()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decline"),
            "res_model": "ecom.return",
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env.ref("ecom_returns.ecom_return_view_form_decline").id, "form")],
            "target": "new",
        }

    def action_decline_confirm(self):
        self.check_access("write")
        for order in self:
            order._check_may_decline()
            if not order.decline_reason:
                raise UserError(self.env._("Say why: the customer will ask."))
            order.sudo()._decline(order.decline_reason)
        self.sudo()._mail_declined()
        return {"type": "ir.actions.act_window_close"}

    def action_cancel(self):
        """The customer keeps the goods after all."""
        self.check_access("write")
        for order in self:
            order._expect("requested", "approved", "awaiting")
            order._check_not_paid_back()
            if any(order.line_ids.mapped("quantity_back")):
                raise UserError(self.env._("Some of the goods are here already: finish the return."))
            order.sudo()._cancel()
        return True

    def action_close(self):
        """Nothing is left to do."""
        self.check_access("write")
        for order in self:
            order._expect("settled")
        self.sudo().state = "closed"
        return True

    # === STEPS === #

    def _expect(self, *states):
        """:raise UserError: where the return is in none of these states, naming the state that it is in"""
        self.ensure_one()
        if self.state not in states:
            label = dict(self._fields["state"]._description_selection(self.env))[self.state]
            raise UserError(
                self.env._(
                    "Return %(number)s: this is not possible any more, it is “%(state)s”.",
                    number=self.name,
                    state=label,
                )
            )

    def _approve(self):
        """The return goes on: the parcel is awaited, or there is none."""
        self.ensure_one()
        self.state = "approved"

    def _decline(self, reason):
        self.write({"state": "declined", "decline_reason": reason})

    def _cancel(self):
        self.state = "cancelled"

    def _check_may_approve(self):
        """A hook: who may approve what."""

    def _mail_declined(self):
        """Tell the customers why, in writing."""
        template = self.env.ref("ecom_returns.mail_template_declined")
        for order in self:
            template.send_mail(order.id)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _check_not_paid_back(self):
        """A hook: what was paid back is not ended as if it had not been."""

    def _check_may_decline(self):
        for order in self:
            order._expect(*OPEN_STATES[:3])
            order._check_not_paid_back()
            if order._is_protected():
                raise UserError(
                    self.env._(
                        "Return %(number)s is a withdrawal within the legal time, until %(until)s: it may not be "
                        "declined.",
                        number=order.name,
                        until=order.withdrawal_until or self.env._("the delivery"),
                    )
                )

    def _note_received(self):
        self.filtered(lambda order: not order.received_at).received_at = fields.Datetime.now()
