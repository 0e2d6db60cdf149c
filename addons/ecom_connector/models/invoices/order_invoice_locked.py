from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date

BATCH = 50


class EcomOrder(models.Model):
    """Invoices that today's locked period keeps waiting: they are made on the first open day."""

    _inherit = "ecom.order"

    def _wait_for_open_day(self, channel):
        """Say of these orders that their invoices wait, where today lies in a locked period.

        :return: whether they wait
        """
        open_day = channel._first_open_day()
        if open_day == fields.Date.context_today(self):
            return False
        for order in self:
            self.env["ecom.issue"]._raise(
                channel,
                "period_locked",
                order=order,
                key=fields.Date.to_string(open_day),
                blocking=False,
                message=self.env._(
                    "Order %(number)s is to be invoiced, but today lies in a locked period. It is invoiced by itself "
                    "on %(date)s, the first open day, and keeps its order date. To invoice it sooner, move the lock "
                    "date in Accounting, then try again.",
                    number=order.number,
                    date=format_date(self.env, open_day),
                ),
            )
        return True


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    def _first_open_day(self):
        """Today, or the day after the locked period that today lies in."""
        today = fields.Date.context_today(self)
        journal = self.journal_id or self.env["account.journal"].search(
            [("type", "=", "sale"), *self.env["account.journal"]._check_company_domain(self.company_id)], limit=1
        )
        locks = self.company_id._get_violated_lock_dates(today, True, journal)
        return max((date for date, _field in locks), default=today - timedelta(days=1)) + timedelta(days=1)

    def _look_after_waiting(self):
        return super()._look_after_waiting() or self._look_after_locked()

    def _look_after_locked(self):
        """Settle again a batch of the orders whose invoices waited for an open day.

        :return: whether there were any
        """
        issues = self.env["ecom.issue"].search(
            [("channel_id", "=", self.id), ("code", "=", "period_locked"), ("state", "=", "open")], limit=BATCH
        )
        if not issues or self._first_open_day() > fields.Date.context_today(self):
            return False
        self._in_transaction(issues._invoice_again)
        return True


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("period_locked", "Invoice waits for an open period")], ondelete={"period_locked": "cascade"}
    )

    def _fix_period_locked(self, same):
        same._invoice_again()
        self.channel_id._wake("orders")

    def _invoice_again(self):
        self.order_id.filtered(lambda order: order.state == "settled").write({"state": "received"})
        self._solve()
