from odoo import fields, models
from odoo.addons.ecom_connector.platforms.documents import OrderState

UNDONE = ("canceled", "rejected")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_ecom_money_arrived(self):
        """A cheque that arrived is booked as held, until it is handed to the bank with others."""
        orders = self.filtered("ecom_awaits_money").sudo().ecom_order_id
        result = super().action_ecom_money_arrived()
        orders._book_collected()
        return result


class EcomOrder(models.Model):
    """Money that is in hand here and of which the shop does not hear, or not soon: cash, cheques, transfers."""

    _inherit = "ecom.order"

    def _paid_here(self):
        """Those whose payments, as they are booked, make up for all that the shop still awaits.

        Read from the payments each time: one that is undone leaves nothing behind that says otherwise.
        """
        return super()._paid_here() | self.browse([order.id for order in self if order._is_paid_here()])

    def _is_paid_here(self):
        awaited, told = 0.0, set()
        for key, payment in self._awaited_payments():
            if payment["paid_at"]:
                told.add(key)
            else:
                awaited += float(payment["amount"])
        if awaited <= 0 or not (currency := self.currency_id):
            return False
        received = sum(
            payment.amount
            for payment in self.sudo().account_payment_ids
            if payment.payment_type == "inbound"
            and payment.state in ("in_process", "paid")
            and payment.currency_id == currency
            and payment.ecom_payment_key not in told
            and not payment.move_id.reversal_move_ids
        )
        return currency.compare_amounts(received, awaited) >= 0 or self._invoices_are_settled()

    def _invoices_are_settled(self):
        """Whether all is invoiced and paid, by whatever somebody matched its invoices with."""
        settled = False
        for sale in self.sudo().sale_order_ids:  # one by one: what is filtered is not read together with the others'
            if sale.state == "sale" and sale.invoice_status != "invoiced":
                return False
            for invoice in sale.invoice_ids:
                if invoice.state == "posted" and invoice.move_type == "out_invoice":
                    settled = invoice.payment_state in ("in_payment", "paid")
                    if not settled:
                        return False
        return settled

    def _note_money_here(self):
        """Go on with those whose money is all here, as if the shop had said so; where it can be told, it is."""
        paid = self.sudo()._paid_here().filtered(lambda order: order.state in ("received", "settled"))
        sales = paid.sale_order_ids.filtered(lambda sale: sale.state != "cancel")
        sales.filtered("ecom_awaits_money")._ecom_money_arrived()
        sales.filtered("ecom_order_id.awaits_payment")._tell_shop(OrderState.CONFIRMED)
        # The lane confirms and invoices them by the channel's policies.
        paid.filtered(lambda order: order.state == "settled").state = "received"
        for channel in paid.channel_id:
            channel._wake("orders")

    def _await_money_again(self):
        """Hold those that owe again and of which nothing left yet, where their means of payment has them wait."""
        sales = self.filtered(lambda order: order._bank_mapping().waits_for_money).sale_order_ids.filtered(
            lambda sale: (
                sale.state == "sale" and not sale.ecom_awaits_money and "done" not in sale.picking_ids.mapped("state")
            )
        )
        owing = sales.ecom_order_id._owing()
        again = sales.filtered(lambda sale: sale.ecom_order_id in owing)
        again._hold_for_money()
        again._log_hold(self.env._("Its payment was undone: the money is awaited again."))

    def _book_collected(self):
        """Register, today, the money of these orders that is in hand, of gateways where it is handed over in sums.

        What was undone, as a cheque that bounced, is registered anew.
        """
        now, vals_list = fields.Datetime.now(), []
        currencies = self.env["ecom.gateway"]._currencies(set(self.mapped("currency_code")))
        for order in self:
            gateways = {row.code: row.gateway_id for row in order.channel_id.mapping_payment_ids if row.gateway_id}
            for index, payment in enumerate(order.payments or ()):
                gateway = gateways.get(payment["method"])
                if gateway and gateway.collected and not payment["paid_at"]:
                    vals_list.append(
                        {
                            "gateway_id": gateway.id,
                            "external_id": f"order:{order.id}:{index}",
                            "kind": "charge",
                            "amount": float(payment["amount"]),
                            "net": float(payment["amount"]),
                            "currency_id": currencies[order.currency_code].id,
                            "occurred_at": now,
                            "day": gateway.company_id._ecom_day(now),
                            "source_ref": order.number,
                            "order_id": order.id,
                            "payment_key": f"{index}:{payment['method']}",
                            "reason": self.env._("%(user)s had it in hand", user=self.env.user.name),
                        }
                    )
        Transaction = self.env["ecom.gateway.transaction"]
        known = Transaction.search([("external_id", "in", [vals["external_id"] for vals in vals_list])])
        again = known.filtered(lambda row: row.account_payment_id.state in UNDONE and not row.payout_id)
        for gateway in again.gateway_id:
            rows = again.filtered(lambda row, gateway=gateway: row.gateway_id == gateway)
            rows.write({"account_payment_id": False, "occurred_at": now, "day": gateway.company_id._ecom_day(now)})
        told = set(known.mapped("external_id"))
        (again | Transaction.create([vals for vals in vals_list if vals["external_id"] not in told]))._book()


class EcomGatewayTransaction(models.Model):
    _inherit = "ecom.gateway.transaction"

    def _book(self):
        result = super()._book()
        self.filtered(lambda row: row.kind == "charge" and row.account_payment_id).order_id._note_money_here()
        return result


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def action_cancel(self):
        """A cheque that bounced, a match with the bank undone: its order waits for its money again."""
        result = super().action_cancel()
        self.sudo().ecom_order_id._await_money_again()
        return result


class AccountMove(models.Model):
    _inherit = "account.move"

    def _invoice_paid_hook(self):
        """An invoice that somebody matched with the bank by hand, or on another screen."""
        result = super()._invoice_paid_hook()
        self.sudo().ecom_order_id._note_money_here()
        return result
