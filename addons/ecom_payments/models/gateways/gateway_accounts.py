from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

FOLLOWED = ("clearing_account_id", "dispute_account_id", "transfer_account_id", "unknown_account_id")


class EcomGateway(models.Model):
    """Money that is followed in an account is not left behind there, where nothing would explain it any more."""

    _inherit = "ecom.gateway"

    def write(self, vals):
        for gateway in self:
            for account in gateway._accounts_to_leave(vals):
                gateway._check_settled(account)
        return super().write(vals)

    def _accounts_to_leave(self, vals):
        """The accounts that these values replace; payments of another journal would not be found in theirs."""
        names = [name for name in FOLLOWED if name in vals and vals[name] != self[name].id]
        if self.journal_id and vals.get("journal_id", self.journal_id.id) != self.journal_id.id:
            names.append("clearing_account_id")
        return self.env["account.account"].union(*(self[name] for name in names))

    def _check_settled(self, account):
        """
        :raise UserError: when items of this gateway are open in the account
        """
        domain = Domain(
            [
                ("account_id", "=", account.id),
                ("company_id", "=", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ]
        )
        if account != self.clearing_account_id:  # gateways share the others
            domain &= Domain("ecom_transaction_id.gateway_id", "=", self.id) | Domain(
                "move_id.ecom_payout_id.gateway_id", "=", self.id
            )
        ((count, amount),) = (
            self.env["account.move.line"].sudo()._read_group(domain, aggregates=["__count", "amount_residual:sum"])
        )
        if count:
            raise UserError(
                self.env._(
                    "“%(gateway)s” still has %(amount)s of open items (%(count)s) in account %(account)s, which "
                    "nothing would explain any more. Have its payouts booked and shown by the bank first, and "
                    "reconcile what is left with an entry that moves it; then change the account or journal.",
                    gateway=self.name,
                    account=f"{account.with_company(self.company_id).code} {account.name}",
                    count=count,
                    amount=self.company_id.currency_id.format(amount),
                )
            )
