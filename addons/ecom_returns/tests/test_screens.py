from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.tests import tagged

from .money_case import MoneyReturnsCase


@tagged("post_install", "-at_install")
class TestScreens(MoneyReturnsCase):
    """What the screens say of a return: where it stops, and what returns cost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().shipped(1)

    def test_the_form_says_where_it_stops_at_each_step(self):
        found = self.ask(self.order, {"MUG": 2}, kind="terms")
        self.assertIn("approve or decline", found.stops)
        said = []
        for step in ("action_approve", "action_receive_all", "action_restock_all", "action_settle"):
            getattr(found, step)()
            found.invalidate_recordset(["stops"])
            said.append(found.stops)
        self.assertEqual(
            said,
            [
                "The parcel is awaited.",
                "1 to be inspected.",
                "It is to be paid back.",
                "The money is on its way back.",
            ],
        )
        self.tell()
        self.assertFalse(found.stops)

    def test_the_board_costs_no_query_for_each_card(self):
        names = ["name", "alarm", "stops", "value", "deadline", "kind", "partner_id"]
        orders = self.all_shipped(*map(woo_order, range(2, 7)))
        returns = self.env["ecom.return"].union(*(self.ask(order, {"MUG": 1}) for order in orders))

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.read(names)
            return self.env.cr.sql_log_count - before

        count(returns)
        self.assertEqual(count(returns[:2]), count(returns))

    def test_what_returns_cost_by_reason_product_channel_and_grade(self):
        self.mug.standard_price = 3
        found = self.ask(self.order, {"MUG": 2})
        reason = self.env.ref("ecom_returns.reason_size")
        found.line_ids.reason_id = reason
        found.action_receive_all()
        found.picking_ids.carrier_price = 7
        found.unit_ids.write({"disposition": "scrap", "grade": "damaged"})
        found.action_settle_units()
        rows = self.env["ecom.return.report"]._read_group(
            [("return_id", "=", found.id)],
            ["reason_id", "product_id", "channel_id", "grade"],
            ["quantity:sum", "amount:sum", "way_back_cost:sum", "scrapped_cost:sum", "cost:sum"],
        )
        self.assertEqual(rows, [(reason, self.mug, self.channel, "damaged", 2, 12, 7, 6, 13)])

    def test_before_anything_is_here_its_lines_are_counted(self):
        found = self.ask(self.order, {"MUG": 2})
        rows = self.env["ecom.return.report"]._read_group(
            [("return_id", "=", found.id)], ["grade"], ["quantity:sum", "amount:sum"]
        )
        self.assertEqual(rows, [(False, 2, 12)])
