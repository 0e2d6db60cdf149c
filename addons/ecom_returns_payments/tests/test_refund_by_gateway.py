from datetime import datetime
from unittest.mock import patch

from odoo.addons.ecom_connector.platforms.facts import CommandResult
from odoo.addons.ecom_payments.gateways.base import GatewayCapabilities
from odoo.addons.ecom_payments.tests.payments_case import FakeGateway, PaymentsCase
from odoo.addons.ecom_returns.tests.money_case import MoneyReturnsCase, PayingShop
from odoo.tests import tagged


class PayingGateway(FakeGateway):
    """Pays each key once, or says what it was told to."""

    code = "paying"
    name = "Paying"
    capabilities = GatewayCapabilities(transactions=True, payouts=True, composition=True, refunds=True)
    made = {}
    answers = []

    def refund(self, charge_id, amount, currency, key, *, reason="", note=""):
        if PayingGateway.answers:
            return PayingGateway.answers.pop(0)
        PayingGateway.made.setdefault(key, (charge_id, str(amount), currency, note))
        return CommandResult(ok=True, external_id=f"re_{len(PayingGateway.made)}")


@tagged("post_install", "-at_install")
class TestRefundByGateway(PaymentsCase, MoneyReturnsCase):
    """Goods come back, and the gateway that collected the money gives it back, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(type(cls.gateway), "_gateway_class", lambda _gateway: PayingGateway))
        cls.order = cls().shipped(1)

    @classmethod
    def _set_up(cls, kind, **values):
        cls.channel.mapping_payment_ids.filtered(lambda row: row.code == "stripe").unlink()
        return super()._set_up(kind, **values)

    def setUp(self):
        super().setUp()
        PayingGateway.made, PayingGateway.answers = {}, []
        self.mapping = self.channel.mapping_payment_ids.filtered(lambda row: row.code == "stripe")
        self.mapping.pays_back = "gateway"

    def collect(self):
        """The order is paid through the gateway."""
        self.charge(1)
        self.look()
        self.assertTrue(self.order._collected(self.key(self.order)))

    def key(self, order):
        ((key, _payment),) = order._received_payments()
        return key

    def ask_gateway(self):
        channel = self.channel._work_env()
        self.startPatcher(patch.object(type(channel), "_in_transaction", lambda _channel, work: work()))
        self.startPatcher(patch.object(type(channel), "_before_http", lambda _channel: None))
        while commands := channel.env["ecom.command"]._due(channel, "gateway_refund", 20):
            channel._send(PayingShop.__new__(PayingShop), "gateway_refund", commands)
            self.env.flush_all()
        self.env.invalidate_all()

    def test_it_is_paid_back_once_and_booked_once(self):
        self.collect()
        found = self.returned(self.order)
        found.action_settle()
        refund = found.refund_ids
        self.assertEqual((refund.way, refund.state), ("gateway", "pending"))
        self.ask_gateway()
        self.assertEqual((refund.state, refund.external_id), ("done", "re_1"))
        self.assertEqual(list(PayingGateway.made.values()), [("ch_1", "16.80", "EUR", found.name)])
        self.assertFalse(PayingShop.made, "the shop is not asked as well")
        payment = refund.account_payment_id
        self.assertEqual((payment.journal_id, payment.amount), (self.gateway.journal_id, 16.80))
        self.assertEqual(found.credit_note_ids.amount_residual, 0)
        # The gateway tells of it later: the same payment, no other.
        self.tells("txn_r", "-16.80", kind="refund", reference="ch_1", source_id="re_1")
        self.look()
        self.assertEqual(self.transaction("txn_r").account_payment_id, payment)
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)

    def test_a_lost_answer_is_asked_again_with_the_same_key(self):
        self.collect()
        PayingGateway.answers = [CommandResult(ok=False, message="Timeout", in_doubt=True, code="timeout")]
        found = self.returned(self.order, {"MUG": 1})
        found.action_settle()
        self.ask_gateway()
        self.assertEqual(found.refund_ids.state, "pending")
        command = found.refund_ids.command_ids
        command.next_try_at = datetime(2026, 1, 1)
        self.ask_gateway()
        self.assertEqual((found.refund_ids.state, list(PayingGateway.made)), ("done", [command.key]))

    def test_what_it_refuses_can_be_asked_again(self):
        PayingGateway.answers = [CommandResult(ok=False, message="Insufficient funds")]
        self.collect()
        found = self.returned(self.order, {"MUG": 1})
        found.action_settle()
        self.ask_gateway()
        refund = found.refund_ids
        self.assertEqual((refund.state, refund.last_answer), ("failed", "Insufficient funds"))
        refund.action_try_again()
        self.ask_gateway()
        self.assertEqual((refund.state, len(PayingGateway.made)), ("done", 1))

    def test_what_was_paid_back_in_the_gateways_own_pages_is_not_paid_again(self):
        self.collect()
        self.tells("txn_r", "-16.80", kind="refund", reference="ch_1", source_id="re_9")
        self.look()
        found = self.returned(self.order)
        found.action_settle()
        self.ask_gateway()
        self.assertFalse(PayingGateway.made or found.refund_ids)
        self.assertEqual(found.credit_note_ids.amount_residual, 0, "its payment is matched with the credit note")

    def test_what_waits_to_be_paid_by_hand_and_is_paid_in_the_gateways_pages_counts_once(self):
        self.mapping.pays_back = "hand"
        self.collect()
        first = self.returned(self.order, {"MUG": 1})
        first.action_settle()
        self.assertEqual((first.refund_ids.state, first.refund_ids.amount), ("todo", 6.0))
        self.tells("txn_r", "-6.00", kind="refund", reference="ch_1", source_id="re_9")
        self.look()
        last = self.returned(self.order)
        last.refund_rest = True
        last.action_settle()
        self.assertEqual(last.refund_ids.amount, 10.80, "all that is left of 16.80")

    def test_without_the_gateways_payment_somebody_pays_by_hand(self):
        found = self.returned(self.order, {"MUG": 1})
        found.action_settle()
        self.assertEqual((found.refund_ids.way, found.refund_ids.state), ("hand", "todo"))

    def test_a_shop_that_can_is_asked_where_the_merchant_wants_it(self):
        self.mapping.pays_back = "shop"
        self.collect()
        found = self.returned(self.order, {"MUG": 1})
        found.action_settle()
        self.assertEqual(found.refund_ids.way, "shop")
