from collections import defaultdict

from odoo import api, fields, models


class SaleOrder(models.Model):
    """Holds that the shop asks for: it sees a risk of fraud, or its own people look into the order.

    A person here may let the order go all the same; the same words of the shop's do not hold it again.
    """

    _inherit = "sale.order"

    ecom_shop_hold = fields.Char(string="Why the Shop Holds It", copy=False, readonly=True)
    ecom_shop_hold_waived = fields.Char(copy=False, readonly=True)
    ecom_hold = fields.Selection(selection_add=[("shop", "Held by the shop")])

    @api.depends("ecom_shop_hold", "ecom_shop_hold_waived")
    def _compute_ecom_hold(self):
        result = super()._compute_ecom_hold()
        for order in self:
            if order.ecom_shop_hold and order.ecom_shop_hold != order.ecom_shop_hold_waived and not order.ecom_hold:
                order.ecom_hold = "shop"
        return result

    @api.depends("ecom_shop_hold")
    def _compute_ecom_hold_message(self):
        result = super()._compute_ecom_hold_message()
        for order in self.filtered(lambda order: order.ecom_hold == "shop"):
            order.ecom_hold_message = self.env._(
                "The shop does not want it prepared yet: %(reason)s", reason=order.ecom_shop_hold
            )
        return result

    def action_ecom_release_shop(self):
        """Prepare what the shop holds: on this person's word."""
        self.check_access("write")
        for order in self.filtered(lambda order: order.ecom_hold == "shop"):
            order.ecom_shop_hold_waived = order.ecom_shop_hold
            order._log_hold(self.env._("Released, although the shop holds it: %(why)s", why=order.ecom_shop_hold))
        return True


class EcomOrder(models.Model):
    _inherit = "ecom.order"

    def _settle_waiting(self, documents, here):
        """Hold what the shop holds, before it is confirmed, and let it go when the shop does."""
        result = super()._settle_waiting(documents, here)
        changed = defaultdict(self.env["sale.order"].browse)
        for order, document in documents.items():
            changed[document.hold or False] += order.sale_order_ids.filtered(
                lambda sale, hold=document.hold: (sale.ecom_shop_hold or "") != hold
            )
        for hold, sales in changed.items():
            if sales:
                sales.write({"ecom_shop_hold": hold})
        return result
