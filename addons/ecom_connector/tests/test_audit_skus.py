"""SKUs are looked for where each channel takes them from."""

from odoo.tests import tagged

from .shop_case import own_fields
from .test_product_audit import ProductAuditCase

OWN_FIELDS = (("product.product", "x_shop_code", "char", "Shop code"), ("product.category", "x_code", "char", "Code"))


@tagged("post_install", "-at_install")
class TestAuditOfSkus(ProductAuditCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        own_fields(cls.env, *OWN_FIELDS)

    def own_codes(self, channel, **values):
        """The channel takes its SKUs from a field of the merchant's."""
        self.env["ecom.field.mapping"].create(
            {"channel_id": channel.id, "target": "offer.sku", "source_field": "x_shop_code"} | values
        )

    def codes(self, product):
        rows = self.Audit.search([("product_id", "=", product.id), ("code", "in", ("no_sku", "double_sku"))])
        return {(row.code, row.channel_id) for row in rows}

    def test_a_sku_is_looked_for_where_the_channel_takes_it_from(self):
        none = self.env["ecom.channel"]
        market = self.channel.copy({"name": "Marché"})
        self.own_codes(market)
        here, there, both, nowhere = (
            self.sound(name=name, default_code=code, barcode=False, x_shop_code=own)
            for name, code, own in (("A", False, "X-A"), ("B", False, False), ("C", "C", False), ("D", False, "X-D"))
        )
        self.sell(here, external_id="1")
        self.sell(there, market, external_id="2")
        self.sell(both, external_id="3")
        self.sell(both, market, external_id="3")
        self.assertEqual(self.codes(here), {("no_sku", none)})
        self.assertEqual(self.codes(there), {("no_sku", market)}, "its shop does not ask for an Internal Reference")
        self.assertEqual(self.codes(both), {("no_sku", market)})
        self.assertEqual(self.codes(nowhere), {("no_sku", none)}, "the other shop may sell it")
        row = self.Audit.search([("product_id", "=", both.id), ("code", "=", "no_sku")])
        self.assertIn("x_shop_code", row.remedy)
        self.assertIn("Marché", row.remedy)
        self.env["ecom.channel"].search([("id", "!=", market.id)]).active = False
        self.assertEqual(self.codes(nowhere), set(), "all shops take another field")
        both.x_shop_code = "X-A"
        self.assertEqual(self.codes(both), {("double_sku", market)}, "an order of the shop could mean either")
        row = self.Audit.search([("product_id", "=", both.id), ("code", "=", "double_sku")])
        self.assertEqual((row.value, "x_shop_code" in row.remedy), ("X-A", True))
        both.x_shop_code = "X-C"
        self.assertEqual(self.codes(both), set())

    def test_equal_references_are_no_doubles_where_no_shop_reads_them(self):
        first, second = (self.sound(default_code="SAME", barcode=False) for _number in range(2))
        self.assertIn("double_sku", self.found(first + second))
        self.own_codes(self.channel)
        self.env["ecom.channel"].search([("id", "!=", self.channel.id)]).active = False
        (first + second).x_shop_code = False
        self.assertEqual(self.found(first + second), {"no_sku"})
        first.x_shop_code, second.x_shop_code = "ONE", "TWO"
        self.assertEqual(self.found(first + second), set())

    def test_a_sku_may_be_behind_another_record_and_only_of_some_products(self):
        self.env["ecom.channel"].search([("id", "!=", self.channel.id)]).active = False
        self.own_codes(self.channel, source_field="categ_id.x_code", condition=repr([("weight", ">", 1)]))
        shelf = self.env["product.category"].create({"name": "Shelf"})
        light, heavy = (
            self.sound(name=name, default_code=code, barcode=False, weight=weight, categ_id=shelf.id)
            for name, code, weight in (("L", "L-1", 0.5), ("H", False, 2))
        )
        self.assertEqual((self.codes(light), self.codes(heavy)), (set(), {("no_sku", self.channel)}))
        shelf.x_code = "L-1"
        wanted = {("double_sku", self.channel)}
        self.assertEqual((self.codes(light), self.codes(heavy)), (wanted, wanted))
