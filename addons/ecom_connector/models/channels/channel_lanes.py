import logging
import random
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from psycopg2 import IntegrityError
from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from ...platforms.base import PlatformError
from ...platforms.budget import BudgetUsedUp
from ..wording import in_words
from .channel import FLOWS

_logger = logging.getLogger(__name__)

CONFLICTS = (SerializationFailure, DeadlockDetected, LockNotAvailable, LockError)
MAX_TRIES = 5
MAX_PAUSE_SECONDS = 0.1
LANE_SECONDS = 1.0  # how long a lane works before it lets the others go first
RETRY_SECONDS = 60  # after a failure of which nobody says how long it lasts
IDLE_MINUTES = 5  # how often a lane looks even though nobody woke it


class EcomChannel(models.Model):
    """Lanes: one scheduled action for each flow. Its row lock is the mutual exclusion, across threads and servers."""

    _inherit = "ecom.channel"

    # === THE SCHEDULED ACTIONS === #

    @api.model
    def _flows(self):
        """``{flow: priority}``; the lower number goes first when cron threads are scarce. A hook."""
        return FLOWS

    def _create_lanes(self, flows=()):
        """:param flows: all of them where none is named"""
        model = self.env["ir.model"]._get("ecom.channel")
        return (
            self.env["ir.cron"]
            .sudo()
            .create(
                [
                    {
                        "name": channel._lane_name(flow),
                        "model_id": model.id,
                        "state": "code",
                        "code": f"model.browse({channel.id})._run_lane({flow!r})",
                        "user_id": self.env.ref("base.user_root").id,
                        "interval_number": IDLE_MINUTES,
                        "interval_type": "minutes",
                        "priority": self._flows()[flow],
                        "active": channel.active,
                        "ecom_channel_id": channel.id,
                        "ecom_flow": flow,
                    }
                    for channel in self
                    for flow in flows or self._flows()
                ]
            )
        )

    def _update_lanes(self):
        for cron in self.sudo().with_context(active_test=False).cron_ids:
            cron.write({"active": cron.ecom_channel_id.active, "name": cron.ecom_channel_id._lane_name(cron.ecom_flow)})

    def _lane_name(self, flow):
        """In the company's language, as several people read it."""
        channel = self._work_env()
        return channel.env._("E-commerce: %(channel)s (%(flow)s)", channel=channel.name, flow=channel._flow_label(flow))

    def _lane(self, flow):
        """The scheduled action of a flow, made where the channel is older than the flow."""
        self.ensure_one()
        lane = (
            self.env["ir.cron"]
            .sudo()
            .with_context(active_test=False)
            .search_fetch([("ecom_channel_id", "=", self.id), ("ecom_flow", "=", flow)], ["active"], limit=1)
        )
        return lane or self._create_lanes((flow,))

    def _wake(self, flow, at=None):
        """Have the lane run as soon as this transaction is committed, or at a moment (naive UTC)."""
        for channel in self:
            channel._lane(flow)._trigger(at)

    # === A RUN === #

    def _run_lane(self, flow):
        """Entry point of a lane's scheduled action: work for about a second, then wake itself if more remains."""
        channel = self._work_env()
        if channel.state != "connected":
            return
        if channel.not_before and channel.not_before > fields.Datetime.now():
            channel._wake(flow, at=channel.not_before + timedelta(seconds=1))
            return
        budget = None
        try:
            budget = channel._take_budget(flow)
            more = getattr(channel, f"_lane_{flow}")(time.monotonic() + LANE_SECONDS)
        except BudgetUsedUp as error:
            self.env.cr.rollback()
            turn = fields.Datetime.now() + timedelta(seconds=error.retry_after)
            channel._in_transaction(lambda: channel._wake(flow, at=turn))
        except PlatformError as error:
            self.env.cr.rollback()
            channel._in_transaction(lambda error=error: channel._note_failure(flow, error))
        except Exception as error:
            # A lane that raised would be retired by Odoo after some days: it says what is wrong and goes on instead.
            _logger.exception("Channel %s: the lane %s failed", channel.id, flow)
            self.env.cr.rollback()
            channel._in_transaction(lambda error=error: channel._note_breakdown(flow, error))
        else:
            if more or flow in (channel.lane_errors or {}):
                channel._in_transaction(lambda: channel._note_success(flow, more))
        if budget:
            channel._give_back_budget(flow, budget)

    def _errors_with(self, flow, message):
        """The failures of all lanes, this one's brought up to date; its beginning is kept."""
        errors = dict(self.lane_errors or {})
        since = errors.get(flow, {}).get("since") or fields.Datetime.to_string(fields.Datetime.now())
        errors[flow] = {"since": since, "error": message}
        return errors

    def _note_success(self, flow, more):
        errors = dict(self.lane_errors or {})
        if errors.pop(flow, None):
            self.lane_errors = errors or False
            stopped = [("channel_id", "=", self.id), ("code", "=", "lane_failed"), ("key", "=", flow)]
            self.env["ecom.issue"].search([*stopped, ("state", "=", "open")])._solve()
        if more:
            self._wake(flow)

    def _note_failure(self, flow, error):
        """The shop refused or failed: say so, rest as long as it asked, and come back."""
        now = fields.Datetime.now()
        values = {"lane_errors": self._errors_with(flow, in_words(self.env, error))}
        if error.retry_after:
            values["not_before"] = now + timedelta(seconds=error.retry_after)
        _logger.warning("Channel %s (%s): %s", self.id, flow, error.message)
        self.write(values)
        self._wake(flow, at=now + timedelta(seconds=error.retry_after + 1 if error.retry_after else RETRY_SECONDS))

    def _note_breakdown(self, flow, error):
        self.lane_errors = self._errors_with(flow, in_words(self.env, error)[:500])
        self.env["ecom.issue"]._raise(
            self,
            "lane_failed",
            key=flow,
            message=self.env._(
                "The scheduled action “%(flow)s” stopped: %(error)s",
                flow=self._flow_label(flow),
                error=in_words(self.env, error)[:300],
            ),
        )

    def _in_transaction(self, work):
        """Run ``work`` and commit; on a conflict with another transaction start afresh, at most five times.

        A unique violation means that someone else was faster: the next try finds their record. HTTP has no place in
        ``work``: it may run several times.
        """
        for attempt in range(1, MAX_TRIES + 1):
            try:
                result = work()
                self.env.flush_all()
                self.env.cr.commit()  # pylint: disable=invalid-commit
                return result
            except (*CONFLICTS, IntegrityError):
                self.env.cr.rollback()
                if attempt == MAX_TRIES:
                    raise
                time.sleep(random.uniform(0, MAX_PAUSE_SECONDS))
        return None

    def _before_http(self):
        """End the transaction: neither snapshot nor lock is held while the shop thinks."""
        self.env.cr.commit()  # pylint: disable=invalid-commit

    # === BUTTONS === #

    def action_look_now(self):
        """Ask the shop for news at once, and have every flow that failed try again."""
        self.check_access("read")
        for channel in self:
            if channel.state != "connected":
                raise UserError(self.env._("Connect %(channel)s first.", channel=channel.name))
        self.sudo().write({"orders_polled_at": False, "not_before": False})
        for channel in self.sudo():
            for flow in {"orders", "commands", *(channel.lane_errors or {})}:
                channel._wake(flow)
        return True
