from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.tests import new_test_user, tagged

from .stock_case import StockCase


@tagged("post_install", "-at_install")
class TestCockpit(StockCase):
    """What needs somebody today is counted, and leads to where it is dealt with."""

    def tiles(self, user=None):
        Cockpit = self.env["ecom.stock.cockpit"]
        figures = (Cockpit.with_user(user) if user else Cockpit).get_figures()
        return {tile["key"]: tile for tile in figures["tiles"]}

    def test_each_tile_counts_what_its_screen_lists(self):
        self.put(self.mug, -100)
        self.receive(woo_order(1, lines=(("MUG", 2, "10.00", "2.00"),)))
        self.catch_up()
        self.level(self.pen_offer).write({"drift": "corrected"})
        tiles = self.tiles()
        self.assertEqual((tiles["oversold"]["count"], tiles["drifted"]["count"]), (1, 1))
        self.assertGreaterEqual(tiles["empty"]["count"], 1)
        for tile in tiles.values():
            action = tile["action"]
            with self.subTest(tile=tile["key"]):
                self.assertEqual(self.env[action["res_model"]].search_count(action["domain"]), tile["count"])

    def test_a_preparer_and_customer_service_may_look(self):
        for group in ("preparer", "service"):
            user = new_test_user(self.env, group, groups=f"ecom_connector.group_{group}")
            self.assertIn("oversold", self.tiles(user))

    def test_counting_costs_the_same_for_any_number_of_offers(self):
        self.tiles()
        self.env.invalidate_all()
        with self.assertQueryCount(45):
            self.env["ecom.stock.cockpit"].get_figures()
