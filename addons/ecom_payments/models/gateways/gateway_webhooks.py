import logging
import secrets
from datetime import timedelta

from odoo import fields, models
from odoo.addons.ecom_connector.models.wording import in_words

from ...gateways.base import PlatformError

_logger = logging.getLogger(__name__)

CHECK = timedelta(hours=1)


class EcomGateway(models.Model):
    """Webhooks: made at the gateway, looked after, and only ever a hint to look now. Asking is the truth."""

    _inherit = "ecom.gateway"

    webhook_token = fields.Char(copy=False, groups="base.group_system")
    webhook_active = fields.Boolean(
        string="Announces News",
        readonly=True,
        copy=False,
        help="The gateway calls Odoo as soon as something happens. Without that, news take up to a quarter of an hour.",
    )
    webhook_checked_at = fields.Datetime(string="Checked on", readonly=True, copy=False)
    webhook_error = fields.Char(string="Why Not", readonly=True, copy=False)

    _webhook_token_unique = models.UniqueIndex("(webhook_token) WHERE webhook_token IS NOT NULL")

    def action_connect(self):
        self.sudo().webhook_checked_at = False
        return super().action_connect()

    def _look(self, deadline):
        if self._webhook_due():
            self._look_after_webhook()
        return super()._look(deadline)

    def _webhook_due(self):
        checked = self.webhook_checked_at
        return self.calls_us and (not checked or checked < fields.Datetime.now() - CHECK)

    def _look_after_webhook(self):
        """Have the gateway call where it does not do so (any more). One that refuses is asked all the same.

        A registration tells the secret once: until that is kept, the webhook counts as none, and is made anew.
        """
        address, connection = self._in_transaction(self._webhook_address), self._connection()
        registration, problem = None, ""
        self._before_http()
        try:
            if not (self.webhook_active and connection.webhook_works(address)):
                self._in_transaction(lambda: self.write({"webhook_active": False}))
                registration = connection.register_webhook(address)
        except PlatformError as error:
            problem = in_words(self.env, error)[:500]
        self._in_transaction(lambda: self._keep_webhook(registration, problem))

    def write(self, vals):
        leaving = self.filtered("active") if vals.get("active") is False else self.browse()
        leaving._leave_webhook()
        return super().write(vals)

    def unlink(self):
        self._leave_webhook()
        return super().unlink()

    def _leave_webhook(self):
        """Have the gateways that are left stop calling, once that is committed."""
        for gateway in self.filtered(lambda gateway: gateway.webhook_active and gateway.state != "draft"):
            connection, address, name = gateway._connection(), gateway._webhook_address(), gateway.name

            def leave(connection=connection, address=address, name=name):
                try:
                    connection.remove_webhook(address)
                except PlatformError as error:
                    # It goes on calling in vain until it gives up by itself.
                    _logger.info("Gateway %s: its webhook stays there: %s", name, error.message)

            self.env.cr.postcommit.add(leave)
            gateway.sudo().write({"webhook_active": False, "webhook_checked_at": False})

    def _webhook_address(self):
        gateway = self.sudo()
        if not gateway.webhook_token:
            gateway.webhook_token = secrets.token_urlsafe(24)
        return f"{gateway.get_base_url()}/ecom/gateway/{gateway.webhook_token}"

    def _keep_webhook(self, registration, problem):
        values = {"webhook_checked_at": fields.Datetime.now(), "webhook_error": problem or False}
        if registration:
            keys = self.sudo().credential_ids
            keys.filtered(lambda row: row.key == registration.secret_key).value = registration.secret
            values["webhook_active"] = True
        self.write(values)
