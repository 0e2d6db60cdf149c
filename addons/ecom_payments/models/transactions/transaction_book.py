from collections import defaultdict

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
        """Whoever registered a payment before: an invoice of the order, a return, or a person in the journal.

        A payment by the shop's word may have been captured in parts: all that together are not more than it are it.
        """
        payments = self.env["account.payment"].search(
            [
                ("ecom_order_id", "in", self.order_id.ids),
                ("state", "not in", ("canceled", "rejected")),
                ("journal_id", "in", self.gateway_id.journal_id.ids),
            ],
            order="id",
        )
        by_order, told, last = defaultdict(list), defaultdict(float), {}
        for payment in payments:
            by_order[payment.ecom_order_id].append(payment)
            told[payment] = sum(row._customer_figures()[0] for row in payment.ecom_transaction_ids)
        for row in self.sorted(lambda row: (row.occurred_at, row.id)):
            amount = row._customer_figures()[0]
            for payment in by_order[row.order_id]:
                if row._is_payment(payment, told[payment]):
                    told[payment] += amount
                    row.write({"account_payment_id": payment.id, "state": "matched"})
                    last[payment] = row
                    break
        for payment, row in last.items():
            row._compare_with(payment, told[payment])

    def _is_payment(self, payment, told):
        """Whether this is (a part of) a payment, of which transactions that came before are ``told`` so far."""
        amount, currency = self._customer_figures()
        whole = payment.amount if payment.payment_type == "inbound" else -payment.amount
        if payment.currency_id != currency:
            return not told and bool(self.payment_key) and payment.ecom_payment_key == self.payment_key
        if self.kind == "refund":
            return not told and not currency.compare_amounts(whole, amount)
        same_key = self.payment_key and payment.ecom_payment_key == self.payment_key
        return bool(same_key) and (not told or currency.compare_amounts(told + amount, whole) <= 0)

    def _compare_with(self, payment, told):
        """Say where what was captured differs from what was booked; a further part may make it right."""
        currency = self._customer_figures()[1]
        if payment.currency_id == currency and not currency.compare_amounts(abs(told), payment.amount):
            if len(payment.ecom_transaction_ids) > 1:
                self.gateway_id._solve(["payment_differs"], [f"payment:{payment.id}"])
        else:
            self._say_that_amounts_differ(payment, told)

    def _say_that_amounts_differ(self, payment, told):
        currency = self._customer_figures()[1]
        self.gateway_id._raise(
            "payment_differs",
            key=f"payment:{payment.id}",
            order=self.order_id,
            message=self.env._(
                "Order %(number)s: %(booked)s are booked as paid, but “%(gateway)s” collected %(collected)s "
                "(%(reference)s). The difference stays open in its clearing account.",
                number=self.order_id.number,
                booked=payment.currency_id.format(payment.amount),
                collected=currency.format(told),
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
