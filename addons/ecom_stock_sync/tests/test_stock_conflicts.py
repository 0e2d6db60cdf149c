"""A shop that refuses a quantity when it shows something else than Odoo thinks (compare and set)."""

from unittest.mock import patch

from odoo.addons.ecom_connector.platforms.publishing import Refusal
from odoo.addons.ecom_connector.platforms.stock import StockLocation, StockResult
from odoo.tests import tagged

from .stock_case import ShelfShop, StockCase


def compare_and_set(shop, changes):
    """As Shopify does: what is not as the caller saw it stays as it is."""
    results = []
    for change in changes:
        key = change.product_id, change.variant_id, change.location
        shown = ShelfShop.shelves.get(key)
        if change.seen is not None and shown != change.seen:
            results.append(StockResult(shown, Refusal("changed", "Somebody was faster.", retry=True)))
        else:
            ShelfShop.shelves[key] = change.quantity
            results.append(StockResult(change.quantity))
    return results


@tagged("post_install", "-at_install")
class TestStockConflicts(StockCase):
    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(ShelfShop, "push_stock", compare_and_set))
        self.assertEqual(self.push(), {"10": 100, "20": 100})

    def again(self):
        self.level(self.mug_offer).retry_at = False
        return self.push()

    def test_a_sale_that_odoo_has_not_heard_of_is_not_written_over(self):
        ShelfShop.shelves["10", "", ""] = 97
        self.put(self.mug, 5)
        self.catch_up()
        self.channel.orders_polled_at = "2026-11-01"
        self.assertEqual(self.push(), {"10": 105})
        self.assertEqual(ShelfShop.shelves["10", "", ""], 97)
        level = self.level(self.mug_offer)
        self.assertTrue(level.retry_at)
        self.assertFalse(self.channel.orders_polled_at, "the orders are read first")
        self.assertFalse(level.drift)
        self.assertFalse(self.open_issues())
        # Now the order is here: the figure forgets nothing.
        self.env["ecom.stock.change"]._note(products=self.mug, sold=[(self.channel.id, self.mug.id)])
        self.put(self.mug, -3)
        self.catch_up()
        self.assertEqual(self.again(), {"10": 102})
        self.assertEqual((ShelfShop.shelves["10", "", ""], level.attempts, level.in_doubt), (102, 0, False))

    def test_what_no_order_explains_is_shown_to_a_person_first(self):
        ShelfShop.shelves["10", "", ""] = 42
        self.put(self.mug, 5)
        self.catch_up()
        self.push()
        self.again()
        level = self.level(self.mug_offer)
        self.assertEqual((level.drift, level.shown_quantity), ("corrected", 42))
        self.assertEqual(self.open_issues().mapped("code"), ["stock_drifted"])
        self.assertEqual(self.again(), {}, "nothing is written over it in silence")
        level.action_tell_again()
        self.assertEqual(self.again(), {"10": 105})
        self.assertEqual(ShelfShop.shelves["10", "", ""], 105)

    def test_too_much_on_the_shop_is_taken_back_at_once(self):
        ShelfShop.shelves["10", "", ""] = 900
        self.put(self.mug, 5)
        self.catch_up()
        self.push()
        self.again()
        self.assertEqual(self.again(), {"10": 105})
        self.assertEqual(ShelfShop.shelves["10", "", ""], 105)

    def test_a_lost_answer_is_no_conflict(self):
        self.put(self.mug, 5)
        self.catch_up()
        ShelfShop.shelves["10", "", ""] = 105  # it was written, and the connection broke
        self.push()
        level = self.level(self.mug_offer)
        self.assertEqual((level.pushed_quantity, level.waiting), (105, False))

    def test_the_shop_s_locations_are_read_when_it_is_connected(self):
        places = [StockLocation("1", "Paris"), StockLocation("2", "Lyon"), StockLocation("3", "Fermé", active=False)]
        with patch.object(ShelfShop, "read_locations", lambda _shop: places):
            channel = self.channel
            channel.action_read_stock_locations()
            mappings = channel.mapping_location_ids
            self.assertEqual([(row.code, row.label) for row in mappings], [("1", "Paris"), ("2", "Lyon")])
            self.assertEqual([row.location_ids for row in mappings], [self.location, self.location.browse()])
            channel.action_read_stock_locations()
            self.assertEqual(channel.mapping_location_ids, mappings)
        self.assertIn("Lyon", self.open_issues().message)
        self.catch_up()
        self.push()
        self.assertEqual(ShelfShop.shelves["10", "", "1"], 100)
        self.assertNotIn(("10", "", "2"), ShelfShop.shelves)
        mappings[1].location_ids = self.location
        self.assertFalse(self.open_issues())
