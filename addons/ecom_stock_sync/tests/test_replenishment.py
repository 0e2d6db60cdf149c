"""What is proposed, and why."""

from datetime import date, timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .replenishment_case import TODAY, ReplenishmentCase, middle


@tagged("post_install", "-at_install")
class TestReplenishment(ReplenishmentCase):
    def test_twelve_weeks_of_seven(self):
        """Seven a week, a hundred in stock, two weeks from the supplier: enough, and the reason says why."""
        self.sell_weekly(self.mug, 7, 12)
        row = self.row(self.mug)
        self.assertEqual((row.on_hand, row.weekly), (100, 7))
        self.assertAlmostEqual(row.cover_days, 100, delta=1)
        self.assertEqual(row.stockout_on, TODAY + timedelta(days=row.cover_days))
        self.assertEqual((row.lead_days, row.supplier_id), (14, self.supplier))
        self.assertGreater(row.minimum, 15, "what is sold until a purchase comes, and a reserve")
        self.assertEqual(row.maximum, row.minimum + 30, "a purchase lasts thirty days, at one a day")
        self.assertEqual((row.advice, row.quantity, row.rule_state), ("enough", 0, "none"))
        self.assertIn("Expected: 7 a week", row.reason)
        self.assertIn("Free: 100 (100 on hand, 0 promised)", row.reason)
        self.assertIn("A purchase from Faïencerie arrives after 14 days", row.reason)
        self.assertIn(f"the minimum is {row.minimum:.0f}", row.reason)
        row.lead_days = 1
        row.invalidate_recordset(["reason"])
        self.assertIn("arrives after 1 day.", row.reason)

    def test_buy_now(self):
        """The same with ten in stock: they are gone before a purchase comes."""
        self.env["stock.quant"]._update_available_quantity(self.mug, self.stock, -90)
        self.sell_weekly(self.mug, 7, 12)
        row = self.row(self.mug)
        self.assertEqual((row.advice, row.cover_days, row.order_by), ("buy", 10, TODAY))
        self.assertEqual(row.quantity, row.maximum - 10)
        english = row.with_context(lang="en_US").reason
        self.assertIn(f"Buy {row.quantity:.0f} now.", english)
        self.assertIn("That lasts until 10 December.", english)
        french = row.with_context(lang="fr_FR").reason
        self.assertIn("10 décembre", french)
        self.assertNotIn("Expected", french)

    def test_promised_and_on_its_way(self):
        """A confirmed order that waits, and a receipt that is planned, both count."""
        self.sell_weekly(self.mug, 7, 12)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "warehouse_id": self.warehouse.id,
                "order_line": [Command.create({"product_id": self.mug.id, "product_uom_qty": 30})],
            }
        )
        order.action_confirm()
        receipt = self.env["stock.move"].create(
            {
                "product_id": self.mug.id,
                "product_uom_qty": 50,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.stock.id,
                "date": "2026-12-20 10:00:00",
            }
        )
        receipt._action_confirm()
        row = self.row(self.mug)
        self.assertEqual((row.on_hand, row.promised, row.coming), (100, 30, 50))
        self.assertIn("on its way: 50", row.reason)

    def test_the_supplier_s_ways(self):
        """In boxes of twelve, twenty-four at least."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.mug.seller_ids.write({"min_qty": 2, "product_uom_id": dozen.id})
        self.env["stock.quant"]._update_available_quantity(self.mug, self.stock, -97)
        self.sell_weekly(self.mug, 1, 12)
        row = self.row(self.mug)
        self.assertEqual(row.advice, "buy")
        self.assertEqual(row.quantity, 24)

    def test_cancelled_orders_and_quotations_are_no_demand(self):
        self.sell_weekly(self.mug, 7, 12)
        self.sell(self.mug, 500, TODAY - timedelta(days=10), state="cancel")
        self.sell(self.mug, 500, TODAY - timedelta(days=10), state="draft")
        self.assertEqual(self.row(self.mug).weekly, 7)

    def test_demand_by_channel(self):
        """From the shop, by hand, in dozens, and at a counter that only moves stock."""
        day = TODAY - timedelta(days=10)
        self.sell(self.mug, 3, day, channel=self.channel)
        order = self.sell(self.mug, 2, day)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.move(self.mug, 4, day, self.stock, self.customers)
        self.move(self.mug, 1, day, self.customers, self.stock)
        found = self.env["ecom.demand"]._read_group(
            [("product_id", "=", self.mug.id)], ["channel_id"], ["quantity:sum"], order="quantity:sum"
        )
        self.assertEqual(found, [(self.channel, 3), (self.env["ecom.channel"], 28)])

    def test_an_order_of_a_shop_is_demand(self):
        """An order that came in and was confirmed, delivery and all, counts once."""
        from odoo.addons.ecom_connector.tests.shop_case import woo_order

        order = self.receive(woo_order(1, lines=(("MUG", 2, "10.00", "2.00"),)))
        sale = order.sale_order_id
        self.assertEqual(sale.state, "sale")
        demand = self.env["ecom.demand"].search([("product_id", "=", self.mug.id)])
        self.assertEqual((demand.quantity, demand.channel_id, demand.price), (2, self.channel, 5))
        sale.picking_ids.move_ids.write({"quantity": 2, "picked": True})
        sale.picking_ids._action_done()
        self.assertEqual(len(self.env["ecom.demand"].search([("product_id", "=", self.mug.id)])), 1)

    def test_out_of_stock_is_not_out_of_demand(self):
        """Seven a week until the shelf was empty for six weeks: the forecast is still seven, the graph has a gap."""
        self.env["stock.quant"]._update_available_quantity(self.mug, self.stock, -100)
        supply = self.env.ref("stock.stock_location_suppliers")
        self.move(self.mug, 60, TODAY - timedelta(weeks=14), supply, self.stock)
        self.move(self.mug, 60, TODAY - timedelta(weeks=6), self.stock, self.customers)
        self.sell_weekly(self.mug, 7, 14, until=6)
        # What left is the delivery of those orders.
        self.env["stock.move"].search(
            [("product_id", "=", self.mug.id), ("location_dest_id", "=", self.customers.id)]
        ).write({"sale_line_id": self.env["sale.order.line"].search([("product_id", "=", self.mug.id)], limit=1).id})
        row = self.row(self.mug)
        self.assertAlmostEqual(row.weekly, 7, delta=0.3)
        self.assertEqual(row.advice, "buy")
        self.assertIn("weeks with days out of stock were corrected", row.reason)
        self.assertEqual(row.weeks["sold"][-3:], [0, 0, 0])
        self.assertEqual(row.weeks["wanted"][-3:], [None, None, None])

    def test_a_promotion_is_damped(self):
        """Forty at half the price in one week: hardly more is expected afterwards."""
        self.sell_weekly(self.mug, 7, 12)
        self.sell(self.mug, 40, TODAY - timedelta(days=4), price=2.5)
        row = self.row(self.mug)
        self.assertLess(row.weekly, 10)
        self.assertIn("weeks with low prices were corrected: 1", row.reason)

    def test_a_new_price_list_is_no_promotion(self):
        """Prices were raised by a third in July: what was sold before was sold at its price."""
        days = [middle(week) for week in range(40, 0, -1)]
        self.sell(self.mug, 7, *(day for day in days if day < date(2026, 7, 1)), price=4)
        self.sell(self.mug, 7, *(day for day in days if day >= date(2026, 7, 1)), price=6)
        self.assertEqual(self.row(self.mug).figures["promoted_weeks"], 0)

    def test_never_sold_and_hardly_sold(self):
        row = self.row(self.pen)
        self.assertEqual((row.advice, row.maximum), ("slow", 0), "a hundred in stock since long, and nobody wants one")
        self.assertIn("Nothing was sold", row.reason)
        new = self.env["product.product"].create({"name": "Bol", "is_storable": True})
        self.sell(new, 3, TODAY - timedelta(days=5))
        row = self.row(new)
        self.assertEqual((row.advice, row.cover), ("unknown", False))
        self.assertIn("fewer than 4 weeks", row.reason)

    def test_slow_movers(self):
        self.env["stock.quant"]._update_available_quantity(self.mug, self.stock, 900)
        self.sell_weekly(self.mug, 7, 12)
        row = self.row(self.mug)
        self.assertEqual((row.advice, row.cover, row.stockout_on), ("slow", "a year or more", False))

    def test_each_warehouse_for_itself(self):
        other = self.env["stock.warehouse"].create({"name": "Lille", "code": "LIL"})
        self.sell_weekly(self.mug, 7, 12)
        self.sell_weekly(self.mug, 21, 12, warehouse=other)
        self.assertEqual(self.row(self.mug).weekly, 7)
        row = self.row(self.mug, other)
        self.assertEqual((row.weekly, row.on_hand, row.advice), (21, 0, "buy"))

    def test_from_another_warehouse(self):
        """Without a supplier, goods come from the other warehouse in three days."""
        other = self.env["stock.warehouse"].create({"name": "Lille", "code": "LIL"})
        other.resupply_wh_ids = self.warehouse
        other.resupply_route_ids.rule_ids.filtered(lambda rule: rule.location_dest_id == other.lot_stock_id).delay = 3
        self.pen.route_ids = other.resupply_route_ids
        self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.pen.id, "warehouse_id": other.id, "product_min_qty": 1, "product_max_qty": 2}
        )
        self.assertEqual(self.row(self.pen, other).lead_days, 3)
        self.assertEqual(self.row(self.pen).lead_days, self.env.company.ecom_lead_days)

    def test_every_night(self):
        """The scheduled action computes what was not computed today, and forgets what is no product any more."""
        gone = self.env["product.product"].create({"name": "Bol", "is_storable": True})
        self.row(gone)
        gone.active = False
        with self.enter_registry_test_mode():
            self.env.ref("ecom_stock_sync.cron_replenishment").method_direct_trigger()
        rows = self.Replenishment.search([("product_id", "in", (self.mug | self.pen | gone).ids)])
        self.assertEqual(rows.product_id, self.mug | self.pen)
        self.assertFalse(self.Replenishment._due(10))
        self.Replenishment.action_recompute_all()
        self.assertTrue(set((self.mug | self.pen).ids) <= set(self.Replenishment._due(1000)))

    def test_as_many_queries_for_many_as_for_few(self):
        few, many = self._products(10), self._products(60)
        few_queries, many_queries = self._queries(few), self._queries(many)
        self.assertLessEqual(few_queries, 40)
        # Rows are written a hundred, and created two hundred, in a statement.
        self.assertLessEqual(many_queries, few_queries + 2)
        again = self._queries(many)
        self.assertLessEqual(again, few_queries + 2)

    def _products(self, count):
        products = self.env["product.product"].create(
            [{"name": f"Article {number}", "is_storable": True} for number in range(count)]
        )
        self.env["product.supplierinfo"].create(
            [
                {"partner_id": self.supplier.id, "product_tmpl_id": product.product_tmpl_id.id, "delay": 5}
                for product in products[: count // 2]
            ]
        )
        self.env["stock.warehouse.orderpoint"].create(
            [{"product_id": product.id, "product_min_qty": 1, "product_max_qty": 2} for product in products[::2]]
        )
        for week in range(1, 6):
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "warehouse_id": self.warehouse.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": 2, "price_unit": 5})
                        for product in products
                    ],
                }
            )
            self.env.flush_all()
            day = fields.Datetime.to_string(TODAY - timedelta(days=7 * week - 2))
            self.env.cr.execute("UPDATE sale_order SET state = 'sale', date_order = %s WHERE id = %s", [day, order.id])
        return products

    def _queries(self, products):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.Replenishment._recompute(products.ids)
        self.env.flush_all()
        rows = self.Replenishment.search([("product_id", "in", products.ids)])
        self.assertEqual(len(rows), len(products))
        return self.env.cr.sql_log_count - before
