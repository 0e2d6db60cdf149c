"""A second import of a catalogue that is here already writes nothing but its own reading."""

import re

from odoo.tests import tagged

from .test_catalogue_import import CatalogueCase, woo_product, woo_shirt
from .test_publishing_at_size import StatementsCase

WRITES = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')
# The reading itself, what is said of it in its chatter, and the lane that is woken.
OWN = re.compile(r"ecom_catalogue_import\w*|mail_\w+|ir_cron\w*|bus_bus")


@tagged("post_install", "-at_install")
class TestCatalogueAgain(CatalogueCase, StatementsCase):
    def writes(self, statements):
        tables = [found[1] for statement in statements if (found := WRITES.match(statement))]
        return [table for table in tables if not OWN.fullmatch(table)]

    def test_a_second_import_writes_nothing(self):
        shop = [woo_product(number, f"Q-{number}", name=f"Cup {number}") for number in range(1, 31)]
        shop += [
            woo_shirt(100 + number, {f"T-{number}-S": ("S",), f"T-{number}-M": ("M",)}, name=f"Tee {number}")
            for number in range(1, 31)
        ]
        with self.statements() as found:
            first = self.staged(*shop)
            self.do(first)
            self.env.cr.flush()
        self.assertEqual(first.done_count, 90)
        written = self.writes(found)
        self.assertLessEqual({"product_template", "product_product", "ecom_listing", "ecom_offer"}, set(written))
        with self.statements() as found:
            second = self.staged(*shop)
            self.assertEqual({result for result, _action in self.found(second).values()}, {"linked"})
            self.do(second)
            self.env.cr.flush()
        self.assertEqual(second.done_count, 90)
        self.assertEqual(self.writes(found), [])
