from odoo.tests import tagged

from ..tests.stock_case import ShelfShop, StockCase


@tagged("post_install", "-at_install")
class TestComparing(StockCase):
    """What the shop shows is compared with what it was told."""

    def compare(self):
        channel = self.channel._work_env()
        page = ShelfShop.read_stock(ShelfShop)
        self.env["ecom.stock.level"]._note_shown(channel, page.states, first=True)
        self.env["ecom.stock.level"]._note_missing(channel)
        self.env.invalidate_all()

    def test_a_correction_on_the_shop_is_shown_before_it_is_overwritten(self):
        self.push()
        ShelfShop.shelves["10", "", ""] = 90
        self.compare()
        self.assertEqual(self.level(self.mug_offer).drift, "corrected")
        (issue,) = self.open_issues()
        self.assertIn("90", issue.message)
        self.put(self.mug, -5)
        self.catch_up()
        self.assertEqual(self.push(), {}, "95 would sell more than the shop shows: a person looks first")
        self.put(self.mug, -10)
        self.catch_up()
        self.assertEqual(self.push(), {"10": 85}, "fewer than the shop shows: it must not sell what is gone")
        self.compare()
        self.assertFalse(self.level(self.mug_offer).drift)

    def test_a_person_has_the_shop_told_again(self):
        self.push()
        ShelfShop.shelves["10", "", ""] = 140
        self.compare()
        issue = self.open_issues()
        issue.action_fix()
        self.assertEqual(issue.state, "solved")
        self.assertEqual(self.push(), {"10": 100})

    def test_an_order_on_its_way_is_no_correction(self):
        self.push()
        ShelfShop.shelves["10", "", ""] = 98
        self.env["ecom.order"].create(
            {
                "channel_id": self.channel.id,
                "external_id": "900",
                "state": "blocked",
                "line_ids": [(0, 0, {"kind": "product", "external_id": "1", "sku": "MUG", "quantity": 2})],
            }
        )
        self.env.flush_all()
        self.compare()
        self.assertEqual(self.level(self.mug_offer).drift, "ordered")
        self.assertFalse(self.open_issues())

    def test_what_the_shop_lost_is_listed(self):
        self.push()
        del ShelfShop.shelves["10", "", ""]
        self.compare()
        self.assertEqual(self.level(self.mug_offer).drift, "missing")
