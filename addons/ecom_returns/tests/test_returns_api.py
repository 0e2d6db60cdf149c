from odoo.addons.ecom_connector.tests.external_shop import ExternalShopCase, external_order
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestReturnsApi(ExternalShopCase):
    """What an external shop asks for, and is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for product in (cls.mug, cls.pen):
            cls.env["stock.quant"]._update_available_quantity(product, cls.channel.warehouse_id.lot_stock_id, 10)
        cls().api.order_push(cls.channel.code, [external_order()])
        channel = cls.channel._work_env()
        orders = channel.env["ecom.order"]._to_settle(channel, 10)
        for step in ("_settle_documents", "_settle_confirm", "_settle_close"):
            getattr(orders._still("received"), step)(channel)
        cls.sale = orders.sale_order_id
        cls.sale.picking_ids.move_ids.picked = True
        cls.sale.picking_ids._action_done()

    def ask(self, **values):
        raw = {"external_ref": "R-1", "order": "A-1", "lines": [{"id": "1", "quantity": 1, "reason": "size"}]}
        return self.api.return_create(self.channel.code, [raw | values])[0]

    def test_a_return_is_made_once_and_followed(self):
        made = self.ask(note="Trop petit")
        self.assertEqual((made["status"], made["state"], made["errors"]), ("created", "awaiting", []))
        self.assertEqual(self.ask()["status"], "unchanged")
        found = self.sale.ecom_return_ids
        self.assertEqual((found.line_ids.reason_id.code, found.note), ("size", "Trop petit"))
        self.assertTrue(found.acknowledged_at)
        found.action_receive_all()
        (status,) = self.api.return_status(self.channel.code, ["R-1"])
        self.assertEqual((status["status"], status["lines"][0]["received"]), ("received", 1))
        self.assertEqual(self.api.return_status(self.channel.code, ["R-2"])[0]["status"], "unknown")

    def number(self):
        """What the commands lane does first."""
        self.env["ecom.return"].sudo()._number_for_api(self.channel)

    def test_by_sku_and_page_by_page(self):
        for number in (1, 2):
            made = self.ask(external_ref=f"R-{number}", lines=[{"sku": "MUG", "quantity": 1}])
            self.assertEqual(made["status"], "created", made)
        self.assertFalse(self.api.return_list(self.channel.code)["items"], "only what the lane has numbered")
        self.number()
        first = self.api.return_list(self.channel.code, "", 1)
        self.assertTrue(first["more"])
        second = self.api.return_list(self.channel.code, first["cursor"], 1)
        self.assertEqual((second["items"][0]["ref"], second["more"]), ("R-2", False))

    def test_what_changed_is_listed_again_and_what_committed_late_is_not_missed(self):
        for number in (1, 2):
            self.ask(external_ref=f"R-{number}", lines=[{"sku": "MUG", "quantity": 1}])
        first, second = self.sale.ecom_return_ids.sorted("id")
        # The older one becomes visible after the younger was read, as one whose transaction took longer does.
        first.api_due = False
        self.number()
        seen = self.api.return_list(self.channel.code)
        self.assertEqual([item["ref"] for item in seen["items"]], ["R-2"])
        first.api_due = True
        self.number()
        late = self.api.return_list(self.channel.code, seen["cursor"])
        self.assertEqual([item["ref"] for item in late["items"]], ["R-1"])
        self.assertGreater(int(late["cursor"]), int(seen["cursor"]))
        self.assertEqual(self.api.return_list(self.channel.code, late["cursor"])["items"], [])
        second.action_receive_all()
        self.number()
        self.number()
        again = self.api.return_list(self.channel.code, late["cursor"])
        self.assertEqual([(item["ref"], item["status"]) for item in again["items"]], [("R-2", "received")])
        self.assertFalse(again["more"])

    def test_a_change_wakes_the_lane_that_numbers_it(self):
        self.ask()
        self.number()
        lane = self.channel._lane("commands")
        before = self.env["ir.cron.trigger"].sudo().search_count([("cron_id", "=", lane.id)])
        self.sale.ecom_return_ids.action_receive_all()
        self.assertTrue(self.sale.ecom_return_ids.api_due)
        self.assertGreater(self.env["ir.cron.trigger"].sudo().search_count([("cron_id", "=", lane.id)]), before)

    def test_what_is_wrong_is_said_by_field_and_nothing_is_kept(self):
        for field, values in {
            "external_ref": {"external_ref": ""},
            "order": {"order": "B-1"},
            "kind": {"kind": "joke"},
            "lines": {"lines": []},
            "lines[0].quantity": {"lines": [{"id": "1", "quantity": True}]},
            "lines[0].id": {"lines": [{"id": "9", "quantity": 1}]},
            "lines[0].reason": {"lines": [{"id": "1", "quantity": 1, "reason": "joke"}]},
            "lines[1]": {"lines": [{"id": "1", "quantity": 1}, {"sku": "MUG", "quantity": 1}]},
        }.items():
            made = self.ask(**values)
            self.assertEqual((made["status"], made["errors"][0]["field"]), ("error", field), made)
        made = self.ask(lines=[{"id": "1", "quantity": 3}])
        self.assertEqual(
            (made["errors"][0]["code"], made["errors"][0]["message"]), ("too_many", "2 can come back, not 3.")
        )
        self.assertFalse(self.sale.ecom_return_ids)

    def test_nothing_is_none(self):
        self.ask()

        def check(value):
            self.assertIsNotNone(value)
            for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
                check(inner)

        self.number()
        check(self.api.return_list(self.channel.code))

    def test_others_may_not(self):
        stranger = new_test_user(self.env, "stranger_r", "ecom_connector.group_service")
        with self.assertRaises(AccessError):
            self.env["ecom.api"].with_user(stranger).return_list(self.channel.code)

    def test_one_that_makes_no_sense_stops_no_other(self):
        line = {"id": "1", "quantity": 1}
        raws = [
            {"external_ref": "R-1", "order": "A-1", "lines": [line | {"quantity": 1e-9}]},
            {"external_ref": "R-2", "order": "A-1", "lines": [line | {"reason": ["size"]}]},
            {"external_ref": "R-3", "order": "A-1", "lines": [line], "note": "Trop\x00 petit"},
        ]
        results = self.api.return_create(self.channel.code, raws)
        self.assertEqual([row["status"] for row in results], ["error", "error", "created"])
        self.assertEqual([row["errors"][0]["field"] for row in results[:2]], ["lines[0].quantity", "lines[0].reason"])
        self.assertEqual(self.sale.ecom_return_ids.note, "Trop petit")
