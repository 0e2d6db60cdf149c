from odoo.addons.ecom_connector.tests.shop_case import ADDRESS, woo_order
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .payments_case import PaymentsCase


@tagged("post_install", "-at_install")
class TestProposals(PaymentsCase):
    """What no id ties to an order: ranked, with reasons, and a person decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(cls.env, "accountant_p", "base.group_user,ecom_connector.group_accountant")
        cls.first = cls().order(501, transaction_id="")

    def unknown(self, number=9, **values):
        self.charge(number, reference="", source_id=f"py_{number}", payout_id="po_1", **values)
        self.pays_out("po_1")
        self.look()
        return self.transaction(f"txn_{number}")

    def test_the_amount_and_the_day_are_a_proposal_and_never_a_match(self):
        order = self.first
        row = self.unknown()
        self.assertEqual(row.state, "open")
        self.assertFalse(row.order_id)
        self.assertEqual(row.proposal_order_id, order)
        self.assertIn("amount agrees", row.proposal_reason)

    def test_whoever_is_named_comes_first(self):
        anne = ADDRESS | {"email": "anne@example.com"}
        named, _other = self.receive(woo_order(502, transaction_id="", billing=anne), woo_order(503, transaction_id=""))
        row = self.unknown(description="Payment of anne@example.com")
        self.assertEqual(row.proposal_order_id, named)
        self.assertIn("e-mail", row.proposal_reason)
        self.assertEqual(row.proposal_count, 3)

    def test_one_click_books_it_and_says_who_accepted_what(self):
        order = self.first
        row = self.unknown(description="Order 501").with_user(self.accountant)
        row.action_accept_proposal()
        self.assertEqual((row.state, row.order_id), ("matched", order))
        self.assertIn("501", row.reason)
        self.assertIn(self.accountant.name, row.reason)
        self.assertEqual(self.balance(self.gateway.unknown_account_id), 0)
        self.assertTrue(order.account_payment_ids.is_matched)

    def test_another_than_the_first_can_be_chosen(self):
        second = self.order(502, transaction_id="")
        row = self.unknown(description="Order 501").with_user(self.accountant)
        action = row.action_choose_proposal()
        proposals = self.env[action["res_model"]].with_user(self.accountant).search(action["domain"])
        self.assertEqual(len(proposals), 2)
        proposals.filtered(lambda proposal: proposal.order_id == second).action_accept()
        self.assertEqual(row.order_id, second)

    def test_one_order_is_accepted_for_one_of_them_only(self):
        order = self.first
        rows = self.unknown(8, description="Order 501") | self.unknown(9, description="Order 501")
        with self.assertRaisesRegex(UserError, "one by one"):
            rows.with_user(self.accountant).action_accept_proposal()
        self.assertFalse(order.account_payment_ids.filtered("ecom_transaction_ids"))

    def test_what_is_no_order_s_goes_to_an_account(self):
        self.tells("txn_a", "12.00", kind="adjustment", payout_id="po_1")
        self.pays_out("po_1")
        self.look()
        row = self.transaction("txn_a").with_user(self.accountant)
        self.assertTrue(row.to_identify)
        income = self.env["account.account"].search([("code", "=like", "758%")], limit=1)
        row.identify_account_id = income
        self.assertFalse(row.to_identify)
        self.assertEqual(self.balance(self.gateway.unknown_account_id), 0)
        self.assertFalse(self.open_issues())
        with self.assertRaises(UserError):
            row._identify_account(income)

    def test_people_say_what_it_is_and_change_nothing_that_the_gateway_told(self):
        row = self.unknown().with_user(self.accountant)
        with self.assertRaises(AccessError):
            row.amount = 1

    def test_the_look_ups_of_proposals_do_not_grow_with_the_transactions(self):
        counts = []
        self.orders(range(502, 506), transaction_id="")
        for first, size in ((10, 3), (40, 20)):
            names = [f"txn_{number}" for number in range(first, first + size)]
            for number in range(first, first + size):
                self.charge(number, reference="", source_id=f"py_{number}")
            self.look()
            rows = self.env["ecom.gateway.transaction"].search([("external_id", "in", names)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows.mapped("proposal_reason")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1, counts)
