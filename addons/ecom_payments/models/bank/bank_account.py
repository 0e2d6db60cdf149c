from odoo import fields, models
from odoo.addons.base.models.res_bank import sanitize_account_number
from odoo.tools import html2plaintext
from odoo.tools.misc import str2bool

from ...matching.ibans import ibans


class AccountBankStatementLine(models.Model):
    """Whose account the money comes from: remembered as the partner's bank account, as Odoo itself does."""

    _inherit = "account.bank.statement.line"

    ecom_partner_bank_id = fields.Many2one(
        "res.partner.bank", string="Account Remembered", copy=False, readonly=True, ondelete="set null"
    )

    def _payer_account(self):
        """The number of the account that the money comes from, as it is compared.

        Where the bank gives it in words only, it is the one IBAN of the label that is not our own.
        """
        if given := self.account_number or self.partner_bank_id.acc_number:
            return sanitize_account_number(given)
        own = self.company_id.sudo().partner_id.bank_ids.mapped("sanitized_acc_number")
        others = [number for number in ibans(self._label_text()) if number not in own]
        return others[0] if len(others) == 1 else ""

    def _label_text(self):
        """All that the bank says of it in words."""
        parts = (self.payment_ref, self.ref, self.partner_name, self.narration and html2plaintext(self.narration))
        return " ".join(filter(None, parts))

    def _account_holders(self):
        """``{line: commercial partner}`` of lines whose account is one partner's only."""
        numbers = {line: number for line in self if (number := line._payer_account())}
        holders = {}
        for bank in self.env["res.partner.bank"].search(
            [
                ("sanitized_acc_number", "in", list(set(numbers.values()))),
                ("company_id", "in", [False, *self.company_id.ids]),
            ]
        ):
            holders.setdefault(bank.sanitized_acc_number, set()).add(bank.partner_id.commercial_partner_id.id)
        return {
            line: next(iter(holders[number])) for line, number in numbers.items() if len(holders.get(number, ())) == 1
        }

    def _after_explaining(self, explanations):
        result = super()._after_explaining(explanations)
        self._remember_accounts(explanations)
        return result

    def _remember_accounts(self, explanations):
        """Keep the account of a line that one customer paid by transfer; what a carrier hands over is the carrier's."""
        if str2bool(
            self.env["ir.config_parameter"].sudo().get_param("account.skip_create_bank_account_on_reconcile", "False")
        ):
            return
        payers = {}
        for one in explanations:
            payments = one.line.ecom_payment_ids
            gathered = any(order._bank_mapping().gateway_id._gathers() for order in payments.ecom_order_id)
            partner = payments.partner_id.commercial_partner_id
            if one.line.amount > 0 and len(partner) == 1 and not gathered and one.line._payer_account():
                payers[one.line] = partner
        if not payers:
            return
        Bank = self.env["res.partner.bank"].sudo().with_context(active_test=False)
        numbers = {line._payer_account() for line in payers}
        known = Bank.search([("sanitized_acc_number", "in", list(numbers))])
        held = set(known.filtered("active").mapped("sanitized_acc_number"))
        put_away = {(bank.sanitized_acc_number, bank.partner_id): bank for bank in known}
        found, new = {}, {}
        for line, partner in payers.items():
            if (number := line._payer_account()) not in held:
                held.add(number)
                if mine := put_away.get((number, partner)):
                    found[line] = mine
                else:
                    new[line] = {"acc_number": line.account_number or number, "partner_id": partner.id}
        Bank.union(*found.values()).active = True
        found |= dict(zip(new, Bank.create(list(new.values())), strict=True))
        for line, bank in found.items():
            line.ecom_partner_bank_id = bank

    def _release(self):
        """What was a mistake teaches nothing."""
        self.sudo().ecom_partner_bank_id.active = False
        self.sudo().ecom_partner_bank_id = False
        return super()._release()
