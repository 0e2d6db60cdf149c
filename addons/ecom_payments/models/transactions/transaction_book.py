from odoo import models

from .transaction import BOOKED


class EcomGatewayTransaction(models.Model):
    """Payments in Odoo: found where somebody registered them, else registered with the gateway's date. Never twice."""

    _inherit = "ecom.gateway.transaction"

    def _book(self):
        """Link or register the payments of these, all together, and match them with invoices and credit notes."""
        rows = self.filtered(lambda row: row.order_id and not row.account_payment_id)
        rows.filtered(lambda row: row.kind not in BOOKED).state = "matched"
        rows = rows.filtered(lambda row: row.kind in BOOKED)
        rows._link_payments()
        rows = rows.filtered(lambda row: not row.account_payment_id and row.order_id.sale_order_id)
        keys = rows._free_keys()
        payments = self.env["account.payment"].create(
            [row._prepare_payment_vals(key) for row, key in zip(rows, keys, strict=True)]
        )
        payments.action_post()
        for row, payment in zip(rows, payments, strict=True):
            row.write({"account_payment_id": payment.id, "state": "matched"})
        invoices = self.env["account.move"].search(
            [
                ("ecom_order_id", "in", rows.order_id.ids),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
            ]
        )
        if invoices:
            self.env["ecom.order"]._reconcile_payments(invoices)

    def _link_payments(self):
        """Whoever registered a payment before: an invoice of the order, a return, or a person in the journal."""
        payments = self.env["account.payment"].search(
            [
                ("ecom_order_id", "in", self.order_id.ids),
                ("state", "not in", ("canceled", "rejected")),
                ("ecom_transaction_ids", "=", False),
                ("journal_id", "in", self.gateway_id.journal_id.ids),
            ],
            order="id",
        )
        free = {}
        for payment in payments:
            free.setdefault(payment.ecom_order_id, []).append(payment)
        for row in self.sorted("occurred_at"):
            amount, currency = row._customer_figures()
            for payment in free.get(row.order_id, ()):
                same_key = row.payment_key and payment.ecom_payment_key == row.payment_key
                sign = 1 if payment.payment_type == "inbound" else -1
                same_amount = payment.currency_id == currency and not currency.compare_amounts(
                    payment.amount * sign, amount
                )
                if same_key or (same_amount and row.kind == "refund"):
                    free[row.order_id].remove(payment)
                    row.write({"account_payment_id": payment.id, "state": "matched"})
                    if not same_amount:
                        row._say_that_amounts_differ(payment)
                    break

    def _say_that_amounts_differ(self, payment):
        amount, currency = self._customer_figures()
        self.gateway_id._raise(
            "payment_differs",
            key=self.external_id,
            order=self.order_id,
            message=self.env._(
                "Order %(number)s: %(booked)s are booked as paid, but “%(gateway)s” collected %(collected)s "
                "(%(reference)s). The difference stays open in its clearing account.",
                number=self.order_id.number,
                booked=payment.currency_id.format(payment.amount),
                collected=currency.format(amount),
                gateway=self.gateway_id.name,
                reference=self.external_id,
            ),
        )

    def _prepare_payment_vals(self, key):
        self.ensure_one()
        gateway, order = self.gateway_id, self.order_id
        amount, currency = self._customer_figures()
        direction = "inbound" if amount >= 0 else "outbound"
        method = gateway.journal_id._get_available_payment_method_lines(direction)[:1]
        return {
            "payment_type": direction,
            "partner_type": "customer",
            "partner_id": order.sale_order_id.partner_invoice_id.commercial_partner_id.id,
            "amount": abs(amount),
            "currency_id": currency.id,
            "date": gateway._open_day(self.day),
            "journal_id": gateway.journal_id.id,
            "payment_method_line_id": method.id,
            "memo": f"{order.number} {self.source_ref or self.external_id}",
            "payment_reference": self.source_ref or self.reference or self.external_id,
            "ecom_order_id": order.id,
            "ecom_payment_key": key,
        }

    def _free_keys(self):
        """A key for each: that of the order's payment, which keeps the invoice from registering it again.

        A further capture of the same payment, and a refund, get one of their own.
        """
        taken = {
            (payment.ecom_order_id, payment.ecom_payment_key)
            for payment in self.order_id.account_payment_ids
            if payment.state not in ("canceled", "rejected")
        }
        keys = []
        for row in self:
            key = row.payment_key
            if row.kind != "charge" or not key or (row.order_id, key) in taken:
                key = f"gateway:{row.external_id}"
            taken.add((row.order_id, key))
            keys.append(key)
        return keys
