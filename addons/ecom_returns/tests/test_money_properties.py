import os
from random import Random
from unittest import skipUnless

from odoo.addons.ecom_connector.tests import money_carts
from odoo.addons.ecom_connector.tests.common import MoneyCase
from odoo.tests import tagged

SAMPLE, ALL, ROUNDS = 3, 40, 3


@tagged("post_install", "-at_install")
class TestReturnedCarts(MoneyCase):
    """Any sequence of partial returns and refunds of a generated cart ends with credit notes equal to its invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.invoice_policy = "confirmed"

    def test_a_few_carts(self):
        self.give_back_in_parts(range(SAMPLE))

    @skipUnless(os.environ.get("ECOM_PROVE"), "in full with make prove")
    def test_many_carts(self):
        self.give_back_in_parts(range(SAMPLE, ALL))

    def give_back_in_parts(self, numbers):
        self.sell_carts()
        numbers = [number for number in numbers if money_carts.cart(number).total > 0]
        orders = self.receive([{"cart": number} for number in numbers])
        checked = 0
        for order in orders.filtered(lambda order: order.sale_order_id.state == "sale"):
            sale, random = order.sale_order_id, Random(order.external_id)
            invoices = sale.invoice_ids
            if not invoices or set(invoices.mapped("state")) != {"posted"}:
                sale._create_invoices().action_post()
                invoices = sale.invoice_ids
            sale.picking_ids.move_ids.picked = True
            for move in sale.picking_ids.move_ids:
                move.quantity = move.product_uom_qty
            sale.picking_ids._action_done()
            while left := sale.order_line.filtered(
                lambda line: line._may_come_back() and line.ecom_quantity_returnable > 0
            ):
                last = len(sale.ecom_return_ids) == ROUNDS
                some = list(left) if last else random.sample(list(left), random.randint(1, len(left)))
                quantities = {
                    line: line.ecom_quantity_returnable
                    if last or line.ecom_quantity_returnable < 2
                    else float(random.randint(1, int(line.ecom_quantity_returnable)))
                    for line in some
                }
                self.give_back(sale, quantities, goodwill=random.choice((0, 0, 0.37)))
            notes = sale.ecom_return_ids.credit_note_ids
            figures = ("amount_untaxed", "amount_tax", "amount_total")
            for name in figures:
                self.assertAlmostEqual(
                    sum(notes.mapped(name)), sum(invoices.mapped(name)), 4, f"{name} of cart {order.external_id}"
                )
            self.assertEqual(set(sale.order_line.mapped("qty_to_invoice")), {0})
            checked += 1
        self.assertGreater(checked, len(numbers) // 2)

    def give_back(self, sale, quantities, goodwill):
        lines = [(0, 0, {"sale_line_id": line.id, "quantity": quantity}) for line, quantity in quantities.items()]
        found = self.env["ecom.return"].create(
            {"sale_order_id": sale.id, "line_ids": lines, "goodwill": goodwill, "kind": "withdrawal"}
        )
        found.refund_rest = found._is_everything()
        if found.state == "requested":
            found.action_approve()
        found.action_receive_all()
        found.action_restock_all()
        found.action_settle()
