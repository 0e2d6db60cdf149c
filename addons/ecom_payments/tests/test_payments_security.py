from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .payments_case import PaymentsCase

READ = {
    "ecom.gateway": ("service", "accountant", "manager"),
    "ecom.gateway.transaction": ("service", "accountant", "manager"),
    "ecom.payout": ("service", "accountant", "manager"),
    "ecom.dispute": ("service", "accountant", "manager"),
    "ecom.gateway.fee": ("accountant", "manager"),
    "ecom.fee.check": ("accountant", "manager"),
    "ecom.clearing.line": ("accountant", "manager"),
    "ecom.payment.check": ("accountant", "manager"),
    "ecom.profit": ("accountant", "manager"),
    "ecom.marketing.cost": ("accountant", "manager"),
    "ecom.month.end": ("accountant", "manager"),
    "ecom.month.end.line": ("accountant", "manager"),
}
WRITE = {
    "ecom.gateway": ("manager",),
    "ecom.gateway.transaction": ("accountant", "manager"),  # to say what it belongs to, and nothing else
    "ecom.payout": ("accountant", "manager"),
    "ecom.dispute": ("service", "accountant", "manager"),
    "ecom.gateway.fee": ("accountant", "manager"),
    "ecom.marketing.cost": ("accountant", "manager"),
    "ecom.month.end": ("accountant", "manager"),
    "ecom.month.end.line": ("accountant", "manager"),
}
ROLES = ("preparer", "service", "accountant", "manager", "api")


@tagged("post_install", "-at_install")
class TestPaymentsSecurity(PaymentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roles = {
            role: new_test_user(cls.env, f"pay_{role}", f"base.group_user,ecom_connector.group_{role}")
            for role in ROLES
        }
        shop = cls()
        shop.start_gateways()
        shop.orders((1, 2))
        shop.charge(1, payout_id="po_1")
        shop.charge(2)
        shop.disputes("du_1", 1)
        shop.pays_out("po_1")
        shop.look()
        cls.env["ecom.gateway.fee"].create({"gateway_id": cls.gateway.id, "percent": 1})
        cls.env["ecom.marketing.cost"].create({"channel_id": cls.channel.id, "name": "Google", "amount": 1})
        cls.env.flush_all()
        cls.env.invalidate_all()

    def test_who_reads_and_writes_what(self):
        for model, readers in READ.items():
            for role, user in self.roles.items():
                found = self.env[model].with_user(user)
                with self.subTest(model, role=role):
                    self.assertEqual(found.has_access("read"), role in readers)
                    self.assertEqual(found.has_access("write"), role in WRITE.get(model, ()))
                    if role in readers and "month.end" not in model:
                        self.assertTrue(found.search([]))

    def test_a_channel_of_somebody_elses_is_hidden_with_its_money(self):
        self.charge(9)  # of no order
        self.look()
        self.channel.user_ids = self.roles["service"]
        transactions = ("ecom.gateway.transaction", "ecom.payout", "ecom.gateway", "ecom.dispute")
        for model in READ:
            if "month.end" in model:
                continue
            mine = self.env[model].with_user(self.roles["accountant"]).search([])
            with self.subTest(model):
                self.assertFalse(mine)
                self.assertTrue(self.env[model].with_user(self.roles["manager"]).search([]))
                if model in transactions:
                    self.assertTrue(self.env[model].with_user(self.roles["service"]).search([]))

    def test_of_a_gateway_of_several_shops_the_hidden_one_s_money_is_hidden(self):
        other = self.channel.copy({"name": "Autre"})
        self.gateway.channel_ids |= other
        theirs = self.env["ecom.order"].search([("number", "=", "2")])
        theirs.channel_id = other
        self.charge(9)  # of no order: whose it is nobody knows
        self.look()
        other.user_ids = self.roles["service"]
        other.active = False
        self.env.flush_all()

        def seen(role, model, name):
            return {row[name] for row in self.env[model].with_user(self.roles[role]).search([])}

        none = self.env["ecom.order"]
        mine = theirs.search([("number", "=", "1")])
        for model, name, some, whole in (
            ("ecom.gateway.transaction", "external_id", {"txn_1"}, {"txn_1", "txn_2", "txn_9"}),
            ("ecom.payout", "external_id", set(), {"po_1"}),
            ("ecom.dispute", "external_id", {"du_1"}, {"du_1"}),
            ("ecom.gateway", "seen_whole", {False}, {True}),
            ("ecom.fee.check", "order_id", {mine}, {mine, theirs, none}),
            ("ecom.clearing.line", "order_id", set(), {theirs}),
            ("ecom.payment.check", "order_id", {mine}, {mine, none}),
            ("ecom.profit", "gateway_id", {self.gateway.browse()}, {self.gateway.browse(), self.gateway}),
        ):
            with self.subTest(model):
                self.assertEqual(seen("accountant", model, name), some)
                self.assertEqual(seen("manager", model, name), whole)
                if READ[model][0] == "service":
                    self.assertEqual(seen("service", model, name), whole)
        accountant = self.gateway.with_user(self.roles["accountant"])
        self.assertEqual((accountant.balance, self.gateway.with_user(self.roles["manager"]).balance), (0, 16.80))
        with self.assertRaisesRegex(AccessError, "Carte"):
            accountant.action_hand_over()

    def test_what_a_gateway_told_is_not_written_by_hand(self):
        for model in ("ecom.gateway.transaction", "ecom.payout", "ecom.dispute"):
            record = self.env[model].search([], limit=1)
            for name in ("amount", "state", "order_id", "currency_id", "external_id"):
                if name in record._fields:
                    for role in ("service", "accountant", "manager"):
                        with self.subTest(model, field=name, role=role), self.assertRaises(AccessError):
                            record.with_user(self.roles[role]).write({name: record[name]})

    def test_another_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Autre"})
        stranger = new_test_user(
            self.env,
            "pay_other",
            "base.group_user,ecom_connector.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in READ:
            with self.subTest(model):
                self.assertFalse(self.env[model].with_user(stranger).search([]))

    def test_a_months_end_is_for_whoever_asked(self):
        accountant = self.roles["accountant"]
        mine = self.env["ecom.month.end"].with_user(accountant).create({"date": "2026-11-30"})
        self.env.flush_all()
        mine.action_show()
        self.assertTrue(mine.line_ids)
        self.channel.user_ids = self.roles["service"]
        mine.action_show()
        self.assertFalse(mine.line_ids, "of a channel that is hidden from the accountant")
        manager = self.env["ecom.month.end.line"].with_user(self.roles["manager"])
        self.assertFalse(manager.search([("month_end_id", "=", mine.id)]))

    def test_a_dialog_is_for_whoever_opened_it(self):
        other = new_test_user(self.env, "pay_other_accountant", "base.group_user,ecom_connector.group_accountant")
        order, charge = self.env["ecom.order"].search([], limit=1), self.transaction("txn_2")
        for model, values in (
            ("ecom.gateway.file", {"gateway_id": self.gateway.id, "file": "YQ=="}),
            ("ecom.gateway.handover", {"gateway_id": self.gateway.id, "reference": "1"}),
            ("ecom.transaction.proposal", {"transaction_id": charge.id, "order_id": order.id}),
        ):
            mine = self.env[model].with_user(self.roles["accountant"]).create(values)
            with self.subTest(model):
                self.assertEqual(self.env[model].with_user(self.roles["accountant"]).search([]), mine)
                self.assertFalse(self.env[model].with_user(other).search([]))
        setup = self.env["ecom.gateway.setup"].with_user(self.roles["manager"]).create({"kind": "fake"})
        another = new_test_user(self.env, "pay_other_manager", "base.group_user,ecom_connector.group_manager")
        self.assertFalse(setup.with_user(another).search([]))

    def test_nobody_acts_on_what_is_not_theirs(self):
        payout = self.env["ecom.payout"].search([], limit=1)
        charge = self.env["ecom.gateway.transaction"].search([], limit=1)
        check = self.env["ecom.payment.check"].search([], limit=1)
        for record, method, roles in (
            (payout, "action_roll_back", ("preparer", "service", "api")),
            (payout, "action_post", ("preparer", "service", "api")),
            (check, "action_book", ("preparer", "service", "api")),
            (charge, "action_ecom_thread", ("preparer", "api")),
            (self.gateway, "action_connect", ("preparer", "service", "accountant", "api")),
        ):
            for role in roles:
                with self.subTest(method, role=role), self.assertRaises(AccessError):
                    getattr(record.with_user(self.roles[role]), method)()
