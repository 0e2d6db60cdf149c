from odoo import Command
from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .money_case import MoneyReturnsCase


@tagged("post_install", "-at_install")
class TestEndings(MoneyReturnsCase):
    """What comes back in other ways: of no order, cancelled after shipping, refused at the door."""

    def unsold(self, product, quantity=1, price=0, **values):
        return self.env["ecom.return"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Client"}).id,
                "kind": "terms",
                "line_ids": [
                    Command.create({"product_id": product.id, "quantity": quantity, "unit_price": price}),
                ],
                **values,
            }
        )

    # === OF NO ORDER === #

    def test_what_was_bought_elsewhere_comes_back_and_an_accountant_says_its_worth(self):
        tax = self.env["account.tax"].create(
            {"name": "Twenty", "amount": 20, "type_tax_use": "sale", "price_include_override": "tax_excluded"}
        )
        self.mug.taxes_id = tax
        found = self.unsold(self.mug, 2, 5)
        self.assertEqual((found.state, found.value, found.amount_owed), ("requested", 12, 12))
        found.action_approve()
        found.action_receive_all()
        self.assertTrue(found.picking_ids.location_dest_id.ecom_not_sold)
        found.action_restock_all()
        service = new_test_user(self.env, "service_u", "ecom_connector.group_service")
        with self.assertRaisesRegex(AccessError, "ask an accountant"):
            found.with_user(service).action_settle()
        found.with_user(new_test_user(self.env, "accountant_u", "ecom_connector.group_accountant")).action_settle()
        note = found.credit_note_ids
        self.assertEqual((note.state, note.amount_untaxed, note.amount_tax), ("posted", 10, 2))
        self.assertEqual((found.refund_ids.way, found.refund_ids.amount, found.state), ("hand", 12, "settled"))

    def test_a_fee_and_what_is_kept_count_as_with_an_order(self):
        tax = self.env["account.tax"].create(
            {"name": "Twenty", "amount": 20, "type_tax_use": "sale", "price_include_override": "tax_excluded"}
        )
        self.mug.taxes_id = tax
        found = self.unsold(self.mug, 3, 3.33)
        ordered = self.ask(self.shipped(1, ("MUG", 3, "9.99", "2.00")), {"MUG": 3}, kind="terms")
        for one in found | ordered:
            one.line_ids.quantity_kept = 1
            one.fee_percent = 15
        # Of 7.99 for two 1.20 is kept, and of 4.00 for the third 0.60.
        self.assertEqual((found.value, found.amount_owed, ordered.amount_owed), (11.99, 10.19, 10.19))
        self.assertIn("15 %", found.owed_explained)
        for one in found | ordered:
            one.action_approve()
            self.assertEqual(one.picking_ids.filtered("ecom_return_id").move_ids.product_uom_qty, 2)
            one.action_receive_all()
            one.action_restock_all()
            one.action_settle()
        note = found.credit_note_ids
        self.assertEqual((found.refund_ids.amount, note.amount_total, note.state), (10.19, 10.19, "posted"))
        for name in ("amount_untaxed", "amount_tax"):
            self.assertEqual(note[name], ordered.credit_note_ids[name])
        goods = note.invoice_line_ids.filtered("product_id")
        self.assertEqual((goods.quantity, len(note.invoice_line_ids)), (2, 4), "what is kept turns no cost back")

    def test_it_is_no_protected_withdrawal_and_no_exchange(self):
        self.assertEqual(self.unsold(self.mug, kind="withdrawal").state, "requested")
        with self.assertRaisesRegex(UserError, "needs the order"):
            self.unsold(self.mug, wish="exchange")

    def test_its_serial_is_taken_as_it_is(self):
        found = self.unsold(self.phone)
        found.action_approve()
        answer = self.env["ecom.return.desk"].scan("OLD-1", found.id)
        self.assertEqual((answer["tone"], found.unit_ids.lot_id.name), ("good", "OLD-1"))
        found.action_receive()
        found.action_restock_all()
        self.assertEqual(self.on_shelf(found.unit_ids.lot_id), 1)
        found.action_settle()
        self.assertEqual((found.state, found.credit_note_ids), ("settled", self.env["account.move"]))

    def test_customer_service_makes_one_in_the_form(self):
        service = new_test_user(self.env, "service_f", "ecom_connector.group_service")
        with Form(self.env["ecom.return"].with_user(service)) as form:
            form.partner_id = self.env["res.partner"].create({"name": "Client"})
            form.kind = "terms"
            with form.line_ids.new() as line:
                line.product_id = self.mug
                line.unit_price = 4
        self.assertEqual(form.record.line_ids.product_id, self.mug)

    def test_a_parcel_of_nobody_becomes_a_return_of_no_order(self):
        parcel = self.env["ecom.unknown.parcel"].create({"name": "From Lyon"})
        with Form(self.env["ecom.return"].with_context(**parcel.action_no_order()["context"])) as form:
            form.partner_id = self.env["res.partner"].create({"name": "Client"})
            with form.line_ids.new() as line:
                line.product_id = self.mug
        self.assertEqual((parcel.return_id, parcel.state, parcel.return_id.note), (form.record, "found", "From Lyon"))

    # === CANCELLED AFTER IT LEFT === #

    def test_what_the_shop_cancels_after_it_was_shipped_is_taken_back(self):
        order = self.shipped(1)
        self.receive(woo_order(1, status="cancelled", date_modified_gmt="2026-11-20T10:00:00"))
        issue = self.open_issues(order)
        self.assertEqual((issue.code, issue.may_take_back), ("cancelled_too_late", True))
        issue.action_take_back()
        found = order.sale_order_id.ecom_return_ids
        self.assertEqual((found.kind, found.state, issue.state), ("undelivered", "awaiting", "solved"))
        self.assertIn("cancelled on the shop", found.note)
        found.action_receive_all()
        found.action_restock_all()
        found.action_settle()
        self.assertEqual(self.credited(order), self.paid(order), "delivery too: it never arrived")

    # === REFUSED AT THE DOOR === #

    def test_a_refused_parcel_comes_back_by_its_tracking_number(self):
        order = self.shipped(1)
        order.sale_order_id.picking_ids.carrier_tracking_ref = "8R9"
        desk = self.env["ecom.return.desk"]
        desk.scan("8R9")
        found = self.env["ecom.return"].browse(desk.scan("8R9", False, True)["parcel"]["id"])
        self.assertEqual((found.kind, found.refund_rest, found.fee_percent), ("undelivered", True, 0))
        desk.scan("2*MUG", found.id)
        desk.receive(found.id)
        found.action_restock_all()
        found.action_settle()
        self.assertEqual(self.credited(order), self.paid(order))
