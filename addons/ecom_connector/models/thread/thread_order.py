from odoo import api, models

BOOKED = ("in_process", "paid")


class EcomThread(models.AbstractModel):
    """The order itself: its sales order, deliveries, invoices, credit notes and booked payments."""

    _inherit = "ecom.thread"

    # === WHERE ONE MAY START === #

    @api.model
    def _from_ecom_order(self, chain, orders):
        chain.add(orders)

    @api.model
    def _from_sale_order(self, chain, sales):
        chain.add(sales)
        chain.add(sales.ecom_order_id)

    @api.model
    def _from_stock_picking(self, chain, pickings):
        self._from_sale_order(chain, pickings.sale_id | pickings.move_ids.sale_line_id.order_id)

    @api.model
    def _from_account_move(self, chain, moves):
        self._from_sale_order(chain, moves.line_ids.sale_line_ids.order_id)
        chain.add(moves.ecom_order_id | moves.reversed_entry_id.ecom_order_id)
        self._from_account_payment(chain, moves.origin_payment_id)

    @api.model
    def _from_account_payment(self, chain, payments):
        chain.add(payments.ecom_order_id)
        if unknown := payments.filtered(lambda payment: not payment.ecom_order_id):
            chain.add(unknown.reconciled_invoice_ids.ecom_order_id)

    # === WHAT BELONGS TO IT === #

    @api.model
    def _collect(self, chain):
        chain = super()._collect(chain)
        orders = chain["ecom.order"]
        chain.add(orders.sale_order_ids)
        sales = chain["sale.order"]
        chain.add(sales.picking_ids)
        invoices = self.env["account.move"].search(
            [
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "!=", "cancel"),
                "|",
                ("ecom_order_id", "in", orders.ids),
                ("line_ids.sale_line_ids.order_id", "in", sales.ids),
            ]
        )
        chain.add(invoices)
        chain.add(orders.account_payment_ids)
        chain.add(orders.refund_ids)
        chain.add(orders.issue_ids.filtered(lambda issue: issue.state == "open"))
        return chain

    # === AS STEPS === #

    @api.model
    def _steps(self, chain):
        return [
            *super()._steps(chain),
            *(self._order_step(order) for order in chain["ecom.order"]),
            *(self._sale_step(sale) for sale in chain["sale.order"]),
            *(self._picking_step(picking) for picking in chain["stock.picking"]),
            *(self._invoice_step(move) for move in chain["account.move"] if move.move_type != "entry"),
            *(self._payment_step(payment) for payment in chain["account.payment"]),
            *(self._shop_refund_step(refund) for refund in chain["ecom.order.refund"]),
        ]

    @api.model
    def _order_step(self, order):
        return self._step(
            "order",
            order,
            self.env._("Order %(number)s of %(channel)s", number=order.number, channel=order.channel_id.name),
            words=", ".join(filter(None, (order.customer_name, order.payment_method))),
            date=order.ordered_at,
            amount=order.currency_id.format(order.amount_total) if order.currency_id else "",
            state=order.shop_state_label or self._label(order, "state"),
            colour={"blocked": "danger", "settled": "success"}.get(order.state, "secondary"),
        )

    @api.model
    def _sale_step(self, sale):
        return self._step(
            "order",
            sale,
            self.env._("Sales order %(number)s", number=sale.name),
            words=sale.ecom_hold_message or "",
            date=sale.date_order,
            amount=sale.currency_id.format(sale.amount_total),
            state=self._label(sale, "state"),
            colour={"sale": "success", "cancel": "danger"}.get(sale.state, "secondary"),
        )

    @api.model
    def _picking_step(self, picking):
        back = picking.picking_type_code == "incoming"
        return self._step(
            "return" if back else "delivery",
            picking,
            self.env._("Receipt %(number)s", number=picking.name)
            if back
            else self.env._("Delivery %(number)s", number=picking.name),
            words=" ".join(filter(None, (picking.carrier_id.name, picking.carrier_tracking_ref))),
            date=picking.date_done or picking.scheduled_date,
            state=self._label(picking, "state"),
            colour={"done": "success", "cancel": "danger"}.get(picking.state, "info"),
        )

    @api.model
    def _invoice_step(self, move):
        credit = move.move_type == "out_refund"
        number = move.name or self.env._("draft")
        state = move.payment_state if move.state == "posted" else move.state
        return self._step(
            "refund" if credit else "invoice",
            move,
            self.env._("Credit note %(number)s", number=number)
            if credit
            else self.env._("Invoice %(number)s", number=number),
            date=move.invoice_date or move.date,
            amount=move.currency_id.format(-move.amount_total if credit else move.amount_total),
            state=self._label(move, "payment_state" if move.state == "posted" else "state"),
            colour={"paid": "success", "in_payment": "success", "reversed": "success", "draft": "secondary"}.get(
                state, "warning"
            ),
        )

    @api.model
    def _payment_step(self, payment):
        out = payment.payment_type == "outbound"
        return self._step(
            "refund" if out else "payment",
            payment,
            self.env._("Paid back, booked in %(journal)s", journal=payment.journal_id.name)
            if out
            else self.env._("Payment booked in %(journal)s", journal=payment.journal_id.name),
            words=payment.payment_reference,
            date=payment.date,
            amount=payment.currency_id.format(-payment.amount if out else payment.amount),
            state=self._label(payment, "state"),
            colour={"paid": "success", "in_process": "success", "canceled": "danger"}.get(payment.state, "secondary"),
        )

    @api.model
    def _shop_refund_step(self, refund):
        currency = refund.order_id.currency_id
        return self._step(
            "refund",
            refund,
            self.env._("Refunded on the shop"),
            words=" ".join(filter(None, (refund.external_id, refund.reason))),
            date=refund.refunded_at,
            amount=currency.format(-refund.amount) if currency else "",
            state=self.env._("Seen"),
            colour="info",
        )

    # === WHERE IT BREAKS === #

    @api.model
    def _breaks(self, chain):
        rows = super()._breaks(chain)
        told = {
            shipment.picking_id
            for shipment in self.env["ecom.shipment"].search([("picking_id", "in", chain["stock.picking"].ids)])
            if shipment.told_at
        }
        for issue in chain["ecom.issue"]:
            rows.append(self._break("order", issue, issue.message))
        for order in chain["ecom.order"]:
            rows += self._order_breaks(chain, order)
        for picking in chain["stock.picking"]:
            order = picking.sale_id.ecom_order_id
            if order and picking.picking_type_code == "outgoing" and picking.state == "done" and picking not in told:
                words = self.env._("%(picking)s left, and the shop was not told yet", picking=picking.name)
                rows.append(self._break("delivery", picking, words, waits=True))
        for sale in chain["sale.order"]:
            if sale.delivery_status == "full" and sale.invoice_status == "to invoice":
                words = self._number(chain, sale.ecom_order_id) + self.env._("Shipped, not invoiced")
                rows.append(self._break("invoice", sale, words))
        return rows

    @api.model
    def _order_breaks(self, chain, order):
        env, number = self.env, self._number(chain, order)
        payments = chain["account.payment"].filtered(
            lambda payment: payment.ecom_order_id == order and payment.state in BOOKED
        )
        moves = chain["account.move"].filtered(lambda move: move.ecom_order_id == order and move.state == "posted")
        invoices = moves.filtered(lambda move: move.move_type == "out_invoice")
        credited = sum((moves - invoices).mapped("amount_total"))
        paid_in = payments.filtered(lambda payment: payment.payment_type == "inbound")
        money = sum(paid_in.mapped("amount")) - sum((payments - paid_in).mapped("amount"))
        rows = []
        if order.state == "received":
            rows.append(self._break("order", order, number + env._("Read, and about to be handled"), waits=True))
        if invoices and not paid_in and order._received_payments():
            methods = {payment["method"] for _key, payment in order._received_payments()}
            mappings = order.channel_id.mapping_payment_ids
            if mappings.filtered(lambda row: row.code in methods and row.journal_id):
                rows.append(self._break("payment", order, number + env._("Paid on the shop, not booked")))
            else:
                rows.append(
                    self._break(
                        "payment", order, number + env._("Paid on the shop; its means of payment has no journal")
                    )
                )
        for invoice in invoices:
            if paid_in and invoice.payment_state in ("not_paid", "partial"):
                words = env._("%(invoice)s is not fully paid by what is booked", invoice=invoice.name)
                rows.append(self._break("invoice", invoice, number + words))
        currency = order.currency_id
        if currency and invoices and currency.compare_amounts(order.amount_refunded, credited) > 0:
            words = env._(
                "%(refunded)s refunded on the shop, credit notes of %(credited)s",
                refunded=currency.format(order.amount_refunded),
                credited=currency.format(credited),
            )
            if not credited:
                words = env._("Refunded on the shop, no credit note")
            rows.append(self._break("refund", order, number + words))
        if order.state == "cancelled" and currency and currency.compare_amounts(money, 0) > 0:
            words = env._("Cancelled, and %(amount)s are not paid back", amount=currency.format(money))
            rows.append(self._break("refund", order, number + words))
        return rows
