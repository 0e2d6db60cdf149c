from collections import defaultdict
from datetime import timedelta

from odoo import fields, models

from ...platforms.documents import OrderState

GRACE = timedelta(days=2)  # what an order has at least, also one that was placed long before it was read
BATCH = 50


class EcomOrder(models.Model):
    """Waiting for money: an order paid by transfer or cheque reserves, is reminded, and gives its goods back in time.

    Which payment methods wait, and how long, is said on their mappings.
    """

    _inherit = "ecom.order"

    remind_at = fields.Datetime(string="Reminder On", copy=False)
    reminded = fields.Integer(string="Reminders", copy=False)
    expires_at = fields.Datetime(
        string="Cancelled On", copy=False, help="When the order is cancelled and its goods are free again."
    )
    expired = fields.Boolean(copy=False, help="Cancelled because its money had not arrived in time.")

    _remind_index = models.Index("(channel_id, remind_at) WHERE remind_at IS NOT NULL")
    _expires_index = models.Index("(channel_id, expires_at) WHERE expires_at IS NOT NULL")

    def _awaited_payment(self, document):
        """The mapping of the payment method whose money this order waits for, empty for any other order."""
        awaited = document.payments[:1] if document.state == OrderState.PENDING else ()
        codes = [payment.method for payment in awaited if not payment.paid_at]
        return self.channel_id.mapping_payment_ids.filtered(lambda row: row.waits_for_money and row.code in codes)[:1]

    def _settle_waiting(self, documents, here):
        """Hold the orders that wait for their money, before they are confirmed; let go those whose money arrived.

        :param here: those whose money is here before the shop says so
        """
        for order, document in documents.items():
            mapping = order._awaited_payment(document)
            live = order.sale_order_ids.filtered(lambda sale: sale.state != "cancel")
            if mapping and order not in here and live.filtered(lambda sale: sale.state in ("draft", "sent")):
                live._hold_for_money()
                order._start_waiting(mapping)
            elif order in here or document.state in (OrderState.CONFIRMED, OrderState.COMPLETED):
                live._release_for_money()
                if order.expires_at or order.remind_at:
                    order.write({"expires_at": False, "remind_at": False})

    def _start_waiting(self, mapping):
        placed, soonest = self.ordered_at or fields.Datetime.now(), fields.Datetime.now() + GRACE

        def after(days):
            return max(placed + timedelta(days=days), soonest) if days else False

        self.write({"remind_at": after(mapping.reminder_days), "expires_at": after(mapping.cancel_days), "reminded": 0})

    # === REMINDERS === #

    def _remind(self, channel):
        """Write to these customers that their money is awaited, where the channel has Odoo do it."""
        template = self.env.ref("ecom_connector.mail_template_waiting", raise_if_not_found=False)
        by_odoo = channel.reminder_policy == "odoo" and template
        if by_odoo:
            sales = self.sale_order_id.with_context(mail_notify_author=False)
            sales.message_mail_with_source(template, force_send=False)
        mappings = {mapping.code: mapping for mapping in channel.mapping_payment_ids.sorted("id", reverse=True)}
        alike = defaultdict(self.browse)
        for order in self:
            codes = [payment.method for payment in order._document().payments]
            mapping = next((mappings[code] for code in codes if code in mappings), channel.mapping_payment_ids.browse())
            alike[order.reminded, mapping] += order
        for (reminded, mapping), orders in alike.items():
            again = reminded + 1 < mapping.reminders
            next_time = fields.Datetime.now() + timedelta(days=mapping.reminder_days) if again else False
            orders.write({"reminded": reminded + 1, "remind_at": next_time})

    # === AND AFTER ITS TIME === #

    def _expire(self, _channel):
        """Cancel what was not paid in time: the goods are free again, and the shop is told."""
        waiting = self.sale_order_ids.filtered(lambda sale: sale.ecom_awaits_money and sale.state == "sale")
        self.write({"remind_at": False, "expires_at": False})
        if not waiting:
            return
        waiting.filtered("locked").action_unlock()
        waiting.with_context(disable_cancel_warning=True)._action_cancel()
        waiting._release_for_money()
        waiting._log_hold(self.env._("Cancelled: the money did not arrive in time."))
        waiting.ecom_order_id.write({"expired": True, "state": "cancelled", "cancelled_by_shop": False})

    def _ask_about_late_money(self, channel, document):
        """Money for an order that was cancelled for want of it: a person reopens it or pays it back."""
        self.ensure_one()
        if not self.expired or document.state not in (OrderState.CONFIRMED, OrderState.COMPLETED):
            return
        if self.sale_order_ids.filtered(lambda sale: sale.state != "cancel"):
            return
        self.env["ecom.issue"]._raise(
            channel,
            "late_money",
            order=self,
            blocking=False,
            message=self.env._(
                "Order %(number)s was cancelled because its money had not arrived; now the shop says that it is paid. "
                "Reopen it, or pay the money back.",
                number=self.number,
            ),
        )

    def _reopen_expired(self):
        """Take the cancellation back: reserve and prepare, as the money is there."""
        sales = self.sale_order_ids.filtered(lambda sale: sale.state == "cancel")
        sales.action_draft()
        self.write({"expired": False, "state": "received"})


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    reminder_policy = fields.Selection(
        [("odoo", "Odoo"), ("shop", "The shop")],
        string="Payment Reminders From",
        required=True,
        default="odoo",
        help="Who reminds customers whose transfer or cheque has not arrived.",
    )

    def _look_after_waiting(self):
        """Remind and cancel a batch of the orders whose time has come.

        :return: whether there were any
        """
        Order = self.env["ecom.order"]
        now = fields.Datetime.now()
        # One that failed is blocked and waits for a person; its time is looked at again once it is settled.
        here = [("channel_id", "=", self.id), ("state", "=", "settled")]
        for moment, step in (("expires_at", "_expire"), ("remind_at", "_remind")):
            if due := Order.search([*here, (moment, "<=", now)], limit=BATCH):
                due._each_alone_on_error(self, step, BATCH)
                return True
        return False


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_ecom_money_arrived(self):
        """The money is on the account: prepare the order, and tell the shop that it is paid."""
        self.check_access("write")
        self._ecom_money_arrived()
        return True

    def _ecom_money_arrived(self):
        arrived = self._release_for_money()
        arrived.sudo().ecom_order_id.write({"expires_at": False, "remind_at": False})
        arrived._log_hold(self.env._("The money arrived."))
        arrived._tell_shop(OrderState.CONFIRMED)


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("late_money", "Paid after cancellation")], ondelete={"late_money": "cascade"}
    )

    def _compute_remedy(self):
        result = super()._compute_remedy()
        self.filtered(lambda issue: issue.code == "late_money").remedy = self.env._("Reopen the order, or refund it")
        return result

    def _fix_late_money(self, _same):
        self.order_id._reopen_expired()
        self.channel_id._wake("orders")

    def action_refund_late_money(self):
        """Pay the money back: the shop is told where it can be, and the order stays cancelled."""
        self.check_access("write")
        for issue in self.sudo().filtered(lambda issue: issue.code == "late_money" and issue.state == "open"):
            sale = issue.order_id.sale_order_id
            sale._log_hold(self.env._("Paid after it was cancelled: the money is to be paid back."))
            sale.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Pay the money of order %(number)s back", number=issue.order_id.number),
                user_id=issue.channel_id.responsible_id.id or self.env.uid,
            )
            if issue.channel_id._shows_state(OrderState.CANCELLED):
                self.env["ecom.command"].sudo()._tell_state_again(issue.order_id, OrderState.CANCELLED)
            issue._solve()
        return True


class EcomCommand(models.Model):
    _inherit = "ecom.command"

    def _tell_state_again(self, orders, state):
        """Tell a state that the shop was told before, and has left since."""
        self.create(
            [
                {
                    "channel_id": order.channel_id.id,
                    "order_id": order.id,
                    "kind": "state",
                    "value": state.value,
                    "key": f"state:{order.id}:{state.value}:again:{fields.Datetime.now().timestamp():.0f}",
                }
                for order in orders
            ]
        )
        for channel in orders.channel_id:
            channel._wake("commands")
