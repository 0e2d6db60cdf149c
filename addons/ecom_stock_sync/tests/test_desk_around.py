"""What happens around the desk: goods that come, changes on the shop, who may decide, and what it costs."""

from odoo import Command
from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .desk_case import DeskCase


@tagged("post_install", "-at_install")
class TestDeskAround(DeskCase):
    def test_what_is_invoiced_is_not_changed(self):
        order = self.sell_mugs()
        sale = order.sale_order_id
        sale.order_line.filtered(lambda line: line.product_id.type != "service").product_id.invoice_policy = "order"
        self.env.invalidate_all()
        sale._create_invoices().action_post()
        desk = self.desk(order)
        self.assertEqual(desk.proposal_ids.mapped("kind"), ["partial", "cancel_order"])
        self.assertIn("invoiced", desk.barrier)

    def test_looking_again_keeps_the_issue_until_the_goods_are_there(self):
        order = self.sell_mugs()
        issue = self.open_issues(order).with_user(self.service)
        issue.action_fix()
        self.assertEqual((issue.state, order.sale_order_id.ecom_hold), ("open", "stock"))
        self.put(self.mug, 2)
        issue.action_fix()
        self.assertEqual(issue.state, "solved")
        self.assertSolved(order)

    def test_the_goods_came_while_the_desk_was_open(self):
        order = self.sell_mugs()
        desk = self.desk(order)
        self.put(self.mug, 2)
        action = desk.action_look_again()
        self.assertEqual(action["tag"], "display_notification")
        self.assertSolved(order)

    def test_a_change_on_the_shop_ends_the_shortage(self):
        order = self.sell_mugs()
        raw = woo_order(1, lines=(("MUG", 3, "15.00", "3.00"), ("PEN", 2, "10.00", "2.00")))
        raw["date_modified_gmt"] = "2026-11-02T12:00:00"
        self.receive(raw)
        self.assertEqual(order.sale_order_id.order_line[0].product_uom_qty, 3)
        self.assertSolved(order)

    def test_a_line_that_is_sold_on_waits_by_itself(self):
        """The mug is sold on at zero; the pen is missing: the desk is about the pen alone."""
        self.env["ecom.stock.rule"].create({"product_id": self.mug.id, "at_zero": "backorder"})
        self.put(self.pen, -99)
        order = self.sell_mugs()
        desk = self.desk(order)
        self.assertEqual(desk.line_ids.product_id, self.pen)
        self.way(desk, "cancel_missing").action_apply()
        self.assertSolved(order)

    def test_a_kit_is_missing_where_a_component_is(self):
        """Three sets of two mugs and a pen were sold, and three mugs are there: two sets are missing."""
        if "mrp.bom" not in self.env:
            self.skipTest("Manufacturing is not installed")
        kit = self.env["product.product"].create({"name": "Coffret", "default_code": "SET", "is_storable": True})
        lines = [Command.create({"product_id": p.id, "product_qty": n}) for p, n in ((self.mug, 2), (self.pen, 1))]
        bill = {"product_tmpl_id": kit.product_tmpl_id.id, "type": "phantom", "bom_line_ids": lines}
        self.env["mrp.bom"].create(bill)
        (order,) = self.receive(woo_order(1, lines=(("SET", 3, "30.00", "6.00"),)))
        desk = self.desk(order)
        self.assertEqual(
            [(line.product_id, line.ordered, line.found, line.missing) for line in desk.line_ids], [(kit, 3, 1, 2)]
        )
        self.way(desk, "cancel_missing").action_apply()
        self.assertSolved(order)
        self.assertEqual(order.sale_order_id.picking_ids.state, "assigned")
        moves = order.sale_order_id.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual({move.product_id: move.quantity for move in moves}, {self.mug: 2, self.pen: 1})

    def test_only_customer_service_decides(self):
        order = self.sell_mugs()
        for role in ("preparer", "accountant"):
            user = new_test_user(self.env, f"desk_{role}", f"base.group_user,ecom_connector.group_{role}")
            with self.subTest(role), self.assertRaises(AccessError):
                order.with_user(user).action_shortage()

    def test_a_desk_of_many_lines_takes_as_many_look_ups_as_one_of_few(self):
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "default_code": f"P{n}", "is_storable": True} for n in range(30)]
        )
        self.lyon(5)

        def count(number, skus):
            (order,) = self.receive(woo_order(number, lines=tuple((sku, 1, "5.00", "1.00") for sku in skus)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lines = order._shortage_lines()
            order._shortage_proposals(lines)
            self.assertEqual(len(lines), len(skus))
            return self.env.cr.sql_log_count - before

        skus = products.mapped("default_code")
        count(1, skus[:2])
        few, many = count(2, skus[:2]), count(3, skus[2:])
        self.assertLessEqual(many, few + 3)
