"""Batches: what is ready, what leaves today, and what the shop is told when preparing begins."""

import re
from datetime import date, datetime

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .preparation_case import PreparationCase


@tagged("post_install", "-at_install")
class TestPreparationBatches(PreparationCase):
    def test_twelve_orders_become_one_batch_for_each_carrier(self):
        self.deliveries(*(self.ship_with(number, number % 3) for number in range(1, 13)))
        plan = self.plan()
        self.assertEqual(
            [(line.carrier_id.name, line.order_count, line.unit_count) for line in plan.line_ids],
            [("Chronopost", 4, 8), ("Colissimo", 4, 8), ("Mondial Relay", 4, 8)],
        )
        self.assertEqual(plan.order_count, 12)
        action = plan.action_start()
        batches = self.env["stock.picking.batch"].search(action["domain"], order="id")
        self.assertEqual(batches.mapped("state"), ["in_progress"] * 3)
        self.assertEqual(batches[0].description, "Boutique · Chronopost")
        self.assertEqual([len(batch.picking_ids) for batch in batches], [4, 4, 4])
        self.assertFalse(self.plan().line_ids, "nothing is ready twice")

    def test_starting_a_batch_makes_its_orders_preparing_on_the_shop_once(self):
        orders = self.receive(self.ship_with(1), self.ship_with(2))
        plan = self.plan()
        plan.action_make()
        self.assertEqual([self.shop_states(order) for order in orders], [[], []], "made is not begun")
        orders.sale_order_id.picking_ids.batch_id.with_user(self.preparer).action_confirm()
        self.assertEqual([self.shop_states(order) for order in orders], [["preparing"], ["preparing"]])
        orders.sale_order_id.picking_ids.write({"printed": True})
        self.assertEqual([self.shop_states(order) for order in orders], [["preparing"], ["preparing"]])

    def test_what_is_on_hold_is_not_offered_and_stays_behind_when_it_is_held_later(self):
        orders = self.receive(self.ship_with(1), self.ship_with(2), self.ship_with(3))
        orders[0].sale_order_id._hold_by_person("gift to change")
        plan = self.plan()
        self.assertEqual(plan.order_count, 2)
        plan.action_make()
        batch = orders[1].sale_order_id.picking_ids.batch_id
        orders[1].sale_order_id._hold_by_person()
        batch.with_user(self.preparer).action_confirm()
        self.assertEqual(batch.picking_ids, orders[2].sale_order_id.picking_ids)
        self.assertEqual([self.shop_states(order) for order in orders], [[], [], ["preparing"]])
        orders[1].sale_order_id._release_by_person()
        self.assertEqual(self.plan().order_count, 1, "released, it is offered again")

    def test_a_batch_of_which_everything_is_held_says_why_it_does_not_start(self):
        order = self.receive(self.ship_with(1))
        self.plan().action_make()
        order.sale_order_id._hold_by_person("waiting for the customer")
        with self.assertRaisesRegex(UserError, "waiting for the customer"):
            order.sale_order_id.picking_ids.batch_id.with_user(self.preparer).action_confirm()

    def test_the_cut_off_decides_what_leaves_today(self):
        self.channel.preparation_cutoff = 14.0
        self.carriers[1].ecom_cutoff = 18.0
        self.channel.warehouse_id.partner_id.tz = "Europe/Paris"
        early, late, later = self.receive(self.ship_with(1), self.ship_with(2), self.ship_with(3, 1)).sale_order_id
        # A Thursday in November: Paris is an hour ahead.
        early.date_order = datetime(2026, 11, 26, 12, 59)
        late.date_order = later.date_order = datetime(2026, 11, 26, 13, 1)
        self.assertEqual(early.picking_ids.ecom_due_on, date(2026, 11, 26))
        self.assertEqual(late.picking_ids.ecom_due_on, date(2026, 11, 27))
        self.assertEqual(later.picking_ids.ecom_due_on, date(2026, 11, 26), "the carrier's own time comes first")
        plan = self.env["ecom.preparation.plan"].with_user(self.preparer)
        lines = plan._prepare_lines(date(2026, 11, 26))
        self.assertEqual([(line["chosen"], line["order_count"]) for line in lines], [(True, 1), (True, 1), (False, 1)])
        lines = plan._prepare_lines(date(2026, 11, 27))
        self.assertEqual(
            [(line["order_count"], line["late_count"]) for line in lines], [(2, 1), (1, 1)], "one is late by then"
        )
        self.env.company.partner_id.tz = "Europe/Paris"
        with freeze_time("2026-11-26 23:30:00"):
            self.assertEqual(self.plan().day, date(2026, 11, 27), "midnight is over")

    def test_a_long_list_becomes_several_batches_the_late_ones_first(self):
        pickings = self.deliveries(*(self.ship_with(number) for number in range(1, 6)))
        pickings[4].sale_id.date_order = datetime(2026, 10, 1)
        plan = self.plan(size=2)
        batches = self.env["stock.picking.batch"].search(plan.action_make()["domain"], order="id")
        self.assertEqual([len(batch.picking_ids) for batch in batches], [2, 2, 1])
        self.assertIn(pickings[4], batches[0].picking_ids)
        self.assertEqual(batches[1].description, "Boutique · Colissimo · 2")

    def test_what_is_not_in_stock_in_full_is_counted_and_listed(self):
        self.leave_on_shelf(self.pen, 1)
        pickings = self.deliveries(self.ship_with(1, lines=(("MUG", 1, "5.00", "1.00"), ("PEN", 2, "2.00", "0.40"))))
        plan = self.plan()
        self.assertEqual((plan.line_ids.order_count, plan.line_ids.incomplete_count), (1, 1))
        plan.action_make()
        missing = pickings.batch_id._ecom_missing()
        self.assertEqual((missing.product_id, missing.product_uom_qty - missing.quantity), (self.pen, 1))

    def test_the_pick_list_sums_by_place_product_and_lot(self):
        _cream, lots = self.tracked("Cream", "lot", {"L1": 3, "L2": 10})
        self.deliveries(
            self.ship_with(1, lines=(("CREAM", 2, "10.00", "2.00"), ("MUG", 1, "5.00", "1.00"))),
            self.ship_with(2, lines=(("CREAM", 2, "10.00", "2.00"), ("MUG", 3, "15.00", "3.00"))),
        )
        self.plan().action_start()
        batch = self.env["stock.picking.batch"].search([], order="id desc", limit=1)
        ((place, rows),) = batch.with_user(self.preparer)._ecom_pick_list()
        self.assertEqual(place, self.stock)
        self.assertEqual(
            [(row["product"].default_code, row["lot"].name, row["quantity"]) for row in rows],
            [("CREAM", "L1", 3), ("CREAM", "L2", 1), ("MUG", False, 4)],
        )
        self.assertEqual(
            [[(order["number"], order["quantity"]) for order in row["orders"]] for row in rows],
            [[("1", 2), ("2", 1)], [("2", 1)], [("1", 1), ("2", 3)]],
        )
        html = (
            self.env["ir.actions.report"]._render_qweb_html("ecom_stock_sync.report_pick_list", batch.ids)[0].decode()
        )
        self.assertIn("L2", html)
        self.assertEqual(lots["L1"].product_id.default_code, "CREAM")

    def test_a_slip_has_a_barcode_and_prices_but_none_for_a_gift(self):
        plain, gift = self.receive(
            self.ship_with(1), self.ship_with(2, meta_data=[{"key": "_gift_message", "value": "Bonne fête"}])
        )
        report = self.env["ir.actions.report"].with_user(self.preparer)

        def slip(order):
            pickings = order.sale_order_id.picking_ids
            return report._render_qweb_html("ecom_stock_sync.report_packing_slip", pickings.ids)[0].decode()

        self.assertEqual(self.shown(slip(plain)), {"price", "barcode"})
        self.assertEqual(self.shown(slip(gift)), {"gift", "barcode"})
        self.channel.slip_prices = False
        self.assertEqual(self.shown(slip(plain)), {"barcode"})

    @staticmethod
    def shown(html):
        marks = {"price": r">12[.,]00<", "barcode": "data:image/svg[^ ]{900}", "gift": "Bonne fête"}
        return {name for name, mark in marks.items() if re.search(mark, html)}

    def test_a_collected_order_is_a_group_of_its_own_and_is_not_offered_once_it_lies_ready(self):
        self.channel.mapping_carrier_ids.filtered(
            lambda row: row.code == "method_0"
        ).warehouse_id = self.channel.warehouse_id
        pickings = self.deliveries(self.ship_with(1), self.ship_with(2, 1))
        plan = self.plan()
        self.assertEqual(
            [(line.collect, line.carrier_id.name) for line in plan.line_ids], [(False, "Mondial Relay"), (True, False)]
        )
        pickings[0].action_ecom_ready()
        self.assertEqual(self.plan().line_ids.mapped("collect"), [False])

    def test_another_company_s_deliveries_are_not_offered(self):
        self.deliveries(self.ship_with(1))
        company = self.env["res.company"].create({"name": "Autre"})
        own = {"company_id": company.id, "company_ids": [Command.set(company.ids)]}
        user = new_test_user(self.env, "autre", "ecom_connector.group_preparer", **own)
        self.assertFalse(self.plan(user).line_ids)

    def test_without_the_role_nothing_is_prepared(self):
        user = new_test_user(self.env, "paul", "base.group_user")
        with self.assertRaises(AccessError):
            self.plan(user)
        with self.assertRaises(AccessError):
            self.station(user).look()

    def test_twice_as_many_orders_take_no_more_queries_for_each(self):
        def queries(numbers):
            self.deliveries(*(self.ship_with(number) for number in numbers))
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            plan = self.plan()
            plan.action_start()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(range(1, 3))
        few, many = queries(range(10, 14)), queries(range(20, 32))
        self.assertLess(many - few, 8 * 4, f"{few} queries for 4 orders, {many} for 12")

    def test_an_order_without_a_shop_is_prepared_as_well(self):
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Client", "email": "c@example.com"}).id,
                "order_line": [Command.create({"product_id": self.mug.id, "product_uom_qty": 1})],
            }
        )
        sale.action_confirm()
        self.assertIn(sale.picking_ids, self.plan().line_ids.picking_ids)
