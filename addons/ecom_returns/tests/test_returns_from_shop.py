from datetime import timedelta

from odoo import fields
from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.tests import tagged

from .shop_returns_case import ReturningShop, ShopReturnsCase, UntoldShop

ASKED = {"lines": [(100, 1)], "reason": "defective", "note": "Ébréchée"}


@tagged("post_install", "-at_install")
class TestReturnsFromShop(ShopReturnsCase):
    """A customer asks for a return on the shop's own pages."""

    def test_it_is_a_request_here_and_all_that_follows_is_told_there(self):
        self.says(1, ASKED)
        found = self.ours(self.order)
        self.assertEqual((found.state, found.kind, found.note), ("requested", "conformity", "Ébréchée"))
        self.assertEqual((found.line_ids.quantity, found.line_ids.reason_id.code), (1, "defective"))
        self.assertEqual(str(found.requested_at), "2026-11-20 10:00:00")
        self.assertTrue(found.acknowledged_at, "the customer has it in writing")
        self.assertFalse(self.messages(self.order))

        found.action_approve()
        self.assertEqual(self.messages(self.order), [("open", "pending")])
        self.tell_all()
        self.assertEqual(found.shop_return_id.state, "open")
        found.action_receive_all()
        found.action_restock_all()
        found.action_settle()
        self.tell_all()
        self.assertEqual(self.messages(self.order), [("open", "done"), ("closed", "done")])
        (refund,) = ReturningShop.made.values()
        self.assertEqual((refund.return_id, float(refund.amount)), ("R1", 6.0))
        opened, closed = ReturningShop.told
        self.assertEqual((opened.return_id, opened.state.value, opened.order_id), ("R1", "open", "1"))
        self.assertEqual((closed.state.value, closed.lines), ("closed", (("100", 1),)))

        # The shop says all of it again, once it has done it.
        self.says(1, ASKED | {"state": "closed"}, refunds=[self.paid_back("re_0", "6.00", "R1")])
        self.assertEqual(self.ours(self.order), found)
        self.assertEqual(found.state, "closed")
        self.assertEqual(len(self.order.ecom_refund_ids), 1)
        self.assertEqual(len(self.messages(self.order)), 2, "nothing is said twice")
        self.assertFalse(self.open_issues(self.order))

    def test_replays_and_disorder_make_one_return(self):
        for _time in range(3):
            self.says(1, ASKED)
        late = ASKED | {"state": "open"}
        self.says(1, late, date_modified_gmt="2026-11-20T12:00:00")
        self.says(1, ASKED, date_modified_gmt="2026-11-20T11:00:00")
        found = self.ours(self.order)
        self.assertEqual((len(found), found.state), (1, "awaiting"), "the shop's own people agreed to it")
        self.assertEqual(len(self.order.shop_return_ids), 1)
        self.assertFalse(self.messages(self.order), "what the shop knows is not told to it")

    def test_a_withdrawal_in_time_is_approved_by_itself_and_told(self):
        self.says(1, ASKED | {"reason": "size", "label": "Too tight"})
        found = self.ours(self.order)
        self.assertEqual((found.kind, found.state), ("withdrawal", "awaiting"))
        self.assertEqual(self.messages(self.order), [("open", "pending")])

    def test_after_the_time_our_terms_decide(self):
        late = fields.Datetime.now() + timedelta(days=40)
        self.says(1, ASKED | {"reason": "size", "at": late.isoformat(timespec="seconds")})
        found = self.ours(self.order)
        self.assertEqual((found.kind, found.state), ("terms", "requested"))
        found.decline_reason = "Trop tard"
        found.action_decline_confirm()
        self.tell_all()
        (told,) = ReturningShop.told
        self.assertEqual((told.state.value, told.note), ("declined", "Trop tard"))
        self.says(1, ASKED | {"state": "declined"})
        self.assertEqual((found.state, self.messages(self.order)), ("declined", [("declined", "done")]))

    def test_what_is_called_off_after_approval_is_cancelled_there(self):
        self.says(1, ASKED)
        found = self.ours(self.order)
        found.action_approve()
        found.action_cancel()
        self.assertEqual([value for value, _state in self.messages(self.order)], ["open", "cancelled"])

    def test_declined_or_cancelled_on_the_shop(self):
        self.says(1, ASKED)
        self.says(1, ASKED | {"state": "declined", "answer": "Non"})
        found = self.ours(self.order)
        self.assertEqual((found.state, found.decline_reason), ("declined", "Non"))
        second = ASKED | {"id": "R2", "state": "open"}
        self.says(1, ASKED | {"state": "declined", "answer": "Non"}, second)
        again = self.ours(self.order) - found
        self.assertEqual(again.state, "awaiting")
        self.says(1, ASKED | {"state": "declined", "answer": "Non"}, second | {"state": "cancelled"})
        self.assertEqual(again.state, "cancelled")
        self.assertFalse(self.messages(self.order))

    def test_a_withdrawal_that_the_shop_declined_goes_on_and_is_said(self):
        asked = ASKED | {"reason": "size"}
        self.says(1, asked)
        self.says(1, asked | {"state": "declined"})
        self.assertEqual(self.ours(self.order).state, "awaiting")
        (issue,) = self.open_issues(self.order)
        self.assertEqual(issue.code, "return_stopped")
        self.assertIn("may not be", issue.message)

    def test_what_ended_before_it_was_seen_leaves_nothing_to_do(self):
        self.says(1, ASKED | {"state": "declined"}, ASKED | {"id": "R2", "state": "cancelled"})
        self.assertFalse(self.ours(self.order))
        self.assertFalse(self.open_issues(self.order))

    def test_what_was_closed_before_the_order_was_known_is_history(self):
        self.says(1, ASKED | {"state": "closed"})
        self.assertFalse(self.ours(self.order))
        self.assertFalse(self.open_issues(self.order))
        # What began and was closed between two looks still brings its goods here.
        now = fields.Datetime.now() + timedelta(minutes=1)
        later = ASKED | {"id": "R2", "state": "closed", "at": now.isoformat(timespec="seconds")}
        self.says(1, ASKED | {"state": "closed"}, later)
        self.assertEqual(
            (self.ours(self.order).state, self.ours(self.order).shop_return_id.external_id), ("awaiting", "R2")
        )

    def test_a_refund_that_was_booked_as_a_return_is_that_return(self):
        paid = {**self.paid_back(77, "6.00", "R1"), "line_items": [self.line_back(100, 1, "5.00", "1.00")]}
        self.says(1, refunds=[paid])
        found = self.ours(self.order)
        self.assertEqual((found.kind, found.state), ("shop", "awaiting"))
        self.says(1, ASKED | {"state": "closed"}, refunds=[paid])
        self.assertEqual(self.ours(self.order), found)
        self.assertEqual(found.shop_return_id.external_id, "R1")
        found.action_receive_all()
        self.says(1, ASKED | {"state": "closed"}, refunds=[paid])
        self.assertFalse(self.open_issues(self.order), "what came back is not taken for what has not left")

    def line_back(self, line, quantity, net, tax):
        meta = [{"key": "_refunded_item_id", "value": str(line)}]
        return {"quantity": -quantity, "total": f"-{net}", "total_tax": f"-{tax}", "meta_data": meta}

    def test_more_than_odoo_knows_to_be_delivered_waits_for_the_delivery(self):
        order = self.receive(woo_order(2))
        self.says(2, ASKED | {"lines": [(200, 1)]})
        self.assertFalse(self.ours(order))
        (issue,) = self.open_issues(order)
        self.assertEqual((issue.code, issue.blocking, order.state), ("return_stopped", False, "settled"))
        self.ship(order.sale_order_id.picking_ids)
        self.assertEqual(self.ours(order).state, "requested")
        self.assertEqual(issue.state, "solved")

    def test_goods_that_the_order_does_not_have_are_an_issue_that_stops_nothing_else(self):
        self.says(1, ASKED | {"lines": [(999, 1)]}, ASKED | {"id": "R2"})
        self.assertEqual(self.ours(self.order).shop_return_id.external_id, "R2")
        (issue,) = self.open_issues(self.order)
        issue.action_fix()
        (again,) = self.open_issues(self.order)
        self.assertNotEqual(issue, again, "tried again, and said again")

    def test_a_return_that_is_here_already_is_the_same(self):
        found = self.ask(self.order, {"MUG": 1})
        self.says(1, ASKED)
        self.assertEqual(self.ours(self.order), found)
        self.assertEqual(found.shop_return_id.external_id, "R1")
        self.assertEqual(self.messages(self.order), [("open", "pending")], "it was approved here before")

    def test_the_customer_changes_the_request(self):
        self.says(1, ASKED)
        self.says(1, ASKED | {"lines": [(100, 2)]})
        found = self.ours(self.order)
        self.assertEqual(found.line_ids.quantity, 2)
        found.action_approve()
        self.says(1, ASKED | {"state": "open"})
        self.assertEqual(found.line_ids.quantity, 2, "as it was agreed")

    def test_a_refund_that_names_the_return_settles_it(self):
        self.says(1, ASKED | {"state": "open", "tracking": "8R1"})
        found = self.ours(self.order)
        self.assertEqual((found.state, found.tracking_ref), ("awaiting", "8R1"))
        # Without lines nothing but its name says what it is for.
        paid = self.paid_back(77, "6.00", "R1")
        self.says(1, ASKED | {"state": "closed", "tracking": "8R1"}, refunds=[paid])
        self.assertEqual(self.ours(self.order), found)
        self.assertTrue(found.settled_at)
        self.assertEqual(sum(self.credited(self.order)), 6.0)
        self.assertEqual(found.refund_ids.external_id, "77")

    def test_what_was_to_be_paid_by_hand_and_is_paid_on_the_shop_is_paid_once(self):
        self.channel.mapping_payment_ids.filtered(lambda row: row.code == "stripe").pays_back = "hand"
        self.says(1, ASKED)
        found = self.ours(self.order)
        found.action_approve()
        found.action_receive_all()
        found.action_restock_all()
        found.action_settle()
        self.assertEqual(found.refund_ids.state, "todo")
        paid = self.paid_back(77, "6.00", "R1")
        for _time in range(2):
            self.says(1, ASKED | {"state": "closed"}, refunds=[paid])
        self.assertEqual((found.refund_ids.state, found.refund_ids.external_id), ("done", "77"))
        self.assertEqual(self.ours(self.order), found)
        self.assertEqual(sum(self.credited(self.order)), 6.0)

    def test_an_exchange_comes_in_with_what_is_wanted(self):
        self.says(1, ASKED | {"exchanges": [("PEN", 1)]})
        found = self.ours(self.order)
        self.assertEqual((found.wish, found.line_ids.exchange_product_id), ("exchange", self.pen))
        found.action_approve()
        found.action_exchange()
        self.assertEqual(found.exchange_order_id.order_line.product_id, self.pen)
        (note,) = self.order.command_ids.filtered(lambda command: command.kind == "note")
        self.assertIn(f"1 × {self.pen.display_name}", note.value)
        self.assertNotIn("the shop is not told of it", "".join(found.message_ids.mapped("body")))
        second = ASKED | {"id": "R2", "exchanges": [("NOWHERE", 1)]}
        self.says(1, ASKED | {"exchanges": [("PEN", 1)]}, second)
        other = self.ours(self.order) - found
        self.assertEqual(other.wish, "refund")
        self.assertIn("NOWHERE", other.note)

    def test_what_the_customer_keeps_awaits_no_parcel(self):
        self.says(1, ASKED | {"state": "open", "keeps": True})
        self.assertEqual((self.ours(self.order).state, self.ours(self.order).keeps), ("approved", True))

    def test_a_shop_that_cannot_be_told_is_left_and_that_is_said(self):
        self.play(UntoldShop)
        self.says(1, ASKED)
        found = self.ours(self.order)
        before = found.message_ids
        found.action_approve()
        self.assertFalse(self.messages(self.order))
        said = (found.message_ids - before).mapped("body")
        self.assertEqual(sum("no way of being told" in body for body in said), 1)

    def test_staging_returns_of_many_orders_takes_no_query_for_each(self):
        def count(numbers):
            self.all_shipped(*map(woo_order, numbers))
            later = {"date_modified_gmt": "2026-11-20T10:00:00"}
            asked = {number: [ASKED | {"lines": [(number * 100, 1)]}] for number in numbers}
            found = self.receive(*(woo_order(number, _returns=returns, **later) for number, returns in asked.items()))
            orders = self.channel._work_env().env["ecom.order"].browse(found.ids)
            documents = {order.external_id: order._document() for order in orders}
            by_id = {order.external_id: order for order in orders}
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders._stage_returns(by_id, documents)
            for order in orders:
                order._follow_returns()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few, many = count(range(10, 12)), count(range(20, 24))
        self.assertEqual(few, many)
