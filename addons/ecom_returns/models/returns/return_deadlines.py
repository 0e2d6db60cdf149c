from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...entitlements import deadlines
from .return_order import OPEN_STATES

SOON_DAYS = 3


class EcomReturn(models.Model):
    """What the law gives the customer, and until when we have to act."""

    _inherit = "ecom.return"

    requested_at = fields.Datetime(
        string="Asked for on", required=True, default=fields.Datetime.now, copy=False, tracking=True
    )
    posted_at = fields.Datetime(
        string="Proof of Posting", copy=False, tracking=True, help="When the customer proved to have posted the goods."
    )
    received_at = fields.Datetime(string="Received on", readonly=True, copy=False)
    arrived_on = fields.Date(
        string="Delivered on",
        compute="_compute_terms",
        store=True,
        help="The day on which the last parcel of the order arrived. Where nobody told it, a week after it left: the "
        "days for withdrawing begin on the day after.",
    )
    withdrawal_until = fields.Date(compute="_compute_terms", store=True)
    conformity_until = fields.Date(string="Guarantee Until", compute="_compute_terms", store=True)
    refund_until = fields.Date(
        string="Refund Due",
        compute="_compute_terms",
        store=True,
        help="The last day for paying back. Empty while neither the goods nor a proof of their posting are there.",
    )
    deadline = fields.Date(
        string="Next Deadline",
        compute="_compute_deadline",
        store=True,
        index=True,
        help="Until when the next step is due: our answer, the customer's parcel, the refund.",
    )
    alarm = fields.Selection(
        [("none", "In time"), ("soon", "Due soon"), ("late", "Late")], compute="_compute_alarm", search="_search_alarm"
    )

    @api.depends(
        "requested_at",
        "posted_at",
        "received_at",
        "sale_order_id.picking_ids.state",
        "sale_order_id.picking_ids.ecom_delivered_at",
    )
    def _compute_terms(self):
        for order in self:
            arrived, told = order._last_arrival(), order._told_on()
            posted, received = order._day(order.posted_at), order._day(order.received_at)
            order.arrived_on = arrived
            order.withdrawal_until = arrived and deadlines.withdrawal_until(arrived)
            order.conformity_until = arrived and deadlines.conformity_until(arrived)
            order.refund_until = deadlines.refund_until(told, posted, received)

    @api.depends("state", "requested_at", "refund_until", "settled_at")
    def _compute_deadline(self):
        for order in self:
            told = order._told_on()
            if order.state == "requested":
                order.deadline = deadlines.answer_until(told)
            elif order.settled_at:
                # The money is back: what is still awaited is the goods.
                order.deadline = deadlines.sending_until(told) if order.state == "awaiting" else False
            elif order.state in OPEN_STATES:
                order.deadline = order.refund_until or deadlines.sending_until(told)
            else:
                order.deadline = False

    @api.depends("deadline")
    def _compute_alarm(self):
        today = fields.Date.context_today(self)
        for order in self:
            if not order.deadline or order.deadline > today + timedelta(SOON_DAYS):
                order.alarm = "none"
            else:
                order.alarm = "late" if order.deadline < today else "soon"

    @api.model
    def _search_alarm(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        today = fields.Date.context_today(self)
        soon = today + timedelta(SOON_DAYS)
        parts = {
            "late": fields.Domain("deadline", "<", today),
            "soon": fields.Domain("deadline", ">=", today) & fields.Domain("deadline", "<=", soon),
            "none": fields.Domain("deadline", "=", False) | fields.Domain("deadline", ">", soon),
        }
        found = fields.Domain.OR(part for name, part in parts.items() if name in value)
        return found if operator == "in" else ~found

    # === WHAT THE LAW SAYS === #

    def _is_protected(self):
        """Whether it is a consumer's withdrawal in time, which may neither be declined nor cost a fee."""
        self.ensure_one()
        if self.kind != "withdrawal" or not self.sale_order_id or self.partner_id.commercial_partner_id.is_company:
            return False
        if any(self.line_ids.product_id.mapped("ecom_no_withdrawal")):
            return False
        return deadlines.may_withdraw(self._told_on(), self._last_arrival())

    @api.constrains("fee_percent", "kind")
    def _check_fee(self):
        for order in self:
            if order.fee_percent and order._is_protected():
                raise ValidationError(
                    self.env._(
                        "Return %(number)s is a withdrawal within the legal time: it may not cost a fee.",
                        number=order.name,
                    )
                )

    def _told_on(self):
        return self._day(self.requested_at or fields.Datetime.now())

    def _last_arrival(self):
        """The day on which the last parcel of the order arrived; ``None`` while some of it has not left."""
        self.ensure_one()
        pickings = self.sale_order_id.sudo().picking_ids.filtered(
            lambda picking: (
                picking.picking_type_code == "outgoing" and picking.state != "cancel" and not picking.ecom_return_id
            )
        )
        if not pickings or any(picking.state != "done" for picking in pickings):
            return None
        return max(
            deadlines.arrival(self._day(picking.date_done), self._day(picking.ecom_delivered_at))
            for picking in pickings
        )

    def _today(self):
        """Today where the company is, whoever works from wherever."""
        return self.company_id._ecom_today()

    def _day(self, moment):
        """The day of a moment where the company is."""
        return self.company_id._ecom_day(moment) if moment else None
