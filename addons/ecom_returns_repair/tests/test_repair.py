from odoo.addons.ecom_returns.tests.returns_case import ReturnsCase
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestRepair(ReturnsCase):
    def repaired(self, order, serial, **values):
        """The phone of an order, back, repaired and at home again."""
        found = self.ask(order, {"PHONE": 1}, wish="repair", **values)
        if found.state == "requested":
            found.action_approve()
        desk = self.env["ecom.return.desk"]
        desk.scan(serial, found.id)
        desk.receive(found.id)
        found.unit_ids.disposition = "repair"
        found.unit_ids.action_settle()
        repair = found.unit_ids.repair_id
        repair.action_validate()
        repair.action_repair_start()
        repair.action_repair_end()
        self.ship(found.picking_ids.filtered(lambda picking: picking.location_dest_id.usage == "customer"))
        return found

    def test_it_may_come_back_a_second_time_and_a_third(self):
        lot = self.put(self.phone, "SN1")
        order = self.sell(1, ("PHONE", 1))
        self.ship(self.delivery(order))
        told = self.env["ecom.command"].search_count([("order_id", "=", order.id), ("kind", "=", "shipment")])
        for number in (1, 2):
            found = self.repaired(order, "SN1", kind="conformity")
            sold = self.sold(order, "PHONE")
            figures = (sold.qty_delivered, sold.ecom_quantity_returnable, sold.ecom_quantity_back)
            self.assertEqual(figures, (1, 1, 0), number)
            self.assertEqual(lot.ecom_holder_id, found.partner_id.commercial_partner_id)
        self.assertEqual(
            self.env["ecom.command"].search_count([("order_id", "=", order.id), ("kind", "=", "shipment")]), told
        )
        last = self.ask(order, {"PHONE": 1}, kind="withdrawal")
        self.env["ecom.return.desk"].scan("SN1", last.id)
        last.action_receive()
        last.action_restock_all()
        self.assertEqual((last.state, self.on_shelf(lot), sold.qty_delivered), ("inspected", 1, 0))

    def test_its_warranty_goes_on_and_a_repair_by_law_prolongs_it(self):
        self.phone.product_tmpl_id.ecom_warranty_rule = "own"
        self.phone.product_tmpl_id.ecom_own_warranty_months = 24
        self.put(self.phone, "SN1")
        order = self.sell(1, ("PHONE", 1))
        self.ship(self.delivery(order))
        first = self.env["ecom.warranty"].search([("lot_id.name", "=", "SN1")])
        first.start_date = "2026-03-01"
        self.repaired(order, "SN1", kind="conformity")
        second = self.env["ecom.warranty"].search([("lot_id.name", "=", "SN1"), ("state", "=", "held")])
        self.assertEqual((second.replaced_id, second.months, str(second.end_date)), (first, 30, "2028-09-01"))
        self.repaired(order, "SN1", kind="terms")
        third = self.env["ecom.warranty"].search([("lot_id.name", "=", "SN1"), ("state", "=", "held")])
        self.assertEqual((third.replaced_id, third.months), (second, 30))

    def test_a_phone_comes_back_is_repaired_and_goes_home(self):
        lot = self.put(self.phone, "SN1")
        order = self.sell(1, ("PHONE", 1))
        self.ship(self.delivery(order))
        found = self.ask(order, {"PHONE": 1}, kind="conformity", wish="repair", note="It does not ring")
        found.action_approve()
        desk = self.env["ecom.return.desk"]
        desk.scan("SN1", found.id)
        desk.receive(found.id)
        found.unit_ids.disposition = "repair"
        found.unit_ids.action_settle()
        repair = found.unit_ids.repair_id
        self.assertEqual((repair.lot_id, repair.partner_id, repair.under_warranty), (lot, found.partner_id, True))
        self.assertIn("does not ring", repair.internal_notes)
        self.assertEqual((found.state, found.credit_note_ids), ("settled", self.env["account.move"]))
        repair.action_validate()
        repair.action_repair_start()
        repair.action_repair_end()
        home = found.picking_ids.filtered(lambda picking: picking.location_dest_id.usage == "customer")
        self.assertEqual((home.state, home.move_line_ids.lot_id), ("assigned", lot))
        self.ship(home)
        self.assertEqual(lot.ecom_holder_id, found.partner_id.commercial_partner_id)

    def test_several_get_their_repair_orders_in_one_go(self):
        lots = self.env["stock.lot"].union(*(self.put(self.phone, f"SN{piece}") for piece in range(5)))
        order = self.sell(1, ("PHONE", 5))
        self.ship(self.delivery(order))
        found = self.ask(order, {"PHONE": 5}, kind="conformity", wish="repair")
        found.action_approve()
        for lot in lots:
            self.env["ecom.return.desk"].scan(lot.name, found.id)
        found.action_receive()
        found.unit_ids.disposition = "repair"
        taken = []
        for units in (found.unit_ids[:1], found.unit_ids[1:2], found.unit_ids[2:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            units.action_settle()
            self.env.flush_all()
            taken.append(self.env.cr.sql_log_count - before)
        self.assertEqual([unit.repair_id.lot_id for unit in found.unit_ids], [unit.lot_id for unit in found.unit_ids])
        self.assertEqual((len(found.unit_ids.repair_id), found.unit_ids.lot_id), (5, lots))
        self.assertTrue(all(found.unit_ids.repair_id.mapped("under_warranty")))
        self.assertLessEqual((taken[2] - taken[1]) / 2, 22, f"39.5 for each one by one: {taken}")
