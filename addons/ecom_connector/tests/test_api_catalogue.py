"""An external shop reads what is published on its channel: once whole, then what changed."""

from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from .external_shop import ExternalShopCase


@tagged("post_install", "-at_install")
class TestApiCatalogue(ExternalShopCase):
    def publish(self, products, **values):
        listings = self.env["ecom.listing"]._publish_on(self.channel, products.product_tmpl_id, **values)
        self.run_lane()
        return listings

    def run_lane(self):
        self.env.cr.flush()
        channel = self.channel._work_env()

        def in_transaction(_channel, work):
            with self.env.cr.savepoint():
                result = work()
                self.env.flush_all()
                return result

        with patch.object(type(channel), "_in_transaction", in_transaction):
            channel._lane_listings(float("inf"))
        self.env.invalidate_all()

    def changes(self, cursor="", limit=100):
        page = self.api.product_changes(self.channel.code, cursor, limit)
        self.assertPlain(page)
        return page

    def test_a_shop_reads_all_once_and_then_what_changed(self):
        self.assertEqual(self.changes()["items"], [])
        self.publish(self.mug | self.pen)
        first = self.changes(limit=1)
        self.assertTrue(first["more"])
        rest = self.changes(first["cursor"])
        self.assertEqual([item["offers"][0]["sku"] for page in (first, rest) for item in page["items"]], ["MUG", "PEN"])
        self.assertEqual(self.changes(rest["cursor"])["items"], [])
        self.pen.list_price = 3.5
        self.mug.standard_price = 1.0
        self.run_lane()
        (changed,) = self.changes(rest["cursor"])["items"]
        self.assertEqual((changed["offers"][0]["sku"], changed["offers"][0]["id"]), ("PEN", str(self.pen.id)))
        self.assertNotIn("standard_price", changed["offers"][0])

    def test_texts_come_in_all_languages_and_a_translation_is_a_change(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        listing = self.publish(self.mug)
        cursor = self.changes()["cursor"]
        self.mug.product_tmpl_id.update_field_translations("name", {"fr_FR": "Grande tasse"})
        self.run_lane()
        (changed,) = self.changes(cursor)["items"]
        self.assertEqual(changed["translations"]["fr_FR"]["name"], "Grande tasse")
        self.assertEqual(changed["translations"]["en_US"]["name"], "Mug")
        listing.with_context(lang="fr_FR").title = "Tasse de luxe"
        self.run_lane()
        (changed,) = self.changes(changed["version"])["items"]
        self.assertEqual(changed["translations"]["fr_FR"]["name"], "Tasse de luxe")

    def test_trade_prices_and_quantity_breaks_are_told(self):
        self.mug.taxes_id = False
        retail, trade = self.env["product.pricelist"].create([{"name": "Retail"}, {"name": "Trade"}])
        self.channel.price_list_id = retail
        self.channel.tariff_ids = [Command.create({"code": "pro", "pricelist_id": trade.id})]
        percent = {"compute_price": "percentage"}
        retail.item_ids = [Command.create(percent | {"percent_price": 10, "min_quantity": 10})]
        trade.item_ids = [
            Command.create(percent | {"percent_price": 20}),
            Command.create(percent | {"percent_price": 30, "min_quantity": 50}),
        ]
        self.publish(self.mug)
        page = self.changes()
        (offer,) = page["items"][0]["offers"]
        self.assertEqual(offer["price"], "6.00")
        self.assertEqual(
            [(row["group"], row["quantity"], row["price"]) for row in offer["prices"]],
            [("", "10", "5.40"), ("pro", "1", "4.80"), ("pro", "50", "4.20")],
        )
        trade.item_ids[0].percent_price = 25
        self.run_lane()
        (changed,) = self.changes(page["cursor"])["items"]
        self.assertIn("4.50", [row["price"] for row in changed["offers"][0]["prices"]])

    def test_a_product_that_is_paused_is_told_as_such(self):
        listing = self.publish(self.mug)
        cursor = self.changes()["cursor"]
        listing.action_pause()
        self.run_lane()
        (changed,) = self.changes(cursor)["items"]
        self.assertEqual(changed["state"], "off")

    def test_a_page_costs_as_many_statements_however_long_it_is(self):
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "default_code": f"P{n}", "list_price": n} for n in range(30)]
        )
        self.publish(products)

        def count(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.changes(limit=limit)["items"]), limit)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertLessEqual(count(30) - count(3), 3)

    def test_promotions_carry_their_dates(self):
        promotions = self.env["product.pricelist"].create({"name": "Sale"})
        self.channel.promotion_list_id = promotions
        end = fields.Datetime.add(fields.Datetime.now(), days=3).replace(microsecond=0)
        promotions.item_ids = [Command.create({"compute_price": "percentage", "percent_price": 50, "date_end": end})]
        self.mug.taxes_id = False
        self.publish(self.mug)
        (offer,) = self.changes()["items"][0]["offers"]
        self.assertEqual((offer["price"], offer["sale_price"], offer["sale_from"]), ("6.00", "3.00", ""))
        self.assertEqual(offer["sale_to"], f"{end.isoformat()}Z")
