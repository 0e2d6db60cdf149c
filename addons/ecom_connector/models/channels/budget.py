from odoo import api, fields, models
from odoo.tools import SQL


class EcomBudget(models.Model):
    """How many calls a lane has left: carried from the process that ran it last to the one that runs it next.

    Only the lane's holder writes the row: when it takes the lane up, and when it lets go. A row that is in use when
    somebody takes the lane up belongs to a process that died: what it had called by then is not known, so nothing is
    left. Times are the database's, the one clock that all servers share.
    """

    _name = "ecom.budget"
    _description = "Call Budget"
    _log_access = False

    channel_id = fields.Many2one("ecom.channel", required=True, ondelete="cascade")
    flow = fields.Char(required=True)
    tokens = fields.Float(string="Calls Left")
    saved_at = fields.Datetime(string="Counted On")
    held = fields.Boolean(string="In Use")

    _channel_flow_unique = models.Constraint("UNIQUE(channel_id, flow)", "A flow has one budget.")

    @api.model
    def _take(self, channel, flow):
        """``(calls left when it was let go, seconds since then)``, or nothing where the flow never ran."""
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE ecom_budget budget SET held = true
                  FROM (SELECT id, held FROM ecom_budget WHERE channel_id = %s AND flow = %s) before
                 WHERE budget.id = before.id
             RETURNING CASE WHEN before.held THEN 0 ELSE budget.tokens END,
                       CASE WHEN before.held THEN 0
                            ELSE EXTRACT(EPOCH FROM clock_timestamp() AT TIME ZONE 'UTC' - budget.saved_at) END
                """,
                channel.id,
                flow,
            )
        )
        if not rows:
            self.create({"channel_id": channel.id, "flow": flow, "held": True})
            return None
        return float(rows[0][0]), float(rows[0][1])

    @api.model
    def _give_back(self, channel, flow, tokens):
        self.env.cr.execute(
            SQL(
                """
                UPDATE ecom_budget
                   SET tokens = %s, saved_at = clock_timestamp() AT TIME ZONE 'UTC', held = false
                 WHERE channel_id = %s AND flow = %s
                """,
                tokens,
                channel.id,
                flow,
            )
        )


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    def _take_budget(self, flow):
        """Go on with the calls that the flow's last run left, wherever it ran; committed before the first call."""
        budget = self._budget(flow)
        left = self._in_transaction(lambda: self.env["ecom.budget"]._take(self, flow))
        if left:
            tokens, seconds = left
            budget.start_with(tokens + max(seconds, 0.0) * budget.rate)
        return budget

    def _give_back_budget(self, flow, budget):
        self._in_transaction(lambda: self.env["ecom.budget"]._give_back(self, flow, budget.left()))
