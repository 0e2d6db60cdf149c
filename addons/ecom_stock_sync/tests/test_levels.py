from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.ecom_connector.platforms.base import platform_class
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tests.stock_case import StockCase


@tagged("post_install", "-at_install")
class TestLevels(StockCase):
    """What is on the shelves, less what is promised, is what every shop shows."""

    def test_what_is_free_is_shown(self):
        self.assertEqual((self.quantity(self.mug_offer), self.quantity(self.pen_offer)), (100, 100))
        self.put(self.mug, -30)
        self.assertEqual(self.quantity(self.mug_offer), 70)

    def test_a_count_that_is_not_applied_yet_stops_nothing(self):
        soap = self.env["product.product"].create({"name": "Savon", "default_code": "SOAP", "is_storable": True})
        offer = self.sell(soap, "30")
        values = {"product_id": soap.id, "location_id": self.location.id, "inventory_quantity": 5}
        quant = self.env["stock.quant"].with_context(inventory_mode=True).create(values)
        self.catch_up()
        self.assertEqual(self.level(offer).quantity, 0)
        quant.action_apply_inventory()
        self.catch_up()
        self.assertEqual(self.level(offer).quantity, 5)

    def test_an_order_takes_its_goods_from_every_shop(self):
        other = self.channel.copy({"name": "Marché", "state": "connected"})
        there = self.sell(self.mug, "77", other)
        self.order(self.mug, 99)
        self.catch_up()
        self.assertEqual([self.level(self.mug_offer).quantity, self.level(there).quantity], [1, 1])
        self.order(self.mug, 1).action_cancel()
        self.assertEqual(self.quantity(there), 1)

    def test_what_is_ordered_and_not_reserved_is_not_sold_again(self):
        """The shelf is empty, two are awaited by a customer: the next three that arrive leave one to sell."""
        self.put(self.mug, -100)
        order = self.order(self.mug, 2)
        self.assertEqual(order.picking_ids.state, "confirmed")
        self.assertEqual(self.quantity(self.mug_offer), 0)
        self.put(self.mug, 3)
        self.assertEqual(self.quantity(self.mug_offer), 1)
        order.picking_ids.action_assign()
        self.assertEqual(self.quantity(self.mug_offer), 1)

    def test_only_what_lies_in_the_channel_s_places_is_sold(self):
        quarantine = self.env["stock.location"].create(
            {"name": "Quarantaine", "location_id": self.location.id, "usage": "internal"}
        )
        self.put(self.mug, 10, quarantine)
        self.assertEqual(self.quantity(self.mug_offer), 110)
        quarantine.ecom_not_sold = True
        self.assertEqual(self.quantity(self.mug_offer), 100)
        lyon = self.env["stock.warehouse"].search([("id", "!=", self.channel.warehouse_id.id)], limit=1)
        self.put(self.mug, 7, lyon.lot_stock_id)
        self.assertEqual(self.quantity(self.mug_offer), 100)
        self.channel.stock_warehouse_ids = self.channel.warehouse_id | lyon
        self.assertEqual(self.quantity(self.mug_offer), 107)
        self.channel.stock_location_ids = quarantine
        self.assertEqual(self.quantity(self.mug_offer), 0)

    def test_an_order_that_waits_for_a_person_keeps_its_goods(self):
        """Its tax is unknown, so it is not in Odoo yet; nobody else is sold what it ordered."""
        order = self.env["ecom.order"].create(
            {
                "channel_id": self.channel.id,
                "external_id": "900",
                "state": "blocked",
                "line_ids": [(0, 0, {"kind": "product", "external_id": "1", "sku": "MUG", "quantity": 4})],
            }
        )
        self.assertEqual(self.quantity(self.mug_offer), 96)
        order.state = "cancelled"
        self.assertEqual(self.quantity(self.mug_offer), 100)

    def test_a_quotation_keeps_its_goods(self):
        """Somebody confirms the orders of this shop by hand: what is sold meanwhile is not sold again."""
        order = self.env["ecom.order"].create(
            {
                "channel_id": self.channel.id,
                "external_id": "901",
                "state": "settled",
                "line_ids": [(0, 0, {"kind": "product", "external_id": "1", "sku": "MUG", "quantity": 4})],
            }
        )
        partner = self.env["res.partner"].create({"name": "Ada"})
        line = {"product_id": self.mug.id, "product_uom_qty": 4}
        sale = self.env["sale.order"].create(
            {"partner_id": partner.id, "ecom_order_id": order.id, "order_line": [(0, 0, line)]}
        )
        self.assertEqual(self.quantity(self.mug_offer), 96)
        order.awaits_payment = True
        order.state = "received"
        self.assertEqual(self.quantity(self.mug_offer), 96)
        order.state = "settled"
        # WooCommerce goes on selling what is not paid; a shop that keeps it for the customer is told the same.
        self.assertEqual(self.quantity(self.mug_offer), 100)
        shop = platform_class(self.channel.platform)
        with patch.object(shop, "capabilities", replace(shop.capabilities, pending_takes_stock=True)):
            self.env["ecom.stock.change"]._note(products=self.mug)
            self.assertEqual(self.quantity(self.mug_offer), 96)
        order.awaits_payment = False
        sale.action_confirm()
        self.assertEqual(self.quantity(self.mug_offer), 96)
        sale._action_cancel()
        self.assertEqual(self.quantity(self.mug_offer), 100)

    def test_a_shelf_of_its_own_loses_what_waits_to_be_an_order(self):
        """The channel sells from one shelf of the warehouse; an order that waits for a person may take from it."""
        shelf = self.env["stock.location"].create({"name": "Rayon", "location_id": self.location.id})
        self.put(self.mug, 9, shelf)
        self.channel.stock_location_ids = shelf
        self.env["ecom.order"].create(
            {
                "channel_id": self.channel.id,
                "external_id": "900",
                "state": "blocked",
                "line_ids": [(0, 0, {"kind": "product", "external_id": "1", "sku": "MUG", "quantity": 4})],
            }
        )
        self.assertEqual(self.quantity(self.mug_offer), 5)

    def test_packs_of_six(self):
        six = self.env["uom.uom"].create(
            {"name": "Lot de 6", "relative_factor": 6, "relative_uom_id": self.mug.uom_id.id}
        )
        pack = self.sell(self.mug, "11", uom_id=six.id)
        self.assertEqual(self.quantity(pack), 16)
        self.put(self.mug, 2)
        self.assertEqual((self.quantity(pack), self.quantity(self.mug_offer)), (17, 102))

    def test_what_arrives_soon_counts_where_the_channel_says_so(self):
        supplier = self.env.ref("stock.stock_location_suppliers")
        move = self.env["stock.move"].create(
            {
                "product_id": self.mug.id,
                "product_uom_qty": 20,
                "location_id": supplier.id,
                "location_dest_id": self.location.id,
                "date": fields.Datetime.now() + timedelta(days=5),
            }
        )
        move._action_confirm()
        self.assertEqual(self.quantity(self.mug_offer), 100)
        self.channel.stock_incoming_days = 3
        self.assertEqual(self.quantity(self.mug_offer), 100)
        self.channel.stock_incoming_days = 7
        self.assertEqual(self.quantity(self.mug_offer), 120)

    def test_a_return_puts_it_back_on_both_shops(self):
        """Sold on one shop, shipped, sent back: as soon as it is on the shelf again, both shops show it."""
        self.put(self.mug, -99)
        market = self.channel.copy({"name": "Marché", "state": "connected"})
        there = self.sell(self.mug, "77", market)
        order = self.order(self.mug, 1)
        picking = order.picking_ids
        picking.move_ids.picked = True
        picking.button_validate()
        self.catch_up()
        self.assertEqual([self.level(self.mug_offer).quantity, self.level(there).quantity], [0, 0])
        wizard = self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking")
        wizard = wizard.create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return()
        self.catch_up()
        self.assertEqual(self.level(there).quantity, 0, "it is on its way")
        back.move_ids.picked = True
        back.button_validate()
        self.catch_up()
        self.assertEqual([self.level(self.mug_offer).quantity, self.level(there).quantity], [1, 1])

    # === LOTS === #

    def cheese(self, days):
        """A product whose one lot expires in so many days; ten of it."""
        product = self.env["product.product"].create(
            {
                "name": "Fromage",
                "default_code": "COMTE",
                "is_storable": True,
                "tracking": "lot",
                "use_expiration_date": True,
                "removal_time": 0,
            }
        )
        lot = self.env["stock.lot"].create({"name": "L1", "product_id": product.id})
        lot.write(
            {
                "expiration_date": fields.Datetime.now() + timedelta(days=days),
                "removal_date": fields.Datetime.now() + timedelta(days=days),
            }
        )
        self.put(product, 10, lot=lot)
        return lot, self.sell(product, "30")

    def test_a_lot_with_too_little_shelf_life_is_not_offered(self):
        lot, offer = self.cheese(days=20)
        self.assertEqual(self.quantity(offer), 10)
        self.channel.stock_shelf_life_days = 30
        self.assertEqual(self.quantity(offer), 0)
        lot.expiration_date = fields.Datetime.now() + timedelta(days=31)
        self.assertEqual(self.quantity(offer), 10)

    def test_a_lot_that_expires_overnight_leaves_the_shops_without_a_write(self):
        lot, offer = self.cheese(days=20)
        self.assertEqual(self.quantity(offer), 10)
        self.channel.stock_looked_at = fields.Datetime.now() - timedelta(hours=2)
        self.env.flush_all()
        passed = fields.Datetime.now() - timedelta(hours=1)
        for table, key in (("stock_lot", "id"), ("stock_quant", "lot_id")):
            self.env.cr.execute(f"UPDATE {table} SET removal_date = %s WHERE {key} = %s", [passed, lot.id])
        self.env.invalidate_all()
        self.assertEqual(self.quantity(offer), 0)

    def test_a_blocked_lot_leaves_at_once(self):
        lot, offer = self.cheese(days=20)
        lot.ecom_blocked = True
        self.assertEqual(self.quantity(offer), 0)
        lot.ecom_blocked = False
        self.assertEqual(self.quantity(offer), 10)

    # === COST === #

    def test_a_stock_move_costs_two_statements(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        quants = self.env["stock.quant"].search([("product_id", "in", (self.mug | self.pen).ids)])
        quants.mapped("location_id.usage")
        quants.write({"quantity": 50})
        self.env.flush_all()
        with self.assertQueryCount(2):
            self.env.cr.precommit.run()

    def test_computing_takes_the_same_number_of_statements_for_any_number_of_offers(self):
        Level = self.env["ecom.stock.level"]
        Level._compute_levels()
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "default_code": f"P{n}", "is_storable": True} for n in range(200)]
        )
        for number, product in enumerate(products):
            self.sell(product, str(1000 + number))
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(30):
            Level._compute_levels()

    def test_a_computation_that_fails_is_told(self):
        self.put(self.mug, -40)
        self.env.flush_all()
        self.env.cr.precommit.run()
        Level = self.env["ecom.stock.level"]
        with (
            patch.object(type(Level), "_compute_levels", side_effect=ValueError("a rule that nobody foresaw")),
            patch.object(type(self.env["ecom.channel"]), "_in_transaction", lambda _self, work: work()),
            patch.object(self.env.cr, "rollback"),
            mute_logger("odoo.addons.ecom_stock_sync.models.levels.stock_level"),
        ):
            Level._run_lane()
        issue = self.open_issues()
        self.assertEqual(issue.code, "lane_failed")
        self.assertIn("a rule that nobody foresaw", issue.message)
