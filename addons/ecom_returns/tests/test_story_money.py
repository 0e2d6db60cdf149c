from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .money_case import PayingShop
from .story_case import StoryCase


@tagged("post_install", "-at_install")
class TestStoryMoney(StoryCase):
    """The money goes back as it came, whoever begins, and the books agree with shelf and shop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().shipped(1)

    def test_paid_by_gift_card_and_card_and_returned_in_two_parts(self):
        gift = {"gift_cards": [{"id": 1, "code": "NOEL", "amount": 5.0}], "total": "11.80"}
        order = self.shipped(2, **gift)
        one = self.go_through(order, {"MUG": 1}, kind="terms")
        self.assertEqual({row.method_code: row.amount for row in one.refund_ids}, {"gift_card": 5.0, "stripe": 1.0})
        two = self.go_through(order)
        self.assertEqual({row.method_code: row.amount for row in two.refund_ids}, {"stripe": 10.8})
        self.assertEqual(self.told(), ["1.00", "10.80"])
        one.refund_ids.filtered(lambda row: row.state == "todo").action_paid_by_hand()
        self.assertEqual(self.places(self.mug), (98, 0, 98))
        self.assertEven(order)

    def test_an_exchange_for_something_dearer(self):
        self.pen.write({"list_price": 30, "taxes_id": [Command.set(self.mug.taxes_id.ids)]})
        found = self.exchange_for(self.order, self.pen)
        with self.counted():
            found.action_exchange()
            found.action_receive_all()
            found.action_restock_all()
            found.action_settle()
        self.tell()
        new = found.exchange_order_id
        self.ship(new.picking_ids)
        self.assertEqual((self.places(self.mug), self.places(self.pen)), ((99, 0, 99), (99, 0, 99)))
        self.assertEqual(self.costs(found.credit_note_ids | new.invoice_ids), (0, 0), "one came, one went, at 3.00")
        self.assertEqual(new.invoice_ids.amount_residual, new.amount_total - 6)
        self.assertEqual(found.credit_note_ids.amount_residual, 0)
        self.assertEqual((self.told(), found.refund_ids), ([], self.env["ecom.refund"]))
        self.assertEqual(set((self.order.sale_order_id | new).order_line.mapped("qty_to_invoice")), {0})

    def test_an_exchange_for_something_cheaper(self):
        self.pen.write({"list_price": 3, "taxes_id": [Command.set(self.mug.taxes_id.ids)]})
        found = self.exchange_for(self.order, self.pen)
        found.action_receive_all()
        found.action_restock_all()
        found.action_settle()
        self.tell()
        new = found.exchange_order_id
        self.ship(new.picking_ids)
        difference = round(6 - new.amount_total, 2)
        self.assertEqual(self.told(), [f"{difference:.2f}"])
        self.assertEqual((self.places(self.mug), self.places(self.pen)), ((99, 0, 99), (99, 0, 99)))
        self.assertEqual(found.credit_note_ids.amount_residual + new.invoice_ids.amount_residual, 0)
        open_lines = self.entries(self.order).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )
        self.assertFalse(open_lines, "nobody owes anything")

    def test_refunded_on_the_shop_first_and_the_rest_here(self):
        self.refund_on_shop(1, self.shop_refund(77, "6.00", (100, 1, "5.00", "1.00")))
        first = self.order.sale_order_id.ecom_return_ids
        self.assertEqual(self.places(self.mug), (98, 0, 98), "the goods are still to come")
        first.action_receive_all()
        self.assertEqual(self.places(self.mug), (98, 1, 98))
        first.action_restock_all()
        last = self.go_through(self.order)
        self.assertTrue(last.refund_rest)
        self.assertEqual(self.told(), ["10.80"], "only what the shop had not paid")
        self.assertEqual(self.places(self.mug), (100, 0, 100))
        self.assertEven(self.order)
        with self.assertRaisesRegex(UserError, "Nothing of order"):
            self.order.with_env(self.env).action_ecom_return()

    def test_the_goods_are_kept(self):
        policy = self.env["ecom.return.policy"].create({"name": "Keep", "keeps": True, "approves": True})
        found = self.ask(self.order, {"MUG": 1}, kind="terms")
        with self.counted():
            found.action_settle()
        self.tell()
        self.assertEqual(self.told(), ["6.00"])
        self.assertEqual(self.places(self.mug), (98, 0, 98))
        self.assertEqual(self.costs(found.credit_note_ids), (0, 0), "what it cost is lost")
        self.assertEqual(self.taxes(found.credit_note_ids), {20: (5.0, 1.0)})
        self.assertFalse(found.credit_note_ids.amount_residual)
        policy.active = False
        again = self.go_through(self.order, refund_rest=False)
        self.assertEqual((again.line_ids.quantity, self.told()), (1, ["6.00", "6.00"]), "the other one")
        self.assertEqual(self.places(self.mug), (99, 0, 99))

    def test_nothing_is_paid_back_beyond_what_was_paid(self):
        """By whatever means, in whatever order."""
        self.refund_on_shop(1, self.shop_refund(78, "16.80"))
        found = self.returned(self.order)
        self.assertEqual(found.amount_owed, 0)
        found.action_settle()
        self.tell()
        self.assertFalse(PayingShop.made)
        self.assertEqual((found.state, found.refund_ids), ("settled", self.env["ecom.refund"]))
        self.assertEqual(self.places(self.mug), (100, 0, 100))
