from odoo import models

from ...platforms.documents import OrderState


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
            if sale_line._waits_to_leave() and left < sale_line.product_uom_qty:
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
