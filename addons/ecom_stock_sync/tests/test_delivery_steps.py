"""A warehouse that delivers in several steps: what is picked together is packed together."""

from odoo.tests import tagged

from .preparation_case import PreparationCase


@tagged("post_install", "-at_install")
class TestDeliverySteps(PreparationCase):
    def in_steps(self, steps):
        self.channel.warehouse_id.delivery_steps = steps

    def plan_and_start(self):
        plan = self.plan()
        self.assertTrue(plan.line_ids, "something is ready")
        return self.env["stock.picking.batch"].search(plan.action_start()["domain"])

    def test_orders_are_picked_in_one_batch_and_packed_in_the_next(self):
        self.in_steps("pick_ship")
        orders = self.receive(self.ship_with(1), self.ship_with(2), self.ship_with(3, carrier=1)).sale_order_id
        batches = self.plan_and_start()
        self.assertEqual(batches.ecom_carrier_id, self.carriers[0] | self.carriers[1], "the carrier of the order")
        self.assertEqual(batches.picking_type_id, self.channel.warehouse_id.pick_type_id)
        self.assertEqual([self.shop_states(order) for order in orders.ecom_order_id], [["preparing"]] * 3)
        batch = batches.filtered(lambda batch: batch.ecom_carrier_id == self.carriers[0])
        for code in ("1", batch.picking_ids[0].name):
            self.assertEqual(self.station().scan(code)["words"].split(":")[0], "Order 1 is not picked yet")
        ((_place, rows),) = batch._ecom_pick_list()
        self.assertEqual([(row["product"], row["quantity"]) for row in rows], [(self.mug, 4)])
        batch.with_user(self.preparer).action_done()
        following = self.env["stock.picking.batch"].search([("ecom_before_id", "=", batch.id)])
        self.assertEqual((following.state, following.picking_type_code), ("in_progress", "outgoing"))
        self.assertEqual(following.picking_ids.sale_id, (orders[0] | orders[1]))
        self.assertEqual(following.ecom_leaves_on, batch.ecom_leaves_on)
        answer = self.station().scan("")
        self.assertEqual(answer["parcel"]["number"], "1")
        for text in ("2*MUG", "1", "6A0001", ""):
            answer = self.station().scan(text)
        self.assertEqual(answer["words"], "Order 1 is shipped.")
        self.assertEqual((following.ecom_shipped_count, following.ecom_order_count), (1, 2))

    def test_transfers_that_are_done_one_by_one_meet_again_in_one_batch(self):
        self.in_steps("pick_ship")
        self.receive(self.ship_with(1), self.ship_with(2))
        batch = self.plan_and_start()
        for picking in batch.picking_ids:
            picking.with_user(self.preparer).button_validate()
        following = self.env["stock.picking.batch"].search([("ecom_before_id", "=", batch.id)])
        self.assertEqual(len(following.picking_ids), 2)

    def test_three_steps(self):
        self.in_steps("pick_pack_ship")
        self.receive(self.ship_with(1))
        batch = self.plan_and_start()
        batch.action_done()
        pack = self.env["stock.picking.batch"].search([("ecom_before_id", "=", batch.id)])
        self.assertEqual(pack.picking_type_id, self.channel.warehouse_id.pack_type_id)
        pack.action_done()
        ship = self.env["stock.picking.batch"].search([("ecom_before_id", "=", pack.id)])
        self.assertEqual((ship.picking_type_code, ship.state), ("outgoing", "in_progress"))

    def test_a_transfer_within_the_warehouse_is_no_step_of_an_order(self):
        self.in_steps("pick_ship")
        move = self.env["stock.move"].create(
            {
                "product_id": self.mug.id,
                "product_uom_qty": 1,
                "location_id": self.stock.id,
                "location_dest_id": self.channel.warehouse_id.wh_output_stock_loc_id.id,
                "picking_type_id": self.channel.warehouse_id.pick_type_id.id,
            }
        )
        move._action_confirm()
        move._action_assign()
        self.assertFalse(self.plan().line_ids)
