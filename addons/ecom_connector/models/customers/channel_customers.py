import logging

from odoo import fields, models

from ...platforms.base import CommandResult
from ...platforms.documents import CustomerChange

_logger = logging.getLogger(__name__)


class EcomChannel(models.Model):
    """Customers between the shop and Odoo: who tells whom, and the steps of telling."""

    _inherit = "ecom.channel"

    customer_sync = fields.Selection(
        [
            ("none", "Nowhere"),
            ("in", "From the shop to Odoo"),
            ("out", "From Odoo to the shop"),
            ("both", "Both ways"),
        ],
        string="Customers' Changes Go",
        required=True,
        default="in",
        help="What happens when a customer's name, e-mail, phone or address changes. An address that an order or an "
        "invoice uses is never overwritten: the new one is added beside it. Whoever changed something last wins.",
    )
    has_customer_sync = fields.Boolean(compute="_compute_has_customer_sync")

    def _compute_has_customer_sync(self):
        for channel in self:
            capabilities = channel._platform_class().capabilities
            channel.has_customer_sync = capabilities.reads_customers or capabilities.push_customers

    def _hears_customers(self):
        return self.customer_sync in ("in", "both") and self._platform_class().capabilities.reads_customers

    def _tells_customers(self):
        return self.customer_sync in ("out", "both") and self._platform_class().capabilities.push_customers

    def _wants_hint(self, hint):
        if hint.kind == "customer":
            return bool(hint.external_id) and not hint.deleted and self._hears_customers()
        return super()._wants_hint(hint)

    def _fetch_customers(self, platform):
        """Fetch the accounts that new events name, and that have orders here, a page in one call."""
        events = self.env["ecom.event"]._waiting(self, "customer", platform.capabilities.page_size)
        if not events:
            return False
        event_ids = events.ids
        domain = [("channel_id", "=", self.id), ("external_id", "in", events.mapped("external_id"))]
        wanted = self.env["ecom.customer"].search(domain).mapped("external_id") if self._hears_customers() else []
        self._before_http()
        profiles = []
        for raw in platform.read_customers(wanted) if wanted else ():
            try:
                profiles.append(platform.parse_customer(raw))
            except ValueError as error:
                _logger.error("Channel %s: a customer could not be read (%s)", self.id, error)

        def store():
            self.env["ecom.customer"]._receive(self, profiles)
            self.env["ecom.event"].browse(event_ids)._done()

        self._in_transaction(store)
        return True

    def _command_kinds(self):
        return (*super()._command_kinds(), "customer")

    def _push_customer(self, platform, payloads):
        """Send what has changed; a change that was taken back before it was sent is none."""
        changes = [CustomerChange(row["customer"], row["changes"]) for row in payloads if row["changes"]]
        results = iter(platform.push_customers(changes) if changes else ())
        return [next(results) if row["changes"] else CommandResult(ok=True) for row in payloads]
