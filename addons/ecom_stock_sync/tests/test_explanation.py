from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged

from .stock_case import StockCase


@tagged("post_install", "-at_install")
class TestExplanation(StockCase):
    """A number that nobody understands is a number that nobody trusts."""

    def test_the_whole_sum_in_one_line(self):
        """12 on hand − 3 reserved − 2 expire before 30 days − buffer 1 = 6."""
        cheese = self.env["product.product"].create(
            {
                "name": "Fromage",
                "default_code": "COMTE",
                "is_storable": True,
                "tracking": "lot",
                "use_expiration_date": True,
            }
        )
        for name, days, quantity in (("A", 90, 10), ("B", 20, 2)):
            lot = self.env["stock.lot"].create({"name": name, "product_id": cheese.id})
            moment = fields.Datetime.now() + timedelta(days=days)
            lot.write({"expiration_date": moment, "removal_date": moment})
            self.put(cheese, quantity, lot=lot)
        offer = self.sell(cheese, "30")
        self.channel.stock_shelf_life_days = 30
        order = self.order(cheese, 3)
        # The oldest lot goes first where nobody says otherwise; what is reserved of it is not counted twice.
        lots = order.picking_ids.move_line_ids.lot_id
        self.env["ecom.stock.rule"].create({"product_id": cheese.id, "buffer": 1})
        self.catch_up()
        level = self.level(offer)
        expiring = 0 if "B" in lots.mapped("name") else 2
        self.assertEqual(level.quantity, 12 - 3 - expiring - 1)
        self.assertIn("12 on hand − 3 reserved", level.sentence)
        self.assertTrue(level.sentence.endswith(f"− 1 buffer = {level.quantity}"), level.sentence)
        self.assertEqual(level.rule_id.product_id, cheese)

    def test_what_is_explained_is_what_was_written_down(self):
        self.order(self.mug, 7)
        self.env["ecom.stock.rule"].create({"percentage": 33, "buffer": 2})
        self.catch_up()
        for level in self.level(self.mug_offer) | self.level(self.pen_offer):
            self.assertTrue(level.sentence.endswith(f"= {level.quantity}"), level.sentence)

    def test_a_list_is_explained_in_one_query(self):
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "default_code": f"P{n}", "is_storable": True} for n in range(40)]
        )
        for number, product in enumerate(products):
            self.sell(product, str(1000 + number))
        self.catch_up()
        levels = self.env["ecom.stock.level"].search([("product_id", "in", products.ids)])
        levels.sudo().mapped("sentence")
        self.env.invalidate_all()
        with self.assertQueryCount(25):
            levels.mapped("sentence")

    def test_a_rule_shows_what_it_would_do_before_it_is_saved(self):
        with Form(self.env["ecom.stock.rule"]) as form:
            form.channel_id = self.channel
            form.buffer = 60
            self.assertIn("Mug", str(form.preview))
            self.assertIn(">40<", str(form.preview))
            form.buffer = 0
            self.assertNotIn("Mug", str(form.preview))
            form.product_tmpl_id = self.mug.product_tmpl_id
            form.cap = 3
            self.assertIn(">3<", str(form.preview))
            self.assertNotIn("Stylo", str(form.preview))
        self.catch_up()
        self.assertEqual((self.level(self.mug_offer).quantity, self.level(self.pen_offer).quantity), (3, 100))
