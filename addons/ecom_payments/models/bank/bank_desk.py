from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...matching.evidence import Proposal
from ...matching.likelihood import SURE
from ...matching.ranking import sure
from .bank_due import exact
from .bank_explain import Explanation

SHOWN = 60
"""Lines on the screen at once; the next ones follow as these are settled."""
DONE = 8
FOUND = 12


class EcomBankDesk(models.AbstractModel):
    """The screen on which bank lines are explained. Its state is here: each answer is all that is to be shown."""

    _name = "ecom.bank.desk"
    _description = "Bank Reconciliation Screen"

    # === LOOKING === #

    @api.model
    def look(self, journal=False, skipped=(), line=False):
        """The lines to explain with what they may be, how many are left, and the last that were explained.

        :param skipped: lines that the person put aside: they come last
        :param line: a line to show first
        """
        Line = self.env["account.bank.statement.line"]
        Line.check_access("read")
        domain = Domain(Line._to_explain_domain(self.env.companies))
        counts = Line._read_group(domain, ["journal_id", "currency_id"], ["__count", "amount:sum"])
        here = domain & Domain("journal_id", "=", journal) if journal else domain
        aside = Domain("id", "in", list(skipped))
        lines = Line.search(here & ~aside, limit=SHOWN, order="date, id")
        if line:
            lines = Line.search(domain & Domain("id", "=", line)) | lines
        lines |= Line.search(here & aside, limit=SHOWN - min(SHOWN, len(lines)), order="date, id")
        found = lines._ecom_proposals()
        certain = sure({one.id: rows for one, rows in found.items()})
        cards = Line._claim_cards({claim for rows in found.values() for row in rows for claim in row.claims})
        return {
            "lines": [self._line(one, found.get(one, []), cards, one.id in certain) for one in lines],
            "left": sum(row[2] for row in counts if not journal or row[0].id == journal),
            "journals": self._journals(counts),
            "done": self._done(self._last(journal)),
        }

    def _journals(self, counts):
        """The banks, with what is left of each."""
        found = {}
        for journal, currency, count, amount in counts:
            row = found.setdefault(journal.id, {"id": journal.id, "name": journal.name, "left": 0, "sums": []})
            row["left"] += count
            row["sums"].append(currency.format(amount))
        return sorted(found.values(), key=lambda row: row["name"])

    def _line(self, line, proposals, cards, certain):
        currency, amount = line._bank_figures()
        return {
            "id": line.id,
            "label": line.payment_ref or "",
            "partner": line.partner_id.name or line.partner_name or "",
            "date": format_date(self.env, line.date),
            "journal": line.journal_id.name,
            "amount": amount,
            "formatted": currency.format(amount),
            "currency": currency.id,
            "proposals": [
                self._proposal(line, row, cards, doubt=row.score >= SURE and not certain) for row in proposals
            ],
        }

    def _proposal(self, line, proposal, cards, doubt=False):
        """:param doubt: it would have been matched by itself, were it not for another line or proposal"""
        currency = line._bank_figures()[0]
        amount = float(sum(claim.amount for claim in proposal.claims))
        return {
            "keys": [list(key) for key in proposal.keys],
            "name": "+".join(f"{kind}{record_id}" for kind, record_id in proposal.keys),
            "title": line._proposal_title(proposal, cards),
            "claims": [cards[key] for key in proposal.keys],
            "reason": line._reason_words(proposal),
            "strength": 3 if proposal.score >= 80 and not doubt else 2 if proposal.score >= 40 else 1,
            "doubt": doubt,
            "amount": amount,
            "formatted": currency.format(amount),
        }

    def _last(self, journal):
        domain = Domain("ecom_explained_at", "!=", False) & Domain("company_id", "in", self.env.companies.ids)
        if journal:
            domain &= Domain("journal_id", "=", journal)
        return self.env["account.bank.statement.line"].search(
            domain, order="ecom_explained_at desc, id desc", limit=DONE
        )

    def _done(self, lines):
        found = {line: (line.sudo().ecom_payment_ids.ecom_order_id, line.sudo().ecom_payout_id) for line in lines}
        orders = self.env["ecom.order"].union(*(one for one, _payout in found.values()))._filtered_access("read")
        payouts = self.env["ecom.payout"].union(*(one for _order, one in found.values()))._filtered_access("read")
        return [
            {
                "id": line.id,
                "label": line.payment_ref or "",
                "formatted": line._bank_figures()[0].format(line._bank_figures()[1]),
                "date": format_date(self.env, line.date),
                "reason": line.ecom_reason or "",
                "titles": ", ".join([*(orders & its).mapped("number"), *(payouts & payout).mapped("external_id")]),
            }
            for line, (its, payout) in found.items()
        ]

    # === SEARCHING === #

    @api.model
    def search_claims(self, line, text):
        """What a typed text may mean for a line: orders, invoices, payouts, whatever they owe."""
        line = self._lines(line, "read")
        text = text.strip()
        if not text:
            return []
        company = line.company_id
        Claim = self.env["ecom.bank.claim"].sudo().with_company(company)
        here = [("company_id", "=", company.id)]
        orders = self.env["ecom.order"].search([*here, ("find", "ilike", text)], limit=FOUND)
        invoices = [*here, ("name", "ilike", text), ("ecom_order_id", "!=", False), ("move_type", "=", "out_invoice")]
        orders |= self.env["account.move"].search(invoices, limit=FOUND).ecom_order_id._filtered_access("read")
        payouts = self.env["ecom.payout"].search(
            [*here, ("state", "in", ("posted", "failed")), ("external_id", "ilike", text)], limit=FOUND
        )
        claims = Claim._of_these(orders[:FOUND].sudo(), payouts.sudo())
        currency, amount = line._bank_figures()
        cards = line._claim_cards(claims)
        return [
            self._proposal(line, Proposal(0, "chosen", (claim,), exact(amount, currency) - claim.amount), cards)
            for claim in claims
            if claim.currency == currency.name
        ]

    # === ACTING === #

    @api.model
    def accept(self, line, keys, account=False, note=""):
        """Say what a line is.

        :param keys: ``[kind, id]`` of what it is; none where all of it goes to an account
        :param account: where the difference is written off
        :return: the sentence for the person
        """
        line = self._lines(line, "write")
        if account and not note.strip():
            raise UserError(self.env._("Say why it is written off."))
        account = self.env["account.account"].browse(account).exists()
        if account:
            account.check_access("read")
        keys = tuple(dict.fromkeys((kind, record_id) for kind, record_id in keys))
        if self.env["ecom.bank.claim"]._hidden(keys):
            raise AccessError(self.env._("This is money of a shop that you may not see."))
        reason = self._chosen_reason(line, keys, account, note)
        line = line.sudo()
        line._explain([Explanation(line, keys, reason, account.sudo(), note.strip())])
        return {"line": line.id, "words": self.env._("%(label)s: done.", label=line.payment_ref or "")}

    def _chosen_reason(self, line, keys, account, note):
        """Why a person chose it: the reason of the proposal, if it was one."""
        reason = self.env._("Chosen by hand")
        for proposal in line._ecom_proposals().get(line, []) if keys else ():
            if proposal.keys == keys:
                reason = self.env._("Accepted: %(reason)s", reason=line._reason_words(proposal))
        if account:
            note = self.env._("%(note)s, to account %(account)s", note=note.strip(), account=account.display_name)
            reason = f"{reason}; {note}" if keys else note
        return reason

    @api.model
    def undo(self, line):
        """Take back what was said of a line."""
        line = self._lines(line, "write")
        if not line.is_reconciled:
            raise UserError(self.env._("This bank line is not matched."))
        line.action_undo_reconciliation()
        return {"line": line.id, "words": self.env._("%(label)s: undone.", label=line.payment_ref or "")}

    def _lines(self, line, operation):
        line = self.env["account.bank.statement.line"].browse(line).exists()
        line.check_access(operation)
        if not line:
            raise UserError(self.env._("This bank line is not there any more."))
        return line
