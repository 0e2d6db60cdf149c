"""Means of payment that nobody can be asked about: cash at the door, cheques, gift cards; from order to books."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .collected_case import CollectedCase


@tagged("post_install", "-at_install")
class TestCollected(CollectedCase):
    def test_cash_at_the_door_is_handed_over_by_the_carrier_for_many_orders(self):
        carrier = self.gateway_of("cash_on_delivery", "cod")
        self.orders((1, 2, 3), payment_method="cod", payment_method_title="At the door")
        self.assertEqual(self.balance(carrier.clearing_account_id), 50.40)
        payout, wizard = self.hand_over(carrier, "COL-0001", fee=2.40)
        self.assertEqual(wizard.amount, 48.00)
        self.assertEqual((payout.state, payout.amount), ("posted", 48.00))
        self.assertEqual(self.balance(carrier.clearing_account_id), 0)
        self.assertEqual(self.balance(carrier.fee_account_id), 2.40)
        line = self.bank_line(48.00, "VIR COL-0001")
        self.gateway._meet_bank()
        self.assertEqual((payout.state, line.ecom_payout_id), ("banked", payout))
        self.assertEqual(self.balance(carrier.transfer_account_id), 0)
        self.assertFalse(carrier._awaiting_collection())

    def test_the_carriers_list_names_orders_that_the_shop_never_says_are_paid(self):
        carrier = self.gateway_of("cash_on_delivery", "cod")
        self.orders((1, 2), payment_method="cod", date_paid_gmt=None, transaction_id="")
        self.assertEqual(self.balance(carrier.clearing_account_id), 0)
        self.carrier_lists(carrier, 1, 2)
        payments = self.env["account.payment"].search([("journal_id", "=", carrier.journal_id.id)])
        self.assertEqual(sorted(payments.ecom_order_id.mapped("number")), ["1", "2"])
        payout = carrier.transaction_ids.payout_id
        self.assertEqual((payout.state, payout.amount), ("posted", 32.00))
        self.assertEqual(self.balance(carrier.clearing_account_id), 0)
        self.assertEqual(self.balance(carrier.fee_account_id), 1.60)

    def test_cheques_are_held_then_handed_to_the_bank_on_one_slip(self):
        cheques = self.gateway_of("cheque", "cheque")
        self.assertTrue(cheques.clearing_account_id.code.startswith("5112"))
        self.orders((1, 2), status="on-hold", payment_method="cheque", date_paid_gmt=None)
        sales = self.env["ecom.order"].search([("channel_id", "=", self.channel.id)]).sale_order_id
        self.assertTrue(all(sales.mapped("ecom_awaits_money")))
        sales.action_ecom_money_arrived()
        self.assertFalse(any(sales.mapped("ecom_awaits_money")))
        self.assertEqual(self.balance(cheques.clearing_account_id), 33.60, "cheques in hand")
        sales.action_ecom_money_arrived()
        self.assertEqual(self.balance(cheques.clearing_account_id), 33.60, "once")
        payout, _wizard = self.hand_over(cheques, "REM-12")
        slip, _kind = self.env["ir.actions.report"]._render_qweb_html("ecom_payments.handover_slip_action", payout.ids)
        for words in ("REM-12", "Total of 2", "33[.,]60"):
            self.assertRegex(slip.decode(), words)
        self.bank_line(33.60, "REMISE CHEQUES REM-12")
        self.gateway._meet_bank()
        self.assertEqual(payout.state, "banked")
        self.assertEqual(self.balance(cheques.clearing_account_id), 0)

    def test_a_slip_that_was_put_together_wrongly_is_taken_back_and_made_anew(self):
        cheques = self.gateway_of("cheque", "cheque")
        self.orders((1, 2), payment_method="cheque")
        payout, _wizard = self.hand_over(cheques, "REM-1", fee=5.00)
        with self.assertRaises(UserError):
            payout.action_dissolve()
        payout.action_roll_back()
        payout.action_dissolve()
        self.assertEqual(len(cheques._awaiting_collection()), 2)
        again, _wizard = self.hand_over(cheques, "REM-2", fee=0.60)
        self.assertEqual((again.state, again.amount), ("posted", 33.00))
        self.assertEqual(self.balance(cheques.clearing_account_id), 0)
        self.assertEqual(self.balance(cheques.fee_account_id), 0.60)

    def test_a_number_is_used_once_and_a_payment_handed_over_once(self):
        cheques = self.gateway_of("cheque", "cheque")
        self.order(1, payment_method="cheque")
        action = cheques.action_hand_over()
        late = self.env["ecom.gateway.handover"].with_context(**action["context"]).create({"reference": "REM-9"})
        self.hand_over(cheques, "REM-1")
        with self.assertRaisesRegex(UserError, "by now"):
            late.action_hand_over()
        late.fee = -0.01
        with self.assertRaisesRegex(UserError, "positive"):
            late.action_hand_over()
        late.fee = 0
        late.reference = "REM-1"
        with self.assertRaisesRegex(UserError, "another number"):
            late.action_hand_over()

    def test_a_gift_card_is_a_debt_that_shrinks(self):
        cards = self.gateway_of("gift_card", "giftcard")
        debt = cards.clearing_account_id
        self.assertEqual((debt.account_type, debt.code[:4]), ("liability_current", "4191"))
        self.assertFalse(cards.fee_account_id | cards.transfer_account_id)
        self.assertEqual(cards.state, "connected")
        # The card was sold: what its product earns is a debt.
        sold = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.env["res.partner"].create({"name": "Giver"}).id,
                "invoice_line_ids": [
                    Command.create({"name": "Gift card", "price_unit": 50, "account_id": debt.id, "tax_ids": False})
                ],
            }
        )
        sold.action_post()
        self.assertEqual(self.balance(debt), -50.00)
        order = self.order(1, payment_method="giftcard", payment_method_title="Gift card")
        self.assertEqual(self.balance(debt), -33.20, "what may still be bought for")
        self.assertEqual(order.sale_order_id.invoice_ids.payment_state, "paid")

    def test_many_payments_handed_over_cost_as_many_look_ups_as_few(self):
        cheques = self.gateway_of("cheque", "cheque")

        def cost(first, count):
            self.orders(range(first, first + count), payment_method="cheque")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.hand_over(cheques, f"REM-{first}")
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(100, 1)
        few, many = cost(200, 3), cost(300, 9)
        self.assertLessEqual(many, few + 6 * 3, f"{few} and {many}")
