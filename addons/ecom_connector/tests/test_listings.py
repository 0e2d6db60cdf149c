"""Publishing: what the shop is told, and what is not told twice."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..platforms.catalogue import TermDocument
from .listings_case import ListingsCase


@tagged("post_install", "-at_install")
class TestListings(ListingsCase):
    def test_a_product_is_published_once_and_a_second_look_says_nothing(self):
        listing = self.publish(self.soap)
        (change,) = self.shop.last
        self.assertEqual((change.document.name, change.document.offers[0].sku), ("Soap", "SOAP"))
        self.assertEqual(str(change.document.offers[0].price), "5.00")
        self.assertEqual((listing.external_id, listing.offer_ids.external_id), ("1000", ""))
        self.assertEqual(listing.url, "https://shop.example/1000")
        self.assertFalse(listing.waiting)
        listing.action_update()
        self.assertEqual(self.run_lane(), 0)
        self.assertFalse(listing.waiting)

    def test_only_what_changed_is_told(self):
        self.publish(self.soap)
        self.soap.list_price = 6.0
        self.assertEqual(self.run_lane(), 1)
        (change,) = self.shop.last
        self.assertFalse(change.fields)
        self.assertEqual([set(offer.fields) for offer in change.offers], [{"price"}])
        self.soap.description_purchase = "nobody's business"
        self.soap.standard_price = 2.0
        self.assertEqual(self.run_lane(), 0)

    def test_many_price_changes_are_told_a_hundred_at_a_time(self):
        products = self.env["product.template"].create(
            [{"name": f"P{n}", "default_code": f"P{n}", "list_price": 1 + n, "taxes_id": False} for n in range(110)]
        )
        self.publish(products)
        self.assertEqual([len(push) for push in self.shop.pushes], [100, 10])
        pricelist = self.env["product.pricelist"].create({"name": "Shop"})
        self.channel.price_list_id = pricelist
        pricelist.item_ids = [Command.create({"compute_price": "percentage", "percent_price": 10})]
        self.assertEqual(self.run_lane(), 2)
        self.assertEqual(
            {name for change in self.shop.last for offer in change.offers for name in offer.fields}, {"price"}
        )

    def test_a_variant_of_a_listing_that_comes_later_is_added(self):
        shirt = self.shirt("S", "M")
        listing = self.publish(shirt)
        self.assertEqual(sorted(listing.offer_ids.mapped("external_id")), ["100001", "100002"])
        large = self.env["product.attribute.value"].create(
            {"name": "L", "attribute_id": shirt.attribute_line_ids.attribute_id.id}
        )
        shirt.attribute_line_ids.value_ids = [Command.link(large.id)]
        self.run_lane()
        (change,) = self.shop.last
        self.assertEqual([offer.document.options[0].value for offer in change.offers], ["L"])
        self.assertEqual(change.fields, {"attributes"})

    def test_a_variant_that_is_archived_is_taken_off_sale_and_never_deleted(self):
        shirt = self.shirt("S", "M")
        self.publish(shirt)
        shirt.product_variant_ids[0].active = False
        self.run_lane()
        (change,) = self.shop.last
        self.assertEqual([(set(offer.fields), offer.document.active) for offer in change.offers], [({"active"}, False)])

    def test_pausing_and_publishing_again_changes_the_state_only(self):
        listing = self.publish(self.soap)
        listing.action_pause()
        self.run_lane()
        self.assertEqual((self.shop.last[0].fields, self.shop.last[0].document.state.value), ({"state"}, "off"))
        self.soap.active = False
        listing.action_publish()
        self.assertEqual(self.run_lane(), 0, "an archived product stays off sale")

    def test_pausing_does_not_take_the_say_from_the_shop(self):
        listing = self.env["ecom.listing"].create(
            {"channel_id": self.channel.id, "external_id": "77", "product_tmpl_id": self.soap.id}
        )
        with self.assertRaisesRegex(UserError, "Soap"):
            listing.action_pause()
        self.assertEqual((self.run_lane(), listing.kept_up, listing.state), (0, False, "on"))

    def test_a_shop_s_own_product_keeps_what_odoo_knows_less_of(self):
        listing = self.env["ecom.listing"].create(
            {"channel_id": self.channel.id, "external_id": "77", "product_tmpl_id": self.soap.id}
        )
        self.env["ecom.offer"].create(
            {"listing_id": listing.id, "external_id": "", "product_id": self.soap.product_variant_id.id}
        )
        self.publish(self.soap)
        (change,) = self.shop.last
        self.assertEqual(change.document.product_id, "77")
        self.assertNotIn("categories", change.fields)
        self.assertEqual(change.fields, {"state", "name"})
        self.soap.categ_id = self.env["product.category"].create({"name": "Care"})
        self.run_lane()
        self.assertEqual(self.shop.last[0].fields, {"categories"})
        self.assertEqual(self.shop.last[0].document.categories, (TermDocument("category-Care", "Care"),))

    def test_a_promotion_is_told_with_its_dates_and_ends_by_itself(self):
        promotions = self.env["product.pricelist"].create({"name": "Sale"})
        self.channel.promotion_list_id = promotions
        self.publish(self.soap)
        start, end = (
            fields.Datetime.add(fields.Datetime.now(), days=1),
            fields.Datetime.add(fields.Datetime.now(), days=8),
        )
        promotions.item_ids = [
            Command.create(
                {
                    "applied_on": "1_product",
                    "product_tmpl_id": self.soap.id,
                    "compute_price": "fixed",
                    "fixed_price": 4.0,
                    "date_start": start,
                    "date_end": end,
                }
            )
        ]
        self.run_lane()
        (change,) = self.shop.last
        self.assertEqual(set(change.offers[0].fields), {"sale_price", "sale_from", "sale_to"})
        offer = change.offers[0].document
        self.assertEqual((str(offer.price), str(offer.sale_price)), ("5.00", "4.00"))
        self.assertEqual((offer.sale_from.replace(tzinfo=None), offer.sale_to.replace(tzinfo=None)), (start, end))

        with freeze_time(start + timedelta(seconds=1)):
            self.assertEqual(self.run_lane(), 1, "it begins for the shop at that moment, not at its next midnight")
            (change,) = self.shop.last
            self.assertEqual((change.offers[0].fields, change.offers[0].document.sale_from), ({"sale_from"}, None))
            self.assertEqual(self.run_lane(), 0)
        with freeze_time(end + timedelta(seconds=1)):
            self.assertEqual(self.run_lane(), 1)
            offer = self.shop.last[0].offers[0].document
            self.assertEqual((offer.sale_price, offer.sale_to), (None, None))

    def test_a_shop_that_knows_no_dates_is_told_when_the_moment_has_come(self):
        promotions = self.env["product.pricelist"].create({"name": "Sale"})
        self.channel.promotion_list_id = promotions
        undated = (self.fields_told[0], self.fields_told[1] - {"sale_from", "sale_to"})
        self.startPatcher(patch.object(type(self.channel), "_publishes", lambda _self: undated))
        now = fields.Datetime.now()
        rule = self.env["product.pricelist.item"].create(
            {
                "pricelist_id": promotions.id,
                "applied_on": "1_product",
                "product_tmpl_id": self.soap.id,
                "compute_price": "fixed",
                "fixed_price": 4.0,
                "date_start": fields.Datetime.add(now, days=1),
            }
        )
        self.publish(self.soap)
        self.assertFalse(self.shop.last[0].offers[0].document.sale_price)
        rule.date_start = fields.Datetime.subtract(now, days=1)
        self.run_lane()
        self.assertEqual(set(self.shop.last[0].offers[0].fields), {"sale_price"})
        offer = self.shop.last[0].offers[0].document
        self.assertEqual((str(offer.sale_price), offer.sale_from), ("4.00", None))
        rule.date_end = fields.Datetime.subtract(now, hours=1)
        self.run_lane()
        self.assertFalse(self.shop.last[0].offers[0].document.sale_price)

    def test_the_assistant_publishes_what_was_chosen(self):
        with Form(
            self.env["ecom.listing.publish"].with_context(active_model="product.template", active_ids=self.soap.ids)
        ) as form:
            form.channel_ids.add(self.channel)
            form.state = "draft"
        form.record.action_publish()
        listing = self.soap.ecom_listing_ids
        self.assertEqual((listing.channel_id, listing.state, listing.kept_up), (self.channel, "draft", True))
