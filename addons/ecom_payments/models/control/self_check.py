from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

MOST_NAMED = 5
TRANSFER_DAYS = 7
"""How long money may be on its way between two accounts before somebody has to explain it."""


class EcomGateway(models.Model):
    """Every day each gateway's books are held against themselves; what does not add up is one issue, with the figures.

    Checks are methods named ``_check_that_...``, each one statement; they return sentences about what is wrong.
    """

    _inherit = "ecom.gateway"

    @api.model
    def _cron_check_payments(self):
        gateways = self.search([("state", "=", "connected"), ("clearing_account_id", "!=", False)])
        for gateway in gateways:
            gateway = gateway._work_env()
            gateway._in_transaction(gateway._check_payments)

    def _check_payments(self):
        """Raise the gateway's issue, bring it up to date, or solve it where all is right again.

        :return: what is wrong, sentence by sentence
        """
        self.ensure_one()
        self.env.flush_all()
        wrong = [
            words
            for check in (
                self._check_that_clearing_is_explained,
                self._check_that_payouts_are_booked_in_full,
                self._check_that_nothing_is_there_twice,
                self._check_that_transfers_are_explained,
            )
            for words in check()
        ]
        if wrong:
            title = self.env._("The payments of “%(gateway)s” do not add up:", gateway=self.name)
            self._raise("payments_off", message="\n".join([title, *wrong]))
        else:
            self._solve(["payments_off"], [""])
        return wrong

    # === CHECKS === #

    def _check_that_clearing_is_explained(self):
        """The account's balance is that of its open items, and none of them was entered by hand."""
        currency, account = self.company_id.currency_id, self.clearing_account_id
        ((balance, open_items),) = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(sum(balance), 0), COALESCE(sum(amount_residual), 0)
                  FROM account_move_line WHERE account_id = %s AND company_id = %s AND parent_state = 'posted'
                """,
                account.id,
                self.company_id.id,
            )
        )
        wrong = []
        if currency.compare_amounts(balance, open_items):
            wrong.append(
                self.env._(
                    "Account %(account)s holds %(balance)s, its open items add up to %(items)s.",
                    account=account.display_name,
                    balance=currency.format(balance),
                    items=currency.format(open_items),
                )
            )
        by_hand = self.env["ecom.clearing.line"].search([("gateway_id", "=", self.id), ("cause", "=", "other")])
        if by_hand:
            wrong.append(
                self.env._(
                    "Open items of %(account)s that are of no payment: %(count)s, %(amount)s in all (%(names)s).",
                    count=len(by_hand),
                    account=account.display_name,
                    amount=currency.format(sum(by_hand.mapped("amount"))),
                    names=self._named(by_hand.move_id.mapped("name")),
                )
            )
        return wrong

    def _check_that_payouts_are_booked_in_full(self):
        """What stands in the transfer account of each booked payout is what the gateway sent."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.external_id, p.amount, p.currency_id, COALESCE(booked.amount, 0)
                  FROM ecom_payout p
                  LEFT JOIN LATERAL (
                       SELECT sum(item.amount_currency) AS amount
                         FROM account_move move JOIN account_move_line item ON item.move_id = move.id
                        WHERE move.ecom_payout_id = p.id AND move.state = 'posted' AND item.account_id = %s
                          AND item.ecom_transaction_id IS NULL AND move.reversed_entry_id IS NULL
                          AND NOT EXISTS (SELECT FROM account_move back
                                           WHERE back.reversed_entry_id = move.id AND back.state = 'posted')
                       ) booked ON TRUE
                 WHERE p.gateway_id = %s AND p.state IN ('posted', 'banked')
                   AND abs(p.amount - COALESCE(booked.amount, 0)) > 0.004
                 ORDER BY p.id
                """,
                self.transfer_account_id.id,
                self.id,
            )
        )
        currencies = self.env["res.currency"].browse({row[2] for row in rows})
        by_id = {currency.id: currency for currency in currencies}
        return [
            self.env._(
                "Payout %(payout)s is %(amount)s, and %(booked)s of it are booked.",
                payout=number,
                amount=by_id[currency].format(amount),
                booked=by_id[currency].format(booked),
            )
            for number, amount, currency, booked in rows[:MOST_NAMED]
        ]

    def _check_that_nothing_is_there_twice(self):
        """No transaction is another gateway's as well, stands in two entries, or is two payments."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT 'gateway', t.external_id
                  FROM ecom_gateway_transaction t
                  JOIN ecom_gateway_transaction other
                    ON other.external_id = t.external_id AND other.id != t.id AND other.company_id = t.company_id
                  JOIN ecom_gateway theirs ON theirs.id = other.gateway_id AND theirs.kind = %(kind)s
                 WHERE t.gateway_id = %(gateway)s
                 UNION ALL
                SELECT 'entry', t.external_id
                  FROM account_move_line item
                  JOIN account_move move ON move.id = item.move_id AND move.state = 'posted'
                  JOIN ecom_gateway_transaction t ON t.id = item.ecom_transaction_id
                 WHERE t.gateway_id = %(gateway)s AND move.ecom_payout_id IS NOT NULL AND move.reversed_entry_id IS NULL
                   AND NOT EXISTS (SELECT FROM account_move back
                                    WHERE back.reversed_entry_id = move.id AND back.state = 'posted')
                 GROUP BY t.id, item.account_id
                HAVING count(*) > 1
                 UNION ALL
                SELECT 'payment', p.payment_reference
                  FROM account_payment p
                 WHERE p.journal_id = %(journal)s AND p.ecom_order_id IS NOT NULL AND p.payment_type = 'inbound'
                   AND p.state IN ('in_process', 'paid') AND COALESCE(p.payment_reference, '') != ''
                 GROUP BY p.ecom_order_id, p.payment_reference, p.amount
                HAVING count(*) > 1
                """,
                kind=self.kind,
                gateway=self.id,
                journal=self.journal_id.id,
            )
        )
        env = self.env
        texts = {
            "gateway": env._("are another gateway's of the same kind as well: is the account set up twice?"),
            "entry": env._("stand in two entries"),
            "payment": env._("are registered as two payments of one order"),
        }
        wrong = []
        for where, words in texts.items():
            if names := [name for found, name in rows if found == where]:
                wrong.append(f"{self._named(names)}: {words}")
        return wrong

    def _check_that_transfers_are_explained(self):
        """Money that is on its way belongs to a payout that the bank has not shown yet."""
        first = self.search(
            [("transfer_account_id", "=", self.transfer_account_id.id), ("state", "=", "connected")], limit=1
        )
        if self != first:
            return []  # an account that several gateways share is looked at once
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.name, item.amount_residual
                  FROM account_move_line item
                  JOIN account_move move ON move.id = item.move_id
                  LEFT JOIN ecom_payout payout ON payout.id = move.ecom_payout_id
                 WHERE item.account_id = %s AND item.company_id = %s AND item.parent_state = 'posted'
                   AND item.amount_residual != 0 AND item.reconciled IS NOT TRUE
                   AND (payout.state = 'banked' OR (payout.id IS NULL AND item.date < %s))
                 ORDER BY item.date, item.id
                """,
                self.transfer_account_id.id,
                self.company_id.id,
                self.company_id._ecom_today() - timedelta(days=TRANSFER_DAYS),
            )
        )
        if not rows:
            return []
        return [
            self.env._(
                "%(amount)s in %(account)s are of no payout that the bank has yet to show: %(names)s.",
                amount=self.company_id.currency_id.format(sum(amount for _name, amount in rows)),
                account=self.transfer_account_id.display_name,
                names=self._named([name for name, _amount in rows]),
            )
        ]

    def _named(self, names):
        """Some of the names, and how many more there are."""
        names = list(dict.fromkeys(name or "?" for name in names))
        more = len(names) - MOST_NAMED
        shown = ", ".join(names[:MOST_NAMED])
        return self.env._("%(names)s and %(count)s more", names=shown, count=more) if more > 0 else shown


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("payments_off", "Payments do not add up")], ondelete={"payments_off": "cascade"}
    )

    def _compute_remedy(self):
        result = super()._compute_remedy()
        self.filtered(lambda issue: issue.code == "payments_off").remedy = self.env._("Check again")
        return result

    def _fix_payments_off(self, _same):
        gateway = self.env["ecom.gateway"].browse(self.data["gateway"]).exists()
        if gateway and (wrong := gateway._work_env()._check_payments()):
            raise UserError("\n".join(wrong))
