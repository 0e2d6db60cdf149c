from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .payments_case import FakeGateway, PaidOrderCase, at, documents


@tagged("post_install", "-at_install")
class TestPayouts(PaidOrderCase):
    # === ONE ENTRY === #

    def test_a_payout_is_one_entry_with_a_line_for_each_transaction_and_explains_the_clearing_account(self):
        orders = self.first + self.order(2)
        self.charge(1, payout_id="po_1")
        self.charge(2, payout_id="po_1")
        self.tells("txn_fee", "-2.00", kind="fee", payout_id="po_1", description="Radar")
        self.pays_out("po_1")
        self.look()
        payout = self.payout()
        self.assertEqual((payout.state, payout.amount, payout.fees), ("posted", 30.6, 1.0))
        move = payout.move_ids
        self.assertEqual(len(move), 1)
        self.assertEqual(str(move.date), "2026-11-05")
        self.assertEqual(self.entry(move), {"511": -33.6, "627": 3.0, "580": 30.6})
        self.assertEqual(len(move.line_ids), 5, "two payments, a fee, the fees of payments, the transfer")
        self.assertTrue(all(orders.account_payment_ids.mapped("is_matched")))
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)
        self.assertFalse(self.open_issues())

    def test_looking_again_books_nothing_twice(self):
        self.charge(1, payout_id="po_1")
        self.pays_out("po_1")
        self.look()
        self.look()
        self.look()
        self.assertEqual(len(self.payout().move_ids), 1)

    def test_a_composition_of_many_pages_is_read_to_its_end(self):
        for number in range(70):
            self.tells(f"txn_{number}", "-0.10", kind="fee", payout_id="po_1")
        self.pays_out("po_1")
        self.look()
        self.assertEqual(self.payout().transaction_count, 70)
        self.assertEqual(len([call for call in FakeGateway.calls if call[0] == "composition"]), 2)

    def test_a_refund_and_a_dispute_are_taken_from_the_payout(self):
        self.first.sale_order_id.invoice_ids._reverse_moves([{}]).action_post()
        self.order(2)
        self.charge(1, payout_id="po_1")
        self.charge(2, payout_id="po_1")
        self.tells("txn_r", "-16.80", kind="refund", source_id="re_1", charge_id="ch_1", payout_id="po_1")
        self.tells("txn_d", "-16.80", "15.00", kind="dispute", source_id="dp_1", charge_id="ch_2", payout_id="po_1")
        self.pays_out("po_1")
        self.look()
        self.assertEqual(self.payout().amount, -16.0)
        self.assertEqual(self.entry(self.payout().move_ids), {"511": -16.8, "467": 16.8, "627": 16.0, "580": -16.0})
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)
        self.assertEqual(self.transaction("txn_d").order_id.number, "2")

    def test_above_the_size_that_the_accountant_set_it_is_summed_by_kind(self):
        self.orders(range(2, 7))
        for number in range(1, 7):
            self.charge(number, payout_id="po_1")
        self.tells("txn_x", "3.00", kind="adjustment", payout_id="po_1")
        self.gateway.detail_limit = 5
        self.pays_out("po_1")
        self.look()
        move = self.payout().move_ids
        self.assertEqual(len(move.line_ids), 4, "payments, what is unknown, fees, transfer")
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)
        payments = self.payout().transaction_ids.account_payment_id
        self.assertEqual(len(payments), 6)
        self.assertTrue(all(payments.mapped("is_matched")))

    # === WHAT NOBODY KNOWS === #

    def test_an_unknown_payment_stops_nothing_and_moves_once_its_order_is_here(self):
        self.charge(1, payout_id="po_1")
        self.charge(2, payout_id="po_1")
        self.pays_out("po_1")
        self.look()
        unknown = self.gateway.unknown_account_id
        self.assertEqual(self.payout().state, "posted")
        self.assertEqual(self.balance(unknown), -16.8)
        self.assertEqual(self.open_issues().code, "payment_unknown")
        order = self.order(2)
        self.look()
        self.assertEqual(self.balance(unknown), 0)
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)
        self.assertTrue(order.account_payment_ids.is_matched)
        self.assertFalse(self.open_issues())

    def test_a_person_names_the_order_of_an_unknown_payment(self):
        order = self.order(2, transaction_id="")
        self.charge(9, payout_id="po_1")
        self.pays_out("po_1")
        self.look()
        row = self.transaction("txn_9")
        row.identify_order_id = order
        self.assertEqual((row.state, row.order_id), ("matched", order))
        self.assertEqual(self.balance(self.gateway.unknown_account_id), 0)
        self.assertFalse(self.open_issues())
        with self.assertRaises(UserError):
            row._identify(order)

    def test_a_payout_that_does_not_add_up_is_booked_and_said(self):
        self.charge(1, payout_id="po_1")
        self.pays_out("po_1", amount="20.00")
        self.look()
        self.assertEqual(self.entry(self.payout().move_ids), {"511": -16.8, "627": 0.5, "471": -3.7, "580": 20.0})
        self.assertEqual(self.open_issues().code, "payout_differs")

    def test_a_payout_of_less_than_its_transactions_says_both_sums(self):
        self.charge(1, payout_id="po_1")
        self.pays_out("po_1", amount="10.00")
        self.look()
        self.assertRegex(self.open_issues().message, r"10[.,]00.*16[.,]30")

    # === DATES === #

    def test_the_old_month_s_transactions_are_booked_in_the_old_month(self):
        self.order(2, date_paid_gmt="2026-10-30T10:00:05")
        self.charge(2, payout_id="po_1", day=(10, 30))
        self.charge(1, payout_id="po_1", day=(11, 2))
        self.pays_out("po_1", day=(11, 3))
        self.look()
        cut, own = self.payout().move_ids.sorted("date")
        self.assertEqual((str(cut.date), str(own.date)), ("2026-10-31", "2026-11-03"))
        self.assertEqual(self.entry(cut), {"511": -0.5, "627": 0.5}, "the gateway owes 16.30 at the month's end")
        self.assertEqual(self.entry(own), {"511": -33.1, "627": 0.5, "580": 32.6})
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)
        open_lines = self.env["account.move.line"].search(
            [("account_id", "=", self.gateway.clearing_account_id.id), ("reconciled", "=", False)]
        )
        self.assertFalse(open_lines)

    def test_in_a_locked_period_it_is_booked_on_the_first_open_day(self):
        self.order(2, date_paid_gmt="2026-10-30T10:00:05")
        self.charge(2, payout_id="po_1", day=(10, 30))
        self.pays_out("po_1", day=(11, 3))
        self.env.company.sudo().fiscalyear_lock_date = date(2026, 11, 10)
        self.look()
        self.assertEqual(self.payout().move_ids.mapped(lambda move: str(move.date)), ["2026-11-11"])

    # === TAKEN BACK === #

    def test_it_is_taken_back_by_an_entry_and_booked_again(self):
        order = self.first
        self.charge(1, payout_id="po_1")
        self.charge(2, payout_id="po_1")
        self.pays_out("po_1")
        self.look()
        self.order(2)
        self.look()
        first = self.payout()._standing_moves()
        self.payout().action_roll_back()
        self.assertEqual(set(first.mapped("state")), {"posted"}, "what is posted stays")
        self.assertEqual(self.payout().state, "fetched")
        self.assertFalse(order.account_payment_ids.is_matched)
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 33.6)
        self.assertEqual(self.balance(self.gateway.transfer_account_id), 0)
        self.look()
        self.assertEqual(self.payout().state, "posted")
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)
        self.assertEqual(self.balance(self.gateway.unknown_account_id), 0)
        self.assertTrue(order.account_payment_ids.is_matched)

    # === CURRENCIES === #

    def test_a_payment_in_dollars_settled_in_euros_leaves_the_difference_to_odoo(self):
        dollar = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "USD")])
        dollar.active = True
        dollar.rate_ids.unlink()
        self.env["res.currency.rate"].create({"name": "2020-01-01", "currency_id": dollar.id, "rate": 1.1})
        self.channel.currency_policy = "activate"
        order = self.order(2, currency="USD")
        self.assertEqual(order.account_payment_ids.currency_id, dollar)
        self.charge(
            2,
            amount="15.00",
            payout_id="po_1",
            customer_amount=documents.Decimal("16.80"),
            customer_currency="USD",
        )
        self.pays_out("po_1")
        self.look()
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 16.8, "the first order's")
        self.assertEqual(self.entry(self.payout().move_ids), {"511": -15.0, "627": 0.5, "580": 14.5})
        line = self.payout().move_ids.line_ids.filtered("ecom_transaction_id")
        self.assertEqual((line.amount_currency, line.currency_id), (-16.8, dollar))
        self.assertTrue(line.reconciled)
        partial = line.matched_debit_ids
        self.assertEqual(round(sum(partial.exchange_move_id.line_ids.mapped("debit")), 2), 0.27)

    def test_a_payment_in_euros_that_the_gateway_keeps_in_dollars_is_settled_to_the_cent(self):
        dollar = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "USD")])
        dollar.active = True
        dollar.rate_ids.unlink()
        self.env["res.currency.rate"].create({"name": "2020-01-01", "currency_id": dollar.id, "rate": 1.1})
        values = {"customer_amount": documents.Decimal("16.80"), "customer_currency": "EUR", "payout_id": "po_1"}
        self.charge(1, amount="18.00", currency="USD", **values)
        self.charge(2, amount="18.00", currency="USD", **values)
        self.pays_out("po_1", currency="USD")
        self.look()
        self.assertEqual(self.entry(self.payout().move_ids)["511"], -16.8)
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)
        self.order(2)
        self.look()
        self.assertEqual(self.balance(self.gateway.unknown_account_id), 0)
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)

    def test_a_payout_in_dollars_balances_in_euros(self):
        dollar = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "USD")])
        dollar.active = True
        dollar.rate_ids.unlink()
        self.env["res.currency.rate"].create({"name": "2020-01-01", "currency_id": dollar.id, "rate": 1.0837})
        self.channel.currency_policy = "activate"
        self.orders((2, 3, 4), currency="USD")
        for number in (2, 3, 4):
            self.charge(number, currency="USD", payout_id="po_1")
        self.pays_out("po_1", currency="USD")
        self.look()
        move = self.payout().move_ids
        self.assertEqual(move.line_ids.currency_id, dollar)
        self.assertEqual(round(sum(move.line_ids.mapped("amount_currency")), 2), 0)
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 16.8, "the first order's")

    # === A RUNNING BALANCE === #

    def test_a_running_balance_keeps_what_was_not_paid_out(self):
        gateway = self._set_up("running")
        mapping = self.channel.mapping_payment_ids.filtered(lambda row: row.code == "stripe")
        mapping.gateway_id = gateway
        FakeGateway.complete_until = at((11, 6))
        self.order(2)
        self.charge(2)
        self.pays_out("po_1", amount="10.00")
        self.look(gateway)
        self.assertEqual(self.entry(self.payout().move_ids), {"511": -10.5, "627": 0.5, "580": 10.0})
        self.assertEqual(self.balance(gateway.clearing_account_id), 6.3)
        self.assertFalse(self.open_issues())

    # === SIZE === #

    def test_the_look_ups_of_a_payout_do_not_grow_with_its_transactions(self):
        counts, number = [], 1
        for payout_id, size in (("po_0", 1), ("po_1", 3), ("po_2", 9)):
            numbers = range(number + 1, number + size + 1)
            number += size
            self.orders(numbers)
            for number in numbers:
                self.charge(number, payout_id=payout_id)
            self.pays_out(payout_id)
            gateway = self.gateway._work_env()
            rows = [row for row in FakeGateway.transactions if row.payout_id == payout_id]
            gateway.env["ecom.gateway.transaction"]._store(gateway, rows)._match()
            payout = gateway.env["ecom.payout"]._store(gateway, FakeGateway.payouts[-1:])
            page = documents.Page(tuple({"id": row.external_id, "document": row} for row in rows))
            payout._keep_composition(page)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            payout._match_and_post()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(payout.state, "posted")
        self.assertLessEqual(counts[2], counts[1] + 2, counts)
