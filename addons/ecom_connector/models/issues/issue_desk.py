from odoo import api, fields, models
from odoo.tools import SQL

from .issue import SETTLED_ALONE


class EcomIssueDesk(models.Model):
    """What waits for a person, one row for each thing to settle: issues of the same cause and key are one.

    A row has the id of its oldest issue, which stands for the others.
    """

    _name = "ecom.issue.desk"
    _description = "Thing to Settle"
    _auto = False
    _order = "order_count desc, hours desc, id"
    _rec_name = "message"

    issue_id = fields.Many2one("ecom.issue", readonly=True)
    channel_id = fields.Many2one("ecom.channel", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    code = fields.Selection(selection="_causes", string="Cause", readonly=True)
    order_id = fields.Many2one("ecom.order", readonly=True, help="The order, where there is one only.")
    issue_count = fields.Integer(string="Issues", readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    hours = fields.Float(
        string="Waiting (hours)", readonly=True, help="How long the waiting orders have waited, all together."
    )
    since = fields.Datetime(readonly=True)
    amount = fields.Monetary(string="Waiting Sales", readonly=True, help="The totals of the waiting orders.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    message = fields.Text(related="issue_id.message", string="What Happened")
    remedy = fields.Char(related="issue_id.remedy", string="What to Do")
    activity_user_id = fields.Many2one(related="issue_id.activity_user_id", string="Assigned to")

    def _causes(self):
        """The issues' own, in the user's language."""
        return self.env["ecom.issue"]._fields["code"]._description_selection(self.env)

    @property
    def _table_query(self):
        """The open issues, those that are settled together as one row."""
        return SQL(
            """
            SELECT MIN(issue.id) AS id, MIN(issue.id) AS issue_id, issue.channel_id, issue.company_id, issue.code,
                   CASE WHEN COUNT(DISTINCT issue.order_id) = 1 THEN MIN(issue.order_id) END AS order_id,
                   COUNT(*) AS issue_count,
                   COUNT(DISTINCT issue.order_id) FILTER (WHERE issue.blocking OR held.waits) AS order_count,
                   COALESCE(SUM(EXTRACT(EPOCH FROM now() AT TIME ZONE 'UTC' - issue.create_date) / 3600)
                       FILTER (WHERE issue.blocking OR held.waits), 0) AS hours,
                   MIN(issue.create_date) AS since,
                   CASE WHEN COUNT(DISTINCT currency.id) = 1
                        THEN SUM(shop_order.amount_total) FILTER (WHERE issue.blocking OR held.waits) END AS amount,
                   CASE WHEN COUNT(DISTINCT currency.id) = 1 THEN MIN(currency.id) END AS currency_id
              FROM ecom_issue issue
              LEFT JOIN ecom_order shop_order ON shop_order.id = issue.order_id
              LEFT JOIN LATERAL (
                        SELECT TRUE AS waits FROM sale_order
                         WHERE sale_order.ecom_order_id = issue.order_id AND (%s) LIMIT 1
                        ) held ON TRUE
              LEFT JOIN res_currency currency ON currency.name = shop_order.currency_code
             WHERE issue.state = 'open'
          GROUP BY issue.channel_id, issue.company_id, issue.code, issue.key,
                   CASE WHEN issue.key = '' OR issue.key IS NULL OR issue.code = ANY(%s) THEN issue.id END
            """,
            self._holds(),
            list(SETTLED_ALONE),
        )

    @api.model
    def _holds(self):
        """Which issues hold their order although they do not block it, on ``issue`` and ``sale_order``; a hook."""
        return SQL("issue.code IN ('vat_doubt', 'vat_unanswered') AND sale_order.ecom_awaits_vat")

    # === BUTTONS === #

    def action_settle(self):
        """Settle what leaves no choice; where a person has to choose, show the one, or say how many are left."""
        issues = self.issue_id
        choices = issues.filtered(lambda issue: issue._needs_choice())
        if issues == choices and len(choices) == 1:
            return choices._open_to_choose()
        (issues - choices).action_fix()
        if choices:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "warning",
                    "message": self.env._(
                        "%(count)s of them need a choice of yours: settle them one by one.", count=len(choices)
                    ),
                    "next": {"type": "ir.actions.client", "tag": "soft_reload"},
                },
            }
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_dismiss(self):
        """Close these, with all that have the same cause, without doing anything."""
        for issue in self.issue_id:
            issue._same_cause().action_dismiss()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_assign(self):
        """Plan who looks at it, and until when, with Odoo's own activities."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign"),
            "res_model": "mail.activity.schedule",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"active_model": "ecom.issue", "active_ids": self.issue_id.ids},
        }

    def action_open(self):
        """The issue itself, or all of them where there are several."""
        self.ensure_one()
        issues = self.issue_id._same_cause()
        action = {"type": "ir.actions.act_window", "res_model": "ecom.issue", "name": self.env._("Issues")}
        if len(issues) == 1:
            return action | {"view_mode": "form", "res_id": issues.id}
        return action | {"view_mode": "list,form", "domain": [("id", "in", issues.ids)]}
