from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .money_case import MoneyReturnsCase


@tagged("post_install", "-at_install")
class TestLaw(MoneyReturnsCase):
    """What the law gives, where the shop knows little or somebody wants it otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().shipped(1)

    def test_where_nobody_knows_when_it_arrived_the_days_begin_a_week_after_it_left(self):
        self.order.sale_order_id.picking_ids.date_done = datetime(2026, 10, 16, 9)
        found = self.ask(self.order, {"MUG": 1}, requested_at=datetime(2026, 11, 6, 9))
        self.assertEqual((found.arrived_on, found.withdrawal_until), (date(2026, 10, 23), date(2026, 11, 6)))
        self.assertTrue(found._is_protected())
        self.order.sale_order_id.picking_ids.ecom_delivered_at = datetime(2026, 10, 18, 9)
        self.assertEqual((found.arrived_on, found._is_protected()), (date(2026, 10, 18), False))

    def test_an_answer_is_due_on_the_second_working_day(self):
        found = self.ask(self.order, {"MUG": 1}, kind="terms", requested_at=datetime(2026, 11, 6, 9))
        self.assertEqual(found.deadline, date(2026, 11, 10))

    def test_what_is_excluded_is_withdrawn_from_with_nothing_else(self):
        order = self.shipped(2, ("MUG", 1, "10.00", "2.00"), ("PEN", 1, "5.00", "1.00"))
        self.mug.ecom_no_withdrawal = True
        with self.assertRaisesRegex(ValidationError, "Mug: excluded"), self.env.cr.savepoint():
            self.ask(order, {"MUG": 1, "PEN": 1})
        self.assertEqual(self.ask(order, {"MUG": 1, "PEN": 1}, kind="terms").state, "requested")

    def test_of_a_dearer_delivery_the_standard_one_is_paid_back(self):
        self.channel.standard_delivery = 3.0
        found = self.returned(self.order)
        found.action_settle()
        self.assertEqual(found.credit_note_ids.amount_total, 15.0, "12.00 of goods; 4.80 were paid for delivery")
        self.assertEqual((found.credit_note_ids.amount_untaxed, found.credit_note_ids.amount_tax), (12.5, 2.5))

    def test_where_it_is_our_mistake_all_of_the_delivery_is_paid_back(self):
        self.channel.standard_delivery = 3.0
        self.assertEqual(self.returned(self.order, kind="conformity").amount_owed, 16.80)

    def test_nobody_makes_a_return_that_is_approved_by_its_words(self):
        service = new_test_user(self.env, "service_k", "ecom_connector.group_service")
        Return = self.env["ecom.return"].with_user(service)
        line = Command.create({"sale_line_id": self.sold(self.order).id, "quantity": 1})
        values = {"sale_order_id": self.order.sale_order_id.id, "kind": "terms", "line_ids": [line]}
        with self.assertRaisesRegex(AccessError, "Only the shop says"):
            Return.create(values | {"kind": "shop"})
        with self.assertRaisesRegex(AccessError, "Only the shop says"):
            Return.create(values).kind = "shop"
        for name, value in (("state", "inspected"), ("settled_at", "2026-11-20 10:00:00")):
            with self.assertRaisesRegex(AccessError, "not written by hand"):
                Return.with_context(**{f"default_{name}": value}).create(values)
