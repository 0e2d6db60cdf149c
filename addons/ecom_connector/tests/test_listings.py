"""Publishing: what the shop is told, what is not told twice, and what becomes of refusals and lost answers."""

from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import Form, tagged

from ..platforms.base import PlatformError
from ..platforms.catalogue import VARIANTS_KEY, WEIGHT_UNIT_KEY, TermDocument
from ..platforms.publishing import ListingResult, Refusal
from .shop_case import ShopCase


class RecordingShop:
    """Stands at the end of the wire: keeps what it is told, and answers like a WooCommerce."""

    def __init__(self):
        self.pushes, self.made, self.refuse, self.lose = [], {}, {}, 0
        self.variants = 100000

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
        return ListingResult(product_id=product_id, raw=raw, variants=variants)

    def resolve_terms(self, kind, terms):
        return [TermDocument(f"{kind}-{term.name}", term.name, term.path) for term in terms]

    def find_listings(self, keys, _since):
        return {
            key: {"id": self.made[key], "type": "simple", "status": "publish", "name": "?"}
            for key in keys
            if key in self.made
        }

    def read_listings(self, _ids):
        return []

    def read_facts(self):
        raise PlatformError("unexpected", "The setting is known.")


@tagged("post_install", "-at_install")
class TestListings(ShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = RecordingShop()
        cls.channel.shop_price_tax = "included"
        publishes = frozenset({"state", "name", "description", "categories", "attributes"}) | frozenset(
            f"offer.{name}" for name in ("sku", "price", "sale_price", "sale_from", "sale_to", "weight", "active")
        )
        cls.startClassPatcher(patch.object(type(cls.channel), "_publishes", lambda self: cls._fields(publishes)))
        cls.soap = cls.env["product.template"].create(
            {"name": "Soap", "default_code": "SOAP", "list_price": 5.0, "weight": 0.125, "taxes_id": False}
        )

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
