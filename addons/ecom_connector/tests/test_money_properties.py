"""Law 2 over thousands of generated carts: the shop's cents survive order, invoices and credit notes."""

import os
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from odoo import Command
from odoo.tests import tagged

from ..models.orders.order_prepare import Lookups
from . import money_carts
from .common import MoneyCase, exact

CARTS = 5000
SAMPLE = 150
BATCH = 50
PARTS = 3
SHARES = 4  # tests that the carts are dealt out to, so that they run side by side
PROVE = bool(os.environ.get("ECOM_PROVE"))


def sample():
    """Numbers of carts for the stored part of the tests: mostly small ones, so that they are many."""
    sizes = {number: len(money_carts.cart(number).lines) for number in range(4 * SAMPLE)}
    large = [number for number, size in sizes.items() if size > 12][: SAMPLE // 15]
    return [number for number, size in sizes.items() if size <= 7][: SAMPLE - len(large)] + large


@dataclass(frozen=True)
class Key:
    """Stands for an order that is not stored."""

    number: int
    accept_difference: bool = False


@tagged("post_install", "-at_install")
class TestCartsInMemory(MoneyCase):
    """All carts through the values of sales orders and Odoo's tax engine; nothing is stored.

    A company rounds in one way: each way gets every other cart, and all of them with ``make prove``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carts = {Key(number): money_carts.cart(number) for number in range(CARTS)}
        kinds = {"product": money_carts.LINES, "shipping": money_carts.SHIPPINGS, "fee": money_carts.FEES}
        cls.order = cls.env["ecom.order"].create(
            {
                "channel_id": cls.channel.id,
                "external_id": "any cart",
                "line_ids": [
                    (0, 0, {"kind": kind, "external_id": str(number + 1)})
                    for kind, count in kinds.items()
                    for number in range(count)
                ],
            }
        )
        cls.lookups = Lookups()
        channel, Order = cls.channel._work_env(), cls.env["ecom.order"]
        for step in ("currencies", "products", "taxes", "carriers"):
            getattr(Order, f"_look_up_{step}")(channel, cls.carts, cls.lookups)
        Order._check_residuals(channel, cls.carts, cls.lookups)
        cls.lookups.pricelists = channel._pricelists(cls.lookups.currencies.values())

    def test_no_cart_is_refused(self):
        problems = [f"{key.number}: {why[0][2]}" for key, why in self.lookups.problems.items()]
        self.assertFalse(problems, f"{len(problems)} carts")

    def test_every_figure_is_the_shops_when_the_company_rounds_globally(self):
        self._check_carts("round_globally", 0)

    def test_every_figure_is_the_shops_when_the_company_rounds_by_line(self):
        self._check_carts("round_per_line", 1)

    def _check_carts(self, method, turn):
        self.company.tax_calculation_rounding_method = method
        documents = list(self.carts.values())
        documents = documents if PROVE else documents[turn::2]
        wrong = [wrong for document in documents for wrong in self.differences(self.order, document, self.lookups)]
        self.assertFalse(wrong[:20], f"{len(wrong)} figures")


@tagged("post_install", "-at_install")
class TestCartsThroughRecords(MoneyCase):
    """Carts through the orders lane's steps, then invoiced and credited whole, in parts and in choice."""

    def setUp(self):
        super().setUp()
        self.sell_carts()
        self.random = Random("parts")

    def test_the_first_carts_are_the_shops_to_the_cent(self):
        self._check_share(0)

    def test_the_second_carts_are_the_shops_to_the_cent(self):
        self._check_share(1)

    def test_the_third_carts_are_the_shops_to_the_cent(self):
        self._check_share(2)

    def test_the_last_carts_are_the_shops_to_the_cent(self):
        self._check_share(3)

    def _check_share(self, share):
        """Every so many carts through orders, invoices and credit notes."""
        numbers = (range(CARTS) if PROVE else sample())[share::SHARES]
        for start in range(0, len(numbers), BATCH):
            savepoint = self.env.cr.savepoint()
            self._check_batch(numbers[start : start + BATCH])
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _check_batch(self, numbers):
        orders = self.receive([{"cart": number} for number in numbers])
        refused = orders.filtered(lambda order: order.state != "settled")
        self.assertFalse(refused, self.explain(refused))
        documents = {order.sale_order_id: order._document() for order in orders}
        for sale_order, document in documents.items():
            self.assertEqual(sale_order.state, "sale")
            self.assertShopFigures(document, sale_order)
        goods = orders.sale_order_ids.order_line.product_id.filtered(lambda product: product.type == "consu")
        whole = {sale: document for index, (sale, document) in enumerate(documents.items()) if index % 2}
        goods.invoice_policy = "order"
        self._check_whole_invoices(whole)
        goods.invoice_policy = "delivery"
        self._check_partial_invoices({sale: document for sale, document in documents.items() if sale not in whole})

    # --- one invoice of everything

    def _check_whole_invoices(self, documents):
        invoices = self.union(documents)._create_invoices(grouped=True)
        self._post(invoices)
        of_invoice = {sale_order.invoice_ids: document for sale_order, document in documents.items()}
        for invoice, document in of_invoice.items():
            self.assertMoves(document, invoice)
        posted = invoices.filtered(lambda invoice: invoice.state == "posted" and invoice.amount_total)
        by_choice, whole = posted.browse(posted.ids[::8]), posted.browse(posted.ids[1::3])
        for invoice in by_choice:
            self._check_credit_by_choice(of_invoice[invoice], invoice)
        reversals = whole._reverse_moves()
        self._post(reversals)
        for invoice, reversal in zip(whole, reversals, strict=True):
            self.assertMoves(of_invoice[invoice], reversal)

    def _check_credit_by_choice(self, document, invoice):
        """Two credit notes, each of the lines that the other leaves out, are the invoice."""
        lines = self._product_lines(invoice)
        chosen = lines.filtered(lambda _line: self.random.random() < 0.5) or lines[:1]
        parts = invoice.browse()
        for kept in filter(None, (chosen, lines - chosen)):
            credit = invoice._reverse_moves()
            copies = zip(lines, self._product_lines(credit), strict=True)
            credit.write({"invoice_line_ids": [Command.delete(copy.id) for line, copy in copies if line not in kept]})
            parts |= credit
        self.assertMoves(document, parts)

    def _product_lines(self, invoice):
        return invoice.invoice_line_ids.filtered(lambda line: line.display_type == "product")

    # --- in parts, as the goods leave

    def _check_partial_invoices(self, documents):
        sale_orders = self.union(documents)
        lines = sale_orders.order_line.filtered(lambda line: line.product_id.type == "consu")
        cuts = {line: self._cuts(line.product_uom_qty) for line in lines}
        for part in range(PARTS):
            for line in lines:
                line.qty_delivered = cuts[line][part]
            due = sale_orders.filtered(lambda sale: any(line.qty_to_invoice for line in sale.order_line))
            if due:
                self._post(due._create_invoices(grouped=True))
        reversals = sale_orders.invoice_ids.browse()
        for sale_order, document in documents.items():
            invoices = sale_order.invoice_ids
            self.assertMoves(document, invoices)
            if len(invoices) > 1 and set(invoices.mapped("state")) == {"posted"} and sale_order.id % 3 == 0:
                reversals |= invoices
        reversals._reverse_moves()
        for sale_order, document in documents.items():
            if credits := sale_order.invoice_ids.filtered(lambda move: move.move_type == "out_refund"):
                self.assertMoves(document, credits)

    def _cuts(self, quantity):
        """What is delivered after each part: rising, with two decimals where the quantity has some, all in the end."""
        step = 1.0 if quantity == int(quantity) else 0.01
        marks = sorted(self.random.randint(0, round(quantity / step)) for _ in range(PARTS - 1))
        return [round(mark * step, 2) for mark in marks] + [quantity]

    # --- figures of invoices

    def union(self, documents):
        """The sales orders, with the quiet context of the orders lane."""
        return next(iter(documents)).union(*documents)

    def _post(self, moves):
        """Post what Odoo lets post: an invoice of less than nothing (a rebate that left first) stays a draft."""
        moves.filtered(lambda move: move.currency_id.compare_amounts(move.amount_total, 0) >= 0).action_post()

    def assertMoves(self, document, moves):
        """These invoices, or credit notes, are together the shop's order: total, tax, each rate, each line."""
        rounding = Decimal(str(moves.currency_id.rounding))
        number = f"order {document.number}, {len(moves)} × {moves[0].move_type}"
        found = sum(moves.mapped("amount_total")), sum(moves.mapped("amount_tax"))
        self.assertEqual(
            tuple(exact(amount, rounding) for amount in found), (document.total, document.total_tax), number
        )
        lines = {(line.kind.value, line.external_id): [0, 0] for line in document.lines}
        for line in moves.invoice_line_ids.filtered("sale_line_ids.ecom_line_id"):
            ecom_line = line.sale_line_ids.ecom_line_id
            figures = lines[ecom_line.kind, ecom_line.external_id]
            figures[0] += line.price_subtotal
            figures[1] += line.price_total - line.price_subtotal
        for line in document.lines:
            self.assertEqual(
                [exact(amount, rounding) for amount in lines[line.kind.value, line.external_id]],
                [line.net, line.tax],
                f"{number}, {line.kind.value} {line.external_id}",
            )
        codes = {mapping.tax_id: mapping.code for mapping in self.channel.mapping_tax_ids}
        taxes = {}
        for line in moves.line_ids.filtered("tax_line_id"):
            amount = line.amount_currency * (1 if line.move_type == "out_refund" else -1)
            taxes[line.tax_line_id] = taxes.get(line.tax_line_id, 0) + amount
        self.assertFalse(list(self._tax_differences(document, taxes, codes, rounding)), number)
