from collections import defaultdict

from odoo import Command, models


class EcomPayout(models.Model):
    """What goes out and comes in again without an order: both sides are matched once both are booked.

    A dispute's withdrawal with its return, what is held back with its release, the two sides of a conversion, and what
    a running balance kept with what it paid out of it later.
    """

    _inherit = "ecom.payout"

    def _settle_pools(self, moves):
        """Match what these entries brought with what earlier ones left open; partly, where the sums differ."""
        gateway = self.gateway_id
        accounts = gateway.dispute_account_id | gateway.transfer_account_id | gateway.clearing_account_id
        mine = {item._ecom_pool() for item in moves.line_ids.filtered(lambda item: item.account_id in accounts)} - {
            None
        }
        if not mine:
            return
        items = self.env["account.move.line"].search(
            [
                ("account_id", "in", accounts.filtered("reconcile").ids),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("move_id.ecom_payout_id.gateway_id", "=", gateway.id),
                "|",
                ("ecom_transaction_id.kind", "in", ("dispute", "dispute_reversal", "reserve", "conversion")),
                ("ecom_transaction_id", "=", False),
            ]
        )
        pools = defaultdict(items.browse)
        for item in items:
            if (pool := item._ecom_pool()) in mine:
                pools[pool] |= item
        plan = []
        for (kind, *_rest), pool in pools.items():
            if min(pool.mapped("balance")) < 0 < max(pool.mapped("balance")):
                plan += self._converted(pool) if kind == "conversion" else [pool]
        if plan:
            items._reconcile_plan(plan)

    def _converted(self, sides):
        """An entry that takes both sides of a conversion off the transfer account: the gateway's rate is no day's rate.

        What they differ by is the exchange's gain or loss.

        :return: what is to be matched
        """
        company = self.company_id
        rest = company.currency_id.round(sum(sides.mapped("amount_residual")))
        account = (
            company.expense_currency_exchange_account_id if rest > 0 else company.income_currency_exchange_account_id
        )
        if not account:
            return []
        day = self.gateway_id._open_day(max(sides.mapped("date")))
        name = self.env._(
            "Conversion %(amounts)s", amounts=" / ".join(i.currency_id.format(-i.amount_currency) for i in sides)
        )
        vals = [
            {
                "account_id": item.account_id.id,
                "currency_id": item.currency_id.id,
                "amount_currency": -item.amount_residual_currency,
                "balance": -item.amount_residual,
            }
            for item in sides
        ]
        if rest:
            vals.append({"account_id": account.id, "balance": rest})
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": (company.currency_exchange_journal_id or self.gateway_id.journal_id).id,
                "company_id": company.id,
                "date": day,
                "ref": name,
                "ecom_payout_id": self.id,
                "line_ids": [Command.create(row | {"name": name}) for row in vals],
            }
        )
        move.action_post()
        return [item | closed for item, closed in zip(sides, move.line_ids.sorted("id"), strict=False)]


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _ecom_pool(self):
        """With what this item of a payout's entry is matched: whatever has the same; ``None`` where it is alone."""
        row, payout = self.ecom_transaction_id, self.move_id.ecom_payout_id
        gateway = payout.gateway_id
        if row.kind in ("dispute", "dispute_reversal") and self.account_id == gateway.dispute_account_id:
            return ("dispute", row.charge_ref or row.source_ref, self.currency_id)
        if row.kind == "reserve":
            return ("reserve", self.currency_id)
        if row.kind == "conversion" and row.group_ref:
            return ("conversion", row.group_ref)
        if not row and self.account_id == gateway.transfer_account_id and payout.group_ref:
            return ("conversion", payout.group_ref)
        kept = not row and self.account_id == gateway.clearing_account_id and not payout.composed
        if kept and self.move_id != payout.return_move_id and not self.reconciled:
            return ("kept", self.currency_id)
        return None
