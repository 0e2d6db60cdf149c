from decimal import Decimal
from unittest.mock import patch

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..matching.evidence import Standing
from .bank_case import AwaitedCase


@tagged("post_install", "-at_install")
class TestBankTransfers(AwaitedCase):
    """Orders paid by transfer: met by the bank's lines, released, and invoiced."""

    def items(self, line):
        return {(item.account_id.account_type, round(item.balance, 2)) for item in line.move_id.line_ids}

    def left(self, order):
        """What the customer's account holds for an order, invoices and payments together."""
        moves = order.account_payment_ids.move_id | self.env["account.move"].search([("ecom_order_id", "=", order.id)])
        items = moves.line_ids.filtered(lambda item: item.account_id.account_type == "asset_receivable")
        return round(sum(items.filtered(lambda item: item.parent_state == "posted").mapped("balance")), 2)

    def test_a_transfer_that_names_its_order_releases_it_and_pays_its_invoice(self):
        order = self.first
        sale = order.sale_order_id
        line = self.bank_line(16.80, f"VIR SEPA DURAND MARIE {sale.name}")
        self.look()
        payment = line.ecom_payment_ids
        self.assertTrue(line.is_reconciled)
        self.assertEqual((payment.ecom_order_id, payment.amount, str(payment.date)), (order, 16.80, "2026-11-05"))
        self.assertTrue(payment.is_matched)
        self.assertEqual((sale.ecom_hold, sale.picking_ids.state), (False, "assigned"))
        self.assertEqual(order.command_ids.mapped("value"), ["confirmed"], "the shop hears that it is paid")
        self.assertEqual(self.left(order), -16.80, "a prepayment until it is invoiced")
        paid = {
            "status": "processing",
            "date_paid_gmt": "2026-11-05T10:00:00",
            "date_modified_gmt": "2026-11-05T10:00:00",
        }
        self.awaited(1, **paid)
        invoice = sale.invoice_ids
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "paid"))
        self.assertEqual(order.account_payment_ids, payment, "the shop's word that it is paid is no second payment")
        self.assertEqual(self.left(order), 0)

    def test_an_invoice_that_waits_is_paid_by_its_number(self):
        self.channel.invoice_policy = "manual"
        order = self.first
        order.sale_order_id._create_invoices().action_post()
        invoice = order.sale_order_id.invoice_ids
        line = self.bank_line(16.80, f"REGLEMENT FACTURE {invoice.name.replace('/', ' ')}")
        self.look()
        self.assertEqual((line.is_reconciled, invoice.payment_state), (True, "paid"))

    def test_a_misspelt_reference_is_proposed_and_accepted_by_a_person(self):
        order = self.first
        name = order.sale_order_id.name
        line = self.bank_line(16.80, f"VIR {name[:-2]}{name[-1]}{name[-2]}" if name[-1] != name[-2] else f"VIR {name}9")
        self.look()
        self.assertFalse(line.is_reconciled)
        self.assertIn("but for one character", line.ecom_proposal_reason)
        line.action_accept_proposal()
        self.assertEqual(line.ecom_payment_ids.ecom_order_id, order)
        self.assertIn("Accepted", line.ecom_reason)

    def test_the_account_is_remembered_and_tells_the_next_payment(self):
        iban = "FR76 3000 6000 0112 3456 7890 189"
        order = self.first
        self.bank_line(16.80, order.sale_order_id.name, account_number=iban)
        self.look()
        bank = self.env["res.partner.bank"].search([("sanitized_acc_number", "=", iban.replace(" ", ""))])
        self.assertEqual(bank.partner_id, order.sale_order_id.partner_invoice_id.commercial_partner_id)
        self.assertFalse(bank.allow_out_payment, "nobody is paid on it before a person looked")
        second, other = self.awaited(2), self.awaited(3, name="Paul Martin")
        line = self.bank_line(16.80, "VIREMENT", account_number=iban)
        self.look()
        self.assertEqual(line.ecom_payment_ids.ecom_order_id, second)
        self.assertTrue(other.sale_order_id.ecom_awaits_money)
        line.action_undo_reconciliation()
        self.assertTrue(bank.active, "what the first line taught stays")

    def test_an_iban_in_the_label_is_the_payer_s_account(self):
        own = "FR14 2004 1010 0505 0001 3M02 606"
        self.env["res.partner.bank"].create({"acc_number": own, "partner_id": self.env.company.partner_id.id})
        iban = "FR76 3000 6000 0112 3456 7890 189"
        order = self.first
        self.bank_line(16.80, f"VIR SEPA DE M DURAND IBAN {iban} VERS {own} {order.sale_order_id.name}")
        self.look()
        bank = self.env["res.partner.bank"].search([("sanitized_acc_number", "=", iban.replace(" ", ""))])
        self.assertEqual(bank.partner_id, order.sale_order_id.partner_invoice_id.commercial_partner_id)
        second, other = self.awaited(2), self.awaited(3, name="Paul Martin")
        line = self.bank_line(16.80, f"VIR SEPA RECU IBAN {iban}")
        self.look()
        self.assertEqual(line.ecom_payment_ids.ecom_order_id, second)
        self.assertRegex(line.ecom_reason, "bank account|compte bancaire")
        self.assertTrue(other.sale_order_id.ecom_awaits_money)
        # Two orders of that account owe as much: nothing is sure. Nor where two customers share it.
        self.awaited(4, 5)
        doubtful = self.bank_line(16.80, f"VIR SEPA RECU IBAN {iban}", day=(11, 6))
        self.look()
        self.assertFalse(doubtful.is_reconciled)
        self.assertIn("bank account", doubtful.ecom_proposal_reason)
        differs = self.bank_line(11.00, f"VIR SEPA RECU IBAN {iban}", day=(11, 6))
        self.look()
        self.assertFalse(differs.is_reconciled)
        self.assertIn("differs", differs.ecom_proposal_reason)
        bank.copy({"partner_id": other.sale_order_id.partner_invoice_id.commercial_partner_id.id})
        self.assertFalse(doubtful._account_holders())

    def test_groups_of_an_iban_are_no_order_s_number(self):
        order = self.awaited(3000)
        line = self.bank_line(20.00, "VIR RECU FR76 3000 6000 0112 3456 7890 189")
        self.assertNotIn("names it", line.ecom_proposal_reason or "")
        line.payment_ref = f"VIR RECU FR76 3000 6000 0112 3456 7890 189 COMMANDE {order.number}"
        line.invalidate_recordset()
        self.assertIn("names it", line.ecom_proposal_reason)

    def test_too_little_is_booked_and_the_order_waits_for_the_rest(self):
        order = self.first
        sale = order.sale_order_id
        line = self.bank_line(10.00, sale.name)
        self.look()
        self.assertFalse(line.is_reconciled)
        self.assertRegex(line.ecom_proposal_reason, "differs: .*6.80.* lacking")
        line.action_accept_proposal()
        self.assertEqual((sale.ecom_hold, order.account_payment_ids.amount), ("money", 10.00))
        rest = self.bank_line(6.80, sale.name, day=(11, 9))
        self.look()
        self.assertTrue(rest.is_reconciled)
        self.assertFalse(sale.ecom_hold)
        self.assertEqual(self.left(order), -16.80)

    def test_too_much_releases_the_order_and_asks_what_to_do_with_the_rest(self):
        order = self.first
        line = self.bank_line(20.00, order.sale_order_id.name)
        line.action_accept_proposal()
        self.assertFalse(order.sale_order_id.ecom_hold)
        self.assertEqual(self.left(order), -20.00)
        issue = self.open_issues(order)
        self.assertEqual(issue.code, "overpaid")
        self.assertRegex(issue.message, "3[.,]20")
        self.assertFalse(issue.blocking)

    def test_paid_twice_is_never_matched_by_itself_and_stands_on_the_customer_s_account(self):
        order = self.first
        name = order.sale_order_id.name
        first = self.bank_line(16.80, name)
        self.look()
        second = self.bank_line(16.80, name, day=(11, 6))
        self.look()
        self.assertEqual((first.is_reconciled, second.is_reconciled), (True, False))
        self.assertIn("paid already", second.ecom_proposal_reason)
        second.action_accept_proposal()
        self.assertEqual(self.open_issues(order).code, "overpaid")
        self.assertEqual(self.left(order), -33.60)

    def test_two_lines_for_one_order_that_came_together_are_left_to_a_person(self):
        order = self.first
        lines = self.bank_line(16.80, order.sale_order_id.name) + self.bank_line(16.80, order.sale_order_id.name)
        self.look()
        self.assertFalse(any(lines.mapped("is_reconciled")))

    def test_one_transfer_for_two_orders(self):
        orders = self.first | self.awaited(2)
        line = self.bank_line(33.60, " ET ".join(orders.sale_order_ids.mapped("name")))
        self.look()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(line.ecom_payment_ids.ecom_order_id, orders)
        self.assertEqual(orders.sale_order_ids.mapped("ecom_hold"), [False, False])
        self.assertEqual([self.left(order) for order in orders], [-16.80, -16.80])

    def test_money_for_a_cancelled_order_is_asked_about_and_the_order_reopened(self):
        order = self.first
        sale = order.sale_order_id
        sale.with_context(disable_cancel_warning=True)._action_cancel()
        order.write({"state": "cancelled", "ordered_at": self.env.cr.now()})
        line = self.bank_line(16.80, sale.name, day=(11, 25))
        self.look()
        self.assertTrue(line.is_reconciled)
        issue = self.open_issues(order)
        self.assertEqual((issue.code, sale.state), ("late_money", "cancel"))
        issue.action_fix()
        self.assertEqual((sale.state, sale.ecom_hold, order.state), ("sale", False, "settled"))
        self.assertEqual(sale.picking_ids.filtered(lambda picking: picking.state != "cancel").state, "assigned")
        self.assertEqual(order.command_ids.sorted("id").mapped("value")[-1], "confirmed")

    def test_undone_the_payment_is_cancelled_and_the_order_waits_again(self):
        order = self.first
        sale = order.sale_order_id
        line = self.bank_line(16.80, sale.name)
        self.look()
        payment = line.ecom_payment_ids
        line.action_undo_reconciliation()
        self.assertEqual((line.is_reconciled, payment.state, sale.ecom_hold), (False, "canceled", "money"))
        self.assertFalse(line.ecom_payment_ids)
        self.assertEqual(self.left(order), 0)
        self.look()
        self.assertFalse(line.is_reconciled)
        line.action_accept_proposal()
        self.assertEqual((line.is_reconciled, sale.ecom_hold), (True, False))

    def test_undone_where_the_entry_is_sealed_it_is_reversed(self):
        order = self.first
        line = self.bank_line(16.80, order.sale_order_id.name)
        self.look()
        payment = line.ecom_payment_ids
        payment.move_id.inalterable_hash = "$4$sealed"
        line.action_undo_reconciliation()
        self.assertEqual(payment.move_id.state, "posted")
        self.assertEqual(len(payment.move_id.reversal_move_ids), 1)
        self.assertEqual((order.sale_order_id.ecom_hold, len(order._paid())), ("money", 0))
        self.assertFalse(line.is_reconciled)
        line.action_accept_proposal()
        self.assertEqual(len(order.account_payment_ids), 2)

    def test_undone_in_a_sealed_journal_an_invoiced_order_owes_its_money_again(self):
        self.channel.invoice_policy = "manual"
        order = self.first
        order.sale_order_id._create_invoices().action_post()
        line = self.bank_line(16.80, order.sale_order_id.invoice_ids.name)
        self.look()
        payment = line.ecom_payment_ids
        self.assertEqual(payment.ecom_order_id, order)
        self.channel.mapping_payment_ids.waits_for_money = False
        payment.move_id.inalterable_hash = "$4$sealed"
        line.action_undo_reconciliation()
        self.assertEqual((payment.state, payment.move_id.state), ("canceled", "posted"))
        self.assertEqual(order._dues()[order], (Decimal("16.80"), Standing.OPEN))
        self.assertEqual(order.sale_order_id.invoice_ids.payment_state, "not_paid")

    def test_a_payment_that_the_shop_told_of_first_is_met_and_not_made_again(self):
        gateway = self._set_up("bank_transfer")
        order = self.first
        self.channel.mapping_payment_ids.filtered(lambda row: row.code == "bacs").gateway_id = gateway
        paid = {
            "status": "processing",
            "date_paid_gmt": "2026-11-04T10:00:00",
            "date_modified_gmt": "2026-11-04T10:00:00",
        }
        self.awaited(1, **paid)
        payment = order.account_payment_ids
        self.assertEqual((payment.journal_id, payment.is_matched), (gateway.journal_id, False))
        line = self.bank_line(16.80, order.sale_order_id.name)
        self.look(gateway)
        self.assertEqual((line.ecom_payment_ids, payment.is_matched), (payment, True))
        line.action_undo_reconciliation()
        self.assertEqual((payment.state in ("paid", "in_process"), payment.is_matched), (True, False))

    def test_a_transfer_is_invoiced_though_the_shop_never_says_that_it_is_paid(self):
        order = self.first
        line = self.bank_line(16.80, order.sale_order_id.name)
        self.look()
        self.settle()
        invoice = order.sale_order_id.invoice_ids
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "paid"))
        # Undone after the invoice: that stays, and waits for its money.
        line.action_undo_reconciliation()
        self.settle()
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "not_paid"))
        self.assertEqual(order.sale_order_id.invoice_ids, invoice)

    def test_undone_before_the_invoice_nothing_is_invoiced(self):
        order = self.first
        line = self.bank_line(16.80, order.sale_order_id.name)
        self.look()
        line.action_undo_reconciliation()
        self.settle()
        self.assertFalse(order.sale_order_id.invoice_ids)
        self.assertEqual(order.sale_order_id.ecom_hold, "money")

    def test_a_carrier_s_remittance_pays_many_orders_less_its_fee(self):
        gateway = self._set_up("cash_on_delivery")
        at_the_door = self.awaited(*range(2, 7), payment_method="cod", status="processing")
        orders, unshipped = at_the_door[:4], at_the_door[4]
        self.channel.mapping_payment_ids.filtered(lambda row: row.code == "cod").gateway_id = gateway
        with freeze_time("2026-11-03 10:00:00"):
            pickings = orders.sale_order_ids.picking_ids
            pickings.move_ids.picked = True
            pickings.with_context(skip_sms=True).button_validate()
        line = self.bank_line(round(3 * 16.80, 2), "COLISSIMO CRBT")
        self.look(gateway)
        self.assertFalse(line.is_reconciled)
        line.action_accept_proposal()
        self.assertEqual(len(line.ecom_payment_ids), 3)
        last = orders - line.ecom_payment_ids.ecom_order_id
        less = self.bank_line(16.00, "COLISSIMO CRBT FRAIS DEDUITS", day=(11, 9))
        fees = gateway.fee_account_id
        self.desk().accept(less.id, [["order", last.id]], fees.id, "Frais de contre-remboursement")
        self.assertEqual(last.account_payment_ids.amount, 16.80)
        self.assertTrue(last.account_payment_ids.is_matched)
        self.assertEqual(self.balance(fees), 0.80)
        self.assertIn("Frais de contre-remboursement", less.ecom_reason)
        self.assertFalse(unshipped.account_payment_ids)

    def test_a_locked_period_keeps_back_its_own_line_only(self):
        orders = self.first | self.awaited(2)
        early, late = (self.bank_line(16.80, sale.name) for sale in orders.sale_order_ids)
        Line = type(early)
        replace = Line._replace_suspense

        def locked(line, parts):
            if line == early:
                raise UserError(self.env._("This bank line is not matched."))
            return replace(line, parts)

        with patch.object(Line, "_replace_suspense", locked):
            self.look()
        self.assertEqual((early.is_reconciled, late.is_reconciled), (False, True))
        self.assertFalse(orders[0].account_payment_ids)
        self.assertEqual(orders.sale_order_ids.mapped("ecom_hold"), ["money", False])

    def test_other_journals_and_other_currencies_are_left_alone(self):
        order = self.first
        dollar = self.env.ref("base.USD")
        dollar.active = True
        abroad = self.bank_line(15.00, order.sale_order_id.name, foreign_currency_id=dollar.id, amount_currency=16.80)
        self.assertFalse(abroad.ecom_proposal)
