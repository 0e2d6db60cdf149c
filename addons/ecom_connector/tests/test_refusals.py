"""What a shop does not take, answers that are lost, and changes that come meanwhile."""

from decimal import Decimal

from odoo.tests import tagged

from ..platforms.base import ShopTax
from ..platforms.publishing import ListingResult, Refusal
from .listings_case import ListingsCase


@tagged("post_install", "-at_install")
class TestRefusals(ListingsCase):
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
