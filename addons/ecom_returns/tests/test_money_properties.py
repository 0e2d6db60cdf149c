import os
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from unittest import skipUnless

from odoo import Command, fields
from odoo.addons.ecom_connector.tests import money_carts
from odoo.addons.ecom_connector.tests.common import MoneyCase
from odoo.tests import tagged

PROVE = bool(os.environ.get("ECOM_PROVE"))
SAMPLE = (0, 4, 5)
"""Of few lines, and different: without decimals, of prices that include tax, of three rates in another currency."""
ALL, ROUNDS = 40, 3 if PROVE else 2


@tagged("post_install", "-at_install")
class TestReturnedCarts(MoneyCase):
    """Any sequence of partial returns and refunds of a generated cart (several rates, discounts, fees, currencies).

    Some begin here, some are made on the shop, with goods or without. Each credit note is the money that went back by
    it; the last one makes them equal to the invoice, to the cent, and what lies on the shelf is what was put there.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.invoice_policy = "confirmed"

    def test_a_few_carts(self):
        self.give_back_in_parts(SAMPLE)

    @skipUnless(PROVE, "in full with make prove")
    def test_many_carts(self):
        self.give_back_in_parts(set(range(ALL)) - set(SAMPLE))

    def give_back_in_parts(self, numbers):
        self.sell_carts()
        numbers = [number for number in sorted(numbers) if money_carts.cart(number).total > 0]
        orders = self.receive([{"cart": number} for number in numbers])
        checked = 0
        for order in orders.filtered(lambda order: order.sale_order_id.state == "sale"):
            with self.subTest(cart=order.external_id):
                self.give_back_all(order, Random(order.external_id))
                checked += 1
        self.assertGreater(checked, len(numbers) // 2)

    def give_back_all(self, order, random):
        sale = order.sale_order_id
        invoices = self.ship_and_bill(sale)
        shelf = self.on_shelf(sale)
        for _round in range(ROUNDS):
            goods = self.returnable(sale)
            some = random.sample(goods, random.randint(0, len(goods)))
            quantities = {line: self.some_of(line, random) for line in some}
            if quantities and random.random() < 0.6:
                self.give_back(order, quantities, random.choice((0, 0, 0.37)))
            else:
                self.refund_on_shop(order, *self.as_the_shop_says(order, quantities, random))
            self.check_step(sale, invoices, shelf, quantities)
        # Who ends it pays what is left: a person here, with the last of the goods, or the shop, with one amount.
        if last := {line: line.ecom_quantity_returnable for line in self.returnable(sale)}:
            self.give_back(order, last)
        if left := self.sum(invoices) - self.sum(sale.ecom_return_ids.credit_note_ids):
            self.refund_on_shop(order, left, [])
        self.check_step(sale, invoices, shelf, last)
        notes = sale.ecom_return_ids.credit_note_ids
        for name in ("amount_untaxed", "amount_tax", "amount_total"):
            self.assertEqual(self.sum(notes, name), self.sum(invoices, name), name)
        self.assertFalse(self.returnable(sale))
        self.assertEqual(set(sale.order_line.mapped("qty_to_invoice")), {0})

    def check_step(self, sale, invoices, shelf, quantities):
        """What was credited is the money that went back, no more than was paid; what came back is on the shelf."""
        for found in sale.ecom_return_ids:
            self.assertEqual(
                self.sum(found.credit_note_ids),
                sum((self.exact(row.amount, sale) for row in found.refund_ids), Decimal(0)),
            )
        self.assertLessEqual(self.sum(sale.ecom_return_ids.credit_note_ids), self.sum(invoices))
        for line, quantity in quantities.items():
            shelf[line.product_id] += quantity
        for product, quantity in self.on_shelf(sale).items():
            self.assertAlmostEqual(quantity, shelf[product], 6, product.display_name)

    # === WHAT MAY HAPPEN === #

    def ship_and_bill(self, sale):
        invoices = sale.invoice_ids
        if not invoices or set(invoices.mapped("state")) != {"posted"}:
            sale._create_invoices().action_post()
        for move in sale.picking_ids.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        sale.picking_ids._action_done()
        return sale.invoice_ids

    def give_back(self, order, quantities, goodwill=0):
        """A return here: taken in, put on the shelf, paid back."""
        lines = [
            Command.create({"sale_line_id": line.id, "quantity": quantity}) for line, quantity in quantities.items()
        ]
        found = self.env["ecom.return"].create(
            {"sale_order_id": order.sale_order_id.id, "line_ids": lines, "goodwill": goodwill, "kind": "withdrawal"}
        )
        found.refund_rest = found._is_everything()
        if found.state == "requested":
            found.action_approve()
        found.action_receive_all()
        found.action_restock_all()
        found.action_settle()

    def as_the_shop_says(self, order, quantities, random):
        """What the shop pays back, and its lines: their share at its own rounding; without goods an amount alone."""
        left = self.left(order.sale_order_id)
        if not quantities:
            return self.exact(float(max(left[None], 0)) * random.random() / 2, order.sale_order_id), []
        rows = []
        for line, quantity in quantities.items():
            charge = left[line]
            share = Decimal(str(quantity)) / Decimal(str(line.product_uom_qty))
            net, tax = charge.left.net, charge.left.tax
            if quantity < line.ecom_quantity_returnable:
                net = min(net, self.exact(charge.charged.net * share, order.sale_order_id))
                tax = min(tax, self.exact(charge.charged.tax * share, order.sale_order_id))
            row = {"line_id": line.ecom_line_id.external_id, "quantity": quantity}
            rows.append(row | {"net": float(net), "tax": float(tax)})
        whole = sum((self.exact(row["net"] + row["tax"], order.sale_order_id) for row in rows), Decimal(0))
        return min(whole, max(left[None], Decimal(0))), rows

    def refund_on_shop(self, order, amount, rows):
        """Somebody pays back in the shop's administration; we hear of it twice, and the goods come."""
        if not amount:
            return
        number = str(len(order.refund_ids) + 1)
        self.env["ecom.order.refund"].create(
            {
                "order_id": order.id,
                "external_id": number,
                "amount": float(amount),
                "refunded_at": fields.Datetime.now(),
                "lines": rows,
            }
        )
        order._mirror_refunds()
        order._mirror_refunds()
        seen = order.ecom_refund_ids.filtered(lambda row: row.external_id == number)
        self.assertEqual(len(seen), 1)
        if seen.return_id.state == "awaiting":
            seen.return_id.action_receive_all()
            seen.return_id.action_restock_all()

    # === FIGURES === #

    def returnable(self, sale):
        return list(sale.order_line.filtered(lambda line: line._may_come_back() and line.ecom_quantity_returnable > 0))

    def some_of(self, line, random):
        left = line.ecom_quantity_returnable
        return left if left < 2 else float(random.randint(1, int(left)))

    def left(self, sale):
        """``{order line: what is charged and credited of it}``, and under ``None`` the money that is left of all."""
        invoiced = (
            sale.ecom_return_ids[:1]._invoice_lines()
            or self.env["ecom.return"].new({"sale_order_id": sale.id})._invoice_lines()
        )
        lines = invoiced._ecom_lines()
        found = {charge.sale_line_ids: line for charge, line in lines.items()}
        return found | {None: sum((line.left.gross for line in lines.values()), Decimal(0))}

    def on_shelf(self, sale):
        products = sale.order_line.filtered(lambda line: line._may_come_back()).product_id
        place = [("location_id", "child_of", self.channel.warehouse_id.lot_stock_id.id)]
        quants = self.env["stock.quant"]._read_group(
            [("product_id", "in", products.ids), *place], ["product_id"], ["quantity:sum"]
        )
        return dict.fromkeys(products, 0) | dict(quants)

    def sum(self, moves, name="amount_total"):
        return sum((self.exact(move[name], move) for move in moves), Decimal(0))

    def exact(self, amount, record):
        rounding = Decimal(str(record.currency_id.rounding))
        return (Decimal(str(amount)) / rounding).quantize(Decimal(1), ROUND_HALF_UP) * rounding
