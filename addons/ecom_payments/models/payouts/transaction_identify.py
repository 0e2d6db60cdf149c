from odoo import Command, fields, models
from odoo.exceptions import UserError


class EcomGatewayTransaction(models.Model):
    """Somebody, or an order that came late, says what an unknown transaction is: it moves to where it belongs."""

    _inherit = "ecom.gateway.transaction"

    identify_order_id = fields.Many2one(
        "ecom.order",
        string="Belongs to Order",
        store=False,
        inverse="_inverse_identify_order_id",
        compute="_compute_identify_order_id",
    )

    def _compute_identify_order_id(self):
        self.identify_order_id = False

    def _inverse_identify_order_id(self):
        for row in self.filtered("identify_order_id"):
            row._identify(row.identify_order_id)

    def _identify(self, order):
        """A person names the order of this transaction."""
        self.ensure_one()
        self.check_access("read")
        self.env["account.move"].check_access("create")
        if self.account_payment_id or self.kind not in ("charge", "refund"):
            raise UserError(self.env._("This is matched already, or is nothing that an order has."))
        order.check_access("read")
        row = self.gateway_id._work_env().env[self._name].browse(self.id)
        row.write({"order_id": order.id, "reason": self.env._("%(user)s named the order", user=self.env.user.name)})
        row._book()
        if not row.account_payment_id:
            raise UserError(self.env._("Order %(number)s has no sales order yet.", number=order.number))

    def _book(self):
        result = super()._book()
        self._leave_unknown()
        return result

    def _leave_unknown(self):
        """Move what payouts booked in the account to identify to the clearing account, now that it is known."""
        known = self.filtered("account_payment_id")
        booked = self.env["account.move.line"].search(
            [
                ("ecom_transaction_id", "in", known.ids),
                ("account_id", "in", known.gateway_id.unknown_account_id.ids),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ]
        )
        if not booked:
            return
        moves = self.env["account.move"].create([self._prepare_identified_vals(line) for line in booked])
        moves.action_post()
        plan = []
        for line, move in zip(booked, moves, strict=True):
            row = line.ecom_transaction_id
            clearing = row.gateway_id.clearing_account_id
            plan.append(line | move.line_ids.filtered(lambda item, line=line: item.account_id == line.account_id))
            settled = row.account_payment_id.move_id.line_ids | move.line_ids
            plan.append(
                settled.filtered(lambda item, clearing=clearing: item.account_id == clearing and not item.reconciled)
            )
        self.env["account.move.line"]._reconcile_plan(plan)
        for gateway in known.gateway_id:
            gateway._solve(["payment_unknown"], known.mapped("external_id"))

    def _prepare_identified_vals(self, line):
        row = line.ecom_transaction_id
        gateway, payment = row.gateway_id, row.account_payment_id
        common = {"name": line.name, "currency_id": line.currency_id.id}
        there = {"amount_currency": line.amount_currency, "currency_id": line.currency_id.id}
        if payment.currency_id != line.currency_id:
            there = {"amount_currency": -row._customer_figures()[0], "currency_id": payment.currency_id.id}
        return {
            "move_type": "entry",
            "journal_id": gateway.journal_id.id,
            "date": gateway._open_day(max(line.date, payment.date)),
            "ecom_payout_id": row.payout_id.id,
            "ref": self.env._("Identified: %(reference)s", reference=row.source_ref or row.external_id),
            "line_ids": [
                Command.create(
                    common
                    | {
                        "account_id": line.account_id.id,
                        "amount_currency": -line.amount_currency,
                        "balance": -line.balance,
                    }
                ),
                Command.create(
                    common
                    | there
                    | {
                        "account_id": gateway.clearing_account_id.id,
                        "partner_id": payment.partner_id.id,
                        "balance": line.balance,
                    }
                ),
            ],
        }


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    def _fix_payment_unknown(self, _same):
        """Try once more: the order may be here by now."""
        row = self.env["ecom.gateway.transaction"].browse(self.data["transaction"]).exists()
        row._match()
        if row._is_unknown() and row.kind in ("charge", "refund"):
            raise UserError(self.env._("No order has this payment yet. Open the transaction and name its order."))
