"""The evidence of a dispute as the bank gets it: printed for real, and read again."""

import io

from odoo.tests import HttpCase, tagged
from pypdf import PdfReader

from .payments_case import PaymentsCase

MISSING = ("install", "broken", "upgrade")


@tagged("post_install", "-at_install")
class TestDisputePdf(PaymentsCase, HttpCase):
    def setUp(self):
        super().setUp()
        Report = self.env["ir.actions.report"]
        if Report.get_wkhtmltopdf_state() in MISSING:
            self.skipTest("wkhtmltopdf is missing")
        self.env["ir.config_parameter"].set_param("report.url", self.base_url())

    def disputed(self):
        """An order of two serials, shipped, of which was written, and disputed."""
        self.mug.tracking = "serial"
        self.env["stock.quant"].search([("product_id", "=", self.mug.id)]).sudo().unlink()
        location = self.channel.warehouse_id.lot_stock_id
        for number in (1, 2):
            lot = self.env["stock.lot"].create({"name": f"SN-000{number}", "product_id": self.mug.id})
            self.env["stock.quant"]._update_available_quantity(self.mug, location, 1, lot_id=lot)
        order = self.order(1)
        self.charge(1)
        self.disputes("du_1", 1)
        self.look()
        sale = order.sale_order_id
        picking = sale.picking_ids
        picking.move_ids.picked = True
        picking.carrier_tracking_ref = "6A123456789"
        picking.button_validate()
        customer = sale.partner_id
        sale.message_post(
            body="Bonjour, le colis est bien arrivé, merci !",
            subject="Ma commande",
            author_id=customer.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        sale.message_post(body="Client connu pour ses litiges", subtype_xmlid="mail.mt_note")
        return self.env["ecom.dispute"].search([("external_id", "=", "du_1")]), order

    def printed(self, dispute, lang):
        content, kind = (
            self.env["ir.actions.report"]
            .with_context(lang=lang, force_report_rendering=True)
            ._render_qweb_pdf("ecom_payments.report_dispute_evidence", dispute.ids)
        )
        self.assertEqual(kind, "pdf")
        pages = PdfReader(io.BytesIO(content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split()), len(pages)

    def test_it_is_printed_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        dispute, order = self.disputed()
        facts = (
            *("du_1", "ch_1", "Marie Durand", "marie@example.com", "rue de la Paix", "Article MUG", "6A123456789"),
            *("SN-0001", "SN-0002", order.sale_order_id.invoice_ids.name, "le colis est bien arrivé"),
        )
        english, pages = self.printed(dispute, "en_US")
        for words in (*facts, "Dispute", "The order", "The payment", "The delivery", "What was written"):
            self.assertIn(words, english)
        self.assertRegex(english, r"Total, taxes included\s*16\.80\s?€")
        self.assertNotIn("connu pour ses litiges", english, "what the team notes for itself stays here")
        self.assertEqual(pages, 1)
        french, pages = self.printed(dispute, "fr_FR")
        for words in (*facts, "Litige", "La commande", "Le paiement", "La livraison"):
            self.assertIn(words, french)
        self.assertRegex(french, r"16,80\s?€")
        self.assertEqual(pages, 1)
