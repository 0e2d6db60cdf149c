"""Files of other processors: mapped once, shown before, imported once in effect, and booked as what gateways tell."""

import base64
import io

import openpyxl
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from .payments_case import PaymentsCase

FRENCH = """Date d'opération;Type;Identifiant;Commande;Montant brut;Commission;Montant net;Remise
02/11/2026 14:03;Paiement;P-1;1;16,80 €;-0,50;16,30;R-7
02/11/2026 23:30;Paiement;P-2;2;16,80;-0,50;16,30;R-7
03/11/2026;Remboursement;P-2;2;(16,80);0,00;-16,80;R-7
03/11/2026;Abonnement;;;0,00;-1,20;-1,20;R-7
05/11/2026;Virement;R-7;;-14,60;;-14,60;
"""


@tagged("post_install", "-at_install")
class TestGatewayFiles(PaymentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.processor = cls._set_up("file")

    def read_in(self, data, name="octobre.csv", **values):
        data = data.encode() if isinstance(data, str) else data
        wizard = self.env["ecom.gateway.file"].create(
            {"gateway_id": self.processor.id, "file": base64.b64encode(data), "filename": name} | values
        )
        wizard.action_read()
        return wizard

    def prepared(self, data=FRENCH, **values):
        wizard = self.read_in(data, **values)
        wizard.fees_negative = True
        return wizard

    def test_a_french_file_from_its_headings_to_the_books(self):
        self.orders((1, 2), transaction_id="")
        for data in (FRENCH.encode("cp1252"), FRENCH.encode("utf-8-sig")):
            wizard = self.prepared(data)
            self.assertEqual(
                {column.name: column.field for column in wizard.column_ids},
                {
                    "Date d'opération": "date",
                    "Type": "kind",
                    "Identifiant": "id",
                    "Commande": "order",
                    "Montant brut": "amount",
                    "Commission": "fee",
                    "Montant net": "net",
                    "Remise": "payout",
                },
            )
            kinds = {word.name: word.kind for word in wizard.word_ids}
            self.assertEqual(
                kinds, {"Paiement": "charge", "Remboursement": "refund", "Abonnement": "fee", "Virement": "payout"}
            )
            self.assertIn("rows can be imported", wizard.preview)
        wizard.action_import()
        self.look(self.processor)
        rows = self.processor.transaction_ids
        self.assertEqual(len(rows), 5)
        charges = rows.filtered(lambda row: row.kind == "charge")
        self.assertEqual(sorted(charges.order_id.mapped("number")), ["1", "2"])
        payout = rows.payout_id
        self.assertEqual((payout.external_id, payout.state, payout.amount), ("R-7", "posted", 14.60))
        self.assertEqual(self.balance(self.processor.transfer_account_id), 14.60)
        self.assertEqual(self.balance(self.processor.clearing_account_id), 0)
        self.assertEqual(self.balance(self.processor.fee_account_id), 2.20)

    def test_the_same_file_again_changes_nothing(self):
        self.orders((1, 2), transaction_id="")
        self.prepared().action_import()
        self.look(self.processor)
        entries = self.env["account.move"].search_count([])
        self.prepared().action_import()
        self.look(self.processor)
        self.assertEqual(len(self.processor.transaction_ids), 5)
        self.assertEqual(self.env["account.move"].search_count([]), entries)
        self.assertEqual(len(self.processor.message_ids.attachment_ids), 1, "the file is kept once, as the evidence")

    def test_the_mapping_is_remembered(self):
        wizard = self.prepared()
        wizard.column_ids.filtered(lambda column: column.name == "Commande").field = "description"
        wizard.word_ids.filtered(lambda word: word.name == "Abonnement").kind = "adjustment"
        wizard.action_import()
        again = self.read_in(FRENCH)
        self.assertTrue(again.fees_negative)
        self.assertEqual(again.column_ids.filtered(lambda column: column.name == "Commande").field, "description")
        self.assertEqual(again.word_ids.filtered(lambda word: word.name == "Abonnement").kind, "adjustment")

    def test_a_bad_row_is_named_with_its_way_out_and_the_rest_goes_through(self):
        lines = FRENCH.splitlines()
        lines[1] = lines[1].replace("02/11/2026 14:03", "31/02/2026")
        lines[2] = lines[2].replace("16,80;", "16.80;", 1)
        wizard = self.prepared("\n".join(lines))
        self.assertIn("Row 2, column “Date d", wizard.preview)
        self.assertIn("Row 3, column “Montant brut”", wizard.preview)
        self.assertIn("decimal mark", wizard.preview)
        wizard.action_import()
        self.assertEqual(len(self.processor.transaction_ids), 3)
        issue = self.open_issues()
        self.assertEqual((issue.code, issue.key), ("gateway_file", f"{self.processor.id}:octobre.csv"))
        self.assertIn("31/02/2026", issue.message)

    def test_correcting_the_file_settles_the_issue_and_completes_the_payout(self):
        self.orders((1, 2), transaction_id="")
        broken = FRENCH.replace("02/11/2026 14:03", "31/02/2026")
        self.prepared(broken).action_import()
        self.assertEqual(self.open_issues().code, "gateway_file")
        self.prepared().action_import()
        self.assertFalse(self.open_issues())
        self.look(self.processor)
        payout = self.processor.transaction_ids.payout_id
        self.assertEqual((len(payout.transaction_ids), payout.state), (4, "posted"))

    def test_a_row_that_comes_after_its_payout_was_booked_is_named(self):
        self.orders((1, 2), transaction_id="")
        self.prepared(FRENCH.replace("02/11/2026 14:03", "31/02/2026")).action_import()
        self.look(self.processor)
        self.prepared().action_import()
        issue = self.open_issues().filtered(lambda issue: issue.code == "gateway_file")
        self.assertIn("P-1", issue.message)
        self.assertIn("R-7", issue.message)

    def test_a_payout_over_two_files_is_what_the_rows_of_both_add_up_to(self):
        headings, first, second = FRENCH.splitlines()[:3]
        self.prepared(f"{headings}\n{first}\n").action_import()
        self.prepared(f"{headings}\n{second}\n").action_import()
        payout = self.processor.transaction_ids.payout_id
        self.assertEqual((payout.amount, len(payout.transaction_ids)), (32.60, 2))

    def test_a_spreadsheet_with_a_title_above_its_headings(self):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["Relevé de novembre"])
        sheet.append(["Date", "Montant", "Commande"])
        sheet.append(["02/11/2026", 16.8, 1])
        kept = io.BytesIO()
        book.save(kept)
        self.order(1, transaction_id="")
        self.read_in(kept.getvalue(), "novembre.xlsx", header_line=2).action_import()
        self.look(self.processor)
        row = self.processor.transaction_ids
        self.assertEqual((row.order_id.number, row.amount, row.state), ("1", 16.8, "matched"))

    def test_what_is_no_file_and_what_says_nothing_is_refused_in_words(self):
        with self.assertRaisesRegex(UserError, "headings"):
            self.read_in("\n\n")
        with self.assertRaisesRegex(UserError, "XLSX"):
            self.read_in(b"PK\x03\x04 not really")
        wizard = self.read_in("Note;Texte\n1;2\n")
        self.assertIn("date", wizard.preview)
        with self.assertRaisesRegex(UserError, "date"):
            wizard.action_import()

    def test_two_columns_that_say_the_same_are_refused(self):
        wizard = self.prepared()
        wizard.column_ids.filtered(lambda column: column.name == "Montant net").field = "amount"
        self.assertIn("say the same", wizard.preview)
        self.assertFalse(wizard.ready)

    def test_the_screen_shows_again_what_a_changed_column_means(self):
        wizard = self.prepared()
        with Form(wizard) as form:
            for index, column in enumerate(wizard.column_ids):
                if column.field == "kind":
                    with form.column_ids.edit(index) as line:
                        line.field = False
        self.assertFalse(wizard.word_ids)
        self.assertTrue(wizard.ready)

    def test_an_accountant_imports_and_others_do_not(self):
        accountant = new_test_user(self.env, "file_accountant", "base.group_user,ecom_connector.group_accountant")
        wizard = (
            self.env["ecom.gateway.file"]
            .with_user(accountant)
            .create({"gateway_id": self.processor.id, "file": base64.b64encode(FRENCH.encode())})
        )
        wizard.action_read()
        wizard.fees_negative = True
        wizard.action_import()
        self.assertEqual(len(self.processor.transaction_ids), 5)

    def test_a_large_file_costs_no_statement_for_each_row(self):
        def cost(first, count):
            body = "".join(
                f"02/11/2026;Paiement;Q-{first + n};{first + n};10,00;0,00;10,00;S-{first}\n" for n in range(count)
            )
            wizard = self.prepared(FRENCH.splitlines()[0] + "\n" + body)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            wizard.action_import()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        cost(1000, 5)
        few = cost(2000, 10)
        self.assertLessEqual(cost(3000, 200), few + 5)
