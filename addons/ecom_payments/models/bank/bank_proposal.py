from odoo import api, fields, models
from odoo.exceptions import UserError

from .bank_match import LOOK_BACK


class AccountBankStatementLine(models.Model):
    """The screen: left the bank's lines, right what each may be, with a key to accept it."""

    _inherit = "account.bank.statement.line"

    ecom_proposal_id = fields.Many2one("ecom.payout", string="Proposal", compute="_compute_ecom_proposal")
    ecom_proposal_reason = fields.Char(string="Because", compute="_compute_ecom_proposal")
    ecom_proposal_count = fields.Integer(string="Proposals", compute="_compute_ecom_proposal")

    @api.depends("is_reconciled", "amount", "payment_ref", "date")
    def _compute_ecom_proposal(self):
        proposals = self.filtered(lambda line: not line.is_reconciled)._ecom_proposals()
        for line in self:
            rows = proposals.get(line, [])
            line.ecom_proposal_id = rows[0][1] if rows else False
            line.ecom_proposal_reason = rows[0][2] if rows else False
            line.ecom_proposal_count = len(rows)

    def _ecom_proposals(self):
        if not self:
            return {}
        payouts = self.env["ecom.payout"].search(
            [
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "posted"),
                ("arrival_date", ">=", min(self.mapped("date")) - LOOK_BACK),
            ]
        )
        return self._proposals(payouts)

    def action_accept_proposal(self):
        """Accept the likeliest of each."""
        self.check_access("write")
        for line in self:
            rows = line._ecom_proposals().get(line)
            if line.is_reconciled or not rows:
                raise UserError(self.env._("Nothing is proposed for “%(label)s”.", label=line.payment_ref or ""))
            line.sudo()._accept_payout(rows[0][1].sudo(), self.env._("Accepted: %(reason)s", reason=rows[0][2]))
        return True

    def action_choose_proposal(self):
        """All that it may be, in a dialog."""
        self.ensure_one()
        rows = self._ecom_proposals().get(self, [])
        proposals = self.env["ecom.bank.proposal"].create(
            [
                {"line_id": self.id, "payout_id": payout.id, "score": score, "reason": reason}
                for score, payout, reason in rows
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.payment_ref or self.env._("Proposals"),
            "res_model": "ecom.bank.proposal",
            "domain": [("id", "in", proposals.ids)],
            "view_mode": "list",
            "target": "new",
        }


class EcomBankProposal(models.TransientModel):
    """A payout that a bank line may be."""

    _name = "ecom.bank.proposal"
    _description = "Bank Proposal"
    _order = "score desc, id"

    line_id = fields.Many2one("account.bank.statement.line", required=True, readonly=True, ondelete="cascade")
    payout_id = fields.Many2one("ecom.payout", required=True, readonly=True, ondelete="cascade")
    gateway_id = fields.Many2one(related="payout_id.gateway_id")
    arrival_date = fields.Date(related="payout_id.arrival_date")
    amount = fields.Monetary(related="payout_id.amount")
    currency_id = fields.Many2one(related="payout_id.currency_id")
    score = fields.Integer(readonly=True)
    reason = fields.Char(readonly=True)

    def action_accept(self):
        self.ensure_one()
        self.line_id.check_access("write")
        reason = self.env._("Accepted: %(reason)s", reason=self.reason)
        self.line_id.sudo()._accept_payout(self.payout_id.sudo(), reason)
        return {"type": "ir.actions.act_window_close"}
