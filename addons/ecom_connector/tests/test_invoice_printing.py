from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from .shop_case import ShopCase, woo_order

SEND = "odoo.addons.account.models.account_move_send.AccountMoveSend"
REPORT = "odoo.addons.base.models.ir_actions_report.IrActionsReport"


@tagged("post_install", "-at_install")
class TestInvoicePrinting(ShopCase):
    """What is invoiced by the channel's policy is printed without a click, apart from the orders, and sent once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.invoice_policy = "confirmed"
        cls.env.company.write({"company_registry": "73282932000074", "vat": "FR44732829320"})
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.channel.mapping_payment_ids = [Command.create({"code": "stripe", "journal_id": cls.bank.id})]
        cls.order = cls().receive(woo_order(7001))
        cls.invoice = cls.order.sale_order_id.invoice_ids

    @contextmanager
    def lane(self, engine="ok"):
        """The channel as the lane has it, whose transactions are savepoints."""
        channel = self.channel._work_env()

        def in_transaction(_channel, work):
            with self.env.cr.savepoint():
                return work()

        with (
            patch.object(type(channel), "_in_transaction", in_transaction),
            patch.object(self.env.cr, "rollback", lambda: None),
            patch(f"{REPORT}.get_wkhtmltopdf_state", lambda _self: engine),
        ):
            yield channel

    def run_lane(self, engine="ok"):
        with self.lane(engine) as channel:
            return channel._lane_invoices(float("inf"))

    def printed(self, invoice):
        """The words of the printed document; tests get it as HTML."""
        return invoice.invoice_pdf_report_id.raw.decode()

    def test_a_paid_order_has_its_invoice_posted_and_printed_without_a_click(self):
        invoice = self.invoice
        self.assertEqual((invoice.state, invoice.payment_state in ("paid", "in_payment")), ("posted", True))
        self.assertFalse(invoice.invoice_pdf_report_id, "the orders lane does not print")
        self.run_lane()
        self.assertTrue(invoice.invoice_pdf_report_id)
        self.assertFalse(invoice.ecom_print_at)
        words = self.printed(invoice)
        self.assertIn(invoice.name, words)
        self.assertIn("7001", words, "the shop's number of the order")
        self.assertIn("Carte", words, "how it was paid")
        self.assertFalse(self.open_issues())
        document = invoice.invoice_pdf_report_id
        self.run_lane()
        self.assertEqual(invoice.invoice_pdf_report_id, document, "printed once")

    def test_the_seller_is_named_as_the_law_wants_it_though_nobody_set_up_a_layout(self):
        self.env.company.write({"company_details": "Ma Boutique", "report_footer": False})
        first, second = self.invoice, self.receive(woo_order(2)).sale_order_id.invoice_ids
        self.run_lane()
        self.assertIn("73282932000074", self.printed(first))
        self.assertIn("FR44732829320", self.printed(first))
        self.env.company.report_footer = "SIRET 732 829 320 00074"
        self.assertEqual(len(second._ecom_printed()["seller"]), 1, "what the layout shows is not said twice")
        self.env.company.company_registry = False
        self.receive(woo_order(3))
        self.run_lane()
        issue = self.open_issues()
        self.assertEqual(issue.code, "seller_unidentified")
        self.env.company.company_registry = "73282932000074"
        self.run_lane()
        self.assertEqual(issue.state, "solved")

    def test_printing_asks_nobody_to_pay_again(self):
        paid = self.invoice
        self.run_lane()
        self.assertNotIn("Payment Communication", self.printed(paid))
        credit_note = paid._reverse_moves([{}])
        credit_note.action_post()
        facts = credit_note._ecom_printed()
        self.assertEqual((facts["number"], facts["paid"]), ("7001", []), "a credit note names the order, not a payment")

    def test_a_french_customer_reads_french(self):
        invoice = self.invoice
        invoice.partner_id.lang = "fr_FR"
        self.run_lane()
        words = " ".join(self.printed(invoice).split())
        self.assertIn("Votre commande", words)
        self.assertIn("Payée le 02/11/2026 par Carte", words)

    def test_one_that_cannot_be_printed_keeps_no_other_waiting_and_asks_a_person(self):
        orders = self.order | self.receive(woo_order(2))
        bad, good = (order.sale_order_id.invoice_ids for order in orders)
        prepare = self.env["account.move.send"]._prepare_invoice_pdf_report

        def fails_on_one(_self, invoices_data):
            if bad.id in [invoice.id for invoice in invoices_data]:
                raise RuntimeError("The logo of the company cannot be read.")
            return prepare(invoices_data)

        with patch(f"{SEND}._prepare_invoice_pdf_report", fails_on_one):
            self.run_lane()
            self.assertTrue(good.invoice_pdf_report_id)
            self.assertFalse(bad.invoice_pdf_report_id)
            self.assertFalse(self.open_issues(), "it is tried again before a person is asked")
            for _attempt in range(2):
                bad.ecom_print_at = fields.Datetime.now()
                self.run_lane()
        issue = self.open_issues(orders[0])
        self.assertEqual(issue.code, "invoice_unprinted")
        self.assertIn("The logo of the company cannot be read.", issue.message)
        self.assertEqual(orders[0].state, "settled", "the order itself goes on")
        issue.action_fix()
        self.run_lane()
        self.assertTrue(bad.invoice_pdf_report_id)
        self.assertFalse(self.open_issues())

    def test_without_the_engine_one_issue_says_what_to_do_and_everything_is_printed_later(self):
        invoices = self.invoice | self.receive(woo_order(2)).sale_order_id.invoice_ids
        self.run_lane("install")
        issue = self.open_issues()
        self.assertEqual(issue.code, "pdf_engine_missing")
        self.assertIn("wkhtmltopdf", issue.message)
        self.assertEqual(set(invoices.mapped("state")), {"posted"})
        with self.lane("install") as channel:
            self.assertTrue(channel.lacks_pdf_engine)
            flows = channel._flow_states(channel._dashboard_figures()[channel.id])
            words = next(flow["words"] for flow in flows if flow["flow"] == "invoices")
        self.assertRegex(words, r": 2\.")
        self.run_lane()
        self.assertTrue(all(invoice.invoice_pdf_report_id for invoice in invoices))
        self.assertEqual(issue.state, "solved")

    def test_odoo_mails_it_once(self):
        self.channel.invoice_send_policy = "email"
        invoice = self.invoice
        self.run_lane()
        self.run_lane()
        self.receive(woo_order(7001, date_modified_gmt="2026-11-02T11:00:00", customer_note="Merci"))
        self.run_lane()
        mails = self.env["mail.mail"].search([("model", "=", "account.move"), ("res_id", "=", invoice.id)])
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.recipient_ids, invoice.partner_id)
        self.assertIn(self.env.company.email or "", mails.email_from)
        self.assertEqual(len(mails.attachment_ids), 1)

    def test_who_has_no_address_is_named_and_gets_it_once_there_is_one(self):
        self.channel.invoice_send_policy = "email"
        order, invoice = self.order, self.invoice
        invoice.partner_id.email = False
        self.run_lane()
        mails = [("model", "=", "account.move"), ("res_id", "=", invoice.id)]
        self.assertFalse(self.env["mail.mail"].search(mails))
        issue = self.open_issues(order)
        self.assertEqual(issue.code, "invoice_unsent")
        invoice.partner_id.email = "marie@example.com"
        issue.action_fix()
        self.run_lane()
        self.assertEqual(len(self.env["mail.mail"].search(mails)), 1)
        self.assertFalse(self.open_issues(order))

    def test_the_shop_shows_the_link_once(self):
        self.channel.invoice_send_policy = "link"
        order, invoice = self.order, self.invoice
        self.assertFalse(order.command_ids, "no link to what is not printed yet")
        self.run_lane()
        invoice._print_soon(self.channel)
        self.run_lane()
        command = order.command_ids
        self.assertEqual(command.kind, "note")
        self.assertIn(invoice.access_token, command.value)
        self.assertIn(f"/my/invoices/{invoice.id}", command.value)
        self.assertFalse(self.env["mail.mail"].search([("model", "=", "account.move"), ("res_id", "=", invoice.id)]))

    def test_nobody_is_the_default_and_by_hand_stays_by_hand(self):
        order, invoice = self.order, self.invoice
        self.run_lane()
        self.assertFalse(order.command_ids)
        self.assertFalse(self.env["mail.mail"].search([("model", "=", "account.move"), ("res_id", "=", invoice.id)]))
        self.channel.invoice_policy = "manual"
        sale = self.receive(woo_order(2)).sale_order_id
        by_hand = sale._create_invoices()
        by_hand.action_post()
        self.run_lane()
        self.assertFalse(by_hand.invoice_pdf_report_id, "what a person makes, the person prints")
        self.assertEqual(by_hand._ecom_printed()["number"], "2", "and it says the same")
