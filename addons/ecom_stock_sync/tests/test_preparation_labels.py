"""Labels: bought once, printed as often as needed; what goes wrong leaves the parcel open with the carrier's words."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .label_service import LabelService
from .preparation_case import PreparationCase

LOGGER = "odoo.addons.ecom_stock_sync.models.preparation.parcel_label"


@tagged("post_install", "-at_install")
class TestPreparationLabels(PreparationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.picking = cls().deliveries(cls().ship_with(1))

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        """Odoo's own handler compares a time-out of two numbers with one."""
        kwargs["timeout"] = max(kwargs["timeout"])
        return super()._request_handler(session, request, **kwargs)

    def setUp(self):
        super().setUp()
        self.service = LabelService()
        self.addCleanup(self.service.stop)
        self.carriers[0].write({"delivery_type": "ecom_sandbox", "ecom_sandbox_url": self.service.url})
        # A test's transaction is never committed; the order of things is watched instead.
        self.committed = []
        self.patch(type(self.env["ecom.parcel"]), "_before_http", lambda parcel: self.note(parcel))

    def note(self, parcel):
        parcel.flush_recordset()
        self.committed.append((parcel.label_state, len(self.service.asked)))

    def parcel(self):
        return self.picking.ecom_parcel_ids

    def pack(self):
        for text in ("1", "MUG", "MUG", "1.5"):
            answer = self.station().scan(text)
        return answer

    def press(self, key):
        return self.station().press(key)

    def test_a_label_is_bought_with_the_weight_of_the_scales_and_printed(self):
        self.assertEqual(self.pack()["parcel"]["step"], "label")
        answer = self.station().scan("")
        self.assertEqual((answer["tone"], answer["parcel"]["step"]), ("good", "ship"))
        self.assertEqual([file["kind"] for file in answer["prints"]], ["application/pdf"])
        self.assertEqual(self.committed, [("asked", 0)], "the mark is written down before anybody is called")
        (asked,) = self.service.asked
        self.assertEqual((asked["weight"], asked["recipient"]["city"]), (1.5, "Paris"))
        self.assertEqual((self.picking.carrier_tracking_ref, self.picking.carrier_price), ("SB000001", 7.1))
        self.assertEqual(self.station().scan("")["words"], "Order 1 is shipped.")
        self.assertEqual(self.picking.state, "done")
        self.assertEqual(len(self.service.asked), 1, "validating buys none either")

    def test_shipped_buys_the_label_on_the_way(self):
        self.pack()
        answer = self.press("ship")
        self.assertEqual((self.picking.state, len(answer["prints"]), answer["tone"]), ("done", 1, "done"))

    def test_a_second_press_and_a_reprint_return_the_same_label(self):
        self.pack()
        first, second = self.press("label")["prints"], self.press("label")["prints"]
        self.press("ship")
        again = self.press("label")
        self.assertEqual((first, first), (second, again["prints"]))
        self.assertEqual(len(self.service.asked), 1)

    def test_a_refused_label_leaves_the_parcel_open_with_the_carrier_s_words(self):
        self.pack()
        self.service.refuses = "75002 is no postcode of ours."
        answer = self.press("ship")
        self.assertEqual(answer["words"], "Colissimo gives no label: 75002 is no postcode of ours.")
        self.assertEqual((answer["tone"], self.picking.state), ("bad", "assigned"))
        self.assertEqual((self.parcel().state, self.parcel().label_state), ("open", "failed"))
        self.assertIn("no postcode", self.station().look()["parcel"]["label_words"], "also after a reload")
        self.service.refuses = ""
        self.assertEqual(self.press("ship")["tone"], "done")

    def test_a_lost_answer_is_asked_for_again_with_the_same_key_and_paid_once(self):
        self.pack()
        self.service.loses = 1
        with mute_logger(LOGGER):
            answer = self.press("label")
        self.assertEqual((answer["tone"], self.parcel().label_state), ("bad", "doubt"))
        self.assertIn("F8 asks Colissimo again", answer["words"])
        self.assertFalse(self.picking.carrier_tracking_ref)
        self.press("label")
        self.assertEqual(self.parcel().label_state, "bought")
        self.assertEqual((len(self.service.asked), len(self.service.sold)), (2, 1))

    def test_a_carrier_without_keys_is_not_asked_again_before_a_person_looked(self):
        carrier = type(self.env["delivery.carrier"])
        self.pack()
        self.service.loses = 1
        with patch.object(carrier, "_ecom_label_keeps_key", lambda _carrier: False), mute_logger(LOGGER):
            answer = self.press("label")
            self.assertIn("may have been bought: look there", answer["words"])
            self.press("tracking")
            self.assertEqual(self.station().scan("SB000001")["parcel"]["step"], "ship")
            self.assertEqual(self.press("ship")["tone"], "done")
        self.assertEqual(len(self.service.asked), 1)

    def test_whoever_finds_a_label_being_bought_does_not_buy_a_second_one(self):
        carrier = type(self.env["delivery.carrier"])
        self.pack()
        self.parcel().write({"label_state": "asked", "label_asked_at": fields.Datetime.now()})
        self.assertEqual(self.press("label")["words"], "The label is being bought. Wait a moment.")
        self.parcel().label_asked_at -= timedelta(minutes=5)
        with patch.object(carrier, "_ecom_label_keeps_key", lambda _carrier: False):
            self.assertIn("The answer was lost.", self.press("label")["words"])
        self.assertFalse(self.service.asked, "the server may have died after it bought")
        self.parcel().label_state = "asked"
        self.press("label")
        self.assertEqual((self.parcel().label_state, len(self.service.asked)), ("bought", 1), "with a key it is safe")

    def test_odoo_s_own_buttons_buy_no_second_label_either(self):
        self.pack()
        self.service.loses = 1
        carrier = type(self.env["delivery.carrier"])
        with patch.object(carrier, "_ecom_label_keeps_key", lambda _carrier: False), mute_logger(LOGGER):
            self.press("label")
            picking = self.picking.with_context(lang="en_US")
            for button in (picking.send_to_shipper, picking.button_validate):
                with self.assertRaisesRegex(UserError, "settle it at the packing station"), self.cr.savepoint():
                    button()
        self.assertEqual(len(self.service.asked), 1)

    def test_a_label_that_was_bought_on_the_delivery_s_page_is_printed_again_at_the_station(self):
        self.pack()
        self.picking.send_to_shipper()
        self.assertEqual(len(self.press("label")["prints"]), 1)
        self.assertEqual(len(self.service.asked), 1)

    def test_what_a_carrier_s_module_wrote_before_it_failed_is_undone(self):
        refusal = UserError("No more parcels today.")

        def fails(_carrier, pickings):
            pickings.carrier_tracking_ref = "HALF"
            raise refusal

        self.pack()
        with patch.object(type(self.env["delivery.carrier"]), "ecom_sandbox_send_shipping", fails):
            answer = self.press("label")
        self.assertEqual(answer["words"], "Colissimo gives no label: No more parcels today.")
        self.assertFalse(self.picking.carrier_tracking_ref)

    def test_a_cancelled_label_is_followed_by_another_one(self):
        self.pack()
        self.press("label")
        self.picking.cancel_shipment()
        self.assertEqual((self.parcel().label_state, self.picking.carrier_tracking_ref), (False, False))
        self.press("label")
        self.assertEqual(self.picking.carrier_tracking_ref, "SB000002")
        self.assertEqual(len({asked["key"] for asked in self.service.asked}), 2)

    def test_no_label_is_bought_for_an_incomplete_parcel_and_a_part_gets_one_of_its_own(self):
        for text in ("1", "MUG"):
            self.station().scan(text)
        self.assertEqual(self.press("label")["words"], "Something is missing. F2 ships what is there.")
        self.assertFalse(self.service.asked)
        self.press("missing")
        self.press("missing")
        self.station().scan("0.6")
        self.press("ship")
        rest = self.picking.backorder_ids
        self.assertFalse(rest.carrier_tracking_ref)
        for text in (rest.name, "MUG", "0.5"):
            self.station().scan(text)
        self.press("ship")
        self.assertEqual((rest.state, rest.carrier_tracking_ref), ("done", "SB000002"))

    def test_the_weight_is_not_changed_under_a_label(self):
        self.pack()
        self.press("label")
        self.press("weight")
        self.assertEqual(self.station().scan("9")["tone"], "bad")
        self.assertEqual(self.parcel().weight, 1.5)

    def test_a_label_from_elsewhere_needs_no_other(self):
        self.picking.carrier_tracking_ref = "6A1"
        self.pack()
        self.assertEqual(self.press("ship")["tone"], "done")
        self.assertFalse(self.service.asked)
