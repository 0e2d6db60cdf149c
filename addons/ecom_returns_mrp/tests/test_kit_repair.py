from odoo.tests import tagged

from .kits_case import KitsCase


@tagged("post_install", "-at_install")
class TestKitRepair(KitsCase):
    """A part of a set is repaired and goes home: the set is complete again, and nothing is owed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().sets(2)

    def setUp(self):
        super().setUp()
        if "repair_id" not in self.env["ecom.return.unit"]._fields:
            self.skipTest("nothing is repaired without Repairs")

    def repaired(self, order, quantity, part=None):
        found = self.asked(order, quantity, part, kind="conformity", wish="repair")
        found.action_approve()
        found.action_receive_all()
        found.unit_ids.disposition = "repair"
        found.unit_ids.action_settle()
        for repair in found.unit_ids.repair_id:
            repair.action_validate()
            repair.action_repair_start()
            repair.action_repair_end()
        home = found.picking_ids.filtered(lambda picking: picking.location_dest_id.usage == "customer")
        return found, home

    def test_a_part_that_went_home_makes_the_set_whole_again(self):
        sold, invoices = self.sold(self.order, "SET"), self.order.sale_order_id.invoice_ids
        _found, home = self.repaired(self.order, 1, self.mug)
        self.assertEqual((sold.qty_delivered, sold.qty_to_invoice), (1, 0), "one set lacks a mug")
        self.ship(home)
        self.assertEqual((sold.qty_delivered, sold.qty_to_invoice, sold.ecom_quantity_returnable), (2, 0, 2))
        self.assertEqual((sold.ecom_quantity_back, self.order.sale_order_id.invoice_ids), (0, invoices))
        self.assertEqual(self.order.sale_order_id.invoice_status, "invoiced")
        # It may come back once more, in a whole set.
        again = self.back(self.order, 2)
        self.assertEqual((again.credit_note_ids.amount_total, sold.qty_delivered), (28.8, 0))

    def test_a_whole_set_that_went_home_is_delivered_again(self):
        sold = self.sold(self.order, "SET")
        _found, homes = self.repaired(self.order, 1)
        self.assertEqual(sold.qty_delivered, 1)
        for home in homes:
            self.ship(home)
        self.assertEqual((sold.qty_delivered, sold.qty_to_invoice, sold.ecom_quantity_returnable), (2, 0, 2))
