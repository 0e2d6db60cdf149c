from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .kits_case import KitsCase


@tagged("post_install", "-at_install")
class TestReturnedKits(KitsCase):
    """A set comes back whole, or in parts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().sets(2)

    def test_a_whole_kit_comes_back_as_its_parts(self):
        found = self.back(self.order, 1)
        moves = found.picking_ids.move_ids
        self.assertEqual({move.product_id: move.quantity for move in moves}, {self.mug: 2, self.pen: 1})
        self.assertEqual((found.state, found.credit_note_ids.amount_total), ("settled", 14.4))
        sold = self.sold(self.order, "SET")
        self.assertEqual((sold.ecom_quantity_returnable, sold.qty_to_invoice), (1, 0))

    def test_a_part_gives_back_its_share_of_the_price(self):
        order = self.sets(1, number=2)
        found = self.back(order, 1, self.pen, settle=False)
        self.assertEqual(found.picking_ids.move_ids.product_id, self.pen)
        self.assertEqual(found.line_ids.product_id, self.pen)
        self.assertEqual((found.value, found.amount_owed), (2.88, 2.88), "3 of 15 of what the parts cost")
        self.assertIn("1 × [PEN] Pen (", found.owed_explained.replace("Stylo", "Pen"))
        found.action_settle()
        note = found.credit_note_ids
        self.assertEqual((note.amount_untaxed, note.amount_tax), (2.4, 0.48))
        self.assertEqual((note.invoice_line_ids.product_id, note.invoice_line_ids.quantity), (self.pen, 1))
        sold = self.sold(order, "SET")
        self.assertEqual((sold.qty_to_invoice, sold.ecom_quantity_returnable), (0, 0), "no whole kit is left")

    def test_part_by_part_it_is_what_was_paid_to_the_cent(self):
        order = self.sets(3, number=2)
        for quantity, part in ((1, self.mug), (1, None), (2, self.pen), (3, self.mug)):
            self.back(order, quantity, part)
            self.pen.lst_price += 1  # what the parts cost later is nobody's concern
        self.assertEqual(self.credited(order), (36.0, 7.2))
        self.assertTrue(self.sold(order, "SET")._ecom_all_returned())
        self.assertEqual(self.sold(order, "SET").qty_to_invoice, 0)
        self.tell()

    def test_what_the_bill_says_later_is_nobodys_concern(self):
        found = self.back(self.order, 1, self.pen, settle=False)
        bill = self.sold(self.order, "SET")._ecom_kit()
        bill.bom_line_ids.filtered(lambda line: line.product_id == self.pen).unlink()
        self.env.invalidate_all()
        self.assertEqual(found.amount_owed, 2.88)
        found.action_settle()
        self.back(self.order, 1, self.pen)
        self.back(self.order, 4, self.mug)
        self.assertEqual(self.credited(self.order), (24.0, 4.8))

    def test_no_more_of_a_part_comes_back_than_the_customer_has(self):
        self.back(self.order, 1, self.mug)
        with self.assertRaisesRegex(ValidationError, "more than the customer has"):
            self.back(self.order, 4, self.mug)
        with self.assertRaisesRegex(ValidationError, "more than the customer has"):
            self.back(self.order, 2)
        other = self.env["product.product"].create({"name": "Other", "type": "consu"})
        with self.assertRaisesRegex(ValidationError, "no part of"):
            self.back(self.order, 1, other)

    def test_what_is_left_is_proposed_whole_kits_and_single_parts(self):
        self.back(self.order, 1, self.pen)
        found = self.ask(self.order, kind="terms")
        self.assertEqual(
            [(line.part_id, line.quantity) for line in found.line_ids], [(self.pen.browse(), 1), (self.mug, 2)]
        )
        found.action_approve()
        found.action_receive_all()
        found.action_restock_all()
        found.action_settle()
        self.assertEqual(self.credited(self.order), (24.0, 4.8))
        self.assertFalse(self.order.ecom_may_return)

    def test_a_later_change_of_the_order_sends_nothing_again(self):
        self.back(self.order, 1, self.pen)
        line = self.sold(self.order, "SET").with_context(ecom_from_shop=True)
        line.order_id._unlocked(lambda: line.write({"product_uom_qty": 3}))
        wanted = line.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        self.assertEqual({move.product_id: move.product_uom_qty for move in wanted}, {self.mug: 2, self.pen: 1})
