from odoo import api, fields, models
from odoo.exceptions import UserError

from ...platforms.documents import OrderState


class StockPicking(models.Model):
    """Deliveries that wait for the customer: at a carrier's pickup point, or in the warehouse itself."""

    _inherit = "stock.picking"

    ecom_pickup_code = fields.Char(
        string="Pickup Point Id", compute="_compute_ecom_pickup", search="_search_ecom_pickup_code", compute_sudo=True
    )
    ecom_pickup_name = fields.Char(string="Pickup Point", compute="_compute_ecom_pickup", compute_sudo=True)
    ecom_pickup_carrier = fields.Char(related="sale_id.ecom_order_id.pickup_carrier", string="Network")
    ecom_recipient = fields.Char(related="sale_id.ecom_order_id.recipient_name", string="For")
    ecom_collect = fields.Boolean(related="sale_id.ecom_collect")
    ecom_ready_at = fields.Datetime(string="Ready for Collection on", copy=False, readonly=True)
    ecom_collect_state = fields.Selection(
        [("waiting", "To prepare"), ("ready", "Ready for collection"), ("collected", "Collected")],
        string="Collection",
        compute="_compute_ecom_collect_state",
        compute_sudo=True,
    )

    @api.depends("partner_id.is_pickup_location", "partner_id.ref", "partner_id.name", "ecom_collect")
    def _compute_ecom_pickup(self):
        """Read from the address that the parcel goes to: a person may have chosen another point."""
        for picking in self:
            point = picking.partner_id if picking.partner_id.is_pickup_location else self.env["res.partner"]
            picking.ecom_pickup_code = point.ref if not picking.ecom_collect else False
            picking.ecom_pickup_name = point.name

    @api.model
    def _search_ecom_pickup_code(self, operator, value):
        return fields.Domain(
            "partner_id", "any", [("is_pickup_location", "=", True), ("ref", operator, value)]
        ) & fields.Domain("sale_id.ecom_collect", "=", False)

    @api.depends("ecom_collect", "ecom_ready_at", "state", "picking_type_code")
    def _compute_ecom_collect_state(self):
        for picking in self:
            collected = picking.ecom_collect and picking.picking_type_code == "outgoing" and picking.state != "cancel"
            if not collected:
                picking.ecom_collect_state = False
            elif picking.state == "done":
                picking.ecom_collect_state = "collected"
            else:
                picking.ecom_collect_state = "ready" if picking.ecom_ready_at else "waiting"

    # === BUTTONS === #

    def action_ecom_ready(self):
        """The goods lie ready: mark them as picked, and have the shop and the customer told, once."""
        self.check_access("write")
        ready = self.filtered(lambda picking: picking.ecom_collect_state == "waiting")
        for picking in ready:
            missing = picking.move_ids.filtered(
                lambda move: move.product_uom.compare(move.quantity, move.product_uom_qty) < 0
            )
            if missing:
                raise UserError(
                    self.env._(
                        "%(delivery)s is not complete: %(products)s. Check the availability, or split the delivery.",
                        delivery=picking.name,
                        products=", ".join(missing.product_id.mapped("display_name")),
                    )
                )
        ready.move_ids.picked = True
        ready.write({"ecom_ready_at": fields.Datetime.now(), "printed": True})
        ready._tell_ready()
        return True

    def action_ecom_collected(self):
        """The customer has the goods: the delivery is done."""
        return self.button_validate()

    # === WHO IS TOLD === #

    def _tell_ready(self):
        """Tell the shop in its own word for it; the customer by the shop's e-mail, a note of the shop's, or ours where
        the shop passes on no text."""
        for picking in self.sudo():
            channel, order = picking.ecom_channel_id, picking.ecom_order_id
            shows, writes = channel._shows_state(OrderState.READY), channel._writes_to_customers()
            if shows:
                self.env["ecom.command"].sudo()._tell_state(order, OrderState.READY)
            elif writes:
                self.env["ecom.command"].sudo()._tell_customer(order, f"ready:{picking.id}", picking._ready_message())
            if channel.notify_policy == "odoo" or (channel.notify_policy == "shop" and not (shows or writes)):
                template = self.env.ref("ecom_connector.mail_template_ready", raise_if_not_found=False)
                if template:
                    picking.message_post_with_source(
                        template,
                        email_layout_xmlid="mail.mail_notification_light",
                        subtype_xmlid="mail.mt_comment",
                    )

    def _ready_message(self):
        """What the customer is told, in the customer's language."""
        picking = self.with_context(lang=self.partner_id.lang)
        address = self.partner_id._display_address(without_company=True).split("\n")
        lines = [
            picking.env._("Your order %(number)s is ready for collection.", number=self.ecom_order_id.number),
            ", ".join(filter(None, (self.partner_id.name, *(line.strip() for line in address)))),
        ]
        return "\n".join(lines)

    def _told_by_others(self):
        """Whoever collected needs no e-mail about a parcel."""
        return super()._told_by_others() | self.filtered(lambda picking: picking.sudo().ecom_collect)

    def _tell_shop_collected(self):
        """Tell the shop in its own word that everything was collected.

        :return: the deliveries that are told so; the others are told as shipments
        """
        named = self.filtered(
            lambda picking: picking.ecom_collect and picking.ecom_channel_id._shows_state(OrderState.COLLECTED)
        )
        for order in named.ecom_order_id:
            deliveries = order.sale_order_ids.picking_ids.filtered(
                lambda picking: picking.picking_type_code == "outgoing" and picking.state != "cancel"
            )
            if all(picking.state == "done" for picking in deliveries):
                self.env["ecom.command"].sudo()._tell_state(order, OrderState.COLLECTED)
        return named
