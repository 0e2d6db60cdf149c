from odoo import Command
from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.tests import tagged

from .story_case import StoryCase


@tagged("post_install", "-at_install")
class TestStoryParts(StoryCase):
    """An order comes back whole or in parts: shelves, books, taxes and money end where they began."""

    def test_all_of_it_comes_back(self):
        order = self.shipped(1, ("MUG", 2, "10.00", "2.00"), ("PEN", 1, "5.00", "1.00"))
        self.assertEqual(self.places(self.mug), (98, 0, 98))
        self.assertEqual(self.costs(order.sale_order_id.invoice_ids), (-9, 9), "three at 3.00")
        found = self.go_through(order)
        self.assertEqual((self.places(self.mug), self.places(self.pen)), ((100, 0, 100), (100, 0, 100)))
        self.assertEqual(self.costs(found.credit_note_ids), (9, -9))
        self.assertEqual(self.told(), ["22.80"])
        self.assertEven(order)
        self.assertEqual(found.state, "settled")

    def test_one_of_three_comes_back(self):
        order = self.shipped(1, ("MUG", 3, "10.00", "2.00"))
        found = self.go_through(order, {"MUG": 1})
        self.assertEqual(self.places(self.mug), (98, 0, 98))
        self.assertEqual(self.taxes(found.credit_note_ids), {20: (3.33, 0.67)})
        self.assertEqual(self.costs(found.credit_note_ids), (3, -3))
        self.assertEqual(self.told(), ["4.00"])
        self.assertEqual(self.taxes(self.entries(order)), {20: (-10.67, -2.13)}, "delivery and the others stay sold")
        self.assertEqual(sum(self.entries(order).line_ids.filtered("reconciled").mapped("amount_residual")), 0)

    def test_two_deliveries_and_two_invoices_come_back_across_both(self):
        """Each credit note gives its own invoice's cost back, though the goods cost more by then."""
        self.channel.invoice_policy = "manual"
        order = self.receive(woo_order(1, (("MUG", 3, "10.00", "2.01"),)))
        sale, first = order.sale_order_id, order.sale_order_id.picking_ids
        first.move_ids.write({"quantity": 2, "picked": True})
        first._action_done()
        bill = sale._create_invoices()
        bill.invoice_line_ids.filtered(lambda line: line.product_id == self.mug).quantity = 2
        bill.action_post()
        self.mug.standard_price = 7
        self.ship(self.delivery(order))
        rest = sale._create_invoices()
        rest.action_post()
        self.assertEqual(self.costs(bill | rest)[1], -self.costs(bill | rest)[0])
        one = self.go_through(order, {"MUG": 1}, kind="terms")
        self.assertEqual(one.credit_note_ids.reversed_entry_id, bill)
        self.assertEqual(one.picking_ids.return_id, first)
        two = self.go_through(order, {"MUG": 2})
        self.assertEqual(two.credit_note_ids.reversed_entry_id, bill | rest)
        self.assertEqual(len(two.picking_ids), 2, "a receipt for each delivery")
        self.assertEqual(self.places(self.mug), (100, 0, 100))
        self.assertEqual(self.credited(order), self.paid(order))
        self.assertEqual(self.costs(self.entries(order)), (0, 0))
        self.assertEqual(self.taxes(self.entries(order)), {20: (0, 0)})

    def test_discounts_and_three_tax_rates_come_back_in_three_parts(self):
        raw = self.taxed_order(
            1,
            ("MUG", 3, "30.00", "24.99", "20"),
            ("PEN", 3, "10.00", "8.33", "10"),
            ("TEA", 3, "20.00", "20.00", "5.5"),
        )
        self.tea.tracking = "none"
        self.env["stock.quant"]._update_available_quantity(self.tea, self.shelf, 10)
        order = self.receive(raw)
        self.assertEqual(order.state, "settled", self.open_issues(order).mapped("message"))
        self.ship(order.sale_order_id.picking_ids)
        invoice = order.sale_order_id.invoice_ids
        self.assertEqual(f"{invoice.amount_total:.2f}", raw["total"])
        self.assertEqual(
            {rate: -tax for rate, (_base, tax) in self.taxes(invoice).items()}, {20: 5.8, 10: 0.83, 5.5: 1.1}
        )
        for number in range(3):
            found = self.go_through(
                order, {"MUG": 1, "PEN": 1, "TEA": 1}, kind="withdrawal" if number == 2 else "terms"
            )
            parts = self.taxes(found.credit_note_ids)
            if number == 0:
                self.assertEqual(parts, {20: (8.33, 1.67), 10: (2.77, 0.28), 5.5: (6.66, 0.37)})
        self.assertTrue(found.refund_rest, "the last of it: delivery too")
        self.assertEqual(self.credited(order), self.paid(order))
        self.assertEqual(f"{sum(map(float, self.told())):.2f}", raw["total"])
        self.assertEqual({self.places(product) for product in (self.mug, self.pen)}, {(100, 0, 100)})
        self.assertEqual(self.taxes(self.entries(order)), {20: (0, 0), 10: (0, 0), 5.5: (0, 0)})
        self.assertEven(order)

    def test_a_fee_keeps_its_tax_at_each_rate(self):
        self.env["ecom.return.policy"].create({"name": "Fee", "fee_percent": 10, "approves": True})
        order = self.receive(self.taxed_order(1, ("MUG", 1, "30.00", "30.00", "20"), ("PEN", 1, "9.99", "9.99", "5.5")))
        self.ship(order.sale_order_id.picking_ids)
        found = self.go_through(order, {"MUG": 1, "PEN": 1}, kind="terms")
        self.assertEqual(self.taxes(found.credit_note_ids), {20: (27.0, 5.4), 5.5: (9.0, 0.49)})
        self.assertEqual(self.costs(found.credit_note_ids), (6, -6), "the fee is no goods")
        self.assertEqual(self.told(), ["41.89"])
        self.assertFalse(found.credit_note_ids.amount_residual)

    def test_an_order_in_another_unit_comes_back_in_it(self):
        """A dozen was sold, a half comes back."""
        dozen = self.env.ref("uom.product_uom_dozen")
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Client"}).id,
                "warehouse_id": self.channel.warehouse_id.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.mug.id, "product_uom_id": dozen.id, "product_uom_qty": 1, "price_unit": 24}
                    )
                ],
            }
        )
        sale.action_confirm()
        self.ship(sale.picking_ids)
        sale._create_invoices().action_post()
        line = [Command.create({"sale_line_id": sale.order_line.id, "quantity": 0.5})]
        found = self.env["ecom.return"].create({"sale_order_id": sale.id, "line_ids": line})
        found.action_receive_all()
        self.assertEqual(found.unit_ids.quantity, 6)
        found.action_restock_all()
        found.action_settle()
        self.assertEqual(self.places(self.mug)[:2], (94, 0))
        self.assertEqual(self.costs(found.credit_note_ids), (18, -18))
        self.assertEqual(found.credit_note_ids.amount_total, sale.amount_total / 2)
