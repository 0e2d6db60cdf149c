"""A delivery in several parcels: each is weighed, labelled and numbered, and the shop knows them all."""

from odoo.tests import tagged

from .label_service import LabelService
from .preparation_case import PreparationCase


@tagged("post_install", "-at_install")
class TestPreparationParcels(PreparationCase):
    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        """Odoo's own handler compares a time-out of two numbers with one."""
        kwargs["timeout"] = max(kwargs["timeout"])
        return super()._request_handler(session, request, **kwargs)

    def setUp(self):
        super().setUp()
        lines = (("MUG", 3, "15.00", "3.00"), ("PEN", 1, "5.00", "1.00"))
        (self.picking,) = self.deliveries(self.ship_with(1, lines=lines))

    def scan(self, *texts):
        for text in texts:
            answer = self.station().scan(text)
        return answer

    def press(self, key):
        return self.station().press(key)

    def packed(self):
        """``[{product: quantity}]`` of each parcel."""
        found = {}
        for line in self.picking.move_line_ids:
            content = found.setdefault(line.result_package_id, {})
            content[line.product_id.default_code] = content.get(line.product_id.default_code, 0) + line.quantity
        return [found[package] for package in sorted(found, key=lambda package: package.id)]

    def test_two_parcels_are_scanned_weighed_and_numbered_one_after_the_other(self):
        self.scan("1", "MUG", "MUG")
        answer = self.press("full")
        self.assertEqual((answer["words"], answer["parcel"]["step"]), ("Parcel 1 is full. Weigh it.", "weight"))
        answer = self.scan("1.2")
        self.assertEqual(answer["words"], "1.2 kilograms. 2 to scan.")
        self.assertEqual([line["package"] for line in answer["parcel"]["lines"]], [1, 0, 0])
        answer = self.scan("MUG", "PEN")
        self.assertIn("Weigh parcel 2.", answer["words"])
        answer = self.scan("0.7")
        self.assertEqual(answer["parcel"]["weight"], "1.9")
        self.assertIn("Scan the tracking number of parcel 1.", answer["words"])
        self.assertIn("Scan the tracking number of parcel 2.", self.scan("6A0001")["words"])
        self.assertEqual(self.scan("6A0002", "")["words"], "Order 1 is shipped.")
        self.assertEqual(self.packed(), [{"MUG": 2}, {"MUG": 1, "PEN": 1}])
        packages = self.picking.move_line_ids.result_package_id.sorted("id")
        self.assertEqual((self.picking.state, packages.mapped("shipping_weight")), ("done", [1.2, 0.7]))
        (shipment,) = self.env["ecom.shipment"]._for_pickings(self.picking)
        self.assertEqual([parcel["number"] for parcel in shipment._parcels()], ["6A0001", "6A0002"])
        self.assertEqual(self.mug.with_context(location=self.stock.id).qty_available, 97)

    def test_each_parcel_has_a_label_of_its_own_and_none_is_paid_twice(self):
        service = LabelService()
        self.addCleanup(service.stop)
        self.carriers[0].write({"delivery_type": "ecom_sandbox", "ecom_sandbox_url": service.url})
        self.patch(type(self.env["ecom.parcel"]), "_before_http", lambda _parcel: None)
        self.scan("1", "3*MUG")
        self.press("full")
        self.scan("1.5", "PEN", "0.1")
        answer = self.press("label")
        self.assertEqual([asked["weight"] for asked in service.asked], [1.5, 0.1])
        self.assertEqual(len(answer["prints"]), 2)
        self.assertEqual(self.picking.carrier_tracking_ref, "SB000001,SB000002")
        self.assertEqual(self.picking.carrier_price, 14.2)
        self.press("label")
        self.assertEqual(len(service.asked), 2)
        self.assertIn("cancel it", self.press("full")["words"])
        (shipment,) = self.env["ecom.shipment"]._for_pickings(self.picking)
        self.assertTrue(all(parcel["url"].endswith(parcel["number"]) for parcel in shipment._parcels()))
        self.picking.cancel_shipment()
        self.assertFalse(service.sold)

    def test_a_full_parcel_is_opened_again(self):
        self.scan("1", "MUG")
        self.press("full")
        self.assertIn("Parcel 1 is open again.", self.press("full")["words"])
        self.assertFalse(self.picking.move_line_ids.result_package_id)
        self.scan("MUG", "MUG", "PEN")
        self.scan("1.5")
        self.assertEqual(self.picking.weight_bulk, 1.5, "one parcel, weighed as a whole")

    def test_a_full_parcel_that_nobody_weighs_weighs_what_is_in_it(self):
        self.scan("1", "MUG")
        self.press("full")
        answer = self.scan("MUG")
        self.assertEqual((answer["parcel"]["step"], answer["parcel"]["asks"]), ("items", ""))
        self.scan("MUG", "PEN", "")
        packages = self.picking.move_line_ids.result_package_id.sorted("id")
        self.assertEqual([round(package.shipping_weight, 3) for package in packages], [0.4, 0.85])

    def test_what_is_missing_follows_and_the_parcels_that_are_full_leave(self):
        self.scan("1", "MUG", "MUG")
        self.press("full")
        self.scan("")
        self.press("missing")
        self.press("missing")
        self.assertEqual(self.press("ship")["words"], "Order 1 is shipped.")
        self.assertEqual(self.packed(), [{"MUG": 2}])
        self.assertEqual(self.picking.backorder_ids.move_ids.mapped("product_uom_qty"), [1, 1])

    def test_an_empty_parcel_is_not_full_and_an_unfinished_one_is_not_weighed(self):
        self.scan("1")
        self.assertEqual(self.press("full")["tone"], "bad")
        self.scan("MUG")
        self.press("full")
        self.scan("", "MUG")
        self.press("weight")
        self.assertIn("F3", self.scan("2")["words"])
