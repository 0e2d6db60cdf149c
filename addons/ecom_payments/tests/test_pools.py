from odoo.tests import tagged

from .payments_case import FakeGateway, PaymentsCase, at


@tagged("post_install", "-at_install")
class TestPools(PaymentsCase):
    """What goes out and comes in again: both sides meet, and what is left is what is still away."""

    def open_on(self, account):
        items = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("reconciled", "=", False), ("parent_state", "=", "posted")]
        )
        return round(sum(items.mapped("amount_residual")), 2), len(items)

    def test_a_reserve_meets_its_release_and_the_rest_stays(self):
        self.tells("txn_h", "-80.00", kind="reserve", payout_id="po_1")
        self.pays_out("po_1")
        self.tells("txn_rel", "50.00", kind="reserve", payout_id="po_2", day=(11, 8))
        self.pays_out("po_2", day=(11, 9))
        self.look()
        self.assertEqual(self.open_on(self.gateway.dispute_account_id), (30.0, 1))

    def test_a_dispute_s_withdrawal_meets_its_return(self):
        self.orders((1, 2))
        for number in (1, 2):
            self.charge(number, payout_id="po_1")
            self.tells(
                f"txn_d{number}",
                "-16.80",
                kind="dispute",
                source_id=f"du_{number}",
                charge_id=f"ch_{number}",
                payout_id="po_1",
            )
        self.pays_out("po_1")
        self.tells(
            "txn_w", "16.80", kind="dispute_reversal", source_id="du_2", charge_id="ch_2", payout_id="po_2", day=(11, 8)
        )
        self.pays_out("po_2", day=(11, 9))
        self.look()
        self.assertEqual(self.open_on(self.gateway.dispute_account_id), (16.8, 1))
        left = self.env["account.move.line"].search(
            [("account_id", "=", self.gateway.dispute_account_id.id), ("reconciled", "=", False)]
        )
        self.assertEqual(left.ecom_transaction_id.external_id, "txn_d1", "not any dispute's")

    def test_money_that_is_changed_and_never_paid_out_leaves_its_clearing_account_too(self):
        gateway = self._set_up("running")
        self.channel.mapping_payment_ids.filtered(lambda row: row.code == "stripe").gateway_id = gateway
        dollar = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "USD")])
        dollar.active = True
        dollar.rate_ids.unlink()
        self.env["res.currency.rate"].create({"name": "2020-01-01", "currency_id": dollar.id, "rate": 1.1})
        self.channel.currency_policy = "activate"
        order = self.order(1, currency="USD")
        self.charge(1, currency="USD", fee="0.80", day=(11, 2))
        self.tells("txn_c1", "-16.00", kind="conversion", currency="USD", group_id="g", day=(11, 3))
        self.tells("txn_c2", "14.00", kind="conversion", group_id="g", day=(11, 3))
        self.pays_out("po_1", amount="14.00")
        FakeGateway.complete_until = at((11, 6))
        self.look(gateway)
        self.look(gateway)
        self.assertEqual(self.payout("txn_c1").state, "banked", "nothing to look for at the bank")
        self.assertEqual(self.payout("txn_c1").transaction_ids.mapped("external_id"), ["txn_1"])
        self.assertEqual(self.payout().transaction_ids.mapped("external_id"), ["txn_c2"])
        self.assertTrue(order.account_payment_ids.is_matched)
        self.assertEqual(self.open_on(gateway.clearing_account_id), (0, 0))
        self.assertEqual(self.entry(self.payout("txn_c1").move_ids), {"511": -14.7, "627": 0.7, "580": 14.0})
        self.assertEqual(self.open_on(gateway.transfer_account_id), (14.0, 1), "what the bank is to show")
        self.assertFalse(gateway._check_payments(), "the nightly check agrees")
        self.assertFalse(self.open_issues())

    def test_what_a_running_balance_kept_meets_what_it_paid_out_later(self):
        gateway = self._set_up("running")
        self.channel.mapping_payment_ids.filtered(lambda row: row.code == "stripe").gateway_id = gateway
        FakeGateway.complete_until = at((11, 29))
        self.order(1)
        self.charge(1)
        self.pays_out("po_1", amount="10.00")
        self.pays_out("po_2", day=(11, 8), amount="6.30")
        self.look(gateway)
        self.assertEqual(self.open_on(gateway.clearing_account_id), (0, 0))
        self.assertEqual(self.balance(gateway.transfer_account_id), 16.3)
