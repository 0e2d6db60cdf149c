from collections import defaultdict
from dataclasses import dataclass, field

from odoo import fields, models

from ..transactions.transaction import BOOKED

DISPUTED = ("dispute", "dispute_reversal", "reserve")
BETWEEN_ACCOUNTS = ("transfer", "conversion")


@dataclass
class Line:
    """A line of a payout's entry before it is one. ``gross`` is in the payout's currency, and so is what it brings."""

    account: object
    name: str
    gross: float  # seen from the gateway's balance: positive came in, and is credited
    currency: object
    amount: float  # the same in ``currency``
    day: object
    partner: object = None
    transaction: object = None
    against: list = field(default_factory=list)  # the payments' lines that it settles
    extra: dict = field(default_factory=dict)  # more values of the journal item: its taxes and grids
    balance: float | None = None  # the journal item's own, in company currency, where that is settled


class EcomPayout(models.Model):
    """What a payout's entries consist of. Plain lists: nothing is written here, and nothing looked up one by one."""

    _inherit = "ecom.payout"

    def _lines(self):
        """A line for each transaction, or for each kind above the size that the accountant set; fees by month."""
        rows = self.transaction_ids.sorted(lambda row: (row.day, row.id))
        open_lines = self._payment_lines(rows)
        returned = rows._returned_items()
        lines = [self._line(row, open_lines, returned) for row in rows if row.kind != "fee" and row.amount]
        booked = rows._booked_where_they_left()
        for line in lines:
            line.balance = booked.get(line.transaction)
        limit = self.gateway_id.detail_limit
        if limit and len(rows) > limit:
            lines = self._summed(lines)
        return lines + self._fee_lines(rows)

    def _payment_lines(self, rows):
        """``{payment: its line in the clearing account}``, those that nothing settled yet."""
        lines = self.env["account.move.line"].search(
            [
                ("move_id", "in", rows.account_payment_id.move_id.ids),
                ("account_id", "=", self.gateway_id.clearing_account_id.id),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
            ]
        )
        return {line.move_id.origin_payment_id: line for line in lines}

    def _line(self, row, open_lines, returned):
        gateway = self.gateway_id
        amount, currency = row.amount, row.currency_id
        if row.account_payment_id:
            # The payment's own currency: what it is worth at settlement is the gateway's word, the rest is Odoo's
            # exchange difference.
            payment = row.account_payment_id
            if payment.currency_id != currency:
                amount, currency = row._customer_figures()
            return Line(
                gateway.clearing_account_id,
                self._label(row),
                row.amount,
                currency,
                amount,
                row.day,
                payment.partner_id,
                row,
                [open_lines[payment]] if payment in open_lines else [],
            )
        account = gateway.unknown_account_id
        if item := returned.get(row):
            return Line(item.account_id, item.name, row.amount, currency, amount, row.day, None, row, [item])
        if row.kind in DISPUTED:
            account = gateway.dispute_account_id
        elif row.kind in BETWEEN_ACCOUNTS:
            account = gateway.transfer_account_id
        return Line(account, self._label(row), row.amount, currency, amount, row.day, None, row)

    def _label(self, row):
        parts = [row.source_ref or row.reference or row.external_id, row.order_id.number, row.description]
        return " ".join(part for part in parts if part)[:200]

    def _summed(self, lines):
        """Payments and refunds are one line for each account, currency and month; whatever else stays by itself."""
        groups = defaultdict(list)
        for line in lines:
            kind = line.transaction.kind
            plain = kind in BOOKED and line.account != self.gateway_id.unknown_account_id
            alone = not plain and line.transaction
            groups[line.account, line.currency, kind, line.day.replace(day=1), alone].append(line)
        kinds = dict(self.env["ecom.gateway.transaction"]._fields["kind"]._description_selection(self.env))
        result = []
        for (account, currency, kind, _month, alone), members in groups.items():
            if alone:
                result += members
                continue
            name = self.env._("%(count)s × %(kind)s", count=len(members), kind=kinds[kind])
            gross = sum(line.gross for line in members)
            amount = sum(line.amount for line in members)
            against = [line for member in members for line in member.against]
            result.append(
                Line(
                    account,
                    name,
                    self.currency_id.round(gross),
                    currency,
                    currency.round(amount),
                    max(line.day for line in members),
                    against=against,
                )
            )
        return result

    def _difference(self, lines):
        """What the transactions do not add up to; a running balance keeps the rest, which is no difference."""
        currency = self.currency_id
        left = currency.round(self.amount - sum(line.gross for line in lines))
        if currency.is_zero(left):
            return []
        gateway = self.gateway_id
        if self.composed:
            account, name = gateway.unknown_account_id, self.env._("Not among the transactions")
            self._say_that_it_does_not_add_up(left)
        else:
            account, name = gateway.clearing_account_id, self.env._("Balance kept by the gateway")
        return [Line(account, name, left, currency, left, self._day())]

    def _say_that_it_does_not_add_up(self, left):
        self.gateway_id._raise(
            "payout_differs",
            key=self.external_id,
            message=self.env._(
                "Payout %(payout)s of “%(gateway)s” is %(amount)s, but its transactions add up to %(sum)s. The "
                "difference is booked in the account to identify.",
                payout=self.external_id,
                gateway=self.gateway_id.name,
                amount=self.currency_id.format(self.amount),
                sum=self.currency_id.format(self.amount - left),
            ),
        )

    def _in_company_currency(self, amount, day):
        """By the gateway's own rate where it changed the money, else by the day's."""
        company = self.company_id
        if self.changed_into:
            return company.currency_id.round(amount * self.changed_into / self.amount)
        return self.currency_id._convert(amount, company.currency_id, company, day)

    def _balance(self, line, day):
        if line.balance is not None:
            return line.balance
        if line.currency == self.company_id.currency_id:
            # Paid in the company's own currency, it is worth that: the transfer takes what the gateway's rate differs.
            return line.currency.round(-line.amount)
        return self._in_company_currency(-line.gross, day)

    def _entry_vals(self, line, day):
        """The values of a journal item. What came in is credited: it leaves the clearing account."""
        company = self.company_id
        balance = self._balance(line, day)
        same = line.currency == company.currency_id
        # Odoo would look an analytic distribution up for each partner, and what a balance account holds has none.
        plain = {} if line.account == self.gateway_id.fee_account_id else {"analytic_distribution": False}
        taxes = dict(line.extra)
        if "tax_base_amount" in taxes:
            taxes["tax_base_amount"] = self._in_company_currency(taxes["tax_base_amount"], day)
        return plain | {
            "account_id": line.account.id,
            "name": line.name,
            "partner_id": line.partner.id if line.partner else False,
            "currency_id": line.currency.id,
            "amount_currency": balance if same else -line.amount,
            "balance": balance,
            "ecom_transaction_id": line.transaction.id if line.transaction else False,
            **taxes,
        }


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("payout_differs", "Payout does not add up")], ondelete={"payout_differs": "cascade"}
    )

    def _fix_payout_differs(self, _same):
        """A person saw it: nothing is left to do."""
