from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from .shop_case import ShopCase, woo_order


@tagged("post_install", "-at_install")
class TestIssueDesk(ShopCase):
    """What waits for a person is shown once for each thing to settle, with what it costs to wait."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = new_test_user(cls.env, "vera", groups="ecom_connector.group_service")

    def desk(self):
        self.env.flush_all()
        return self.env["ecom.issue.desk"].with_user(self.service).search([("channel_id", "=", self.channel.id)])

    def test_forty_orders_with_one_unknown_product_are_one_thing_to_settle(self):
        lines = (("LAMP", 1, "10.00", "2.00"),)
        orders = self.receive(*[woo_order(number, lines) for number in range(1, 41)])
        other = self.receive(woo_order(50, (("VASE", 1, "10.00", "2.00"),)))
        self.env.cr.execute(
            "UPDATE ecom_issue SET create_date = %s WHERE channel_id = %s",
            [fields.Datetime.now() - timedelta(hours=3), self.channel.id],
        )
        lamp, vase = self.desk()
        self.assertEqual((lamp.order_count, lamp.issue_count, vase.order_count), (40, 40, 1))
        self.assertAlmostEqual(lamp.hours, 120, delta=0.1)
        self.assertAlmostEqual(lamp.amount, sum(orders.mapped("amount_total")))
        self.assertFalse(lamp.order_id)
        self.assertEqual(vase.order_id, other)
        self.assertIn("LAMP", lamp.message)

        action = lamp.action_settle()
        self.assertEqual((action["res_model"], action["target"]), ("ecom.issue", "new"), "a person chooses the product")
        issue = self.env["ecom.issue"].with_user(self.service).browse(action["res_id"])
        issue.product_id = self.mug
        issue.action_fix()
        self.assertEqual(self.desk(), vase)
        self.assertEqual(set(orders.mapped("state")), {"received"})

    def test_what_leaves_no_choice_is_settled_in_bulk_and_the_rest_is_counted(self):
        wrong = [woo_order(number, total="99.00") for number in (1, 2, 3)]
        orders = self.receive(*wrong, woo_order(4, (("LAMP", 1, "10.00", "2.00"),)))
        things = self.desk()
        self.assertEqual(sorted(things.mapped("code")), ["rounding_above_tolerance"] * 3 + ["unknown_product"])
        action = things.action_settle()
        self.assertIn("1", action["params"]["message"])
        self.assertEqual(self.desk().mapped("code"), ["unknown_product"])
        self.assertEqual(orders[:3].mapped("accept_difference"), [True] * 3)

    def test_an_assigned_thing_is_found_by_whom_it_is_assigned_to(self):
        self.receive(woo_order(1, total="99.00"))
        thing = self.desk()
        action = thing.action_assign()
        self.env["mail.activity.schedule"].with_context(**action["context"]).create(
            {"activity_user_id": self.service.id, "summary": "Call the customer"}
        ).action_schedule_activities()
        self.assertEqual(thing.activity_user_id, self.service)
        self.assertEqual(
            self.env["ecom.issue.desk"].with_user(self.service).search([("activity_user_id", "=", self.service.id)]),
            thing,
        )

    def test_a_dismissed_cause_takes_all_its_issues_along(self):
        self.receive(*[woo_order(number, (("LAMP", 1, "10.00", "2.00"),)) for number in (1, 2)])
        self.desk().action_dismiss()
        self.assertFalse(self.desk())
        self.assertEqual(set(self.channel.issue_ids.mapped("state")), {"dismissed"})

    def test_other_channels_things_are_not_shown(self):
        self.receive(woo_order(1, total="99.00"))
        self.channel.user_ids = self.env.ref("base.user_admin")
        self.assertFalse(self.desk())
