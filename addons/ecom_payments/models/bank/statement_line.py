from odoo import fields, models
from odoo.exceptions import UserError


class AccountBankStatementLine(models.Model):
    """A line of the bank that is a payout: matched with Odoo's own means, and undone with Odoo's own button."""

    _inherit = "account.bank.statement.line"

    ecom_payout_id = fields.Many2one(
        "ecom.payout", string="Payout", index="btree_not_null", copy=False, readonly=True, ondelete="restrict"
    )
    ecom_reason = fields.Char(string="Why", copy=False, readonly=True, help="Why it was matched with this payout.")

    def _accept_payout(self, payout, reason):
        """Put the payout's transfer in place of the suspense account, and match the two."""
        self.ensure_one()
        counterpart = payout._transfer_item()
        _liquidity, suspense, _other = self._seek_for_lines()
        if self.is_reconciled or len(suspense) != 1:
            raise UserError(self.env._("This bank line is matched already: undo that first."))
        if not counterpart:
            raise UserError(
                self.env._("Payout %(payout)s is not booked, or was met already.", payout=payout.external_id)
            )
        suspense.account_id = counterpart.account_id
        (suspense + counterpart).reconcile()
        self.write({"ecom_payout_id": payout.id, "ecom_reason": reason})
        payout.state = "banked"

    def action_undo_reconciliation(self):
        """Undone by whoever and however: the payout waits for its bank line again."""
        result = super().action_undo_reconciliation()
        self._release_payouts()
        return result

    def unlink(self):
        self._release_payouts()
        return super().unlink()

    def _release_payouts(self):
        lines = self.filtered("ecom_payout_id")
        payouts = lines.sudo().ecom_payout_id
        lines.write({"ecom_payout_id": False, "ecom_reason": False})
        payouts.filtered(lambda payout: payout.state == "banked").state = "posted"


class EcomPayout(models.Model):
    _inherit = "ecom.payout"

    statement_line_ids = fields.One2many("account.bank.statement.line", "ecom_payout_id", string="Bank Lines")

    def _transfer_item(self):
        """The journal item that the bank's line settles."""
        items = self._standing_moves().line_ids
        return items.filtered(
            lambda item: (
                item.account_id == self.gateway_id.transfer_account_id
                and not item.ecom_transaction_id
                and not item.reconciled
            )
        )[:1]

    def _leave_bank(self):
        self.statement_line_ids.action_undo_reconciliation()
        return super()._leave_bank()
