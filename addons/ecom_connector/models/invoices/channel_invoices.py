import logging
import random
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...decisions import backoff
from ..channels.channel_lanes import CONFLICTS

_logger = logging.getLogger(__name__)

BATCH = 10  # printed by one run of the engine, which takes about a second to start
ASK_AFTER = 3  # tries before a person is asked
LOOK_AGAIN = timedelta(minutes=1)  # while the engine is missing
NO_ENGINE = ("install", "broken", "upgrade")


class EcomChannel(models.Model):
    """The invoices lane: prints what was invoiced by the channel's policy, and sends it as the channel says.

    Printing is slow and may fail, so it has a lane of its own: orders never wait for it. It is Odoo's own (Print &
    Send): its reports, templates, layouts and electronic formats, Factur-X among them.
    """

    _inherit = "ecom.channel"

    invoice_send_policy = fields.Selection(
        [("none", "Nobody"), ("email", "Odoo, by e-mail"), ("link", "The shop, as a link")],
        string="Invoices Sent By",
        required=True,
        default="none",
        help="How customers get the invoices that are made by themselves, once each. Odoo: as its button Print & Send "
        "does, with the customer's own choice first. The shop: a message to the customer with the link to the invoice. "
        "Nobody: invoices are printed and kept, and customers find them on the portal.",
    )
    has_customer_notes = fields.Boolean(string="Writes to Customers", compute="_compute_capabilities")
    lacks_pdf_engine = fields.Boolean(string="No PDF Engine", compute="_compute_lacks_pdf_engine")

    @api.depends("platform")
    def _compute_capabilities(self):
        result = super()._compute_capabilities()
        for channel in self:
            capabilities = channel._platform_class().capabilities
            writes = capabilities.notifies_customer and capabilities.customer_notes
            channel.has_customer_notes = writes or capabilities.uses_api
        return result

    @api.depends("invoice_policy")
    def _compute_lacks_pdf_engine(self):
        missing = not self._has_pdf_engine()
        for channel in self:
            channel.lacks_pdf_engine = missing and channel.invoice_policy != "manual"

    @api.model
    def _has_pdf_engine(self):
        return self.env["ir.actions.report"].sudo().get_wkhtmltopdf_state() not in NO_ENGINE

    @api.constrains("invoice_send_policy", "platform")
    def _check_invoice_send_policy(self):
        for channel in self:
            if channel.invoice_send_policy == "link" and not channel.has_customer_notes:
                raise ValidationError(
                    self.env._("%(channel)s cannot pass a link on to customers: have Odoo mail.", channel=channel.name)
                )

    # === THE LANE === #

    def _lane_invoices(self, deadline):
        """:return: whether work remains."""
        Move = self.env["account.move"]
        while invoices := Move._to_print(self, BATCH):
            if not self._has_pdf_engine():
                self._in_transaction(self._ask_for_pdf_engine)
                return False
            if self._lacks_company_number():
                self._in_transaction(self._ask_for_company_number)
            invoices._print_each_alone_on_error(self)
            if time.monotonic() > deadline:
                return True
        self._in_transaction(self._wake_for_next_print)
        return False

    def _ask_for_pdf_engine(self):
        self.env["ecom.issue"]._raise(
            self,
            "pdf_engine_missing",
            message=self.env._(
                "The PDF engine (wkhtmltopdf) is missing on Odoo's server, so invoices are posted but neither printed "
                "nor sent. Have wkhtmltopdf 0.12.6 with patched Qt installed and Odoo restarted: everything that "
                "waits is then printed and sent by itself."
            ),
        )
        self._wake("invoices", at=fields.Datetime.now() + LOOK_AGAIN)

    def _lacks_company_number(self):
        """French invoices have to show the seller's SIRET or SIREN (a VAT number only where the seller has one)."""
        return self.company_id.country_id.code == "FR" and not self.company_id.company_registry

    def _ask_for_company_number(self):
        self.env["ecom.issue"]._raise(
            self,
            "seller_unidentified",
            message=self.env._(
                "Invoices of %(company)s are printed without its SIRET, which French law asks for. Enter it, and the "
                "VAT number if there is one, in Settings, Companies. Invoices printed before: Odoo's button Reset to "
                "Draft, then Confirm and Print & Send, prints them anew.",
                company=self.company_id.name,
            ),
        )

    def _wake_for_next_print(self):
        settled = [
            code
            for code, open_still in (
                ("pdf_engine_missing", not self._has_pdf_engine()),
                ("seller_unidentified", self._lacks_company_number()),
            )
            if not open_still
        ]
        self.env["ecom.issue"].search(
            [("channel_id", "=", self.id), ("code", "in", settled), ("state", "=", "open")]
        )._solve()
        later = self.env["account.move"].search(
            [("ecom_channel_id", "=", self.id), ("ecom_print_at", "!=", False)], order="ecom_print_at", limit=1
        )
        if later:
            self._wake("invoices", at=later.ecom_print_at)

    # === WHAT THE SCREENS SAY === #

    def _flow_states(self, figure):
        states = super()._flow_states(figure)
        if self.invoice_policy == "manual":
            return [state for state in states if state["flow"] != "invoices"]
        return states

    def _flow_label(self, flow):
        return self.env._("Invoices") if flow == "invoices" else super()._flow_label(flow)

    def _dashboard_figures(self):
        figures = super()._dashboard_figures()
        groups = self.env["account.move"]._read_group(
            [("ecom_channel_id", "in", self.ids), ("ecom_print_at", "!=", False)], ["ecom_channel_id"], ["__count"]
        )
        for channel, count in groups:
            figures[channel.id]["unprinted"] = count
        return figures

    def _flow_state_invoices(self, figure):
        count = figure.get("unprinted", 0)
        if self.lacks_pdf_engine:
            return "failing", self.env._(
                "The PDF engine (wkhtmltopdf) is missing on Odoo's server: invoices are posted, and not printed. They "
                "wait: %(count)s.",
                count=count,
            )
        if count:
            return "busy", self.env._("%(count)s about to be printed.", count=count)
        return "ok", self.env._("Works. Every invoice is printed.")


class AccountMove(models.Model):
    _inherit = "account.move"

    ecom_print_at = fields.Datetime(
        string="Printed On or After", copy=False, readonly=True, help="Empty once the invoice is printed and sent."
    )
    ecom_print_attempts = fields.Integer(string="Attempts to Print", copy=False, readonly=True)

    _ecom_print_index = models.Index("(ecom_channel_id, ecom_print_at) WHERE ecom_print_at IS NOT NULL")

    def _print_soon(self, channel):
        """Have the invoices lane print and send these invoices as soon as this transaction is committed."""
        self.write({"ecom_print_at": fields.Datetime.now(), "ecom_print_attempts": 0})
        channel._wake("invoices")

    @api.model
    def _to_print(self, channel, limit):
        """Posted invoices whose time to be printed has come, oldest first."""
        return self.search(
            [
                ("ecom_channel_id", "=", channel.id),
                ("ecom_print_at", "<=", fields.Datetime.now()),
                ("state", "=", "posted"),
            ],
            order="ecom_print_at, id",
            limit=limit,
        )

    def button_draft(self):
        """What is not posted any more is not printed by itself either."""
        result = super().button_draft()
        self.filtered("ecom_print_at").ecom_print_at = False
        return result

    def _print_each_alone_on_error(self, channel):
        """Print and send these in one transaction; one by one when that fails, so that only the bad one waits."""
        try:
            channel._in_transaction(lambda: self._print_and_send(channel))
        except CONFLICTS as error:
            _logger.info("Channel %s: printing waits for another transaction (%s)", channel.id, error)
            self.env.cr.rollback()
            channel._in_transaction(lambda: self._print_later(60))
        except Exception as error:
            self.env.cr.rollback()
            if len(self) == 1:
                channel._in_transaction(lambda error=error: self._note_unprinted(channel, error))
                return
            for invoice in self:
                invoice._print_each_alone_on_error(channel)

    def _print_and_send(self, channel):
        """Print through Odoo's own Print & Send. The message to the customer is written in the same transaction."""
        settings = {} if channel.invoice_send_policy == "email" else {"sending_methods": []}
        Send = self.env["account.move.send"].with_context(ecom_invoice_sender=True)
        Send._generate_and_send_invoices(self, **settings)
        self.write({"ecom_print_at": False, "ecom_print_attempts": 0})
        keys = [str(invoice.id) for invoice in self]
        self.env["ecom.issue"].search(
            [
                ("channel_id", "=", channel.id),
                ("code", "=", "invoice_unprinted"),
                ("key", "in", keys),
                ("state", "=", "open"),
            ]
        )._solve()
        if channel.invoice_send_policy == "link":
            self._tell_links()
        elif channel.invoice_send_policy == "email":
            self._ask_for_addresses(channel)

    def _tell_links(self):
        """Have the shop give each customer the link to the invoice, which opens without an account."""
        for invoice in self:
            lang = invoice.partner_id.lang or self.env.lang
            text = invoice.with_context(lang=lang).env._(
                "Your invoice %(name)s for order %(number)s: %(url)s",
                name=invoice.name,
                number=invoice.ecom_order_id.number,
                url=invoice.get_base_url() + invoice.get_portal_url(),
            )
            self.env["ecom.command"]._tell_customer(invoice.ecom_order_id, f"invoice:{invoice.id}", text)

    def _ask_for_addresses(self, channel):
        """Say whose invoice was printed and not mailed, for want of an address."""
        for invoice in self.filtered(lambda invoice: not invoice.partner_id.email):
            self.env["ecom.issue"]._raise(
                channel,
                "invoice_unsent",
                order=invoice.ecom_order_id,
                key=str(invoice.id),
                blocking=False,
                message=self.env._(
                    "Invoice %(name)s was not mailed: %(customer)s has no e-mail address. Enter it, then try again; or "
                    "dismiss this, if the customer needs no invoice by e-mail.",
                    name=invoice.name,
                    customer=invoice.partner_id.display_name,
                ),
                data={"invoice": invoice.id},
            )

    def _print_later(self, seconds):
        self.ecom_print_at = fields.Datetime.now() + timedelta(seconds=seconds)

    def _note_unprinted(self, channel, error):
        """Try again later; after some tries a person is asked as well."""
        _logger.warning("Channel %s: invoice %s was not printed (%s)", channel.id, self.id, error)
        self.ecom_print_attempts += 1
        self._print_later(backoff.delay(self.ecom_print_attempts, random.random()))
        if self.ecom_print_attempts < ASK_AFTER:
            return
        self.env["ecom.issue"]._raise(
            channel,
            "invoice_unprinted",
            order=self.ecom_order_id,
            key=str(self.id),
            blocking=False,
            message=self.env._(
                "Invoice %(name)s of order %(number)s is posted but was not printed: %(error)s\nOpen the invoice, "
                "press Print & Send to see what is wrong, and mend it. It is tried again by itself.",
                name=self.name,
                number=self.ecom_order_id.number,
                error=str(error)[:500],
            ),
            data={"invoice": self.id},
        )


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    @api.model
    def _send_mail(self, move, mail_template, **kwargs):
        """Nobody pressed a button: the company writes, unless the e-mail's template or the invoice names a person."""
        if self.env.context.get("ecom_invoice_sender") and not move.invoice_user_id:
            company = move.company_id.partner_id
            kwargs |= {"author_id": company.id, "email_from": move.company_id.email_formatted or kwargs["email_from"]}
        return super()._send_mail(move, mail_template, **kwargs)


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[
            ("pdf_engine_missing", "No PDF engine"),
            ("invoice_unprinted", "Invoice not printed"),
            ("invoice_unsent", "Invoice not mailed"),
            ("seller_unidentified", "SIRET missing on invoices"),
        ],
        ondelete={
            "pdf_engine_missing": "cascade",
            "invoice_unprinted": "cascade",
            "invoice_unsent": "cascade",
            "seller_unidentified": "cascade",
        },
    )

    def _fix_pdf_engine_missing(self, _same):
        self.channel_id._wake("invoices")

    _fix_seller_unidentified = _fix_pdf_engine_missing

    def _fix_invoice_unprinted(self, _same):
        self.env["account.move"].browse(self.data["invoice"]).exists()._print_soon(self.channel_id)

    _fix_invoice_unsent = _fix_invoice_unprinted
