import logging
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ...matching.evidence import BankLine
from ...matching.ibans import without_ibans
from ...matching.labels import mentions
from ...matching.ranking import Claims, rank, sure
from .bank_due import exact

_logger = logging.getLogger(__name__)

LATE = timedelta(days=120)
"""Lines older than this are left to a person."""
BATCH = 100
"""Lines that are matched in one transaction."""


class AccountBankStatementLine(models.Model):
    """What bank lines may be, all of them in one pass; the decisions are in ``matching``."""

    _inherit = "account.bank.statement.line"

    @api.model
    def _to_explain_domain(self, companies):
        """The bank lines that nobody matched, those of gateways' own journals left out."""
        gateways = (
            self.env["ecom.gateway"]
            .sudo()
            .with_context(active_test=False)
            .search([("company_id", "in", companies.ids), ("journal_id", "!=", False)])
        )
        return [
            ("company_id", "in", companies.ids),
            ("is_reconciled", "=", False),
            ("journal_id.type", "=", "bank"),
            ("journal_id", "not in", gateways.journal_id.ids),
            ("move_id.state", "=", "posted"),
        ]

    def _ecom_proposals(self):
        """``{line: proposals}``, the likeliest first, for lines of whichever companies.

        What is money of shops that the user may not see is left out.
        """
        found = {}
        for company in self.company_id:
            lines = self.filtered(lambda line, company=company: line.company_id == company).sudo()
            holders = lines._account_holders()
            read = [line._as_bank_line(holders) for line in lines]
            references = {reference for line in read for reference in mentions(line.text)}
            Claim = self.env["ecom.bank.claim"].sudo().with_company(company)
            claims = Claims(Claim._open(company, min(line.day for line in read), references))
            ranked = rank(read, claims)
            found |= {line: ranked[line.id] for line in self if line.id in ranked}
        hidden = self.env["ecom.bank.claim"]._hidden(
            {key for rows in found.values() for row in rows for key in row.keys}
        )
        return {line: [row for row in rows if hidden.isdisjoint(row.keys)] for line, rows in found.items()}

    def _as_bank_line(self, holders):
        self.ensure_one()
        currency, amount = self._bank_figures()
        return BankLine(
            self.id,
            exact(amount, currency),
            currency.name,
            self.date,
            without_ibans(self._label_text()),
            self.partner_id.commercial_partner_id.id or 0,
            holders.get(self, 0),
        )

    def _bank_figures(self):
        """Currency and amount as the payer sent it."""
        if self.foreign_currency_id:
            return self.foreign_currency_id, self.amount_currency
        return self.currency_id, self.amount


class EcomGateway(models.Model):
    _inherit = "ecom.gateway"

    def _look(self, deadline):
        more = super()._look(deadline)
        if self._watches_bank():
            more |= self._in_transaction(self._meet_bank)
        return more

    def _meet_bank(self):
        """Match the company's bank lines where there is no doubt, a batch at a time.

        Payouts of all gateways and orders of all shops are looked at together: what is unique for one may be
        another's too.

        :return: whether more can be matched
        """
        Line = self.env["account.bank.statement.line"]
        since = self.env.cr.now().date() - LATE
        lines = Line.search(
            [*Line._to_explain_domain(self.company_id), ("date", ">=", since), ("ecom_by_hand", "=", False)]
        )
        found = sure({line.id: rows for line, rows in lines._ecom_proposals().items()}) if lines else {}
        matched = [(Line.browse(line_id), proposal) for line_id, proposal in found.items()]
        self._explain_each_alone_on_error(matched[:BATCH])
        return len(matched) > BATCH

    def _explain_each_alone_on_error(self, matched):
        """All in one go; one by one when that fails, so that a locked period, for one, keeps back its own line only."""
        if not matched:
            return
        Line = self.env["account.bank.statement.line"]
        try:
            with self.env.cr.savepoint():
                Line._explain([line._explanation(proposal) for line, proposal in matched])
        except (UserError, ValidationError) as error:
            if len(matched) == 1:
                _logger.info("Bank line %s: %s", matched[0][0].id, error)
                return
            for pair in matched:
                self._explain_each_alone_on_error([pair])
