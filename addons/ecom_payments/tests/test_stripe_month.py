from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.tests import tagged

from .sandbox_case import SandboxCase

ORDERS = 12


@tagged("post_install", "-at_install")
class TestStripeMonth(SandboxCase):
    """A month at a Stripe account over HTTP: charges, refunds, disputes, fees, reserves and payouts of the sandbox."""

    def setUp(self):
        super().setUp()
        from sandbox.stripe.site import StripeSite

        self.sandbox.sites.append(StripeSite(self.sandbox))
        self.stripe = self._set_up("stripe", url=f"{self.server.url}/stripe")
        self.stripe.credential_ids.filtered(lambda row: row.key == "api_key").value = "sk_test_sandbox"
        self.channel.mapping_payment_ids.filtered(lambda row: row.code == "stripe").gateway_id = self.stripe

    def test_every_cent_of_a_month_is_explained(self):
        self.stripe.action_test_connection()
        paid = [f"2026-10-{2 + 2 * number:02d}T10:00:00" for number in range(ORDERS)]
        self.receive(
            *(
                woo_order(number, transaction_id=f"pi_{number:08d}", date_paid_gmt=moment, date_created_gmt=moment)
                for number, moment in enumerate(paid, start=1)
            )
        )
        self.control(
            "stripe/month",
            {
                "month": "2026-10",
                "orders": [
                    {
                        "order": str(number),
                        "amount": "16.80",
                        "currency": "EUR",
                        "created": f"{moment}Z",
                        "payment_intent": f"pi_{number:08d}",
                    }
                    for number, moment in enumerate(paid, start=1)
                ],
            },
        )
        self.look(self.stripe)
        self.assertTrue(self.stripe.webhook_active, self.stripe.webhook_error)
        self.look(self.stripe)
        rows = self.stripe.transaction_ids
        charges = rows.filtered(lambda row: row.kind == "charge")
        self.assertEqual(len(charges), ORDERS)
        self.assertEqual(set(charges.mapped("state")), {"matched"})
        refunds = rows.filtered(lambda row: row.kind == "refund")
        self.assertEqual(set(refunds.mapped("state")) - {"matched"}, set())
        taken = rows.filtered(lambda row: row.kind == "dispute")
        self.assertEqual(taken.dispute_id.order_id, taken.order_id, "disputes know their money and their order")
        self.assertEqual(len(taken.dispute_id), len(taken))
        payouts = self.env["ecom.payout"].search([("gateway_id", "=", self.stripe.id)])
        self.assertTrue(payouts)
        sent = payouts.filtered(lambda payout: payout.status in ("paid", "in_transit"))
        self.assertEqual(set(sent.mapped("state")), {"posted"})
        transfer = self.balance(self.stripe.transfer_account_id)
        self.assertEqual(transfer, round(sum(sent.mapped("amount")), 2))
        explained = self.env["ecom.clearing.line"].search([("gateway_id", "=", self.stripe.id)])
        self.assertEqual(round(sum(explained.mapped("amount")), 2), self.balance(self.stripe.clearing_account_id))
        self.assertFalse(explained.filtered(lambda row: row.cause in ("difference", "other", "booking")))
        verdicts = self.env["ecom.payment.check"].search([("gateway_id", "=", self.stripe.id)]).mapped("verdict")
        self.assertEqual(set(verdicts), {"agree"})
        waiting = rows.filtered(lambda row: not row.payout_id)
        expected = round(sum(row.amount for row in waiting if row.kind in ("charge", "refund")), 2)
        self.assertEqual(self.balance(self.stripe.clearing_account_id), expected, "what no payout brought yet")

    def test_a_replay_of_the_month_changes_nothing(self):
        self.order(1, transaction_id="pi_00000001", date_paid_gmt="2026-10-05T10:00:00")
        self.control("stripe/month", {"month": "2026-10", "charges": 30})
        self.look(self.stripe)
        before = self.env["account.move"].search_count([("company_id", "=", self.env.company.id)])
        rows = len(self.stripe.transaction_ids)
        self.stripe.progress = False
        self.look(self.stripe)
        self.assertEqual(self.env["account.move"].search_count([("company_id", "=", self.env.company.id)]), before)
        self.assertEqual(len(self.stripe.transaction_ids), rows)
