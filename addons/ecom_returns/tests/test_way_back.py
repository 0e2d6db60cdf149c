from unittest.mock import patch

from odoo import Command
from odoo.addons.ecom_stock_sync.tests.label_service import LabelService
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .returns_case import ReturnsCase


@tagged("post_install", "-at_install")
class TestWayBack(ReturnsCase):
    """How customers learn to send it back: by a label of the carrier, or by e-mail in words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().shipped(1)

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        """Odoo's own handler compares a time-out of two numbers with one."""
        kwargs["timeout"] = max(kwargs["timeout"])
        return super()._request_handler(session, request, **kwargs)

    def setUp(self):
        super().setUp()
        self.service = LabelService()
        self.addCleanup(self.service.stop)
        self.committed = []
        # A test's transaction is never committed; the order of things is watched instead.
        self.patch(type(self.env["ecom.return"]), "_before_http", lambda order: self.note(order))
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_values: 1)

    def note(self, order):
        order.flush_recordset()
        self.committed.append((order.way_back, len(self.service.asked)))

    def shipped_by_carrier(self):
        self.order.sale_order_id.partner_id.lang = "en_US"
        carrier = self.env["delivery.carrier"].create(
            {
                "name": "Colissimo",
                "delivery_type": "ecom_sandbox",
                "ecom_sandbox_url": self.service.url,
                "product_id": self.pen.id,
            }
        )
        self.order.sale_order_id.picking_ids.carrier_id = carrier
        return self.order

    def run_cron(self):
        self.env["ecom.return"]._cron_way_back()

    def mails(self, found):
        domain = [("model", "=", "ecom.return"), ("res_id", "=", found.id)]
        return self.env["mail.mail"].search(domain, order="id")

    def test_where_we_pay_the_customer_gets_a_label_and_its_number_finds_the_return(self):
        order = self.shipped_by_carrier()
        found = self.ask(order, {"MUG": 1}, kind="conformity")
        self.assertTrue(found.gives_label)
        found.action_approve()
        self.assertFalse(self.service.asked, "nobody's click waits for a carrier")
        self.run_cron()
        self.assertEqual(self.committed, [("asked", 0)], "the mark is written down before anybody is called")
        (asked,) = self.service.asked
        self.assertEqual(asked["recipient"]["name"], found.company_id.name)
        self.assertEqual((found.way_back, found.tracking_ref), ("told", "SB000001"))
        self.assertEqual(found.picking_ids.carrier_price, 7.1)
        mail = self.mails(found)
        self.assertEqual(mail.attachment_ids, found.label_ids)
        self.assertIn("Print the label", mail.body_html)
        answer = self.env["ecom.return.desk"].scan("SB000001")
        self.assertEqual(answer["parcel"]["id"], found.id)
        self.run_cron()
        self.assertEqual((len(self.service.asked), len(self.mails(found))), (1, 1))

    def test_where_the_customer_pays_it_is_told_in_words_unless_somebody_gives_a_label(self):
        order = self.shipped_by_carrier()
        found = self.ask(order, {"MUG": 1})
        self.run_cron()
        self.assertFalse(self.service.asked)
        self.assertIn("You pay for sending it back", self.mails(found).body_html)
        self.assertEqual(found.way_back, "told")
        preparer = new_test_user(self.env, "prep_l", "ecom_connector.group_preparer")
        with self.assertRaises(AccessError):
            found.with_user(preparer).action_label()
        found.with_user(new_test_user(self.env, "service_l", "ecom_connector.group_service")).action_label()
        self.run_cron()
        self.assertEqual((found.tracking_ref, len(self.mails(found))), ("SB000001", 2))

    def test_whoever_asked_on_the_portal_is_not_told_twice(self):
        self.order.sale_order_id.partner_id.lang = "en_US"
        found = self.order.sale_order_id._ecom_ask({str(self.sold(self.order).id): 1}, "withdrawal", {})
        self.run_cron()
        self.assertEqual((found.way_back, len(self.mails(found))), ("told", 1))
        self.assertIn("write this number on the parcel", self.mails(found).body_html)

    def test_a_refusal_is_seen_and_a_person_goes_on(self):
        found = self.ask(self.shipped_by_carrier(), {"MUG": 1}, kind="conformity")
        found.action_approve()
        self.service.refuses = "75002 is no postcode of ours."
        self.run_cron()
        self.assertEqual(found.way_back, "failed")
        self.assertIn("no postcode of ours", found.way_back_error)
        self.assertIn("no postcode of ours", found.activity_ids.summary)
        self.assertFalse(self.mails(found))
        found.action_send_instructions()
        self.run_cron()
        self.assertEqual((found.way_back, len(self.mails(found))), ("told", 1))

    def test_a_lost_answer_is_asked_for_again_only_where_keys_are_kept(self):
        carrier_model = type(self.env["delivery.carrier"])
        found = self.ask(self.shipped_by_carrier(), {"MUG": 1}, kind="conformity")
        found.action_approve()
        found.way_back = "asked"  # as a run leaves it that died
        with patch.object(carrier_model, "_ecom_label_keeps_key", lambda _carrier: False):
            self.run_cron()
        self.assertIn("may have sold one", found.way_back_error)
        self.assertFalse(self.service.asked)
        found.way_back = "asked"
        self.run_cron()
        self.assertEqual((found.way_back, found.tracking_ref), ("told", "SB000001"))

    def test_a_label_that_went_out_with_the_delivery_is_used(self):
        order = self.shipped_by_carrier()
        delivery = order.sale_order_id.picking_ids
        label = self.env["ir.attachment"].create(
            {
                "name": f"{delivery.carrier_id.get_return_label_prefix()}-1.pdf",
                "raw": b"%PDF",
                "res_model": "stock.picking",
                "res_id": delivery.id,
            }
        )
        found = self.ask(order, {"MUG": 1}, kind="conformity")
        found.action_approve()
        self.run_cron()
        self.assertEqual((found.label_ids, self.service.asked), (label, []))
        self.assertTrue(label.access_token)

    def test_each_of_several_parcels_has_a_label_and_any_number_finds_the_return(self):
        found = self.ask(self.shipped_by_carrier(), {"MUG": 2}, kind="conformity", parcels=2)
        found.action_approve()
        self.run_cron()
        self.assertEqual(self.committed, [("asked", 0), ("asked", 1)])
        self.assertEqual((found.tracking_ref, len(found.label_ids)), ("SB000001,SB000002", 2))
        self.assertEqual(round(found.picking_ids.carrier_price, 2), 14.2)
        mail = self.mails(found)
        self.assertEqual((len(mail), mail.attachment_ids), (1, found.label_ids))
        # One more afterwards.
        found.parcels = 3
        found.action_label()
        self.run_cron()
        self.assertEqual((found.tracking_ref, found.labels_missing), ("SB000001,SB000002,SB000003", 0))
        self.assertEqual(len({body["key"] for body in self.service.asked}), 3)
        for number in ("SB000001", "SB000002", "SB000003"):
            self.assertEqual(self.env["ecom.return.desk"].scan(number)["parcel"]["id"], found.id)
        for number in ("SB00000", "B000002", "SB000001,"):
            self.assertFalse(self.env["ecom.return.desk"]._find_return(number), "no part of a number finds it")

    def test_a_refused_second_label_loses_none_and_none_is_bought_twice(self):
        found = self.ask(self.shipped_by_carrier(), {"MUG": 2}, kind="conformity", parcels=2)
        found.action_approve()
        found.parcels = 1
        self.run_cron()
        found.parcels = 2
        found.action_label()
        self.service.refuses = "No more."
        self.run_cron()
        self.assertEqual((found.way_back, found.tracking_ref, found.labels_missing), ("failed", "SB000001", 1))
        self.service.refuses = ""
        found.action_label()
        # The answer is lost: asked again, it is the same label.
        self.service.loses = 1
        self.run_cron()
        self.assertEqual(found.way_back, "failed")
        found.way_back = "asked"
        self.run_cron()
        self.assertEqual((found.way_back, len(self.service.sold), len(found.label_ids)), ("told", 2, 2))

    def test_nobody_is_told_of_a_parcel_that_the_carrier_brings_back(self):
        found = self.order.sale_order_id._ecom_back_to_sender()
        self.run_cron()
        self.assertEqual((found.state, found.way_back, len(self.mails(found))), ("awaiting", False, 0))

    def test_who_has_no_address_is_told_by_a_person(self):
        self.order.sale_order_id.partner_id.email = False
        found = self.ask(self.order, {"MUG": 1})
        self.run_cron()
        self.assertEqual(found.way_back, "failed")
        self.assertIn("no e-mail address", found.activity_ids.summary)
        self.assertIn("no e-mail address", found.stops)

    def test_one_of_no_order_and_no_channel_is_told_too(self):
        partner = self.env["res.partner"].create({"name": "Client", "email": "client@example.com"})
        found = self.env["ecom.return"].create(
            {
                "partner_id": partner.id,
                "kind": "terms",
                "line_ids": [Command.create({"product_id": self.mug.id, "quantity": 1})],
            }
        )
        found.action_approve()
        self.run_cron()
        self.assertEqual((found.way_back, len(self.mails(found))), ("told", 1))
        found.action_receive_all()
        found.action_restock_all()
        self.assertEqual(found.state, "inspected")

    def test_no_carrier_no_label(self):
        found = self.ask(self.order, {"MUG": 1})
        with self.assertRaisesRegex(UserError, "sells no labels"):
            found.action_label()

    def test_who_is_declined_reads_why(self):
        found = self.ask(self.order, {"MUG": 1}, kind="terms")
        found.decline_reason = "It is worn"
        found.action_decline_confirm()
        self.assertIn("It is worn", self.mails(found).body_html)
