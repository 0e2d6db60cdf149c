import logging
import time
from datetime import timedelta

from odoo import fields, models
from odoo.addons.ecom_connector.models.channels.channel_lanes import EcomChannel
from odoo.addons.ecom_connector.models.wording import in_words
from odoo.addons.ecom_connector.platforms.budget import BudgetUsedUp

from ...gateways.base import PlatformError

_logger = logging.getLogger(__name__)

LANE_SECONDS = 2.0
IDLE_MINUTES = 15
REST = timedelta(minutes=5)  # after a failure


class EcomGateway(models.Model):
    """The lane of a gateway: one scheduled action, whose row lock keeps servers apart, as a channel's lanes."""

    _inherit = "ecom.gateway"

    cron_ids = fields.One2many("ir.cron", "ecom_gateway_id", groups="base.group_system")
    last_error = fields.Text(readonly=True, copy=False)
    not_before = fields.Datetime(readonly=True, copy=False, help="The gateway asked to be left alone until then.")
    looked_at = fields.Datetime(string="Last Looked", readonly=True, copy=False)

    # Transactions of the lane are those of a channel's lanes: the same conflicts, the same tries.
    _in_transaction = EcomChannel._in_transaction
    _before_http = EcomChannel._before_http

    def _create_lane(self):
        model = self.env["ir.model"]._get("ecom.gateway")
        self.env["ir.cron"].sudo().create(
            [
                {
                    "name": gateway._lane_name(),
                    "model_id": model.id,
                    "state": "code",
                    "code": f"model.browse({gateway.id})._run_lane()",
                    "user_id": self.env.ref("base.user_root").id,
                    "interval_number": IDLE_MINUTES,
                    "interval_type": "minutes",
                    "priority": 8,
                    "active": gateway.active,
                    "ecom_gateway_id": gateway.id,
                }
                for gateway in self
            ]
        )

    def _update_lane(self):
        for cron in self.sudo().with_context(active_test=False).cron_ids:
            cron.write({"active": cron.ecom_gateway_id.active, "name": cron.ecom_gateway_id._lane_name()})

    def _lane_name(self):
        gateway = self._work_env()
        return gateway.env._("E-commerce: gateway %(gateway)s", gateway=gateway.name)

    def _wake(self, at=None):
        """Have the lane run as soon as this transaction is committed, or at a moment (naive UTC)."""
        for cron in self.sudo().with_context(active_test=False).cron_ids:
            cron._trigger(at)

    def _run_lane(self):
        """Entry point of the scheduled action: work for a moment, then wake itself if more remains."""
        gateway = self._work_env()
        now = fields.Datetime.now()
        if gateway.state != "connected" or (gateway.not_before and gateway.not_before > now):
            return
        news = gateway._waiting_events()
        try:
            more = gateway._look(time.monotonic() + LANE_SECONDS)
        except BudgetUsedUp as error:
            self.env.cr.rollback()
            turn = fields.Datetime.now() + timedelta(seconds=error.retry_after)
            gateway._in_transaction(lambda: gateway._wake(turn))
        except PlatformError as error:
            self.env.cr.rollback()
            gateway._in_transaction(lambda error=error: gateway._note_failure(error, error.retry_after))
        except Exception as error:
            # A lane that raised would be retired by Odoo after some days: it says what is wrong and goes on instead.
            _logger.exception("Gateway %s: its lane failed", gateway.id)
            self.env.cr.rollback()
            gateway._in_transaction(lambda error=error: gateway._note_failure(error, None))
        else:
            gateway._in_transaction(lambda: gateway._note_success(more, news))

    def _look(self, deadline):
        """Whatever the lane does, step by step; a hook.

        :return: whether work remains
        """
        return False

    def _note_success(self, more, news=None):
        """:param news: events that came before the lane looked"""
        self.write({"looked_at": fields.Datetime.now(), "last_error": False, "not_before": False})
        self._solve(["gateway_failed"], [""])
        if more:
            self._wake()
        elif news:
            news.state = "done"

    def _note_failure(self, error, retry_after):
        message = in_words(self.env, error)[:500]
        later = fields.Datetime.now() + max(REST, timedelta(seconds=retry_after or 0))
        self.write({"last_error": message, "not_before": later})
        self._raise(
            "gateway_failed",
            message=self.env._("The gateway “%(gateway)s” stopped: %(error)s", gateway=self.name, error=message),
        )
        self._wake(at=later + timedelta(seconds=1))
