from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .story_case import StoryCase


@tagged("post_install", "-at_install")
class TestStoryLots(StoryCase):
    """What has a number comes back under it, or not at all; what is too old is paid back and not sold."""

    def scan(self, found, *codes):
        desk = self.env["ecom.return.desk"]
        answers = [desk.scan(code, found.id) for code in codes]
        return answers[-1]

    def test_another_phone_comes_back_and_then_the_right_one(self):
        sent = self.put(self.phone, "SN1")
        order = self.sell(1, ("PHONE", 1))
        self.ship(self.delivery(order))
        self.assertEqual(self.places(self.phone), (0, 0, 0))
        found = self.ask(order, {"PHONE": 1})
        self.assertEqual(self.scan(found, "SWAPPED")["tone"], "bad")
        self.assertEqual(self.places(self.phone), (0, 0, 0))
        self.assertFalse(self.env["stock.lot"].search([("name", "=", "SWAPPED")]), "it is no piece of ours")
        self.assertEqual((found.state, found.credit_note_ids, self.told()), ("awaiting", self.env["account.move"], []))
        with self.counted():
            self.scan(found, "SN1", "")
            self.assertEqual(self.places(self.phone), (0, 1, 0))
            found.action_restock_all()
            found.action_settle()
        self.tell()
        self.assertEqual(self.places(self.phone), (1, 0, 1))
        self.assertEqual(self.on_shelf(sent), 1)
        self.assertEqual(self.env["ecom.warranty"].search([("lot_id", "=", sent.id)]).mapped("state"), ["back"])
        self.assertEqual(self.costs(found.credit_note_ids), (3, -3))
        self.assertEqual(self.told(), ["16.80"])
        self.assertEven(order)
        self.assertEqual(self.open_issues(order).mapped("code"), ["return_fraud"], "somebody still asks the customer")

    def test_a_lot_that_expired_meanwhile_is_paid_back_and_thrown_away(self):
        lot = self.put(self.tea, "T1", quantity=2, days=60)
        order = self.sell(1, ("TEA", 2))
        self.ship(self.delivery(order))
        found = self.ask(order, {"TEA": 2})
        self.scan(found, "2*T1", "")
        lot.removal_date = self.now - timedelta(days=1)
        with self.assertRaisesRegex(UserError, "too old"):
            found.action_restock_all()
        found.unit_ids.write({"disposition": "scrap", "grade": "damaged"})
        with self.counted():
            found.action_settle_units()
            found.action_settle()
        self.tell()
        self.assertEqual(self.places(self.tea), (0, 0, 0))
        scrap = found.unit_ids.scrap_id
        self.assertEqual((scrap.lot_id, scrap.scrap_qty, scrap.state), (lot, 2, "done"))
        self.assertEqual(self.told(), ["16.80"], "the customer is owed it all the same")
        self.assertEqual(self.credited(order), self.paid(order))
        self.assertEven(order)

    def test_half_of_a_lot_comes_back_and_half_of_it_may_be_sold(self):
        lot = self.put(self.tea, "T1", quantity=4, days=60)
        order = self.sell(1, ("TEA", 4))
        self.ship(self.delivery(order))
        first = self.ask(order, {"TEA": 1}, kind="terms")
        first.action_approve()
        self.scan(first, "T1", "")
        first.action_restock_all()
        first.action_settle()
        second = self.ask(order, {"TEA": 1}, kind="terms")
        second.action_approve()
        self.assertEqual(self.scan(second, "T1")["tone"], "good", "the lot is with the customer still")
        second.action_receive()
        second.unit_ids.disposition = "scrap"
        second.action_settle_units()
        second.action_settle()
        self.tell()
        self.assertEqual((self.on_shelf(lot), self.places(self.tea)), (1, (1, 0, 1)))
        self.assertEqual(self.told(), ["3.00", "3.00"])
        self.assertEqual(self.taxes((first | second).credit_note_ids), {20: (5.0, 1.0)})
