from odoo import api, models

from ..platforms.documents import OrderState


class EcomOrder(models.Model):
    """Following: what happened on the shop after an order became a sales order, as far as it can still be followed."""

    _inherit = "ecom.order"

    def _follow(self, channel, document):
        """Make the sales order say what the newest version says, or say why it cannot."""
        self.ensure_one()
        if document.state in (OrderState.CANCELLED, OrderState.REFUNDED):
            self._cancel_sale_orders(channel)
            return
        self._reopen_sale_orders()
        self._follow_changes(channel, document)
        self._ask_about_late_money(channel, document)
        if self.state == "received":
            self._follow_partial_refund(channel)

    # === CANCELLATION === #

    def _cancel_sale_orders(self, channel):
        """Cancel what was not shipped; what left the warehouse or was invoiced waits for a person."""
        live = self.sale_order_ids.filtered(lambda sale: sale.state != "cancel")
        shipped = live.picking_ids.filtered(lambda picking: picking.state == "done")
        posted = live.invoice_ids.filtered(lambda invoice: invoice.state == "posted")
        if shipped or posted:
            if self._is_refund_only():
                return
            self.env["ecom.issue"]._raise(
                channel,
                "cancelled_too_late",
                order=self,
                blocking=False,
                message=self.env._(
                    "Order %(number)s was cancelled or refunded on the shop after it was %(stage)s in Odoo. Take the "
                    "goods back, refund, or tell the customer.",
                    number=self.number,
                    stage=self.env._("shipped") if shipped else self.env._("invoiced"),
                ),
            )
            return
        for sale_order in live:
            if sale_order.locked:
                sale_order.action_unlock()
        live.with_context(ecom_from_shop=True, disable_cancel_warning=True)._action_cancel()
        # Where a person had cancelled before, the shop only repeats it, and may not take it back.
        self.write({"state": "cancelled", "cancelled_by_shop": self.cancelled_by_shop or bool(live)})

    def _reopen_sale_orders(self):
        """Take a cancellation of the shop's back; one that a person made here stands."""
        if self.cancelled_by_shop:
            self.sale_order_ids.filtered(lambda sale: sale.state == "cancel").action_draft()
            self.cancelled_by_shop = False

    def _is_refund_only(self):
        """A full refund after shipping is a return: it is recorded here and handled as one."""
        return bool(self.refund_ids)

    # === REFUNDS === #

    def _follow_partial_refund(self, channel):
        """Goods refunded before they were shipped should not leave: a person decides, with one click."""
        sale_order = self.sale_order_id
        if sale_order.state != "sale":
            return
        refunded = []
        for line in self.line_ids.filtered(lambda line: line.kind == "product" and line.quantity_refunded):
            sale_line = line.sale_line_ids[:1]
            left = line.quantity - line.quantity_refunded
            if sale_line and sale_line.qty_delivered < sale_line.product_uom_qty and left < sale_line.product_uom_qty:
                refunded.append((sale_line, max(left, sale_line.qty_delivered)))
        if refunded:
            self.env["ecom.issue"]._raise(
                channel,
                "refunded_before_shipping",
                order=self,
                blocking=False,
                key=",".join(sorted(self.refund_ids.mapped("external_id"))),
                message=self.env._(
                    "Part of order %(number)s was refunded before it was shipped: %(lines)s. Ship less?",
                    number=self.number,
                    lines=", ".join(
                        f"{line.product_id.display_name} {line.product_uom_qty:g} → {left:g}" for line, left in refunded
                    ),
                ),
                data={"quantities": {str(line.id): left for line, left in refunded}},
            )

    # === INVOICES === #

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
