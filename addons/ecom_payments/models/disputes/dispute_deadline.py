from odoo import api, fields, models

from .dispute import TO_ANSWER

ACTIVITY = "ecom_payments.mail_activity_dispute"


class EcomDispute(models.Model):
    """The day by which the gateway must have the answer: an activity of whoever answers, and an alarm in lists."""

    _inherit = "ecom.dispute"

    asked_for = fields.Date(readonly=True, copy=False, help="The day for which somebody was asked to answer.")
    urgent = fields.Boolean(compute="_compute_urgent", search="_search_urgent", help="Due within three days.")

    @api.depends("state", "evidence_due")
    def _compute_urgent(self):
        soon = fields.Datetime.add(fields.Datetime.now(), days=3)
        for dispute in self:
            due = dispute.state in TO_ANSWER and dispute.evidence_due
            dispute.urgent = bool(due) and due <= soon

    def _search_urgent(self, operator, value):
        if operator != "in":
            return NotImplemented
        soon = fields.Datetime.add(fields.Datetime.now(), days=3)
        return [("state", "in", TO_ANSWER), ("evidence_due", "<=", soon)]

    def _follow(self):
        result = super()._follow()
        # Lanes switch automatic activities off; this one is what disputes are imported for.
        disputes = self.with_context(mail_activity_automation_skip=False)
        waiting = disputes.filtered(lambda dispute: dispute.state in TO_ANSWER and dispute.evidence_due)
        for dispute in waiting:
            dispute._ask_for_evidence()
        labels = dict(self._fields["state"]._description_selection(self.env))
        for dispute in (disputes - waiting).filtered("asked_for"):
            dispute.activity_feedback([ACTIVITY], feedback=labels[dispute.state])
            dispute.asked_for = False
        return result

    def _ask_for_evidence(self):
        """Ask once for each deadline, however often the gateway tells of it: whoever answered is not asked again."""
        day = self._due_day()
        if self.asked_for == day:
            return
        if activity := self.activity_search([ACTIVITY]):
            activity.date_deadline = day
        else:
            self.activity_schedule(
                ACTIVITY,
                date_deadline=day,
                user_id=self._responsible().id,
                summary=self.env._("Answer the dispute over %(amount)s", amount=self.currency_id.format(self.amount)),
            )
        self.asked_for = day

    def _due_day(self):
        """The last day on which an answer is in time wherever the clock is read: here, or at the gateway (UTC)."""
        return min(self.evidence_due.date(), self.gateway_id.company_id._ecom_day(self.evidence_due))

    def _responsible(self):
        """Whoever the channel names, else whoever set the gateway up, else any manager."""
        gateway = self.gateway_id
        named = (self.order_id.channel_id | gateway.channel_ids).responsible_id
        managers = self.env.ref("ecom_connector.group_manager").sudo().all_user_ids
        fit = (named + gateway.create_uid + managers).filtered(
            lambda user: user.active and user._is_internal() and gateway.company_id in user.company_ids
        )
        return fit[:1] or gateway.create_uid
