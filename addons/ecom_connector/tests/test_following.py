from odoo.tests import new_test_user, tagged

from .shop_case import ShopCase, woo_order

LATER = {"date_modified_gmt": "2026-11-03T10:00:00"}


@tagged("post_install", "-at_install")
class TestFollowing(ShopCase):
    """What happens on the shop after an order was imported."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().receive(woo_order(1))

    def test_a_cancellation_before_shipping_cancels_and_frees_the_stock(self):
        order = self.order
        self.assertEqual(self.mug.free_qty, 98)
        self.receive(woo_order(1, status="cancelled", **LATER))
        self.assertEqual((order.state, order.sale_order_id.state), ("cancelled", "cancel"))
        self.mug.invalidate_recordset()
        self.assertEqual(self.mug.free_qty, 100)
        self.assertFalse(order.command_ids, "the shop is not told what it said itself")

    def test_whoever_prepares_a_cancelled_order_is_told_to_unpack_it(self):
        packed, untouched = self.order, self.receive(woo_order(2))
        preparer = new_test_user(self.env, "preparer", "base.group_user,ecom_connector.group_preparer")
        picking = packed.sale_order_id.picking_ids
        picking.user_id = preparer
        picking.move_ids.picked = True
        for order in packed + untouched:
            self.receive(woo_order(int(order.external_id), status="cancelled", **LATER))
        self.assertEqual((picking.state, picking.activity_ids.user_id), ("cancel", preparer))
        self.assertIn("1", picking.message_ids[0].body)
        self.assertFalse(untouched.sale_order_id.picking_ids.activity_ids)

    def test_a_printed_delivery_without_a_preparer_asks_the_channel_s_responsible(self):
        self.channel.responsible_id = self.env.user
        order = self.order
        picking = order.sale_order_id.picking_ids
        picking.printed = True
        self.receive(woo_order(1, status="cancelled", **LATER))
        self.assertEqual(picking.activity_ids.user_id, self.env.user)

    def test_the_shop_may_take_its_own_cancellation_back_but_not_ours(self):
        order = self.order
        self.receive(woo_order(1, status="cancelled", **LATER))
        self.receive(woo_order(1, date_modified_gmt="2026-11-04T10:00:00"))
        self.assertEqual((order.state, order.sale_order_id.state), ("settled", "sale"))
        order.sale_order_id._action_cancel()
        self.receive(woo_order(1, date_modified_gmt="2026-11-05T10:00:00", customer_note="?"))
        self.assertEqual(order.sale_order_id.state, "cancel")
        self.receive(woo_order(1, status="cancelled", date_modified_gmt="2026-11-06T10:00:00"))
        self.receive(woo_order(1, date_modified_gmt="2026-11-07T10:00:00"))
        self.assertEqual(order.sale_order_id.state, "cancel", "the shop had only repeated what a person decided")

    def test_an_edit_reaches_a_locked_order(self):
        order = self.order
        order.sale_order_id.action_lock()
        self.receive(woo_order(1, lines=[("MUG", 3, "15.00", "3.00")], **LATER))
        self.assertEqual((order.sale_order_id.amount_total, order.sale_order_id.locked), (22.80, True))
        moves = order.sale_order_id.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 3)

    def test_a_cancellation_after_shipping_asks_a_person(self):
        order = self.order
        order.sale_order_id.picking_ids.move_ids.picked = True
        order.sale_order_id.picking_ids._action_done()
        self.receive(woo_order(1, status="cancelled", **LATER))
        self.assertEqual(order.sale_order_id.state, "sale")
        self.assertEqual(self.open_issues(order).code, "cancelled_too_late")

    def test_more_and_less_of_a_line_before_picking(self):
        order = self.order
        for quantity, net, tax, total in ((3, "15.00", "3.00", 22.80), (1, "5.00", "1.00", 10.80)):
            raw = woo_order(1, lines=[("MUG", quantity, net, tax)], date_modified_gmt=f"2026-11-03T10:00:0{quantity}")
            raw["date_modified_gmt"] = f"2026-11-0{6 - quantity}T10:00:00"
            self.receive(raw)
            self.assertEqual(order.sale_order_id.amount_total, total)
            moves = order.sale_order_id.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
            self.assertEqual(sum(moves.mapped("product_uom_qty")), quantity)
            self.assertEqual(order.state, "settled")

    def test_a_line_added_and_a_line_removed(self):
        order = self.order
        self.receive(woo_order(1, lines=[("MUG", 2, "10.00", "2.00"), ("PEN", 1, "5.00", "1.00")], **LATER))
        self.assertEqual(order.sale_order_id.amount_total, 22.80)
        self.assertEqual(order.sale_order_id.picking_ids.move_ids.product_id, self.mug | self.pen)
        raw = woo_order(1, date_modified_gmt="2026-11-05T10:00:00")
        self.receive(raw)
        self.assertEqual(order.sale_order_id.amount_total, 16.80)
        self.assertTrue(order.line_ids.filtered(lambda line: line.sku == "PEN").removed)

    def test_an_edit_after_picking_began_asks_a_person(self):
        order = self.order
        order.sale_order_id.picking_ids.move_ids.picked = True
        self.receive(woo_order(1, lines=[("MUG", 3, "15.00", "3.00")], **LATER))
        self.assertEqual(self.open_issues(order).code, "edited_too_late")
        self.assertEqual(order.sale_order_id.amount_total, 16.80)

    def test_refunds_are_recorded_and_goods_refunded_before_shipping_can_be_kept_back(self):
        order = self.order
        refund = {
            "id": 900,
            "amount": "6.00",
            "reason": "un de trop",
            "date_created_gmt": "2026-11-03T09:00:00",
            "line_items": [
                {
                    "id": 1,
                    "quantity": -1,
                    "total": "-5.00",
                    "total_tax": "-1.00",
                    "taxes": [],
                    "meta_data": [{"key": "_refunded_item_id", "value": "100"}],
                }
            ],
        }
        listed = [{"id": 900, "reason": "un de trop", "total": "-6.00"}]
        self.receive(woo_order(1, refunds=listed, **LATER), refunds={"1": [refund]})
        self.assertEqual(order.amount_refunded, 6.0)
        self.assertEqual(order.line_ids.filtered(lambda line: line.kind == "product").quantity_refunded, 1)
        issue = self.open_issues(order)
        self.assertEqual(issue.code, "refunded_before_shipping")
        issue.action_fix()
        moves = order.sale_order_id.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 1)
        self.receive(woo_order(1, refunds=listed, date_modified_gmt="2026-11-04T10:00:00"))
        self.assertEqual(sum(moves.mapped("product_uom_qty")), 1, "the shop's figure does not undo the decision")
        self.assertFalse(self.open_issues(order))

    def test_a_full_refund_before_shipping_cancels(self):
        order = self.order
        self.receive(woo_order(1, status="refunded", refunds=[{"id": 901, "total": "-16.80", "reason": ""}], **LATER))
        self.assertEqual((order.state, order.sale_order_id.state), ("cancelled", "cancel"))

    def test_an_order_deleted_on_the_shop_is_cancelled(self):
        order = self.order
        self.env["ecom.order"]._mark_gone(self.channel, ["1"])
        channel = self.channel._work_env()
        order.with_env(channel.env)._settle_documents(channel)
        self.assertEqual(order.sale_order_id.state, "cancel")
