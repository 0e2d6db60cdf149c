"""The entry of a month's end: the report's own figures by rate, in Odoo's wizard, and reversed on the day after."""

import json
from datetime import date

from odoo import Command
from odoo.addons.ecom_connector.tests.shop_case import woo_order
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .payments_case import PaymentsCase

DAY = "2026-11-05"


@tagged("post_install", "-at_install")
class TestMonthEndAccrual(PaymentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.invoice_policy = "manual"
        cls.books = cls.env["account.account"].create({"name": "Books", "code": "707999", "account_type": "income"})
        cls.pen.property_account_income_id = cls.books
        cls.reduced = cls.env["account.tax"].search(
            [("type_tax_use", "=", "sale"), ("amount", "=", 5.5), ("company_id", "=", cls.env.company.id)], limit=1
        )

    def ship(self, order, **quantities):
        picking = order.sale_order_id.picking_ids.filtered(lambda row: row.state not in ("done", "cancel"))
        for move in picking.move_ids:
            move.write({"quantity": quantities.get(move.product_id.default_code, 0), "picked": True})
        picking.with_context(skip_backorder=True)._action_done()
        picking.move_ids.write({"date": f"{DAY} 10:00:00"})

    def reported(self, kind, day=DAY):
        """The report's action, and its lines of a kind."""
        action = self.env["ecom.month.end"].create({"date": day}).action_show()
        lines = self.env["ecom.month.end.line"].search([*action["domain"], ("kind", "=", kind)])
        return self.env["ecom.month.end.line"].with_context(**action["context"]), lines

    def wizard(self, action):
        return self.env[action["res_model"]].with_context(**action["context"]).create({})

    def entries(self, wizard):
        moves = self.env["account.move"].search(wizard.create_entries()["domain"], order="date")
        self.assertEqual(moves.mapped("state"), ["posted", "posted"])
        self.assertEqual(moves.mapped("date"), [date(2026, 11, 5), date(2026, 11, 6)])
        return moves

    def sums(self, move):
        """``{account's code: balance}``."""
        sums = {}
        for line in move.line_ids:
            sums[line.account_id.code] = round(sums.get(line.account_id.code, 0) + line.balance, 2)
        return sums

    def grids(self, moves):
        """``{tag of the VAT report: balance}``."""
        sums = {}
        for item in moves.line_ids:
            for tag in item.tax_tag_ids:
                sums[tag] = round(sums.get(tag, 0) + item.balance, 2)
        return sums

    def mixed(self, *numbers):
        """Three mugs and a pen each; the pen's income has an account of its own. Delivery is 4.00 and 0.80."""
        lines = (("MUG", 3, "10.01", "2.00"), ("PEN", 1, "6.67", "1.33"))
        unpaid = {"payment_method": "cod", "date_paid_gmt": None, "transaction_id": ""}
        return self.receive(*(woo_order(number, lines=lines, **unpaid) for number in numbers))

    def test_what_is_shipped_and_not_invoiced_is_accrued_by_rate_and_reversed_the_day_after(self):
        for order in self.mixed(1, 2, 3, 4)[:3]:
            self.ship(order, MUG=1, PEN=1)
        report, lines = self.reported("uninvoiced")
        self.assertEqual(len(lines.order_id), 3)
        wizard = self.wizard(report.action_accrue())
        self.assertEqual((wizard.account_id.code[:3], wizard.ecom_tax_account_id.code[:5]), ("418", "44587"))
        (group,) = json.loads(wizard.preview_data)["groups_vals"]
        self.assertGreaterEqual(len(group["items_vals"]), 4, "shown before it is made")
        entry, reversal = self.entries(wizard)
        net, tax, gross = (round(sum(lines.mapped(name)), 2) for name in ("net", "tax", "gross"))
        sums = self.sums(entry)
        self.assertEqual(sums[wizard.account_id.code], gross)
        self.assertEqual(sums[wizard.ecom_tax_account_id.code], -tax)
        income = {code: amount for code, amount in sums.items() if code.startswith("7")}
        self.assertEqual(round(sum(income.values()), 2), -net)
        self.assertIn(self.books.code, income)
        self.assertEqual(round(sum(sums.values()), 2), 0)
        self.assertEqual(self.sums(reversal), {code: -amount for code, amount in sums.items()})
        for rate, members in lines.grouped("rate").items():
            items = entry.line_ids.filtered(lambda item, rate=rate: rate and item.name.endswith(rate))
            self.assertEqual(-round(sum(items.mapped("balance")), 2), round(sum(members.mapped("gross")), 2))
        # Once for each day.
        with self.assertRaisesRegex(UserError, entry.name):
            report.action_accrue()
        with self.assertRaisesRegex(UserError, entry.name):
            wizard.create_entries()

    def test_of_two_rates_each_has_its_own_lines(self):
        order = self.mixed(1)
        order.sale_order_id.order_line.filtered(lambda line: line.product_id == self.pen).tax_ids = [
            Command.set(self.reduced.ids)
        ]
        self.ship(order, MUG=3, PEN=1)
        report, lines = self.reported("uninvoiced")
        self.assertEqual(len(set(lines.mapped("rate"))), 2)
        wizard = self.wizard(report.action_accrue())
        entry, _reversal = self.entries(wizard)
        for line in lines:
            items = entry.line_ids.filtered(lambda item, line=line: item.name.endswith(line.rate))
            tax = items.filtered(lambda item: item.account_id == wizard.ecom_tax_account_id)
            self.assertEqual((-sum(tax.mapped("balance")), -sum((items - tax).mapped("balance"))), (line.tax, line.net))

    def test_what_is_invoiced_and_not_shipped_is_deferred_without_its_tax(self):
        order = self.mixed(1)
        invoice = order.sale_order_id._create_invoices()
        invoice.invoice_date = "2026-11-04"
        invoice.action_post()
        report, lines = self.reported("ahead")
        wizard = self.wizard(report.action_defer())
        self.assertEqual(wizard.account_id.code[:3], "487")
        entry, _reversal = self.entries(wizard)
        sums = self.sums(entry)
        net = round(sum(lines.mapped("net")), 2)
        self.assertEqual(sums.pop(wizard.account_id.code), -net)
        self.assertEqual(round(sum(sums.values()), 2), net)
        booked = {}
        for item in invoice.invoice_line_ids:
            booked[item.account_id.code] = round(booked.get(item.account_id.code, 0) - item.balance, 2)
        self.assertEqual(sums, booked, "the income accounts of the invoice itself")

    def test_what_is_paid_and_neither_shipped_nor_invoiced_is_a_debt_to_each_customer(self):
        self.orders((1, 2))
        for number in (1, 2):
            self.charge(number, day=(11, 3))
        self.look()
        report, lines = self.reported("deposit")
        wizard = self.wizard(report.action_show_deposits())
        self.assertEqual((wizard.account_id.code[:4], wizard.ecom_tax_account_id.code[:5]), ("4191", "44580"))
        self.env.company.tax_lock_date = DAY
        with self.assertRaisesRegex(UserError, "VAT"):
            wizard.create_entries()
        self.env.company.tax_lock_date = False
        entry, reversal = self.entries(wizard)
        customers = lines.sale_id.partner_invoice_id.commercial_partner_id
        receivable = entry.line_ids.filtered(lambda item: item.account_id.account_type == "asset_receivable")
        self.assertEqual(receivable.partner_id, customers)
        self.assertEqual(round(sum(receivable.mapped("balance")), 2), 33.60)
        sums = self.sums(entry)
        self.assertEqual(sums[wizard.account_id.code], -33.60, "with the tax in it")
        # The tax is due as if it were invoiced: the same account and grids; and taken back on the day after.
        self.assertEqual(sums[wizard.ecom_tax_account_id.code], 5.60)
        invoices = lines.sale_id._create_invoices()
        invoices.action_post()
        collected = invoices.line_ids.filtered("tax_line_id").account_id
        self.assertEqual(sums[collected.code], -5.60)
        self.assertEqual(self.grids(entry), self.grids(invoices))
        self.assertEqual(self.grids(reversal), {tag: -amount for tag, amount in self.grids(entry).items()})
        self.assertTrue(self.grids(entry))

    def test_deposits_are_shown_without_their_tax_where_it_is_declared_otherwise(self):
        self.order(1)
        self.charge(1, day=(11, 3))
        self.look()
        report, _lines = self.reported("deposit")
        wizard = self.wizard(report.action_show_deposits())
        wizard.ecom_tax_account_id = False
        entry, _reversal = self.entries(wizard)
        self.assertEqual(sorted(self.sums(entry).values()), [-16.80, 16.80])
        self.assertFalse(self.grids(entry))

    def test_tax_that_waits_for_payments_is_due_once_on_what_is_paid(self):
        order = self.order(1)
        tax = order.sale_order_id.order_line.tax_ids
        waiting = self.books.copy({"account_type": "liability_current", "reconcile": True})
        tax.write({"tax_exigibility": "on_payment", "cash_basis_transition_account_id": waiting.id})
        self.charge(1, day=(11, 3))
        self.look()
        report, _lines = self.reported("deposit")
        wizard = self.wizard(report.action_show_deposits())
        entry, reversal = self.entries(wizard)
        collected = tax.invoice_repartition_line_ids.account_id
        self.assertEqual(self.sums(entry)[collected.code], -2.80)
        self.assertTrue(self.grids(entry))
        items = (entry | reversal).line_ids
        customers = items.filtered(lambda item: item.account_id.account_type == "asset_receivable")
        self.assertTrue(all(customers.mapped("reconciled")), "which makes such a tax due elsewhere")
        self.assertFalse(entry.tax_cash_basis_created_move_ids | reversal.tax_cash_basis_created_move_ids)

    def test_an_accountant_makes_it_without_further_rights(self):
        accountant = new_test_user(self.env, "accountant_m", "base.group_user,ecom_connector.group_accountant")
        order = self.mixed(1)
        self.ship(order, MUG=3, PEN=1)
        self.env = self.env(user=accountant)
        report, _lines = self.reported("uninvoiced")
        wizard = self.wizard(report.action_accrue())
        wizard.preview_data  # noqa: B018 - what the form shows first
        entry, _reversal = self.entries(wizard)
        self.assertEqual(entry.create_uid, accountant)

    def test_nothing_of_a_kind_is_said_so_and_odoo_s_own_accrual_stays_as_it_is(self):
        report, _lines = self.reported("ahead")
        with self.assertRaises(UserError):
            report.action_defer()
        order = self.mixed(1)
        self.ship(order, MUG=3, PEN=1)
        wizard = self.env["account.accrued.orders.wizard"].with_context(
            active_model="sale.order", active_ids=order.sale_order_id.ids
        )
        account = self.env["ecom.gateway.setup"]._account(self.env.company, "418")
        made = wizard.create({"account_id": account.id, "date": DAY, "reversal_date": "2026-11-06"})
        self.assertNotIn("ecom_accrual", made._compute_move_vals()[0])

    def test_many_orders_cost_as_many_look_ups_as_few(self):
        for order in self.mixed(*range(1, 7)):
            self.ship(order, MUG=3, PEN=1)
        _report, lines = self.reported("uninvoiced")
        month_end = lines.month_end_id
        account = self.books

        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            month_end._prepare_accrual_items("uninvoiced", account, account)
            return self.env.cr.sql_log_count - before

        cost()
        many = cost()
        (lines - lines[:2]).unlink()
        self.assertLessEqual(many, cost() + 2)
