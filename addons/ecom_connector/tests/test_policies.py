from odoo.exceptions import UserError
from odoo.tests import tagged

from .shop_case import ShopCase, woo_order


@tagged("post_install", "-at_install")
class TestPolicies(ShopCase):
    """What is unknown: by policy, or an issue with its way out, while the other orders go on."""

    def test_an_unknown_product_stops_its_order_only_and_one_click_goes_on(self):
        good, bad = self.receive(woo_order(1), woo_order(2, lines=[("NEW", 2, "10.00", "2.00")]))
        self.assertEqual((good.state, bad.state), ("settled", "blocked"))
        issue = self.open_issues(bad)
        self.assertEqual(issue.code, "unknown_product")
        self.assertIn("NEW", issue.message)
        issue.product_id = self.pen
        issue.action_fix()
        self.assertEqual((issue.state, bad.state), ("solved", "received"))
        self.receive(good.payload)
        self.assertEqual(bad.sale_order_id.order_line[0].product_id, self.pen)

    def test_one_remedy_settles_all_issues_of_the_same_cause(self):
        orders = self.receive(*(woo_order(n, lines=[("NEW", 2, "10.00", "2.00")]) for n in (1, 2, 3)))
        issues = self.open_issues()
        self.assertEqual(len(issues), 3)
        issues[0].action_fix()
        self.assertEqual(set(issues.mapped("state")), {"solved"})
        self.receive(woo_order(4))
        self.assertEqual(set(orders.mapped("state")), {"settled"})
        self.assertEqual(len(self.env["product.product"].search([("default_code", "=", "NEW")])), 1)

    def test_unknown_products_are_created_or_replaced_by_policy(self):
        self.channel.product_policy = "create"
        order = self.receive(woo_order(1, lines=[("NEW", 2, "10.00", "2.00")]))
        self.assertEqual(order.sale_order_id.order_line[0].product_id.default_code, "NEW")
        self.channel.product_policy = "placeholder"
        order = self.receive(woo_order(2, lines=[("OTHER", 2, "10.00", "2.00")]))
        self.assertEqual(order.sale_order_id.order_line[0].product_id, self.channel.placeholder_product_id)

    def test_a_sku_that_two_products_have_is_never_guessed(self):
        self.pen.default_code = "MUG"
        order = self.receive(woo_order(1))
        issue = self.open_issues(order)
        self.assertEqual(issue.code, "ambiguous_product")
        with self.assertRaises(UserError):
            issue.action_fix()

    def test_a_product_is_found_by_barcode_and_then_by_its_id(self):
        raw = woo_order(1, lines=[("", 2, "10.00", "2.00")])
        raw["line_items"][0] |= {"global_unique_id": "3760000000017", "product_id": 55}
        self.assertEqual(self.receive(raw).sale_order_id.order_line[0].product_id, self.pen)
        raw = woo_order(2, lines=[("", 2, "10.00", "2.00")])
        raw["line_items"][0]["product_id"] = 55
        self.assertEqual(self.receive(raw).sale_order_id.order_line[0].product_id, self.pen)

    def test_a_product_of_no_company_matches(self):
        self.assertFalse(self.mug.company_id)
        self.assertEqual(self.receive(woo_order(1)).sale_order_id.order_line[0].product_id, self.mug)

    def test_an_unknown_tax_is_asked_and_created_with_one_click(self):
        raw = woo_order(1, lines=[("MUG", 1, "10.00", "1.70")])
        raw["tax_lines"][0] |= {"rate_percent": 17, "label": "TVA 17"}
        raw["shipping_lines"] = []
        raw["total"], raw["total_tax"] = "11.70", "1.70"
        raw["tax_lines"][0] |= {"tax_total": "1.70", "shipping_tax_total": "0.00"}
        order = self.receive(raw)
        issue = self.open_issues(order)
        self.assertEqual(issue.code, "unknown_tax")
        issue.action_fix()
        order = self.receive(raw | {"date_modified_gmt": "2026-11-03T10:00:00"})
        self.assertEqual(order.sale_order_id.order_line.tax_ids.amount, 17)
        self.assertEqual(order.sale_order_id.amount_total, 11.70)

    def test_french_goods_find_their_tax_and_shipping_goes_with_them(self):
        order = self.receive(woo_order(1))
        goods, delivery = order.sale_order_id.order_line
        self.assertEqual((goods.tax_ids.amount, goods.tax_ids.tax_scope), (20, "consu"))
        self.assertEqual(delivery.tax_ids, goods.tax_ids)
        self.assertTrue(goods.tax_ids.price_include)

    def test_an_inactive_currency_is_asked_or_activated(self):
        zloty = self.env.ref("base.PLN")
        zloty.active = False
        order = self.receive(woo_order(1, currency="PLN"))
        self.assertEqual(self.open_issues(order).code, "unknown_currency")
        self.channel.currency_policy = "activate"
        order = self.receive(woo_order(2, currency="PLN"))
        self.assertEqual(order.sale_order_id.currency_id, zloty)
        self.assertEqual(order.sale_order_id.amount_total, 16.80)

    def test_a_currency_without_decimals_is_told_and_widened_with_one_click(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        order = self.receive(woo_order(1, currency="JPY"))
        issue = self.open_issues(order)
        self.assertEqual(issue.code, "coarse_currency")
        issue.action_fix()
        order = self.receive(woo_order(1, currency="JPY", date_modified_gmt="2026-11-03T10:00:00"))
        self.assertEqual((order.state, order.sale_order_id.amount_total), ("settled", 16.80))

    def test_an_unknown_delivery_method_is_asked_when_the_policy_says_so(self):
        self.channel.carrier_policy = "ask"
        order = self.receive(woo_order(1))
        issue = self.open_issues(order)
        self.assertEqual(issue.code, "unknown_carrier")
        issue.carrier_id = self.channel.default_carrier_id
        issue.action_fix()
        order = self.receive(woo_order(1, date_modified_gmt="2026-11-03T10:00:00"))
        self.assertEqual(order.sale_order_id.carrier_id, self.channel.default_carrier_id)

    def test_an_unreadable_order_is_named_and_the_others_go_on(self):
        broken = woo_order(1)
        broken["line_items"][0]["total"] = "douze"
        bad, good = self.receive(broken, woo_order(2))
        self.assertEqual((bad.state, good.state), ("blocked", "settled"))
        self.assertIn("total", self.open_issues(bad).message)

    def test_by_hand_and_as_placed(self):
        self.channel.confirm_policy = "manual"
        self.assertEqual(self.receive(woo_order(1)).sale_order_id.state, "draft")
        self.channel.confirm_policy = "placed"
        order = self.receive(woo_order(2, status="on-hold", date_paid_gmt=None))
        self.assertEqual(order.sale_order_id.state, "sale")
