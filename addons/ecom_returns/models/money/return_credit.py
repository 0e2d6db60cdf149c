from odoo import Command, fields, models

from ...entitlements import owed


class EcomReturn(models.Model):
    """Credit notes: one for each invoice, line by line, posted in the journal's own sequence."""

    _inherit = "ecom.return"

    credit_note_ids = fields.One2many("account.move", "ecom_return_id", string="Credit Notes")

    def action_open_credit_notes(self):
        self.ensure_one()
        return self._open_documents(self.credit_note_ids, self.env._("Credit Notes"))

    def _credit(self, plan=None):
        """Post the credit notes of what is owed.

        :param plan: as of ``_plan_credit``, where somebody else decided the amounts
        """
        self.ensure_one()
        by_invoice = {}
        for row in self._plan_credit() if plan is None else plan:
            by_invoice.setdefault(row.charge.move_id, []).append(row)
        moves = self.env["account.move"].create(
            [self._prepare_credit_note(invoice, rows) for invoice, rows in by_invoice.items()]
        )
        moves.action_post()
        channel = self.channel_id
        if channel and channel.invoice_policy != "manual":
            moves._print_soon(channel)
        return moves

    def _prepare_credit_note(self, invoice, rows):
        lines = []
        for row in rows:
            is_fee = row.what == "fee"
            vals = row.charge._prepare_credit(
                owed.Figures() - row.figures if is_fee else row.figures,
                float(row.quantity),
                goods=bool(row.quantity) and row.what != "kept",
                part=row.line and row.line._part(row),
            )
            if is_fee:
                vals |= {
                    "name": self._fee_words(row.charge.name),
                    "ecom_credited_line_id": False,
                    "ecom_is_fee": True,
                }
            lines.append(Command.create(vals))
        return {
            "move_type": "out_refund",
            "company_id": invoice.company_id.id,
            "journal_id": (self.channel_id.return_journal_id or invoice.journal_id).id,
            "partner_id": invoice.partner_id.id,
            "partner_shipping_id": invoice.partner_shipping_id.id,
            "fiscal_position_id": invoice.fiscal_position_id.id,
            "currency_id": invoice.currency_id.id,
            "invoice_currency_rate": invoice.invoice_currency_rate,
            "invoice_date": self._today(),
            "invoice_payment_term_id": False,
            "invoice_user_id": invoice.invoice_user_id.id,
            "team_id": invoice.team_id.id,
            "invoice_origin": f"{invoice.name}, {self.name}",
            "ref": self.env._("Credit of %(invoice)s, return %(number)s", invoice=invoice.name, number=self.name),
            "reversed_entry_id": invoice.id,
            "ecom_return_id": self.id,
            "ecom_order_id": invoice.ecom_order_id.id,
            "invoice_line_ids": lines,
        }

    def _fee_words(self, what):
        return self.env._("Return fee of %(percent)g %%: %(line)s", percent=self.fee_percent, line=what)


class EcomReturnLine(models.Model):
    _inherit = "ecom.return.line"

    def _counted(self, quantity, name):
        """How many of it, in words, of ``quantity`` of what was sold under that name."""
        return f"{quantity.normalize():f} × {name}"

    def _part(self, _row):
        """``(product, how many of it)`` where a row of the plan is about a part of what was sold: a hook for kits."""
        return None
