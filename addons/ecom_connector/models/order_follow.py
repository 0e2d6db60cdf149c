from odoo import Command, api, models
from odoo.tools import float_compare

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
        if self._has_changed(document):
            self._follow_edit(channel, document)
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

    # === EDITS === #

    def _has_changed(self, document):
        """Whether quantities, amounts or lines differ from what the sales orders were made of."""
        sale_lines = {}
        for line in self.sale_order_ids.order_line.filtered("ecom_line_id"):
            sale_lines.setdefault(line.ecom_line_id, self.env["sale.order.line"])
            sale_lines[line.ecom_line_id] |= line
        known = {(line.kind, line.external_id): line for line in self.line_ids}
        for line in document.lines:
            ecom_line = known[line.kind.value, line.external_id]
            found = sale_lines.pop(ecom_line, None)
            if not found:
                return True
            currency, cancelled = found.currency_id, ecom_line.quantity_cancelled
            wanted = float(self._quantity(line)) - cancelled
            if float_compare(sum(found.mapped("product_uom_qty")), wanted, precision_digits=6):
                return True
            if not cancelled and (
                currency.compare_amounts(sum(found.mapped("price_subtotal")), float(line.net))
                or currency.compare_amounts(sum(found.mapped("price_tax")), float(line.tax))
            ):
                return True
        return any(sum(lines.mapped("product_uom_qty")) for lines in sale_lines.values())

    def _follow_edit(self, channel, document):
        """Carry an edit into the sales order while nothing was picked; later it waits for a person."""
        sale_order = self.sale_order_id
        if reason := self._edit_barrier(sale_order):
            self.env["ecom.issue"]._raise(
                channel,
                "edited_too_late",
                order=self,
                blocking=False,
                message=self.env._(
                    "Order %(number)s was changed on the shop, but in Odoo %(reason)s. Compare the two and settle the "
                    "difference by hand.",
                    number=self.number,
                    reason=reason,
                ),
            )
            return
        lookups = self._look_up(channel, {self: document})
        if problems := lookups.problems.get(self):
            self.state = "blocked"
            for code, key, message, data in problems:
                self.env["ecom.issue"]._raise(channel, code, order=self, key=key, message=message, data=data)
            return
        self._write_edit(channel, document, sale_order, lookups)
        self._check_totals(channel, document, sale_order)

    def _edit_barrier(self, sale_order):
        """Why an edit cannot be carried over any more, in words; an empty text while it can."""
        if len(self.sale_order_ids) > 1:
            return self.env._("it was split into several sales orders")
        if sale_order.state == "cancel":
            return self.env._("it is cancelled")
        if sale_order.invoice_ids.filtered(lambda invoice: invoice.state == "posted"):
            return self.env._("it is invoiced")
        pickings = sale_order.picking_ids
        if pickings.filtered(lambda picking: picking.state == "done"):
            return self.env._("it is shipped, at least in part")
        if pickings.move_ids.filtered("picked"):
            return self.env._("it is being picked")
        return ""

    def _write_edit(self, channel, document, sale_order, lookups):
        """Write changed lines with their amounts and lock together, add new ones, set removed ones to zero."""
        pricelist = sale_order.pricelist_id
        by_ecom_line = {line.ecom_line_id: line for line in sale_order.order_line if line.ecom_line_id}
        commands, kept = [], set()
        known = {(line.kind, line.external_id): line for line in self.line_ids}
        for line in document.lines:
            ecom_line = known[line.kind.value, line.external_id]
            vals = self._prepare_sale_line_vals(channel, document, line, ecom_line, lookups, pricelist)
            if sale_line := by_ecom_line.get(ecom_line):
                kept.add(sale_line)
                vals = {
                    name: vals[name]
                    for name in ("product_uom_qty", "price_unit", "discount", "tax_ids", "extra_tax_data")
                }
                commands.append(Command.update(sale_line.id, vals))
            else:
                commands.append(Command.create(vals))
        draft = sale_order.state in ("draft", "sent")
        for line in by_ecom_line.values():
            if line not in kept:
                commands.append(
                    Command.delete(line.id)
                    if draft
                    else Command.update(line.id, {"product_uom_qty": 0, "extra_tax_data": False})
                )
        commands += self._rounding_commands(channel, document, sale_order, lookups, pricelist)
        locked = sale_order.locked
        if locked:
            sale_order.action_unlock()
        sale_order.with_context(sale_no_log_for_new_lines=True, ecom_from_shop=True).write({"order_line": commands})
        if locked:
            sale_order.action_lock()

    def _rounding_commands(self, channel, document, sale_order, lookups, pricelist):
        rounding = sale_order.order_line.filtered(
            lambda line: (
                not line.display_type and not line.ecom_line_id and line.product_id == channel.rounding_product_id
            )
        )[:1]
        residual = self._residual(document)
        if not residual:
            zero = {"price_unit": 0.0, "product_uom_qty": 0, "extra_tax_data": False}
            return [Command.update(rounding.id, zero)] if rounding else []
        vals = self._prepare_rounding_line_vals(channel, document, residual, lookups, pricelist)
        return [Command.update(rounding.id, vals) if rounding else Command.create(vals)]

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
