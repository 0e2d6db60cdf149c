from decimal import Decimal

from odoo import Command
from odoo.addons.ecom_connector.tests.shop_case import ADDRESS, woo_order
from odoo.exceptions import UserError
from odoo.tests import tagged

from .payments_case import PaidOrderCase, PaymentsCase


@tagged("post_install", "-at_install")
class TestControl(PaidOrderCase):
    def test_the_clearing_balance_is_explained_to_the_cent_by_age_and_order(self):
        self.orders((2, 3, 4))
        self.charge(1, payout_id="po_1")
        self.charge(2)
        self.charge(3, payout_id="po_2")
        self.pays_out("po_1")
        self.look()
        rows = self.env["ecom.clearing.line"].search([("gateway_id", "=", self.gateway.id)])
        self.assertEqual(round(sum(rows.mapped("amount")), 2), self.balance(self.gateway.clearing_account_id))
        causes = {row.order_id.number: row.cause for row in rows}
        self.assertEqual(causes, {"2": "payout", "3": "payout", "4": "gateway"})
        self.assertTrue(all(row.age_range for row in rows))
        self.assertEqual(rows[0].action_open()["res_model"], "ecom.order")

    def test_shop_gateway_and_books_side_by_side(self):
        self.orders((2, 3))
        self.channel.mapping_payment_ids.filtered(lambda row: row.code == "stripe").write(
            {"gateway_id": self.gateway.id}
        )
        self.charge(1)
        self.charge(9, amount="7.00")
        self.charge(3, amount="10.00")
        self.look()
        rows = self.env["ecom.payment.check"].search([("gateway_id", "=", self.gateway.id)])
        verdicts = {row.reference: row.verdict for row in rows}
        self.assertEqual(verdicts, {"ch_1": "agree", "ch_2": "no_gateway", "ch_3": "differ", "ch_9": "no_shop"})
        self.assertTrue(all(row.way_out for row in rows if row.verdict != "agree"))

    def test_a_transfer_is_not_missing_at_a_gateway_that_tells_nothing(self):
        transfers = self._set_up("bank_transfer")
        order = self.first
        self.assertEqual(self.env["ecom.payment.check"].search([("order_id", "=", order.id)]).verdict, "no_gateway")
        self.channel.mapping_payment_ids.filtered(lambda row: row.code == "stripe").gateway_id = transfers
        self.env.flush_all()
        self.assertFalse(self.env["ecom.payment.check"].search([("order_id", "=", order.id)]))

    def test_a_card_shows_the_money_and_what_waits_for_a_person(self):
        self.order(2)
        self.charge(1, payout_id="po_1")
        self.charge(2)
        self.charge(9, amount="7.00")
        self.pays_out("po_1")
        self.look()
        gateway = self.gateway
        self.assertTrue(gateway.balance)
        self.assertEqual(gateway.balance, self.balance(gateway.clearing_account_id))
        self.assertEqual((gateway.to_match_count, gateway.underway_count, gateway.to_answer_count), (1, 1, 0))
        found = gateway.action_open_to_match()
        self.assertEqual(self.env[found["res_model"]].search_count(found["domain"]), 1)
        found = gateway.action_open_underway()
        self.assertEqual(self.env[found["res_model"]].search_count(found["domain"]), 1)
        for some in (gateway, gateway | self._set_up("running")):
            some.invalidate_recordset()
            some.mapped("clearing_account_id")
            with self.assertQueryCount(5):
                some.mapped("balance")
                some.mapped("to_match_count")


@tagged("post_install", "-at_install")
class TestWaysOut(PaidOrderCase):
    def check(self, reference):
        self.env.flush_all()
        self.env["ecom.payment.check"].invalidate_model()
        return self.env["ecom.payment.check"].search([("reference", "=", reference)])

    def test_each_verdict_has_its_button(self):
        row = self.check("ch_1")
        self.assertEqual(row.verdict, "no_gateway")
        self.assertTrue(row.action_ask_gateway())
        self.assertEqual(row.action_see_thread()["params"], {"model": "ecom.order", "id": self.first.id})
        self.charge(9, amount="7.00")
        self.look()
        unknown = self.check("ch_9")
        self.assertEqual(unknown.action_name_order()["res_id"], self.transaction("txn_9").id)
        self.assertEqual(unknown.action_see_thread()["params"]["model"], "ecom.gateway.transaction")

    def test_what_the_books_lack_is_booked_where_it_can_be(self):
        self.charge(1)
        self.look()
        payment = self.first.account_payment_ids
        payment.action_draft()
        payment.action_cancel()
        self.transaction("txn_1").write({"account_payment_id": False, "state": "open"})
        row = self.check("ch_1")
        self.assertEqual(row.verdict, "no_books")
        row.action_book()
        self.assertEqual(self.check("ch_1").verdict, "agree")


@tagged("post_install", "-at_install")
class TestFees(PaidOrderCase):
    def verdicts(self):
        self.env.flush_all()
        self.env["ecom.fee.check"].invalidate_model()
        rows = self.env["ecom.fee.check"].search([("gateway_id", "=", self.gateway.id)])
        return {row.transaction_id.external_id: (row.verdict, row.expected, row.difference) for row in rows}

    def rate(self, **values):
        return self.env["ecom.gateway.fee"].create({"gateway_id": self.gateway.id} | values)

    def test_a_fee_is_held_against_the_first_rate_that_fits(self):
        self.receive(
            woo_order(2, billing=ADDRESS | {"country": "DE", "email": "hans@example.com"}),
            woo_order(3, billing=ADDRESS | {"country": "US", "email": "joe@example.com"}),
        )
        self.charge(1, fee="0.50")
        self.charge(2, fee="0.67")
        self.charge(3, fee="0.67")
        self.charge(9, fee="1.00")
        self.look()
        self.assertEqual({found[0] for found in self.verdicts().values()}, {"unknown"})
        self.rate(region="home", percent=1.5, fixed=0.25, sequence=1)
        self.rate(region="europe", percent=2.5, fixed=0.25, sequence=2)
        self.rate(region="abroad", percent=3.25, fixed=0.25, sequence=3)
        self.assertEqual(
            self.verdicts(),
            {
                "txn_1": ("ok", 0.5, 0.0),
                "txn_2": ("ok", 0.67, 0.0),
                "txn_3": ("below", 0.8, -0.13),
                "txn_9": ("unknown", 0, 0),
            },
        )
        self.rate(region="home", method_code="stripe", percent=1, sequence=0)
        self.assertEqual(self.verdicts()["txn_1"], ("above", 0.17, 0.33))
        self.gateway.fee_tolerance = 0.33
        self.assertEqual(self.verdicts()["txn_1"][0], "ok")

    def test_vat_in_a_fee_is_no_difference(self):
        self.charge(1, fee="1.20")
        self.look()
        self.rate(fixed=1)
        self.assertEqual(self.verdicts()["txn_1"], ("above", 1.0, 0.2))
        self.gateway.fee_tax_id = self.env["account.tax"].create(
            {"name": "20 contained", "type_tax_use": "purchase", "amount": 20}
        )
        self.assertEqual(self.verdicts()["txn_1"], ("ok", 1.0, 0.0))

    def test_a_rate_is_for_its_own_currency(self):
        self.charge(1)
        self.look()
        dollar = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "USD")])
        self.rate(percent=50, currency_id=dollar.id)
        self.assertEqual(self.verdicts()["txn_1"][0], "unknown")


@tagged("post_install", "-at_install")
class TestSelfCheck(PaidOrderCase):
    def check(self):
        self.env["ecom.gateway"]._cron_check_payments()
        return self.open_issues().filtered(lambda issue: issue.code == "payments_off")

    def test_books_that_add_up_raise_nothing(self):
        self.order(2)
        self.charge(1, payout_id="po_1")
        self.charge(2)
        self.pays_out("po_1")
        self.look()
        self.assertFalse(self.check())

    def test_what_is_wrong_is_one_issue_with_figures_that_solves_itself(self):
        self.charge(1, payout_id="po_1")
        self.pays_out("po_1")
        self.look()
        clearing, transfer = self.gateway.clearing_account_id, self.gateway.transfer_account_id
        by_hand = self.env["account.move"].create(
            {
                "journal_id": self.gateway.journal_id.id,
                "date": "2026-11-06",
                "line_ids": [
                    Command.create({"account_id": clearing.id, "debit": 12}),
                    Command.create({"account_id": transfer.id, "credit": 12}),
                ],
            }
        )
        by_hand.action_post()
        issue = self.check()
        self.assertEqual(len(issue), 1)
        self.assertIn(by_hand.name, issue.message)
        self.assertIn("12", issue.message)
        self.assertEqual(len(issue.message.split("\n")), 3, "a title, the clearing account and the transfers")
        self.assertEqual(self.check(), issue)
        with self.assertRaises(UserError):
            issue.action_fix()
        by_hand._reverse_moves([{"date": "2026-11-07"}], cancel=True)
        self.assertFalse(self.check())
        self.assertEqual(issue.state, "solved")

    def test_a_payout_that_is_not_booked_in_full_and_a_payment_booked_twice(self):
        order = self.first
        self.charge(1, payout_id="po_1")
        self.pays_out("po_1")
        self.look()
        payout = self.env["ecom.payout"].search([("external_id", "=", "po_1")])
        payout.amount = 20
        payment = order.account_payment_ids
        again = {"ecom_order_id": order.id, "ecom_payment_key": "again", "payment_reference": "ch_1"}
        payment.copy(again).action_post()
        twin = self.env["ecom.gateway"].create(
            {"name": "Carte 2", "kind": "fake", "channel_ids": [Command.set(self.channel.ids)]}
        )
        self.env["ecom.gateway.transaction"]._store(twin, [self.charge(1)])
        message = self.check().filtered(lambda issue: issue.key == f"{self.gateway.id}:").message
        _title, *wrong = message.split("\n")
        self.assertEqual(len(wrong), 3)
        for name, words in zip(("po_1", "txn_1", "ch_1"), wrong, strict=True):
            self.assertIn(name, words)


@tagged("post_install", "-at_install")
class TestMonthEnd(PaymentsCase):
    def at_end_of(self, day):
        wizard = self.env["ecom.month.end"].create({"date": day})
        action = wizard.action_show()
        lines = self.env["ecom.month.end.line"].search(action["domain"])
        return sorted((line.order_id.number, line.kind, line.gross, line.tax, line.net) for line in lines)

    def ship(self, order, quantity, moment):
        picking = order.sale_order_id.picking_ids.filtered(lambda row: row.state not in ("done", "cancel"))
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True)._action_done()
        picking.move_ids.write({"date": moment})

    def test_money_goods_and_invoices_at_a_days_end_by_rate(self):
        self.channel.invoice_policy = "manual"
        order = self.order(1)
        self.charge(1, day=(11, 3))
        self.look()
        self.assertEqual(self.at_end_of("2026-11-02"), [])
        self.assertEqual(self.at_end_of("2026-11-03"), [("1", "deposit", 16.8, 2.8, 14.0)])
        self.ship(order, 1, "2026-11-05 10:00:00")
        half = [("1", "deposit", 8.4, 1.4, 7.0), ("1", "uninvoiced", 8.4, 1.4, 7.0)]
        self.assertEqual(self.at_end_of("2026-11-05"), half)
        self.assertEqual(self.at_end_of("2026-11-04"), [("1", "deposit", 16.8, 2.8, 14.0)], "as it was then")
        invoice = order.sale_order_id._create_invoices()
        invoice.invoice_date = "2026-11-06"
        invoice.action_post()
        rows = self.at_end_of("2026-11-06")
        self.assertEqual([row[1] for row in rows], ["ahead"], "its tax is declared with the invoice")
        self.assertEqual(self.at_end_of("2026-11-05"), half)

    def test_the_day_ends_at_the_companys_midnight(self):
        self.env.company.partner_id.tz = "Europe/Paris"
        order = self.order(1)
        self.ship(order, 2, "2026-11-05 23:30:00")
        self.assertEqual([row[1] for row in self.at_end_of("2026-11-05")], ["deposit"])
        self.assertEqual([row[1] for row in self.at_end_of("2026-11-06")], ["uninvoiced"])


@tagged("post_install", "-at_install")
class TestFec(PaymentsCase):
    def test_the_tax_offices_file_balances_and_each_line_names_its_piece(self):
        if "l10n_fr.fec.export.wizard" not in self.env:
            self.skipTest("Odoo's French accounting is not installed")
        self.orders((1, 2))
        self.charge(1, payout_id="po_1", day=(10, 30))
        self.charge(2, payout_id="po_1")
        self.tells("txn_r", "-6.80", kind="refund", source_id="re_1", charge_id="ch_2", payout_id="po_1")
        self.pays_out("po_1")
        self.look()
        wizard = self.env["l10n_fr.fec.export.wizard"].create(
            {"date_from": "2026-01-01", "date_to": "2026-12-31", "test_file": True}
        )
        rows = [line.split("|") for line in wizard.generate_fec()["file_content"].decode().split("\r\n")]
        names = rows.pop(0)
        rows = [dict(zip(names, row, strict=True)) for row in rows]
        debit, credit = (
            sum(Decimal(row[side].strip().replace(",", ".")) for row in rows) for side in ("Debit", "Credit")
        )
        self.assertEqual(debit, credit)
        codes = {self.gateway.journal_id.code, self.order(1).sale_order_id.invoice_ids.journal_id.code}
        ours = [row for row in rows if row["JournalCode"] in codes]
        self.assertTrue(ours)
        self.assertEqual([row for row in ours if row["PieceRef"] in ("", "-")], [])
        entries = {}
        for row in ours:
            sides = entries.setdefault(row["EcritureNum"], [Decimal(0), Decimal(0)])
            for index, side in enumerate(("Debit", "Credit")):
                sides[index] += Decimal(row[side].strip().replace(",", "."))
        self.assertTrue(all(left == right for left, right in entries.values()))
