import secrets
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

from ...platforms.base import PlatformError
from ...platforms.transport import Transport, loopback

NEUTRALIZED = "database.is_neutralized"
SANDBOX_PARAMETER = "ecom_connector.sandbox_url"
SANDBOX_URL = "http://127.0.0.1:8090"
NOBODY_ANSWERS = ("unreachable", "timeout", "dropped")


class EcomChannel(models.Model):
    """A neutralised copy of a production database: its channels play with the sandbox, never with the real shops.

    The sandbox is told what a channel knows of its shop and answers with an address and keys: which vendor that is,
    only the two of them know.
    """

    _inherit = "ecom.channel"

    in_copy = fields.Boolean(
        compute="_compute_in_copy", help="This database is a neutralised copy: its channels cannot reach the shops."
    )

    def _compute_in_copy(self):
        self.in_copy = self._is_copy()

    @api.model
    def _is_copy(self):
        return bool(self.env["ir.config_parameter"].sudo().get_param(NEUTRALIZED))

    def _webhook_address(self):
        """In a copy, where the sandbox reaches this very server: the public address is that of production."""
        if not self._is_copy():
            return super()._webhook_address()
        interface = config["http_interface"]
        host = "127.0.0.1" if interface in (None, "", "0.0.0.0", "::") else interface
        return f"http://{host}:{config['http_port']}/ecom/webhook/{self.sudo().webhook_token}"

    def _fresh_webhook_secrets(self):
        """A token and a secret where neutralising took them away."""
        self.ensure_one()
        return {name: secrets.token_urlsafe(32) for name in ("webhook_token", "webhook_secret") if not self[name]}

    # === THE BUTTON === #

    def action_connect_sandbox(self):
        """Have the sandbox stand in for these channels' shops, or for those of all channels that the user sees.

        All is read first, then the sandbox is asked, then all is written: no call while anything is locked.
        """
        channels = self or self.search([("active", "=", True)])
        channels.check_access("write")
        if not self._is_copy():
            raise UserError(
                self.env._(
                    "This database is in production: only a neutralised copy plays with the sandbox. Make one with "
                    "“odoo db duplicate --neutralize”, and open the copy."
                )
            )
        if not channels:
            raise UserError(self.env._("There is no channel that could play with the sandbox."))
        channels = channels.sudo()
        callers = channels.filtered("uses_api")
        wanted = {channel: channel._work_env()._prepare_for_sandbox() for channel in channels - callers}
        answers, refused = self._ask_sandbox(wanted)
        for channel, (fresh, answer) in answers.items():
            channel._move_to_sandbox(fresh, answer)
        callers.write({"environment": "sandbox", "state": "connected"})
        (callers | self.browse().union(*answers)).sudo()._start_in_copy()
        return self._tell_moved(answers, refused, callers)

    @api.model
    def _sandbox_url(self):
        return (self.env["ir.config_parameter"].sudo().get_param(SANDBOX_PARAMETER) or SANDBOX_URL).rstrip("/")

    @api.model
    def _ask_sandbox(self, wanted):
        """Tell the sandbox about each shop, and try the address and keys that it answers.

        :param wanted: ``{channel: (fresh webhook secrets, [what the sandbox is told, in parts])}``
        :return: ``({channel: (fresh, answer)}, {channel: why not, in words})``
        """
        transport = Transport(allow=loopback)
        answers, refused = {}, {}
        for channel, (fresh, parts) in wanted.items():
            try:
                for part in parts:
                    answer = transport.request(
                        "POST", f"{self._sandbox_url()}/sandbox/adopt", json=part, idempotent=True, classify=_refusal
                    ).json()
                report = channel._try_sandbox(answer)
            except PlatformError as error:
                if error.code == "refused":
                    refused[channel] = error.message
                    continue
                raise UserError(self._explain_no_sandbox(error)) from None
            if report.ok:
                answers[channel] = (fresh, answer)
            else:
                refused[channel] = channel._explain(report)
        return answers, refused

    def _try_sandbox(self, answer):
        """Whether the shop works that the sandbox names; a shop elsewhere than on this machine is none."""
        answer = answer if isinstance(answer, dict) else {}
        url, keys = str(answer.get("url")), answer.get("credentials")
        if not loopback(urlsplit(url).hostname or "") or not isinstance(keys, dict):
            raise PlatformError("bad_answer", self.env._("The sandbox named no shop on this machine."))
        transport = Transport(allow=loopback, secrets=[str(value) for value in keys.values()])
        return self._platform_class()(url, keys, transport).test_connection()

    def _move_to_sandbox(self, fresh, answer):
        """Point the channel at the shop that the sandbox named; it is read from where the real one was left."""
        self.ensure_one()
        self.write(
            fresh
            | {
                "url": answer["url"],
                "environment": "sandbox",
                "state": "connected",
                "lane_errors": False,
                "not_before": False,
                "orders_cursor": False,
                "orders_polled_at": False,
                "webhooks_checked_at": False,
            }
        )
        for row in self.credential_ids:
            row.value = answer["credentials"].get(row.key, False)

    def _start_in_copy(self):
        """Neutralising switched every scheduled action off: those of these channels run again."""
        asleep = self.with_context(active_test=False).cron_ids.filtered(lambda lane: not lane.active)
        asleep.active = True
        self._wake("orders")
        self._wake("commands")

    # === IN WORDS === #

    @api.model
    def _explain_no_sandbox(self, error):
        if error.code not in NOBODY_ANSWERS:
            return self.env._(
                "What answers at %(url)s is not the sandbox, or it failed: %(error)s",
                url=self._sandbox_url(),
                error=error,
            )
        return self.env._(
            "No sandbox answers at %(url)s. Start it on this server, in the folder of the connector, with “make "
            "sandbox” (or “python3 -m sandbox” with Odoo's own Python), and press again. Where it listens elsewhere, "
            "the system parameter “%(parameter)s” says so.",
            url=self._sandbox_url(),
            parameter=SANDBOX_PARAMETER,
        )

    @api.model
    def _tell_moved(self, answers, refused, callers):
        """What became of each channel, with a link to each shop's page."""
        lines, links = [], []
        for channel, (_fresh, answer) in answers.items():
            lines.append(self.env._("%(channel)s plays with the sandbox: %(link)s.", channel=channel.name, link="%s"))
            links.append({"label": self.env._("open its shop"), "url": answer.get("page") or answer["url"]})
        for channel in callers:
            lines.append(
                self.env._(
                    "%(channel)s calls Odoo itself: have its test system call this copy, with an API key made here. "
                    "Those of production do not open a copy.",
                    channel=channel.name,
                )
            )
        lines += [f"{channel.name}: {reason}" for channel, reason in refused.items()]
        kind = "warning" if refused else "success"
        action = self._notify(self.env._("Nothing here reaches the real shops"), "\n".join(lines), kind)
        action["params"] |= {"links": links, "sticky": True}
        return action


def _refusal(response):
    """What the sandbox says in words: it does not play this platform, or does not understand."""
    try:
        error = response.json().get("error")
    except (PlatformError, AttributeError):
        return None
    return PlatformError("refused", str(error), status=response.status) if error else None
