"""An external shop reads what is published on its channel: once whole, then what changed."""

import base64
import re
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .external_shop import ExternalShopCase
from .shop_case import own_fields
from .test_media import PDF, SVG, picture


class ApiCatalogueCase(ExternalShopCase):
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


@tagged("post_install", "-at_install")
class TestApiCatalogue(ApiCatalogueCase):
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

    # === WHAT MAPPINGS SAY === #

    def mapped(self, target, **values):
        return self.env["ecom.field.mapping"].create({"channel_id": self.channel.id, "target": target} | values)

    def test_what_is_left_to_the_shop_is_not_told_at_all(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.mug.write({"description_sale": "Big", "barcode": "3760000000024", "weight": 0.3})
        self.publish(self.mug)
        (before,) = self.changes()["items"]
        self.assertEqual((before["summary"], before["offers"][0]["barcode"]), ("<p>Big</p>", "3760000000024"))
        for target in ("listing.summary", "listing.images", "offer.barcode", "offer.sale_price"):
            self.mapped(target, source="builtin", direction="none")
        self.mapped("offer.weight", source="builtin", direction="create")
        (item,) = self.changes()["items"]
        self.assertEqual(before.keys() - item.keys(), {"summary", "images"})
        (offer,) = item["offers"]
        self.assertEqual(before["offers"][0].keys() - offer.keys(), {"barcode", "sale_price", "sale_from", "sale_to"})
        self.assertEqual(offer["weight"], before["offers"][0]["weight"], "told once is told")
        self.assertEqual(set(item["translations"]["fr_FR"]), {"name", "description"})

    def own_codes(self):
        """Give products a field of the merchant's for the shop's SKU."""
        own_fields(self.env, ("product.product", "x_shop_code", "char"))
        mapping = self.mapped("offer.sku", source_field="x_shop_code")
        self.mug.x_shop_code = "WEB-1"
        self.env.flush_all()
        return mapping

    def test_the_list_of_products_has_the_skus_that_the_merchant_mapped(self):
        mapping = self.own_codes()
        items = self.api.product_list(self.channel.code, "", 200)["items"]
        self.assertEqual([(item["sku"], item["id"]) for item in items], [("WEB-1", str(self.mug.id))])
        self.publish(self.mug)
        (item,) = self.changes()["items"]
        self.assertEqual(item["offers"][0]["sku"], "WEB-1", "as the changes have it")
        mapping.condition = repr([("x_shop_code", "!=", False)])
        items = self.api.product_list(self.channel.code, "", 200)["items"]
        self.assertLessEqual({"WEB-1", "PEN"}, {item["sku"] for item in items})
        self.assertNotIn("MUG", {item["sku"] for item in items})

    def test_a_sku_that_is_made_up_of_fields_is_told_everywhere(self):
        self.mapped("offer.sku", source="template", template="W-{default_code}")
        listing = self.publish(self.mug)
        (item,) = self.changes()["items"]
        skus = {row["sku"] for row in self.api.product_list(self.channel.code, "", 200)["items"]}
        self.assertEqual((item["offers"][0]["sku"], listing.offer_ids.sku), ("W-MUG", "W-MUG"))
        self.assertLessEqual({"W-MUG", "W-PEN"}, skus)

    def test_reading_changes_nothing(self):
        """Two who ask at once do not get in each other's way, nor in the lane's."""
        own_fields(self.env, ("product.product", "x_odd", "date", "Odd"))
        self.mapped("offer.custom", target_name="odd", source_field="x_odd", converter="date")
        self.publish(self.mug)
        self.mug.image_1920 = picture("red")
        self.env["ir.model.fields"]._get("product.product", "x_odd").unlink()
        self.env.flush_all()
        models = ("ecom.media", "ecom.issue", "ecom.listing.change")
        before = [self.env[model].search_count([]) for model in models]
        self.changes()
        self.env.flush_all()
        self.assertEqual([self.env[model].search_count([]) for model in models], before)
        self.run_lane()
        (item,) = self.changes()["items"]
        self.assertEqual(len(item["images"]), 1)
        self.assertTrue(self.env["ecom.issue"].search_count([("code", "=", "field_not_told")]))


@tagged("post_install", "-at_install")
class TestApiPictures(HttpCase, ApiCatalogueCase):
    """An external shop fetches pictures by the addresses that it is told."""

    def test_pictures_of_products_and_variants_are_where_the_shop_is_told(self):
        red, blue = picture("red"), picture("blue")
        self.mug.image_1920 = red
        self.env["ecom.product.image"].create(
            {"product_tmpl_id": self.mug.product_tmpl_id.id, "image_1920": blue, "alt": "From the side"}
        )
        self.publish(self.mug)
        (item,) = self.changes()["items"]
        self.assertEqual([image["alt"] for image in item["images"]], ["Mug", "From the side"])
        for image, content in zip(item["images"], (red, blue), strict=True):
            answer = self.url_open(image["url"])
            self.assertEqual((answer.status_code, answer.headers["Content-Type"]), (200, "image/png"))
            self.assertEqual(answer.content, base64.b64decode(content))
        first = item["images"][0]["url"]
        cursor = item["version"]
        self.mug.image_1920 = picture("green")
        self.run_lane()
        (item,) = self.changes(cursor)["items"]
        self.assertNotEqual(item["images"][0]["url"], first)
        self.assertEqual(self.url_open(item["images"][0]["url"]).status_code, 200)
        self.assertEqual(self.url_open(first).status_code, 404, "the picture is another one now")

    def test_what_no_shop_can_show_is_pointed_out_and_a_sheet_is_linked(self):
        self.mug.image_1920 = picture("red")
        bad = self.env["ecom.product.image"].create({"product_tmpl_id": self.mug.product_tmpl_id.id, "image_1920": SVG})
        self.env["product.document"].create(
            {
                "name": "Sheet.pdf",
                "datas": PDF,
                "res_model": "product.template",
                "res_id": self.mug.product_tmpl_id.id,
                "ecom_shared": True,
            }
        )
        self.publish(self.mug)
        (item,) = self.changes()["items"]
        self.assertEqual(len(item["images"]), 1)
        (sheet,) = re.findall(r'href="([^"]+)"', item["description"])
        answer = self.url_open(sheet)
        self.assertEqual((answer.status_code, answer.content), (200, base64.b64decode(PDF)))
        domain = [("channel_id", "=", self.channel.id), ("code", "=", "media_refused"), ("state", "=", "open")]
        issue = self.env["ecom.issue"].search(domain)
        self.assertIn("image/svg", issue.message)
        bad.image_1920 = picture("blue")
        self.run_lane()
        self.assertEqual((issue.state, len(self.changes()["items"][0]["images"])), ("solved", 2))
