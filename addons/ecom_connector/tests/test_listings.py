"""Publishing: what the shop is told, what is not told twice, and what becomes of refusals and lost answers."""

import json
from decimal import Decimal
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..platforms.base import PlatformError, ShopTax, platform_class
from ..platforms.catalogue import VARIANTS_KEY, WEIGHT_UNIT_KEY, TermDocument
from ..platforms.publishing import ListingResult, MediaResult, Refusal
from .shop_case import ShopCase


class RecordingShop:
    """Stands at the end of the wire: keeps what it is told, and answers like a WooCommerce."""

    capabilities = platform_class("woocommerce").capabilities

    def __init__(self):
        self.pushes, self.made, self.refuse, self.lose = [], {}, {}, 0
        self.variants = 100000
        self.files, self.uploads = [], False  # what was uploaded, and whether that can be done
        self.taxes = []
        self.shelf, self.reads = {}, []  # what the shop shows, and what it was asked for

    def _next_variant(self):
        self.variants += 1
        return str(self.variants)

    @property
    def last(self):
        return self.pushes[-1]

    def push_listings(self, changes):
        self.pushes.append(list(changes))
        results = [self._push(change) for change in changes]
        if self.lose:
            self.lose -= 1
            refusal = Refusal("timeout", "no answer", retry=True, in_doubt=True)
            return [ListingResult(refusal=refusal) for _change in changes]
        return results

    def _push(self, change):
        document = change.document
        if document.name in self.refuse:
            return ListingResult(refusal=self.refuse[document.name])
        product_id = document.product_id or str(1000 + len(self.made))
        self.made[change.key] = product_id
        variants = {}
        rows = []
        if document.kind.value == "variable":
            for offer in change.offers:
                variants[offer.key] = offer.document.variant_id or self._next_variant()
                rows.append({"id": variants[offer.key], "sku": offer.document.sku, "status": "publish"})
        raw = {"id": product_id, "type": document.kind.value, "status": "publish", "name": document.name}
        raw |= {VARIANTS_KEY: rows, WEIGHT_UNIT_KEY: "kg", "permalink": f"https://shop.example/{product_id}"}
        if not rows and change.offers:
            raw |= {"sku": change.offers[0].document.sku, "regular_price": str(change.offers[0].document.price)}
        self.shelf[product_id] = self.shelf.get(product_id, {}) | raw
        return ListingResult(product_id=product_id, raw=raw, variants=variants)

    def can_upload(self):
        return self.uploads

    def push_media(self, files):
        self.files += files
        return [MediaResult(f"m-{file.key}", f"https://shop.example/{file.name}") for file in files]

    def resolve_terms(self, kind, terms):
        return [TermDocument(f"{kind}-{term.name}", term.name, term.path) for term in terms]

    def find_listings(self, keys, _since):
        return {
            key: {"id": self.made[key], "type": "simple", "status": "publish", "name": "?"}
            for key in keys
            if key in self.made
        }

    def read_listings(self, ids):
        self.reads.append(list(ids))
        return [self.shelf[key] for key in ids if key in self.shelf]

    @staticmethod
    def parse_listing(raw):
        return platform_class("woocommerce").parse_listing(raw)

    def read_taxes(self):
        return self.taxes

    def read_facts(self):
        raise PlatformError("unexpected", "The setting is known.")


class ListingsCase(ShopCase):
    """A channel whose shop records what it is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = RecordingShop()
        cls.channel.shop_price_tax = "included"
        publishes = frozenset({"state", "name", "description", "categories", "attributes"}) | frozenset(
            f"offer.{name}" for name in ("sku", "price", "sale_price", "sale_from", "sale_to", "weight", "active")
        )
        cls.fields_told = cls._fields(publishes)
        cls.startClassPatcher(patch.object(type(cls.channel), "_publishes", lambda self: cls.fields_told))
        cls.soap = cls.env["product.template"].create(
            {"name": "Soap", "default_code": "SOAP", "list_price": 5.0, "weight": 0.125, "taxes_id": False}
        )

    def publishing(self, *names):
        """The shop can be told of these too."""
        both = (self.fields_told[0] | frozenset(names), self.fields_told[1])
        return patch.object(type(self.channel), "_publishes", lambda _self: both)

    @staticmethod
    def _fields(names):
        return frozenset(n for n in names if "." not in n), frozenset(n[6:] for n in names if n.startswith("offer."))

    def setUp(self):
        super().setUp()
        self.shop.__init__()

    def publish(self, *products, **values):
        listings = self.env["ecom.listing"]._publish_on(
            self.channel, self.env["product.template"].union(*products), **values
        )
        self.run_lane()
        return listings

    def run_lane(self):
        """The lane as it runs, its commits being savepoints; returns how often the shop was called."""
        self.env.cr.flush()
        before = len(self.shop.pushes)
        channel = self.channel._work_env()

        def in_transaction(work):
            with self.env.cr.savepoint():
                result = work()
                self.env.flush_all()
                return result

        with (
            patch.object(type(channel), "_in_transaction", lambda _self, work: in_transaction(work)),
            patch.object(type(channel), "_before_http", lambda _self: None),
            patch.object(type(channel), "_platform", lambda _self, flow=None: self.shop),
        ):
            channel._lane_listings(float("inf"))
        self.env.invalidate_all()
        return len(self.shop.pushes) - before

    def shirt(self, *sizes):
        attribute = self.env["product.attribute"].create(
            {"name": "Size", "value_ids": [Command.create({"name": size}) for size in sizes]}
        )
        shirt = self.env["product.template"].create(
            {
                "name": "Shirt",
                "list_price": 20.0,
                "taxes_id": False,
                "attribute_line_ids": [
                    Command.create({"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]})
                ],
            }
        )
        for variant in shirt.product_variant_ids:
            variant.default_code = f"SHIRT-{variant.product_template_attribute_value_ids.name}"
        return shirt


@tagged("post_install", "-at_install")
class TestListings(ListingsCase):
    # === WHAT IS TOLD === #

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

    def test_a_thousand_price_changes_are_told_a_hundred_at_a_time(self):
        products = self.env["product.template"].create(
            [{"name": f"P{n}", "default_code": f"P{n}", "list_price": 1 + n, "taxes_id": False} for n in range(250)]
        )
        self.publish(products)
        self.assertEqual([len(push) for push in self.shop.pushes], [100, 100, 50])
        pricelist = self.env["product.pricelist"].create({"name": "Shop"})
        self.channel.price_list_id = pricelist
        pricelist.item_ids = [Command.create({"compute_price": "percentage", "percent_price": 10})]
        self.assertEqual(self.run_lane(), 3)
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

    # === WHAT THE SHOP TELLS === #

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

    # === PROMOTIONS === #

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

    # === WHAT GOES WRONG === #

    def test_a_product_goes_into_the_tax_class_of_its_rate_or_not_at_all(self):
        home = self.env.company.account_fiscal_country_id.code
        self.shop.taxes = [
            ShopTax("1", "TVA", Decimal("20.0000"), home),
            ShopTax("2", "TVA", Decimal("5.5000"), home, kind="Reduced", product_class="reduced-rate"),
            ShopTax("3", "TVA", Decimal("8.5"), home, product_class="dom", zips=("974",)),
        ]
        taxes = self.env["account.tax"].create(
            [{"name": f"V{rate}", "amount": rate, "type_tax_use": "sale"} for rate in (20, 5.5, 8.5)]
        )
        usual, reduced, strange = self.env["product.template"].create(
            [{"name": f"T{tax.amount}", "taxes_id": tax.ids} for tax in taxes]
        )
        with self.publishing("tax_class"):
            listings = self.publish(usual, reduced, strange)
        told = {change.document.name: change.document.tax_class for change in self.shop.last}
        self.assertEqual(told, {"T20.0": "", "T5.5": "reduced-rate"})
        refused = listings.filtered("refusal")
        self.assertEqual(refused.product_tmpl_id, strange)
        self.assertIn("8.5", refused.refusal)
        issue = self.env["ecom.issue"].search([("code", "=", "listing_refused"), ("state", "=", "open")])
        self.shop.taxes.append(ShopTax("4", "TVA", Decimal("8.5"), home, product_class="odd"))
        issue.action_fix()
        with self.publishing("tax_class"):
            self.run_lane()
        self.assertEqual((self.shop.last[0].document.tax_class, refused.refusal, issue.state), ("odd", False, "solved"))

    def test_one_refusal_is_an_issue_and_the_rest_goes_through(self):
        bad = self.env["product.template"].create({"name": "Bad", "default_code": "BAD", "taxes_id": False})
        self.shop.refuse["Bad"] = Refusal("duplicate_sku", "The SKU is in use.")
        listings = self.publish(self.soap, bad)
        refused = listings.filtered("refusal")
        self.assertEqual((refused.product_tmpl_id, refused.refusal), (bad, "The SKU is in use."))
        self.assertTrue((listings - refused).external_id)
        issue = self.env["ecom.issue"].search([("code", "=", "listing_refused"), ("state", "=", "open")])
        self.assertEqual(issue.key, str(refused.id))
        self.assertEqual(self.run_lane(), 0, "a lasting refusal waits for a person")
        self.shop.refuse.clear()
        issue.action_fix()
        self.assertEqual(self.run_lane(), 1)
        self.assertEqual((bool(refused.external_id), refused.refusal, issue.state), (True, False, "solved"))

    def test_a_hundred_refusals_cost_hardly_more_statements_than_a_few(self):
        def cost(number):
            products = self.env["product.template"].create(
                [{"name": f"Bad {number} {n}", "default_code": f"B{number}-{n}"} for n in range(number)]
            )
            listings = self.env["ecom.listing"]._publish_on(self.channel, products)
            refusal = Refusal("duplicate_sku", "The SKU is in use.")
            self.env.flush_all()
            listings.mapped("name")
            before = self.env.cr.sql_log_count
            self.channel._work_env()._note_refusals([(one, ListingResult(refusal=refusal)) for one in listings])
            self.env.flush_all()
            issues = self.open_issues().filtered(lambda issue: issue.code == "listing_refused")
            self.assertLessEqual({str(listing.id) for listing in listings}, set(issues.mapped("key")))
            return self.env.cr.sql_log_count - before

        few = cost(5)
        self.assertLessEqual(cost(100), few + 5)

    def test_a_lost_answer_makes_no_second_product(self):
        self.shop.lose = 1
        listing = self.publish(self.soap)
        self.assertFalse(listing.external_id)
        self.assertTrue(listing.retry_at)
        listing.retry_at = False
        self.run_lane()
        self.assertEqual((len(self.shop.made), listing.external_id), (1, "1000"))
        self.assertFalse(listing.creating_since)

    def test_a_change_during_a_push_is_told_with_the_next(self):
        listing = self.publish(self.soap)
        self.soap.list_price = 6.0
        push = self.shop.push_listings

        def changed_meanwhile(changes):
            self.shop.push_listings = push
            self.soap.list_price = 7.0
            self.env.cr.flush()
            return push(changes)

        self.shop.push_listings = changed_meanwhile
        self.assertEqual(self.run_lane(), 2)
        self.assertEqual([str(p[0].offers[0].document.price) for p in self.shop.pushes[-2:]], ["6.00", "7.00"])
        self.assertFalse(listing.waiting)

    def test_the_assistant_publishes_what_was_chosen(self):
        with Form(
            self.env["ecom.listing.publish"].with_context(active_model="product.template", active_ids=self.soap.ids)
        ) as form:
            form.channel_ids.add(self.channel)
            form.state = "draft"
        form.record.action_publish()
        listing = self.soap.ecom_listing_ids
        self.assertEqual((listing.channel_id, listing.state, listing.kept_up), (self.channel, "draft", True))
