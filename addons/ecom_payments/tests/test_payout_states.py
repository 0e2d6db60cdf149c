import time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .payments_case import FakeGateway, PaidOrderCase, at, documents

FAILED = documents.PayoutStatus.FAILED


@tagged("post_install", "-at_install")
class TestPayoutStates(PaidOrderCase):
    """Payouts that come back, that come too early, that cannot be booked, that come twice or in disorder."""

    def again(self, external_id="po_1", **values):
        """Have the gateway tell something else of a payout."""
        FakeGateway.payouts = [row for row in FakeGateway.payouts if row.external_id != external_id]
        self.pays_out(external_id, **values)

    def came_back(self, external_id="po_1", amount="16.30", day=(11, 9), **values):
        return self.tells(
            f"txn_back_{external_id}", amount, kind="payout", day=day, **{"source_id": external_id} | values
        )

    def comes_back(self):
        """The order's payout reaches no bank, and the next one brings the money."""
        self.charge(1, payout_id="po_1")
        self.pays_out("po_1")

    # === CAME BACK === #

    def test_a_payout_that_the_bank_sent_back_is_the_gateway_s_again(self):
        self.comes_back()
        self.look()
        self.again(status=FAILED)
        self.look()
        payout = self.payout()
        self.assertEqual(payout.state, "failed")
        self.assertEqual(self.balance(self.gateway.transfer_account_id), 0)
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 16.3, "less its fee")
        self.assertTrue(
            payout.move_ids.line_ids.filtered(lambda i: i.account_id.code.startswith("580")).mapped("reconciled")
        )
        self.assertEqual(self.transaction("txn_1").payout_id, payout, "the gateway keeps saying so")
        self.look()
        self.assertEqual(len(payout.move_ids), 2, "once")

    def test_the_next_payout_contains_what_came_back(self):
        self.comes_back()
        self.look()
        self.again(status=FAILED)
        self.order(2)
        self.charge(2, payout_id="po_2", day=(11, 8))
        self.came_back(payout_id="po_2")
        self.tells("txn_po_2", "-32.60", kind="payout", payout_id="po_2", source_id="po_2", day=(11, 10))
        self.pays_out("po_2", day=(11, 12), amount="32.60")
        self.look()
        second = self.payout("po_2")
        self.assertEqual(second.state, "posted")
        self.assertEqual(self.entry(second.move_ids), {"511": -33.1, "627": 0.5, "580": 32.6})
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)
        self.assertFalse(self.transaction("txn_po_2").payout_id, "its own is none of its transactions")
        self.assertEqual(self.transaction("txn_back_po_1").payout_id, second)
        self.assertFalse(self.gateway._check_payments(), "the nightly check agrees")
        self.assertFalse(self.open_issues())
        open_items = self.env["account.move.line"].search_count(
            [("account_id", "=", self.gateway.clearing_account_id.id), ("reconciled", "=", False)]
        )
        self.assertEqual(open_items, 0)

    def test_one_that_failed_before_it_was_looked_at_is_booked_all_the_same(self):
        self.comes_back()
        self.again(status=FAILED)
        self.look()
        self.assertEqual(self.payout().state, "failed")
        self.assertEqual(len(self.payout().move_ids), 2)
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 16.3)
        self.assertTrue(self.transaction("txn_1").account_payment_id.is_matched)

    def test_the_money_that_came_back_tells_of_a_failure_that_nobody_listed(self):
        self.comes_back()
        self.look()
        self.came_back(payout_id="po_2")
        self.pays_out("po_2", day=(11, 30), amount="16.30")
        self.look()
        self.assertEqual((self.payout().state, self.payout("po_2").state), ("failed", "posted"))
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)
        self.assertEqual(self.balance(self.gateway.transfer_account_id), 16.3)

    def test_what_comes_back_of_a_payout_from_before_is_to_be_identified(self):
        self.came_back("po_old", payout_id="po_2", amount="9.00")
        self.pays_out("po_2", day=(11, 30), amount="9.00")
        self.look()
        self.assertEqual(self.balance(self.gateway.unknown_account_id), -9.0)
        row = self.transaction("txn_back_po_old")
        row.identify_account_id = self.gateway.dispute_account_id
        self.assertEqual(self.balance(self.gateway.unknown_account_id), 0)
        self.assertFalse(self.open_issues())

    def test_at_a_running_balance_what_came_back_goes_with_the_next_too(self):
        gateway = self._set_up("running")
        self.channel.mapping_payment_ids.filtered(lambda row: row.code == "stripe").gateway_id = gateway
        FakeGateway.complete_until = at((11, 6))
        self.order(2)
        self.charge(2)
        self.tells("txn_po_1", "-16.30", kind="payout", payout_id="po_1", day=(11, 5))
        self.pays_out("po_1", amount="16.30")
        self.look(gateway)
        self.again(amount="16.30", status=FAILED)
        self.came_back(payout_id="po_1")
        self.pays_out("po_2", day=(11, 12), amount="16.30")
        FakeGateway.complete_until = at((11, 13))
        self.look(gateway)
        self.assertEqual((self.payout().state, self.payout("po_2").state), ("failed", "posted"))
        self.assertEqual(self.balance(gateway.clearing_account_id), 0)
        self.assertEqual(self.payout("po_2").transaction_ids.mapped("external_id"), ["txn_back_po_1"])

    def test_one_of_nothing_has_arrived_as_soon_as_it_is_booked(self):
        self.comes_back()
        self.tells("txn_a", "-16.30", kind="adjustment", payout_id="po_1")
        self.again()
        self.look()
        self.assertEqual((self.payout().state, self.payout().amount), ("banked", 0))
        self.assertTrue(self.transaction("txn_1").account_payment_id.is_matched)
        self.assertFalse(self.gateway._check_payments())
        self.payout().action_roll_back()
        self.assertEqual(self.payout().state, "fetched")
        self.look()
        self.assertEqual(self.payout().state, "banked")

    # === TOO EARLY === #

    def test_a_running_balance_waits_until_the_gateway_shows_all_up_to_then(self):
        gateway = self._set_up("running")
        self.channel.mapping_payment_ids.filtered(lambda row: row.code == "stripe").gateway_id = gateway
        self.order(2)
        self.charge(2, day=(11, 4))
        self.pays_out("po_1", amount="16.30")
        FakeGateway.complete_until = at((11, 5), 0, 59)
        began = time.monotonic()
        more = gateway._work_env()._look(time.monotonic() + 60)
        self.assertLess(time.monotonic() - began, 30, "it does not spin")
        self.assertFalse(more, "nothing can be done before the gateway shows more")
        self.assertEqual(self.payout().state, "draft")
        self.order(3)
        self.charge(3, occurred_at=at((11, 5), 0, 30))
        FakeGateway.complete_until = at((11, 5), 1)
        self.look(gateway)
        self.assertEqual(self.payout().state, "posted")
        self.assertEqual(self.payout().transaction_count, 2)

    # === CANNOT BE BOOKED === #

    def test_one_that_cannot_be_booked_stops_no_other_and_says_the_way_out(self):
        self.order(2)
        self.charge(1, payout_id="po_1")
        self.charge(2, payout_id="po_2")
        self.tells("txn_0", "1.00", kind="adjustment", payout_id="po_0")
        self.pays_out("po_0", day=(11, 4))
        self.pays_out("po_1")
        self.pays_out("po_2", day=(11, 6))
        model = type(self.env["ecom.payout"])
        prepare, broken = model._prepare_move, {"po_1"}

        def refuse(payout, day, lines):
            if payout.external_id == "po_0":
                raise KeyError("a defect")
            if payout.external_id in broken:
                raise UserError(self.env._("The journal is closed."))
            return prepare(payout, day, lines)

        self.patch(model, "_prepare_move", refuse)
        self.patch(self.env.cr, "rollback", lambda: None)
        with mute_logger("odoo.addons.ecom_payments.models.payouts.payout_import"):
            self.look()
            self.look()
        self.assertEqual((self.payout().state, self.payout("po_2").state), ("fetched", "posted"))
        self.assertEqual(self.open_issues().mapped("code"), ["payout_failed"] * 2)
        issue = self.open_issues().filtered(lambda issue: "The journal is closed." in issue.message)
        broken.clear()
        service = new_test_user(self.env, "service_p", "base.group_user,ecom_connector.group_service")
        with self.assertRaises(AccessError):
            issue.with_user(service).action_fix()
        self.assertEqual(self.payout().state, "fetched", "customer service settles issues, and books nothing")
        issue.action_fix()
        self.assertEqual(self.payout().state, "posted")
        self.assertFalse(self.payout().error)
        self.assertEqual(issue.state, "solved")

    def test_those_that_were_not_tried_come_before_those_that_failed(self):
        tried = []
        model = type(self.env["ecom.payout"])
        self.patch(model, "_post_or_say_why", lambda payout: tried.append(payout.external_id))
        for number, day in ((1, 5), (2, 6), (3, 7)):
            self.tells(f"txn_{number}", "1.00", kind="adjustment", payout_id=f"po_{number}")
            self.pays_out(f"po_{number}", day=(11, day))
        gateway = self.gateway._work_env()
        gateway._look(time.monotonic() + 60)
        self.payout("po_1").error = "closed"
        tried.clear()
        gateway._post_payouts(time.monotonic() + 60)
        self.assertEqual(tried, ["po_2", "po_3", "po_1"])
        self.assertTrue(gateway._post_payouts(0), "some were not tried")
        self.payout("po_2").error = self.payout("po_3").error = "closed"
        self.assertFalse(gateway._post_payouts(0), "all were: the lane need not run again at once")

    # === KILLED, TWICE, IN DISORDER === #

    def test_killed_between_any_two_steps_it_converges(self):
        self.orders((2, 3))
        for number in range(1, 4):
            self.charge(number, payout_id="po_1")
        for number in range(60):
            self.tells(f"txn_fee_{number}", "-0.10", kind="fee", payout_id="po_1")
        self.pays_out("po_1")
        gateway = self.gateway._work_env()
        for _ in range(20):  # a deadline in the past: one step each time, as if the server died after it
            gateway._look(0)
            self.env.flush_all()
            self.env.invalidate_all()
        self.assertEqual(self.payout().state, "posted")
        self.assertEqual(len(self.payout().move_ids), 1)
        self.assertEqual(self.payout().transaction_count, 63)
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)

    def test_the_payout_first_then_its_transactions_then_the_orders_comes_to_the_same(self):
        self.charge(2, payout_id="po_1")
        self.charge(3, payout_id="po_1")
        self.pays_out("po_1")
        listed, FakeGateway.transactions = FakeGateway.transactions, []
        self.payout_is_announced()
        FakeGateway.transactions = listed
        self.look()
        self.order(3)
        self.look()
        self.order(2)
        self.look()
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 16.8, "the first order's")
        self.assertEqual(self.balance(self.gateway.unknown_account_id), 0)
        self.assertEqual(self.balance(self.gateway.transfer_account_id), 32.6)
        self.assertFalse(self.open_issues())

    def payout_is_announced(self):
        gateway = self.gateway._work_env()
        gateway.env["ecom.payout"]._store(gateway, FakeGateway.payouts)

    # === TAKEN BACK === #

    def test_in_a_hashed_journal_it_is_taken_back_by_entries_and_booked_again(self):
        self.gateway.journal_id.restrict_mode_hash_table = True
        self.order(2)
        self.charge(2, payout_id="po_1")
        self.charge(3, payout_id="po_1")
        self.pays_out("po_1")
        self.look()
        self.order(3)
        self.look()
        self.payout().action_roll_back()
        self.assertEqual(set(self.payout().move_ids.mapped("state")), {"posted"})
        self.look()
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 16.8, "the first order's")
        self.assertEqual(self.balance(self.gateway.unknown_account_id), 0)

    def test_taken_back_after_its_period_was_locked_it_is_reversed_on_the_first_open_day(self):
        self.charge(1, payout_id="po_1")
        self.pays_out("po_1")
        self.look()
        self.env.company.sudo().fiscalyear_lock_date = "2026-11-15"
        self.payout().action_roll_back()
        reversal = self.payout().move_ids.filtered("reversed_entry_id")
        self.assertEqual(str(reversal.date), "2026-11-16")
        self.look()
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)
        self.assertEqual(self.payout().state, "posted")

    # === MONTHS === #

    def test_a_refund_of_november_of_a_payment_of_october_is_in_november(self):
        order = self.order(2, date_paid_gmt="2026-10-30T10:00:05")
        order.sale_order_id.invoice_ids._reverse_moves([{"invoice_date": "2026-11-01"}]).action_post()
        self.charge(2, payout_id="po_1", day=(10, 30))
        self.tells("txn_r", "-16.80", kind="refund", source_id="re_1", charge_id="ch_2", payout_id="po_1", day=(11, 1))
        self.pays_out("po_1", day=(11, 3))
        self.look()
        cut, own = self.payout().move_ids.sorted("date")
        self.assertEqual((str(cut.date), str(own.date)), ("2026-10-31", "2026-11-03"))
        self.assertEqual(self.entry(cut), {"511": -0.5, "627": 0.5})
        self.assertEqual(self.entry(own), {"511": 0.5, "580": -0.5})
        october = self.env["account.move.line"].search(
            [("account_id", "=", self.gateway.clearing_account_id.id), ("date", "<=", "2026-10-31")]
        )
        self.assertEqual(round(sum(october.mapped("balance")), 2), 16.3, "what the gateway owed that night")
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 16.8, "the first order's")
