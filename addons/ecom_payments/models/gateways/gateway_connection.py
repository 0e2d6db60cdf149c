from odoo import fields, models
from odoo.addons.ecom_connector.models.channels.channel import QUIET
from odoo.addons.ecom_connector.models.wording import in_words
from odoo.addons.ecom_connector.platforms.budget import shared_budget
from odoo.addons.ecom_connector.platforms.tokens import MemoryTokens
from odoo.addons.ecom_connector.platforms.transport import Transport, loopback
from odoo.exceptions import UserError


class EcomGateway(models.Model):
    """The connection to the gateway: what speaks to it, and what it says when it does not work."""

    _inherit = "ecom.gateway"

    def _work_env(self):
        """The gateway as lanes and buttons work with it: its company, language and clock, nobody followed or mailed."""
        self.ensure_one()
        company = self.company_id
        lang = company.partner_id.lang or "en_US"
        return self.sudo().with_company(company).with_context(**QUIET, lang=lang, tz=company._ecom_zone())

    def _connection(self, **transport):
        """The gateway itself. Build it before HTTP starts: it reads the credentials.

        :param transport: of :class:`Transport`, where it is not to be as usual
        """
        self.ensure_one()
        gateway = self.sudo()
        declared = gateway._gateway_class()
        credentials = {row.key: row.value or "" for row in gateway.credential_ids}
        neutralised = gateway.env["ir.config_parameter"].get_param("database.is_neutralized")
        rate = declared.capabilities.calls_per_second
        session = Transport(
            budget=shared_budget(f"{self.env.cr.dbname}/gateway/{self.id}", rate, burst=2 * rate),
            allow=loopback if neutralised else None,
            secrets=[value for value in credentials.values() if value],
            tokens=MemoryTokens(),
            **transport,
        )
        connection = declared(gateway.url or "", credentials, session)
        if declared.capabilities.of_shop:
            connection.shop = gateway._shop_channel()._platform("payouts")
        return connection

    def _shop_channel(self):
        """The channel of the shop that collects by itself."""
        channels = self.channel_ids.filtered(lambda channel: channel._platform_class().capabilities.balance)
        if not channels:
            raise UserError(self.env._("%(gateway)s needs a sales channel whose shop pays out.", gateway=self.name))
        return channels[0]

    def _needed_accounts(self):
        """The journal and accounts without which it cannot work: a gift card has neither fees nor payouts."""
        if self._gateway_class().capabilities.prepaid:
            return ["journal_id", "clearing_account_id"]
        needed = ["journal_id", "clearing_account_id", "fee_account_id", "transfer_account_id"]
        return [*needed, "dispute_account_id", "unknown_account_id"]

    # === BUTTONS === #

    def action_connect(self):
        """Test the keys and the accounts, and when both work start to import."""
        self.ensure_one()
        report = self._check_connection()
        if not all(self[name] for name in self._needed_accounts()):
            raise UserError(self.env._("Its journal and accounts are missing: press “Set Up” first."))
        self.sudo().write({"state": "connected", "last_error": False, "not_before": False})
        self.sudo()._wake()
        title = self.env._("%(gateway)s is connected.", gateway=self.name)
        return self._notify(title, self._explain(report))

    def action_test_connection(self):
        self.ensure_one()
        report = self._check_connection()
        return self._notify(self.env._("The connection works."), self._explain(report))

    def action_pause(self):
        return self.write({"state": "paused"})

    def action_look_now(self):
        """Ask the gateway for news at once."""
        self.check_access("read")
        for gateway in self:
            if gateway.state != "connected":
                raise UserError(self.env._("Connect %(gateway)s first.", gateway=gateway.name))
        self.sudo().write({"not_before": False})
        self.sudo()._wake()
        return True

    def _check_connection(self):
        self.check_access("write")
        report = self._connection().test_connection()
        if not report.ok:
            raise UserError(self._explain(report))
        return report

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

    def _explain(self, report):
        """A connection report as an accountant reads it."""
        env = self.env
        sentences = {
            "ok": env._("The gateway answers and accepts the key."),
            "bad_key": env._("The gateway refuses the key. Copy it again, and check that it is not revoked."),
            "read_only_key": env._("The key may read only. Make one that may write too."),
            "missing_scopes": env._("The key lacks rights: let it read balance transactions, payouts and disputes."),
            "clock": env._("This server's clock and the gateway's differ. Set the one that is wrong."),
            "not_a_shop": env._("Something else answers at this address. Leave it empty for the gateway's own."),
            "moved": env._("The gateway answers at another address. Leave it empty for its own."),
            "blocked": env._("A firewall in front of the gateway refuses this server."),
            "not_found": env._("The gateway answers, but has no API at this address. Leave it empty for its own."),
            "tls": env._("The gateway's certificate is not valid, so nothing was sent."),
            "unreachable": env._("Nothing answers at this address."),
            "timeout": env._("The gateway did not answer in time. Try again."),
            "shop_error": env._("The gateway itself reports an error. Try again later."),
            "rate_limited": env._("The gateway asks for a pause. Try again in some minutes."),
            "neutralized": env._("This is a neutralised copy: it only speaks to sandboxes on this machine."),
            "insecure": env._("The key would travel unprotected. Use an address that begins with https://."),
        }
        lines = [sentences.get(report.code, report.code)]
        lines += [in_words(env, report.message)] if report.message else []
        if dict(report.details).get("mode") == "test":
            lines.append(env._("This is a key for tests: no real money moves."))
        return "\n".join(lines)

    # === ISSUES === #

    def _raise(self, code, *, message, key="", order=None, data=None):
        """Open an issue, with the order's channel or the first one of the gateway; it never makes an order wait."""
        channel = (order and order.channel_id) or self.channel_ids[:1]
        data = {"gateway": self.id} | (data or {})
        return self.env["ecom.issue"]._raise(
            channel, code, message=message, key=f"{self.id}:{key}", order=order, data=data, blocking=False
        )

    def _solve(self, codes, keys):
        """Settle what an issue of these causes was about."""
        domain = [("code", "in", codes), ("key", "in", [f"{self.id}:{key}" for key in keys]), ("state", "=", "open")]
        self.env["ecom.issue"].sudo().search(domain)._solve()


class EcomIssue(models.Model):
    _inherit = "ecom.issue"

    code = fields.Selection(
        selection_add=[("gateway_failed", "Gateway stopped")], ondelete={"gateway_failed": "cascade"}
    )

    def _fix_gateway_failed(self, _same):
        self.env["ecom.gateway"].browse(self.data["gateway"]).exists()._wake()
