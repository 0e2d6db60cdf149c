from odoo.addons.ecom_connector.platforms.publishing import Refusal
from odoo.tests import tagged

from ..tests.stock_case import ShelfShop, StockCase


@tagged("post_install", "-at_install")
class TestTelling(StockCase):
    """The shop is told where it shows something else, and only that."""

    def test_the_shop_is_told_what_changed_and_only_that(self):
        self.assertEqual(self.push(), {"10": 100, "20": 100})
        self.assertEqual(self.push(), {})
        self.put(self.mug, -1)
        self.catch_up()
        self.assertEqual(self.push(), {"10": 99})
        self.put(self.mug, -1)
        self.put(self.mug, 1)
        self.catch_up()
        self.assertEqual(self.push(), {}, "it is as the shop was told")

    def test_a_change_during_a_push_is_told_next(self):
        channel = self.channel._work_env()
        changes = channel._stock_changes(500)
        self.put(self.mug, -60)
        self.catch_up()
        results = channel._platform_class().push_stock(ShelfShop, [change for change, *_rest in changes.values()])
        channel._note_stock_results(changes, results)
        self.env.invalidate_all()
        self.assertEqual(self.push(), {"10": 40})

    def test_what_was_sent_and_not_answered_is_told_again(self):
        """The shop got 60, and its answer was lost; by then it is to show 100 again, as it was told before."""
        self.push()
        self.put(self.mug, -40)
        self.catch_up()
        channel = self.channel._work_env()
        changes = channel._stock_changes(500)
        self.env["ecom.stock.level"]._note_sending(list(changes))
        ShelfShop.push_stock(ShelfShop, [change for change, *_rest in changes.values()])
        self.put(self.mug, 40)
        self.catch_up()
        self.assertEqual(self.push(), {"10": 100})

    def order_on_the_shop(self, quantity):
        return self.env["ecom.order"].create(
            {
                "channel_id": self.channel.id,
                "external_id": "900",
                "state": "received",
                "line_ids": [(0, 0, {"kind": "product", "external_id": "1", "sku": "MUG", "quantity": quantity})],
            }
        )

    def test_a_sale_and_a_return_that_even_out_are_told_all_the_same(self):
        """The shop takes what it sells off its own figure: 98, and is told 100 again, although it was told 100."""
        self.push()
        self.order_on_the_shop(2)
        self.put(self.mug, 2)
        self.catch_up()
        self.assertEqual(self.push(), {"10": 100})
        self.assertEqual(self.push(), {}, "once")

    def test_a_sale_during_a_push_is_told_again(self):
        self.push()
        self.put(self.mug, 2)
        self.catch_up()
        channel = self.channel._work_env()
        changes = channel._stock_changes(500)
        self.order_on_the_shop(2)
        self.put(self.mug, 2)
        self.catch_up()
        results = channel._platform_class().push_stock(ShelfShop, [change for change, *_rest in changes.values()])
        channel._note_stock_results(changes, results)
        self.env.invalidate_all()
        self.assertEqual(self.push(), {"10": 102}, "the shop showed 102 and sold two")

    def test_versions_rise_with_every_change(self):
        before = self.level(self.mug_offer).version
        self.put(self.mug, 5)
        self.catch_up()
        after = self.level(self.mug_offer).version
        self.assertGreater(after, max(before, self.level(self.pen_offer).version))

    def test_a_rule_leaves_the_stock_to_the_shop(self):
        self.rule(product_id=self.mug.id, left_to_shop=True)
        self.catch_up()
        self.assertEqual(self.push(), {"20": 100})

    def test_sold_on_at_zero_is_told_too(self):
        self.push()
        self.put(self.mug, -100)
        self.catch_up()
        self.push()
        self.rule(product_id=self.mug.id, at_zero="backorder")
        self.catch_up()
        self.assertEqual(self.push(), {"10": 0})
        self.assertIs(ShelfShop.calls[-1][0].keep_selling, True)
        self.put(self.mug, 4)
        self.catch_up()
        self.push()
        self.assertIsNone(ShelfShop.calls[-1][0].keep_selling, "the shop knows")

    def test_a_refusal_is_an_issue_and_stops_nobody_else(self):
        ShelfShop.refusals = {"10": Refusal("not_found", "gone")}
        self.push()
        self.assertEqual(ShelfShop.shelves, {("20", "", ""): 100})
        (issue,) = self.open_issues()
        self.assertEqual(issue.code, "stock_refused")
        self.assertEqual(self.push(), {}, "it is tried later")
        ShelfShop.refusals = {}
        issue.action_fix()
        self.assertEqual(self.push(), {"10": 100})

    def test_each_location_of_a_shop_has_its_own_figure(self):
        """Two of Odoo's locations feed one of the shop's; the other has its own."""
        lyon = self.env["stock.warehouse"].search([("id", "!=", self.channel.warehouse_id.id)], limit=1)
        annex = self.env["stock.location"].create({"name": "Annexe", "location_id": lyon.view_location_id.id})
        self.put(self.mug, 7, lyon.lot_stock_id)
        self.put(self.mug, 2, annex)
        self.channel.mapping_location_ids = [
            (0, 0, {"code": "loc-1", "location_ids": [(6, 0, self.location.ids)]}),
            (0, 0, {"code": "loc-2", "location_ids": [(6, 0, (lyon.lot_stock_id | annex).ids)]}),
        ]
        self.catch_up()
        levels = self.level(self.mug_offer)
        self.assertEqual({level.mapping_id.code: level.quantity for level in levels}, {"loc-1": 100, "loc-2": 9})
        self.push()
        self.assertEqual((ShelfShop.shelves["10", "", "loc-1"], ShelfShop.shelves["10", "", "loc-2"]), (100, 9))
        self.put(self.mug, -1, annex)
        self.catch_up()
        self.push()
        self.assertEqual([change.location for change in ShelfShop.calls[-1]], ["loc-2"])
        self.channel.mapping_location_ids.unlink()
        self.catch_up()
        self.assertEqual(self.level(self.mug_offer).quantity, 100)
