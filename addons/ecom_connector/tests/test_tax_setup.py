from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ..platforms.base import PlatformError, ShopFacts, ShopTax
from ..platforms.woocommerce import WooCommerce
from .external_shop import external_order
from .shop_case import ShopCase, woo_order

TABLE = [
    ShopTax("1", "TVA 20", Decimal(20), "FR"),
    ShopTax("2", "TVA 5,5", Decimal("5.5"), "FR", "Livres"),
    ShopTax("3", "BTW 21", Decimal(21), "BE"),
    ShopTax("4", "MwSt 17", Decimal(17), "DE"),
    ShopTax("5", "TVA 8,5", Decimal("8.5"), "FR", zips=("974",)),
]


@tagged("post_install", "-at_install")
class TestTaxSetup(ShopCase):
    """A merchant connects a shop and sets up its taxes once, before any order asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.channel.company_id
        cls.accountant = new_test_user(
            cls.env, "ecom_accountant", "base.group_user,ecom_connector.group_accountant", lang="en_US"
        )

    def set_up(self, table=TABLE, user=None, channel=None):
        """The assistant, open before a person."""
        read = table if callable(table) else lambda _platform: table
        with (
            patch.object(WooCommerce, "read_taxes", read),
            patch.object(WooCommerce, "read_facts", lambda _platform: ShopFacts(prices_include_tax=True)),
        ):
            channel = (channel or self.channel).with_user(user or self.accountant)
            action = channel.with_context(lang="en_US").action_set_up_taxes()
        return self.env[action["res_model"]].with_user(user or self.accountant).browse(action["res_id"])

    def line(self, wizard, code, scope="consu", treatment=None):
        return wizard.line_ids.filtered(
            lambda line: line.code == code and line.scope == scope and treatment in (None, line.treatment)
        )

    def mapping(self, code, scope="consu"):
        return self.channel.mapping_tax_ids.filtered(lambda mapping: (mapping.code, mapping.scope) == (code, scope))

    def test_what_is_found_missing_archived_and_why(self):
        self.assertTrue(self.channel.lacks_taxes)
        wizard = self.set_up()
        home = self.line(wizard, "1")
        self.assertEqual((home.state, home.tax_id.amount, home.tax_id.tax_scope), ("found", 20, "consu"))
        self.assertEqual((home.rule, home.name), ("At home, FR", "TVA 20"))
        self.assertEqual(self.line(wizard, "1", "service").tax_id.tax_scope, "service")
        self.assertEqual(self.line(wizard, "2").name, "TVA 5,5, Livres")
        germany = self.line(wizard, "4")
        self.assertEqual(
            (germany.state, germany.can_make, germany.rule), ("missing", True, "Consumer in another EU country, DE")
        )
        self.assertIn("17 % for DE", germany.reason)
        overseas = self.line(wizard, "5")
        self.assertEqual((overseas.state, overseas.country_code, overseas.tax_id.active), ("archived", "RE", False))
        untaxed = self.line(wizard, "-", treatment="eu_company")
        self.assertEqual((untaxed.state, untaxed.tax_id.amount), ("found", 0))
        self.assertFalse(untaxed.can_make)
        self.assertLess(germany.sequence, home.sequence, "what needs a person comes first")

    def test_two_that_are_booked_otherwise_leave_the_choice(self):
        tax = self.line(self.set_up(), "1").tax_id
        other = self.env["account.tax"].create(
            {
                "name": "20 % boutique",
                "amount": 20,
                "tax_scope": "consu",
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "price_include_override": tax.price_include_override,
            }
        )
        wizard = self.set_up()
        line = self.line(wizard, "1")
        self.assertEqual((line.state, line.tax_id), ("ambiguous", self.env["account.tax"]))
        self.assertIn("20 % boutique", line.reason)
        with Form(wizard) as form, form.line_ids.edit(wizard.line_ids.ids.index(line.id)) as row:
            row.tax_id = other
        wizard.action_apply()
        self.assertEqual(self.mapping("1").tax_id, other)
        self.assertEqual(self.line(self.set_up(), "1").state, "mapped")

    def test_one_confirmation_writes_all_and_the_waiting_orders_go_on(self):
        raw = woo_order(1)
        raw["tax_lines"][0] |= {"rate_id": 4, "rate_code": "DE-MWST-1", "rate_percent": 17}
        for row in raw["line_items"] + raw["shipping_lines"]:
            row["taxes"][0]["id"] = 4
        place = {"country": "DE", "city": "Berlin", "postcode": "10115"}
        raw["billing"] |= place
        raw["shipping"] |= place
        order = self.receive(raw)
        self.assertEqual((order.state, set(self.open_issues(order).mapped("code"))), ("blocked", {"unknown_tax"}))
        wizard = self.set_up()
        germany = self.line(wizard, "4")
        self.assertEqual((germany.order_count, germany.state), (1, "missing"))
        germany.make = True
        self.assertRegex(wizard.summary, "1 get a new one")
        queries = self.env.cr.sql_log_count
        wizard.action_apply()
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - queries, 600, "most of them make two taxes")
        self.assertEqual((order.state, self.open_issues(order)), ("received", self.env["ecom.issue"]))
        made = self.mapping("4").tax_id
        self.assertEqual((made.amount, made.tax_scope, made.active), (17, "consu", True))
        self.assertTrue(self.mapping("5").tax_id.active, "what was archived is brought back")
        self.assertTrue(self.mapping("1").tax_id)
        self.settle()
        self.assertEqual((order.state, order.sale_order_id.order_line.tax_ids[:1]), ("settled", made))
        self.assertFalse(self.channel.lacks_taxes)

    def settle(self):
        channel = self.channel._work_env()
        orders = channel.env["ecom.order"]._to_settle(channel, 100)
        for step in ("_settle_documents", "_settle_confirm", "_settle_close"):
            getattr(orders._still("received"), step)(channel)

    def test_what_a_person_chose_before_stands(self):
        self.receive(woo_order(1))
        tax = self.mapping("1").tax_id.copy({"name": "20 % boutique"})
        self.mapping("1").tax_id = tax
        self.set_up().action_apply()
        self.assertEqual(self.mapping("1").tax_id, tax)

    def test_what_is_left_open_is_asked_when_an_order_has_it(self):
        self.set_up().action_apply()
        self.assertFalse(self.mapping("4"))

    def test_a_shop_that_does_not_answer_leaves_what_its_orders_showed(self):
        def down(_platform):
            raise PlatformError("unreachable", "Nobody answers.", retry=True)

        self.receive(woo_order(1))
        wizard = self.set_up(down)
        self.assertIn("Nobody answers", wizard.notice)
        self.assertEqual(self.line(wizard, "1").state, "mapped")

    def test_a_shop_without_a_table_is_judged_by_its_orders(self):
        channel = self.env["ecom.channel"].create(
            {
                "name": "Sur mesure",
                "platform": "external",
                "url": "https://shop.example",
                "state": "connected",
                "import_from": False,
                "tax_policy": "ask",
            }
        )
        work = channel._work_env()
        work.env["ecom.order"]._stage(work, [external_order(1)], {})
        wizard = self.set_up(channel=channel)
        self.assertIn("no tax table", wizard.notice)
        seen = wizard.line_ids.filtered("order_count")
        self.assertTrue(seen)
        self.assertEqual(set(seen.mapped("state")), {"found"})
        wizard.action_apply()
        self.assertEqual(set(channel.mapping_tax_ids.filtered("rate").mapped("rate")), set(seen.mapped("rate")))

    def test_only_those_who_map_taxes_set_them_up(self):
        for role in ("preparer", "service"):
            user = new_test_user(self.env, f"ecom_tax_{role}", f"base.group_user,ecom_connector.group_{role}")
            with self.assertRaises(AccessError):
                self.set_up(user=user)
        self.channel.user_ids = [Command.set(self.env.ref("base.user_admin").ids)]
        with self.assertRaises(AccessError):
            self.set_up()
