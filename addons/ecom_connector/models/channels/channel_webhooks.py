import logging
from datetime import timedelta

from odoo import fields, models

from ...platforms.base import PlatformError

_logger = logging.getLogger(__name__)

CHECK_HOURS = 1


class EcomChannel(models.Model):
    """Webhooks: registered on the shop, looked after, and only ever a hint of what to fetch."""

    _inherit = "ecom.channel"

    def _webhook_address(self):
        self.ensure_one()
        return f"{self.get_base_url()}/ecom/webhook/{self.sudo().webhook_token}"

    def _webhook_secret(self):
        """What the shop signs with: a credential where the vendor chooses it, else ours; empty: nothing is accepted."""
        channel = self.sudo()
        key = self._platform_class().webhook_secret_key
        if not key:
            return channel.webhook_secret or ""
        return channel.credential_ids.filtered(lambda credential: credential.key == key).value or ""

    def _webhooks_due(self):
        return self._platform_class().capabilities.webhooks and (
            not self.webhooks_checked_at
            or self.webhooks_checked_at < fields.Datetime.now() - timedelta(hours=CHECK_HOURS)
        )

    def _look_after_webhooks(self, platform):
        """Register what is missing and switch on again what the shop switched off (three steps)."""
        address, secret = self._webhook_address(), self._webhook_secret()
        self._before_http()
        states = platform.register_webhooks(address, secret)
        active = bool(states) and all(state.active for state in states)
        self._in_transaction(
            lambda: self.write({"webhooks_checked_at": fields.Datetime.now(), "webhooks_active": active})
        )

    # === LEAVING === #

    def write(self, vals):
        leaving = self.filtered("active") if vals.get("active") is False else self.browse()
        leaving._leave_webhooks()
        return super().write(vals)

    def unlink(self):
        self._leave_webhooks()
        return super().unlink()

    def _leave_webhooks(self):
        """Have the shops that are left stop calling, once that is committed."""
        for channel in self.filtered(lambda channel: channel.webhooks_active and channel.state != "draft"):
            platform, address, name = channel._platform(), channel._webhook_address(), channel.name

            def leave(platform=platform, address=address, name=name):
                try:
                    platform.remove_webhooks(address)
                except PlatformError as error:
                    # It goes on calling in vain until it gives up by itself.
                    _logger.info("Channel %s: its webhooks stay on the shop: %s", name, error.message)

            self.env.cr.postcommit.add(leave)
            channel.sudo().write({"webhooks_active": False, "webhooks_checked_at": False})

    # === NEWS === #

    def _wants_hint(self, hint):
        """Whether a webhook's news are to be fetched."""
        return bool(hint.external_id) and hint.kind == "order"

    def _hint_flow(self, _hint):
        """The lane that fetches them."""
        return "orders"
