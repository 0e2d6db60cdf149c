from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class EcomGatewayTransaction(models.Model):
    """Somebody, or an order that came late, says what an unknown transaction is: it moves to where it belongs."""

    _inherit = "ecom.gateway.transaction"

    identify_order_id = fields.Many2one(
        "ecom.order",
        string="Belongs to Order",
        store=False,
        inverse="_inverse_identify_order_id",
        compute="_compute_identify",
    )
    identify_account_id = fields.Many2one(
        "account.account",
        string="Book on Account",
        store=False,
        inverse="_inverse_identify_account_id",
        compute="_compute_identify",
        check_company=True,
        help="What is no order's: a correction, a subscription, money of your own.",
    )
    to_identify = fields.Boolean(compute="_compute_to_identify", help="It waits in the account to identify.")

    def _compute_identify(self):
        self.identify_order_id = False
        self.identify_account_id = False

    @api.depends("reason", "account_payment_id", "payout_id.state")
    def _compute_to_identify(self):
        waiting = self.sudo()._unknown_items().ecom_transaction_id
        for row in self:
            row.to_identify = row in waiting

    def _inverse_identify_order_id(self):
        for row in self.filtered("identify_order_id"):
            row._identify(row.identify_order_id)

    def _inverse_identify_account_id(self):
        for row in self.filtered("identify_account_id"):
            row._identify_account(row.identify_account_id)

    # === BY A PERSON === #

    def _identify(self, order, reason=None):
        """A person names the order of this transaction."""
        self.ensure_one()
        self.check_access("read")
        self.env["account.move"].check_access("create")
        if self.account_payment_id or self.kind not in ("charge", "refund"):
            raise UserError(self.env._("This is matched already, or is nothing that an order has."))
        if not self.settled:
            raise UserError(
                self.env._(
                    "The gateway may still take %(transaction)s back. Wait until it is final, then name its order.",
                    transaction=self.external_id,
                )
            )
        order.check_access("read")
        row = self.gateway_id._work_env().env[self._name].browse(self.id)
        reason = reason or self.env._("%(user)s named the order", user=self.env.user.name)
        row.write({"order_id": order.id, "payment_key": row._key_in(order), "reason": reason[:200]})
        row._book()
        if not row.account_payment_id:
            raise UserError(self.env._("Order %(number)s has no sales order yet.", number=order.number))

    def _key_in(self, order):
        """Which of the order's means of payment this is, where that is plain: what was registered of it is this."""
        amount, currency = self._customer_figures()
        taken = order.transaction_ids.mapped("payment_key")
        awaited = self.gateway_id._gateway_class().capabilities.awaited
        keys = [
            key
            for key, payment in (order._awaited_payments() if awaited else order._received_payments())
            if key not in taken
            and order.currency_code == currency.name
            and not currency.compare_amounts(float(payment["amount"]), amount)
        ]
        return keys[0] if keys else False

    def _identify_account(self, account):
        """A person says on which account it belongs: it is no order's."""
        self.ensure_one()
        self.check_access("read")
        self.env["account.move"].check_access("create")
        row = self.gateway_id._work_env().env[self._name].browse(self.id)
        items = row._unknown_items()
        if not items:
            raise UserError(self.env._("It is not in the account to identify: its payout comes first."))
        row._leave_unknown_for(items, lambda item: {"account_id": account.id})
        values = {
            "reason": self.env._("%(user)s booked it on %(account)s", user=self.env.user.name, account=account.code)
        }
        row.write(values | ({"state": "plain"} if row.state == "open" else {}))
        row.gateway_id._solve(["payment_unknown"], [row.external_id])

    # === BY ITSELF === #

    def _book(self):
        result = super()._book()
        self._leave_unknown()
        return result

    def _unknown_items(self):
        """What payouts booked of these in the account to identify and nothing took from there yet."""
        return self.env["account.move.line"].search(
            [
                ("ecom_transaction_id", "in", self.ids),
                ("account_id", "in", self.gateway_id.unknown_account_id.ids),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ]
        )

    def _leave_unknown(self):
        """Move what is known by now from the account to identify to the clearing account, and settle its payment."""
        known = self.filtered("account_payment_id")
        booked = known._unknown_items()
        if not booked:
            return
        moves = self._leave_unknown_for(booked, self._prepare_clearing_vals)
        plan = []
        for line, move in zip(booked, moves, strict=True):
            row = line.ecom_transaction_id
            clearing = row.gateway_id.clearing_account_id
            settled = row.account_payment_id.move_id.line_ids | move.line_ids
            plan.append(
                settled.filtered(lambda item, clearing=clearing: item.account_id == clearing and not item.reconciled)
            )
        self.env["account.move.line"]._reconcile_plan(plan)
        for gateway in known.gateway_id:
            gateway._solve(["payment_unknown"], known.mapped("external_id"))

    def _prepare_clearing_vals(self, item):
        """The clearing account's line, in the payment's own currency."""
        row = item.ecom_transaction_id
        payment = row.account_payment_id
        values = {"account_id": row.gateway_id.clearing_account_id.id, "partner_id": payment.partner_id.id}
        if payment.currency_id != item.currency_id:
            values |= {"amount_currency": -row._customer_figures()[0], "currency_id": payment.currency_id.id}
        if payment.currency_id == row.company_id.currency_id:
            values["balance"] = -row._customer_figures()[0]
        return values

    def _leave_unknown_for(self, items, counterpart):
        """Entries that empty the account to identify of these items.

        :param counterpart: gives for an item the values of where it goes
        :return: the entries, one for each item
        """
        moves = self.env["account.move"].create(
            [self._prepare_identified_vals(item, counterpart(item)) for item in items]
        )
        moves.action_post()
        self.env["account.move.line"]._reconcile_plan(
            [
                item | move.line_ids.filtered(lambda other, item=item: other.account_id == item.account_id)
                for item, move in zip(items, moves, strict=True)
            ]
        )
        return moves

    def _prepare_identified_vals(self, item, there):
        row = item.ecom_transaction_id
        gateway = row.gateway_id
        common = {"name": item.name, "currency_id": item.currency_id.id}
        there = {"amount_currency": item.amount_currency, "balance": item.balance} | there
        # Matched with the item in its own currency; what another balance differs is Odoo's exchange difference.
        here = {
            "account_id": item.account_id.id,
            "amount_currency": -item.amount_currency,
            "balance": -there["balance"],
        }
        return {
            "move_type": "entry",
            "journal_id": gateway.journal_id.id,
            "date": gateway._open_day(max(item.date, row.account_payment_id.date or item.date)),
            "ecom_payout_id": row.payout_id.id,
            "ref": self.env._("Identified: %(reference)s", reference=row.source_ref or row.external_id),
            "line_ids": [Command.create(common | here), Command.create(common | there)],
        }


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    def _fix_payment_unknown(self, _same):
        """Try once more: the order may be here by now."""
        row = self.env["ecom.gateway.transaction"].browse(self.data["transaction"]).exists()
        row._match()
        if row._unknown_items():
            raise UserError(
                self.env._(
                    "Nothing is known of it yet. Open the transaction: name its order, or the account it is for."
                )
            )
