from odoo import fields, models


class EcomReturn(models.Model):
    """Where a return stops: what is waited for, in one sentence."""

    _inherit = "ecom.return"

    stops = fields.Char(string="Where It Stops", compute="_compute_stops", compute_sudo=True)

    def _compute_stops(self):
        for order in self:
            order.stops = order._stops_money() or order._stops_goods()

    def _stops_money(self):
        """What the money waits for, where it was decided about."""
        failed = self.refund_ids.filtered(lambda refund: refund.state == "failed")[:1]
        if failed:
            return self.env._(
                "%(amount)s could not be paid back: %(words)s",
                amount=failed.currency_id.format(failed.amount),
                words=failed.last_answer or "–",
            )
        todo = self.refund_ids.filtered(lambda refund: refund.state == "todo")
        if todo:
            amount = todo.currency_id.format(sum(todo.mapped("amount")))
            return self.env._("%(amount)s is to be paid back by hand.", amount=amount)
        if self.refund_ids.filtered(lambda refund: refund.state == "pending"):
            return self.env._("The money is on its way back.")
        return False

    def _stops_goods(self):
        """What the next step of the goods waits for."""
        if self.state == "requested":
            return self.env._("It waits for an answer: approve or decline it.")
        if self.state in ("awaiting", "received"):
            if refused := self.unit_ids.filtered(lambda unit: unit.state == "refused")[:1]:
                return self.env._(
                    "%(number)s is not the piece that was sent: a manager decides.", number=refused.lot_name
                )
            if self.to_inspect_count:
                return self.env._("%(count)s to be inspected.", count=self.to_inspect_count)
            if self.way_back == "failed":
                return self.way_back_error
            if self.state == "received":
                return self.env._("The rest of the parcel is awaited.")
            if self.tracking_ref:
                return self.env._("Parcel %(number)s is awaited.", number=self.tracking_ref)
            return self.env._("The parcel is awaited.")
        if self.state in ("approved", "inspected") and not self.settled_at:
            return self.env._("It is to be paid back.") if self.wish != "repair" else False
        return False
