from odoo.tests import tagged

from .story_case import StoryCase


@tagged("post_install", "-at_install")
class TestNeverCame(StoryCase):
    """Paid back on a proof of posting; the goods, or some of them, never arrive."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().shipped(1, ("MUG", 3, "30.00", "6.00"))
        cls.found = cls().ask(cls.order, {"MUG": 3}, posted_at="2026-11-20 10:00:00")
        cls.found.action_settle()

    def setUp(self):
        super().setUp()
        self.tell()

    def cost_of(self, found):
        entry = self.env["account.move"].search([("ref", "like", found.name), ("move_type", "=", "entry")])
        return self.costs(found.credit_note_ids | entry)

    def test_nothing_came_and_its_cost_is_a_cost_again(self):
        self.assertEqual(self.cost_of(self.found), (9, -9))
        self.found.action_rest_kept()
        self.assertEqual((self.found.state, self.cost_of(self.found)), ("settled", (0, 0)))
        self.assertEqual(self.found.picking_ids.state, "cancel")
        self.assertEqual(self.sold(self.found.order_id).ecom_quantity_returnable, 0)

    def test_of_three_one_came(self):
        desk = self.env["ecom.return.desk"]
        desk.scan("MUG", self.found.id)
        desk.receive(self.found.id)
        self.found.action_restock_all()
        self.found.action_rest_missing()
        self.assertEqual((self.found.state, self.cost_of(self.found)), ("settled", (3, -3)))
