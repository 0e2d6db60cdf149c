"""The packing station: what is scanned is counted or refused in words, and a reload loses nothing."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .preparation_case import PreparationCase


@tagged("post_install", "-at_install")
class TestPreparationStation(PreparationCase):
    def scan(self, *codes, user=None):
        """Scan one thing after the other; the last answer."""
        answer = None
        for code in codes:
            answer = self.station(user).scan(code)
        return answer

    def press(self, key, user=None):
        return self.station(user).press(key)

    def counts(self, answer):
        return [(line["sku"], line["lot"], line["scanned"], line["expected"]) for line in answer["parcel"]["lines"]]

    def test_an_order_is_scanned_counted_weighed_and_shipped_with_nothing_but_enter(self):
        (picking,) = self.deliveries(self.ship_with(1, lines=(("MUG", 2, "10.00", "2.00"), ("PEN", 1, "2.00", "0.40"))))
        self.assertEqual(self.scan("1")["parcel"]["delivery"], picking.name)
        self.assertEqual(picking.user_id, self.preparer)
        answer = self.scan("MUG")
        self.assertEqual((answer["words"], answer["tone"]), ("Mug: 1 of 2.", "good"))
        answer = self.scan("3760000000017", "mug")
        self.assertEqual((answer["tone"], answer["parcel"]["step"]), ("complete", "weight"))
        self.assertIn("Weigh the parcel.", answer["words"])
        answer = self.scan("1,2")
        self.assertEqual((picking.shipping_weight, answer["parcel"]["step"]), (1.2, "tracking"))
        answer = self.scan("6A1234567")
        self.assertEqual((picking.carrier_tracking_ref, answer["parcel"]["step"]), ("6A1234567", "ship"))
        answer = self.scan("")
        self.assertEqual((picking.state, answer["words"], answer["parcel"]), ("done", "Order 1 is shipped.", False))
        self.assertFalse(picking.ecom_parcel_ids.label_state, "this carrier sells none")
        self.assertEqual(picking.ecom_order_id.shipment_ids.tracking, "6A1234567", "the shop is told")

    def test_the_delivery_s_barcode_and_the_sales_order_open_it_too(self):
        (picking,) = self.deliveries(self.ship_with(7))
        for code in (picking.name, picking.name.lower(), picking.sale_id.name, "#7"):
            self.assertEqual(self.scan(code)["parcel"]["delivery"], picking.name, code)
            self.press("aside")
        answer = self.scan("999")
        self.assertEqual((answer["words"], answer["tone"]), ("Stop: no order has the number 999.", "bad"))

    def test_a_reload_finds_everything_where_it_was(self):
        self.deliveries(self.ship_with(1))
        answer = self.scan("1", "MUG")
        again = self.station().look()
        self.assertEqual(again["parcel"], answer["parcel"])
        self.assertEqual(self.counts(again), [("MUG", "", "1", "2")])

    def test_a_wrong_or_superfluous_item_is_refused_in_words_and_counts_nothing(self):
        self.deliveries(self.ship_with(1, lines=(("MUG", 1, "5.00", "1.00"), ("PEN", 1, "2.00", "0.40"))))
        cup = self.env["product.product"].create({"name": "Tasse", "barcode": "3700000000012", "is_storable": True})
        self.scan("1")
        for code, words in (
            ("3700000000012", f"Stop: {cup.name} does not belong to this order."),
            ("NOTHING", "Stop: nobody knows the code NOTHING."),
            ("2*MUG", "Stop: one Mug too many. Put it back."),
        ):
            answer = self.scan(code)
            self.assertEqual((answer["words"], answer["tone"]), (words, "bad"))
        self.assertEqual(self.counts(answer), [("MUG", "", "0", "1"), ("PEN", "", "0", "1")])

    def test_serials_the_wrong_one_is_refused_with_the_right_one_named(self):
        _phone, lots = self.tracked("Phone", "serial", {"SN1": 1, "SN2": 1, "SN3": 1})
        first, second = self.deliveries(
            self.ship_with(1, lines=(("PHONE", 1, "100.00", "20.00"),)),
            self.ship_with(2, lines=(("PHONE", 1, "100.00", "20.00"),)),
        )
        self.assertEqual((first.move_line_ids.lot_id, second.move_line_ids.lot_id), (lots["SN1"], lots["SN2"]))
        self.scan("1")
        self.assertEqual(self.scan("PHONE")["words"], "Phone: now scan its lot or serial number.")
        self.assertEqual(self.scan("SN2")["words"], f"Stop: SN2 is promised to {second.name}. Take SN1.")
        self.assertEqual(self.scan("SN3")["words"], "Stop: SN3 is the wrong number of Phone. Take SN1.")
        self.assertEqual(self.scan("SN9")["words"], "Stop: SN9 is the wrong number of Phone. Take SN1.")
        answer = self.scan("SN1")
        self.assertEqual(answer["tone"], "complete")
        self.assertEqual(self.scan("SN1")["words"], "Stop: SN1 is in the parcel already.")
        self.press("ship")
        self.assertEqual(first.move_line_ids.lot_id, lots["SN1"])

    def test_a_free_serial_is_taken_instead_where_the_operation_allows_it(self):
        _phone, lots = self.tracked("Phone", "serial", {"SN1": 1, "SN2": 1, "SN3": 1})
        first, second = self.deliveries(
            self.ship_with(1, lines=(("PHONE", 1, "100.00", "20.00"),)),
            self.ship_with(2, lines=(("PHONE", 1, "100.00", "20.00"),)),
        )
        first.picking_type_id.ecom_other_serials = True
        lots["SN3"].ecom_blocked = True
        self.scan("1")
        self.assertIn("is blocked", self.scan("SN3")["words"])
        self.assertIn("is promised to", self.scan("SN2")["words"])
        lots["SN3"].ecom_blocked = False
        answer = self.scan("SN3")
        self.assertEqual((answer["tone"], first.move_line_ids.lot_id), ("complete", lots["SN3"]))
        self.press("ship")
        quants = self.env["stock.quant"].search([("lot_id", "=", lots["SN1"].id), ("location_id", "=", self.stock.id)])
        self.assertEqual((quants.quantity, quants.reserved_quantity), (1, 0), "the reserved one is free again")
        self.assertEqual(second.move_line_ids.lot_id, lots["SN2"])

    def test_a_lot_that_expired_or_was_blocked_since_it_was_reserved_does_not_leave(self):
        _cream, lots = self.tracked("Cream", "lot", {"L1": 5}, use_expiration_date=True)
        lots["L1"].write({"expiration_date": "2030-01-01", "removal_date": "2030-01-01"})
        self.deliveries(self.ship_with(1, lines=(("CREAM", 2, "10.00", "2.00"),)))
        self.scan("1")
        lots["L1"].ecom_blocked = True
        self.assertEqual(self.scan("L1")["words"], "Stop: L1 of Cream is blocked. Do not send it.")
        lots["L1"].write({"ecom_blocked": False, "expiration_date": "2020-01-01"})
        self.assertEqual(self.scan("L1")["words"], "Stop: L1 of Cream has expired. Do not send it.")

    def test_a_gs1_code_is_article_lot_and_quantity_in_one_scan(self):
        cream, _lots = self.tracked("Cream", "lot", {"L1": 5}, barcode="3760000000024")
        self.deliveries(self.ship_with(1, lines=(("CREAM", 3, "10.00", "2.00"),)))
        self.scan("1")
        answer = self.scan("010376000000002430002\x1d10L1")
        self.assertEqual((answer["words"], self.counts(answer)), ("Cream: 2 of 3.", [("CREAM", "L1", "2", "3")]))
        answer = self.scan("010376000000002410L2")
        self.assertEqual(answer["words"], f"Stop: 010376000000002410L2 is the wrong number of {cream.name}. Take L1.")

    def test_a_box_counts_what_is_in_it(self):
        six = self.env["uom.uom"].create(
            {"name": "Pack of 6", "relative_factor": 6, "relative_uom_id": self.env.ref("uom.product_uom_unit").id}
        )
        self.env["product.uom"].create({"product_id": self.mug.id, "uom_id": six.id, "barcode": "3760000000062"})
        self.deliveries(self.ship_with(1, lines=(("MUG", 8, "40.00", "8.00"),)))
        answer = self.scan("1", "3760000000062", "2*MUG")
        self.assertEqual((answer["tone"], self.counts(answer)), ("complete", [("MUG", "", "8", "8")]))

    def test_a_scan_is_taken_back(self):
        self.deliveries(self.ship_with(1))
        self.scan("1", "MUG", "MUG")
        answer = self.press("back")
        self.assertEqual((answer["words"], self.counts(answer)), ("Taken back: Mug.", [("MUG", "", "1", "2")]))
        self.press("back")
        self.assertEqual(self.press("back")["words"], "There is no scan to take back.")

    def test_what_is_there_is_shipped_and_the_rest_waits_and_is_counted(self):
        (picking,) = self.deliveries(self.ship_with(1, lines=(("MUG", 2, "10.00", "2.00"), ("PEN", 1, "2.00", "0.40"))))
        self.scan("1")
        self.assertEqual(self.press("missing")["tone"], "bad", "an empty parcel is put aside, not shipped")
        self.scan("MUG", "PEN")
        answer = self.press("ship")
        self.assertEqual(
            (answer["words"], picking.state), ("Something is missing. F2 ships what is there.", "assigned")
        )
        answer = self.press("missing")
        self.assertEqual(answer["words"], "Ship without 1 Mug? Enter does it, a scan goes on.")
        self.assertFalse(picking.backorder_ids, "a key that was hit by mistake does nothing")
        self.assertEqual(self.scan("")["words"], "1 Mug will follow later. Weigh the parcel.")
        rest = picking.backorder_ids
        self.assertEqual([(move.product_id, move.product_uom_qty) for move in rest.move_ids], [(self.mug, 1)])
        self.assertEqual(
            {move.product_id: move.product_uom_qty for move in picking.move_ids}, {self.mug: 1, self.pen: 1}
        )
        self.press("ship")
        self.assertEqual((picking.state, rest.state), ("done", "assigned"))
        self.assertEqual(sum(picking.move_ids.mapped("quantity")), 2)
        quant = self.env["stock.quant"].search([("product_id", "=", self.mug.id), ("location_id", "=", self.stock.id)])
        self.assertEqual(quant.inventory_date, fields.Date.context_today(quant), "somebody counts the shelf")
        self.assertEqual(
            self.env["ecom.shipment"].search([("picking_id", "=", picking.id)])._prepare_payload()["complete"], False
        )

    def test_what_was_never_in_stock_is_shown_and_left_to_a_delivery_of_its_own(self):
        self.leave_on_shelf(self.pen, 1)
        (picking,) = self.deliveries(self.ship_with(1, lines=(("MUG", 1, "5.00", "1.00"), ("PEN", 2, "2.00", "0.40"))))
        answer = self.scan("1", "MUG", "PEN")
        self.assertEqual(answer["words"], "Stylo: 1 of 1.")
        self.assertEqual([line["sku"] for line in answer["parcel"]["lines"] if line["short"]], ["PEN"])
        self.assertEqual(self.scan("")["words"], "The rest is not in stock: F2 ships what is there.")
        self.press("missing")
        self.press("missing")
        self.press("ship")
        self.assertEqual((picking.state, picking.backorder_ids.state), ("done", "confirmed"))

    def test_the_missing_unit_is_found_after_all(self):
        (picking,) = self.deliveries(self.ship_with(1))
        self.scan("1", "MUG")
        self.press("missing")
        self.assertEqual(self.scan("MUG")["tone"], "complete")
        self.assertEqual(self.press("missing")["words"], "Nothing is missing.")
        self.press("ship")
        self.assertEqual((picking.state, len(picking.backorder_ids)), ("done", 0))

    def test_what_is_held_cancelled_shipped_or_not_in_stock_is_not_opened(self):
        held, cancelled, shipped, ready = self.receive(*(self.ship_with(number) for number in (1, 2, 3, 4)))
        held.sale_order_id._hold_by_person("Check the address.")
        cancelled.sale_order_id.picking_ids.action_cancel()
        shipped.sale_order_id.picking_ids.button_validate()
        ready.sale_order_id.picking_ids.do_unreserve()
        for number, words in (
            ("1", "Check the address."),
            ("2", "Put the goods back."),
            ("3", "has been shipped already."),
            ("4", "is not ready"),
        ):
            answer = self.scan(number)
            self.assertIn(words, answer["words"])
            self.assertEqual((answer["tone"], answer["parcel"]), ("bad", False))

    def test_what_is_cancelled_or_held_on_the_bench_is_said_whatever_comes_next(self):
        looks = (lambda: self.station().look(), lambda: self.scan("MUG"), lambda: self.press("ship"))
        for number, look in enumerate(looks, 1):
            (picking,) = self.deliveries(self.ship_with(number))
            self.scan(str(number), "MUG")
            picking.action_cancel()
            answer = look()
            self.assertEqual(answer["words"], f"Stop: order {number} was cancelled. Put the goods back.")
            self.assertFalse(answer["parcel"])
        (picking,) = self.deliveries(self.ship_with(9))
        self.scan("9", "MUG")
        picking.sale_id._hold_by_person("Other address.")
        self.assertIn("Other address.", self.scan("MUG")["words"])
        picking.sale_id._release_by_person()
        self.assertEqual(self.counts(self.scan("9")), [("MUG", "", "1", "2")])

    def test_an_article_without_any_code_is_counted_by_its_name(self):
        self.deliveries(self.ship_with(1, lines=(("PEN", 1, "2.00", "0.40"),)))
        self.pen.write({"default_code": False, "barcode": False})
        self.assertEqual(self.scan("1", "stylo")["tone"], "complete")

    def test_two_preparers_do_not_pack_the_same_order_unless_one_insists(self):
        other = new_test_user(self.env, "olivier", "ecom_connector.group_preparer", name="Olivier")
        self.deliveries(self.ship_with(1))
        self.scan("1", "MUG")
        answer = self.scan("1", user=other)
        self.assertIn("Nathalie is packing", answer["words"])
        answer = self.station(other).scan("1", again=True)
        self.assertEqual(self.counts(answer), [("MUG", "", "1", "2")], "what was scanned stays scanned")
        self.assertFalse(self.station().look()["parcel"])

    def test_enter_opens_the_next_order_of_a_batch_and_what_was_put_aside_comes_last(self):
        self.deliveries(*(self.ship_with(number) for number in (1, 2, 3)))
        self.plan().action_start()
        answer = self.station().look()
        self.assertEqual([(batch["done"], batch["total"]) for batch in answer["batches"]], [(0, 3)])
        self.assertEqual(self.scan("")["parcel"]["number"], "1")
        self.press("aside")
        self.assertEqual(self.scan("")["parcel"]["number"], "2")
        self.scan("MUG", "MUG", "", "", "")
        self.assertEqual(self.scan("")["parcel"]["number"], "3")
        self.scan("MUG", "MUG")
        self.press("ship")
        answer = self.scan("")
        self.assertEqual((answer["parcel"]["number"], answer["parcel"]["batch_done"]), ("1", 2))
        self.scan("MUG", "MUG")
        self.press("ship")
        batch = self.env["stock.picking.batch"].search([], order="id desc", limit=1)
        self.assertEqual((batch.state, batch.ecom_shipped_count, batch.ecom_progress), ("done", 3, 100))
        self.assertEqual(set(batch.ecom_parcel_ids.mapped("label_state")), {False}, "no number was typed, none bought")

    def test_a_batch_whose_last_delivery_is_cancelled_or_taken_out_is_done(self):
        for numbers, end in (((1, 2), "action_cancel"), ((3, 4), "take_out")):
            orders = self.receive(*map(self.ship_with, numbers))
            self.plan().action_start()
            first, second = orders.sale_order_id.picking_ids
            batch = first.batch_id
            self.scan(str(numbers[0]), "MUG", "MUG")
            self.press("ship")
            self.assertEqual(batch.picking_ids, second)
            second.action_cancel() if end == "action_cancel" else second.write({"batch_id": False})
            self.assertEqual(batch.state, "done", end)

    def test_a_collected_order_lies_ready_and_no_parcel_leaves(self):
        self.channel.mapping_carrier_ids.filtered(
            lambda row: row.code == "method_0"
        ).warehouse_id = self.channel.warehouse_id
        (picking,) = self.deliveries(self.ship_with(1))
        answer = self.scan("1", "MUG", "MUG")
        self.assertEqual(answer["parcel"]["step"], "ship")
        answer = self.scan("")
        self.assertEqual(answer["words"], "Order 1 lies ready for its customer.")
        self.assertEqual((picking.state, picking.ecom_collect_state), ("assigned", "ready"))
        self.assertIn("lies ready", self.scan("1")["words"])

    def test_another_carrier_is_chosen_by_its_number_or_name(self):
        (picking,) = self.deliveries(self.ship_with(1))
        self.scan("1", "MUG", "MUG")
        names = self.press("carrier")["parcel"]["carriers"]
        self.assertEqual(self.scan("99")["words"], "Stop: 99 is none of these carriers.")
        answer = self.scan(str(names.index("Chronopost") + 1))
        self.assertEqual(
            (answer["words"], picking.carrier_id), ("Goes with Chronopost. Weigh the parcel.", self.carriers[2])
        )
        self.press("carrier")
        self.assertEqual(self.scan("colissimo")["parcel"]["carrier"], "Colissimo")
        self.press("carrier")
        self.assertEqual(self.scan("")["parcel"]["step"], "weight", "Enter alone leaves it")

    def test_what_is_shipped_on_its_own_page_counts_for_its_batch(self):
        pickings = self.deliveries(*map(self.ship_with, (1, 2, 3)))
        self.plan().action_start()
        batch = pickings.batch_id
        self.scan("1", "MUG")
        pickings[0].with_user(self.preparer).button_validate()
        self.assertEqual((batch.ecom_shipped_count, batch.ecom_order_count), (1, 3))
        self.assertFalse(self.station().look()["parcel"])
        self.assertEqual(pickings[0].ecom_parcel_ids.state, "done")
        pickings[1].with_user(self.preparer).button_validate()
        self.assertEqual((batch.ecom_shipped_count, batch.state), (2, "in_progress"))
        pickings[2].with_user(self.preparer).button_validate()
        self.assertEqual((batch.ecom_progress, batch.state), (100, "done"))

    def test_a_delivery_is_opened_from_its_own_page_or_says_why_not(self):
        first, second = self.deliveries(self.ship_with(1), self.ship_with(2))
        first.with_user(self.preparer).action_ecom_station()
        self.assertEqual(self.station().look()["parcel"]["number"], "1")
        second.sale_id._hold_by_person("Wait.")
        with self.assertRaisesRegex(UserError, "Wait."):
            second.with_user(self.preparer).action_ecom_station()

    def test_a_product_is_no_tracking_number_and_a_number_can_be_given_at_any_time(self):
        (picking,) = self.deliveries(self.ship_with(1))
        self.scan("1")
        self.press("tracking")
        self.assertEqual(self.scan("MUG")["words"], "Stop: MUG is no tracking number.")
        self.assertEqual(self.scan("6A77")["parcel"]["step"], "items")
        self.assertEqual(picking.carrier_tracking_ref, "6A77")

    def test_scanning_another_delivery_puts_the_one_on_the_bench_aside(self):
        first, second = self.deliveries(self.ship_with(1), self.ship_with(2))
        self.scan("1", "MUG")
        self.assertEqual(self.scan(second.name)["parcel"]["number"], "2")
        self.assertEqual(first.ecom_parcel_ids.state, "aside")
        self.assertEqual(self.counts(self.scan("1")), [("MUG", "", "1", "2")])

    def test_a_scan_takes_few_queries(self):
        lines = (("MUG", 2, "10.00", "2.00"), ("PEN", 2, "2.00", "0.40"))
        self.deliveries(self.ship_with(1, lines=lines))
        self.scan("1", "PEN")
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.scan("MUG")
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 60)
