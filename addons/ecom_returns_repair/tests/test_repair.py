from odoo.addons.ecom_returns.tests.returns_case import ReturnsCase
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestRepair(ReturnsCase):
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
