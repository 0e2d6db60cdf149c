from collections import defaultdict

from odoo import Command, models


class EcomReturn(models.Model):
    """The cost of goods that were paid back early and never came: the credit note took it back with them."""

    _inherit = "ecom.return"

    def _keep_rest(self):
        never = self._never_came()
        result = super()._keep_rest()
        self._book_cost_again(never)
        return result

    def _drop_rest(self):
        never = self._never_came()
        result = super()._drop_rest()
        self._book_cost_again(never)
        return result

    def _never_came(self):
        """``{(sales order line, product): how many of what was sold}`` that were paid back as goods, and have not come;
        the product is a part of what was sold where only that comes back."""
        if not self.settled_at:
            return {}
        never = defaultdict(float)
        for line in self.line_ids:
            never[line.sale_line_id, line.product_id] += line._in_sold(
                line.quantity - line._kept() - line.quantity_back
            )
        return never

    def _book_cost_again(self, never):
        """Where stock is valued in the books: what the credit notes took back of the cost of these."""
        rows = []
        for credit in self.credit_note_ids.invoice_line_ids.filtered("ecom_credited_quantity"):
            key = (credit.ecom_credited_line_id.sale_line_ids[:1], credit.product_id)
            costs = credit.move_id.line_ids.filtered(lambda line, credit=credit: line.cogs_origin_id == credit)
            taken = min(never.get(key, 0), credit.ecom_credited_quantity)
            if taken <= 0 or not costs:
                continue
            never[key] -= taken
            rows += [
                {
                    "name": cost.name,
                    "account_id": cost.account_id.id,
                    "product_id": cost.product_id.id,
                    "partner_id": cost.partner_id.id,
                    "balance": -cost.company_currency_id.round(cost.balance * taken / credit.ecom_credited_quantity),
                }
                for cost in costs
            ]
        if rows:
            journals = self.env["account.journal"].search(
                [("type", "=", "general"), *self.env["account.journal"]._check_company_domain(self.company_id)]
            )
            self.env["account.move"].create(
                {
                    "move_type": "entry",
                    "company_id": self.company_id.id,
                    "journal_id": journals[:1].id,
                    "date": self._today(),
                    "ref": self.env._("Return %(number)s: goods that never came", number=self.name),
                    "line_ids": [Command.create(row) for row in rows],
                }
            ).action_post()
