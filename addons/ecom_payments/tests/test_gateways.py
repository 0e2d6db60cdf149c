from odoo import Command
from odoo.addons.ecom_connector.platforms.facts import CONNECTION_CODES, ConnectionReport
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .payments_case import FakeGateway, PaymentsCase


@tagged("post_install", "-at_install")
class TestGateways(PaymentsCase):
    def test_the_assistant_makes_journal_and_accounts(self):
        gateway = self.gateway
        self.assertEqual(gateway.journal_id.type, "bank")
        self.assertTrue(gateway.clearing_account_id.code.startswith("5118"))
        self.assertTrue(gateway.clearing_account_id.reconcile)
        self.assertTrue(gateway.fee_account_id.code.startswith("627"))
        self.assertTrue(gateway.transfer_account_id.code.startswith("580"))
        self.assertTrue(gateway.transfer_account_id.reconcile)
        self.assertTrue(gateway.unknown_account_id.code.startswith("471"))
        lines = gateway.journal_id.inbound_payment_method_line_ids | gateway.journal_id.outbound_payment_method_line_ids
        self.assertEqual(lines.payment_account_id, gateway.clearing_account_id)
        mapping = self.channel.mapping_payment_ids.filtered(lambda row: row.code == "stripe")
        self.assertEqual(mapping.journal_id, gateway.journal_id)

    def test_the_accounts_are_named_in_each_language(self):
        account = self.gateway.clearing_account_id
        self.assertEqual(account.with_context(lang="en_US").name, "Carte – awaiting payout")
        self.assertEqual(account.with_context(lang="fr_FR").name, "Carte – en attente")

    def test_a_second_gateway_gets_a_clearing_account_and_a_journal_code_of_its_own(self):
        other = self._set_up("running")
        self.assertNotEqual(other.clearing_account_id, self.gateway.clearing_account_id)
        self.assertNotEqual(other.journal_id.code, self.gateway.journal_id.code)
        self.assertEqual(other.transfer_account_id, self.gateway.transfer_account_id)

    def test_an_account_that_cannot_be_reconciled_is_refused(self):
        with self.assertRaises(ValidationError):
            self.gateway.clearing_account_id = self.gateway.fee_account_id

    def test_an_account_with_open_items_is_not_left(self):
        gateway = self.gateway
        other = gateway.clearing_account_id.copy({"code": "511899"})
        journal = gateway.journal_id.copy({"code": "CART9"})
        shared = self._set_up("running").transfer_account_id
        self.order(1)
        self.charge(1, payout_id="po_1")
        for values in ({"clearing_account_id": other.id}, {"journal_id": journal.id}):
            with self.subTest(values), self.assertRaisesRegex(UserError, r"Carte.*16[.,]80.*\(1\).*5118"):
                gateway.write(values)
        gateway.transfer_account_id = gateway.transfer_account_id.copy({"code": "580899"})
        self.pays_out("po_1")
        self.look()
        with self.assertRaisesRegex(UserError, r"16[.,]30.*\(1\).*580899"):
            gateway.transfer_account_id = shared
        # Nothing is open in the clearing account any more.
        gateway.write({"clearing_account_id": other.id, "journal_id": journal.id, "name": "Carte 9"})
        self.assertEqual(journal.inbound_payment_method_line_ids.payment_account_id, other)

    def test_a_wrong_key_is_said_and_connects_nothing(self):
        self.gateway.state = "draft"
        self.gateway.credential_ids.value = "wrong"
        with self.assertRaisesRegex(UserError, "refuses the key"):
            self.gateway.action_connect()
        self.gateway.credential_ids.value = "right"
        self.gateway.action_connect()
        self.assertEqual(self.gateway.state, "connected")

    def test_secrets_are_for_system_administrators_and_gateways_for_managers(self):
        accountant = new_test_user(self.env, "pay_accountant", "base.group_user,ecom_connector.group_accountant")
        manager = new_test_user(self.env, "pay_manager", "base.group_user,ecom_connector.group_manager")
        shop = new_test_user(self.env, "pay_api", "base.group_user,ecom_connector.group_api")
        self.assertEqual(self.gateway.with_user(accountant).name, "Carte")
        for user in (accountant, manager):
            with self.assertRaises(AccessError):
                self.env["ecom.gateway.credential"].with_user(user).search([])
        with self.assertRaises(AccessError):
            self.gateway.with_user(accountant).name = "Mine"
        self.gateway.with_user(manager).name = "Ours"
        with self.assertRaises(AccessError):
            self.env["ecom.gateway.transaction"].with_user(shop).search([])

    def test_where_the_keys_are_sent_to_is_for_system_administrators(self):
        manager = new_test_user(self.env, "pay_manager", "base.group_user,ecom_connector.group_manager")
        gateway = self.gateway.with_user(manager)
        with self.assertRaises(AccessError):
            gateway.url = "https://elsewhere.example"
        self.gateway.url = "https://sandbox.example"
        self.assertEqual(gateway._connection().url, "https://sandbox.example", "whoever tests the keys need not see it")

    def test_keys_never_travel_unprotected(self):
        with self.assertRaisesRegex(ValidationError, "Carte.*https"):
            self.gateway.url = "http://elsewhere.example"
        self.gateway.url = "http://127.0.0.1:8069"

    def test_whatever_a_connection_test_finds_is_said_in_a_sentence(self):
        for code in CONNECTION_CODES:
            with self.subTest(code):
                words = self.gateway._explain(ConnectionReport(code))
                self.assertTrue(words.endswith(".") and " " in words, words)

    def test_a_gateway_that_breaks_says_so_rests_and_comes_back(self):
        def broken(_gateway, _since, _cursor=""):
            raise RuntimeError("no such thing")

        read = FakeGateway.read_transactions
        self.patch(FakeGateway, "read_transactions", broken)
        self.patch(self.env.cr, "rollback", lambda: None)
        with self.assertLogs("odoo.addons.ecom_payments", "ERROR"):
            self.gateway._run_lane()
        self.assertIn("no such thing", self.gateway.last_error)
        self.assertEqual(self.open_issues().code, "gateway_failed")
        self.patch(FakeGateway, "read_transactions", read)
        self.gateway.action_look_now()
        self.look()
        self.assertFalse(self.open_issues())

    def test_the_assistant_takes_the_keys_tests_them_and_connects(self):
        def set_up(key):
            wizard = self.env["ecom.gateway.setup"].create(
                {"kind": "running", "name": key, "channel_ids": [Command.set(self.channel.ids)]}
            )
            wizard.key_ids.value = key
            return wizard, wizard.action_set_up()

        wizard, action = set_up("right")
        gateway = wizard.gateway_id
        self.assertEqual((gateway.state, action["params"]["type"]), ("connected", "success"))
        self.assertEqual(action["params"]["next"]["res_id"], gateway.id)
        self.assertEqual(gateway.credential_ids.value, "right")
        self.assertFalse(wizard.key_ids.value, "kept in one place only")
        wizard, action = set_up("wrong")
        self.assertEqual((wizard.gateway_id.state, action["params"]["type"]), ("draft", "warning"))
        self.assertIn("refuses the key", action["params"]["message"])

    def test_the_assistant_names_it_as_the_kind_until_a_person_does(self):
        with Form(self.env["ecom.gateway.setup"]) as form:
            form.kind = "stripe"
            self.assertEqual((form.name, form.journal_code), ("Stripe", "STRI"))
            form.kind = "paypal"
            self.assertEqual((form.name, form.journal_code), ("PayPal", "PAYP"))
            form.name = "Mine"
            form.kind = "stripe"
            self.assertEqual(form.name, "Mine")

    def test_keys_typed_into_the_assistants_screen_are_kept(self):
        with Form(self.env["ecom.gateway.setup"]) as form:
            form.kind = "running"
            form.channel_ids.add(self.channel)
            with form.key_ids.edit(0) as line:
                line.value = "right"
        wizard = form.record
        wizard.action_set_up()
        self.assertEqual((wizard.gateway_id.state, wizard.gateway_id.credential_ids.value), ("connected", "right"))

    def test_a_manager_who_is_no_administrator_sets_a_gateway_up_without_seeing_keys(self):
        manager = new_test_user(self.env, "setup_manager", "base.group_user,ecom_connector.group_manager")
        wizard = self.env["ecom.gateway.setup"].with_user(manager)
        wizard = wizard.create({"kind": "running", "channel_ids": [Command.set(self.channel.ids)]})
        self.assertEqual(wizard.action_set_up()["res_model"], "ecom.gateway")
        self.assertEqual(wizard.sudo().gateway_id.state, "draft")
        with self.assertRaises(AccessError):
            wizard.key_ids.read(["value"])
