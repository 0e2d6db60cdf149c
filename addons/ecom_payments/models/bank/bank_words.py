from odoo import models
from odoo.tools import format_date


class AccountBankStatementLine(models.Model):
    """What a proposal is, and why it is one, as an accountant reads it."""

    _inherit = "account.bank.statement.line"

    def _reason_words(self, proposal):
        """The sentence for a proposal of this line, with what is lacking or too much."""
        env, days = self.env, abs(proposal.days)
        sentences = {
            "payout_named": env._("The label names the payout, and the amount agrees"),
            "payout_named_differs": env._("The label names the payout, but the amount differs"),
            "payout_labelled": env._("The amount, the date and the label agree"),
            "payout_dated": env._("The amount agrees, and the date within %(days)s days", days=days),
            "payout_far": env._("The amount agrees, %(days)s days apart", days=days),
            "named": env._("The label names it, and the amount agrees"),
            "named_differs": env._("The label names it, but the amount differs"),
            "slip": env._("The amount agrees, and the reference but for one character"),
            "slip_differs": env._("The payer and the reference, but for one character, agree; the amount differs"),
            "account": env._("The customer's bank account and the amount agree"),
            "account_differs": env._("From the customer's bank account, but the amount differs"),
            "partner": env._("The partner and the amount agree"),
            "partner_differs": env._("The partner agrees, but the amount differs"),
            "name": env._("The payer's name and the amount agree"),
            "name_differs": env._("The payer's name agrees, but the amount differs"),
            "alike": env._("The amount agrees, and the payer's name is alike"),
            "before": env._("The payer and the amount agree, but it was ordered later"),
            "amount": env._("The amount agrees"),
            "paid": env._("The label names it, but it is paid already"),
            "cancelled": env._("The label names it, but it was cancelled"),
            "cancelled_payer": env._("The payer and the amount agree, but it was cancelled"),
            "several_named": env._("The label names them, and their sum agrees"),
            "several_named_differs": env._("The label names them, but their sum differs"),
            "several_payer": env._("Together, what this customer owes"),
            "gathered": env._("One after the other, they add up"),
            "chosen": env._("Chosen by hand"),
        }
        sentence = sentences[proposal.reason]
        currency = self._bank_figures()[0]
        if proposal.rest > 0:
            return env._("%(reason)s: %(rest)s too much", reason=sentence, rest=currency.format(float(proposal.rest)))
        if proposal.rest < 0:
            return env._("%(reason)s: %(rest)s lacking", reason=sentence, rest=currency.format(float(-proposal.rest)))
        return sentence

    def _claim_cards(self, claims):
        """``{key: what a claim is, in words}``, read together."""
        cards = {}
        for kind, model in (("order", "ecom.order"), ("payment", "account.payment"), ("payout", "ecom.payout")):
            ids = {claim.key[1] for claim in claims if claim.key[0] == kind}
            cards |= {(kind, record.id): record._bank_card() for record in self.env[model].sudo().browse(ids)}
        return cards


class EcomOrder(models.Model):
    _inherit = "ecom.order"

    def _bank_card(self):
        sale = self.sale_order_id
        return {
            "title": self.env._("Order %(number)s", number=self.number),
            "who": self.customer_name or sale.partner_invoice_id.name or "",
            "more": " · ".join(filter(None, (sale.name, self.channel_id.name))),
            "day": format_date(self.env, self._ordered_day()),
            "model": self._name,
            "id": self.id,
        }


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _bank_card(self):
        card = self.ecom_order_id._bank_card()
        return card | {
            "more": " · ".join(filter(None, (self.name, card["more"]))),
            "day": format_date(self.env, self.date),
        }


class EcomPayout(models.Model):
    _inherit = "ecom.payout"

    def _bank_card(self):
        return {
            "title": self.env._("Payout %(payout)s", payout=self.external_id),
            "who": self.gateway_id.name,
            "more": self.statement_label or "",
            "day": format_date(self.env, self._day()),
            "model": self._name,
            "id": self.id,
        }
