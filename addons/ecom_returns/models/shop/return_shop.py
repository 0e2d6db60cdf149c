from odoo import fields, models
from odoo.addons.ecom_connector.platforms.returns import ReturnState

from ..returns.return_order import ENDED_STATES

# Where a return stands on the shop while ours is in a state of its own.
ON_SHOP = {
    "approved": ReturnState.OPEN,
    "awaiting": ReturnState.OPEN,
    "received": ReturnState.OPEN,
    "inspected": ReturnState.OPEN,
    "settled": ReturnState.CLOSED,
    "closed": ReturnState.CLOSED,
    "declined": ReturnState.DECLINED,
    "cancelled": ReturnState.CANCELLED,
}
# What may follow there.
NEXT = {
    ReturnState.REQUESTED: (ReturnState.OPEN, ReturnState.CLOSED, ReturnState.DECLINED),
    ReturnState.OPEN: (ReturnState.CLOSED, ReturnState.CANCELLED),
}


class EcomReturn(models.Model):
    """A return that the shop has too: whatever becomes of it here is told there."""

    _inherit = "ecom.return"

    shop_return_id = fields.Many2one(
        "ecom.order.return",
        string="Return on the Shop",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    shop_return_state = fields.Selection(related="shop_return_id.state")

    _shop_return_unique = models.UniqueIndex(
        "(shop_return_id) WHERE shop_return_id IS NOT NULL", "This return of the shop is here already."
    )

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            there = self.filtered("shop_return_id").sudo()
            there._tell_shop_state()
            begun = self.sudo() - there
            if vals["state"] == "approved":
                begun._tell_begun()
            elif vals["state"] in ENDED_STATES:
                begun._call_off_begun()
        return result

    def _apply_policy(self):
        """What the shop has agreed to is agreed, and costs the customer no fee of ours."""
        if self.shop_return_id.state not in ("open", "closed"):
            return super()._apply_policy()
        self.keeps = self.shop_return_id.keeps
        return self._approve()

    def _send_exchange(self):
        """Shops take what goes out instead only when a return is made there; else they write to the customer where they
        can, and that they do not hear of ours is said."""
        fresh = self.order_id and not self.exchange_order_id
        result = super()._send_exchange()
        if fresh and not self._is_exchange_told() and not self._tells_departure():
            if self.channel_id._writes_to_customers():
                text = self._exchange_message()
                self.env["ecom.command"].sudo()._tell_customer(self.order_id, f"exchange:{self.id}", text)
            elif self.shop_return_id or self.shop_command_ids:
                self.message_post(body=self.env._("What is sent instead leaves from Odoo: the shop is not told of it."))
        return result

    def _exchange_message(self):
        """What the customer is told, in the customer's language."""
        order = self.with_context(lang=self.partner_id.lang)
        sent = order.exchange_order_id
        return order.env._(
            "For your return %(number)s you receive instead, with order %(order)s: %(goods)s.",
            number=order.name,
            order=sent.name,
            goods=", ".join(f"{line.product_uom_qty:g} × {line.product_id.display_name}" for line in sent.order_line),
        )

    # === TELLING === #

    def _tell_shop_state(self):
        """Write a message to the shop for each return that has moved on since the shop was told, or spoke."""
        told = self.env["ecom.command"]._told_of_returns(self.shop_return_id)
        messages = []
        for order in self:
            there, last = order._state_on_shop(told)
            wanted = ON_SHOP.get(order.state)
            if wanted in (ReturnState.DECLINED, ReturnState.CANCELLED):
                wanted = ReturnState.DECLINED if there == ReturnState.REQUESTED else ReturnState.CANCELLED
            if wanted not in NEXT.get(there, ()):
                continue
            if wanted in order.channel_id._platform_class().capabilities.push_returns:
                messages.append(order._prepare_shop_message(wanted, last))
            elif wanted != ReturnState.OPEN or order.state == "approved":
                order.message_post(
                    body=self.env._("The shop has no way of being told this: its page of the return stays as it is.")
                )
        if messages:
            self.env["ecom.command"].create(messages)
            for channel in self.channel_id:
                channel._wake("commands")

    def _state_on_shop(self, told):
        """``(where the shop is, once it has what it was told; the last message)``"""
        self.ensure_one()
        last = told.get(self.shop_return_id)
        states = [ReturnState(self.shop_return_id.state)] + ([ReturnState(last.value)] if last else [])
        rank = {ReturnState.REQUESTED: 0, ReturnState.OPEN: 1}
        return max(states, key=lambda state: rank.get(state, 2)), last

    def _prepare_shop_message(self, wanted, last):
        return {
            "channel_id": self.channel_id.id,
            "order_id": self.order_id.id,
            "shop_return_id": self.shop_return_id.id,
            "kind": "return",
            "value": wanted.value,
            "key": f"return:{self.shop_return_id.id}:{wanted.value}:{last.id if last else 0}",
        }
