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

    def _mirror(self):
        """What was to be paid by hand, or was refused, and is paid on the shop for the same return, is that money."""
        awaited = self._named_return().refund_ids.filtered(
            lambda refund: (
                refund.state in ("todo", "failed")
                and not refund.currency_id.compare_amounts(refund.amount, self.amount)
            )
        )[:1]
        if not awaited:
            return super()._mirror()
        awaited.command_ids.action_cancel()
        return awaited._done(self.external_id, self.refunded_at)


class EcomCommand(models.Model):
    _inherit = "ecom.command"

    def _prepare_refund_payload(self):
        shop_return = self.refund_id.return_id.shop_return_id
        return super()._prepare_refund_payload() | {"return": shop_return.external_id or ""}
