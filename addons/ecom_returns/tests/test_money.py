from datetime import datetime

from odoo.addons.ecom_connector.platforms.base import CommandResult
from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .money_case import MoneyReturnsCase, PayingShop


@tagged("post_install", "-at_install")
class TestMoney(MoneyReturnsCase):
    """What is owed, the credit notes, and the money: once, to the cent, by the way it came."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls().shipped(1)

    # === CREDIT NOTES === #

    def test_a_withdrawal_of_everything_gives_all_back_delivery_included(self):
        found = self.returned(self.order)
        self.assertTrue(found.refund_rest)
        found.kind = "terms"
        self.assertFalse(found.refund_rest)
        found.line_ids.reason_id = self.env.ref("ecom_returns.reason_defective")
        self.assertTrue(found.refund_rest, "by our mistake")
        self.assertEqual(found.amount_owed, 16.80)
        self.assertIn("Colissimo", found.owed_explained)
        found.action_settle()
        note = found.credit_note_ids
        invoice = self.order.sale_order_id.invoice_ids - note
        self.assertEqual((note.state, note.reversed_entry_id, note.amount_total), ("posted", invoice, 16.80))
        self.assertIn(invoice.name, note.ref)
        self.assertTrue(note.journal_id.refund_sequence)
        self.assertEqual(self.credited(self.order), self.paid(self.order))
        self.assertEqual(found.state, "settled")

    def test_a_part_gives_its_share_and_no_delivery_and_three_parts_are_the_line_to_the_cent(self):
        order = self.shipped(2, ("MUG", 3, "10.00", "2.01"))
        found = self.returned(order, {"MUG": 1})
        found.action_settle()
        note = found.credit_note_ids
        self.assertEqual((note.amount_untaxed, note.amount_tax), (3.33, 0.67))
        self.assertEqual(note.invoice_line_ids.mapped("quantity"), [1])
        for _number in range(2):
            self.returned(order, {"MUG": 1}, kind="terms").action_settle()
        self.assertEqual(self.credited(order), (10.00, 2.01))

    def test_what_was_paid_back_is_not_billed_again(self):
        sale = self.order.sale_order_id
        self.returned(self.order, {"MUG": 1}).action_settle()
        line = self.sold(self.order)
        self.assertEqual((line.qty_to_invoice, line.invoice_status, sale.invoice_status), (0, "invoiced", "invoiced"))
        count = len(sale.invoice_ids)
        self.receive(woo_order(1, customer_note="Bonjour"))
        self.assertEqual(len(sale.invoice_ids), count)

    def test_it_is_not_credited_by_odoo_too_where_what_is_delivered_is_billed(self):
        self.channel.invoice_policy = "shipped"
        self.mug.invoice_policy = "delivery"
        order = self.shipped(2, ("MUG", 3, "30.00", "6.00"))
        order.sale_order_id._create_invoices().action_post() if not order.sale_order_id.invoice_ids else None
        found = self.returned(order, {"MUG": 1})
        line = self.sold(order)
        self.assertEqual(line.qty_to_invoice, 0, "before it is paid back")
        found.action_settle()
        self.assertEqual((line.qty_delivered, line.qty_invoiced, line.qty_to_invoice), (2, 2, 0))

    def test_two_invoices_are_credited_apart(self):
        self.channel.invoice_policy = "manual"
        order = self.shipped(2, ("MUG", 2, "10.01", "2.00"), ("PEN", 1, "5.00", "1.00"))
        sale = order.sale_order_id
        first = sale._create_invoices()
        first.invoice_line_ids.filtered(lambda line: line.product_id == self.mug).quantity = 1
        first.invoice_line_ids.filtered(lambda line: line.product_id == self.pen).unlink()
        first.action_post()
        second = sale._create_invoices()
        second.action_post()
        found = self.returned(order)
        found.action_settle()
        self.assertEqual(found.credit_note_ids.reversed_entry_id, first + second)
        self.assertEqual(self.credited(order), self.paid(order))

    def test_a_fee_is_kept_with_its_tax(self):
        self.env["ecom.return.policy"].create({"name": "Fee", "fee_percent": 10, "approves": True})
        found = self.returned(self.order, {"MUG": 1}, kind="terms")
        self.assertIn("Fee of 10", found.owed_explained)
        found.action_settle()
        self.assertEqual(self.credited(self.order), (4.50, 0.90))

    def test_goodwill_is_money_without_goods_and_counts_later(self):
        found = self.returned(self.order, {"MUG": 1}, kind="terms", goodwill=1.0)
        found.action_settle()
        self.assertEqual(sum(self.credited(self.order)), 7.0)
        last = self.returned(self.order, {"MUG": 1})
        last.refund_rest = True
        last.action_settle()
        self.assertEqual(self.credited(self.order), self.paid(self.order))

    def test_kept_goods_are_credited_without_touching_stock_or_their_cost(self):
        self.env["ecom.return.policy"].create({"name": "Keep", "keeps": True, "approves": True})
        found = self.ask(self.order, {"MUG": 1}, kind="terms")
        self.assertEqual((found.state, found.picking_ids), ("approved", self.env["stock.picking"]))
        found.action_settle()
        line = found.credit_note_ids.invoice_line_ids
        self.assertEqual(
            (found.state, line.product_id, line.price_subtotal), ("settled", self.env["product.product"], 5)
        )
        self.assertEqual(self.sold(self.order).qty_to_invoice, 0)
        self.assertEqual(self.sold(self.order).ecom_quantity_returnable, 1)

    # === THE MONEY === #

    def test_the_shop_pays_back_once_and_it_is_booked(self):
        found = self.returned(self.order)
        found.action_settle()
        self.tell()
        refund = found.refund_ids
        self.assertEqual((refund.state, refund.way, refund.amount, refund.external_id), ("done", "shop", 16.80, "re_0"))
        (told,) = PayingShop.made.values()
        self.assertEqual((str(told.amount), told.order_id), ("16.80", "1"))
        self.assertEqual(sum(line.net + line.tax for line in told.lines), told.amount)
        self.assertEqual({line.line_id: int(line.quantity) for line in told.lines}, {"100": 2, "190": 1})
        payment = refund.account_payment_id
        self.assertEqual((payment.payment_type, payment.amount, payment.journal_id), ("outbound", 16.80, self.bank))
        self.assertEqual(found.credit_note_ids.amount_residual, 0)
        with self.assertRaisesRegex(UserError, "paid back already"):
            found.action_settle()
        self.tell()
        self.assertEqual(len(PayingShop.made), 1)

    def test_gift_cards_first_back_to_gift_cards(self):
        gift = {"gift_cards": [{"id": 1, "code": "NOEL", "amount": 5.0}], "total": "11.80"}
        order = self.shipped(2, **gift)
        found = self.returned(order)
        found.action_settle()
        self.tell()
        refunds = {refund.method_code: (refund.amount, refund.way, refund.state) for refund in found.refund_ids}
        self.assertEqual(refunds, {"gift_card": (5.0, "hand", "todo"), "stripe": (11.80, "shop", "done")})
        self.assertFalse(next(iter(PayingShop.made.values())).lines, "a part of it only")
        todo = found.refund_ids.filtered(lambda refund: refund.state == "todo")
        self.assertIn("5", found.activity_ids.summary)
        service = new_test_user(self.env, "service_m", "ecom_connector.group_service")
        with self.assertRaises(AccessError):
            todo.with_user(service).action_paid_by_hand()
        todo.action_paid_by_hand()
        self.assertEqual((todo.state, todo.account_payment_id.journal_id), ("done", self.cards))
        self.assertFalse(found.activity_ids, "nobody is asked for it any more")
        self.assertEqual(found.credit_note_ids.amount_residual, 0)

    def test_what_the_shop_refuses_is_seen_and_can_be_asked_again_or_paid_by_hand(self):
        found = self.returned(self.order, {"MUG": 1})
        PayingShop.answers = [CommandResult(ok=False, message="No such gateway")]
        found.action_settle()
        self.tell()
        refund = found.refund_ids
        self.assertEqual((refund.state, refund.last_answer), ("failed", "No such gateway"))
        self.assertEqual(self.open_issues(self.order).code, "command_failed")
        refund.action_try_again()
        self.tell()
        self.assertEqual((refund.state, len(PayingShop.made)), ("done", 1))

    def test_a_lost_answer_is_asked_again_with_the_same_key(self):
        found = self.returned(self.order, {"MUG": 1})
        PayingShop.answers = [CommandResult(ok=False, message="Timeout", in_doubt=True, code="timeout")]
        found.action_settle()
        self.tell()
        self.assertEqual(found.refund_ids.state, "pending")
        command = found.refund_ids.command_ids
        command.next_try_at = datetime(2026, 1, 1)
        self.tell()
        self.assertEqual((found.refund_ids.state, list(PayingShop.made)), ("done", [command.key]))

    def test_customer_service_pays_back_up_to_its_limit(self):
        self.channel.refund_limit = 10
        service = new_test_user(self.env, "service_n", "ecom_connector.group_service")
        found = self.returned(self.order).with_user(service)
        with self.assertRaisesRegex(AccessError, "ask an accountant"):
            found.action_settle()
        found.sudo().refund_rest = False
        self.channel.refund_limit = 12
        found.invalidate_recordset()
        found.action_settle()
        self.assertEqual(found.state, "settled")

    def test_a_preparer_pays_nothing_back(self):
        preparer = new_test_user(self.env, "prep_m", "ecom_connector.group_preparer")
        found = self.returned(self.order).with_user(preparer)
        with self.assertRaises(AccessError):
            found.action_settle()

    def test_nothing_is_paid_back_before_it_is_here_without_a_proof(self):
        service = new_test_user(self.env, "service_o", "ecom_connector.group_service")
        found = self.ask(self.order, {"MUG": 1}).with_user(service)
        with self.assertRaisesRegex(UserError, "not possible"):
            found.action_settle()
        found.posted_at = "2026-11-20 10:00:00"
        found.action_settle()
        self.assertEqual(found.state, "awaiting", "the goods are still to come")
        found.sudo().action_receive_all()
        found.sudo().action_restock_all()
        self.assertEqual(found.state, "settled")

    def test_store_credit_stays_with_the_customer(self):
        found = self.returned(self.order, wish="credit")
        found.action_settle()
        self.assertFalse(found.refund_ids)
        self.assertEqual(found.credit_note_ids.amount_residual, 16.80)

    def test_an_order_of_odoo_s_own_comes_back_and_is_paid_back_by_hand(self):
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Client"}).id,
                "order_line": [(0, 0, {"product_id": self.mug.id, "product_uom_qty": 2, "price_unit": 5})],
            }
        )
        sale.action_confirm()
        self.ship(sale.picking_ids)
        invoice = sale._create_invoices()
        invoice.action_post()
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {}
        )._create_payments()
        found = self.env["ecom.return"].with_context(default_sale_order_id=sale.id).create({})
        self.assertEqual((found.state, found.channel_id), ("awaiting", self.env["ecom.channel"]))
        found.action_receive_all()
        self.assertEqual(found.state, "received")
        found.action_restock_all()
        found.action_settle()
        self.assertEqual((found.refund_ids.way, found.refund_ids.amount), ("hand", invoice.amount_total))

    # === MADE ON THE SHOP === #

    def test_a_refund_made_on_the_shop_is_booked_here_once_with_its_amounts(self):
        raw = self.shop_refund(77, "6.10", (100, 1, "5.08", "1.02"))
        for _time in range(2):
            self.refund_on_shop(1, raw)
            self.order.state = "received"
        found = self.order.sale_order_id.ecom_return_ids
        self.assertEqual((found.kind, found.state, found.line_ids.quantity), ("shop", "awaiting", 1))
        self.assertEqual(self.credited(self.order), (5.08, 1.02))
        self.assertEqual((found.refund_ids.way, found.refund_ids.state), ("seen", "done"))
        self.assertEqual(found.credit_note_ids.amount_residual, 0)
        self.assertFalse(PayingShop.made)
        found.action_receive_all()
        found.action_restock_all()
        self.assertEqual(found.state, "settled")

    def test_a_refund_made_on_the_shop_first_settles_the_return_that_is_open_here(self):
        found = self.returned(self.order, {"MUG": 1})
        self.refund_on_shop(1, self.shop_refund(77, "6.00", (100, 1, "5.00", "1.00")))
        self.assertEqual(self.order.sale_order_id.ecom_return_ids, found)
        self.assertEqual((found.state, found.refund_ids.way), ("settled", "seen"))
        with self.assertRaisesRegex(UserError, "paid back already"):
            found.action_settle()
        self.tell()
        self.assertFalse(PayingShop.made)

    def test_what_waits_to_be_paid_by_hand_may_be_paid_on_the_shop(self):
        self.channel.mapping_payment_ids.filtered(lambda row: row.code == "stripe").pays_back = "hand"
        found = self.returned(self.order, {"MUG": 1})
        found.action_settle()
        self.assertEqual((found.refund_ids.state, len(found.activity_ids)), ("todo", 1))
        other = found.activity_schedule("mail.mail_activity_data_todo", summary="Call the customer")
        self.refund_on_shop(1, self.shop_refund(77, "6.00", (100, 1, "5.00", "1.00")))
        self.assertEqual(self.order.sale_order_id.ecom_return_ids, found, "no other return")
        refund = found.refund_ids
        self.assertEqual((refund.state, refund.way, refund.external_id), ("done", "seen", "77"))
        self.assertEqual(found.activity_ids, other)
        self.assertEqual(sum(self.credited(self.order)), 6.0)
        self.assertEqual(found.credit_note_ids.amount_residual, 0)

    def test_money_without_goods_is_spread_over_what_was_paid(self):
        lines = ("MUG", 1, "10.00", "2.00"), ("PEN", 1, "5.00", "1.00")
        order = self.shipped(2, *lines)
        self.refund_on_shop(2, self.shop_refund(77, "4.57"), lines)
        found = order.sale_order_id.ecom_return_ids
        self.assertEqual((found.state, sum(self.credited(order))), ("settled", 4.57))
        self.assertEqual(self.sold(order).ecom_quantity_returnable, 1, "the goods are with the customer")
        rest = self.returned(order)
        rest.action_settle()
        self.assertEqual(self.credited(order), self.paid(order))
        self.tell()
        (told,) = PayingShop.made.values()
        self.assertEqual(str(told.amount), "18.23")

    def test_our_own_refund_seen_on_the_shop_is_the_answer_that_was_lost(self):
        found = self.returned(self.order, {"MUG": 1})
        found.action_settle()
        key = found.refund_ids.command_ids.key
        meta = [{"key": "_ecom_key", "value": key}]
        self.refund_on_shop(1, self.shop_refund(77, "6.00", (100, 1, "5.00", "1.00"), meta_data=meta))
        self.assertEqual((found.refund_ids.state, found.refund_ids.external_id), ("done", "77"))
        self.assertEqual(self.order.sale_order_id.ecom_return_ids, found)
        self.tell()
        self.assertFalse(PayingShop.made, "it is not asked for again")

    def test_while_ours_is_under_way_nothing_is_mirrored(self):
        found = self.returned(self.order, {"MUG": 1})
        found.action_settle()
        self.refund_on_shop(1, self.shop_refund(77, "6.00", (100, 1, "5.00", "1.00")))
        self.assertEqual(self.order.sale_order_id.ecom_return_ids, found)
        self.tell()
        both = self.order.sale_order_id.ecom_return_ids
        self.assertEqual(len(both), 2, "it was another one")
        self.assertEqual(sum(self.credited(self.order)), 12.0)

    def test_a_full_refund_on_the_shop_of_a_shipped_order(self):
        raw = self.shop_refund(78, "16.80")
        self.refund_on_shop(1, raw, status="refunded")
        self.assertEqual(self.credited(self.order), self.paid(self.order))
        self.assertFalse(self.open_issues(self.order))
