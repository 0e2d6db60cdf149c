from collections import defaultdict

from odoo import models


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
                "|",
                "&",
                ("ecom_transaction_id.gateway_id", "=", gateway.id),
                ("ecom_transaction_id.kind", "in", ("dispute", "dispute_reversal", "reserve", "conversion")),
                "&",
                ("ecom_transaction_id", "=", False),
                ("move_id.ecom_payout_id.gateway_id", "=", gateway.id),
            ]
        )
        pools = defaultdict(items.browse)
        for item in items:
            if (pool := item._ecom_pool()) in mine:
                pools[pool] |= item
        plan = [pool for pool in pools.values() if min(pool.mapped("balance")) < 0 < max(pool.mapped("balance"))]
        if plan:
            items._reconcile_plan(plan)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _ecom_pool(self):
        """With what this item of a payout's entry is matched: whatever has the same; ``None`` where it is alone."""
        row, payout = self.ecom_transaction_id, self.move_id.ecom_payout_id
        gateway = row.gateway_id or payout.gateway_id
        if row.kind in ("dispute", "dispute_reversal") and self.account_id == gateway.dispute_account_id:
            return ("dispute", row.charge_ref or row.source_ref, self.currency_id)
        if row.kind == "reserve":
            return ("reserve", self.currency_id)
        if row.kind == "conversion" and row.group_ref:
            return ("conversion", row.group_ref)
        if not row and self.account_id == gateway.transfer_account_id and payout.group_ref:
            return ("conversion", payout.group_ref)
        if row or payout.composed or self.account_id != gateway.clearing_account_id or self.reconciled:
            return None
        summed = gateway.detail_limit and payout.transaction_count > gateway.detail_limit
        return None if summed or self.move_id == payout.return_move_id else ("kept", self.currency_id)
