from odoo import models

from ..returns.return_order import OPEN_STATES


class EcomOrderRefund(models.Model):
    """Money of a return that began on the shop: the shop's names the return, and so does ours."""

    _inherit = "ecom.order.refund"

    def _named_return(self):
        """The return that the shop says it is for."""
        named = self.order_id.shop_return_ids.filtered(
            lambda found: self.return_ref and found.external_id == self.return_ref
        )
        return named.return_ids

    def _open_return(self):
        """The one that is named, where that is not paid back yet."""
        named = self._named_return().filtered(lambda order: not order.settled_at and order.state in OPEN_STATES)
        return named or super()._open_return()

    def _waiting_refunds(self):
        """Those of the return that is named come first."""
        waiting = super()._waiting_refunds()
        return (waiting & self._named_return().refund_ids) or waiting


class EcomCommand(models.Model):
    _inherit = "ecom.command"

    def _prepare_refund_payload(self):
        shop_return = self.refund_id.return_id.shop_return_id
        return super()._prepare_refund_payload() | {"return": shop_return.external_id or ""}
