from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.ecom_connector.platforms.publishing import Refusal
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tests.stock_case import ShelfShop, StockCase


@tagged("post_install", "-at_install")
class TestLevels(StockCase):
    """What is on the shelves, less what is promised, is what every shop shows."""

    def quantity(self, offer):
        self.catch_up()
        return self.level(offer).quantity

    def test_what_is_free_is_shown(self):
        self.assertEqual((self.quantity(self.mug_offer), self.quantity(self.pen_offer)), (100, 100))
        self.put(self.mug, -30)
        self.assertEqual(self.quantity(self.mug_offer), 70)

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

    # === RULES === #

    def rule(self, **values):
        return self.env["ecom.stock.rule"].create(values)

    def test_the_most_specific_rule_counts_alone(self):
        self.rule(buffer=10)
        self.assertEqual((self.quantity(self.mug_offer), self.quantity(self.pen_offer)), (90, 90))
        crockery = self.env["product.category"].create({"name": "Vaisselle"})
        self.mug.categ_id = self.env["product.category"].create({"name": "Tasses", "parent_id": crockery.id})
        self.rule(categ_id=crockery.id, percentage=50)
        self.assertEqual(self.quantity(self.mug_offer), 50)
        self.rule(product_tmpl_id=self.mug.product_tmpl_id.id, cap=5)
        self.assertEqual(self.quantity(self.mug_offer), 5)
        own = self.rule(product_id=self.mug.id, channel_id=self.channel.id, buffer=99)
        self.assertEqual(self.quantity(self.mug_offer), 1)
        own.unlink()
        self.assertEqual(self.quantity(self.mug_offer), 5)

    def test_units_kept_for_one_channel(self):
        """20 are kept for the marketplace: the shop sees 80; what the marketplace sells of them is no longer kept."""
        market = self.channel.copy({"name": "Marché", "state": "connected"})
        there = self.sell(self.mug, "77", market)
        self.rule(channel_id=market.id, product_id=self.mug.id, dedicated=20)
        self.catch_up()
        self.assertEqual((self.level(self.mug_offer).quantity, self.level(there).quantity), (80, 100))
        shop_order = self.env["ecom.order"].create(
            {"channel_id": market.id, "external_id": "1", "state": "settled", "number": "1"}
        )
        order = self.order(self.mug, 5, confirm=False)
        order.ecom_order_id = shop_order
        order.action_confirm()
        self.catch_up()
        self.assertEqual((self.level(self.mug_offer).quantity, self.level(there).quantity), (80, 95))

    def test_the_last_ones_are_for_the_channel_that_goes_first(self):
        self.rule(channel_id=self.channel.id, withdraw_at=3)
        market = self.channel.copy({"name": "Marché", "state": "connected"})
        there = self.sell(self.mug, "77", market)
        self.put(self.mug, -97)
        self.catch_up()
        self.assertEqual((self.level(self.mug_offer).quantity, self.level(there).quantity), (0, 3))

    # === VERSIONS AND WHAT IS TOLD === #

    def test_the_shop_is_told_what_changed_and_only_that(self):
        self.assertEqual(self.push(), {"10": 100, "20": 100})
        self.assertEqual(self.push(), {})
        self.put(self.mug, -1)
        self.catch_up()
        self.assertEqual(self.push(), {"10": 99})
        self.put(self.mug, -1)
        self.put(self.mug, 1)
        self.catch_up()
        self.assertEqual(self.push(), {}, "it is as the shop was told")

    def test_a_change_during_a_push_is_told_next(self):
        channel = self.channel._work_env()
        changes = channel._stock_changes(500)
        self.put(self.mug, -60)
        self.catch_up()
        results = channel._platform_class().push_stock(ShelfShop, [change for change, *_rest in changes.values()])
        channel._note_stock_results(changes, results)
        self.env.invalidate_all()
        self.assertEqual(self.push(), {"10": 40})

    def test_what_was_sent_and_not_answered_is_told_again(self):
        """The shop got 60, and its answer was lost; by then it is to show 100 again, as it was told before."""
        self.push()
        self.put(self.mug, -40)
        self.catch_up()
        channel = self.channel._work_env()
        changes = channel._stock_changes(500)
        self.env["ecom.stock.level"]._note_sending(list(changes))
        ShelfShop.push_stock(ShelfShop, [change for change, *_rest in changes.values()])
        self.put(self.mug, 40)
        self.catch_up()
        self.assertEqual(self.push(), {"10": 100})

    def order_on_the_shop(self, quantity):
        return self.env["ecom.order"].create(
            {
                "channel_id": self.channel.id,
                "external_id": "900",
                "state": "received",
                "line_ids": [(0, 0, {"kind": "product", "external_id": "1", "sku": "MUG", "quantity": quantity})],
            }
        )

    def test_a_sale_and_a_return_that_even_out_are_told_all_the_same(self):
        """The shop takes what it sells off its own figure: 98, and is told 100 again, although it was told 100."""
        self.push()
        self.order_on_the_shop(2)
        self.put(self.mug, 2)
        self.catch_up()
        self.assertEqual(self.push(), {"10": 100})
        self.assertEqual(self.push(), {}, "once")

    def test_a_sale_during_a_push_is_told_again(self):
        self.push()
        self.put(self.mug, 2)
        self.catch_up()
        channel = self.channel._work_env()
        changes = channel._stock_changes(500)
        self.order_on_the_shop(2)
        self.put(self.mug, 2)
        self.catch_up()
        results = channel._platform_class().push_stock(ShelfShop, [change for change, *_rest in changes.values()])
        channel._note_stock_results(changes, results)
        self.env.invalidate_all()
        self.assertEqual(self.push(), {"10": 102}, "the shop showed 102 and sold two")

    def test_versions_rise_with_every_change(self):
        before = self.level(self.mug_offer).version
        self.put(self.mug, 5)
        self.catch_up()
        after = self.level(self.mug_offer).version
        self.assertGreater(after, max(before, self.level(self.pen_offer).version))

    def test_a_rule_leaves_the_stock_to_the_shop(self):
        self.rule(product_id=self.mug.id, left_to_shop=True)
        self.catch_up()
        self.assertEqual(self.push(), {"20": 100})

    def test_sold_on_at_zero_is_told_too(self):
        self.push()
        self.put(self.mug, -100)
        self.catch_up()
        self.push()
        self.rule(product_id=self.mug.id, at_zero="backorder")
        self.catch_up()
        self.assertEqual(self.push(), {"10": 0})
        self.assertIs(ShelfShop.calls[-1][0].keep_selling, True)
        self.put(self.mug, 4)
        self.catch_up()
        self.push()
        self.assertIsNone(ShelfShop.calls[-1][0].keep_selling, "the shop knows")

    def test_a_refusal_is_an_issue_and_stops_nobody_else(self):
        ShelfShop.refusals = {"10": Refusal("not_found", "gone")}
        self.push()
        self.assertEqual(ShelfShop.shelves, {("20", "", ""): 100})
        (issue,) = self.open_issues()
        self.assertEqual(issue.code, "stock_refused")
        self.assertEqual(self.push(), {}, "it is tried later")
        ShelfShop.refusals = {}
        issue.action_fix()
        self.assertEqual(self.push(), {"10": 100})

    # === COMPARING === #

    def compare(self):
        channel = self.channel._work_env()
        page = ShelfShop.read_stock(ShelfShop)
        self.env["ecom.stock.level"]._note_shown(channel, page.states, first=True)
        self.env["ecom.stock.level"]._note_missing(channel)
        self.env.invalidate_all()

    def test_a_correction_on_the_shop_is_shown_before_it_is_overwritten(self):
        self.push()
        ShelfShop.shelves["10", "", ""] = 90
        self.compare()
        self.assertEqual(self.level(self.mug_offer).drift, "corrected")
        (issue,) = self.open_issues()
        self.assertIn("90", issue.message)
        self.put(self.mug, -5)
        self.catch_up()
        self.assertEqual(self.push(), {}, "95 would sell more than the shop shows: a person looks first")
        self.put(self.mug, -10)
        self.catch_up()
        self.assertEqual(self.push(), {"10": 85}, "fewer than the shop shows: it must not sell what is gone")
        self.compare()
        self.assertFalse(self.level(self.mug_offer).drift)

    def test_a_person_has_the_shop_told_again(self):
        self.push()
        ShelfShop.shelves["10", "", ""] = 140
        self.compare()
        issue = self.open_issues()
        issue.action_fix()
        self.assertEqual(issue.state, "solved")
        self.assertEqual(self.push(), {"10": 100})

    def test_an_order_on_its_way_is_no_correction(self):
        self.push()
        ShelfShop.shelves["10", "", ""] = 98
        self.env["ecom.order"].create(
            {
                "channel_id": self.channel.id,
                "external_id": "900",
                "state": "blocked",
                "line_ids": [(0, 0, {"kind": "product", "external_id": "1", "sku": "MUG", "quantity": 2})],
            }
        )
        self.env.flush_all()
        self.compare()
        self.assertEqual(self.level(self.mug_offer).drift, "ordered")
        self.assertFalse(self.open_issues())

    def test_what_the_shop_lost_is_listed(self):
        self.push()
        del ShelfShop.shelves["10", "", ""]
        self.compare()
        self.assertEqual(self.level(self.mug_offer).drift, "missing")

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

    # === A SHOP WITH LOCATIONS === #

    def test_each_location_of_a_shop_has_its_own_figure(self):
        """Two of Odoo's locations feed one of the shop's; the other has its own."""
        lyon = self.env["stock.warehouse"].search([("id", "!=", self.channel.warehouse_id.id)], limit=1)
        annex = self.env["stock.location"].create({"name": "Annexe", "location_id": lyon.view_location_id.id})
        self.put(self.mug, 7, lyon.lot_stock_id)
        self.put(self.mug, 2, annex)
        self.channel.mapping_location_ids = [
            (0, 0, {"code": "loc-1", "location_ids": [(6, 0, self.location.ids)]}),
            (0, 0, {"code": "loc-2", "location_ids": [(6, 0, (lyon.lot_stock_id | annex).ids)]}),
        ]
        self.catch_up()
        levels = self.level(self.mug_offer)
        self.assertEqual({level.mapping_id.code: level.quantity for level in levels}, {"loc-1": 100, "loc-2": 9})
        self.push()
        self.assertEqual((ShelfShop.shelves["10", "", "loc-1"], ShelfShop.shelves["10", "", "loc-2"]), (100, 9))
        self.put(self.mug, -1, annex)
        self.catch_up()
        self.push()
        self.assertEqual([change.location for change in ShelfShop.calls[-1]], ["loc-2"])
        self.channel.mapping_location_ids.unlink()
        self.catch_up()
        self.assertEqual(self.level(self.mug_offer).quantity, 100)
