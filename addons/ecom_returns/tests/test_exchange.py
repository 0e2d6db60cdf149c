from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .money_case import MoneyReturnsCase


@tagged("post_install", "-at_install")
class TestExchange(MoneyReturnsCase):
    """A return with a new order; for the difference in price see ``test_story_money``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().shipped(1, ("MUG", 3, "10.00", "2.00"))

    def exchange(self, order, product=None):
        return self.ask(
            order,
            None,
            wish="exchange",
            line_ids=[
                Command.create(
                    {
                        "sale_line_id": self.sold(order).id,
                        "quantity": 1,
                        "exchange_product_id": product.id if product else False,
                    }
                )
            ],
        )

    def finish(self, found):
        found.action_receive_all()
        found.action_restock_all()
        found.action_settle()
        self.tell()

    def test_the_same_again_costs_nothing_and_pays_nothing_back(self):
        found = self.exchange(self.order)
        found.action_exchange()
        self.assertEqual(found.exchange_order_id.picking_ids.state, "assigned", "sent at once")
        self.finish(found)
        self.assertEqual((found.credit_note_ids.amount_total, found.exchange_order_id.amount_total), (4.0, 4.0))
        self.assertEqual(found.credit_note_ids.amount_residual, 0)
        self.assertEqual(found.exchange_order_id.invoice_ids.amount_residual, 0)
        self.assertFalse(found.refund_ids)
        self.assertEqual(found.state, "settled")
        with self.assertRaisesRegex(UserError, "no exchange, or settled|not possible"):
            found.action_exchange()

    def test_a_shop_without_exchanges_writes_to_the_customer(self):
        self.channel.notify_policy = "shop"
        self.order.sale_order_id.partner_id.lang = "en_US"
        found = self.exchange(self.order, self.pen)
        found.action_exchange()
        found._send_exchange()
        (note,) = self.order.command_ids.filtered(lambda command: command.kind == "note")
        self.assertEqual(
            note.value,
            f"For your return {found.name} you receive instead, with order {found.exchange_order_id.name}: 1 × "
            f"{self.pen.display_name}.",
        )

    def test_a_shop_that_is_not_to_write_does_not(self):
        self.channel.notify_policy = "odoo"
        self.exchange(self.order, self.pen).action_exchange()
        self.assertFalse(self.order.command_ids.filtered(lambda command: command.kind == "note"))

    # === THE SERIAL IN PLACE OF ANOTHER === #

    def replaced(self, at_once):
        """A phone that is exchanged for the same again. :return: the old warranty and the new one"""
        for name in ("SN1", "SN2"):
            self.put(self.phone, name)
        order = self.sell(2, ("PHONE", 1))
        self.ship(self.delivery(order))
        old = self.env["ecom.warranty"].search([("sale_order_id", "=", order.sale_order_id.id)])
        old.write({"start_date": "2026-03-01", "months": 24})
        sold = self.sold(order, "PHONE")
        found = self.ask(order, wish="exchange", line_ids=[Command.create({"sale_line_id": sold.id, "quantity": 1})])

        def send():
            found.action_exchange()
            self.ship(found.exchange_order_id.picking_ids)

        if at_once:
            send()
        desk = self.env["ecom.return.desk"]
        desk.scan(old.lot_id.name, found.id)
        desk.receive(found.id)
        if not at_once:
            send()
        return old, self.env["ecom.warranty"].search([("sale_order_id", "=", found.exchange_order_id.id)])

    def test_the_warranty_of_a_piece_goes_on_with_the_one_in_its_place(self):
        for at_once in (False, True):
            with self.subTest(at_once=at_once), self.env.cr.savepoint() as savepoint:
                old, new = self.replaced(at_once)
                self.assertNotEqual(new.lot_id, old.lot_id)
                self.assertEqual((new.replaced_id, new.start_date, new.end_date), (old, old.start_date, old.end_date))
                self.assertEqual((old.state, new.state), ("back", "held"))
                savepoint.rollback()
