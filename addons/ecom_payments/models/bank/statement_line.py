from odoo import api, fields, models

OF_OTHER_SCREENS = ("reconcile_data", "reconcile_mode")
"""What another addon's screen keeps of a match that it made or prepared; neither stands once the match is ours."""


class AccountBankStatementLine(models.Model):
    """What a line of the bank turned out to be: a payout, or payments of orders. Undone with Odoo's own button."""

    _inherit = "account.bank.statement.line"

    ecom_payout_id = fields.Many2one(
        "ecom.payout", string="Payout", index="btree_not_null", copy=False, readonly=True, ondelete="restrict"
    )
    ecom_payment_ids = fields.Many2many(
        "account.payment",
        "ecom_bank_line_payment_rel",
        string="Payments of Orders",
        copy=False,
        readonly=True,
        check_company=True,
    )
    ecom_reason = fields.Char(string="Why", copy=False, readonly=True, help="Why it was matched so.")
    ecom_explained_at = fields.Datetime(string="Matched on", copy=False, readonly=True)
    ecom_by_hand = fields.Boolean(
        string="Left to a Person", copy=False, help="A person undid its match: it is not matched by itself again."
    )

    _ecom_explained_index = models.Index("(ecom_explained_at) WHERE ecom_explained_at IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        """Lines that arrive are looked at within moments, by whichever gateway of the company sees the bank."""
        lines = super().create(vals_list)
        gateways = self.env["ecom.gateway"].sudo().search([("company_id", "in", lines.company_id.ids)])
        for company in lines.company_id:
            watching = gateways.filtered(lambda gateway, company=company: gateway.company_id == company)
            watching.filtered(lambda gateway: gateway.state == "connected" and gateway._watches_bank())[:1]._wake()
        return lines

    def action_undo_reconciliation(self):
        """Undone by whoever and however: what it was waits for its bank line again."""
        if not self:  # Odoo has nothing undone whenever any journal item is written
            return super().action_undo_reconciliation()
        explained, matched = self.filtered("ecom_explained_at"), self.filtered("is_reconciled")
        others = (matched - explained).sudo()
        between = others._entries_between()
        orders = (others.move_id | between).line_ids._all_reconciled_lines().move_id.ecom_order_id
        result = super().action_undo_reconciliation()
        between._reverse_moves(
            [{"date": move._ecom_open_day(), "ref": self.env._("Undone: %s", move.name)} for move in between],
            cancel=True,
        )
        explained._release()
        orders._await_money_again()
        (explained | matched)._forget_other_screens()
        if not self.env.context.get("ecom_match_again"):
            (explained | matched).ecom_by_hand = True
        return result

    def _entries_between(self):
        """The entries by which another screen tied these to what they are, leaving the suspense account as it is."""
        suspense = self.move_id.line_ids.filtered(
            lambda item: item.account_id == item.move_id.statement_line_id.journal_id.suspense_account_id
        )
        moves = suspense._all_reconciled_lines().move_id - self.move_id
        return moves.filtered(lambda move: move.move_type == "entry" and not move.statement_line_id)

    def _forget_other_screens(self):
        """Whoever opens these on another screen begins with what they are, and not with what they were."""
        if names := [name for name in OF_OTHER_SCREENS if name in self._fields]:
            self.write(dict.fromkeys(names, False))

    def unlink(self):
        self.filtered("ecom_explained_at")._release()
        return super().unlink()

    def _release(self):
        """Set payouts free, and take back the payments that were made because of these lines; a hook."""
        lines = self.sudo()
        payouts = lines.ecom_payout_id
        lines._take_payments_back()
        lines.write(
            {"ecom_payout_id": False, "ecom_payment_ids": False, "ecom_reason": False, "ecom_explained_at": False}
        )
        payouts.filtered(lambda payout: payout.state == "banked").state = "posted"


class EcomPayout(models.Model):
    _inherit = "ecom.payout"

    statement_line_ids = fields.One2many("account.bank.statement.line", "ecom_payout_id", string="Bank Lines")

    def _transfer_item(self):
        """The journal item that the bank's line settles."""
        return self._transfer_items().get(self, self.env["account.move.line"])

    def _transfer_items(self):
        """``{payout: the journal item that the bank's line settles}``, those that wait for it."""
        items = self._standing_moves().line_ids.filtered(
            lambda item: (
                item.account_id == item.move_id.ecom_payout_id.gateway_id.transfer_account_id
                and not item.ecom_transaction_id
                and not item.reconciled
            )
        )
        return {item.move_id.ecom_payout_id: item for item in items.sorted("id", reverse=True)}

    def _still_awaited(self):
        """Those whose transfer nothing settled yet, or not in full."""
        return self.browse([payout.id for payout in self._transfer_items()])

    def _leave_bank(self):
        self.statement_line_ids.with_context(ecom_match_again=True).action_undo_reconciliation()
        return super()._leave_bank()


class AccountPartialReconcile(models.Model):
    """Whoever matches a payout with the bank, and on whichever screen: it arrived; undone, it is awaited again."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        items, payouts = partials._ecom_transfers()
        if payouts:
            arrived = payouts.filtered(lambda payout: payout.state == "posted") - payouts._still_awaited()
            arrived.state = "banked"
            for item in items:
                line = (item.matched_debit_ids.debit_move_id | item.matched_credit_ids.credit_move_id).statement_line_id
                line.filtered(lambda line: not line.ecom_payout_id).ecom_payout_id = item.move_id.ecom_payout_id
        return partials

    def unlink(self):
        _items, payouts = self._ecom_transfers()
        lines = (self.sudo().debit_move_id | self.sudo().credit_move_id).statement_line_id.filtered("is_reconciled")
        result = super().unlink()
        if not self.env.context.get("ecom_match_again"):
            lines.exists().filtered(lambda line: not line.is_reconciled).ecom_by_hand = True
        awaited = payouts.filtered(lambda payout: payout.state == "banked") & payouts._still_awaited()
        awaited.state = "posted"
        awaited.statement_line_ids.filtered(lambda line: not line.ecom_explained_at).ecom_payout_id = False
        return result

    def _ecom_transfers(self):
        """The journal items of payouts' transfers among what these match, and the payouts."""
        items = (self.sudo().debit_move_id | self.sudo().credit_move_id).filtered(
            lambda item: (
                item.move_id.ecom_payout_id
                and not item.ecom_transaction_id
                and item.account_id == item.move_id.ecom_payout_id.gateway_id.transfer_account_id
            )
        )
        return items, items.move_id.ecom_payout_id


class EcomGateway(models.Model):
    _inherit = "ecom.gateway"

    def _watches_bank(self):
        """Whether its money is seen at the bank: paid out in sums, or line by line."""
        capabilities = self._gateway_class().capabilities
        return capabilities.payouts or capabilities.files or capabilities.bank or capabilities.collected
