from datetime import timedelta

from odoo import fields, models

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

    def _wants_hint(self, hint):
        """Whether a webhook's news are to be fetched."""
        return bool(hint.external_id) and hint.kind == "order"

    def _hint_flow(self, _hint):
        """The lane that fetches them."""
        return "orders"
