from odoo import fields, models
from odoo.exceptions import UserError


class EcomReturnPolicy(models.Model):
    _inherit = "ecom.return.policy"

    accepts_scan = fields.Boolean(
        string="As New on One Scan",
        help="Goods without serial or lot numbers are sold again as soon as they are received, without a second look.",
    )


class EcomReturn(models.Model):
    """Inspecting what came back, piece by piece."""

    _inherit = "ecom.return"

    inspected_at = fields.Datetime(string="Inspected on", readonly=True, copy=False)
    to_inspect_count = fields.Integer(compute="_compute_to_inspect_count")

    def _compute_to_inspect_count(self):
        for order in self:
            order.to_inspect_count = len(order.unit_ids.filtered(lambda unit: unit.state == "received"))

    def action_settle_units(self):
        """Do with all pieces what was chosen for them."""
        self.check_access("write")
        for order in self:
            units = order.unit_ids.filtered(lambda unit: unit.state == "received")
            if not units:
                raise UserError(self.env._("Nothing of return %(number)s is to be inspected.", number=order.name))
            units.action_settle()
        return True

    def action_restock_all(self):
        """All that was received is as new, and sold again."""
        self.check_access("write")
        units = self.unit_ids.filtered(lambda unit: unit.state == "received" and not unit.disposition)
        units.write({"grade": "new", "disposition": "restock"})
        return self.action_settle_units()

    def _after_receipt(self, units):
        result = super()._after_receipt(units)
        if self.policy_id.accepts_scan:
            plain = units.filtered(lambda unit: unit.product_id.tracking == "none")
            plain.write({"grade": "new", "disposition": "restock"})
            plain.action_settle()
        return result

    def _note_inspected(self):
        """A return is inspected once all of it is here, and all that is here is settled."""
        for order in self.filtered(lambda order: order.state == "received"):
            units = order.unit_ids.filtered(lambda unit: unit.state in ("scanned", "received"))
            if not units and not order._open_moves():
                order.write({"state": "inspected", "inspected_at": fields.Datetime.now()})
                order._after_inspection()

    def _rest_decided(self):
        result = super()._rest_decided()
        self._note_inspected()
        return result

    def _after_inspection(self):
        """A hook: what follows once all pieces were looked at."""
