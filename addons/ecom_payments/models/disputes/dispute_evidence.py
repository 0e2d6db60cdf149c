from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext
from odoo.tools.sql import escape_psql

MOST_MESSAGES, MOST_WORDS = 30, 700
"""Messages that are shown, the latest of them, and characters of each."""


class EcomDispute(models.Model):
    """What proves that the customer ordered, paid and got it: one page to print, or to attach to the answer."""

    _inherit = "ecom.dispute"

    evidence = fields.Html(compute="_compute_evidence", sanitize=False)

    @api.depends("order_id")
    def _compute_evidence(self):
        for dispute in self:
            dispute.evidence = self.env["ir.qweb"]._render("ecom_payments.dispute_evidence", {"o": dispute})

    def _evidence(self):
        """The facts, in the order in which a bank reads them; whoever sees the dispute sees them all."""
        self.ensure_one()
        self.check_access("read")
        order = self.sudo().order_id
        charges = order.transaction_ids.filtered(lambda row: row.kind == "charge")
        sale = order.sale_order_id
        return {
            "order": order,
            "lines": order.line_ids.filtered(lambda line: line.quantity),
            "charges": charges,
            "invoices": sale.invoice_ids.filtered(lambda move: move.state == "posted"),
            "billing": sale.partner_invoice_id,
            "shipping": sale.partner_shipping_id,
            "shipments": [self._shipped(shipment) for shipment in order.shipment_ids],
            "earlier": self.sudo()._earlier_orders(),
            "messages": self.sudo()._written_with_customer(),
        }

    def _shipped(self, shipment):
        """A delivery: when and how it left, its parcels, and the serials that were in them."""
        return {
            "name": shipment.picking_id.name,
            "done": shipment.picking_id.date_done,
            "to": shipment.picking_id.partner_id,
            "parcels": shipment._parcels(),
            "lots": shipment._lot_lines(shipment.env),
        }

    def _written_with_customer(self):
        """``[{"date", "author", "subject", "text"}]`` of what was written to and by the customer, the oldest first."""
        sale = self.order_id.sale_order_id
        places = [
            (sale._name, sale.ids),
            ("stock.picking", sale.picking_ids.ids),
            ("account.move", sale.invoice_ids.ids),
        ]
        found = self.env["mail.message"].search(
            Domain.OR(Domain("model", "=", model) & Domain("res_id", "in", ids) for model, ids in places)
            & Domain("message_type", "in", ("email", "email_outgoing", "comment"))
            & Domain("is_internal", "=", False)
            & Domain("subtype_id.internal", "=", False),
            order="date desc, id desc",
            limit=MOST_MESSAGES,
        )
        rows = []
        for message in found.sorted(lambda message: (message.date, message.id)):
            if text := " ".join(html2plaintext(message.body or "", include_references=False).split()):
                rows.append(
                    {
                        "date": message.date,
                        "author": message.author_id.name or message.email_from or "",
                        "subject": message.subject or "",
                        "text": text if len(text) <= MOST_WORDS else f"{text[:MOST_WORDS]} …",
                    }
                )
        return rows

    def _earlier_orders(self):
        """How many orders the same customer placed before: whoever bought often knows the shop."""
        order = self.order_id
        if not order.email:
            return 0
        return self.env["ecom.order"].search_count(
            [
                ("email", "=ilike", escape_psql(order.email)),
                ("channel_id", "=", order.channel_id.id),
                ("ordered_at", "<", order.ordered_at),
                ("state", "=", "settled"),
            ]
        )

    def action_print_evidence(self):
        return self.env.ref("ecom_payments.action_report_dispute_evidence").report_action(self)

    def action_attach_evidence(self):
        """Put the page and the order's invoices among the dispute's own documents, ready to be sent on."""
        Report, Attachment = self.env["ir.actions.report"], self.env["ir.attachment"]
        for dispute in self:
            content, kind = Report._render_qweb_pdf("ecom_payments.report_dispute_evidence", dispute.ids)
            Attachment.create(
                {
                    "name": f"{dispute.external_id}.{kind}",
                    "raw": content,
                    "res_model": dispute._name,
                    "res_id": dispute.id,
                }
            )
            for invoice in dispute._evidence()["invoices"].filtered("invoice_pdf_report_id"):
                invoice.invoice_pdf_report_id.copy(
                    {"res_model": dispute._name, "res_id": dispute.id, "res_field": False}
                )
        return True
