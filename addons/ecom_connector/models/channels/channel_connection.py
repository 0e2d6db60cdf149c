import ipaddress
from urllib.parse import urlsplit

from odoo import models
from odoo.exceptions import UserError

from ...platforms.base import Platform
from ...platforms.budget import shared_budget
from ...platforms.transport import Transport, loopback
from ..wording import in_words
from .token import ChannelTokens

# How much of the shop's patience each flow may use. They add up to more than one on purpose: flows are seldom busy at
# the same moment, and shares of one would have each creep while the others sleep. Where all are busy at once and the
# shop says that it is too much (429), all of them rest (``not_before``).
LANE_SHARES = {"orders": 0.5, "commands": 0.5, "stock": 0.6, "listings": 0.5, "catalogue": 0.3, "payouts": 0.4}
BUTTON_SHARE = 0.2


class EcomChannel(models.Model):
    """The connection to the shop: what speaks to it, whether it works, and what it says when it does not."""

    _inherit = "ecom.channel"

    def _platform(self, flow=None) -> Platform:
        """The platform, connected. Build it before HTTP starts: it reads the credentials."""
        self.ensure_one()
        channel = self.sudo()
        credentials = {row.key: row.value or "" for row in channel.credential_ids}
        neutralised = channel.env["ir.config_parameter"].get_param("database.is_neutralized")
        transport = Transport(
            budget=channel._budget(flow),
            allow=loopback if neutralised else None,
            secrets=[value for value in credentials.values() if value],
            tokens=ChannelTokens(channel, credentials),
        )
        return self._platform_class()(self.url, credentials, transport)

    def _budget(self, flow=None):
        """How often a flow, or a button, may call the shop. A shop of a larger plan has a larger store to draw from."""
        capabilities = self._platform_class().capabilities
        rate = self.calls_per_second or capabilities.calls_per_second
        seconds = capabilities.burst / capabilities.calls_per_second if capabilities.burst else 2
        budget = shared_budget(f"{self.env.cr.dbname}/{self.id}", rate, burst=seconds * rate)
        return budget.lane(flow or "button", LANE_SHARES.get(flow, BUTTON_SHARE))

    # === BUTTONS === #

    def action_connect(self):
        """Test the connection, and when it works start the flows."""
        self.ensure_one()
        report = self._check_connection()
        if not report.ok:
            raise UserError(self._explain(report))
        self.write({"state": "connected", "lane_errors": False, "not_before": False})
        channel = self.sudo()
        fresh = channel._fresh_webhook_secrets()
        channel.write(fresh | {"webhooks_checked_at": False, "orders_polled_at": False})
        channel._wake("orders")
        channel._wake("commands")
        return self._notify(self.env._("%(channel)s is connected.", channel=self.name), self._explain(report))

    def action_test_connection(self):
        self.ensure_one()
        report = self._check_connection()
        if not report.ok:
            raise UserError(self._explain(report))
        return self._notify(self.env._("The connection works."), self._explain(report))

    def action_pause(self):
        return self.write({"state": "paused"})

    def _check_connection(self):
        self.check_access("write")
        platform = self._platform()
        return platform.test_connection()

    def _notify(self, title, message, kind="success"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": title,
                "message": message,
                "type": kind,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === IN WORDS === #

    def _explain(self, report):
        """A connection report as a shopkeeper reads it."""
        env = self.env
        sentences = {
            "ok": self._explain_api()
            if self._platform_class().capabilities.uses_api
            else env._("The shop answers and accepts the key."),
            "bad_key": env._(
                "The shop refuses the key. Copy both parts again from the shop's API settings, without spaces, and "
                "check that the key was not revoked."
            ),
            "read_only_key": env._("The key may read but not write. Create one with the permission “Read/Write”."),
            "missing_scopes": env._("The key lacks rights that are needed. Grant them in the shop, then test again."),
            "clock": env._(
                "The clocks of this server and of the shop are more than 15 minutes apart, so the shop refuses the "
                "signature. Set the clock of the one that is wrong."
            ),
            "not_found": env._(
                "The shop answers, but has no API at this address. Check the address; in WordPress, permalinks must "
                "not be set to “Plain”."
            ),
            "not_a_shop": env._(
                "Something answers at this address, but it is not a %(platform)s shop.",
                platform=in_words(env, self._platform_class().name),
            ),
            "tls": env._("The shop's certificate is not valid, so nothing was sent. Renew it or correct the address."),
            "unreachable": env._("Nothing answers at this address. Check its spelling and that the shop is online."),
            "timeout": env._("The shop did not answer in time. Try again; if it stays so, ask its host."),
            "shop_error": env._("The shop itself reports an error. Look at its own error log."),
            "rate_limited": env._("The shop asks for a pause. Try again in some minutes."),
            "moved": env._("The shop answers at another address. Type in the one that it redirects to."),
            "blocked": env._(
                "Something in front of the shop (a firewall or security plugin) refuses us. Have it let this server in."
            ),
            "neutralized": env._(
                "This is a neutralised copy of a database: it only speaks to sandbox shops on this machine. Press "
                "“Connect to the Sandbox”."
            ),
            "insecure": env._("The key would travel unprotected. Use an address that begins with https://."),
        }
        lines = [sentences.get(report.code, report.code)]
        lines += [in_words(env, report.message)] if report.message else []
        # The permissions that are missing are in the message already.
        lines += [self._fact(name, value) for name, value in report.details if name != "missing_scopes"]
        if report.ok and self._platform_class().capabilities.webhooks and (warning := self._address_warning()):
            lines.append(warning)
        return "\n".join(lines)

    def _fact(self, name, value):
        """One of a connection report's details, as a shopkeeper reads it."""
        env = self.env
        labels = {
            "clock_offset": env._("Clocks apart by (seconds)"),
            "encrypted": env._("Encrypted"),
            "name": env._("Shop"),
            "version": env._("Version"),
            "currency": env._("Currency"),
            "timezone": env._("Time zone"),
            "prices_include_tax": env._("Prices include tax"),
            "webhooks": env._("Announces news"),
        }
        words = {"yes": env._("yes"), "no": env._("no")}
        return env._("%(name)s: %(value)s", name=labels.get(name, name), value=words.get(value, value))

    def _address_warning(self):
        """A warning when the shop will not be able to call us, else an empty text."""
        address = urlsplit(self._webhook_address())
        if not self._platform_class().capabilities.public_address:
            return ""
        shop_is_here = loopback(urlsplit(self.url).hostname or "")
        if shop_is_here:
            return ""
        private = False
        try:
            private = not ipaddress.ip_address(address.hostname or "").is_global
        except ValueError:
            private = address.hostname in ("localhost", None)
        if private or (address.port or 443) not in (80, 443, 8080):
            return self.env._(
                "The shop cannot call %(address)s: it only calls public addresses on ports 80, 443 and 8080. Orders "
                "still arrive, every few minutes instead of at once. Set the system parameter “web.base.url” to this "
                "server's public address.",
                address=f"{address.scheme}://{address.netloc}",
            )
        return ""
