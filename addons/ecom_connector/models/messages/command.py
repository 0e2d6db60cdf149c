import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...decisions import backoff

KEEP_DAYS = 180


class EcomCommand(models.Model):
    """Outbox: something that the shop has to be told, written in the transaction that made it true."""

    _name = "ecom.command"
    _description = "Message to a Shop"
    _order = "id desc"
    _rec_name = "key"

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade", index=True)
    order_id = fields.Many2one("ecom.order", ondelete="cascade", index=True)
    shipment_id = fields.Many2one("ecom.shipment", ondelete="cascade", index="btree_not_null")
    kind = fields.Selection([("shipment", "Shipment"), ("state", "State")], required=True)
    key = fields.Char(required=True, help="What makes this message the same at every attempt.")
    value = fields.Char(help="The state to set, where the message is a state.")
    payload = fields.Json(help="What is sent, frozen at the first attempt.")
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("sending", "Being sent"),
            ("done", "Done"),
            ("failed", "Given up"),
            ("cancelled", "Withdrawn"),
        ],
        default="pending",
        required=True,
    )
    attempts = fields.Integer()
    next_try_at = fields.Datetime(default=fields.Datetime.now)
    sent_at = fields.Datetime()
    last_answer = fields.Char()

    _channel_key_unique = models.Constraint("UNIQUE(channel_id, key)", "A message is written once.")
    _due_index = models.Index("(channel_id, next_try_at) WHERE state IN ('pending', 'sending')")

    @api.model
    def _due(self, channel, kind, limit):
        """Messages whose time has come, oldest first, those of a dead run included: sending them again is safe."""
        return self.search(self._due_domain(channel, kind), order="id", limit=limit)

    @api.model
    def _due_domain(self, channel, kind):
        """A hook for messages that wait for others."""
        return Domain(
            [
                ("channel_id", "=", channel.id),
                ("kind", "=", kind),
                ("state", "in", ("pending", "sending")),
                ("next_try_at", "<=", fields.Datetime.now()),
            ]
        )

    def _succeeded(self, answer):
        self.write(
            {
                "state": "done",
                "sent_at": fields.Datetime.now(),
                "attempts": self.attempts + 1,
                "last_answer": answer or False,
            }
        )

    def _answered(self, result):
        """What follows from the shop's answer; a hook for the kinds that learn something from it."""

    def _missed(self, message, retry, retry_after=None):
        """Try again later, or give up and ask a person."""
        attempts = self.attempts + 1
        values = {"attempts": attempts, "last_answer": message}
        if retry and attempts < backoff.MAX_ATTEMPTS:
            wait = backoff.delay(attempts, random.random(), retry_after)
            values |= {"state": "pending", "next_try_at": fields.Datetime.now() + timedelta(seconds=wait)}
        else:
            values["state"] = "failed"
            self.env["ecom.issue"]._raise(
                self.channel_id,
                "command_failed",
                order=self.order_id,
                key=self.key,
                blocking=False,
                message=self.env._(
                    "The shop did not take what it was told about order %(number)s: %(answer)s",
                    number=self.order_id.number,
                    answer=message,
                ),
                data={"command": self.id},
            )
        self.write(values)

    # === WHAT IS SENT === #

    @api.model
    def _tell_state(self, orders, state):
        """Write a message for each order about its state, unless the last one written says the same."""
        last = {}
        for command in self.search([("order_id", "in", orders.ids), ("kind", "=", "state")], order="id"):
            last[command.order_id] = command
        self.create(
            [
                {
                    "channel_id": order.channel_id.id,
                    "order_id": order.id,
                    "kind": "state",
                    "value": state.value,
                    "key": f"state:{order.id}:{state.value}:{last[order].id if order in last else 0}",
                }
                for order in orders
                if order not in last or last[order].value != state.value
            ]
        )
        for channel in orders.channel_id:
            channel._wake("commands")

    def _prepare_shipment_payload(self):
        return self.shipment_id._prepare_payload()

    def _prepare_state_payload(self):
        return {"order": self.order_id.external_id, "state": self.value}

    # === BUTTONS === #

    def action_retry(self):
        """Send again, whatever became of it."""
        self.check_access("write")
        self.sudo().write({"state": "pending", "attempts": 0, "next_try_at": fields.Datetime.now(), "payload": False})
        for channel in self.channel_id:
            channel._wake("commands")
        return True

    def action_cancel(self):
        self.check_access("write")
        self.sudo().filtered(lambda command: command.state in ("pending", "failed")).write({"state": "cancelled"})
        return True

    @api.autovacuum
    def _gc_commands(self):
        old = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        commands = self.search([("state", "in", ("done", "cancelled")), ("write_date", "<", old)], limit=10_000)
        commands.unlink()
        return len(commands), len(commands) == 10_000
