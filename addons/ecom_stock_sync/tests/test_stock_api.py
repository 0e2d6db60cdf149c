"""What shops that call Odoo are told of the stock."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .stock_api_case import StockApiCase


@tagged("post_install", "-at_install")
class TestStockTold(StockApiCase):
    def test_by_the_channels_rules(self):
        self.put(self.mug, 9)
        self.env["ecom.stock.rule"].create({"product_id": self.mug.id, "buffer": 2, "at_zero": "backorder"})
        self.catch_up()
        found, unknown = self.api.stock_get(self.channel.code, ["MUG", "NOPE"])
        self.assertPlain([found, unknown])
        self.assertEqual((found["quantity"], found["keep_selling"]), (8, True))
        self.assertEqual(found["version"], str(self.offer.stock_level_ids.version))
        self.assertEqual((unknown["status"], unknown["errors"][0]["code"]), ("error", "unknown_product"))

    def test_what_is_not_offered_yet_is_told_by_the_same_rules(self):
        self.put(self.pen, 9)
        self.env["ecom.stock.rule"].create({"product_id": self.pen.id, "buffer": 2})
        (found,) = self.api.stock_get(self.channel.code, ["PEN"])
        self.assertEqual((found["quantity"], found["keep_selling"], found["version"]), (7, False, ""))

    def test_what_is_left_to_the_shop_is_not_told(self):
        self.env["ecom.stock.rule"].create({"product_id": self.mug.id, "left_to_shop": True})
        self.catch_up()
        (found,) = self.api.stock_get(self.channel.code, ["MUG"])
        self.assertEqual((found["left_to_shop"], "quantity" in found), (True, False))
        (changed,) = self.api.stock_changes(self.channel.code)["items"]
        self.assertEqual((changed["left_to_shop"], "quantity" in changed), (True, False))

    def test_lots_where_asked(self):
        cheese = self.env["product.product"].create(
            {
                "name": "Comté",
                "default_code": "COMTE",
                "is_storable": True,
                "tracking": "lot",
                "use_expiration_date": True,
            }
        )
        now = fields.Datetime.now()
        lots = self.env["stock.lot"].create(
            [
                {
                    "name": name,
                    "product_id": cheese.id,
                    "expiration_date": now + timedelta(days=days),
                    "removal_date": now + timedelta(days=days),
                }
                for name, days in (("LATE", 90), ("SOON", 60), ("SHORT", 10), ("BLOCKED", 90))
            ]
        )
        lots[3].ecom_blocked = True
        for lot in lots:
            self.put(cheese, 4, lot=lot)
        self.sell(cheese)
        self.channel.stock_shelf_life_days = 30
        self.catch_up()
        (plain,) = self.api.stock_get(self.channel.code, ["COMTE"])
        self.assertNotIn("lots", plain)
        (found,) = self.api.stock_get(self.channel.code, ["COMTE"], lots=True)
        self.assertPlain(found)
        self.assertEqual(found["quantity"], 8)
        self.assertEqual([(row["name"], row["quantity"]) for row in found["lots"]], [("SOON", 4.0), ("LATE", 4.0)])
        self.assertEqual(found["lots"][0]["expires"], self.env.company._ecom_day(now + timedelta(days=60)).isoformat())

    def test_changes_are_told_in_order_and_none_is_missed_while_levels_change(self):
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "default_code": f"P{n}", "is_storable": True} for n in range(5)]
        )
        offers = [self.sell(product) for product in products]
        self.catch_up()
        told, cursor, calls = {}, "", 0
        while True:
            page = self.api.stock_changes(self.channel.code, cursor, 2)
            self.assertPlain(page)
            told |= {row["sku"]: row["quantity"] for row in page["items"]}
            cursor = page["cursor"]
            calls += 1
            if calls < 6:
                self.put(products[calls - 1], calls)
                self.catch_up()
            elif not page["more"]:
                break
        expected = {offer.sku: offer.stock_level_ids.quantity for offer in [*offers, self.offer]}
        self.assertEqual(told, expected)
        self.assertEqual(
            self.api.stock_changes(self.channel.code, cursor), {"items": [], "cursor": cursor, "more": False}
        )

    def test_an_offer_that_goes_does_not_make_the_next_change_unseen(self):
        """The offer that changed last is removed: the next change must still be numbered after the shop's cursor."""
        pen = self.sell(self.pen)
        self.put(self.pen, 3)
        self.catch_up()
        cursor = self.api.stock_changes(self.channel.code)["cursor"]
        pen.unlink()
        self.put(self.mug, 4)
        self.catch_up()
        self.assertEqual([row["sku"] for row in self.api.stock_changes(self.channel.code, cursor)["items"]], ["MUG"])

    def test_wrong_arguments(self):
        for skus, lots in (("MUG", False), (["MUG"], "yes")):
            with self.assertRaises(UserError):
                self.api.stock_get(self.channel.code, skus, lots)
        for cursor, limit in (("x", 1), ("", 0), ("", 201)):
            with self.assertRaises(UserError):
                self.api.stock_changes(self.channel.code, cursor, limit)
