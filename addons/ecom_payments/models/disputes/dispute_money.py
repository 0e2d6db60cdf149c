from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class EcomGateway(models.Model):
    _inherit = "ecom.gateway"

    loss_account_id = fields.Many2one(
        "account.account",
        string="Lost Disputes",
        check_company=True,
        help="Where the loss of a dispute goes. Empty: the company's first account 658.",
    )

    def _loss_account(self):
        if self.loss_account_id:
            return self.loss_account_id
        Account = self.env["account.account"].with_company(self.company_id)
        domain = [*Account._check_company_domain(self.company_id), ("code", "=like", "658%")]
        return Account.search(domain, order="code", limit=1)


class EcomDispute(models.Model):
    """What a dispute took, gave back and cost. Payouts book it on 467; what is lost there, a person settles."""

    _inherit = "ecom.dispute"

    withdrawn = fields.Monetary(compute="_compute_money", currency_field="money_currency_id")
    returned = fields.Monetary(compute="_compute_money", currency_field="money_currency_id")
    fees = fields.Monetary(compute="_compute_money", currency_field="money_currency_id")
    money_currency_id = fields.Many2one("res.currency", compute="_compute_money", help="Of the gateway's balance.")
    to_settle = fields.Monetary(
        string="Still Withheld",
        compute="_compute_to_settle",
        currency_field="company_currency_id",
        help="What is left of it on the account of disputes.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    settled_by = fields.Selection(
        [("loss", "Booked as a loss"), ("customer", "Credited to the customer")], readonly=True, tracking=True
    )
    settlement_move_id = fields.Many2one("account.move", string="Settled by", readonly=True, copy=False)

    @api.depends("transaction_ids.amount", "transaction_ids.fee")
    def _compute_money(self):
        for dispute in self:
            rows = dispute.transaction_ids
            dispute.withdrawn = -sum(row.amount for row in rows if row.amount < 0)
            dispute.returned = sum(row.amount for row in rows if row.amount > 0)
            dispute.fees = sum(rows.mapped("fee"))
            dispute.money_currency_id = rows.currency_id[:1] or dispute.currency_id

    @api.depends("transaction_ids")
    def _compute_to_settle(self):
        found = dict.fromkeys(self, 0.0)
        for item in self._open_items():
            found[item.ecom_transaction_id.dispute_id] += item.amount_residual
        for dispute in self:
            dispute.to_settle = found[dispute]

    def _open_items(self):
        """What payouts booked of these and neither a return nor a person settled."""
        return (
            self.env["account.move.line"]
            .sudo()
            .search(
                [
                    ("ecom_transaction_id.dispute_id", "in", self.ids),
                    ("account_id", "in", self.sudo().gateway_id.dispute_account_id.ids),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                ]
            )
        )

    # === IMPORT === #

    def _follow(self):
        result = super()._follow()
        self.filtered(lambda dispute: dispute.state == "lost" and not dispute.settled_by)._say_that_it_is_lost()
        return result

    def _say_that_it_is_lost(self):
        for dispute in self:
            dispute.gateway_id._raise(
                "dispute_lost",
                key=dispute.external_id,
                order=dispute.order_id,
                message=self.env._(
                    "The dispute %(dispute)s over %(amount)s at “%(gateway)s” is lost. Book it as a loss, or open it "
                    "and credit the customer's invoice.",
                    dispute=dispute.external_id,
                    amount=dispute.currency_id.format(dispute.amount),
                    gateway=dispute.gateway_id.name,
                ),
                data={"dispute": dispute.id},
            )

    # === BUTTONS === #

    def action_book_loss(self):
        """What is left on 467 becomes a loss: the sale and its VAT stay as they are."""
        for dispute in self:
            account = dispute.gateway_id._loss_account()
            if not account:
                raise UserError(self.env._("Choose an account for lost disputes on the gateway first."))
            dispute._settle("loss", account)
        return True

    def action_credit_customer(self):
        """What is left on 467 is the refund of a credit note: the sale is taken back, and its VAT with it."""
        for dispute in self:
            credit_note = dispute._credit_note()
            receivable = credit_note.line_ids.filtered(
                lambda item: item.account_id.account_type == "asset_receivable" and not item.reconciled
            )
            account, partner = receivable.account_id[:1], credit_note.commercial_partner_id
            move = dispute._settle("customer", account, partner)
            (receivable | move.line_ids.filtered(lambda item, account=account: item.account_id == account)).reconcile()
        return True

    def _settle(self, how, account, partner=None):
        """Move what is left on 467 to this account, on the first open day from today on."""
        self.ensure_one()
        self.check_access("write")
        self.env["account.move"].check_access("create")
        dispute = self.gateway_id._work_env().env[self._name].browse(self.id)
        items = dispute._open_items()
        if not items or sum(items.mapped("balance")) <= 0:
            raise UserError(self.env._("Nothing of it is on 467: it is booked with the payout that withdraws it."))
        gateway = dispute.gateway_id
        move = dispute.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": gateway.journal_id.id,
                "company_id": gateway.company_id.id,
                "date": gateway._open_day(gateway.company_id._ecom_today()),
                "ref": self.env._("Dispute %(dispute)s lost", dispute=self.external_id),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": target.id,
                            "name": f"{self.external_id} {self.order_id.number or ''}".strip(),
                            "partner_id": partner.id if partner and target == account else False,
                            "currency_id": item.currency_id.id,
                            "amount_currency": sign * item.amount_residual_currency,
                            "balance": sign * item.amount_residual,
                            # Where the payout is taken back and booked again, it is matched with this anew.
                            "ecom_transaction_id": target == item.account_id and item.ecom_transaction_id.id,
                        }
                    )
                    for item in items
                    for target, sign in ((account, 1), (item.account_id, -1))
                ],
            }
        )
        move.action_post()
        (items | move.line_ids.filtered(lambda line: line.account_id in items.account_id)).reconcile()
        dispute.write({"settled_by": how, "settlement_move_id": move.id})
        gateway._solve(["dispute_lost"], [self.external_id])
        return move

    def _credit_note(self):
        """The order's open credit note over what was disputed, else its invoice is credited."""
        moves = self.env["account.move"].search(
            [
                ("ecom_order_id", "=", self.order_id.id or 0),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
                ("currency_id", "=", self.currency_id.id),
            ]
        )
        notes = moves.filtered(lambda move: move.move_type == "out_refund")
        for note in notes:
            if not self.currency_id.compare_amounts(note.amount_residual, self.amount):
                return note
        invoices = moves - notes
        whole = invoices.filtered(lambda move: not self.currency_id.compare_amounts(move.amount_total, self.amount))
        if len(whole) != 1 or notes:
            raise UserError(
                self.env._(
                    "The dispute is not over one whole invoice: make the credit note over %(amount)s yourself, by a "
                    "return or on the invoice, and press this again.",
                    amount=self.currency_id.format(self.amount),
                )
            )
        day = self.gateway_id.company_id._ecom_today()
        reason = self.env._("Dispute %(dispute)s lost", dispute=self.external_id)
        note = whole._reverse_moves([{"invoice_date": day, "date": day, "ref": reason}])
        note.action_post()
        return note


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(selection_add=[("dispute_lost", "Dispute lost")], ondelete={"dispute_lost": "cascade"})

    @api.depends("code")
    def _compute_remedy(self):
        result = super()._compute_remedy()
        self.filtered(lambda issue: issue.code == "dispute_lost").remedy = self.env._("Book it as a loss")
        return result

    def _fix_dispute_lost(self, _same):
        """By the rights of whoever settles it: customer service settles issues, and books nothing."""
        disputes = self.env["ecom.dispute"].with_user(self.env.uid).browse(self.data["dispute"])
        disputes.exists().action_book_loss()
