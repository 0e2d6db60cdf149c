from odoo import api, fields, models
from odoo.tools import format_date


class StockPicking(models.Model):
    _inherit = "stock.picking"

    ecom_delivered_at = fields.Datetime(
        string="Delivered on",
        copy=False,
        help="When the customer got the parcel, if that is known: warranties begin on that day.",
    )
    ecom_warranty_count = fields.Integer(compute="_compute_ecom_warranty_count", compute_sudo=True)

    def _compute_ecom_warranty_count(self):
        groups = self.env["ecom.warranty"]._read_group([("picking_id", "in", self.ids)], ["picking_id"], ["__count"])
        counts = dict(groups)
        for picking in self:
            picking.ecom_warranty_count = counts.get(picking, 0)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("ecom_delivered_at"):
            self._start_warranties()
        return result

    def action_ecom_delivered(self):
        done = self.filtered(lambda picking: picking.state == "done" and not picking.ecom_delivered_at)
        done.write({"ecom_delivered_at": fields.Datetime.now()})
        return super().action_ecom_delivered()

    def action_ecom_warranties(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_stock_sync.ecom_warranty_action")
        return action | {"domain": [("picking_id", "=", self.id)], "context": {}}

    def _start_warranties(self):
        """Warranties begin on the day on which the parcel arrived."""
        Warranty = self.env["ecom.warranty"].sudo()
        for warranty in Warranty.search([("picking_id", "in", self.ids)]):
            warranty.start_date = warranty.company_id._ecom_day(warranty.picking_id.ecom_delivered_at)

    # === WHAT OTHERS SEE === #

    def _ecom_lots_shown(self):
        """The serials and lots that left, product by product, for the customer.

        :return: dicts with ``product``, ``serial`` (or a lot), ``names`` and ``until`` (a day, in words, or "")
        """
        self.ensure_one()
        if self.state != "done" or self.picking_type_code != "outgoing":
            return []
        warranties = self.env["ecom.warranty"].sudo().search([("picking_id", "=", self.id)], order="id")
        shown = {}
        for warranty in warranties:
            key = (warranty.product_id, warranty.end_date)
            shown.setdefault(key, []).append(warranty.lot_id.name)
        return [
            {
                "product": product.with_context(display_default_code=False).display_name,
                "serial": product.tracking == "serial",
                "names": list(dict.fromkeys(names)),
                "until": format_date(self.env, until) if until else "",
            }
            for (product, until), names in shown.items()
        ]

    # === BLOCKED LOTS === #

    def _note_blocked_lots(self, lots, in_hand, short):
        """Say on a delivery that goods of a blocked lot were in it, and who has to do what."""
        self.ensure_one()
        env = self.env
        names = ", ".join(lots.filtered(lambda lot: lot.product_id in self.move_ids.product_id).mapped("name"))
        if in_hand:
            todo = env._("Take %(lots)s out of the parcel: it is blocked and must not be shipped.", lots=names)
        elif short:
            todo = env._("%(lots)s is blocked, and there is nothing else to send in its place.", lots=names)
        else:
            todo = env._("%(lots)s is blocked: this delivery has other goods now. Check what was picked.", lots=names)
        self.message_post(body=todo)
        responsible = self.user_id or self.sudo().ecom_channel_id.responsible_id or self.env.user
        self.with_context(mail_activity_automation_skip=False).activity_schedule(
            "mail.mail_activity_data_todo", summary=todo, user_id=responsible.id
        )

    @api.model
    def _ecom_stopped_by(self, lots):
        """Deliveries that cannot leave because of these lots: they are in the parcel, or nothing else is there."""
        lines = self.env["stock.move.line"].search(
            [("lot_id", "in", lots.ids), ("state", "not in", ("draft", "done", "cancel")), ("quantity", ">", 0)]
        )
        held = lines.filtered(lambda line: line.move_id._goes_to_somebody()).picking_id
        waiting = self.env["stock.move"].search(
            [
                ("product_id", "in", lots.product_id.ids),
                ("state", "in", ("confirmed", "partially_available")),
                ("picking_code", "=", "outgoing"),
            ]
        )
        return held | waiting.filtered(lambda move: move._goes_to_somebody()).picking_id
