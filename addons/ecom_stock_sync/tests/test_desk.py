from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.addons.ecom_connector.models.channels.channel import EcomChannel
from odoo.addons.ecom_connector.platforms.base import Capabilities
from odoo.addons.ecom_connector.platforms.documents import EditKind, OrderState
from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .stock_case import ShelfShop, StockCase


class DeskShop(ShelfShop):
    """A shop that takes changes of placed orders, and whose orders can be cancelled from here."""

    capabilities = Capabilities(
        pushes_stock=True,
        batch_size=100,
        page_size=100,
        edits=frozenset(EditKind),
        push_states=frozenset(OrderState),
        notifies_customer=True,
    )
    abstract = ShelfShop.abstract


class DeskCase(StockCase):
    """Three mugs are there, and a customer bought five of them and two pens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(EcomChannel, "_platform_class", lambda _channel: DeskShop))
        cls.env["stock.quant"]._update_available_quantity(cls.mug, cls.location, -97)
        cls.service = new_test_user(cls.env, "desk_service", "base.group_user,ecom_connector.group_service")
        cls.env.ref("base.lang_fr").active = True

    def sell_mugs(self, number=1, mugs=5, pens=2):
        lines = [("MUG", mugs, f"{mugs * 5:.2f}", f"{mugs:.2f}")]
        if pens:
            lines.append(("PEN", pens, f"{pens * 5:.2f}", f"{pens:.2f}"))
        (order,) = self.receive(woo_order(number, lines=tuple(lines)))
        return order

    def desk(self, order):
        """The desk as customer service opens it from the issue desk."""
        row = self.env["ecom.issue.desk"].with_user(self.service).search([("order_id", "=", order.id)])
        action = row.action_settle()
        self.assertEqual(action["res_model"], "ecom.shortage")
        return self.env["ecom.shortage"].with_user(self.service).browse(action["res_id"])

    def way(self, desk, kind, **values):
        (found,) = desk.proposal_ids.filtered(
            lambda way: way.kind == kind and all(way[name] == value for name, value in values.items())
        )
        return found

    def assertSolved(self, order):
        sale = order.sale_order_id
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(sale.ecom_hold)
        self.assertNotIn("oversold", self.open_issues(order).mapped("code"))

    def mails(self, order):
        return self.env["mail.mail"].search([("model", "=", "sale.order"), ("res_id", "=", order.sale_order_id.id)])


@tagged("post_install", "-at_install")
class TestDesk(DeskCase):
    def test_the_desk_says_what_is_missing_and_what_can_be_done(self):
        order = self.sell_mugs()
        desk = self.desk(order)
        self.assertEqual(
            [(line.product_id, line.ordered, line.found, line.missing) for line in desk.line_ids],
            [(self.mug, 5, 3, 2)],
        )
        self.assertEqual(desk.proposal_ids.mapped("kind"), ["cancel_missing", "partial", "cancel_order"])
        partial = self.way(desk, "partial")
        self.assertIn("5 there, 2 to follow", partial.figures)

    # === ANOTHER WAREHOUSE === #

    def lyon(self, quantity):
        warehouse = self.env["stock.warehouse"].create({"name": "Dépôt", "code": "DEPOT"})
        self.put(self.mug, quantity, warehouse.lot_stock_id)
        return warehouse

    def test_another_warehouse_ships_what_is_missing(self):
        lyon = self.lyon(10)
        order = self.sell_mugs()
        way = self.way(self.desk(order), "warehouse")
        self.assertEqual((way.warehouse_id, way.quantity, way.figures), (lyon, 2, "10 free there"))
        way.action_apply()
        self.assertSolved(order)
        pickings = order.sale_order_id.picking_ids.filtered(lambda picking: picking.state != "cancel")
        there = pickings.filtered(lambda picking: picking.picking_type_id.warehouse_id == lyon)
        here = pickings - there
        self.assertEqual((here.state, there.state), ("assigned", "assigned"))
        self.assertEqual(there.move_ids.mapped("quantity"), [2])
        self.assertEqual(sum(here.move_ids.mapped("quantity")), 5)
        for picking in pickings:
            picking.move_ids.picked = True
            picking.button_validate()
        self.assertEqual(order.sale_order_id.delivery_status, "full")
        self.assertEqual(order.sale_order_id.order_line[0].qty_delivered, 5)

    def test_another_warehouse_ships_a_line_of_which_nothing_was_found(self):
        self.put(self.mug, -3)
        self.lyon(10)
        order = self.sell_mugs(pens=0)
        self.way(self.desk(order), "warehouse").action_apply()
        self.assertSolved(order)
        live = order.sale_order_id.picking_ids.filtered(lambda picking: picking.state != "cancel")
        self.assertEqual((live.state, live.move_ids.quantity), ("assigned", 5))

    def test_a_warehouse_that_has_some_leaves_the_rest_on_the_desk(self):
        self.lyon(1)
        order = self.sell_mugs()
        way = self.way(self.desk(order), "warehouse")
        self.assertEqual((way.quantity, way.solves), (1, False))
        action = way.action_apply()
        self.assertEqual(action["res_model"], "ecom.shortage")
        desk = self.env["ecom.shortage"].browse(action["res_id"])
        self.assertEqual([(line.product_id, line.missing) for line in desk.line_ids], [(self.mug, 1)])
        self.assertEqual(order.sale_order_id.ecom_hold, "stock")
        self.way(desk, "cancel_missing").with_user(self.service).action_apply()
        self.assertSolved(order)

    def test_goods_that_are_picked_first_are_missing_all_the_same(self):
        """Two warehouses that pick, then ship: the other one ships by its own route."""
        self.channel.warehouse_id.delivery_steps = "pick_ship"
        there = self.lyon(10)
        there.delivery_steps = "pick_ship"
        order = self.sell_mugs()
        way = self.way(self.desk(order), "warehouse")
        self.assertEqual(way.quantity, 2)
        way.action_apply()
        self.assertSolved(order)
        sale = order.sale_order_id
        for _step in range(2):
            waiting = sale.picking_ids.filtered(lambda picking: picking.state == "assigned")
            self.assertEqual(len(waiting), 2)
            waiting.move_ids.picked = True
            for picking in waiting:
                picking.button_validate()
        self.assertEqual(sale.order_line[0].qty_delivered, 5)
        self.assertEqual(sale.delivery_status, "full")

    def test_who_collects_is_not_sent_to_another_warehouse(self):
        self.lyon(10)
        order = self.sell_mugs()
        order.sale_order_id.ecom_collect = True
        self.assertNotIn("warehouse", self.desk(order).proposal_ids.mapped("kind"))

    def test_packs_are_taken_out_whole(self):
        """Two packs of 6 were sold and 7 mugs are there: one pack goes."""
        self.put(self.mug, 4)
        six = self.env["uom.uom"].create(
            {"name": "Pack of 6", "relative_factor": 6, "relative_uom_id": self.mug.uom_id.id}
        )
        order = self.sell_mugs(mugs=1)
        sale = order.sale_order_id
        sale.picking_ids.do_unreserve()
        with_packs = {"product_uom_id": six.id, "product_uom_qty": 2}
        sale.order_line[0].with_context(ecom_from_shop=True).write(with_packs)
        sale.picking_ids.action_assign()
        sale._hold_for_stock()
        desk = self.desk(order)
        self.assertEqual([(line.ordered, round(line.found)) for line in desk.line_ids], [(12, 7)])
        self.way(desk, "cancel_missing").action_apply()
        self.assertSolved(order)
        self.assertEqual(sale.order_line[0].product_uom_qty, 1)

    def test_somebody_was_faster(self):
        lyon = self.lyon(2)
        order = self.sell_mugs()
        way = self.way(self.desk(order), "warehouse")
        self.put(self.mug, -2, lyon.lot_stock_id)
        with self.assertRaisesRegex(Exception, "any more"), self.env.cr.savepoint():
            way.action_apply()
        self.assertEqual(order.sale_order_id.ecom_hold, "stock")

    # === WAIT === #

    def test_the_order_waits_for_what_is_on_its_way(self):
        day = fields.Datetime.now() + timedelta(days=9)
        receipt = self.env["stock.move"].create(
            {
                "product_id": self.mug.id,
                "product_uom_qty": 20,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.location.id,
                "picking_type_id": self.channel.warehouse_id.in_type_id.id,
                "date": day,
            }
        )
        receipt._action_confirm()
        order = self.sell_mugs()
        order.sale_order_id.partner_id.lang = "fr_FR"
        desk = self.desk(order)
        desk.tell_customer = True
        way = self.way(desk, "wait")
        self.assertEqual(way.day, day.date())
        way.action_apply()
        self.assertSolved(order)
        sale = order.sale_order_id
        self.assertEqual(sale.commitment_date.date(), day.date())
        self.assertEqual(sale.picking_ids.state, "confirmed", "nothing leaves in part")
        (mail,) = self.mails(order)
        self.assertIn(day.strftime("%d/%m/%Y"), mail.body_html)
        self.assertIn("Bonjour", mail.body_html)
        self.assertNotIn("remboursé", mail.body_html)
        self.receive_again(order)
        self.assertFalse(sale.ecom_hold, "news from the shop do not ask again")
        receipt.write({"quantity": 20, "picked": True})
        receipt._action_done()
        sale.picking_ids.action_assign()
        self.assertEqual(sale.picking_ids.state, "assigned")

    def receive_again(self, order):
        raw = woo_order(
            int(order.external_id),
            lines=(("MUG", 5, "25.00", "5.00"), ("PEN", 2, "10.00", "2.00")),
            date_modified_gmt="2026-11-02T12:00:00",
            customer_note="Merci",
        )
        self.receive(raw)

    # === SUBSTITUTES === #

    def shirts(self, medium=9):
        size = self.env["product.attribute"].create(
            {"name": "Taille", "value_ids": [Command.create({"name": name}) for name in "SML"]}
        )
        template = self.env["product.template"].create(
            {
                "name": "Chemise",
                "is_storable": True,
                "attribute_line_ids": [
                    Command.create({"attribute_id": size.id, "value_ids": [Command.set(size.value_ids.ids)]})
                ],
            }
        )
        small, middle, _large = template.product_variant_ids
        small.default_code, middle.default_code = "SHIRT-S", "SHIRT-M"
        self.put(middle, medium)
        return small, middle

    def test_another_variant_takes_the_lines_place(self):
        small, middle = self.shirts()
        (order,) = self.receive(woo_order(1, lines=(("SHIRT-S", 2, "20.00", "4.00"),)))
        total = order.sale_order_id.amount_total
        desk = self.desk(order)
        desk.tell_customer = True
        way = self.way(desk, "substitute")
        self.assertEqual((way.goods_id, way.product_id, way.figures), (small, middle, "9 free, same price"))
        self.assertEqual(way.shop, "Changed there too")
        way.action_apply()
        self.assertSolved(order)
        sale = order.sale_order_id
        self.assertEqual(sale.amount_total, total)
        live = sale.picking_ids.move_ids.filtered(lambda move: move.state != "cancel" and move.product_uom_qty)
        self.assertEqual([(move.product_id, move.quantity, move.state) for move in live], [(middle, 2, "assigned")])
        (command,) = self.env["ecom.command"].search([("order_id", "=", order.id), ("kind", "=", "edit")])
        self.assertEqual(command._prepare_edit_payload()["lines"][0]["sku"], "SHIRT-M")
        self.assertIn("Chemise", self.mails(order).body_html)

    def test_too_few_of_another_variant_are_no_substitute(self):
        self.shirts(medium=1)
        (order,) = self.receive(woo_order(1, lines=(("SHIRT-S", 2, "20.00", "4.00"),)))
        self.assertEqual(self.desk(order).proposal_ids.mapped("kind"), ["cancel_order"])

    # === A PART NOW === #

    def test_what_is_there_leaves_now_and_the_rest_follows(self):
        order = self.sell_mugs()
        self.way(self.desk(order), "partial").action_apply()
        self.assertSolved(order)
        sale = order.sale_order_id
        self.assertEqual(sale.picking_ids.state, "assigned")
        sale.picking_ids.move_ids.picked = True
        sale.picking_ids.with_context(skip_backorder=True).button_validate()
        rest = sale.picking_ids.filtered(lambda picking: picking.state != "done")
        self.assertEqual(rest.move_ids.product_uom_qty, 2)
        self.receive_again(order)
        self.assertSolved(order)
        remark = self.env["ecom.command"].search([("order_id", "=", order.id), ("kind", "=", "edit")])
        self.assertIn("2 × [MUG] Mug", remark.note)

    # === CANCELLING === #

    def test_what_is_missing_is_taken_out_the_shop_is_told_and_the_money_owed(self):
        order = self.sell_mugs()
        desk = self.desk(order)
        desk.tell_customer = True
        self.way(desk, "cancel_missing").action_apply()
        self.assertSolved(order)
        sale = order.sale_order_id
        self.assertEqual(sale.order_line[0].product_uom_qty, 3)
        self.assertEqual(sale.picking_ids.state, "assigned")
        self.assertEqual(self.open_issues(order).mapped("code"), ["refund_owed"])
        self.assertAlmostEqual(order.amount_owed, 12)
        (command,) = self.env["ecom.command"].search([("order_id", "=", order.id), ("kind", "=", "edit")])
        self.assertEqual(float(command._prepare_edit_payload()["lines"][0]["quantity"]), 3)
        self.assertIn("[MUG] Mug", self.mails(order).body_html)

    def test_the_whole_order_is_cancelled_with_a_message(self):
        self.put(self.mug, -3)
        order = self.sell_mugs(pens=0)
        order.sale_order_id.partner_id.lang = "fr_FR"
        desk = self.desk(order)
        self.assertEqual(desk.proposal_ids.mapped("kind"), ["cancel_order"], "nothing would be left")
        desk.tell_customer = True
        self.way(desk, "cancel_order").action_apply()
        self.assertSolved(order)
        self.assertEqual(order.sale_order_id.state, "cancel")
        (command,) = self.env["ecom.command"].search([("order_id", "=", order.id), ("kind", "=", "state")])
        self.assertEqual(command.value, "cancelled")
        self.assertEqual(self.open_issues(order).mapped("code"), ["refund_owed"])
        (mail,) = self.mails(order)
        self.assertIn("remboursé", mail.body_html)
        self.assertIn("marie@example.com", mail.email_to or "".join(mail.recipient_ids.mapped("email")))

    def test_without_an_address_the_shop_passes_it_on(self):
        order = self.sell_mugs()
        order.sale_order_id.partner_id.email = False
        desk = self.desk(order)
        desk.tell_customer = True
        self.way(desk, "partial").action_apply()
        (note,) = self.env["ecom.command"].search([("order_id", "=", order.id), ("kind", "=", "note")])
        self.assertIn("1", note.value)
        self.assertNotIn("<", note.value)

    def test_nobody_is_written_to_unless_it_is_ticked(self):
        order = self.sell_mugs()
        self.way(self.desk(order), "partial").action_apply()
        self.assertFalse(self.mails(order))

    # === AND AROUND IT === #

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
