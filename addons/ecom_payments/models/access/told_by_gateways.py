from odoo import models
from odoo.exceptions import AccessError


class EcomToldMixin(models.AbstractModel):
    """What a gateway told is changed by what it tells, and by the steps that book it; nobody writes it by hand."""

    _name = "ecom.told.mixin"
    _description = "Told by a Gateway"

    def write(self, vals):
        refused = {name for name in vals if not name.startswith(("message_", "activity_"))}
        if refused and not self.env.su:
            raise AccessError(
                self.env._("These are not written by hand: %(fields)s.", fields=", ".join(sorted(refused)))
            )
        return super().write(vals)


class EcomPayout(models.Model):
    _name = "ecom.payout"
    _inherit = ["ecom.payout", "ecom.told.mixin"]


class EcomDispute(models.Model):
    _name = "ecom.dispute"
    _inherit = ["ecom.dispute", "ecom.told.mixin"]
