from odoo.tests import tagged

from ..tests.stock_case import StockCase


@tagged("post_install", "-at_install")
class TestRules(StockCase):
    """How much of what is free each channel shows."""

    def test_the_most_specific_rule_counts_alone(self):
        self.rule(buffer=10)
        self.assertEqual((self.quantity(self.mug_offer), self.quantity(self.pen_offer)), (90, 90))
        crockery = self.env["product.category"].create({"name": "Vaisselle"})
        self.mug.categ_id = self.env["product.category"].create({"name": "Tasses", "parent_id": crockery.id})
        self.rule(categ_id=crockery.id, percentage=50)
        self.assertEqual(self.quantity(self.mug_offer), 50)
        self.rule(product_tmpl_id=self.mug.product_tmpl_id.id, cap=5)
        self.assertEqual(self.quantity(self.mug_offer), 5)
        own = self.rule(product_id=self.mug.id, channel_id=self.channel.id, buffer=99)
        self.assertEqual(self.quantity(self.mug_offer), 1)
        own.unlink()
        self.assertEqual(self.quantity(self.mug_offer), 5)

    def test_units_kept_for_one_channel(self):
        """20 are kept for the marketplace: the shop sees 80; what the marketplace sells of them is no longer kept."""
        market = self.channel.copy({"name": "Marché", "state": "connected"})
        there = self.sell(self.mug, "77", market)
        self.rule(channel_id=market.id, product_id=self.mug.id, dedicated=20)
        self.catch_up()
        self.assertEqual((self.level(self.mug_offer).quantity, self.level(there).quantity), (80, 100))
        shop_order = self.env["ecom.order"].create(
            {"channel_id": market.id, "external_id": "1", "state": "settled", "number": "1"}
        )
        order = self.order(self.mug, 5, confirm=False)
        order.ecom_order_id = shop_order
        order.action_confirm()
        self.catch_up()
        self.assertEqual((self.level(self.mug_offer).quantity, self.level(there).quantity), (80, 95))

    def test_the_last_ones_are_for_the_channel_that_goes_first(self):
        self.rule(channel_id=self.channel.id, withdraw_at=3)
        market = self.channel.copy({"name": "Marché", "state": "connected"})
        there = self.sell(self.mug, "77", market)
        self.put(self.mug, -97)
        self.catch_up()
        self.assertEqual((self.level(self.mug_offer).quantity, self.level(there).quantity), (0, 3))
