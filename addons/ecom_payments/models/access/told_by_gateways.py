from odoo import models
from odoo.exceptions import AccessError


class EcomToldMixin(models.AbstractModel):
    """What a gateway told is changed by what it tells, and by the steps that book it; nobody writes it by hand."""

    _name = "ecom.told.mixin"
    _description = "Told by a Gateway"
    _by_hand = frozenset()

    def write(self, vals):
        if not self.env.su:
            ours = ("message_", "activity_")
            refused = {name for name in vals if name not in self._by_hand and not name.startswith(ours)}
            if refused:
                raise AccessError(
                    self.env._("These are not written by hand: %(fields)s.", fields=", ".join(sorted(refused)))
                )
        return super().write(vals)


class EcomGatewayTransaction(models.Model):
    _name = "ecom.gateway.transaction"
    _inherit = ["ecom.gateway.transaction", "ecom.told.mixin"]
    _by_hand = frozenset(("identify_order_id", "identify_account_id"))


class EcomPayout(models.Model):
    _name = "ecom.payout"
    _inherit = ["ecom.payout", "ecom.told.mixin"]


class EcomDispute(models.Model):
    _name = "ecom.dispute"
    _inherit = ["ecom.dispute", "ecom.told.mixin"]
