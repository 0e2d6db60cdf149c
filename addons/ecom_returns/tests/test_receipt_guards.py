from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .returns_case import ReturnsCase


@tagged("post_install", "-at_install")
class TestReceiptGuards(ReturnsCase):
    """What must not happen to goods that come back, at the desk and in Odoo's own screens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk = cls.env["ecom.return.desk"]
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.env.user.company_ids |= cls.other

    def phone_out(self, serial="SN1"):
        lot = self.put(self.phone, serial)
        order = self.sell(1, ("PHONE", 1))
        self.ship(self.delivery(order))
        return order, lot

    def unsold_phone(self):
        found = self.env["ecom.return"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Client"}).id,
                "kind": "terms",
                "line_ids": [Command.create({"product_id": self.phone.id, "quantity": 2})],
            }
        )
        found.action_approve()
        return found

    # === THE DESK === #

    def test_what_cannot_be_received_leaves_nothing_half_done(self):
        order, lot = self.phone_out()
        found = self.ask(order, {"PHONE": 1})
        self.desk.scan("SN1", found.id)
        # Somebody booked the same serial there meanwhile.
        self.env["stock.quant"]._update_available_quantity(
            self.phone, found.picking_ids.location_dest_id, 1, lot_id=lot
        )
        lines = found.picking_ids.move_line_ids
        answer = self.desk.receive(found.id)
        self.assertEqual(answer["tone"], "bad")
        self.assertEqual(
            (found.state, found.picking_ids.state, found.unit_ids.state), ("awaiting", "assigned", "scanned")
        )
        self.assertEqual(found.picking_ids.move_line_ids, lines, "as Odoo had filled it in")

    def test_a_serial_of_no_order_is_scanned_once(self):
        found = self.unsold_phone()
        self.desk.scan("OLD-1", found.id)
        answer = self.desk.scan("OLD-1", found.id)
        self.assertEqual((answer["tone"], len(found.unit_ids)), ("bad", 1))
        self.assertIn("scanned already", answer["words"])

    def test_a_lot_of_another_company_is_not_taken(self):
        theirs = self.env["stock.lot"].create(
            {"product_id": self.phone.id, "name": "OLD-1", "company_id": self.other.id}
        )
        found = self.unsold_phone()
        self.desk.scan("OLD-1", found.id)
        self.assertEqual(found.unit_ids.lot_id.name, "OLD-1")
        self.assertNotEqual(found.unit_ids.lot_id, theirs)

    def test_what_was_scanned_is_received_or_taken_back_before_the_rest_is_given_up(self):
        found = self.ask(self.shipped(1, ("MUG", 3, "30.00", "6.00")), {"MUG": 3})
        self.desk.scan("MUG", found.id)
        self.desk.receive(found.id)
        found.action_restock_all()
        self.desk.scan("MUG", found.id)
        for press in (found.action_rest_missing, found.action_rest_kept):
            with self.assertRaisesRegex(UserError, f"{found.name}.*Mug.*scanned.*Receiving Desk"):
                press()
        self.desk.back(found.id)
        found.action_rest_missing()
        self.assertEqual((found.state, found.line_ids.quantity), ("inspected", 1))

    # === ODOO'S OWN SCREENS === #

    def test_a_number_typed_there_is_checked_after_the_desk_refused_another(self):
        order, lot = self.phone_out()
        found = self.ask(order, {"PHONE": 1})
        self.desk.scan("SWAPPED", found.id)
        receipt = found.picking_ids
        receipt.move_line_ids.lot_id = self.put(self.phone, "SN9", place=self.env.ref("stock.stock_location_customers"))
        receipt.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "SN9 is not what was sent"):
            receipt._action_done()
        receipt.move_line_ids.lot_id = lot
        receipt._action_done()
        self.assertEqual(found.state, "received")
        self.assertEqual(found.unit_ids.filtered(lambda unit: unit.state == "received").lot_id, lot)

    def test_what_is_validated_there_counts_and_not_what_lies_scanned(self):
        found = self.ask(self.shipped(1), {"MUG": 2})
        self.desk.scan("MUG", found.id)
        found.picking_ids.move_ids.write({"quantity": 2, "picked": True})
        found.picking_ids._action_done()
        self.assertEqual((found.state, found.line_ids.quantity_back), ("received", 2))
        self.assertEqual([(unit.state, unit.quantity) for unit in found.unit_ids], [("received", 2)])

    # === COMPANIES === #

    def test_a_parcel_comes_back_in_the_company_of_its_order(self):
        sale = self.shipped(1).sale_order_id
        both = [self.other.id, sale.company_id.id]
        found = sale.with_context(allowed_company_ids=both)._ecom_back_to_sender()
        self.assertEqual((found.company_id, found.state), (sale.company_id, "awaiting"))
