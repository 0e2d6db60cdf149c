from odoo.tests import tagged

from .story_case import StoryCase


@tagged("post_install", "-at_install")
class TestNeverCame(StoryCase):
    """Paid back on a proof of posting; the goods, or some of them, never arrive."""

    def paid_early(self):
        order = self.shipped(1, ("MUG", 3, "30.00", "6.00"))
        found = self.ask(order, {"MUG": 3})
        found.posted_at = "2026-11-20 10:00:00"
        found.action_settle()
        self.tell()
        return found

    def cost_of(self, found):
        entry = self.env["account.move"].search([("ref", "like", found.name), ("move_type", "=", "entry")])
        return self.costs(found.credit_note_ids | entry)

    def test_nothing_came_and_its_cost_is_a_cost_again(self):
        found = self.paid_early()
        self.assertEqual(self.cost_of(found), (9, -9))
        found.action_rest_kept()
        self.assertEqual((found.state, self.cost_of(found)), ("settled", (0, 0)))
        self.assertEqual(found.picking_ids.state, "cancel")
        self.assertEqual(self.sold(found.order_id).ecom_quantity_returnable, 0)

    def test_of_three_one_came(self):
        found = self.paid_early()
        desk = self.env["ecom.return.desk"]
        desk.scan("MUG", found.id)
        desk.receive(found.id)
        found.action_restock_all()
        found.action_rest_missing()
        self.assertEqual((found.state, self.cost_of(found)), ("settled", (3, -3)))
