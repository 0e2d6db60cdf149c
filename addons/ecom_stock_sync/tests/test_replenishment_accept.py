"""Proposals become reordering rules when a person says so."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .replenishment_case import TODAY, ReplenishmentCase


@tagged("post_install", "-at_install")
class TestReplenishmentAccept(ReplenishmentCase):
    @classmethod
    @freeze_time("2026-11-30 09:00:00")
    def setUpClass(cls):
        super().setUpClass()
        shop = cls()
        shop.sell_weekly(cls.mug, 7, 12)
        cls.mugs = shop.row(cls.mug)
        cls.manager = new_test_user(cls.env, "ecom_buyer", "base.group_user,ecom_connector.group_manager")

    def test_accepted_into_a_rule(self):
        wizard = self._wizard(self.mugs)
        self.assertEqual((wizard.new_count, wizard.change_count, wizard.hand_count), (1, 0, 0))
        wizard.action_apply()
        rule = self.mugs.orderpoint_id
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (self.mugs.minimum, self.mugs.maximum))
        self.assertEqual((rule.location_id, rule.trigger), (self.stock, "manual"))
        self.assertEqual(self.mugs.rule_state, "agreed")

    def test_demand_grows_and_the_rule_follows_when_accepted_again(self):
        self._wizard(self.mugs).action_apply()
        former = self.mugs.maximum
        for week in (3, 2, 1):
            self.sell(self.mug, 40, TODAY - timedelta(weeks=week))
        row = self.row(self.mug)
        self.assertEqual(row.rule_state, "older")
        self.assertEqual(row.orderpoint_id.product_max_qty, former, "the night changes no rule")
        wizard = self._wizard(row)
        self.assertEqual((wizard.change_count, wizard.hand_count), (1, 0))
        wizard.action_apply()
        self.assertEqual(row.orderpoint_id.product_max_qty, row.maximum)
        self.assertGreater(row.maximum, former)

    def test_what_a_person_set_stays(self):
        """A rule made by hand after the night is seen, shown and kept, until somebody says to replace it."""
        rule = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.mug.id, "location_id": self.stock.id, "product_min_qty": 3, "product_max_qty": 9}
        )
        self.assertEqual((self.mugs.rule_state, self.mugs.rule_max), ("person", 9))
        wizard = self._wizard(self.mugs)
        self.assertEqual((wizard.new_count, wizard.hand_count, wizard.hand_ids), (0, 1, self.mugs))
        wizard.action_apply()
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (3, 9))
        row = self.row(self.mug)
        self.assertEqual((row.orderpoint_id, row.rule_state, row.rule_max), (rule, "person", 9))
        wizard = self._wizard(row)
        wizard.by_hand = "replace"
        wizard.action_apply()
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (row.minimum, row.maximum))
        rule.product_max_qty += 5
        self.assertEqual(row.rule_state, "person", "and changed by hand again, it is by hand again")
        rule.unlink()
        self.assertEqual(row.rule_state, "none")

    def test_an_archived_rule_was_archived_by_a_person(self):
        self._wizard(self.mugs).action_apply()
        rule = self.mugs.orderpoint_id
        rule.active = False
        row = self.row(self.mug)
        self.assertEqual(row.rule_state, "none")
        self._wizard(row).action_apply()
        self.assertFalse(rule.active)
        wizard = self._wizard(row)
        wizard.by_hand = "replace"
        wizard.action_apply()
        self.assertTrue(rule.active)

    def test_no_rule_for_what_nobody_wants(self):
        row = self.row(self.pen)
        self.assertFalse(self._wizard(row).replenishment_ids)

    def test_who_may(self):
        preparer = new_test_user(self.env, "ecom_reader", "base.group_user,ecom_connector.group_preparer")
        row = self.mugs.with_user(preparer)
        self.assertTrue(row.reason and row.chart)
        self.assertTrue(self.env["ecom.demand"].with_user(preparer).search([("product_id", "=", self.mug.id)]))
        with self.assertRaises(AccessError):
            row._accept()
        with self.assertRaises(AccessError):
            row.action_accept()
        with self.assertRaises(AccessError):
            row.action_recompute_all()
        row.action_recompute()
        api = new_test_user(self.env, "ecom_shop", "base.group_user,ecom_connector.group_api")
        for model in ("ecom.replenishment", "ecom.demand", "ecom.replenishment.accept"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(api).search([])

    def test_another_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Autre"})
        user = new_test_user(
            self.env,
            "ecom_other",
            "base.group_user,ecom_connector.group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in ("ecom.replenishment", "ecom.demand"):
            self.assertFalse(self.env[model].with_user(user).search([("product_id", "=", self.mug.id)]), model)

    def _wizard(self, rows):
        action = rows.with_user(self.manager).action_accept()
        return self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"]).create({})
