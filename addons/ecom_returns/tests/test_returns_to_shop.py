from odoo.addons.ecom_connector.platforms.base import CommandResult
from odoo.tests import tagged

from .shop_returns_case import MakingShop, ReturningShop, ShopReturnsCase


@tagged("post_install", "-at_install")
class TestReturnsToShop(ShopReturnsCase):
    """A return begins here, and the shop is to have it too."""

    def setUp(self):
        super().setUp()
        self.play(MakingShop)

    def asked(self, order):
        """What the shop was asked to make, by key."""
        return list(MakingShop.asked.values())

    def finish(self, found):
        found.action_receive_all()
        found.action_restock_all()
        found.action_settle()

    def test_once_agreed_it_is_made_there_and_goes_on_as_any_other(self):
        defective = self.env.ref("ecom_returns.reason_defective")
        found = self.ask(self.order, {"MUG": 1}, kind="conformity")
        found.line_ids.write({"reason_id": defective.id, "note": "Fêlée"})
        self.assertEqual((found.state, self.messages(self.order)), ("requested", []), "nobody has agreed to it")
        found.action_approve()
        self.assertEqual(self.messages(self.order), [("open", "pending")])
        self.tell_all()
        (made,) = MakingShop.asked.values()
        (line,) = made.lines
        self.assertEqual((made.order_id, made.number, made.exchanges), ("1", found.name, ()))
        self.assertEqual((line.line_id, line.quantity, line.reason, line.note), ("100", 1, "defective", "Fêlée"))
        self.assertEqual((found.shop_return_id.external_id, found.shop_return_state), ("M1", "open"))

        # The shop's own news of it are no second return.
        news = {"id": "M1", "lines": [(100, 1)], "state": "open", "key": made.key}
        self.says(1, news)
        self.assertEqual(self.ours(self.order), found)
        self.assertEqual(found.shop_return_id.number, "#M1")
        before = found.message_ids
        self.finish(found)
        self.tell_all()
        (refund,) = ReturningShop.made.values()
        self.assertEqual(refund.return_id, "M1", "the money names it")
        (closed,) = ReturningShop.told
        self.assertEqual((closed.return_id, closed.state.value, closed.lines), ("M1", "closed", (("100", 1),)))
        self.says(1, news | {"state": "closed"}, refunds=[self.paid_back("re_0", "6.00", "M1")])
        self.assertEqual((self.ours(self.order), found.state), (found, "closed"))
        self.assertEqual(len(self.order.ecom_refund_ids), 1)
        self.assertFalse((found.message_ids - before).filtered(lambda said: "On the shop" in said.body))
        self.assertFalse(self.open_issues(self.order))

    def test_its_news_may_be_here_before_its_answer(self):
        found = self.ask(self.order, {"MUG": 1})
        command = found.shop_command_ids
        # Killed after the call: the shop has it, and tells of it, while the message stands as being sent.
        command.write({"payload": command._prepare_new_return_payload(), "state": "sending"})
        MakingShop.asked[command.key] = None
        self.says(1, {"id": "M1", "lines": [(100, 1)], "state": "open", "key": command.key})
        self.assertEqual((self.ours(self.order), found.shop_return_id.external_id), (found, "M1"))
        self.tell_all()
        self.assertEqual(command.state, "done")
        self.assertEqual((len(MakingShop.asked), len(self.order.shop_return_ids)), (1, 1))
        self.assertFalse(ReturningShop.told)

    def test_two_of_the_same_goods_are_told_apart(self):
        first, second = self.ask(self.order, {"MUG": 1}), self.ask(self.order, {"MUG": 1})
        keys = [found.shop_command_ids.key for found in (first, second)]
        self.says(1, *({"id": f"M{at}", "lines": [(100, 1)], "state": "open", "key": keys[2 - at]} for at in (1, 2)))
        self.assertEqual([found.shop_return_id.external_id for found in (first, second)], ["M2", "M1"])
        self.assertEqual({state for _value, state in self.messages(self.order)}, {"cancelled"}, "the shop has them")

    def test_what_is_called_off_before_it_was_told_is_not_made(self):
        found = self.ask(self.order, {"MUG": 1})
        found.action_cancel()
        self.tell_all()
        self.assertEqual((self.messages(self.order), MakingShop.asked), ([("open", "cancelled")], {}))

    def test_what_is_called_off_is_called_off_there(self):
        found = self.ask(self.order, {"MUG": 1})
        self.tell_all()
        found.action_cancel()
        self.tell_all()
        (told,) = ReturningShop.told
        self.assertEqual((told.return_id, told.state.value), ("M1", "cancelled"))

    def test_what_is_called_off_while_it_is_told_is_called_off_next(self):
        found = self.ask(self.order, {"MUG": 1})
        found.shop_command_ids.write({"state": "sending", "attempts": 1})
        found.action_cancel()
        self.tell_all()
        self.assertEqual(self.messages(self.order), [("open", "done"), ("cancelled", "done")])
        self.assertEqual(ReturningShop.told[0].return_id, "M1")

    def test_declined_here_it_is_cancelled_there(self):
        found = self.ask(self.order, {"MUG": 1}, kind="conformity")
        found.action_approve()
        self.tell_all()
        found.decline_reason = "Pas de défaut"
        found.action_decline_confirm()
        self.tell_all()
        self.assertEqual(ReturningShop.told[0].state.value, "cancelled")

    def test_what_the_shop_refuses_is_an_issue_and_its_remedy_tells_again(self):
        MakingShop.says = [CommandResult(ok=False, code="refused", message="Nothing was sent")]
        found = self.ask(self.order, {"MUG": 1})
        self.tell_all()
        (issue,) = self.open_issues(self.order)
        self.assertEqual((issue.code, issue.blocking), ("command_failed", False))
        self.assertIn("Nothing was sent", issue.message)
        issue.action_fix()
        self.tell_all()
        self.assertEqual(found.shop_return_id.external_id, "M1")

    def test_money_waits_for_its_return_as_long_as_that_may_come(self):
        found = self.ask(self.order, {"MUG": 1})
        MakingShop.says = [CommandResult(ok=False, message="Busy", retry=True)]
        self.finish(found)
        self.tell_all()
        self.assertFalse(ReturningShop.made)
        found.shop_command_ids.next_try_at = found.create_date
        self.tell_all()
        (refund,) = ReturningShop.made.values()
        self.assertEqual(refund.return_id, "M1")
        self.assertEqual([told.state.value for told in ReturningShop.told], ["closed"])

    def test_money_goes_without_it_where_the_shop_refused_it(self):
        found = self.ask(self.order, {"MUG": 1})
        MakingShop.says = [CommandResult(ok=False, message="No")]
        self.finish(found)
        self.tell_all()
        self.assertEqual([refund.return_id for refund in ReturningShop.made.values()], [""])

    def test_what_the_shop_cannot_know_is_not_told(self):
        order = self.shipped(2, ("MUG", 4, "10.00", "2.00"))
        kept = self.ask(order, {"MUG": 1})
        kept.action_cancel()
        self.play(ReturningShop)
        self.ask(order, {"MUG": 1})
        self.play(MakingShop)
        some = self.ask(order, {"MUG": 2})
        some.line_ids.with_context(ecom_came_only=True).quantity_kept = 1
        self.tell_all()
        (made,) = MakingShop.asked.values()
        self.assertEqual(made.lines[0].quantity, 1, "what the customer keeps is not sent")
        self.says(2, {"id": "M1", "lines": [(200, 1)], "state": "open", "key": made.key})
        self.assertNotIn("On the shop", "".join(some.message_ids.mapped("body")))

    def test_an_exchange_is_told_with_what_goes_out(self):
        listing = self.env["ecom.listing"].create({"channel_id": self.channel.id, "external_id": "77", "name": "Pen"})
        self.env["ecom.offer"].create({"listing_id": listing.id, "external_id": "78", "product_id": self.pen.id})
        found = self.ask(self.order, {"MUG": 1}, wish="exchange", kind="conformity")
        found.line_ids.exchange_product_id = self.pen
        found.action_approve()
        found.action_exchange()
        self.assertNotIn("the shop is not told", "".join(found.message_ids.mapped("body")))
        out = found.exchange_order_id.picking_ids
        out.carrier_tracking_ref = "8R7"
        self.ship(out)
        self.order.command_ids.filtered(
            lambda command: command.shipment_id and command.shipment_id.picking_id != out
        ).state = "done"
        self.tell_all(["shipment"])
        self.assertFalse(MakingShop.left, "before the shop knows of the exchange")
        self.tell_all(["new_return", "shipment"])
        (left,) = MakingShop.left
        self.assertEqual((left.order_id, left.exchange.return_id, left.quantities), ("1", "M1", ()))
        self.assertEqual((left.exchange.variants, left.parcels[0].tracking_number), ((("78", 1),), "8R7"))
        out.carrier_tracking_ref = "8R8"
        self.tell_all(["shipment"])
        self.assertEqual([one.parcels[0].tracking_number for one in MakingShop.left], ["8R7", "8R8"])
        self.assertEqual(MakingShop.left[1].key, left.key)
        (made,) = MakingShop.asked.values()
        self.assertEqual([(row.product_id, row.variant_id, row.quantity) for row in made.exchanges], [("77", "78", 1)])
        before = self.env["sale.order"].search_count([])
        news = {"id": "M1", "lines": [(100, 1)], "state": "open", "key": made.key, "exchanges": [("PEN", 1)]}
        self.says(1, news)
        self.assertEqual(self.env["sale.order"].search_count([]), before)
        self.assertEqual((self.ours(self.order), len(found.exchange_order_id)), (found, 1))
        self.assertFalse(self.open_issues(self.order))

    def test_an_exchange_for_what_the_shop_does_not_sell_is_told_as_a_return(self):
        self.channel.notify_policy = "odoo"
        found = self.ask(self.order, {"MUG": 1}, wish="exchange", kind="conformity")
        found.line_ids.exchange_product_id = self.pen
        found.action_approve()
        found.action_exchange()
        self.tell_all()
        (made,) = MakingShop.asked.values()
        self.assertFalse(made.exchanges)
        self.assertIn("the shop is not told", "".join(found.message_ids.mapped("body")))
