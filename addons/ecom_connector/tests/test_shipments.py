from odoo.tests import tagged

from .shop_case import ShopCase, woo_order


@tagged("post_install", "-at_install")
class TestShipments(ShopCase):
    """What the shop is told about what leaves the warehouse."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().receive(woo_order(1))

    def ship(self, picking, **quantities):
        for move in picking.move_ids:
            move.write({"quantity": quantities.get(move.product_id.default_code, move.product_uom_qty), "picked": True})
        picking._action_done()

    def test_a_parcel_is_told_with_carrier_number_and_quantities(self):
        order = self.order
        picking = order.sale_order_id.picking_ids
        picking.carrier_tracking_ref = "6A01"
        self.ship(picking)
        command = order.command_ids
        self.assertEqual(
            (command.kind, command.state, command.key), ("shipment", "pending", f"shipment:{picking.id}:1")
        )
        payload = command._prepare_shipment_payload()
        self.assertEqual(payload["order"], "1")
        self.assertEqual(payload["quantities"], [("100", 2.0)])
        self.assertEqual([parcel["number"] for parcel in payload["parcels"]], ["6A01"])
        self.assertTrue(payload["complete"] and payload["notify"])

    def test_several_numbers_are_several_parcels(self):
        order = self.order
        picking = order.sale_order_id.picking_ids
        picking.carrier_tracking_ref = "6A01, 6A02,6A01"
        self.ship(picking)
        parcels = order.command_ids._prepare_shipment_payload()["parcels"]
        self.assertEqual([parcel["number"] for parcel in parcels], ["6A01", "6A02"])

    def test_a_number_entered_later_is_told_then_and_only_once(self):
        order = self.order
        picking = order.sale_order_id.picking_ids
        self.ship(picking)
        first = order.command_ids
        first.payload = first._prepare_shipment_payload()
        self.assertFalse(first.payload["notify"], "without a number there is nothing to write to the customer about")
        first._succeeded("")
        first.shipment_id._told(first)
        picking.carrier_tracking_ref = "6A01"
        picking.carrier_tracking_ref = "6A01"
        second = order.command_ids - first
        self.assertEqual(second.key, f"shipment:{picking.id}:2")
        payload = second._prepare_shipment_payload()
        self.assertEqual(payload["key"], f"picking-{picking.id}", "the shop finds what it was told by this key")
        self.assertTrue(payload["notify"])

    def told(self, order):
        """Send the message that waits, as the commands lane does."""
        command = order.command_ids.filtered(lambda command: command.state == "pending")
        command.payload = command._prepare_shipment_payload()
        command._succeeded("")
        command.shipment_id._told(command)
        return command.payload

    def test_a_wrong_number_is_corrected_and_the_customer_told_once_more(self):
        order = self.order
        picking = order.sale_order_id.picking_ids
        picking.carrier_tracking_ref = "WRONG"
        self.ship(picking)
        first = self.told(order)
        self.assertEqual((first["notify"], first["corrects"]), (True, False))
        picking.carrier_tracking_ref = "RIGHT"
        second = self.told(order)
        self.assertEqual((second["notify"], second["corrects"], second["key"]), (True, True, first["key"]))
        self.assertRegex(second["message"], "corrected|corrigé")
        self.assertIn("RIGHT", second["message"])
        self.assertNotIn("WRONG", second["message"])
        picking.carrier_id = self.channel.default_carrier_id.copy({"name": "Chronopost"})
        third = self.told(order)
        self.assertEqual((third["notify"], third["corrects"]), (False, False), "the number is the same")

    def test_a_wrong_number_that_the_shop_did_not_take_is_not_sent_after_the_right_one(self):
        order = self.order
        picking = order.sale_order_id.picking_ids
        picking.carrier_tracking_ref = "WRONG"
        self.ship(picking)
        wrong = order.command_ids
        wrong.payload = wrong._prepare_shipment_payload()
        wrong._missed("the shop is down", retry=True)
        picking.carrier_tracking_ref = "RIGHT"
        wrong.next_try_at = "2026-01-01 00:00:00"
        due = self.env["ecom.command"]._due(self.channel, "shipment", 20)
        self.assertEqual(due._prepare_shipment_payload()["parcels"][0]["number"], "RIGHT")
        self.assertEqual(wrong.state, "cancelled")

    def test_a_second_parcel_of_a_delivery_is_no_correction(self):
        order = self.order
        picking = order.sale_order_id.picking_ids
        picking.carrier_tracking_ref = "6A01"
        self.ship(picking)
        self.told(order)
        picking.carrier_tracking_ref = "6A01,6A02"
        payload = self.told(order)
        self.assertEqual((payload["notify"], payload["corrects"]), (True, False))

    def test_a_number_entered_before_the_message_left_needs_no_second_one(self):
        order = self.order
        picking = order.sale_order_id.picking_ids
        self.ship(picking)
        picking.carrier_tracking_ref = "6A01"
        self.assertEqual(len(order.command_ids), 1)

    def test_a_part_leaves_first(self):
        order = self.receive(woo_order(2, lines=[("MUG", 2, "10.00", "2.00"), ("PEN", 1, "5.00", "1.00")]))
        first = order.sale_order_id.picking_ids
        self.ship(first, PEN=0)
        payload = order.command_ids._prepare_shipment_payload()
        self.assertEqual((payload["quantities"], payload["complete"]), ([("200", 2.0)], False))
        rest = order.sale_order_id.picking_ids - first
        self.ship(rest)
        payload = (order.command_ids - first.ecom_order_id.shipment_ids[-1].command_ids)._prepare_shipment_payload()
        self.assertEqual((payload["quantities"], payload["complete"]), ([("201", 1.0)], True))

    def test_nobody_writes_to_the_customer_when_the_policy_says_so(self):
        self.channel.notify_policy = "none"
        order = self.order
        picking = order.sale_order_id.picking_ids
        picking.carrier_tracking_ref = "6A01"
        self.ship(picking)
        self.assertFalse(order.command_ids._prepare_shipment_payload()["notify"])

    def test_odoo_writes_to_the_customer_only_where_the_shop_does_not(self):
        self.env.company.stock_move_email_validation = True
        by_shop = self.order.sale_order_id.picking_ids
        self.channel.notify_policy = "odoo"
        by_odoo = self.receive(woo_order(2)).sale_order_id.picking_ids
        self.ship(by_odoo)
        self.assertTrue(by_odoo.message_ids.filtered("partner_ids"))
        self.channel.notify_policy = "shop"
        self.ship(by_shop)
        self.assertFalse(by_shop.message_ids.filtered("partner_ids"))

    def test_states_that_begin_in_odoo_are_told(self):
        order = self.receive(woo_order(2, status="on-hold", date_paid_gmt=None))
        order.sale_order_id.action_confirm()
        self.assertEqual(order.command_ids.mapped("value"), ["confirmed"])
        order.sale_order_id._action_cancel()
        self.assertEqual(set(order.command_ids.mapped("value")), {"confirmed", "cancelled"})

    def test_a_message_that_fails_waits_longer_each_time_and_then_asks_a_person(self):
        order = self.order
        self.ship(order.sale_order_id.picking_ids)
        command = order.command_ids
        waits = []
        for _attempt in range(11):
            command._missed("the shop is down", retry=True)
            waits.append((command.next_try_at - command.write_date).total_seconds())
        self.assertLess(waits[0], waits[5])
        self.assertEqual(command.state, "pending")
        command._missed("the shop is down", retry=True)
        self.assertEqual(command.state, "failed")
        issue = self.open_issues(order)
        self.assertEqual(issue.code, "command_failed")
        issue.action_fix()
        self.assertEqual((command.state, command.attempts), ("pending", 0))

    def test_the_serials_and_lots_that_left_are_told_line_by_line(self):
        phone, tea = self.env["product.product"].create(
            [
                {"name": "Phone", "default_code": "PHONE", "is_storable": True, "tracking": "serial"},
                {"name": "Tea", "default_code": "TEA", "is_storable": True, "tracking": "lot"},
            ]
        )
        shelf = self.channel.warehouse_id.lot_stock_id
        for product, name, quantity in ((phone, "SN-1", 1), (phone, "SN-2", 1), (tea, "L7", 10)):
            lot = self.env["stock.lot"].create({"name": name, "product_id": product.id})
            self.env["stock.quant"]._update_available_quantity(product, shelf, quantity, lot_id=lot)
        lines = [("PHONE", 2, "10.00", "2.00"), ("TEA", 3, "10.00", "2.00"), ("MUG", 1, "10.00", "2.00")]
        order = self.receive(woo_order(2, lines=lines))
        picking = order.sale_order_id.picking_ids
        picking.carrier_tracking_ref = "6A01"
        picking.move_ids.picked = True
        picking._action_done()
        payload = order.command_ids._prepare_shipment_payload()
        told = [(lot["line"], lot["name"], lot["quantity"], lot["serial"]) for lot in payload["lots"]]
        self.assertEqual(told, [("200", "SN-1", 1.0, True), ("200", "SN-2", 1.0, True), ("201", "L7", 3.0, False)])
        self.assertIn("SN-1, SN-2", payload["message"])
        self.assertIn("L7", payload["message"])

        order.command_ids.write({"payload": payload, "sent_at": "2026-11-03 08:00:00"})
        entry = order.command_ids._feed_entry()
        self.assertEqual([lot["name"] for lot in entry["lines"][0]["lots"]], ["SN-1", "SN-2"])
        self.assertEqual(entry["lines"][2]["lots"], [], "mugs are not tracked")

        pushed = {}

        class Shop:
            def push_shipments(self, shipments):
                pushed["lots"] = shipments[0].lots
                return []

        self.channel._push_shipment(Shop(), [payload])
        self.assertEqual([(lot.line_id, lot.name) for lot in pushed["lots"]][2], ("201", "L7"))
        older = {name: value for name, value in payload.items() if name != "lots"}
        self.channel._push_shipment(Shop(), [older])
        self.assertEqual(pushed["lots"], (), "a message frozen by an older version still goes out")
