from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..models.bank.bank_claim import SQUEEZED
from .bank_case import PaidOutCase


@tagged("post_install", "-at_install")
class TestBank(PaidOutCase):
    def test_a_bank_line_is_explained_down_to_its_order(self):
        line = self.bank_line(16.30, "VIR CARTE PAYOUT NOV")
        self.look()
        payout = self.paid_out
        self.assertEqual((payout.state, line.ecom_payout_id), ("banked", payout))
        self.assertTrue(line.is_reconciled)
        self.assertEqual(payout.transaction_ids.order_id.number, "1")
        self.assertEqual(self.balance(self.gateway.transfer_account_id), 0)
        self.assertEqual(self.balance(self.gateway.clearing_account_id), 0)
        self.assertEqual(self.balance(self.bank.default_account_id), 16.30)

    def test_the_id_in_the_label_wins_over_another_line_of_the_same_amount(self):
        other = self.bank_line(16.30, "VIR INST")
        line = self.bank_line(16.30, "REF PO-0000 0001 STRIPE", day=(11, 20))
        self.look()
        payout = self.paid_out
        self.assertEqual(line.ecom_payout_id, payout)
        self.assertFalse(other.ecom_payout_id)

    def test_what_a_label_may_name_is_found_by_an_index(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for table, name in (("ecom_order", "number"), ("sale_order", "name"), ("account_move", "name")):
            plan = self.env.execute_query(
                SQL(
                    "EXPLAIN SELECT id FROM %s WHERE %s = ANY(%s)",
                    SQL.identifier(table),
                    SQL(SQUEEZED, SQL.identifier(name)),
                    ["s00001", "s00002"],
                )
            )
            with self.subTest(table):
                self.assertRegex(str(plan), f"{table}.*squeezed_{name}_index")

    def test_two_lines_of_the_same_amount_are_left_to_a_person_with_the_reason(self):
        lines = self.bank_line(16.30, "VIR A") + self.bank_line(16.30, "VIR B", day=(11, 6))
        self.look()
        payout = self.paid_out
        self.assertEqual(payout.state, "posted")
        self.assertEqual(set(lines.mapped("ecom_proposal")), {"Payout po_00000001"})
        self.assertIn("amount agrees", lines[0].ecom_proposal_reason)
        lines[0].action_accept_proposal()
        self.assertEqual(lines[0].ecom_payout_id, payout)
        with self.assertRaises(UserError):
            lines[1].action_accept_proposal()

    def test_accepted_together_no_order_is_paid_by_two_lines(self):
        order, other = self.awaited(2), self.awaited(3, name="Jean Petit")
        lines = self.bank_line(16.80, f"VIR {order.number} A") | self.bank_line(
            16.80, f"VIR {order.sale_order_id.name}"
        )
        third = self.bank_line(16.80, f"VIR {other.sale_order_id.name}")
        with self.assertRaisesRegex(UserError, "one by one"):
            (lines | third).action_accept_proposal()
        self.assertFalse(order.account_payment_ids)
        (lines[1] | third).action_accept_proposal()
        self.assertEqual((order | other).account_payment_ids.mapped("amount"), [16.80, 16.80])

    def test_two_payouts_of_the_same_amount_are_told_apart_by_a_person(self):
        self.payout(2)
        line = self.bank_line(16.30, "VIR")
        self.look()
        self.assertFalse(line.ecom_payout_id)
        self.assertEqual(line.ecom_proposal_count, 2)
        self.assertEqual(line.action_choose_proposal()["params"], {"line": line.id})
        Desk = self.env["ecom.bank.desk"]
        (shown,) = [row for row in Desk.look(self.bank.id)["lines"] if row["id"] == line.id]
        Desk.accept(line.id, shown["proposals"][1]["keys"])
        self.assertEqual(line.ecom_payout_id.external_id, "po_00000002")

    def test_a_customer_s_transfer_of_the_same_amount_is_no_payout(self):
        line = self.bank_line(16.30, "VIR DURAND", partner_id=self.env["res.partner"].create({"name": "Durand"}).id)
        self.look()
        self.assertFalse(line.ecom_payout_id)
        self.assertEqual(line.ecom_proposal, "Payout po_00000001", "and yet it is proposed, far down")

    def test_far_from_its_date_or_of_another_amount_it_is_not_matched(self):
        late = self.bank_line(16.30, "VIR", day=(11, 25))
        other = self.bank_line(16.31, "CARTE PAYOUT")
        self.look()
        self.assertFalse((late + other).ecom_payout_id)

    def test_undone_with_odoo_s_own_button_the_payout_waits_again(self):
        line = self.bank_line(16.30, "CARTE PAYOUT")
        self.look()
        payout = self.paid_out
        line.action_undo_reconciliation()
        self.assertEqual((payout.state, line.is_reconciled), ("posted", False))
        self.assertFalse(line.ecom_payout_id)
        self.look()
        self.assertEqual(payout.state, "posted", "what a person undid is left to a person")
        line.action_accept_proposal()
        self.assertEqual(payout.state, "banked")

    def test_writing_what_is_no_bank_line_s_does_nothing_here(self):
        """Odoo undoes the matches of nothing then, for every journal item: that must cost nothing."""
        item = self.paid_out.move_ids.line_ids[:1]
        with patch.object(type(self.env["account.bank.statement.line"]), "_release") as release:
            item.write({"amount_currency": item.amount_currency, "balance": item.balance})
        release.assert_not_called()

    def test_taking_a_payout_back_frees_its_bank_line(self):
        line = self.bank_line(16.30, "CARTE PAYOUT")
        self.look()
        payout = self.paid_out
        payout.action_roll_back()
        self.assertFalse(line.is_reconciled)
        self.assertEqual(payout.state, "fetched")
        self.look()
        self.assertEqual((payout.state, line.ecom_payout_id), ("banked", payout))

    def test_whoever_keeps_the_books_accepts_and_undoes_and_nobody_else(self):
        lines = self.bank_line(16.30, "VIR A") + self.bank_line(16.30, "VIR B")
        self.look()
        payout = self.paid_out
        groups = "base.group_user,ecom_connector.group_accountant"
        keeper = new_test_user(self.env, "pay_keeper", f"{groups},account.group_account_basic")
        invoicer = new_test_user(self.env, "pay_invoicer", groups)
        with self.assertRaises(AccessError):
            lines[0].with_user(invoicer).action_accept_proposal()
        lines[0].with_user(keeper).action_accept_proposal()
        self.assertEqual(payout.state, "banked")
        lines[0].with_user(keeper).action_undo_reconciliation()
        self.assertEqual(payout.state, "posted")
