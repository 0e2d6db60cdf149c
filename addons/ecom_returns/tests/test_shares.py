from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .money_case import MoneyReturnsCase


@tagged("post_install", "-at_install")
class TestShares(MoneyReturnsCase):
    """What falls to a part of an order: its share of a discount on all of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.discount = cls.env["product.product"].create({"name": "Remise", "type": "service"})
        cls.tax = cls.env["account.tax"].create(
            {"name": "Twenty", "amount": 20, "type_tax_use": "sale", "price_include_override": "tax_excluded"}
        )
        cls.sale = cls().discounted(10)

    def discounted(self, *discounts):
        """An order of four mugs at 10 and a pen at 20, with discounts on the whole of it, shipped and invoiced."""
        lines = [(self.mug, 4, 10), (self.pen, 1, 20), *((self.discount, 1, -amount) for amount in discounts)]
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Client"}).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.set(self.tax.ids)],
                        }
                    )
                    for product, quantity, price in lines
                ],
            }
        )
        sale.action_confirm()
        self.ship(sale.picking_ids)
        sale._create_invoices().action_post()
        return sale

    def back(self, sale, product, quantity, **values):
        line = sale.order_line.filtered(lambda line: line.product_id == product)
        found = self.env["ecom.return"].create(
            {
                "sale_order_id": sale.id,
                "kind": "terms",
                "line_ids": [Command.create({"sale_line_id": line.id, "quantity": quantity})],
                **values,
            }
        )
        found.action_approve()
        found.action_receive_all()
        found.action_restock_all()
        return found

    def test_of_a_discount_on_the_whole_order_a_part_gives_back_its_share(self):
        found = self.back(self.sale, self.mug, 1)
        self.assertEqual(found.amount_owed, 10.0, "a sixth of 60 less 10, with 20 %")
        self.assertIn("Remise", found.owed_explained)
        found.action_settle()
        note = found.credit_note_ids
        self.assertEqual((note.amount_untaxed, note.amount_tax), (8.33, 1.67))
        self.assertEqual(note.invoice_line_ids.mapped("price_subtotal"), [10, -1.67])

    def test_in_parts_it_is_what_was_paid_to_the_cent(self):
        sale = self.discounted(10, 7.01)
        for product, quantity in ((self.mug, 1), (self.mug, 2), (self.pen, 1), (self.mug, 1)):
            self.back(sale, product, quantity).action_settle()
        notes = sale.ecom_return_ids.credit_note_ids
        invoice = sale.invoice_ids - notes
        for name in ("amount_untaxed", "amount_tax", "amount_total"):
            self.assertAlmostEqual(sum(notes.mapped(name)), invoice[name], 2, name)

    def test_goodwill_does_not_give_back_what_the_discount_had_saved(self):
        first = self.back(self.sale, self.mug, 1, goodwill=1000)
        first.action_settle()
        self.assertEqual(first.credit_note_ids.amount_total, 60)
        last = self.back(self.sale, self.mug, 3)
        self.assertEqual(last.amount_owed, 0)


@tagged("post_install", "-at_install")
class TestKept(MoneyReturnsCase):
    """Pieces that the customer keeps."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().shipped(1, ("MUG", 3, "30.00", "6.00"))

    def test_of_three_pieces_one_stays_with_the_customer(self):
        found = self.ask(self.order, {"MUG": 3}, kind="terms")
        found.line_ids.quantity_kept = 1
        self.assertIn("which the customer keeps", found.owed_explained)
        found.action_approve()
        self.assertEqual(found.picking_ids.move_ids.product_uom_qty, 2)
        found.action_receive_all()
        found.action_restock_all()
        self.assertEqual((found.state, found.line_ids.quantity_back), ("inspected", 2))
        found.action_settle()
        lines = found.credit_note_ids.invoice_line_ids
        self.assertEqual(lines.mapped("quantity"), [2, 1])
        self.assertEqual(lines.mapped("product_id"), self.mug, "the kept one is credited without its goods")
        self.assertEqual(lines.mapped("price_subtotal"), [20, 10])
        sold = self.sold(self.order)
        self.assertEqual((sold.ecom_quantity_returnable, sold.qty_to_invoice), (0, 0))

    def test_the_customer_keeps_what_has_not_come(self):
        found = self.ask(self.order, {"MUG": 3})
        desk = self.env["ecom.return.desk"]
        desk.scan("MUG", found.id)
        desk.receive(found.id)
        found.action_restock_all()
        preparer = new_test_user(self.env, "prep_k", "ecom_connector.group_preparer")
        with self.assertRaises(AccessError):
            found.with_user(preparer).action_rest_kept()
        found.action_rest_kept()
        self.assertEqual((found.state, found.line_ids.quantity_kept, found.line_ids.quantity), ("inspected", 2, 3))
        self.assertEqual(found.picking_ids.filtered(lambda picking: picking.state != "done").state, "cancel")
        found.refund_rest = False
        self.assertEqual(found.amount_owed, 36)

    def test_nothing_is_sent_back_after_all(self):
        found = self.ask(self.order, {"MUG": 1})
        found.action_rest_kept()
        self.assertEqual((found.state, found.picking_ids.state), ("approved", "cancel"))
        found.action_settle()
        self.assertEqual((found.state, found.credit_note_ids.amount_total), ("settled", 12))
        self.assertEqual(self.sold(self.order).ecom_quantity_returnable, 2)
        with self.assertRaisesRegex(UserError, "not possible"):
            found.action_rest_kept()
