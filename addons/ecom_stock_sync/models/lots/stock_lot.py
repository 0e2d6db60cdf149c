from odoo import api, fields, models
from odoo.exceptions import AccessError


class StockLot(models.Model):
    _inherit = "stock.lot"

    ecom_blocked = fields.Boolean(
        string="Blocked",
        copy=False,
        tracking=True,
        help="Neither sold nor shipped, such as during a recall. What is free of it leaves every shop at once.",
    )
    ecom_warranty_ids = fields.One2many("ecom.warranty", "lot_id", string="Warranties")
    ecom_warranty_id = fields.Many2one(
        "ecom.warranty",
        string="Current Warranty",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="Of a serial that is at a customer's. Two deliveries of one serial at the same time write this, so that "
        "one of them is refused.",
    )
    ecom_holder_id = fields.Many2one(related="ecom_warranty_id.partner_id", string="At Customer")
    ecom_warranty_until = fields.Date(related="ecom_warranty_id.end_date", string="Under Warranty Until")
    ecom_warranty_count = fields.Integer(compute="_compute_ecom_warranty_count", compute_sudo=True)
    ecom_recall_ids = fields.Many2many("ecom.recall", string="Recalls", copy=False)
    ecom_recall_count = fields.Integer(compute="_compute_ecom_recall_count", compute_sudo=True)

    @api.depends("ecom_warranty_ids")
    def _compute_ecom_warranty_count(self):
        groups = self.env["ecom.warranty"]._read_group([("lot_id", "in", self.ids)], ["lot_id"], ["__count"])
        counts = dict(groups)
        for lot in self:
            lot.ecom_warranty_count = counts.get(lot._origin, 0)

    @api.depends("ecom_recall_ids")
    def _compute_ecom_recall_count(self):
        for lot in self:
            lot.ecom_recall_count = len(lot.ecom_recall_ids)

    def write(self, vals):
        """Whoever blocks a lot, by a button or an import: what is reserved of it goes back."""
        if "ecom_blocked" not in vals:
            return super().write(vals)
        changed = self.filtered(lambda lot: lot.ecom_blocked != bool(vals["ecom_blocked"]))
        result = super().write(vals)
        if vals["ecom_blocked"]:
            changed.sudo()._release_reservations()
        else:
            changed.sudo()._reserve_again()
        return result

    # === ACTIONS === #

    def action_ecom_block(self):
        self._check_may_block()
        self.sudo().write({"ecom_blocked": True})
        return True

    def action_ecom_unblock(self):
        self._check_may_block()
        self.sudo().write({"ecom_blocked": False})
        return True

    def _check_may_block(self):
        self.check_access("read")
        groups = ("ecom_connector.group_service", "stock.group_stock_manager")
        if not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(self.env._("Only customer service and stock managers may block lots and serials."))

    def action_ecom_recall(self):
        """Begin a recall of these lots, with everybody who got some of them."""
        return self.env["ecom.recall"].create({"lot_ids": [fields.Command.set(self.ids)]})._open()

    def action_ecom_recalls(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_stock_sync.ecom_recall_action")
        if len(self.ecom_recall_ids) == 1:
            return self.ecom_recall_ids._open()
        return action | {"domain": [("lot_ids", "in", self.ids)]}

    def action_ecom_warranties(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_stock_sync.ecom_warranty_action")
        return action | {"domain": [("lot_id", "=", self.id)], "context": {}}

    # === BLOCKING === #

    def _release_reservations(self):
        """Take back what is reserved of these lots for customers, and reserve other lots in its place.

        What is in a parcel, on the bench or in somebody's hand stays where it is, and is pointed out: it cannot leave
        anyway.
        """
        lines = self.env["stock.move.line"].search(
            [
                ("lot_id", "in", self.ids),
                ("state", "in", ("confirmed", "waiting", "partially_available", "assigned")),
                ("quantity", ">", 0),
            ]
        )
        lines = lines.filtered(lambda line: line.move_id._goes_to_somebody())
        if not lines:
            return
        in_hand = lines._in_hand()
        begun = lines.picking_id._begun()
        moves = lines.move_id
        (lines - in_hand).unlink()
        moves.filtered(lambda move: not move.picked)._action_assign()
        short = moves.filtered(lambda move: move.state in ("confirmed", "waiting", "partially_available"))
        for picking in begun | in_hand.picking_id | short.picking_id:
            picking._note_blocked_lots(self, bool(picking & in_hand.picking_id), bool(picking & short.picking_id))

    def _reserve_again(self):
        """Give what is free again to the deliveries that wait for it."""
        moves = self.env["stock.move"].search(
            [
                ("product_id", "in", self.product_id.ids),
                ("state", "in", ("confirmed", "partially_available")),
                ("picking_code", "in", ("outgoing", "internal")),
            ],
            order="priority desc, date, id",
        )
        moves.filtered(lambda move: move._should_assign_at_confirm())._action_assign()
