import re

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .kits_case import KitsCase


@tagged("post_install", "-at_install")
class TestPortalKits(KitsCase, HttpCase):
    """Customers choose parts of a set themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().sets(1)

    def page(self, order):
        sale = order.sale_order_id
        return self.url_open(f"/my/orders/{sale.id}/return?access_token={sale._portal_ensure_token()}")

    def choices(self, page):
        """``{name of the field: (how many at most, how many at first)}``"""
        rows = re.findall(r'max="([^"]+)"[^>]*name="(quantity_[^"]+)"[^>]*value="([^"]+)"', page.text)
        return {name: (float(most), float(first)) for most, name, first in rows}

    def test_a_customer_sends_back_one_part(self):
        page, line = self.page(self.order), self.sold(self.order, "SET")
        whole, mugs, pens = (f"quantity_{line.id}{end}" for end in ("", f"_{self.mug.id}", f"_{self.pen.id}"))
        self.assertEqual(self.choices(page), {whole: (1, 1), mugs: (2, 0), pens: (1, 0)})
        hidden = dict(re.findall(r'name="(csrf_token|access_token|kind)" value="([^"]*)"', page.text))
        address = f"/my/orders/{self.order.sale_order_id.id}/return/confirm"
        self.url_open(address, hidden | {whole: "0", pens: "1"})
        found = self.order.sale_order_id.ecom_return_ids
        self.assertEqual((found.line_ids.part_id, found.line_ids.quantity, found.value), (self.pen, 1, 2.88))
        # No set is complete any more; the mugs that are left may be chosen.
        self.assertEqual(self.choices(self.page(self.order)), {mugs: (2, 0)})

    def test_a_set_and_a_part_of_it_are_too_much(self):
        line = self.sold(self.order, "SET")
        both = {str(line.id): 1, f"{line.id}_{self.pen.id}": 1}
        with self.assertRaisesRegex(UserError, "more than the customer has"):
            self.order.sale_order_id.with_context(lang="en_US")._ecom_ask(both, "withdrawal", {})
