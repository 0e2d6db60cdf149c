from unittest.mock import MagicMock, patch

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from .shop_case import ShopCase, woo_order


@tagged("post_install", "-at_install")
class TestRollCall(ShopCase):
    """Once a day the shop is asked for every order that is still to be shipped: listings do not show everything."""

    def call_the_roll(self, *raws):
        """The lane's step, with a shop that has these orders; returns the ids that were asked for."""
        channel = self.channel._work_env()
        platform = MagicMock(wraps=channel._platform_class())
        platform.read_orders_by_id = MagicMock(return_value=list(raws))
        with (
            patch.object(type(channel), "_before_http", lambda _channel: None),
            patch.object(type(channel), "_in_transaction", lambda _channel, work: work()),
        ):
            channel._call_the_roll(platform)
        self.receive()
        return [order_id for call in platform.read_orders_by_id.call_args_list for order_id in call.args[0]]

    def test_what_the_shop_binned_is_cancelled_and_its_goods_are_free(self):
        kept, binned = (self.receive(woo_order(number)) for number in (1, 2))
        self.assertEqual(sorted(self.call_the_roll(woo_order(1))), ["1", "2"])
        self.assertEqual((kept.sale_order_id.state, binned.sale_order_id.state), ("sale", "cancel"))
        self.mug.invalidate_recordset()
        self.assertEqual(self.mug.free_qty, 98)

    def test_a_change_that_the_watermark_missed_is_caught_up_with(self):
        """A plugin that writes an order without dating the change is in no listing, and sends no webhook."""
        order = self.receive(woo_order(1))
        self.call_the_roll(woo_order(1, lines=[("MUG", 3, "15.00", "3.00")]))
        self.assertEqual(order.sale_order_id.amount_total, 22.80)

    def test_what_was_shipped_or_cancelled_is_not_asked_for(self):
        shipped, cancelled = (self.receive(woo_order(number)) for number in (1, 2))
        picking = shipped.sale_order_id.picking_ids
        picking.move_ids.write({"quantity": 2, "picked": True})
        picking._action_done()
        cancelled.sale_order_id._action_cancel()
        self.assertEqual(self.call_the_roll(), [])
        self.assertEqual(shipped.shop_state, "processing", "an answer about nothing says nothing about it")

    def test_it_is_called_once_a_day_and_never_where_the_shop_calls_us(self):
        with freeze_time("2026-11-10 08:00:00"):
            self.assertTrue(self.channel._roll_call_due())
            self.call_the_roll()
            self.assertEqual(self.channel.roll_called_at, fields.Datetime.now())
            self.assertFalse(self.channel._roll_call_due())
        with freeze_time("2026-11-11 08:00:01"):
            self.assertTrue(self.channel._roll_call_due())
            self.channel.platform = "external"
            self.assertFalse(self.channel._roll_call_due())
