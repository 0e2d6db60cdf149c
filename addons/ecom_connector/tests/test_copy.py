import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import new_test_user, tagged

from ..models.channels.channel_connection import EcomChannel as Connection
from ..models.channels.channel_copy import EcomChannel as Copy
from ..platforms.base import ConnectionReport, PlatformError
from ..platforms.transport import Response, Transport
from .shop_case import ShopCase, woo_order

SHOP = {
    "url": "http://127.0.0.1:8090/copies/1",
    "page": "http://127.0.0.1:8090/copies/1/shop",
    "credentials": {"consumer_key": "ck_copy", "consumer_secret": "cs_copy"},
}


@tagged("post_install", "-at_install")
class TestCopy(ShopCase):
    """A merchant plays on a neutralised copy: nothing of it reaches the shop, and the sandbox stands in for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "play_manager", "base.group_user,ecom_connector.group_manager")

    def neutralise(self):
        """What Odoo does to a copy, as far as Odoo itself and this addon say."""
        self.env.flush_all()
        for query in get_neutralization_queries(["base", "ecom_connector"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()

    def sandbox(self, *errors):
        """Let the sandbox fail so often, then answer, instead of being called; returns the list of what it is told."""
        told, queue = [], list(errors)

        def request(_transport, method, url, **options):
            told.append((method, url, options["json"]))
            if queue:
                raise queue.pop(0)
            return Response(200, {}, json.dumps(SHOP).encode())

        self.startPatcher(patch.object(Transport, "request", request))
        self.startPatcher(patch.object(Copy, "_try_sandbox", lambda _channel, _answer: ConnectionReport("ok")))
        return told

    def test_a_production_database_is_never_moved_to_the_sandbox(self):
        told = self.sandbox()
        for user in (self.manager, self.env.ref("base.user_admin")):
            with self.assertRaisesRegex(UserError, "in production"):
                self.channel.with_user(user).action_connect_sandbox()
        self.assertEqual(told, [])
        self.assertFalse(self.channel.in_copy)
        self.assertEqual(self.channel.url, "http://127.0.0.1:9")

    def test_only_who_manages_channels_may(self):
        self.neutralise()
        told = self.sandbox()
        for role in ("preparer", "service", "accountant", "api"):
            user = new_test_user(self.env, f"play_{role}", f"base.group_user,ecom_connector.group_{role}")
            for channels in (self.channel, self.env["ecom.channel"]):
                with self.subTest(role), self.assertRaises(AccessError):
                    channels.with_user(user).action_connect_sandbox()
        self.assertEqual(told, [])

    def test_neutralising_leaves_nothing_that_speaks_to_a_shop(self):
        api = new_test_user(self.env, "play_shop", "base.group_user,ecom_connector.group_api")
        keys = self.env["res.users.apikeys"]
        self.env.cr.execute(
            "INSERT INTO res_users_apikeys (name, user_id, scope, index, key) VALUES ('k', %s, 'rpc', 'abcdefgh', 'x'),"
            " ('k', %s, 'rpc', 'abcdefgi', 'x')",
            [api.id, self.manager.id],
        )
        self.channel.credential_ids[0].value = "ck_secret"
        order = self.receive(woo_order(1))
        message = self.env["ecom.command"].create(
            {"channel_id": self.channel.id, "order_id": order.id, "kind": "state", "value": "confirmed", "key": "k"}
        )
        event = self.env["ecom.event"].create({"channel_id": self.channel.id, "event_id": "e", "kind": "order"})
        self.neutralise()
        self.assertEqual((self.channel.state, self.channel.environment), ("draft", "sandbox"))
        self.assertFalse(any(self.channel.credential_ids.mapped("value")))
        self.assertFalse(self.channel.webhook_token or self.channel.webhook_secret or self.channel.webhooks_active)
        self.assertEqual((message.state, event.state), ("cancelled", "ignored"))
        self.assertFalse(any(self.channel.cron_ids.mapped("active")), "no lane runs")
        self.assertEqual(keys.search([("user_id", "in", (api | self.manager).ids)]).user_id, self.manager)
        self.channel.url = "https://shop.example"
        self.assertEqual(self.channel._platform().test_connection().code, "neutralized")

    def test_one_button_connects_all_channels_that_the_user_sees(self):
        order = self.receive(woo_order(41))
        self.channel.company_id.partner_id.lang = "fr_FR"
        self.mug.with_context(lang="fr_FR").name = "Tasse"
        external = self.env["ecom.channel"].create(
            {"name": "Caisse", "platform": "external", "url": "https://till.example"}
        )
        self.neutralise()
        told = self.sandbox()
        action = self.env["ecom.channel"].with_user(self.manager).action_connect_sandbox()
        (first, second) = [body for _method, _url, body in told]
        self.assertEqual({url for _method, url, _body in told}, {"http://127.0.0.1:8090/sandbox/adopt"})
        self.assertEqual((first["platform"], first["name"], first["country"]), ("woocommerce", "Boutique", "FR"))
        self.assertEqual(first["highest"]["orders"], "41")
        (mug,) = first["products"]
        self.assertEqual((mug["sku"], mug["name"], mug["stock"]), ("MUG", "Tasse", 98))
        self.assertTrue(mug["product_id"])
        self.assertEqual([raw["id"] for raw in second["orders"]], [41])
        self.assertEqual(first["shop"], second["shop"])
        self.assertEqual((self.channel.url, self.channel.state), (SHOP["url"], "connected"))
        self.assertEqual(self.channel.credential_ids.filtered("value").mapped("value"), ["ck_copy", "cs_copy"])
        self.assertTrue(self.channel.webhook_token and self.channel.webhook_secret)
        self.assertIn("http://127.0.0.1:", self.channel._webhook_address())
        self.assertTrue(all(self.channel.cron_ids.mapped("active")))
        self.assertEqual((external.state, external.environment), ("connected", "sandbox"))
        self.assertIn("Caisse", action["params"]["message"])
        self.assertEqual([link["url"] for link in action["params"]["links"]], [SHOP["page"]])
        self.assertNotIn("cs_copy", str(action))
        self.assertEqual(order.sale_order_id.state, "sale")

    def test_a_channel_that_has_sold_nothing_plays_with_the_company_s_products(self):
        self.neutralise()
        told = self.sandbox()
        self.channel.action_connect_sandbox()
        known = {row["sku"]: row["product_id"] for row in told[0][2]["products"]}
        self.assertLessEqual({"MUG", "PEN"}, set(known))
        self.assertEqual(set(known.values()), {""})
        self.assertEqual(len(told), 1, "no orders, no second part")

    def test_the_copy_knows_products_by_the_skus_that_the_merchant_mapped(self):
        self.mug.barcode = "WEB-1"
        self.env["ecom.field.mapping"].create(
            {"channel_id": self.channel.id, "target": "offer.sku", "source_field": "barcode"}
        )
        self.neutralise()
        told = self.sandbox()
        self.channel.action_connect_sandbox()
        known = {row["sku"]: row["name"] for row in told[0][2]["products"]}
        self.assertEqual((known["WEB-1"], known[self.pen.barcode]), ("Mug", "Stylo"))
        self.assertFalse({"MUG", "PEN", ""} & known.keys())

    def test_a_sandbox_that_does_not_run_is_told_with_the_command_that_starts_it(self):
        self.neutralise()
        self.sandbox(PlatformError("unreachable", "no connection"))
        with self.assertRaisesRegex(UserError, "make sandbox"):
            self.channel.action_connect_sandbox()
        self.assertEqual(self.channel.state, "draft")

    def test_a_shop_that_the_sandbox_cannot_play_is_named_and_the_others_go_on(self):
        other = self.channel.copy({"name": "Bazar"})
        self.neutralise()
        self.sandbox(PlatformError("refused", "the sandbox plays woocommerce, not bazaar"))
        action = (self.channel | other).with_user(self.manager).action_connect_sandbox()
        self.assertEqual(sorted((self.channel | other).mapped("state")), ["connected", "draft"])
        self.assertIn("not bazaar", action["params"]["message"])
        self.assertEqual(action["params"]["type"], "warning")

    def test_a_shop_elsewhere_than_on_this_machine_is_refused(self):
        self.neutralise()
        for url in ("https://shop.example", "http://10.0.0.1:8090", "", None):
            with self.subTest(url), self.assertRaises(PlatformError):
                self.channel._try_sandbox(SHOP | {"url": url})
        self.env["ir.config_parameter"].set_param("ecom_connector.sandbox_url", "https://shop.example")
        with self.assertRaisesRegex(UserError, "switched off"):
            self.channel.action_connect_sandbox()

    def test_the_button_for_all_is_there_in_a_copy_only(self):
        view = self.env.ref("ecom_connector.ecom_channel_view_dashboard").with_context(lang="en_US")
        arch = self.env["ecom.channel"].get_view(view.id, "kanban")["arch"]
        self.assertNotIn("Connect All to the Sandbox", arch)
        self.neutralise()
        arch = self.env["ecom.channel"].get_view(view.id, "kanban")["arch"]
        self.assertIn("Connect All to the Sandbox", arch)

    def test_connecting_by_hand_in_a_copy_makes_new_webhook_secrets(self):
        self.neutralise()
        report = ConnectionReport("ok")
        self.startPatcher(patch.object(Connection, "_check_connection", lambda _channel: report))
        self.channel.action_connect()
        self.assertTrue(self.channel.webhook_token and self.channel.webhook_secret)
