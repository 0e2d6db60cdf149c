from datetime import date

from freezegun import freeze_time
from odoo import Command
from odoo.tests import tagged

from .shop_case import ShopCase, woo_order


@tagged("post_install", "-at_install")
class TestYearEnd(ShopCase):
    """Paid 30 December, shipped and invoiced 4 January, December locked on the 2nd."""

    def test_it_is_invoiced_in_the_open_year_and_keeps_its_order_date(self):
        self.channel.invoice_policy = "shipped"
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.env.company.id)], limit=1
        )
        self.channel.mapping_payment_ids = [Command.create({"code": "stripe", "journal_id": bank.id})]
        times = {
            "date_created_gmt": "2026-12-30T15:00:00",
            "date_paid_gmt": "2026-12-30T15:00:05",
            "date_modified_gmt": "2026-12-30T15:00:05",
        }
        with freeze_time("2026-12-30 15:01:00"):
            order = self.receive(woo_order(1, **times))
            self.assertFalse(order.sale_order_id.invoice_ids)
        with freeze_time("2027-01-02 09:00:00"):
            self.env.company.fiscalyear_lock_date = "2026-12-31"
        with freeze_time("2027-01-04 09:00:00"):
            order.sale_order_id.picking_ids.move_ids.picked = True
            order.sale_order_id.picking_ids._action_done()
            self.receive(woo_order(2, **times))
        sale = order.sale_order_id
        invoice = sale.invoice_ids
        self.assertEqual(len(invoice), 1)
        self.assertEqual(
            (invoice.state, invoice.invoice_date, invoice.date),
            ("posted", date(2027, 1, 4), date(2027, 1, 4)),
        )
        self.assertEqual(sale.date_order.date(), date(2026, 12, 30))
        self.assertEqual(invoice.amount_total, 16.80)
        payment = self.env["account.payment"].search([("memo", "ilike", "ch_1")])
        self.assertGreater(payment.move_id.date or payment.date, date(2026, 12, 31), "December is locked")
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
