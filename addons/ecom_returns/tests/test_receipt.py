from odoo import fields
from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.addons.ecom_stock_sync.tests.stock_case import StockCase
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .returns_case import ReturnsCase


@tagged("post_install", "-at_install")
class TestReceipt(ReturnsCase):
    """The parcel comes back: received into quarantine, piece by piece."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().shipped(1)

    def scan(self, text, order=None, again=False):
        return self.env["ecom.return.desk"].scan(text, order.id if order else False, again)

    def free(self, product):
        return product.with_context(location=self.shelf.id).qty_available

    def test_an_approved_return_is_awaited_and_one_button_receives_it(self):
        found = self.ask(self.order, {"MUG": 2})
        self.assertEqual(found.state, "awaiting")
        receipt = found.picking_ids
        self.assertEqual(receipt.picking_type_code, "incoming")
        self.assertTrue(receipt.move_ids.to_refund)
        self.assertEqual(receipt.move_ids.origin_returned_move_id, self.sold(self.order).move_ids - receipt.move_ids)
        before = self.free(self.mug)
        found.action_receive_all()
        self.assertEqual((found.state, receipt.state), ("received", "done"))
        self.assertEqual(self.free(self.mug), before, "it lies in quarantine")
        self.assertTrue(receipt.location_dest_id.ecom_not_sold)
        line = self.sold(self.order)
        self.assertEqual((line.qty_delivered, line.ecom_quantity_returnable), (0, 0))
        self.assertEqual(found.line_ids.quantity_back, 2)

    def test_what_came_back_cannot_come_back_again(self):
        self.ask(self.order, {"MUG": 1}).action_receive_all()
        self.assertEqual(self.sold(self.order).ecom_quantity_returnable, 1)

    def test_a_later_change_of_the_order_sends_nothing_again(self):
        self.ask(self.order, {"MUG": 1}).action_receive_all()
        line = self.sold(self.order).with_context(ecom_from_shop=True)
        line.order_id._unlocked(lambda: line.write({"product_uom_qty": 3}))
        wanted = line.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        self.assertEqual(sum(wanted.mapped("product_uom_qty")), 1)

    def test_one_return_of_two_deliveries_has_two_receipts(self):
        order = self.receive(woo_order(2, (("MUG", 3, "30.00", "6.00"),)))
        first = order.sale_order_id.picking_ids
        first.move_ids.write({"quantity": 2, "picked": True})
        first._action_done()
        self.ship(self.delivery(order))
        found = self.ask(order, {"MUG": 3})
        self.assertEqual(sorted(found.picking_ids.move_ids.mapped("product_uom_qty")), [1, 2])
        self.assertEqual(found.picking_ids.return_id, order.sale_order_id.picking_ids - found.picking_ids)
        found.action_receive_all()
        self.assertEqual(found.line_ids.quantity_back, 3)

    def test_a_cancelled_return_awaits_nothing(self):
        found = self.ask(self.order, {"MUG": 2})
        found.action_cancel()
        self.assertEqual(found.picking_ids.state, "cancel")
        again = self.ask(self.order, {"MUG": 2})
        again.action_receive_all()
        self.assertEqual(again.state, "received")

    def test_a_part_of_the_parcel_comes_and_the_rest_never(self):
        found = self.ask(self.order, {"MUG": 2})
        self.scan(found.name)
        self.scan("MUG", found)
        self.assertIn("Still awaited: 1.", self.env["ecom.return.desk"].receive(found.id)["words"])
        self.assertEqual(found.line_ids.quantity_back, 1)
        found.action_restock_all()
        self.assertEqual(found.state, "received", "the rest is awaited")
        found.action_rest_missing()
        self.assertEqual((found.state, found.line_ids.quantity), ("inspected", 1))
        self.assertEqual(self.sold(self.order).ecom_quantity_returnable, 1)

    # === THE DESK === #

    def test_scanning_the_order_finds_its_return_and_the_pieces_are_counted(self):
        order = self.shipped(2, ("MUG", 2, "20.00", "4.00"), ("PEN", 1, "5.00", "1.00"))
        found = self.ask(order, {"MUG": 2, "PEN": 1})
        answer = self.scan(order.number)
        self.assertEqual(answer["parcel"]["name"], found.name)
        self.assertEqual(self.scan("2*MUG", found)["tone"], "good")
        answer = self.scan("MUG", found)
        self.assertEqual(answer["tone"], "bad")
        self.assertIn("more Mug", answer["words"])
        self.scan(self.pen.barcode, found)
        answer = self.scan("", found)
        self.assertEqual((answer["tone"], found.state), ("complete", "received"))

    def test_a_serial_finds_its_return_and_is_received_as_that_serial(self):
        self.put(self.phone, "SN1")
        self.put(self.phone, "SN2")
        order = self.sell(2, ("PHONE", 2))
        self.ship(self.delivery(order))
        found = self.ask(order, {"PHONE": 1})
        answer = self.scan("SN2")
        self.assertEqual((answer["parcel"]["name"], answer["tone"]), (found.name, "good"))
        self.assertEqual(self.scan("SN2", found)["tone"], "bad", "twice")
        self.env["ecom.return.desk"].receive(found.id)
        self.assertEqual(found.picking_ids.move_line_ids.lot_id.name, "SN2")
        held = self.env["ecom.warranty"].search([("lot_id.name", "in", ("SN1", "SN2"))])
        self.assertEqual({row.lot_id.name: row.state for row in held}, {"SN1": "held", "SN2": "back"})

    def test_a_foreign_serial_is_refused_as_suspected_fraud(self):
        self.put(self.phone, "SN1")
        self.put(self.phone, "SN9")
        order = self.sell(2, ("PHONE", 1))
        self.ship(self.delivery(order))
        sent = self.env["ecom.warranty"].search([("sale_order_id", "=", order.sale_order_id.id)]).lot_id.name
        found = self.ask(order, {"PHONE": 1})
        answer = self.scan("SWAPPED", found)
        self.assertEqual(answer["tone"], "bad")
        self.scan("SWAPPED", found)
        issue = self.open_issues(order).filtered(lambda issue: issue.code == "return_fraud")
        self.assertEqual(len(issue), 1)
        self.assertIn(sent, issue.message)
        unit = found.unit_ids
        self.assertEqual(unit.state, "refused")
        with self.assertRaisesRegex(UserError, "Nothing was scanned"):
            found.action_receive()
        preparer = new_test_user(self.env, "prep_d", "ecom_connector.group_preparer")
        with self.assertRaises(AccessError):
            unit.with_user(preparer).action_override()
        manager = new_test_user(self.env, "boss_d", "ecom_connector.group_manager")
        unit.with_user(manager).action_override()
        self.assertEqual((unit.override_user_id, unit.lot_id.name, issue.state), (manager, "SWAPPED", "solved"))
        found.action_receive()
        self.assertEqual(found.picking_ids.move_line_ids.lot_id.name, "SWAPPED")

    def test_a_number_typed_in_odoo_s_own_screen_is_checked_too(self):
        self.put(self.phone, "SN1")
        order = self.sell(2, ("PHONE", 1))
        self.ship(self.delivery(order))
        other = self.put(self.phone, "SN9", place=self.env.ref("stock.stock_location_customers"))
        found = self.ask(order, {"PHONE": 1})
        receipt = found.picking_ids
        receipt.move_line_ids.lot_id = other
        receipt.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "SN9 is not what was sent"):
            receipt._action_done()
        receipt.move_line_ids.lot_id = self.env["stock.lot"].search([("name", "=", "SN1")])
        receipt._action_done()
        self.assertEqual((found.state, found.unit_ids.lot_id.name), ("received", "SN1"))

    def test_a_parcel_that_nobody_announced_is_taken_back_on_the_second_scan(self):
        answer = self.scan(self.order.number)
        self.assertEqual((answer["tone"], answer["parcel"]), ("bad", False))
        answer = self.scan(self.order.number, again=True)
        found = self.order.sale_order_id.ecom_return_ids
        self.assertEqual((answer["parcel"]["id"], found.kind, found.state), (found.id, "undelivered", "awaiting"))

    def test_a_parcel_of_nobody_waits_for_its_order(self):
        answer = self.scan("???")
        self.assertIn("F4", answer["words"])
        self.env["ecom.return.desk"].unknown("???")
        parcel = self.env["ecom.unknown.parcel"].search([("name", "=", "???")])
        parcel.sale_order_id = self.order.sale_order_id
        parcel.action_found()
        self.assertEqual((parcel.state, parcel.return_id.state), ("found", "awaiting"))

    def test_only_preparers_receive(self):
        service = new_test_user(self.env, "service_d", "ecom_connector.group_service")
        with self.assertRaises(AccessError):
            self.env["ecom.return.desk"].with_user(service).look()

    def test_a_preparer_does_it_all(self):
        found = self.ask(self.order, {"MUG": 2})
        preparer = new_test_user(self.env, "prep_e", "ecom_connector.group_preparer")
        desk = self.env["ecom.return.desk"].with_user(preparer)
        desk.scan(found.name)
        desk.scan("2*MUG", found.id)
        self.assertEqual(desk.receive(found.id)["tone"], "complete")
        found.with_user(preparer).action_restock_all()
        self.assertEqual(found.state, "inspected")

    # === INSPECTION === #

    def received(self, order, **quantities):
        found = self.ask(order, quantities)
        found.action_receive_all()
        return found

    def settle(self, unit, disposition, **values):
        unit.write({"disposition": disposition, **values})
        unit.action_settle()

    def place_of(self, product, name):
        quants = self.env["stock.quant"].search([("product_id", "=", product.id), ("quantity", ">", 0)])
        return sum(
            quants.filtered(lambda quant: quant.location_id == self.channel.warehouse_id[name]).mapped("quantity")
        )

    def test_as_new_it_lies_on_the_shelf_again(self):
        before = self.free(self.mug)
        found = self.received(self.order, MUG=2)
        found.action_restock_all()
        self.assertEqual((self.free(self.mug), found.state), (before + 2, "inspected"))
        with self.assertRaisesRegex(UserError, "settled already"):
            found.unit_ids.grade = "used"
        with self.assertRaisesRegex(UserError, "settled already"):
            found.unit_ids.action_settle()

    def test_scrap_workshop_and_second_grade(self):
        found = self.received(self.shipped(2, ("MUG", 1, "1.00", "0.20"), ("PEN", 1, "1.00", "0.20")), MUG=1, PEN=1)
        mug, pen = found.unit_ids.sorted(lambda unit: unit.product_id.default_code)
        self.settle(mug, "scrap", grade="damaged")
        self.assertEqual((mug.scrap_id.state, mug.scrap_id.scrap_qty, found.state), ("done", 1, "received"))
        self.settle(pen, "repair")
        self.assertEqual(self.place_of(self.pen, "ecom_workshop_id"), 1)
        self.assertEqual(found.state, "inspected")
        second = self.received(self.order, MUG=1)
        self.settle(second.unit_ids, "second")
        self.assertEqual(self.place_of(self.mug, "ecom_second_grade_id"), 1)

    def test_second_grade_as_another_product(self):
        cheap = self.env["product.product"].create({"name": "Mug B", "is_storable": True})
        found = self.received(self.order, MUG=1)
        self.settle(found.unit_ids, "second", second_product_id=cheap.id)
        self.assertEqual(self.place_of(cheap, "ecom_second_grade_id"), 1)
        self.assertEqual(self.place_of(self.mug, "ecom_quarantine_id"), 0)

    def test_back_to_the_supplier_in_one_delivery(self):
        supplier = self.env["res.partner"].create({"name": "Potier"})
        for product in (self.mug, self.pen):
            self.env["product.supplierinfo"].create(
                {"partner_id": supplier.id, "product_tmpl_id": product.product_tmpl_id.id}
            )
        found = self.received(self.shipped(2, ("MUG", 1, "1.00", "0.20"), ("PEN", 1, "1.00", "0.20")), MUG=1, PEN=1)
        for unit in found.unit_ids:
            self.settle(unit, "supplier")
        out = found.picking_ids.filtered(lambda picking: picking.partner_id == supplier)
        self.assertEqual((len(out), len(out.move_ids), out.state), (1, 2, "assigned"))
        self.ship(out)
        self.assertEqual(self.place_of(self.mug, "ecom_quarantine_id"), 0)

    def test_what_is_expired_or_blocked_is_not_sold_again(self):
        lot = self.put(self.tea, "T1", quantity=2, days=60)
        order = self.sell(2, ("TEA", 2))
        self.ship(self.delivery(order))
        found = self.ask(order, {"TEA": 2})
        self.scan("2*T1", found)
        found.action_receive()
        lot.ecom_blocked = True
        with self.assertRaisesRegex(UserError, "is blocked"):
            self.settle(found.unit_ids, "restock")
        lot.write({"ecom_blocked": False, "removal_date": fields.Datetime.now()})
        with self.assertRaisesRegex(UserError, "too old"):
            self.settle(found.unit_ids, "restock")
        self.settle(found.unit_ids, "scrap")
        self.assertEqual(found.unit_ids.scrap_id.lot_id, lot)

    def test_a_policy_takes_plain_goods_as_new_on_one_scan(self):
        self.env["ecom.return.policy"].create({"name": "Books", "accepts_scan": True})
        before = self.free(self.mug)
        found = self.received(self.order, MUG=2)
        self.assertEqual((found.state, self.free(self.mug)), ("inspected", before + 2))


@tagged("post_install", "-at_install")
class TestReceiptAndShops(StockCase):
    """What the shops show while goods come back."""

    def test_they_show_it_once_it_is_inspected_and_not_before(self):
        order = self.receive(woo_order(1, (("MUG", 2, "10.00", "2.00"),)))
        delivery = order.sale_order_id.picking_ids
        delivery.move_ids.picked = True
        delivery._action_done()
        self.catch_up()
        self.assertEqual(self.level(self.mug_offer).quantity, 98)
        found = self.env["ecom.return"].with_context(default_sale_order_id=order.sale_order_id.id).create({})
        found.action_receive_all()
        self.catch_up()
        self.assertEqual(self.level(self.mug_offer).quantity, 98, "in quarantine")
        found.action_restock_all()
        self.catch_up()
        self.assertEqual(self.level(self.mug_offer).quantity, 100)
        self.assertEqual(self.push()["10"], 100)
