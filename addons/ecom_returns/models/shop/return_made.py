from odoo import api, fields, models
from odoo.addons.ecom_connector.platforms.returns import ReturnState


class EcomReturn(models.Model):
    """A return that began here and is agreed: a shop that has returns of its own is to have it too."""

    _inherit = "ecom.return"

    shop_command_ids = fields.One2many("ecom.command", "new_return_id")

    def _tell_begun(self):
        """Have the shop make what it does not know yet, once it is agreed."""
        messages = [
            order._prepare_new_message()
            for order in self
            if order.channel_id
            and order.channel_id._platform_class().capabilities.makes_returns
            and not order.shop_return_id
            and not order.shop_command_ids
            and order.kind != "shop"  # the shop has the refund that it is
            and order._goods_for_shop()
        ]
        if messages:
            self.env["ecom.command"].create(messages)
            for channel in self.channel_id:
                channel._wake("commands")

    def _prepare_new_message(self):
        self.ensure_one()
        return {
            "channel_id": self.channel_id.id,
            "order_id": self.order_id.id,
            "new_return_id": self.id,
            "kind": "new_return",
            "value": ReturnState.OPEN.value,
            "key": f"return:{self.env.cr.dbname}:{self.id}",
        }

    def _goods_for_shop(self):
        """``{sales order line: how many are to come back}`` of what the shop sold, in its own units: what the customer
        keeps is not sent. Nothing where a part of something comes back, which shops do not know."""
        self.ensure_one()
        goods = {line.sale_line_id: line._for_shop() for line in self.line_ids if line.sale_line_id.ecom_line_id}
        if any(quantity is None for quantity in goods.values()):
            return {}
        return {sold: quantity for sold, quantity in goods.items() if quantity > 0}

    def _call_off_begun(self):
        """What the shop has not been asked for is not made; what it may have made is told once its answer is here."""
        self.shop_command_ids.filtered(
            lambda command: command.state == "failed" or (command.state == "pending" and not command.attempts)
        ).state = "cancelled"

    def _tie(self, external_id):
        """What the shop made is this return, whether its own news of it came first or not."""
        self.ensure_one()
        order = self.order_id
        there = order.shop_return_ids.filtered(lambda found: found.external_id == external_id)
        if there.return_ids:
            self.message_post(
                body=self.env._(
                    "On the shop it is %(number)s, which is here already as another return: cancel one of them.",
                    number=there.number,
                )
            )
            return
        values = {"order_id": order.id, "external_id": external_id, "number": external_id, "state": "open"}
        self.shop_return_id = there or self.env["ecom.order.return"].create(values)
        if there:
            there._follow_alone()
        self._tell_shop_state()

    # === WHAT GOES OUT INSTEAD === #

    def _exchange_for_shop(self):
        """``[(offer, quantity)]`` of what goes out instead, as the shop sells it; nothing unless it sells all of it."""
        self.ensure_one()
        if self.wish != "exchange" or not self.channel_id._platform_class().capabilities.makes_exchanges:
            return []
        wanted = [(line.exchange_product_id or line.product_id, line.quantity) for line in self.line_ids]
        offers = self.env["ecom.offer"].search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("product_id", "in", [product.id for product, _quantity in wanted]),
                ("external_id", "!=", False),
            ]
        )
        by_product = {offer.product_id: offer for offer in offers}
        found = [(by_product.get(product), quantity) for product, quantity in wanted]
        return found if all(offer for offer, _quantity in found) else []

    def _is_exchange_told(self):
        """Whether the shop knows what goes out instead, or is about to."""
        self.ensure_one()
        told = self.shop_command_ids.filtered(lambda command: command.state not in ("failed", "cancelled"))[:1]
        if told.payload:
            return bool(told.payload["exchanges"])
        return bool(told and self._exchange_for_shop())


class EcomReturnLine(models.Model):
    _inherit = "ecom.return.line"

    def _for_shop(self):
        """How many of the sold line are to be sent back; a hook: ``None`` where it is only a part of one."""
        return self.quantity - self._kept()


class EcomOrderReturn(models.Model):
    _inherit = "ecom.order.return"

    @api.model
    def _made_for(self, channel, key):
        """The return of ours that this key was told for."""
        commands = self.env["ecom.command"].search([("channel_id", "=", channel.id), ("key", "=", key)])
        return commands.new_return_id
