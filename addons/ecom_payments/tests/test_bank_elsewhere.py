"""Bank lines that are matched, or undone, by Odoo's own means or another addon's screen, and not by ours."""

from odoo import Command
from odoo.tests import tagged

from .bank_case import PaidOutCase


@tagged("post_install", "-at_install")
class TestBankElsewhere(PaidOutCase):
    def match(self, line, item):
        """The suspense item becomes what the line is."""
        suspense = line._seek_for_lines()[1]
        suspense.account_id = item.account_id
        (suspense | item).reconcile()

    def match_by_an_entry(self, line, item):
        """The suspense item stays, and an entry of its own leads from it to what the line is."""
        suspense = line._seek_for_lines()[1]
        move = self.env["account.move"].create(
            {
                "journal_id": self.bank.id,
                "date": line.date,
                "line_ids": [
                    Command.create({"account_id": suspense.account_id.id, "balance": -suspense.balance}),
                    Command.create({"account_id": item.account_id.id, "balance": suspense.balance}),
                ],
            }
        )
        move.action_post()
        for one in (suspense, item):
            (one | move.line_ids.filtered(lambda other, one=one: other.account_id == one.account_id)).reconcile()
        return move

    def invoiced(self):
        """An order that waits for its money, and its invoice's receivable item."""
        self.channel.invoice_policy = "manual"
        order = self.awaited(2)
        invoice = order.sale_order_id._create_invoices()
        invoice.action_post()
        return order, invoice.line_ids.filtered(lambda item: item.account_id.account_type == "asset_receivable")

    def test_a_payout_arrives_whoever_matches_it(self):
        payout = self.paid_out
        line = self.bank_line(payout.amount, "SOMETHING ELSE")
        self.match(line, payout._transfer_item())
        self.assertEqual((payout.state, line.ecom_payout_id, payout.statement_line_ids), ("banked", payout, line))
        line.action_undo_reconciliation()
        self.assertEqual((payout.state, len(line.ecom_payout_id)), ("posted", 0))
        self.assertTrue(payout._transfer_item())
        # What a person undid is not matched by itself again, though it is the only one that fits.
        self.look()
        self.assertFalse(line.is_reconciled)
        line.action_accept_proposal()
        self.assertEqual((payout.state, line.ecom_payout_id), ("banked", payout))

    def test_taken_back_a_payout_lets_go_of_a_line_that_somebody_else_matched(self):
        payout = self.paid_out
        line = self.bank_line(payout.amount, "SOMETHING ELSE")
        self.match(line, payout._transfer_item())
        payout.action_roll_back()
        self.assertEqual((payout.state, line.is_reconciled), ("fetched", False))
        self.look()
        self.assertEqual(payout.state, "banked", "booked again, it meets its line again")

    def test_an_entry_between_line_and_payout_goes_with_the_match(self):
        payout = self.paid_out
        line = self.bank_line(payout.amount, "SOMETHING ELSE")
        between = self.match_by_an_entry(line, payout._transfer_item())
        self.assertEqual((payout.state, line.is_reconciled), ("banked", True))
        line.action_undo_reconciliation()
        self.assertEqual((payout.state, line.is_reconciled, line.ecom_by_hand), ("posted", False, True))
        self.assertEqual(len(between.reversal_move_ids), 1)
        self.assertEqual(payout.move_ids.mapped("state"), ["posted"], "the payout's own entry stands")
        self.assertFalse(payout.move_ids.reversal_move_ids)
        line.action_accept_proposal()
        self.assertEqual(payout.state, "banked")

    def test_an_entry_between_that_is_reversed_by_itself_frees_the_payout(self):
        payout = self.paid_out
        line = self.bank_line(payout.amount, "SOMETHING ELSE")
        between = self.match_by_an_entry(line, payout._transfer_item())
        between._reverse_moves([{"date": between.date}], cancel=True)
        self.assertEqual((payout.state, line.is_reconciled, line.ecom_by_hand), ("posted", False, True))

    def test_an_invoice_that_is_paid_elsewhere_lets_its_order_go(self):
        order, receivable = self.invoiced()
        line = self.bank_line(16.80, "SOMETHING ELSE")
        self.match(line, receivable)
        self.assertFalse(order.sale_order_id.ecom_awaits_money)
        again = self.bank_line(16.80, order.sale_order_id.name)
        self.assertEqual([one.reason for one in again._ecom_proposals()[again]], ["paid"])
        line.action_undo_reconciliation()
        self.assertTrue(order.sale_order_id.ecom_awaits_money)
        self.assertEqual(receivable.move_id.payment_state, "not_paid")

    def test_an_invoice_that_is_paid_by_an_entry_between_too(self):
        order, receivable = self.invoiced()
        line = self.bank_line(16.80, "SOMETHING ELSE")
        self.match_by_an_entry(line, receivable)
        self.assertFalse(order.sale_order_id.ecom_awaits_money)
        line.action_undo_reconciliation()
        self.assertTrue(order.sale_order_id.ecom_awaits_money)
        self.assertEqual(receivable.move_id.payment_state, "not_paid")
