from datetime import timedelta

from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import is_html_empty

from .lots_case import LotsCase


@tagged("post_install", "-at_install")
class TestReservation(LotsCase):
    """Which lots an order gets."""

    def test_what_expires_first_leaves_first(self):
        self.put(self.tea, "LATE", 5, days=90)
        self.put(self.tea, "SOON", 5, days=20)
        picking = self.delivery(self.sell(1, ("TEA", 7)))
        self.assertEqual(self.reserved(picking), {"SOON": 5, "LATE": 2})

    def test_a_person_s_choice_of_removal_wins(self):
        self.put(self.tea, "FIRST", 5, days=90)
        self.put(self.tea, "SOON", 5, days=20)
        quants = self.env["stock.quant"].search([("product_id", "=", self.tea.id)])
        for quant in quants:
            quant.in_date = self.now - timedelta(days=10 if quant.lot_id.name == "FIRST" else 1)
        self.tea.categ_id = self.env["product.category"].create(
            {"name": "Thés", "removal_strategy_id": self.env.ref("stock.removal_fifo").id}
        )
        self.assertEqual(self.reserved(self.delivery(self.sell(1, ("TEA", 5)))), {"FIRST": 5})
        self.tea.categ_id.removal_strategy_id = False
        self.shelf.removal_strategy_id = self.env.ref("stock.removal_lifo")
        self.assertEqual(
            self.env["stock.quant"]._get_removal_strategy(self.tea, self.shelf), "lifo", "chosen for the shelf"
        )

    def test_goods_that_do_not_expire_keep_odoo_s_own_order(self):
        self.assertEqual(self.env["stock.quant"]._get_removal_strategy(self.phone, self.shelf), "fifo")

    def test_a_lot_past_its_removal_date_is_never_reserved(self):
        self.put(self.tea, "GONE", 5, days=-1)
        fresh = self.put(self.tea, "FRESH", 2, days=30)
        picking = self.delivery(self.sell(1, ("TEA", 4)))
        self.assertEqual(self.reserved(picking), {"FRESH": 2})
        # Odoo asks for the day that was planned: a late delivery would still take it.
        picking.move_ids.date = self.now - timedelta(days=10)
        picking.do_unreserve()
        picking.action_assign()
        self.assertEqual(self.reserved(picking), {"FRESH": 2})
        fresh.removal_date = self.now - timedelta(hours=1)
        picking.do_unreserve()
        picking.action_assign()
        self.assertEqual(self.reserved(picking), {}, "it expired since, without a write on the stock")

    def test_a_blocked_lot_is_never_reserved(self):
        blocked = self.put(self.tea, "BAD", 10, days=10)
        blocked.ecom_blocked = True
        self.put(self.tea, "GOOD", 3, days=60)
        picking = self.delivery(self.sell(1, ("TEA", 5)))
        self.assertEqual((self.reserved(picking), picking.move_ids.state), ({"GOOD": 3}, "partially_available"))
        blocked.ecom_blocked = False
        self.assertEqual(self.reserved(picking), {"GOOD": 3, "BAD": 2}, "unblocked, it goes to those who wait")

    def test_a_blocked_lot_is_not_passed_on_between_the_steps_of_a_delivery(self):
        warehouse = self.channel.warehouse_id
        warehouse.delivery_steps = "pick_ship"
        lot = self.put(self.tea, "L1", 5, days=60)
        order = self.sell(1, ("TEA", 2))
        pick = self.delivery(order).filtered(lambda picking: picking.picking_type_code == "internal")
        self.ship(pick)
        out = self.delivery(order)
        out = out if len(out) == 1 else out.filtered(lambda picking: picking.picking_type_code == "outgoing")
        self.assertEqual(self.reserved(out), {"L1": 2})
        lot.ecom_blocked = True
        self.assertEqual(self.reserved(out), {})
        out.action_assign()
        self.assertEqual(self.reserved(out), {})


@tagged("post_install", "-at_install")
class TestPossession(LotsCase):
    """A serial belongs to one customer at a time, and nothing that is blocked leaves."""

    def test_a_serial_that_is_at_a_customer_s_is_refused_in_words(self):
        serial = self.put(self.phone, "SN-1")
        self.put(self.phone, "SN-2")
        first = self.delivery(self.sell(1, ("PHONE", 1)))
        self.assertEqual(self.reserved(first), {"SN-1": 1})
        self.ship(first)
        second = self.delivery(self.sell(2, ("PHONE", 1)))
        second.move_line_ids.lot_id = serial
        with self.assertRaisesRegex(UserError, "SN-1 (is at|est chez) Marie Durand .*Boutique 1.*(return|retour)"):
            self.ship(second)

        self.take_back(first, serial)
        self.ship(second)
        self.assertEqual(serial.ecom_warranty_id.picking_id, second)

    def test_one_serial_twice_in_one_parcel_is_refused(self):
        serial = self.put(self.phone, "SN-1")
        self.put(self.phone, "SN-2")
        picking = self.delivery(self.sell(1, ("PHONE", 2)))
        picking.move_line_ids.lot_id = serial
        with self.assertRaisesRegex(UserError, "SN-1 (is entered twice|est saisi deux fois)"):
            self.ship(picking)

    def test_a_blocked_lot_is_refused_whoever_chose_it(self):
        lot = self.put(self.tea, "BAD", 10, days=10)
        self.put(self.tea, "GOOD", 10, days=60)
        lot.ecom_blocked = True
        picking = self.delivery(self.sell(1, ("TEA", 2)))
        picking.move_line_ids.lot_id = lot
        with self.assertRaisesRegex(UserError, "BAD (is blocked|est bloqué)"):
            self.ship(picking)

    def test_a_lot_corrected_afterwards_moves_the_warranty_and_is_told_again(self):
        wrong, right = self.put(self.phone, "SN-1"), self.put(self.phone, "SN-2")
        order = self.sell(1, ("PHONE", 1))
        picking = self.ship(self.delivery(order))
        self.assertEqual(wrong.ecom_holder_id, order.partner_id)
        order.command_ids.write({"state": "done", "payload": {"lots": []}})
        picking.move_line_ids.lot_id = right
        self.assertFalse(wrong.ecom_warranty_id)
        self.assertEqual(right.ecom_holder_id, order.partner_id)
        self.assertEqual(len(right.ecom_warranty_ids), 1)
        again = order.command_ids.filtered(lambda command: command.state == "pending")
        self.assertEqual([lot["name"] for lot in again._prepare_shipment_payload()["lots"]], ["SN-2"])

        other = self.ship(self.delivery(self.sell(2, ("PHONE", 1))))
        self.assertEqual(self.env["ecom.warranty"].search([("picking_id", "=", other.id)]).lot_id, wrong)
        with self.assertRaisesRegex(UserError, "SN-2 (is at|est chez)"):
            other.move_line_ids.lot_id = right


@tagged("post_install", "-at_install")
class TestShown(LotsCase):
    """Where the customer, the shop and the accountant read which serials left."""

    def test_the_shop_is_told_when_a_lot_expires(self):
        lot = self.put(self.tea, "L1", 5, days=60)
        lot.expiration_date = "2027-05-31 00:00:00"
        order = self.sell(1, ("TEA", 2))
        self.ship(self.delivery(order))
        told = order.command_ids._prepare_shipment_payload()["lots"]
        self.assertEqual([(row["name"], row["quantity"], row["expires"]) for row in told], [("L1", 2.0, "2027-05-31")])
        self.assertEqual(order.shipment_ids.lot_names, "L1")
        self.assertIn(order.shipment_ids, self.env["ecom.shipment"].search([("lot_names", "ilike", "L1")]))

    def test_slip_portal_and_invoice_name_the_serial(self):
        self.put(self.phone, "SN-77")
        self.phone.invoice_policy = "delivery"
        order = self.sell(1, ("PHONE", 1))
        picking = self.ship(self.delivery(order))
        slip = self.env["ir.actions.report"]._render_qweb_html("stock.report_deliveryslip", picking.ids)[0].decode()
        self.assertIn("SN-77", slip)
        self.assertRegex(slip, "Under warranty until|Sous garantie jusqu")

        sale = order.sale_order_id
        page = self.env["ir.qweb"]._render(
            "sale.sale_order_portal_content",
            {"sale_order": sale, "keep_query": lambda *_names: "", "is_html_empty": is_html_empty},
        )
        self.assertIn("SN-77", str(page))
        (shown,) = picking._ecom_lots_shown()
        self.assertEqual((shown["product"], shown["serial"], shown["names"]), ("Téléphone", True, ["SN-77"]))

        invoice = sale.invoice_ids or sale._create_invoices()
        if invoice.state == "draft":
            invoice.action_post()
        self.assertEqual([row["lot_name"] for row in invoice._get_invoiced_lot_values()], ["SN-77"])
        printed = self.env["ir.actions.report"]._render_qweb_html("account.report_invoice", invoice.ids)[0].decode()
        self.assertIn("SN-77", printed)


@tagged("post_install", "-at_install")
class TestElsewhere(LotsCase):
    """Parcels that a marketplace's warehouse ships."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.warehouse_id.ecom_run_by_others = True

    def completed(self, number, *lines):
        order = self.sell(number, *lines)
        rows = [(sku, quantity, "10.00", "2.00") for sku, quantity in lines]
        self.receive(woo_order(number, lines=rows, status="completed", date_modified_gmt="2026-11-04T10:00:00"))
        return order

    def test_goods_without_lots_leave_when_the_shop_says_so(self):
        order = self.completed(1, ("MUG", 2))
        picking = order.sale_order_id.picking_ids
        self.assertEqual((picking.state, picking.ecom_lots_awaited), ("done", False))

    def test_tracked_goods_wait_for_their_lots_and_never_leave_without(self):
        serials = [self.put(self.phone, f"SN-{number}") for number in range(1, 4)]
        order = self.completed(1, ("PHONE", 2), ("MUG", 1))
        picking = order.sale_order_id.picking_ids
        self.assertEqual((picking.state, picking.ecom_lots_awaited), ("assigned", True))
        queue = self.env["ir.actions.act_window"]._for_xml_id("ecom_stock_sync.ecom_lots_to_assign_action")
        self.assertIn("ecom_lots_awaited", queue["domain"])
        self.assertEqual(self.env["stock.picking"].search([("ecom_lots_awaited", "=", True)]), picking)

        with self.assertRaisesRegex(UserError, "Assign Lots|Attribuer les lots"):
            self.ship(picking)

        wizard = self.env["ecom.lot.assign"].create({"picking_id": picking.id, "names": "SN-2"})
        self.assertFalse(wizard.complete)
        with self.assertRaisesRegex(UserError, "1 (of|sur) 2"):
            wizard.action_apply()
        wizard.names = "SN-2\nSN-9"
        self.assertIn("SN-9", wizard.summary)
        with self.assertRaisesRegex(UserError, "SN-9"):
            wizard.action_apply()
        wizard.names = "SN-2\nSN-3"
        self.assertTrue(wizard.complete)
        wizard.action_apply()
        self.assertEqual((picking.state, picking.ecom_lots_awaited), ("done", False))
        self.assertEqual([self.on_shelf(serial) for serial in serials], [1, 0, 0])
        self.assertEqual(serials[1].ecom_holder_id, order.partner_id)
        without = self.env["stock.quant"].search([("product_id", "=", self.phone.id), ("lot_id", "=", False)])
        self.assertFalse(without, "nothing is ever written without a serial")
        told = order.command_ids._prepare_shipment_payload()
        self.assertEqual([lot["name"] for lot in told["lots"]], ["SN-2", "SN-3"])

    def test_lots_with_quantities_from_two_shelves(self):
        shelf_b = self.env["stock.location"].create({"name": "B", "location_id": self.shelf.id})
        first = self.put(self.tea, "L1", 3, days=60)
        self.env["stock.quant"]._update_available_quantity(self.tea, shelf_b, 4, lot_id=first)
        second = self.put(self.tea, "L2", 10, days=90)
        picking = self.completed(1, ("TEA", 8)).sale_order_id.picking_ids
        wizard = self.env["ecom.lot.assign"].create({"picking_id": picking.id, "names": "L1 x 5\nL2"})
        self.assertTrue(wizard.complete, wizard.summary)
        wizard.action_apply()
        self.assertEqual((self.on_shelf(first), self.on_shelf(second)), (2, 7))
        self.assertTrue(all(quant.quantity >= 0 for quant in first.quant_ids | second.quant_ids))

    def test_a_lot_that_is_not_there_is_refused(self):
        self.put(self.tea, "L1", 2, days=60)
        picking = self.completed(1, ("TEA", 3)).sale_order_id.picking_ids
        wizard = self.env["ecom.lot.assign"].create({"picking_id": picking.id, "names": "L1"})
        with self.assertRaisesRegex(UserError, "L1 (is not in stock|n’est pas en stock)"):
            wizard.action_apply()
        self.assertNotEqual(picking.state, "done")

    def test_what_left_elsewhere_of_a_blocked_lot_is_noted_all_the_same(self):
        lot = self.put(self.phone, "SN-1")
        picking = self.completed(1, ("PHONE", 1)).sale_order_id.picking_ids
        lot.ecom_blocked = True
        self.env["ecom.lot.assign"].create({"picking_id": picking.id, "names": "SN-1"}).action_apply()
        self.assertEqual(picking.state, "done")

    def test_our_own_warehouse_is_not_concerned(self):
        self.channel.warehouse_id.ecom_run_by_others = False
        order = self.completed(1, ("MUG", 2))
        self.assertEqual(order.sale_order_id.picking_ids.state, "assigned")

    def test_a_delivery_that_stock_cannot_cover_is_listed_too(self):
        picking = self.completed(1, ("MUG", 200)).sale_order_id.picking_ids
        self.assertTrue(picking.ecom_lots_awaited)
        quants = self.env["stock.quant"].search([("product_id", "=", self.mug.id), ("location_id", "=", self.shelf.id)])
        self.assertEqual(sum(quants.mapped("quantity")), 100)
