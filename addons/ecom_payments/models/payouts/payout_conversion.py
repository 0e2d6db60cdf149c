from odoo import models
from odoo.exceptions import UserError

from .payout_lines import Line


class EcomPayout(models.Model):
    """Money changed from one balance of a gateway into another: both sides are worth the same in company currency.

    In our currency it is what it is. Between two others, the side that is booked first says: what was changed is worth
    what it became, at the rate of that day. So the transfer account ends at zero, and what the rates made of it is on
    the company's exchange accounts.
    """

    _inherit = "ecom.payout"

    def _changed_rows(self):
        """What this conversion became, in the other balance."""
        return self.env["ecom.gateway.transaction"].search(
            [
                ("gateway_id", "=", self.gateway_id.id),
                ("group_ref", "=", self.group_ref),
                ("group_ref", "not in", (False, "")),
                ("kind", "=", "conversion"),
                ("amount", ">", 0),
            ],
            order="id",
        )

    def _changed_into(self):
        """What a conversion brought, in company currency: by the gateway's own rate what was changed is worth that."""
        company = self.company_id
        return sum(
            row.currency_id._convert(row.amount, company.currency_id, company, row.day) for row in self._changed_rows()
        )

    def _settled_transfer_balance(self):
        """The balance of its transfer's journal item where it is settled, else ``None``: the entry's rest."""
        rows, currency = self._changed_rows(), self.company_id.currency_id
        if rows and rows.currency_id == currency:
            return currency.round(sum(rows.mapped("amount")))
        items = rows._conversion_items()
        return -sum(items.mapped("balance")) if rows and items.ecom_transaction_id == rows else None

    def _standing_transfer_item(self):
        """The journal item by which it left this balance, settled by the other side or not."""
        return self._standing_moves().line_ids.filtered(
            lambda item: (
                item.account_id == item.move_id.ecom_payout_id.gateway_id.transfer_account_id
                and not item.ecom_transaction_id
            )
        )[:1]

    def _exchange_line(self, lines, day):
        """What is left of an entry of which the last line is settled: what the rates made of it."""
        company = self.company_id
        if lines[-1].balance is None:
            return []
        rest = company.currency_id.round(-sum(self._balance(line, day) for line in lines))
        if company.currency_id.is_zero(rest):
            return []
        gain, loss = company.income_currency_exchange_account_id, company.expense_currency_exchange_account_id
        account = gain if rest < 0 else loss
        if not account:
            raise UserError(self.env._("Choose the accounts for exchange differences in the settings of Invoicing."))
        name = self.env._("%(payout)s, exchange difference", payout=self.external_id)
        return [Line(account, name, 0.0, company.currency_id, 0.0, day, balance=rest)]


class EcomGatewayTransaction(models.Model):
    _inherit = "ecom.gateway.transaction"

    def _conversion_items(self):
        """The standing journal items of these sides of conversions."""
        return self.payout_id._standing_moves().line_ids.filtered(
            lambda item: (
                item.ecom_transaction_id in self
                and item.account_id == item.move_id.ecom_payout_id.gateway_id.transfer_account_id
            )
        )

    def _booked_where_they_left(self):
        """``{what a conversion became: its journal item's balance}``, as the balance that it left was booked.

        Where it became several, they share that by their amounts.
        """
        became = self.filtered(
            lambda row: (
                row.kind == "conversion"
                and row.group_ref
                and row.amount > 0
                and row.currency_id != row.company_id.currency_id
            )
        )
        if not became:
            return {}
        sources = self.env["ecom.payout"].search(
            [("gateway_id", "in", became.gateway_id.ids), ("group_ref", "in", became.mapped("group_ref"))]
        )
        result = {}
        for payout in sources:
            item = payout._standing_transfer_item()
            rows = payout._changed_rows()
            whole, reached, given = sum(rows.mapped("amount")), 0.0, 0.0
            for row in rows if item else ():
                reached += row.amount
                until = item.company_currency_id.round(item.balance * reached / whole)
                result[row], given = given - until, until
        return {row: balance for row, balance in result.items() if row in became}
