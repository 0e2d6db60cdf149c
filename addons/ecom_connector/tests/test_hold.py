from odoo.exceptions import UserError
from odoo.tests import tagged

from .shop_case import ShopCase, woo_order


@tagged("post_install", "-at_install")
class TestHold(ShopCase):
    """An order on hold keeps its goods, and nobody prepares it."""

    def ready(self):
        """The deliveries that a preparer is shown as ready."""
        return self.env["stock.picking"].search(
            [("state", "=", "assigned"), ("picking_type_id", "=", self.channel.warehouse_id.out_type_id.id)]
        )

    def test_what_a_person_holds_is_reserved_but_not_ready(self):
        order = self.receive(woo_order(1))
        picking = order.sale_order_id.picking_ids
        self.assertIn(picking, self.ready())
        order.sale_order_id._hold_by_person("The customer calls back.")
        self.assertNotIn(picking, self.ready())
        self.assertEqual((picking.move_ids.mapped("state"), picking.state), (["assigned"], "confirmed"))
        self.assertEqual(self.mug.free_qty, 98)
        self.assertIn("calls back", picking.ecom_hold_message)
        self.assertIn("calls back", order.sale_order_id.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "calls back"):
            picking.button_validate()
        with self.assertRaisesRegex(UserError, "calls back"):
            picking._action_done()
        order.sale_order_id.action_ecom_release()
        self.assertIn(picking, self.ready())
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")

    def test_whoever_holds_it_it_waits_until_both_let_go(self):
        order = self.receive(woo_order(1)).sale_order_id
        order._hold_for_money()
        order._hold_by_person()
        order._release_for_money()
        self.assertEqual((order.ecom_hold, order.picking_ids.state), ("person", "confirmed"))
        order._hold_for_money()
        order._release_by_person()
        self.assertEqual((order.ecom_hold, order.picking_ids.state), ("money", "confirmed"))
        order._release_for_money()
        self.assertEqual((order.ecom_hold, order.picking_ids.state), (False, "assigned"))

    def test_all_steps_of_a_warehouse_wait(self):
        self.channel.warehouse_id.delivery_steps = "pick_pack_ship"
        order = self.receive(woo_order(1)).sale_order_id
        pick = self.env["stock.picking"].search([("reference_ids.sale_ids", "=", order.id)])
        self.assertEqual(pick.picking_type_id, self.channel.warehouse_id.pick_type_id)
        order._hold_by_person()
        self.assertEqual(pick.state, "confirmed")
        with self.assertRaises(UserError):
            pick.button_validate()

    def test_what_is_shipped_or_cancelled_cannot_be_held(self):
        order = self.receive(woo_order(1)).sale_order_id
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        with self.assertRaises(UserError):
            order._hold_by_person()
