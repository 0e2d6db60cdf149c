from odoo.addons.ecom_returns.tests.story_case import StoryCase
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestStoryRepair(StoryCase):
    """A phone that broke is repaired and goes home: it is never for sale, and no money moves."""

    def test_it_comes_back_is_repaired_and_goes_home(self):
        lot = self.put(self.phone, "SN1")
        order = self.sell(1, ("PHONE", 1))
        self.ship(self.delivery(order))
        sold = self.books(self.entries(order))
        found = self.ask(order, {"PHONE": 1}, kind="conformity", wish="repair", note="It does not ring")
        with self.counted():
            found.action_approve()
            desk = self.env["ecom.return.desk"]
            desk.scan("SN1", found.id)
            desk.receive(found.id)
            found.unit_ids.disposition = "repair"
            found.unit_ids.action_settle()
        workshop = self.channel.warehouse_id._ecom_place("ecom_workshop_id")
        self.assertEqual((self.places(self.phone), self.on_hand(self.phone, workshop)), ((0, 0, 0), 1))
        self.assertEqual((found.state, found.credit_note_ids), ("settled", self.env["account.move"]))
        repair = found.unit_ids.repair_id
        repair.action_validate()
        repair.action_repair_start()
        repair.action_repair_end()
        home = found.picking_ids.filtered(lambda picking: picking.location_dest_id.usage == "customer")
        self.assertEqual(home.move_line_ids.lot_id, lot, "the very same one")
        self.ship(home)
        self.tell()
        self.assertEqual((self.places(self.phone), self.on_hand(self.phone, workshop)), ((0, 0, 0), 0))
        self.assertEqual(self.books(self.entries(order)), sold, "as it was")
        self.assertEqual((self.told(), found.refund_ids), ([], self.env["ecom.refund"]))
        self.assertEqual(set(order.sale_order_id.order_line.mapped("qty_to_invoice")), {0})
        self.assertEqual(lot.ecom_holder_id, found.partner_id.commercial_partner_id)
        held = self.env["ecom.warranty"].search([("lot_id", "=", lot.id), ("state", "=", "held")])
        self.assertEqual(len(held), 1, "one guarantee of one piece")
