from odoo.exceptions import UserError
from odoo.tests import tagged

from .sandbox_case import SandboxCase


@tagged("post_install", "-at_install")
class TestShopifyPayments(SandboxCase):
    """Money that a Shopify shop collects by itself: its channel is asked, and its orders' ids tell whose it is."""

    def setUp(self):
        super().setUp()
        from sandbox.shopify.site import ShopifySite

        self.sandbox.sites.append(ShopifySite(self.sandbox))
        self.channel = self.env["ecom.channel"].create(
            {
                "name": "Lumière",
                "platform": "shopify",
                "url": self.server.url,
                "import_from": False,
                "state": "connected",
                "invoice_policy": "confirmed",
            }
        )
        keys = {"access_token": "shpat_sandbox", "client_secret": "shpss_sandbox"}
        for row in self.channel.credential_ids:
            row.value = keys.get(row.key)
        self.control("shopify/products", {"sku": "MUG", "name": "Mug", "price": "20.00", "quantity": 100})
        wizard = self.env["ecom.gateway.setup"].create(
            {"kind": "shopify_payments", "channel_ids": [(6, 0, self.channel.ids)]}
        )
        wizard.action_set_up()
        self.shopify = wizard.gateway_id
        self.shopify.import_from = "2026-01-01 00:00:00"
        self.env["ecom.payment.mapping"].create(
            {"channel_id": self.channel.id, "code": "shopify_payments", "gateway_id": self.shopify.id}
        )

    def buy(self):
        return self.control("shopify/orders", {"lines": [{"sku": "MUG", "quantity": 1}]})["id"]

    def read_orders(self, *ids):
        self.receive(*self.channel._platform().read_orders_by_id(ids))

    def test_the_assistant_connects_it_without_keys(self):
        self.assertEqual(self.shopify.state, "connected")
        self.assertFalse(self.shopify.sudo().credential_ids)

    def test_orders_refunds_and_fees_up_to_the_payout(self):
        ids = [self.buy(), self.buy()]
        self.read_orders(*ids)
        self.control(f"shopify/orders/{ids[1]}/refund", {"amount": "5.00"})
        self.control("shopify/balance/moves", {"type": "RESERVED_FUNDS", "value": "-3.00"})
        self.control("shopify/balance/payouts", {})
        self.look(self.shopify)
        self.look(self.shopify)
        rows = self.shopify.transaction_ids
        charges = rows.filtered(lambda row: row.kind == "charge")
        self.assertEqual(sorted(charges.order_id.mapped("external_id")), sorted(ids))
        refund = rows.filtered(lambda row: row.kind == "refund")
        self.assertEqual((refund.order_id.external_id, refund.state), (ids[1], "matched"))
        payout = rows.payout_id
        self.assertEqual(payout.state, "posted")
        self.assertEqual(self.balance(self.shopify.transfer_account_id), payout.amount)
        self.assertEqual(self.balance(self.shopify.clearing_account_id), 0)
        self.assertEqual(self.balance(self.shopify.dispute_account_id), 3.00)
        self.assertEqual(self.balance(self.shopify.unknown_account_id), 0)

    def test_it_needs_a_shop_that_pays_out(self):
        other = self.env["ecom.channel"].create({"name": "Woo", "url": "http://127.0.0.1:9", "import_from": False})
        self.shopify.channel_ids = other
        with self.assertRaisesRegex(UserError, "pays out"):
            self.shopify.action_test_connection()
