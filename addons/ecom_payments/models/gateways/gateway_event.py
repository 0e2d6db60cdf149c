from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

KEEP_DAYS = 30


class EcomGatewayEvent(models.Model):
    """Inbox: something at a gateway changed. What it was is read from the gateway, so the customer's data in the
    delivery are not kept."""

    _name = "ecom.gateway.event"
    _description = "Gateway Event"
    _order = "id desc"
    _rec_name = "event_id"

    gateway_id = fields.Many2one("ecom.gateway", required=True, ondelete="cascade", readonly=True)
    event_id = fields.Char(string="Delivery Id", required=True, readonly=True)
    topic = fields.Char(string="What Happened", readonly=True)
    kind = fields.Char(readonly=True, help="What it is about: a transaction, a payout, a dispute.")
    external_id = fields.Char(string="Gateway's Id", readonly=True)
    state = fields.Selection(
        [("new", "New"), ("done", "Done"), ("ignored", "Ignored")], default="new", required=True, readonly=True
    )

    _gateway_event_unique = models.Constraint("UNIQUE(gateway_id, event_id)", "An event is kept once.")
    _waiting_index = models.Index("(gateway_id, id) WHERE state = 'new'")

    @api.autovacuum
    def _gc_events(self):
        old = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        events = self.search([("state", "!=", "new"), ("create_date", "<", old)], limit=10_000)
        events.unlink()
        return len(events), len(events) == 10_000


class EcomGateway(models.Model):
    _inherit = "ecom.gateway"

    event_ids = fields.One2many("ecom.gateway.event", "gateway_id", string="News")

    def _keep_hint(self, hint):
        """Keep what a verified delivery tells, and have the lane look at once.

        :return: whether it was news
        """
        values = {
            "gateway_id": self.id,
            "event_id": hint.event_id,
            "topic": hint.topic,
            "kind": hint.kind,
            "external_id": hint.external_id,
            "state": "new" if hint.kind else "ignored",
        }
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.env["ecom.gateway.event"].sudo().create(values)
        except IntegrityError:
            return False
        if hint.kind and self.state == "connected":
            self._wake()
        return True

    def _waiting_events(self):
        return self.env["ecom.gateway.event"].search([("gateway_id", "=", self.id), ("state", "=", "new")])
