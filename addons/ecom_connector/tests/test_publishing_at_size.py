"""Publishing many: what a batch costs does not depend on how many listings are in it, nor on how many wait."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.sql_db import Cursor
from odoo.tests import tagged

from ..models.catalogue import channel_listings
from .listings_case import ListingsCase

BATCH = 30  # a hundred in life


class StatementsCase(ListingsCase):
    @contextmanager
    def statements(self):
        """Yields a list that fills with the statements that are run."""
        found, execute = [], Cursor.execute

        def noting(cursor, query, params=None, log_exceptions=True):
            found.append(" ".join(str(getattr(query, "code", query)).split()))
            return execute(cursor, query, params, log_exceptions)

        with patch.object(Cursor, "execute", noting):
            yield found

    def goods(self, count, name):
        """Shirts of three sizes, filed and tagged."""
        values = self.sizes.value_ids
        tag = self.env["product.tag"].create({"name": f"Tag {name}"})
        products = self.env["product.template"].create(
            [
                {
                    "name": f"{name} {n}",
                    "list_price": 10 + n,
                    "taxes_id": False,
                    "product_tag_ids": [Command.set(tag.ids)],
                    "attribute_line_ids": [
                        Command.create({"attribute_id": self.sizes.id, "value_ids": [Command.set(values.ids)]})
                    ],
                }
                for n in range(count)
            ]
        )
        for variant in products.product_variant_ids:
            variant.default_code = f"{name}-{variant.id}"
        return products


@tagged("post_install", "-at_install")
class TestPublishingAtSize(StatementsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sizes = cls.env["product.attribute"].create(
            {"name": "Size", "value_ids": [Command.create({"name": size}) for size in "SML"]}
        )

    def list_price(self, percent):
        """Change a price list that speaks of every product of the channel."""
        self.channel.price_list_id.item_ids.unlink()
        self.channel.price_list_id.item_ids = [
            Command.create({"compute_price": "percentage", "percent_price": percent})
        ]
        self.env.cr.flush()

    def test_a_change_of_all_prices_costs_as_many_statements_as_batches(self):
        self.patch(channel_listings, "BATCH", BATCH)
        self.channel.price_list_id = self.env["product.pricelist"].create({"name": "Shop"})
        costs = {}
        for percent, count in enumerate((5, BATCH, 2 * BATCH), 1):
            self.env["ecom.listing"].search([]).write({"kept_up": False})
            listings = self.publish(self.goods(count, f"G{count}"))
            self.list_price(percent)
            with self.statements() as all_change:
                calls = self.run_lane()
            self.assertEqual((calls, len(self.shop.last)), (-(-count // BATCH), min(count, BATCH)))
            self.assertEqual({len(change.offers) for change in self.shop.last}, {3})
            listings.action_update()
            self.env.cr.flush()
            with self.statements() as none_changes:
                self.assertEqual(self.run_lane(), 0)
            costs[count] = len(all_change), len(none_changes)
        for kind in (0, 1):
            few, one_batch, two_batches = (costs[count][kind] for count in (5, BATCH, 2 * BATCH))
            self.assertLessEqual(one_batch, few + 10, "no statement for a single listing")
            self.assertLessEqual(two_batches, 2 * one_batch, "no statement for all that wait")

    def test_the_beginning_of_a_long_log_is_read_by_its_index(self):
        listing = self.publish(self.soap)
        self.env.cr.execute(
            """
            INSERT INTO ecom_listing_change (listing_id, channel_id)
                 SELECT %s, %s FROM generate_series(1, 20000)
            """,
            [listing.id, self.channel.id],
        )
        other = self.env["product.template"].create({"name": "Later", "list_price": 3.0, "taxes_id": False})
        self.env.cr.execute("ANALYZE ecom_listing_change")
        with self.statements() as found:
            self.assertEqual(self.env["ecom.listing.change"]._due(self.channel, 100), listing)
        self.assertIn("ORDER BY change.id", found[-1])
        self.env.cr.execute(f"EXPLAIN {found[-1]}", [self.channel.id, "2030-01-01", 2000, 100])
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertRegex(plan, r"Index (Only )?Scan using ecom_listing_change\w*")
        self.assertNotRegex(plan, r"Sort Key: change\.id|Seq Scan on ecom_listing_change")
        later = self.publish(other)
        self.assertTrue(later.external_id, "one that changes all the time keeps no other waiting")
        self.assertFalse(self.env["ecom.listing.change"].search([]))

    # === AT THE SAME TIME === #

    def test_a_change_that_began_before_the_reading_and_ends_after_it_is_told(self):
        """Its row has a lower number than one that was seen, and was not there when the documents were made."""
        listing = self.publish(self.soap)
        self.env.cr.execute("SELECT nextval('ecom_listing_change_id_seq')")
        (early,) = self.env.cr.fetchone()
        self.soap.weight = 0.5
        push = self.shop.push_listings

        def late(changes):
            self.env.cr.execute("UPDATE product_template SET list_price = 7.5 WHERE id = %s", [self.soap.id])
            self.env.cr.execute(
                "INSERT INTO ecom_listing_change (id, listing_id, channel_id) VALUES (%s, %s, %s)",
                [early, listing.id, self.channel.id],
            )
            self.env.invalidate_all()
            self.shop.push_listings = push
            return push(changes)

        self.shop.push_listings = late
        self.addCleanup(self.shop.__dict__.pop, "push_listings", None)
        self.assertEqual(self.run_lane(), 2)
        prices = [[str(offer.document.price) for offer in change.offers] for (change,) in self.shop.pushes]
        self.assertEqual(prices, [["5.00"], ["5.00"], ["7.50"]])
        self.assertFalse(listing.waiting)
