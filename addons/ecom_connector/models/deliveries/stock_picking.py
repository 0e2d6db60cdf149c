from odoo import api, fields, models

from ...platforms.documents import OrderState


class StockPicking(models.Model):
    _inherit = "stock.picking"

    ecom_order_id = fields.Many2one(related="sale_id.ecom_order_id", string="Shop Order")
    ecom_channel_id = fields.Many2one(related="sale_id.ecom_channel_id", string="Sales Channel")
    ecom_note = fields.Text(related="sale_id.ecom_order_id.note", string="Customer's Note")
    ecom_gift_message = fields.Text(related="sale_id.ecom_order_id.gift_message", string="Gift Message")

    ecom_shows_delivered = fields.Boolean(compute="_compute_ecom_shows_delivered", compute_sudo=True)

    @api.depends("state", "picking_type_code", "ecom_channel_id")
    def _compute_ecom_shows_delivered(self):
        for picking in self:
            picking.ecom_shows_delivered = (
                picking.state == "done"
                and picking.picking_type_code == "outgoing"
                and bool(picking.ecom_channel_id)
                and picking.ecom_channel_id._shows_state(OrderState.DELIVERED)
            )

    def _action_done(self):
        silent = self._told_by_others()
        if silent and silent != self:
            (self - silent)._action_done()
            return silent._action_done()
        result = super(StockPicking, self.with_context(skip_sms=True) if silent else self)._action_done()
        self._tell_shop_shipped()
        return result

    def _pre_action_done_hook(self):
        """Odoo asks once whether its text messages may be sent: not where it sends none."""
        silent = self._told_by_others()
        return super(StockPicking, self.with_context(skip_sms=True) if silent == self else self)._pre_action_done_hook()

    def _told_by_others(self):
        """Deliveries about which Odoo does not write to the customer: the shop does, or nobody."""
        return self.filtered(
            lambda picking: picking.sudo().ecom_channel_id and picking.sudo().ecom_channel_id.notify_policy != "odoo"
        )

    def write(self, vals):
        """A tracking number is often known only after the parcel left: the shop is told again."""
        changed = self.browse()
        if "carrier_tracking_ref" in vals or "carrier_id" in vals:
            changed = self.filtered(
                lambda picking: (
                    picking.state == "done"
                    and (
                        vals.get("carrier_tracking_ref", picking.carrier_tracking_ref) != picking.carrier_tracking_ref
                        or vals.get("carrier_id", picking.carrier_id.id) != picking.carrier_id.id
                    )
                )
            )
        started = self.filtered(lambda picking: not picking.printed) if vals.get("printed") else self.browse()
        result = super().write(vals)
        changed._tell_shop_shipped()
        started._tell_shop_state(OrderState.PREPARING)
        return result

    def action_ecom_delivered(self):
        """Tell the shop that the customer has the parcel."""
        self.check_access("write")
        self.filtered(lambda picking: picking.state == "done")._tell_shop_state(OrderState.DELIVERED)
        return True

    def _tell_shop_state(self, state):
        """Tell the shop how far the order is, where it can show that."""
        orders = self.sudo().filtered(lambda picking: picking.picking_type_code != "incoming").ecom_order_id
        self.env["ecom.command"].sudo()._tell_state(
            orders.filtered(lambda order: order.channel_id._shows_state(state)), state
        )

    def _shipped_for(self):
        """``{delivery: the shop's order that it is told for}``; a hook for what is delivered beside an order."""
        return {picking: picking.sale_id.ecom_order_id for picking in self if picking.sale_id.ecom_order_id}

    def _tell_shop_shipped(self):
        """Write a message to the shop for each delivery of a shop's order that left the warehouse."""
        shipped = self.sudo().filtered(
            lambda picking: picking.picking_type_code == "outgoing" and picking.state == "done"
        )
        shipped = shipped.browse(picking.id for picking in shipped._shipped_for())
        if not shipped:
            return
        self.env["ecom.shipment"].sudo()._for_pickings(shipped - shipped._tell_shop_collected())._tell()
        for channel in shipped.ecom_channel_id.filtered(
            lambda channel: channel.invoice_policy in ("shipped", "deposit")
        ):
            orders = shipped.ecom_order_id.filtered(lambda order, channel=channel: order.channel_id == channel)
            orders.filtered(lambda order: order.state == "settled").write({"state": "received"})
            channel._wake("orders")

    def message_post_with_source(self, source_ref, **kwargs):
        """Leave out what nobody reads, and the e-mail that the shop sends.

        Orders that are confirmed by the hundred get no chatter line that links a delivery to its order, a link that
        the delivery has anyway: it costs a fifth of the confirmation. And the customer is written to once: not by
        Odoo where the channel leaves it to the shop, or to nobody.
        """
        is_origin_link = isinstance(source_ref, str) and source_ref == "mail.message_origin_link"
        if is_origin_link and self.env.context.get("ecom_from_shop"):
            return self.env["mail.message"]
        is_shipping_email = (
            isinstance(source_ref, models.BaseModel)
            and source_ref == self.company_id.stock_mail_confirmation_template_id
        )
        if is_shipping_email and self._told_by_others():
            return self.env["mail.message"]
        return super().message_post_with_source(source_ref, **kwargs)
