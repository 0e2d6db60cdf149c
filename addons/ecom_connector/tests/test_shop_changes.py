"""What somebody changes on the shop: nobody's work is overwritten, and an echo is no news."""

import json
from unittest.mock import patch

from odoo.tests import tagged

from .listings_case import ListingsCase


@tagged("post_install", "-at_install")
class TestShopChanges(ListingsCase):
    def hear(self, listing, **changed):
        """The shop says that a product changed: what it shows now is as ``changed`` says."""
        self.shop.shelf[listing.external_id] |= changed
        self.env["ecom.event"].create(
            {
                "channel_id": self.channel.id,
                "event_id": f"e{len(self.env['ecom.event'].search([]))}",
                "kind": "product",
                "external_id": listing.external_id,
            }
        )
        return self.run_lane()

    def test_the_echo_of_our_own_change_does_nothing(self):
        listing = self.publish(self.soap)
        self.assertEqual(self.hear(listing), 0)
        self.assertFalse(listing.differs)
        self.assertEqual(self.hear(listing, stock_quantity=4, date_modified_gmt="2026-01-01T00:00:00"), 0)
        self.assertFalse(listing.differs)
        self.assertFalse(self.env["ecom.event"].search([("state", "=", "new"), ("kind", "=", "product")]))

    def test_a_change_on_the_shop_is_pointed_out_and_a_person_decides(self):
        listing = self.publish(self.soap)
        self.assertEqual(self.hear(listing, name="Savon", regular_price="9.00"), 0, "nobody's work is overwritten")
        self.assertEqual(listing.differs, ["name", "offer.price"])
        self.assertTrue(listing.has_differences)
        listing.action_overrule()
        self.run_lane()
        (change,) = self.shop.last
        self.assertEqual((change.fields, [set(offer.fields) for offer in change.offers]), ({"name"}, [{"price"}]))
        self.assertFalse(listing.differs)
        self.hear(listing, name="Savon")
        listing.action_accept_shop()
        self.assertEqual(self.run_lane(), 0)

    def test_news_that_come_in_the_wrong_order_end_with_what_the_shop_shows(self):
        """Webhooks say what to look at; an older version of the product that comes late changes nothing."""
        listing = self.publish(self.soap)
        listing.kept_up = False
        self.run_lane()
        newer = {"name": "Newer", "date_modified_gmt": "2026-11-02T10:00:02"}
        self.shop.shelf[listing.external_id] |= newer
        older = {"id": int(listing.external_id), "name": "Older", "date_modified_gmt": "2026-11-02T10:00:01"}
        for number, body in enumerate((self.shop.shelf[listing.external_id], older)):
            self.env["ecom.event"].create(
                {
                    "channel_id": self.channel.id,
                    "event_id": f"disorder {number}",
                    "kind": "product",
                    "external_id": listing.external_id,
                    "body": json.dumps(body),
                }
            )
            self.run_lane()
            self.assertEqual(listing.title, "Newer")
        self.assertFalse(self.env["ecom.event"].search([("state", "=", "new"), ("kind", "=", "product")]))

    def test_what_the_shop_keeps_itself_is_taken_over(self):
        listing = self.publish(self.soap)
        listing.kept_up = False
        self.hear(listing, name="Savon", short_description="<p>Doux<script>alert(1)</script></p>")
        self.assertEqual((listing.title, listing.summary), ("Savon", "<p>Doux</p>"))
        self.assertEqual(self.soap.name, "Soap")

    def test_what_the_shop_says_is_kept_in_the_shop_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.channel.shop_language = "fr_FR"
        listing = self.publish(self.soap)
        listing.kept_up = False
        listing.title = "Soap, as typed in English"
        self.hear(listing, name="Savon")
        self.assertEqual(listing.with_context(lang="fr_FR").title, "Savon")
        self.assertEqual(listing.with_context(lang="en_US").title, "Soap, as typed in English")

    def test_of_a_product_that_was_never_looked_at_nothing_is_said_to_have_changed(self):
        listing = self.publish(self.soap)
        listing.shown = listing.offer_ids.shown = False
        self.hear(listing, name="Savon")
        self.assertFalse(listing.differs)
        self.hear(listing, name="Savon doux")
        self.assertEqual(listing.differs, ["name"])

    def test_a_product_deleted_on_the_shop_can_be_published_again(self):
        listing = self.publish(self.soap)
        key = listing.external_id
        self.shop.shelf.clear()
        self.shop.shelf[key] = {}
        del self.shop.shelf[key]
        self.env["ecom.event"].create(
            {
                "channel_id": self.channel.id,
                "event_id": "gone",
                "kind": "product",
                "external_id": key,
                "deleted": True,
            }
        )
        self.run_lane()
        issue = self.env["ecom.issue"].search([("code", "=", "listing_gone"), ("state", "=", "open")])
        self.assertEqual((listing.kept_up, listing.state, issue.key), (False, "off", str(listing.id)))
        issue.action_fix()
        self.shop.made["something else"] = "1"
        self.run_lane()
        self.assertTrue(listing.external_id and listing.external_id != key)
        self.assertEqual(listing.state, "on")

    def test_the_comparison_shows_both_sides_and_tells_only_what_differs(self):
        listing = self.publish(self.soap)
        self.shop.shelf[listing.external_id] |= {"name": "Savon", "description": "<div>Old</div>"}
        with patch.object(type(self.channel), "_platform", lambda _self, flow=None: self.shop):
            compare = self.env["ecom.listing.compare"].browse(listing.action_compare()["res_id"])
        lines = {line.field: (line.here, line.there) for line in compare.line_ids}
        self.assertEqual(lines["name"], ("Soap", "Savon"))
        self.assertEqual(lines["description"], ("", "Old"))
        self.assertNotIn("offer.price", lines)
        compare.action_tell()
        self.run_lane()
        self.assertLessEqual({"name", "description"}, self.shop.last[0].fields)
