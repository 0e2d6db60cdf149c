from decimal import Decimal

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .payments_case import FakeGateway, PaidOrderCase, at


@tagged("post_install", "-at_install")
class TestTransactions(PaidOrderCase):
    # === IMPORT === #

    def test_a_replay_changes_nothing(self):
        order = self.first
        self.charge(1)
        self.look()
        before = self.transaction("txn_1").read()[0]
        self.look()
        self.look()
        self.assertEqual(self.transaction("txn_1").read()[0], before)
        self.assertEqual(len(order.account_payment_ids), 1)

    def test_a_listing_of_many_pages_begins_before_the_end_of_the_last_one(self):
        for number in range(120):
            self.tells(f"txn_{number}", "1.00", kind="fee")
        self.look()
        self.assertEqual(len(self.gateway.transaction_ids), 120)
        since = {call[1] for call in FakeGateway.calls if call[0] == "transactions"}
        self.assertEqual(len(since), 1, "the pages of one listing begin alike")
        self.assertTrue(self.gateway.progress["transactions"]["mark"])

    def test_what_cannot_be_read_is_said_and_stops_nothing(self):
        self.tells("txn_bad", "1.00", description="unreadable")
        self.tells("txn_good", "1.00", kind="fee")
        self.look()
        self.assertTrue(self.transaction("txn_good"))
        self.assertEqual(self.open_issues().code, "gateway_unreadable")

    # === PAYMENTS === #

    def test_money_that_odoo_does_not_know_is_said_and_stops_nothing(self):
        self.charge(1)
        self.tells("txn_coins", "5.00", currency="QQQ")
        self.tells("txn_abroad", "5.00", customer_amount=Decimal(9), customer_currency="QQQ")
        self.look()
        self.assertEqual(self.env["ecom.gateway.transaction"].search([]).mapped("external_id"), ["txn_1"])
        issues = self.open_issues()
        self.assertEqual(set(issues.mapped("code")), {"gateway_unreadable"})
        self.assertEqual(len(issues), 2)
        self.assertIn("QQQ", issues[0].message)

    def test_each_that_cannot_be_read_has_an_issue_of_its_own_by_the_gateway_s_id(self):
        paypal = self._set_up("paypal")
        raws = [{"transaction_info": {"transaction_id": f"PP{n}"}} for n in range(3)]
        counts = []
        for some in (raws[:1], raws):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(paypal._parsed("parse_transaction", some), [])
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(set(self.open_issues().mapped("key")), {f"{paypal.id}:PP{n}" for n in range(3)})
        self.assertLessEqual(counts[1], counts[0] + 2, counts)

    def test_what_the_gateway_may_take_back_is_not_matched_by_hand(self):
        order = self.first
        self.tells("txn_p", "16.80", reference="other", settled=False)
        self.look()
        row = self.transaction("txn_p")
        self.assertFalse(row.proposal_count)
        with self.assertRaisesRegex(UserError, "txn_p"):
            row.identify_order_id = order

    def test_an_order_that_its_payment_found_is_not_proposed_to_another(self):
        self.charge(1)
        self.charge(9, reference="", source_id="py_9")
        self.look()
        row = self.transaction("txn_9")
        self.assertFalse(row.proposal_order_id)
        with self.assertRaises(UserError):
            row.action_accept_proposal()

    def test_the_invoice_s_payment_is_found_and_not_registered_again(self):
        order = self.first
        payment = order.account_payment_ids
        self.assertEqual(payment.journal_id, self.gateway.journal_id)
        self.charge(1)
        self.look()
        self.assertEqual(self.transaction("txn_1").account_payment_id, payment)
        self.assertEqual(order.account_payment_ids, payment)

    def test_captured_before_it_is_invoiced_it_is_registered_once_with_the_gateway_s_date(self):
        self.channel.invoice_policy = "manual"
        order = self.order(2)
        self.charge(2, occurred_at=at((10, 31), 23, 30))
        self.look()
        payment = order.account_payment_ids
        self.assertEqual(payment.amount, 16.80)
        self.assertEqual(str(payment.date), "2026-11-01", "23:30 UTC is the next day in Paris")
        self.assertEqual(payment.outstanding_account_id, self.gateway.clearing_account_id)
        invoice = order.sale_order_id._create_invoices()
        invoice.action_post()
        order._register_payments(self.channel, invoice)
        self.assertEqual(order.account_payment_ids, payment)
        self.assertEqual(invoice.amount_residual, 0)

    def test_an_order_that_comes_after_its_payment_is_matched_then(self):
        self.charge(2)
        self.look()
        self.assertEqual(self.transaction("txn_2").state, "open")
        order = self.order(2)
        self.look()
        self.assertEqual(self.transaction("txn_2").order_id, order)
        self.assertEqual(self.transaction("txn_2").account_payment_id, order.account_payment_ids)

    def test_a_payment_that_two_orders_name_is_left_to_a_person(self):
        self.order(2, transaction_id="ch_1")
        self.charge(1)
        self.look()
        row = self.transaction("txn_1")
        self.assertFalse(row.order_id)
        self.assertIn("2", row.reason)

    def test_without_an_id_the_order_s_number_and_amount_together_match_it(self):
        orders = self.orders((2, 3), transaction_id="")
        self.charge(2, reference="", order_reference="2")
        self.charge(3, reference="", order_reference="3", amount="16.79")
        self.look()
        self.assertEqual(self.transaction("txn_2").order_id, orders[0])
        self.assertFalse(self.transaction("txn_3").order_id, "the amount differs")

    def test_an_order_of_another_shop_with_the_same_number_and_amount_is_not_taken_out_of_its_time(self):
        order = self.order(2, transaction_id="")
        self.charge(2, reference="", order_reference="2", day=(8, 2))
        self.tells("txn_3", "16.80", order_reference="2", occurred_at=at((11, 2), 0, 0))
        self.look()
        self.assertFalse(self.transaction("txn_2").order_id, "paid three months before it was placed")
        self.assertEqual(self.transaction("txn_3").order_id, order, "a file gives days without a time")

    def test_a_capture_of_less_is_said(self):
        order = self.first
        self.charge(1, amount="10.00")
        self.look()
        self.assertEqual(self.transaction("txn_1").account_payment_id, order.account_payment_ids)
        self.assertEqual(self.open_issues(order).code, "payment_differs")

    def test_two_captures_are_two_payments(self):
        self.channel.invoice_policy = "manual"
        order = self.order(2)
        self.charge(2, amount="10.00")
        self.tells("txn_2b", "6.80", "0.10", reference="ch_2", source_id="py_2b")
        self.look()
        self.assertEqual(sorted(order.account_payment_ids.mapped("amount")), [6.80, 10.0])

    def test_what_the_invoice_registered_whole_is_captured_in_parts(self):
        order = self.first
        self.charge(1, amount="10.00", payout_id="po_1")
        self.pays_out("po_1")
        self.look()
        self.assertEqual(self.open_issues(order).code, "payment_differs")
        self.tells("txn_1b", "6.80", "0.10", reference="ch_1", source_id="py_1b", payout_id="po_2", day=(11, 6))
        self.pays_out("po_2", day=(11, 9))
        self.look()
        self.assertEqual(order.account_payment_ids.mapped("amount"), [16.8])
        self.assertEqual(len(order.account_payment_ids.ecom_transaction_ids), 2)
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)
        self.assertTrue(order.account_payment_ids.is_matched)
        self.assertFalse(self.open_issues())

    def test_the_parts_of_a_payment_in_one_payout_settle_it_together(self):
        order = self.first
        self.charge(1, amount="10.00", payout_id="po_1")
        self.tells("txn_1b", "6.80", "0.10", reference="ch_1", source_id="py_1b", payout_id="po_1", day=(11, 3))
        self.pays_out("po_1")
        self.look()
        self.assertEqual(len(order.account_payment_ids), 1)
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)
        self.assertFalse(self.env["ecom.issue"].search([("order_id", "=", order.id)]))

    def test_a_refund_of_which_only_the_order_is_told_belongs_to_it(self):
        order = self.first
        self.charge(1)
        self.tells("txn_r", "-5.00", kind="refund", source_id="re_1", order_reference=order.external_id)
        self.look()
        self.assertEqual(self.transaction("txn_r").order_id, order)

    def test_one_that_cannot_be_booked_stops_no_other(self):
        self.channel.invoice_policy = "manual"
        self.orders((2, 3))
        self.charge(2)
        self.charge(3)
        model = type(self.env["ecom.gateway.transaction"])
        prepare = model._prepare_payment_vals

        def refuse_one(row, key):
            if row.order_id.number == "2":
                raise ValidationError(row.order_id.number)
            return prepare(row, key)

        self.patch(model, "_prepare_payment_vals", refuse_one)
        self.patch(self.env.cr, "rollback", lambda: None)
        self.look()
        self.assertEqual(self.transaction("txn_3").state, "matched")
        self.assertEqual(self.transaction("txn_2").state, "open")
        self.assertEqual(self.transaction("txn_2").reason, "2")

    # === REFUNDS === #

    def test_a_refund_pays_the_credit_note(self):
        order = self.first
        self.charge(1)
        credit_note = order.sale_order_id.invoice_ids._reverse_moves([{}])
        credit_note.action_post()
        self.tells("txn_r", "-16.80", kind="refund", source_id="re_1", charge_id="ch_1", day=(11, 3))
        self.look()
        refund = self.transaction("txn_r").account_payment_id
        self.assertEqual((refund.payment_type, refund.amount, str(refund.date)), ("outbound", 16.80, "2026-11-03"))
        self.assertEqual(credit_note.amount_residual, 0)
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)

    def test_a_return_claims_the_refund_that_the_gateway_told_first(self):
        order = self.first
        self.charge(1)
        self.tells("txn_r", "-5.00", kind="refund", source_id="re_1", charge_id="ch_1", day=(11, 3))
        self.look()
        payment = self.transaction("txn_r").account_payment_id
        euro = self.env.ref("base.EUR")
        self.assertEqual(order._booked_refund(5.0, euro), payment)
        self.assertFalse(order._booked_refund(4.0, euro))

    # === SIZE === #

    def test_the_look_ups_of_matching_do_not_grow_with_the_transactions(self):
        counts = []
        number = 1
        for size in (2, 8):
            numbers = range(number + 1, number + size + 1)
            number += size
            self.orders(numbers)
            rows = [self.charge(number) for number in numbers]
            found = self.env["ecom.gateway.transaction"]._store(self.gateway._work_env(), rows)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found._match()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(found.mapped("state")), {"matched"})
        self.assertLessEqual(counts[1], counts[0] + 2)
