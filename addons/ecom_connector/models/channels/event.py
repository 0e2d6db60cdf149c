from datetime import timedelta

from odoo import api, fields, models

KEEP_DAYS = 30


class EcomEvent(models.Model):
    """Inbox: one delivery of a webhook, kept raw before it is answered."""

    _name = "ecom.event"
    _description = "Shop Event"
    _order = "id desc"
    _rec_name = "event_id"

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade", index=True)
    event_id = fields.Char(string="Delivery Id", required=True, help="The shop's own id of this delivery.")
    kind = fields.Char(help="What it is about: an order, a product, a customer.")
    external_id = fields.Char(string="Shop's Id")
    deleted = fields.Boolean()
    body = fields.Text(prefetch=False, groups="ecom_connector.group_manager")
    state = fields.Selection([("new", "New"), ("done", "Done"), ("ignored", "Ignored")], default="new", required=True)

    _channel_event_unique = models.Constraint("UNIQUE(channel_id, event_id)", "An event is kept once.")
    _waiting_index = models.Index("(channel_id, kind, id) WHERE state = 'new'")

    @api.model
    def _waiting(self, channel, kind, limit):
        """The oldest new events of a kind."""
        return self.search(
            [("channel_id", "=", channel.id), ("kind", "=", kind), ("state", "=", "new")], order="id", limit=limit
        )

    def _done(self):
        self.write({"state": "done"})

    def action_replay(self):
        """Handle the event again: fetch what it names anew."""
        self.check_access("write")
        self.sudo().write({"state": "new"})
        for channel in self.channel_id:
            channel._wake("orders")
            channel._wake("listings")
        return True

    @api.autovacuum
    def _gc_events(self):
        old = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        events = self.search([("state", "!=", "new"), ("create_date", "<", old)], limit=10_000)
        events.unlink()
        return len(events), len(events) == 10_000
