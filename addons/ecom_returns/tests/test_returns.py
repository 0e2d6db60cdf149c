from datetime import date, datetime

from odoo import Command
from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .returns_case import ReturnsCase


@tagged("post_install", "-at_install")
class TestReturns(ReturnsCase):
    """A return: from its order, within what was delivered, within the terms of the law."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().shipped(1)

    def test_from_the_order_all_that_may_come_back_is_proposed(self):
        order = self.shipped(2, ("MUG", 3, "30.00", "6.00"), ("PEN", 1, "5.00", "1.00"))
        self.ask(order, {"MUG": 1})
        action = order.action_ecom_return()
        with Form(self.env["ecom.return"].with_context(**action["context"])) as form:
            self.assertEqual(form.partner_id, order.sale_order_id.partner_id)
        found = form.record
        self.assertEqual({line.product_id.default_code: line.quantity for line in found.line_ids}, {"MUG": 2, "PEN": 1})
        self.assertEqual(found.value, 30.0, "two of three mugs, and the pen, as they were paid for")
        self.assertFalse(order.ecom_may_return)
        self.assertEqual(order.ecom_return_count, 2)
        with self.assertRaisesRegex(UserError, "Nothing of order"):
            order.with_env(self.env).action_ecom_return()

    def test_no_more_comes_back_than_was_delivered(self):
        self.ask(self.order, {"MUG": 1})
        with self.assertRaisesRegex(ValidationError, "3 cannot be returned, the customer has 2 of order"):
            self.ask(self.order, {"MUG": 2})

    def test_a_change_of_quantity_is_held_to_it_too(self):
        self.ask(self.order, {"MUG": 1}, kind="terms")
        other = self.ask(self.order, {"MUG": 1}, kind="terms")
        with self.assertRaisesRegex(ValidationError, "cannot be returned"):
            other.line_ids.quantity = 2

    def test_what_was_declined_or_cancelled_may_be_asked_for_again(self):
        self.ask(self.order, {"MUG": 2}).action_cancel()
        again = self.ask(self.order, {"MUG": 2}, kind="terms")
        again.decline_reason = "Worn"
        again.action_decline_confirm()
        self.assertEqual(again.state, "declined")
        self.assertEqual(self.sold(self.order).ecom_quantity_returnable, 2)

    def test_what_was_not_shipped_cannot_come_back(self):
        order = self.receive(woo_order(2))
        self.assertFalse(order.ecom_may_return)
        with self.assertRaises(ValidationError):
            self.ask(order, {"MUG": 1})

    def test_every_return_writes_the_line_that_it_returns(self):
        """So that PostgreSQL refuses the second of two at once; the race itself is shown on real connections."""
        line = self.sold(self.order)
        before = line.ecom_return_version
        self.ask(self.order, {"MUG": 1})
        self.assertEqual(line.ecom_return_version, before + 1)

    def test_a_line_of_another_order_is_refused(self):
        second = self.shipped(2)
        with self.assertRaisesRegex(ValidationError, "another order"):
            self.env["ecom.return"].create(
                {
                    "sale_order_id": self.order.sale_order_id.id,
                    "line_ids": [Command.create({"sale_line_id": self.sold(second).id, "quantity": 1})],
                }
            )

    # === THE LAW === #

    def deliver(self, order, moment):
        order.sale_order_id.picking_ids.ecom_delivered_at = moment

    def test_a_withdrawal_in_time_is_approved_and_can_neither_be_declined_nor_cost(self):
        self.deliver(self.order, datetime(2026, 10, 23, 9))
        policy = self.env["ecom.return.policy"].create({"name": "Never", "allowed": False, "fee_percent": 20})
        found = self.ask(self.order, {"MUG": 1}, requested_at=datetime(2026, 11, 6, 20))
        self.assertEqual(found.withdrawal_until, date(2026, 11, 6))
        self.assertNotIn(found.state, ("requested", "declined"))
        self.assertEqual((found.policy_id, found.fee_percent), (policy, 0))
        with self.assertRaisesRegex(ValidationError, "may not cost a fee"), self.env.cr.savepoint():
            found.fee_percent = 5
        found.decline_reason = "No"
        with self.assertRaisesRegex(UserError, "may not be declined"):
            found.action_decline_confirm()

    def test_too_late_to_withdraw_the_merchant_s_terms_decide(self):
        self.deliver(self.order, datetime(2026, 10, 23, 9))
        self.env["ecom.return.policy"].create(
            {"name": "Thirty days", "days_to": 30, "approves": True, "fee_percent": 10}
        )
        found = self.ask(self.order, {"MUG": 1}, requested_at=datetime(2026, 11, 9, 9), kind="terms")
        self.assertNotEqual(found.state, "requested")
        self.assertEqual(found.fee_percent, 10)
        late = self.ask(self.order, {"MUG": 1}, requested_at=datetime(2026, 11, 29, 9), kind="terms")
        self.assertEqual(late.state, "requested", "a person decides")

    def test_goods_without_the_right_and_companies_are_no_protected_withdrawals(self):
        order = self.shipped(2, ("MUG", 1, "10.00", "2.00"), ("PEN", 1, "5.00", "1.00"))
        self.mug.ecom_no_withdrawal = True
        self.assertFalse(self.ask(order, {"MUG": 1})._is_protected())
        self.assertTrue(self.ask(order, {"PEN": 1})._is_protected())

    def test_our_mistake_costs_the_customer_nothing(self):
        self.env["ecom.return.policy"].create({"name": "Always", "fee_percent": 15})
        reason = self.env.ref("ecom_returns.reason_damaged")
        lines = [Command.create({"sale_line_id": self.sold(self.order).id, "quantity": 1, "reason_id": reason.id})]
        found = self.env["ecom.return"].create(
            {"sale_order_id": self.order.sale_order_id.id, "line_ids": lines, "kind": "terms"}
        )
        self.assertEqual((found.fee_percent, found.customer_pays), (0, False))

    def test_the_refund_is_due_once_the_goods_are_here_or_posted(self):
        found = self.ask(self.order, {"MUG": 1}, requested_at=datetime(2026, 11, 2, 9))
        self.assertFalse(found.refund_until)
        self.assertEqual(found.deadline, date(2026, 11, 16), "the customer has to send it by then")
        found.posted_at = datetime(2026, 11, 4, 9)
        self.assertEqual(found.refund_until, date(2026, 11, 16))
        found.posted_at = datetime(2026, 11, 19, 9)
        self.assertEqual((found.refund_until, found.deadline), (date(2026, 11, 19), date(2026, 11, 19)))
        late = self.env["ecom.return"].search([("alarm", "=", "late"), ("id", "=", found.id)])
        self.assertEqual(bool(late), found.alarm == "late")

    # === WHO MAY === #

    def test_customer_service_returns_and_others_do_not(self):
        service = new_test_user(self.env, "service_r", "ecom_connector.group_service")
        preparer = new_test_user(self.env, "preparer_r", "ecom_connector.group_preparer")
        sale = self.order.sale_order_id.with_user(service)
        action = sale.action_ecom_return()
        with Form(self.env["ecom.return"].with_user(service).with_context(**action["context"])) as form:
            form.kind = "terms"
        form.record.action_approve()
        with self.assertRaises(AccessError):
            self.env["ecom.return"].with_user(preparer).create({"sale_order_id": self.order.sale_order_id.id})
        self.assertTrue(self.env["ecom.return"].with_user(preparer).search([("id", "=", form.record.id)]))

    def test_whoever_has_to_do_with_it_opens_it(self):
        """Though a preparer may read no invoice."""
        found = self.ask(self.order, {"MUG": 1})
        found.action_receive_all()
        for role in ("preparer", "service", "accountant", "manager"):
            user = new_test_user(self.env, f"{role}_form", f"ecom_connector.group_{role}")
            with self.subTest(role=role), Form(found.with_user(user)) as form:
                self.assertEqual(form.name, found.name)

    def test_nobody_writes_past_the_steps(self):
        found = self.ask(self.order, {"MUG": 1})
        service = new_test_user(self.env, "service_w", "ecom_connector.group_service")
        preparer = new_test_user(self.env, "prep_w", "ecom_connector.group_preparer")
        for user, values in (
            (service, {"state": "settled"}),
            (service, {"settled_at": "2026-11-02 10:00:00"}),
            (preparer, {"goodwill": 100}),
            (preparer, {"fee_percent": 0}),
        ):
            with self.assertRaisesRegex(AccessError, "not written by hand"):
                found.with_user(user).write(values)
        found.with_user(preparer).tracking_ref = "8R123"
        found.action_receive_all()
        with self.assertRaisesRegex(AccessError, "not written by hand"):
            found.unit_ids.with_user(preparer).state = "done"
        found.with_user(preparer).unit_ids = [Command.update(found.unit_ids.id, {"disposition": "scrap"})]
        lines = [Command.create({"sale_line_id": self.sold(found.order_id).id, "quantity": 1})]
        with self.assertRaisesRegex(AccessError, "not written by hand"):
            self.env["ecom.return"].with_user(service).create(
                {"sale_order_id": found.sale_order_id.id, "line_ids": lines, "state": "inspected"}
            )

    def test_external_shops_see_no_returns(self):
        self.ask(self.order, {"MUG": 1})
        api = new_test_user(self.env, "api_r", "ecom_connector.group_api")
        for model in ("ecom.return", "ecom.return.line", "ecom.return.policy"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(api).search([])
        self.assertFalse(self.env["ecom.return.reason"].with_user(api).search([]))

    def test_another_company_sees_nothing(self):
        self.ask(self.order, {"MUG": 1})
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env, "other_r", "ecom_connector.group_manager", company_id=other.id, company_ids=other.ids
        )
        self.assertFalse(self.env["ecom.return"].with_user(user).search([]))

    def test_a_return_is_kept(self):
        found = self.ask(self.order, {"MUG": 1})
        with self.assertRaisesRegex(UserError, "Cancel a return first"):
            found.unlink()
