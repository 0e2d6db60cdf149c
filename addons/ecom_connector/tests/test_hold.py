from dataclasses import replace
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..platforms.woocommerce import WooCommerce
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

    def saying(self, hold):
        """The shop sees something in its orders."""
        parse = WooCommerce.parse_order
        return patch.object(WooCommerce, "parse_order", lambda raw: replace(parse(raw), hold=hold))

    def test_what_the_shop_holds_waits_until_it_or_a_person_lets_it_go(self):
        later = {"date_modified_gmt": "2026-11-02T11:00:00"}
        with self.saying("High risk of fraud"):
            order = self.receive(woo_order(1)).sale_order_id
            picking = order.picking_ids
            self.assertEqual((order.ecom_hold, picking.move_ids.state), ("shop", "assigned"))
            self.assertNotIn(picking, self.ready())
            with self.assertRaisesRegex(UserError, "High risk of fraud"):
                picking.button_validate()
        self.receive(woo_order(1, **later))
        self.assertIn(picking, self.ready())

        with self.saying("Looks odd"):
            other = self.receive(woo_order(2)).sale_order_id
            other.action_ecom_release_shop()
            self.assertIn(other.picking_ids, self.ready())
            self.receive(woo_order(2, **later))
            self.assertIn(other.picking_ids, self.ready(), "said once, waived once")
        with self.saying("The card was stolen"):
            self.receive(woo_order(2, date_modified_gmt="2026-11-02T12:00:00"))
            self.assertEqual(other.ecom_hold, "shop", "that is news")
