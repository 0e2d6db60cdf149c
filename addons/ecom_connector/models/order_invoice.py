from odoo import api, models


class EcomOrder(models.Model):
    """Invoicing: by the channel's policy, and the money that the shop says it got."""

    _inherit = "ecom.order"

    def _invoice(self, channel):
        """Invoice by the channel's policy: one posted invoice an order, in one batch, each quantity once."""
        if channel.invoice_policy == "manual":
            return
        sale_orders = self.sale_order_ids.filtered(
            lambda sale: (
                sale.state == "sale"
                and sale.invoice_status == "to invoice"
                and (
                    sale.delivery_status == "full"
                    if channel.invoice_policy == "shipped"
                    else bool(sale.ecom_order_id.paid_at)
                )
            )
        )
        if not sale_orders:
            return
        invoices = sale_orders._create_invoices(grouped=True)
        invoices.action_post()
        self._register_payments(channel, invoices)

    def _register_payments(self, channel, invoices):
        """Register the money that the shop says it got, where the payment method has a journal."""
        vals_list, plan = [], []
        for invoice in invoices:
            order = invoice.line_ids.sale_line_ids.order_id.ecom_order_id[:1]
            receivable = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
            for payment in order._document().payments:
                mapping = channel.mapping_payment_ids.filtered(
                    lambda row, payment=payment: row.code == payment.method and row.journal_id
                )
                if mapping and payment.paid_at and payment.amount:
                    vals_list.append(self._prepare_payment_vals(order, invoice, payment, mapping))
                    plan.append(receivable)
        payments = self.env["account.payment"].create(vals_list)
        if not payments:
            return
        payments.action_post()
        by_receivable = {}
        for payment, receivable in zip(payments, plan, strict=True):
            by_receivable.setdefault(receivable, receivable)
            by_receivable[receivable] |= payment.move_id.line_ids.filtered(
                lambda line, receivable=receivable: line.account_id == receivable.account_id
            )
        self.env["account.move.line"]._reconcile_plan(list(by_receivable.values()))

    @api.model
    def _prepare_payment_vals(self, order, invoice, payment, mapping):
        journal = mapping.journal_id
        method = mapping.payment_method_line_id or journal._get_available_payment_method_lines("inbound")[:1]
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": invoice.commercial_partner_id.id,
            "amount": float(payment.amount),
            "currency_id": invoice.currency_id.id,
            "date": payment.paid_at.date(),
            "journal_id": journal.id,
            "payment_method_line_id": method.id,
            "memo": f"{order.number} {payment.transaction}".strip(),
            "payment_reference": payment.transaction or order.number,
        }
