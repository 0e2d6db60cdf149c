"""A shop without a library of pictures: each belongs to one product, and can only be sent once that is made."""

from dataclasses import replace
from unittest.mock import patch

from odoo.tests import tagged

from ..platforms.woocommerce import WooCommerce
from .listings_case import ListingsCase
from .test_media import picture


@tagged("post_install", "-at_install")
class TestMediaOfProduct(ListingsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        publishes = {"state", "name", "description", "images"}, {"sku", "price", "image"}
        cls.startClassPatcher(
            patch.object(type(cls.channel), "_publishes", lambda _self: tuple(map(frozenset, publishes)))
        )
        capabilities = replace(WooCommerce.capabilities, media_of_product=True, price_digits=6)
        cls.startClassPatcher(patch.object(WooCommerce, "capabilities", capabilities))
        cls.soap.image_1920 = picture("red")

    def setUp(self):
        super().setUp()
        self.shop.uploads = True

    def test_pictures_follow_the_product_that_was_made(self):
        self.env["ecom.product.image"].create({"product_tmpl_id": self.soap.id, "image_1920": picture("blue")})
        listing = self.publish(self.soap)
        first, second = self.shop.pushes
        self.assertFalse(any(image.external_id for image in first[0].document.images))
        self.assertEqual({file.product_id for file in self.shop.files}, {listing.external_id})
        self.assertEqual(len(self.shop.files), 2)
        self.assertEqual(second[0].fields, {"images"})
        self.assertTrue(all(image.external_id for image in second[0].document.images))
        listing.action_update()
        self.assertEqual(self.run_lane(), 0, "all was told")

    def test_two_products_that_show_one_picture_are_sent_it_each(self):
        other = self.soap.copy({"name": "Other", "image_1920": picture("red")})
        listings = self.publish(self.soap, other)
        self.assertEqual({file.product_id for file in self.shop.files}, set(listings.mapped("external_id")))
        self.assertEqual(len(self.env["ecom.media"].search([("channel_id", "=", self.channel.id)])), 2)

    def test_a_price_without_tax_keeps_the_price_with_it(self):
        tax = self.env["account.tax"].create(
            {
                "name": "20 % included",
                "amount": 20,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                "company_id": self.channel.company_id.id,
            }
        )
        self.channel.shop_price_tax = "excluded"
        self.soap.write({"list_price": 9.99, "taxes_id": tax.ids})
        self.publish(self.soap)
        self.assertEqual(str(self.shop.pushes[0][0].offers[0].document.price), "8.325000")
        tax.price_include_override = "tax_excluded"
        self.soap.list_price = 8.33
        self.run_lane()
        self.assertEqual(str(self.shop.last[0].offers[0].document.price), "8.330000")
