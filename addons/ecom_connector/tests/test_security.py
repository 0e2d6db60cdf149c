from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .shop_case import ShopCase, woo_order


@tagged("post_install", "-at_install")
class TestSecurity(ShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roles = {
            role: new_test_user(cls.env, f"ecom_{role}", f"base.group_user,ecom_connector.group_{role}")
            for role in ("preparer", "service", "accountant", "manager", "api")
        }

    def test_only_managers_change_channels(self):
        for role in ("preparer", "service", "accountant"):
            channel = self.channel.with_user(self.roles[role])
            self.assertEqual(channel.name, "Boutique")
            with self.assertRaises(AccessError):
                channel.name = "Mine"
        self.channel.with_user(self.roles["manager"]).name = "Ours"

    def test_secrets_are_for_system_administrators_only(self):
        self.channel.credential_ids[0].value = "cs_secret"
        for role in self.roles.values():
            with self.assertRaises(AccessError):
                self.env["ecom.credential"].with_user(role).search([])
            with self.assertRaises(AccessError):
                self.channel.with_user(role).read(["webhook_secret"])

    def test_only_system_administrators_have_keys_sent_to_another_address(self):
        channel = self.channel.with_user(self.roles["manager"])
        channel.url = "https://typo.example"
        self.channel.credential_ids[0].value = "cs_secret"
        channel.url = "https://typo.example"
        with self.assertRaisesRegex(AccessError, "keys of Boutique"):
            channel.url = "https://elsewhere.example"
        self.assertEqual(self.channel.url, "https://typo.example")
        self.channel.url = "https://shop.example"

    def test_a_user_sees_only_own_channels(self):
        self.receive(woo_order(1))
        stranger = self.roles["service"]
        self.assertTrue(self.env["ecom.order"].with_user(stranger).search([("channel_id", "=", self.channel.id)]))
        self.channel.user_ids = self.roles["preparer"]
        self.assertFalse(self.env["ecom.order"].with_user(stranger).search([("channel_id", "=", self.channel.id)]))
        self.assertTrue(self.env["ecom.order"].with_user(self.roles["manager"]).search([]))

    def test_another_company_sees_nothing(self):
        self.receive(woo_order(1))
        other = self.env["res.company"].create({"name": "Autre"})
        user = new_test_user(
            self.env,
            "ecom_other",
            "base.group_user,ecom_connector.group_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for model in ("ecom.channel", "ecom.order", "ecom.order.line"):
            self.assertFalse(self.env[model].with_user(user).search([]), model)

    def test_different_people_of_another_company_are_not_shown(self):
        other = self.env["res.company"].create({"name": "Autre"})
        ours, theirs = self.env["res.partner"].create([{"name": "Marie"}, {"name": "Marie", "company_id": other.id}])
        Distinct = self.env["ecom.customer.distinct"]
        Distinct._remember(ours, theirs)
        Distinct._remember(ours, ours.copy())
        self.assertEqual(len(Distinct.with_user(self.roles["service"]).search([("partner_id", "=", ours.id)])), 1)

    def test_every_record_of_ours_has_a_rule_for_companies(self):
        models = self.env["ir.model"].search([("model", "=like", "ecom.%"), ("transient", "=", False)])
        stored = [name for name in models.mapped("model") if name in self.env and not self.env[name]._abstract]
        ruled = self.env["ir.rule"].search([("model_id.model", "in", stored), ("groups", "=", False)])
        self.assertEqual(set(stored) - set(ruled.mapped("model_id.model")) - {"ecom.credential", "ecom.token"}, set())

    def test_an_api_user_sees_no_channel_that_does_not_name_it(self):
        api = self.roles["api"]
        rule = self.env["ir.rule"].with_user(api)._compute_domain("ecom.channel", "read")
        self.assertNotIn(self.channel, self.env["ecom.channel"].search(rule))
        self.channel.user_ids = api
        self.assertIn(self.channel, self.env["ecom.channel"].search(rule))

    def test_a_salesperson_without_a_shop_role_confirms_and_cancels_shop_orders(self):
        seller = new_test_user(self.env, "seller", "base.group_user,sales_team.group_sale_salesman_all_leads")
        order = self.receive(woo_order(1, status="on-hold", date_paid_gmt=None))
        order.sale_order_id.with_user(seller).action_confirm()
        order.sale_order_id.with_user(seller)._action_cancel()
        self.assertEqual(order.sale_order_id.state, "cancel")

    def test_customer_service_settles_issues(self):
        order = self.receive(woo_order(1, lines=[("NEW", 2, "10.00", "2.00")]))
        issue = self.open_issues(order).with_user(self.roles["service"])
        issue.action_fix()
        self.assertEqual((issue.state, order.state), ("solved", "received"))
        self.assertTrue(self.env["product.product"].search([("default_code", "=", "NEW")]))
        with self.assertRaises(AccessError):
            issue.with_user(self.roles["preparer"]).action_fix()

    def test_nobody_acts_on_what_is_not_theirs_to_change(self):
        order = self.receive(woo_order(1, lines=[("NEW", 2, "10.00", "2.00")]))
        command = self.env["ecom.command"].create(
            {"channel_id": self.channel.id, "order_id": order.id, "kind": "state", "value": "confirmed", "key": "k"}
        )
        event = self.env["ecom.event"].create({"channel_id": self.channel.id, "event_id": "e", "kind": "order"})
        issue = self.open_issues(order)
        for record, method in (
            (order, "action_retry"),
            (command, "action_retry"),
            (command, "action_cancel"),
            (event, "action_replay"),
            (issue, "action_fix"),
            (issue, "action_dismiss"),
            (self.channel, "action_pause"),
            (self.channel, "action_connect"),
        ):
            for role in ("preparer", "api"):
                with self.subTest(method, model=record._name, role=role), self.assertRaises(AccessError):
                    getattr(record.with_user(self.roles[role]), method)()

    def test_several_issues_of_one_cause_are_settled_in_one_go(self):
        self.receive(*(woo_order(n, lines=[("NEW", 2, "10.00", "2.00")]) for n in (1, 2, 3)))
        issues = self.open_issues().with_user(self.roles["service"])
        self.assertEqual(len(issues), 3)
        issues.action_fix()
        self.assertEqual(set(issues.mapped("state")), {"solved"})

    def test_a_neutralised_copy_speaks_to_no_shop(self):
        self.channel.credential_ids[0].value = "ck_secret"
        self.env.flush_all()
        from odoo.tools import file_open

        with file_open("ecom_connector/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual((self.channel.state, self.channel.environment), ("draft", "sandbox"))
        self.assertFalse(self.channel.credential_ids[0].value)
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "1")
        self.channel.url = "https://shop.example"
        report = self.channel._platform().test_connection()
        self.assertFalse(report.ok)
