"""Pictures and documents of products: handed over once, in order, and what shops cannot take is pointed out."""

import base64
import io
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged
from PIL import Image

from ..decisions import media
from ..platforms.base import PlatformError
from ..platforms.catalogue import VARIANTS_KEY
from ..platforms.publishing import ListingResult, MediaResult, Refusal
from .listings_case import ListingsCase

PDF = base64.b64encode(b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF")
SVG = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><script>alert(1)</script></svg>')


def picture(colour, size=(8, 8), kind="PNG"):
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, kind)
    return base64.b64encode(content.getvalue())


@tagged("post_install", "-at_install")
class TestMedia(ListingsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        publishes = {"state", "name", "description", "images"}, {"sku", "price", "image"}
        cls.startClassPatcher(
            patch.object(type(cls.channel), "_publishes", lambda _self: tuple(map(frozenset, publishes)))
        )
        cls.soap.image_1920 = picture("red")

    def setUp(self):
        super().setUp()
        self.shop.uploads = True

    def add(self, product, **values):
        return self.env["ecom.product.image"].create({"product_tmpl_id": product.id} | values)

    def document(self, product, **values):
        return self.env["product.document"].create(
            {
                "name": "Sheet.pdf",
                "datas": PDF,
                "res_model": product._name,
                "res_id": product.id,
                "ecom_shared": True,
                **values,
            }
        )

    def told_pictures(self):
        """The pictures that the shop was told of last: ``[(id, alternative text)]``."""
        return [(image.external_id, image.alt) for image in self.shop.last[0].document.images]

    def media(self):
        return self.env["ecom.media"].search([("channel_id", "=", self.channel.id)])

    # === PICTURES === #

    def test_a_products_pictures_are_handed_over_once_and_in_order(self):
        self.add(self.soap, image_1920=picture("blue"), alt="From the side", sequence=20)
        self.add(self.soap, image_1920=picture("green"), alt="In its box", sequence=10)
        self.publish(self.soap)
        self.assertEqual(len(self.shop.files), 3)
        self.assertEqual([alt for _id, alt in self.told_pictures()], ["Soap", "In its box", "From the side"])
        self.assertTrue(all(found.startswith("m-") for found, _alt in self.told_pictures()))
        self.assertTrue(all(file.name.startswith("soap-") and file.name.endswith(".png") for file in self.shop.files))
        self.assertTrue(all(media.kind(file.content[:16]) == file.mimetype == "image/png" for file in self.shop.files))
        self.soap.ecom_listing_ids.action_update()
        self.assertEqual(self.run_lane(), 0)
        self.assertEqual(len(self.shop.files), 3)

    def test_the_same_picture_of_two_products_is_one_file(self):
        other = self.soap.copy({"name": "Other", "image_1920": picture("red")})
        self.publish(self.soap, other)
        self.assertEqual(len(self.shop.files), 1)
        self.assertEqual(len(self.media()), 1)

    def test_a_new_picture_replaces_the_old_one_and_one_that_is_taken_away_goes(self):
        extra = self.add(self.soap, image_1920=picture("blue"))
        self.publish(self.soap)
        first = self.told_pictures()
        self.soap.image_1920 = picture("black")
        self.assertEqual(self.run_lane(), 1)
        self.assertEqual(set(self.shop.last[0].fields), {"images"})
        self.assertEqual(len(self.shop.files), 3, "only the new one is sent")
        self.assertNotEqual(self.told_pictures()[0], first[0])
        self.assertEqual(self.told_pictures()[1], first[1])
        extra.unlink()
        self.assertEqual(self.run_lane(), 1)
        self.assertEqual(len(self.told_pictures()), 1)
        self.soap.image_1920 = picture("red")
        self.assertEqual(self.run_lane(), 1)
        self.assertEqual((self.told_pictures()[0][0], len(self.shop.files)), (first[0][0], 3), "it is there already")

    def test_another_alternative_text_is_told_without_a_file(self):
        extra = self.add(self.soap, image_1920=picture("blue"), alt="Blue")
        self.publish(self.soap)
        extra.alt = "Blue soap"
        self.assertEqual(self.run_lane(), 1)
        self.assertEqual((self.told_pictures()[1][1], len(self.shop.files)), ("Blue soap", 2))

    def test_alternative_texts_are_in_the_shops_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.channel.shop_language = "fr_FR"
        extra = self.add(self.soap, image_1920=picture("blue"), alt="Blue")
        extra.with_context(lang="fr_FR").alt = "Bleu"
        self.publish(self.soap)
        self.assertEqual(self.told_pictures()[1][1], "Bleu")

    def test_a_picture_is_for_some_shops_only(self):
        market = self.channel.copy({"name": "Marché"})
        self.add(self.soap, image_1920=picture("blue"), channel_ids=market.ids)
        self.publish(self.soap)
        self.assertEqual(len(self.told_pictures()), 1)

    def test_each_variant_has_its_own_picture(self):
        shirt = self.shirt("S", "M", "L")
        small, medium, large = shirt.product_variant_ids
        shirt.image_1920 = picture("white")
        small.image_variant_1920 = picture("yellow")
        self.add(shirt, image_1920=picture("pink"), product_id=medium.id, alt="Medium, pink")
        self.publish(shirt)
        (change,) = self.shop.last
        own = {offer.document.sku: offer.document.image for offer in change.offers}
        self.assertTrue(own["SHIRT-S"].external_id.startswith("m-"))
        self.assertEqual(own["SHIRT-M"].alt, "Medium, pink")
        self.assertIsNone(own["SHIRT-L"])
        self.assertEqual(len(change.document.images), 1)
        self.assertEqual(len(self.shop.files), 3)
        self.assertTrue(large)

    def test_what_the_shop_has_is_not_sent_before_it_is_to_be_told(self):
        """A product that the shop had first keeps its pictures there until they change here."""
        listing = self.env["ecom.listing"].create(
            {"channel_id": self.channel.id, "external_id": "7", "product_tmpl_id": self.soap.id}
        )
        self.env["ecom.offer"].create(
            {"listing_id": listing.id, "external_id": "", "product_id": self.soap.product_variant_id.id}
        )
        listing.action_publish()
        self.run_lane()
        self.assertFalse(self.shop.files)
        self.soap.image_1920 = picture("blue")
        self.run_lane()
        self.assertEqual(len(self.shop.files), 1)
        self.assertEqual(len(self.told_pictures()), 1)

    # === WHAT SHOPS CANNOT TAKE === #

    def issues(self):
        return self.open_issues().filtered(lambda issue: issue.code == "media_refused")

    def test_a_picture_that_is_a_program_stays_here_and_the_rest_goes(self):
        bad = self.add(self.soap, image_1920=SVG)
        self.publish(self.soap)
        self.assertEqual(len(self.told_pictures()), 1)
        issue = self.issues()
        self.assertIn("Soap", issue.message)
        self.assertIn("image/svg", issue.message)
        bad.image_1920 = picture("blue")
        self.run_lane()
        self.assertEqual((len(self.told_pictures()), issue.state), (2, "solved"))

    def test_a_file_above_the_limit_is_not_even_read(self):
        extra = self.add(self.soap, image_1920=picture("blue"))
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", extra._name), ("res_field", "=", "image_1920"), ("res_id", "=", extra.id)]
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE ir_attachment SET file_size = 41943040 WHERE id = %s", [attachment.id])
        self.env.invalidate_all()
        self.publish(self.soap)
        self.assertEqual((len(self.told_pictures()), len(self.shop.files)), (1, 1))
        self.assertIn("40.0", self.issues().message)
        self.assertIn("20", self.issues().message)

    def test_what_the_shop_refuses_is_not_sent_again_before_a_person_says_so(self):
        refusal = Refusal("rest_upload_sideload_error", "Not allowed here.")
        with patch.object(self.shop, "push_media", lambda files: [MediaResult(refusal=refusal) for _file in files]):
            listing = self.publish(self.soap)
        self.assertEqual(listing.external_id, "1000", "the product is sold all the same")
        self.assertEqual(self.told_pictures(), [])
        self.assertIn("Not allowed here.", self.issues().message)
        self.soap.list_price = 9
        self.run_lane()
        self.assertFalse(self.shop.files)
        issue = self.issues()
        issue.action_fix()
        self.run_lane()
        self.assertEqual((len(self.shop.files), len(self.told_pictures()), issue.state), (1, 1, "solved"))

    def test_a_shop_that_is_down_gets_the_file_later_and_the_product_waits_with_it(self):
        refusal = Refusal("timeout", "no answer", retry=True, in_doubt=True)
        self.env["ecom.listing"]._publish_on(self.channel, self.soap)
        self.shop.push_media = lambda files: [MediaResult(refusal=refusal) for _file in files]
        try:
            self.run_lane()
        except PlatformError as error:
            self.assertTrue(error.retry)
        else:
            self.fail("the lane does not rest")
        del self.shop.push_media
        self.assertFalse(self.shop.pushes)
        self.assertFalse(self.issues())
        self.run_lane()
        self.assertEqual(len(self.told_pictures()), 1)

    def test_a_shop_that_cannot_be_given_files_fetches_them_and_its_ids_are_learned(self):
        self.shop.uploads = False
        self.add(self.soap, image_1920=picture("blue"))
        row = {
            "images": [{"id": 51, "src": "https://shop.example/a.png"}, {"id": 52, "src": "https://shop.example/b.png"}]
        }
        push = self.shop.push_listings

        def with_pictures(changes):
            results = push(changes)
            for result in results:
                result.raw.update(row)
            return results

        with patch.object(self.shop, "push_listings", with_pictures):
            self.publish(self.soap)
        addresses = [image.url for image in self.shop.last[0].document.images]
        self.assertTrue(all(f"/ecom/media/{self.channel.id}/" in address for address in addresses), addresses)
        self.assertTrue(all(address.endswith(".png") for address in addresses))
        self.assertEqual(sorted(self.media().mapped("external_id")), ["51", "52"])
        self.soap.ecom_listing_ids.action_update()
        self.assertEqual(self.run_lane(), 0, "learning where it is on the shop changes nothing")

    def test_the_picture_of_a_variant_that_is_new_on_the_shop_is_learned_as_well(self):
        self.shop.uploads = False
        shirt = self.shirt("S", "M")
        shirt.product_variant_ids[0].image_variant_1920 = picture("yellow")
        shirt.product_variant_ids[1].image_variant_1920 = picture("pink")
        push = self.shop.push_listings

        def with_pictures(changes):
            results = push(changes)
            for result in results:
                for row in result.raw[VARIANTS_KEY]:
                    row["image"] = {"id": f"7{row['id']}", "src": f"https://shop.example/{row['sku']}.png"}
            return results

        with patch.object(self.shop, "push_listings", with_pictures):
            self.publish(shirt)
        wanted = {f"7{variant}" for variant in shirt.ecom_listing_ids.offer_ids.mapped("external_id")}
        self.assertEqual((set(self.media().mapped("external_id")), len(wanted)), (wanted, 2))
        by_variant = {row.checksum: row.url for row in self.media()}
        own = {offer.document.sku: offer.document.image for offer in self.shop.last[0].offers}
        for sku, image in own.items():
            self.assertEqual(by_variant[image.key], f"https://shop.example/{sku}.png")

    def test_a_product_is_sold_without_a_picture_that_the_shop_cannot_fetch(self):
        self.shop.uploads = False
        self.shop.refuse_images = Refusal("image_refused", "Could not be fetched.", field="images")
        push = self.shop.push_listings

        def picky(changes):
            self.shop.pushes.append(list(changes))
            if any(change.document.images for change in changes):
                return [ListingResult(refusal=self.shop.refuse_images) for _change in changes]
            return push(changes)

        with patch.object(self.shop, "push_listings", picky):
            listing = self.publish(self.soap)
            self.env.cr.precommit.run()
            self.run_lane()
        self.assertTrue(listing.external_id)
        self.assertEqual(self.open_issues().mapped("code"), ["media_refused"])
        self.assertIn("Could not be fetched.", self.issues().message)

    # === DOCUMENTS AND VIDEOS === #

    def test_sheets_and_videos_are_linked_under_the_description(self):
        self.soap.description_sale = "Made of olive oil"
        self.document(self.soap)
        self.document(self.soap, name="Secret.pdf", datas=base64.b64encode(b"%PDF-1.4 secret"), ecom_shared=False)
        self.add(self.soap, video_url="https://www.youtube.com/watch?v=1", alt="How it is made")
        self.publish(self.soap)
        description = self.shop.last[0].document.description
        self.assertIn("Made of olive oil", description)
        self.assertIn('<a href="https://www.youtube.com/watch?v=1"', description)
        self.assertIn("How it is made", description)
        self.assertIn("https://shop.example/Sheet.pdf", description)
        self.assertNotIn("Secret", description)
        listing = self.soap.ecom_listing_ids
        listing.description = description
        self.assertNotIn("Sheet.pdf", listing.description, "what we add ourselves is not taken for the merchant's")

    def test_a_sheet_that_is_no_longer_shared_goes_from_the_shop(self):
        sheet = self.document(self.soap)
        self.publish(self.soap)
        sheet.ecom_shared = False
        self.run_lane()
        self.assertNotIn("Sheet", self.shop.last[0].document.description)

    def test_a_text_file_is_no_sheet(self):
        self.document(self.soap, name="Notes.txt", datas=base64.b64encode(b"hello"))
        self.publish(self.soap)
        self.assertIn("Notes.txt", self.issues().message)
        self.assertEqual(len(self.shop.files), 1)

    def test_a_video_is_a_link_that_may_be_shown(self):
        for url in ("javascript:alert(1)", "http://10.0.0.1/video", "ftp://example.com/v", "https://a:b@example.com/"):
            with self.assertRaises(ValidationError):
                self.add(self.soap, video_url=url)
        with self.assertRaises(ValidationError):
            self.add(self.soap)
        self.assertTrue(self.add(self.soap, video_url="http://vimeo.com/1"))

    # === ADDRESSES === #

    def test_an_address_shows_its_own_file_while_it_may_be_shown(self):
        self.shop.uploads = False
        sheet = self.document(self.soap)
        self.publish(self.soap)
        Media = self.env["ecom.media"].sudo()
        shot = self.media().filtered(lambda row: row.mimetype == "image/png")
        paper = self.media() - shot
        for row in shot, paper:
            self.assertEqual(Media._by_address(self.channel.id, row.checksum, row._signature()), row)
            self.assertFalse(Media._by_address(self.channel.id, row.checksum, "0" * 64))
        self.assertFalse(Media._by_address(self.channel.id, shot.checksum, paper._signature()))
        other = self.channel.copy({"name": "Marché"})
        self.assertFalse(Media._by_address(other.id, shot.checksum, shot._signature()))
        sheet.ecom_shared = False
        self.assertFalse(Media._by_address(self.channel.id, paper.checksum, paper._signature()))
        self.soap.image_1920 = picture("orange")
        self.env.flush_all()
        self.assertFalse(Media._by_address(self.channel.id, shot.checksum, shot._signature()), "another picture now")

    def test_an_archived_channel_shows_nothing(self):
        self.shop.uploads = False
        self.publish(self.soap)
        row = self.media()
        self.channel.active = False
        self.assertFalse(self.env["ecom.media"]._by_address(self.channel.id, row.checksum, row._signature()))

    # === COST AND ACCESS === #

    def test_statements_do_not_grow_with_the_listings(self):
        def cost(number):
            products = self.env["product.template"].create(
                [{"name": f"P{n}", "image_1920": picture((n, number, 9))} for n in range(number)]
            )
            self.env["ecom.product.image"].create(
                [
                    {"product_tmpl_id": product.id, "image_1920": picture((n, number, 99))}
                    for n, product in enumerate(products)
                ]
            )
            listings = self.env["ecom.listing"]._publish_on(self.channel, products)
            listings._complete_offers()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            images, _own = listings._images()
            self.env.flush_all()
            self.assertEqual({len(found) for found in images.values()}, {2})
            return self.env.cr.sql_log_count - before

        few = cost(5)
        self.assertLessEqual(cost(40), few + 2)

    def test_product_managers_keep_pictures_and_others_see_them(self):
        keeper = new_test_user(self.env, "keeper", "base.group_user,product.group_product_manager")
        reader = new_test_user(self.env, "reader", "base.group_user")
        image = (
            self.env["ecom.product.image"]
            .with_user(keeper)
            .create({"product_tmpl_id": self.soap.id, "image_1920": picture("blue")})
        )
        self.assertTrue(image.with_user(reader).image_1920)
        image.alt = "Blue"
        image.unlink()
