"""The ways out of missing goods, one by one."""

from datetime import timedelta

from odoo import Command, fields
from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.tests import tagged

from .desk_case import DeskCase


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
