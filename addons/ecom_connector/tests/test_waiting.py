from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import tagged

from .shop_case import ShopCase, woo_order

TRANSFER = {
    "status": "on-hold",
    "date_paid_gmt": None,
    "payment_method": "bacs",
    "payment_method_title": "Virement",
    "transaction_id": "",
}
PAID = {"payment_method": "bacs", "payment_method_title": "Virement", "date_modified_gmt": "2026-12-02T10:00:00"}


@tagged("post_install", "-at_install")
class TestWaiting(ShopCase):
    """Orders that are paid by transfer or cheque, days later or never."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().place(1)

    def pass_days(self, days):
        """Let the orders lane look after what waits, some days after the order was placed."""
        channel = self.channel._work_env()

        def in_savepoint(channel, work):
            with channel.env.cr.savepoint():
                return work()

        self.startPatcher(patch.object(type(channel), "_in_transaction", in_savepoint))
        self.startPatcher(patch.object(channel.env.cr, "rollback", lambda: None))
        with freeze_time("2026-11-02 10:00:00") as clock:
            clock.tick(timedelta(days=days, hours=1))
            while channel._look_after_waiting():
                pass

    @freeze_time("2026-11-02 10:00:00")
    def place(self, number):
        return self.receive(woo_order(number, **TRANSFER))

    def test_a_transfer_reserves_is_not_prepared_and_leaves_as_soon_as_it_is_paid(self):
        order = self.order
        sale = order.sale_order_id
        self.assertEqual((order.state, sale.state, sale.ecom_hold), ("settled", "sale", "money"))
        self.assertEqual((self.mug.free_qty, sale.picking_ids.state), (98, "confirmed"))
        self.assertFalse(order.command_ids, "the shop is not told that the order is to be prepared")
        with self.assertRaisesRegex(UserError, "paiement|money"):
            sale.picking_ids.button_validate()
        self.receive(woo_order(1, **PAID))
        self.assertEqual((sale.ecom_hold, sale.picking_ids.state), (False, "assigned"))
        self.pass_days(30)
        self.assertEqual(sale.state, "sale")

    def test_a_customer_is_reminded_once_and_in_time(self):
        order = self.order
        self.pass_days(4)
        self.assertFalse(order.reminded)
        for days in (6, 7, 12):
            self.pass_days(days)
        mails = self.env["mail.mail"].search([("model", "=", "sale.order"), ("res_id", "=", order.sale_order_id.id)])
        self.assertEqual((order.reminded, len(mails)), (1, 1))
        self.assertIn("16.80", mails.body_html.replace(",", "."))
        self.assertIn("16/11/2026", mails.body_html)

    def test_reminders_may_be_left_to_the_shop(self):
        self.channel.reminder_policy = "shop"
        order = self.order
        self.pass_days(6)
        self.assertFalse(
            self.env["mail.mail"].search([("model", "=", "sale.order"), ("res_id", "=", order.sale_order_id.id)])
        )

    def test_after_its_time_it_is_cancelled_its_goods_are_free_and_the_shop_is_told(self):
        order = self.order
        self.pass_days(15)
        self.mug.invalidate_recordset()
        self.assertEqual((order.state, order.sale_order_id.state), ("cancelled", "cancel"))
        self.assertEqual(self.mug.free_qty, 100)
        self.assertEqual(order.command_ids.mapped("value"), ["cancelled"])

    def test_one_order_that_cannot_be_cancelled_does_not_keep_the_others_waiting(self):
        stuck, other = self.order, self.place(2)
        cancel = type(self.env["sale.order"])._action_cancel

        def refuse(sales):
            if stuck.sale_order_id in sales:
                raise ValueError("not this one")
            return cancel(sales)

        with patch.object(type(self.env["sale.order"]), "_action_cancel", refuse):
            self.pass_days(30)
        self.assertEqual((stuck.state, stuck.sale_order_id.state), ("blocked", "sale"))
        self.assertIn("not this one", self.open_issues(stuck).message)
        self.assertEqual((other.state, other.sale_order_id.state), ("cancelled", "cancel"))

    def test_money_that_comes_too_late_is_asked_about_and_the_order_reopened(self):
        order = self.order
        self.pass_days(15)
        self.receive(woo_order(1, **PAID))
        issue = self.open_issues(order)
        self.assertEqual((issue.code, order.sale_order_id.state), ("late_money", "cancel"))
        issue.action_fix()
        self.receive(woo_order(2))
        self.assertEqual((order.state, order.sale_order_id.state), ("settled", "sale"))
        self.assertEqual(order.sale_order_id.picking_ids.filtered(lambda p: p.state != "cancel").state, "assigned")

    def test_money_that_comes_too_late_is_paid_back(self):
        order = self.order
        self.pass_days(15)
        self.receive(woo_order(1, **PAID))
        self.open_issues(order).action_refund_late_money()
        self.assertFalse(self.open_issues(order))
        self.assertTrue(order.sale_order_id.activity_ids)
        self.assertEqual(order.command_ids.mapped("value"), ["cancelled", "cancelled"])
        self.assertEqual(order.sale_order_id.state, "cancel")

    def test_a_person_sees_the_money_first(self):
        order = self.order
        order.sale_order_id.action_ecom_money_arrived()
        self.assertEqual(order.sale_order_id.picking_ids.state, "assigned")
        self.assertEqual(order.command_ids.mapped("value"), ["confirmed"])

    def test_other_unpaid_orders_stay_quotations_and_by_hand_stays_by_hand(self):
        order = self.receive(woo_order(2, status="pending", date_paid_gmt=None))
        self.assertEqual(order.sale_order_id.state, "draft")
        self.channel.confirm_policy = "manual"
        self.assertEqual(self.place(3).sale_order_id.state, "draft")
