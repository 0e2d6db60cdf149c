"""Money that a gateway changes between two currencies that are not the company's: exact in all three."""

from odoo.tests import tagged

from .payments_case import FakeGateway, PaymentsCase, at

RATES = {
    "USD": {"2020-01-01": 1.10, "2026-11-03": 1.12},
    "GBP": {"2020-01-01": 0.85, "2026-11-03": 0.86, "2026-11-05": 0.84},
}


@tagged("post_install", "-at_install")
class TestConversions(PaymentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        currencies = cls.env["res.currency"].with_context(active_test=False).search([("name", "in", list(RATES))])
        currencies.active = True
        currencies.rate_ids.unlink()
        cls.currencies = {currency.name: currency for currency in currencies}
        for name, rates in RATES.items():
            for day, rate in rates.items():
                cls.rate(name, day, rate)
        cls.channel.currency_policy = "activate"
        cls.running = cls._set_up("running")
        cls.channel.mapping_payment_ids.filtered(lambda row: row.code == "stripe").gateway_id = cls.running
        cls.bank = cls.env["account.journal"].create(
            {"name": "Bank in pounds", "type": "bank", "code": "BGBP", "currency_id": cls.currencies["GBP"].id}
        )

    @classmethod
    def rate(cls, currency, day, rate):
        cls.env["res.currency.rate"].create({"name": day, "currency_id": cls.currencies[currency].id, "rate": rate})

    def changed(self, charged=(11, 2), changed=(11, 3), paid_out=(11, 5)):
        """16.80 USD less 0.80 of fee, changed into 12.00 GBP, which are paid out."""
        moment = at(charged).strftime("%Y-%m-%dT%H:%M:%S")
        order = self.order(1, currency="USD", date_created_gmt=moment, date_paid_gmt=moment)
        self.charge(1, currency="USD", fee="0.80", day=charged)
        self.tells("out", "-16.00", kind="conversion", currency="USD", group_id="g", day=changed)
        self.tells("in", "12.00", kind="conversion", currency="GBP", group_id="g", day=changed)
        self.pays_out("po_1", amount="12.00", currency="GBP", day=paid_out)
        FakeGateway.complete_until = at((11, 20))
        self.book()
        return order

    def book(self):
        self.look(self.running)
        self.look(self.running)

    def left(self, account):
        """``(balance, open in company currency, open in each currency)``."""
        items = self.env["account.move.line"].search([("account_id", "=", account.id), ("parent_state", "=", "posted")])
        foreign = {}
        for item in items:
            open_amount = round(foreign.get(item.currency_id.name, 0) + item.amount_residual_currency, 2)
            foreign[item.currency_id.name] = open_amount
        open_foreign = {name: amount for name, amount in foreign.items() if amount}
        return round(sum(items.mapped("balance")), 2), round(sum(items.mapped("amount_residual")), 2), open_foreign

    def differences(self):
        company = self.env.company
        return [
            self.balance(account)
            for account in (company.expense_currency_exchange_account_id, company.income_currency_exchange_account_id)
        ]

    def bank_shows(self):
        line = self.env["account.bank.statement.line"].create(
            {"journal_id": self.bank.id, "amount": 12.00, "payment_ref": "CARTE PAYOUT po_1", "date": "2026-11-05"}
        )
        self.running._meet_bank()
        return line

    def sums(self, move):
        """``[(account, currency, amount in it, balance)]``."""
        return [
            (item.account_id.code[:3], item.currency_id.name, item.amount_currency, item.balance)
            for item in move.line_ids.sorted("sequence")
        ]

    def test_both_sides_are_worth_the_same_and_the_rates_are_odoo_s_exchange_difference(self):
        order = self.changed()
        worth = 13.95  # 12.00 GBP on the day that they were changed
        self.assertEqual(
            self.sums(self.payout("out").move_ids),
            [
                ("511", "USD", -16.80, -14.65),
                ("627", "USD", 0.80, 0.70),
                ("580", "USD", 16.00, worth),
            ],
        )
        self.assertEqual(
            self.sums(self.payout().move_ids), [("580", "GBP", -12.00, -worth), ("580", "GBP", 12.00, worth)]
        )
        self.assertEqual((self.payout("out").state, self.payout().state), ("banked", "posted"))
        self.assertTrue(order.account_payment_ids.is_matched)
        self.assertEqual(self.left(self.running.clearing_account_id), (0, 0, {}))
        self.assertEqual(self.left(self.running.transfer_account_id), (worth, worth, {"GBP": 12.00}))
        # 15.27 € when they were paid, 14.65 € when they were changed; and the invoice, of a later day, 15.00 €.
        self.assertEqual(self.differences(), [0.62, -0.27])
        line = self.bank_shows()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(self.left(self.running.transfer_account_id), (0, 0, {}))
        self.assertEqual(self.differences(), [0.62, -0.61], "12.00 GBP were 14.29 € when they reached the bank")
        self.assertFalse(self.running._check_payments())
        self.book()
        self.assertEqual((len(self.payout().move_ids), len(self.payout("out").move_ids)), (1, 1), "once")

    def test_over_the_month_end_each_month_has_its_own(self):
        self.changed(charged=(10, 29), changed=(10, 31), paid_out=(11, 5))
        worth = 14.12  # 12.00 GBP at the rate of October
        october = self.payout().move_ids.filtered(lambda move: move.date.month == 10)
        self.assertEqual(
            self.sums(october), [("580", "GBP", -12.00, -worth), ("511", "GBP", 12.00, worth)], "in transit"
        )
        self.assertEqual(self.payout("out").move_ids.date.month, 10)
        self.bank_shows()
        self.assertEqual(self.left(self.running.transfer_account_id), (0, 0, {}))
        self.assertEqual(self.left(self.running.clearing_account_id), (0, 0, {}))
        self.assertFalse(self.running._check_payments())

    def test_charges_of_the_month_before_are_settled_at_its_end(self):
        self.changed(charged=(10, 29))
        self.assertEqual(sorted(move.date.month for move in self.payout("out").move_ids), [10, 11])
        self.bank_shows()
        self.assertEqual(self.left(self.running.transfer_account_id), (0, 0, {}))
        self.assertEqual(self.left(self.running.clearing_account_id), (0, 0, {}))

    def test_rolled_back_on_either_side_and_booked_again_it_ends_the_same(self):
        self.changed()
        before = self.differences()
        self.payout().action_roll_back()
        self.assertEqual(self.payout("out").state, "posted", "its other side is awaited")
        self.assertEqual(self.left(self.running.transfer_account_id)[2], {"USD": 16.00})
        self.rate("GBP", "2026-11-04", 0.5)
        self.book()
        self.assertEqual((self.payout("out").state, self.payout().state), ("banked", "posted"))
        self.assertEqual(self.left(self.running.transfer_account_id), (13.95, 13.95, {"GBP": 12.00}))
        self.payout("out").action_roll_back()
        self.assertEqual(self.left(self.running.clearing_account_id)[2], {"USD": 16.80})
        # Rates that were corrected meanwhile change nothing of what the other side is booked at.
        self.currencies["GBP"].rate_ids.rate = 0.7
        self.book()
        self.assertEqual(self.left(self.running.transfer_account_id), (13.95, 13.95, {"GBP": 12.00}))
        self.assertEqual(self.left(self.running.clearing_account_id), (0, 0, {}))
        self.assertEqual(self.differences()[0] + self.differences()[1], sum(before))
        self.assertFalse(self.running._check_payments())

    def test_changed_twice_it_is_what_it_became_in_the_end(self):
        self.order(1, currency="USD")
        self.charge(1, currency="USD", fee="0.80", day=(11, 2))
        self.tells("out", "-16.00", kind="conversion", currency="USD", group_id="g", day=(11, 3))
        self.tells("in", "12.00", kind="conversion", currency="GBP", group_id="g", day=(11, 3))
        self.tells("out2", "-12.00", kind="conversion", currency="GBP", group_id="h", day=(11, 4))
        self.tells("in2", "13.50", kind="conversion", group_id="h", day=(11, 4))
        self.pays_out("po_1", amount="13.50")
        FakeGateway.complete_until = at((11, 20))
        self.book()
        self.assertEqual(
            self.sums(self.payout("out2").move_ids),
            [("580", "GBP", -12.00, -13.95), ("666", "EUR", 0.45, 0.45), ("580", "GBP", 12.00, 13.50)],
        )
        self.assertEqual(self.left(self.running.transfer_account_id), (13.50, 13.50, {"EUR": 13.50}))
        self.assertEqual(self.left(self.running.clearing_account_id), (0, 0, {}))
        self.assertFalse(self.running._check_payments())

    def test_changed_for_refunds_and_spent_on_them_nothing_is_left_open(self):
        self.order(1, currency="USD")
        self.charge(1, currency="USD", fee="0.80", day=(11, 2))
        self.tells("out", "-16.00", kind="conversion", currency="USD", group_id="g", day=(11, 3))
        self.tells("in", "14.00", kind="conversion", group_id="g", day=(11, 3))
        # Paid back: euros are changed into the dollars that it takes, and no dollar is ever paid out.
        self.tells("out2", "-12.00", kind="conversion", group_id="h", day=(11, 4))
        self.tells("in2", "13.50", kind="conversion", currency="USD", group_id="h", day=(11, 4))
        self.tells("re_1", "-13.00", kind="refund", currency="USD", day=(11, 4), reference="ch_1", source_id="re_1")
        FakeGateway.complete_until = at((11, 6))
        self.book()
        self.assertEqual(self.left(self.running.transfer_account_id), (12, 12, {"EUR": 12}))
        self.assertEqual(self.payout("out2").state, "posted", "there are dollars left")
        self.tells("fee", "-0.50", kind="fee", currency="USD", day=(11, 7))
        FakeGateway.complete_until = at((11, 20))
        self.book()
        self.assertEqual(self.left(self.running.transfer_account_id), (0, 0, {}))
        self.assertEqual(self.left(self.running.clearing_account_id), (2, 2, {"EUR": 2}), "kept in euros")
        spent = self.running.env["ecom.payout"].search([("currency_id.name", "=", "USD"), ("amount", "=", 0)])
        self.assertEqual((spent.state, len(spent.move_ids)), ("banked", 1))
        self.assertEqual(set(spent.transaction_ids.mapped("external_id")), {"in2", "re_1", "fee"})
        self.assertEqual(self.payout("out2").state, "banked")
        self.assertFalse(self.running._check_payments())
        self.assertFalse(self.open_issues())

    def test_into_our_own_currency_not_a_cent_of_rounding_is_left(self):
        self.orders(range(1, 8), currency="USD")
        for number in range(1, 8):
            self.charge(number, currency="USD", fee="0.33", day=(11, 2))
        self.tells("out", "-115.29", kind="conversion", currency="USD", group_id="g", day=(11, 3))
        self.tells("in", "101.23", kind="conversion", group_id="g", day=(11, 3))
        self.pays_out("po_1", amount="101.23")
        FakeGateway.complete_until = at((11, 20))
        self.book()
        self.assertEqual(self.payout("out").state, "banked")
        self.assertEqual(self.left(self.running.transfer_account_id), (101.23, 101.23, {"EUR": 101.23}))
        self.assertEqual(self.left(self.running.clearing_account_id), (0, 0, {}))
