from odoo import models

from ..returns.return_order import OPEN_STATES


class EcomOrderRefund(models.Model):
    """Money of a return that began on the shop: the shop's names the return, and so does ours."""

    _inherit = "ecom.order.refund"

    def _open_return(self):
        """The return that the shop says it is for, where that is not paid back yet."""
        named = self.order_id.shop_return_ids.filtered(
            lambda found: self.return_ref and found.external_id == self.return_ref
        ).return_ids
        return (
            named.filtered(lambda order: not order.settled_at and order.state in OPEN_STATES) or super()._open_return()
        )


class EcomCommand(models.Model):
    _inherit = "ecom.command"

    def _prepare_refund_payload(self):
        shop_return = self.refund_id.return_id.shop_return_id
        return super()._prepare_refund_payload() | {"return": shop_return.external_id or ""}
