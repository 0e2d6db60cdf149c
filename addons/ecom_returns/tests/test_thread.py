from odoo.tests import tagged

from .money_case import MoneyReturnsCase


@tagged("post_install", "-at_install")
class TestThread(MoneyReturnsCase):
    """A return, its serial and its money as parts of the order's thread."""

    def thread(self, record):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["ecom.thread"].get_thread(record._name, record.id)

    def scanned(self, order, *serials):
        """A return of pieces with numbers, scanned at the desk, all as new."""
        found = self.ask(order)
        if found.state == "requested":
            found.action_approve()
        for code in (*serials, ""):
            self.env["ecom.return.desk"].scan(code, found.id)
        found.action_restock_all()
        found.action_settle()
        return found

    def delivery_serials(self, order):
        return order.sale_order_id.picking_ids.move_line_ids.lot_id.mapped("name")

    def models(self, thread):
        return {stage["key"]: {step["model"] for step in stage["steps"]} for stage in thread["stages"]}

    def breaks(self, thread):
        return [row["words"] for stage in thread["stages"] for row in stage["breaks"]]

    def test_a_return_of_a_serial_from_any_of_its_records(self):
        serial = self.put(self.phone, "SN1")
        order = self.shipped(1, ("PHONE", 1, "10.00", "2.00"))
        found = self.scanned(order, "SN1")
        self.tell()
        refund = found.refund_ids
        for start in (order, serial, found, refund, found.credit_note_ids, order.sale_order_id.picking_ids[-1]):
            with self.subTest(start._name):
                models = self.models(self.thread(start))
                self.assertIn("stock.lot", models["delivery"])
                self.assertEqual(models["return"], {"ecom.return", "stock.picking"})
                self.assertGreaterEqual(models["refund"], {"ecom.refund", "account.move", "account.payment"})

    def test_money_that_did_not_go_back_is_said(self):
        order = self.shipped(1)
        found = self.returned(order)
        found.action_settle()
        refund = found.refund_ids
        refund.state = "failed"
        words = [row for row in self.breaks(self.thread(found)) if "refused" in row]
        self.assertEqual(len(words), 1)
        refund.state = "todo"
        self.assertTrue([row for row in self.breaks(self.thread(refund)) if "by hand" in row])

    def test_the_queries_do_not_grow_with_the_pieces(self):
        def returned(number, pieces):
            serials = [f"SN{number}-{piece}" for piece in range(pieces)]
            for serial in serials:
                self.put(self.phone, serial)
            order = self.shipped(number, ("PHONE", pieces, "10.00", "2.00"))
            return self.scanned(order, *self.delivery_serials(order))

        def count(found):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["ecom.thread"].get_thread("ecom.return", found.id)
            return self.env.cr.sql_log_count - before

        one, many = returned(1, 1), returned(2, 6)
        count(one)  # whatever is read once is in memory
        self.assertLessEqual(count(many), count(one) + 2)
