from odoo import api, fields, models

from ...decisions.values import naive


class EcomOrder(models.Model):
    """The money of an order: what the shop says it got, and by which means."""

    _inherit = "ecom.order"

    payments = fields.Json(
        string="Means of Payment",
        copy=False,
        help="The means of payment as the shop gave them: method, title, amount (text), paid_at (UTC or empty), "
        "transaction. Kept when the raw order is removed: invoices and payments need it later.",
    )
    account_payment_ids = fields.One2many("account.payment", "ecom_order_id", string="Payments in Odoo")

    @api.model
    def _prepare_staged_vals(self, document):
        return super()._prepare_staged_vals(document) | {
            "payments": [
                {
                    "method": payment.method,
                    "title": payment.title,
                    "amount": str(payment.amount),
                    "paid_at": fields.Datetime.to_string(naive(payment.paid_at)) if payment.paid_at else "",
                    "transaction": payment.transaction,
                    "kind": payment.kind.value,
                }
                for payment in document.payments
            ]
        }

    def _received_payments(self):
        """``[(key, payment)]`` of the means whose money the shop has; the key tells them apart within the order."""
        return [
            (f"{index}:{payment['method']}", payment)
            for index, payment in enumerate(self.payments or ())
            if payment["paid_at"] and float(payment["amount"])
        ]

    def _register_payments(self, channel, invoices):
        """Register the money that the shop says it got, once, where the payment method has a journal.

        What an earlier invoice of the order left over, such as the money of a deposit, counts for this one.
        """
        mappings = {row.code: row for row in channel.mapping_payment_ids if row.journal_id}
        orders = invoices.ecom_order_id
        known = {(payment.ecom_order_id, payment.ecom_payment_key) for payment in orders.account_payment_ids}
        vals_list = []
        for invoice in invoices:
            order = invoice.ecom_order_id
            for key, payment in order._received_payments():
                if payment["method"] in mappings and (order, key) not in known:
                    known.add((order, key))
                    mapping = mappings[payment["method"]]
                    vals_list.append(self._prepare_payment_vals(order, invoice, key, payment, mapping))
        self.env["account.payment"].create(vals_list).action_post()
        self._reconcile_payments(invoices)

    def _paid(self):
        """Those whose money is all there: the shop says so, or it is in hand here."""
        return self.browse([order.id for order in self if order.paid_at]) | self._paid_here()

    def _paid_here(self):
        """Those whose money is here before the shop says that it is paid; a hook for what sees the money itself."""
        return self.browse()

    @api.model
    def _reconcile_payments(self, invoices):
        """Match each invoice with its order's payments, all in one plan."""
        open_lines = (invoices.line_ids | invoices.ecom_order_id.account_payment_ids.move_id.line_ids).filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and line.parent_state == "posted"
                and not line.reconciled
            )
        )
        plan = {}
        for line in open_lines:
            order = line.move_id.ecom_order_id or line.move_id.origin_payment_id.ecom_order_id
            key = (order, line.account_id)
            plan[key] = plan.get(key, self.env["account.move.line"]) | line
        both = [lines for lines in plan.values() if min(lines.mapped("balance")) < 0 < max(lines.mapped("balance"))]
        if both:
            self.env["account.move.line"]._reconcile_plan(both)

    @api.model
    def _prepare_payment_vals(self, order, invoice, key, payment, mapping):
        journal = mapping.journal_id
        method = mapping.payment_method_line_id or journal._get_available_payment_method_lines("inbound")[:1]
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": invoice.commercial_partner_id.id,
            "amount": float(payment["amount"]),
            "currency_id": invoice.currency_id.id,
            "date": order.company_id._ecom_day(fields.Datetime.to_datetime(payment["paid_at"])),
            "journal_id": journal.id,
            "payment_method_line_id": method.id,
            "memo": f"{order.number} {payment['transaction']}".strip(),
            "payment_reference": payment["transaction"] or order.number,
            "ecom_order_id": order.id,
            "ecom_payment_key": key,
        }

    def _booked_refund(self, _amount, _currency):
        """A refund that was booked before the shop told of it; a hook for what reads the money's own side."""
        return self.env["account.payment"]


class AccountPayment(models.Model):
    _inherit = "account.payment"

    ecom_order_id = fields.Many2one(
        "ecom.order", string="Shop Order", index="btree_not_null", copy=False, readonly=True, ondelete="restrict"
    )
    ecom_payment_key = fields.Char(
        string="Means of Payment", copy=False, readonly=True, help="Which of the order's means of payment this is."
    )

    _ecom_once = models.UniqueIndex(
        "(ecom_order_id, ecom_payment_key) WHERE ecom_order_id IS NOT NULL AND state NOT IN ('canceled', 'rejected')",
        "This payment of the shop is registered already.",
    )
