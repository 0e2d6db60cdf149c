from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountBankStatementLine(models.Model):
    """The list of bank lines: what each is likeliest to be, with a button to accept it."""

    _inherit = "account.bank.statement.line"

    ecom_proposal = fields.Char(string="Proposal", compute="_compute_ecom_proposal")
    ecom_proposal_reason = fields.Char(string="Because", compute="_compute_ecom_proposal")
    ecom_proposal_count = fields.Integer(string="Proposals", compute="_compute_ecom_proposal")

    @api.depends("is_reconciled", "amount", "payment_ref", "date")
    @api.depends_context("lang")
    def _compute_ecom_proposal(self):
        found = self.filtered(lambda line: line.id and not line.is_reconciled)._ecom_proposals()
        cards = self._claim_cards({claim for rows in found.values() for row in rows[:1] for claim in row.claims})
        for line in self:
            rows = found.get(line, [])
            line.ecom_proposal = line._proposal_title(rows[0], cards) if rows else False
            line.ecom_proposal_reason = line._reason_words(rows[0]) if rows else False
            line.ecom_proposal_count = len(rows)

    def _proposal_title(self, proposal, cards):
        titles = [cards[key]["title"] for key in proposal.keys]
        if len(titles) > 3:
            return self.env._("%(first)s and %(count)s others", first=titles[0], count=len(titles) - 1)
        return ", ".join(titles)

    # === BUTTONS === #

    def action_accept_proposal(self):
        """Accept the likeliest of each."""
        self.check_access("write")
        found = self.filtered(lambda line: not line.is_reconciled)._ecom_proposals()
        accepted, whose = [], {}
        for line in self:
            if not found.get(line):
                raise UserError(self.env._("Nothing is proposed for “%(label)s”.", label=line.payment_ref or ""))
            for key in found[line][0].keys:
                if (other := whose.setdefault(key, line)) != line:
                    raise UserError(
                        self.env._(
                            "“%(one)s” and “%(other)s” may both be the same money: accept them one by one.",
                            one=other.payment_ref or "",
                            other=line.payment_ref or "",
                        )
                    )
            accepted.append(line.sudo()._explanation(found[line][0], by=self.env._("Accepted")))
        self.sudo()._explain(accepted)
        return True

    def action_choose_proposal(self):
        """All that it may be, on the screen."""
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id("ecom_payments.bank_desk_action")
        return action | {"params": {"line": self.id}}
