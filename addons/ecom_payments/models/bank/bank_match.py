import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

_logger = logging.getLogger(__name__)

WINDOW = timedelta(days=4)  # a week-end, and a day of grace
LOOK_BACK = timedelta(days=120)
SURE = 50
"""The score from which a match is made without a person, where it is the only one on both sides."""


def squeezed(text):
    """A text as banks print it: they cut, fold and space out what they were given."""
    return "".join(char for char in (text or "").lower() if char.isalnum())


class AccountBankStatementLine(models.Model):
    """Which payout a bank line may be, and why: the gateway's id, then amount and date, then what the label says."""

    _inherit = "account.bank.statement.line"

    @api.model
    def _to_meet(self, company, since):
        """The bank lines that nobody matched, those of gateways' own journals left out."""
        gateways = self.env["ecom.gateway"].with_context(active_test=False).search([("company_id", "=", company.id)])
        return self.search(
            [
                ("company_id", "=", company.id),
                ("is_reconciled", "=", False),
                ("journal_id.type", "=", "bank"),
                ("journal_id", "not in", gateways.journal_id.ids),
                ("date", ">=", since),
                ("move_id.state", "=", "posted"),
            ]
        )

    def _proposals(self, payouts):
        """``{line: [(score, payout, reason)]}``, the likeliest first."""
        by_amount = defaultdict(payouts.browse)
        for payout in payouts:
            by_amount[payout.currency_id, payout.currency_id.round(payout.amount)] |= payout
        ids = {squeezed(payout.external_id): payout for payout in payouts}
        result = {}
        for line in self:
            text = squeezed(f"{line.payment_ref or ''}{line.ref or ''}{line.narration or ''}")
            currency, amount = line._bank_figures()
            same = by_amount[currency, currency.round(amount)]
            named = payouts.browse([payout.id for key, payout in ids.items() if len(key) > 5 and key in text])
            found = [line._proposal(payout, text, payout in same, payout in named) for payout in same | named]
            result[line] = sorted(filter(None, found), key=lambda row: (-row[0], row[1].id))
        return result

    def _bank_figures(self):
        if self.foreign_currency_id:
            return self.foreign_currency_id, self.amount_currency
        currency = self.currency_id or self.journal_id.currency_id or self.company_id.currency_id
        return currency, self.amount

    def _proposal(self, payout, text, same_amount, named):
        env, days = self.env, abs(self.date - payout._day())
        if named and same_amount:
            return 100, payout, env._("The label names the payout, and the amount agrees")
        if named:
            return 40, payout, env._("The label names the payout, but the amount differs")
        label = squeezed(payout.statement_label)
        labelled = bool(label) and label in text
        if days <= WINDOW and labelled:
            return 80, payout, env._("The amount, the date and the label agree")
        if days <= WINDOW and not self.partner_id:
            return SURE, payout, env._("The amount agrees, and the date within %(days)s days", days=days.days)
        if days <= 5 * WINDOW:
            return 20, payout, env._("The amount agrees, %(days)s days apart", days=days.days)
        return None

    @api.model
    def _sure(self, proposals):
        """``[(line, payout, reason)]`` where the best is sure, better than the next, and no other line's best."""
        best, claims = [], defaultdict(int)
        for line, rows in proposals.items():
            if rows and rows[0][0] >= SURE:
                top = [row for row in rows if row[0] == rows[0][0]]
                for score, payout, _reason in top:
                    claims[payout, score] += 1
                if len(top) == 1:
                    best.append((line, *top[0]))
        highest = {}
        for payout, score in claims:
            highest[payout] = max(score, highest.get(payout, 0))
        return [
            (line, payout, reason)
            for line, score, payout, reason in best
            if highest[payout] == score and claims[payout, score] == 1
        ]


class EcomGateway(models.Model):
    _inherit = "ecom.gateway"

    def _look(self, deadline):
        more = super()._look(deadline)
        if self._gateway_class().capabilities.payouts:
            self._in_transaction(self._meet_bank)
        return more

    def _meet_bank(self):
        """Match the company's payouts with its bank lines, where there is no doubt.

        Payouts of all gateways are looked at together: what is unique for one may be another's too.
        """
        payouts = self.env["ecom.payout"].search([("company_id", "=", self.company_id.id), ("state", "=", "posted")])
        if not payouts:
            return
        Line = self.env["account.bank.statement.line"]
        lines = Line._to_meet(self.company_id, min(payout._day() for payout in payouts) - WINDOW)
        for line, payout, reason in Line._sure(lines._proposals(payouts)):
            try:
                with self.env.cr.savepoint():
                    line._accept_payout(payout, reason)
            except (UserError, ValidationError) as error:  # a locked period, for one: it is left to a person
                _logger.info("Bank line %s and payout %s: %s", line.id, payout.id, error)
