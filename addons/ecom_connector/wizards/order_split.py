from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class EcomOrderSplit(models.TransientModel):
    """Ship an order in two parts, at two times or to two addresses: one sales order, two deliveries."""

    _name = "ecom.order.split"
    _description = "Split the Delivery"

    order_id = fields.Many2one("ecom.order", required=True, ondelete="cascade", readonly=True)
    picking_id = fields.Many2one(
        "stock.picking",
        string="Delivery",
        domain="[('sale_id.ecom_order_id', '=', order_id), ('picking_type_code', '=', 'outgoing'),"
        " ('state', 'not in', ('done', 'cancel'))]",
    )
    barrier = fields.Char(compute="_compute_barrier", compute_sudo=True)
    line_ids = fields.One2many("ecom.order.split.line", "wizard_id", string="Goods")
    scheduled_date = fields.Datetime(string="Ship the Second Part on")
    other_address = fields.Boolean(string="To another address")
    partner_id = fields.Many2one("res.partner", string="Second Part Goes to")
    customer_id = fields.Many2one(related="order_id.partner_id")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        order = self.env["ecom.order"].browse(values.get("order_id") or self.env.context.get("default_order_id"))
        waiting = order.sale_order_ids.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing" and picking.state not in ("done", "cancel")
        )
        picking = self.env["stock.picking"].browse(self.env.context.get("default_picking_id")) or waiting[:1]
        values |= {
            "picking_id": picking.id,
            "scheduled_date": picking.scheduled_date,
            "line_ids": [Command.create(line) for line in self._prepare_lines(picking)],
        }
        return values

    @api.model
    def _prepare_lines(self, picking):
        return [
            {"move_id": move.id, "quantity": 0.0}
            for move in picking.move_ids
            if move.state not in ("done", "cancel") and move.product_uom_qty
        ]

    @api.onchange("picking_id")
    def _onchange_picking_id(self):
        self.line_ids = [Command.clear()] + [
            Command.create(line) for line in self._prepare_lines(self.picking_id._origin)
        ]

    @api.depends("picking_id", "order_id")
    def _compute_barrier(self):
        for wizard in self:
            reason = wizard.order_id._edit_barrier() if wizard.order_id else ""
            if not reason and not wizard.picking_id:
                reason = self.env._("there is no delivery to split")
            if not reason and wizard.picking_id.move_ids.move_orig_ids:
                reason = self.env._("its goods are being brought together in several steps: split it when it is packed")
            wizard.barrier = reason

    def action_apply(self):
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        if self.barrier:
            raise UserError(self.env._("The delivery cannot be split: %(reason)s.", reason=self.barrier))
        moved = self.line_ids.filtered("quantity")
        for line in moved:
            if line.quantity < 0 or line.quantity > line.demand:
                raise UserError(
                    self.env._(
                        "%(product)s: between 0 and %(quantity)g.",
                        product=line.product_id.display_name,
                        quantity=line.demand,
                    )
                )
        if not moved:
            raise UserError(self.env._("Say how much goes into the second delivery."))
        if all(line.quantity == line.demand for line in self.line_ids):
            raise UserError(self.env._("Nothing would be left in the first delivery."))
        second = self.sudo()._split(moved.sudo())
        order.sudo()._tell_edits(
            note=self.env._(
                "Odoo: order %(number)s is shipped in two parts, %(goods)s apart.",
                number=order.number,
                goods=", ".join(f"{line.quantity:g} × {line.product_id.display_name}" for line in moved),
            )
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.picking",
            "view_mode": "form",
            "res_id": second.id,
        }

    def _split(self, moved):
        """Take the goods out of the delivery into one of its own, as Odoo does for what is left behind.

        Reservations are made anew, so that each delivery has what it ships.
        """
        first = self.picking_id
        first.printed = False
        first.do_unreserve()
        moves = self.env["stock.move"]
        for line in moved:
            move = line.move_id
            if line.quantity == move.product_uom_qty:
                moves |= move
            else:
                moves |= self.env["stock.move"].create(move._split(line.quantity))
        second = first._create_backorder_picking()
        moves.write({"picking_id": second.id})
        moves._action_confirm(merge=False)
        values = {"user_id": False, "scheduled_date": self.scheduled_date or first.scheduled_date}
        if self.other_address and self.partner_id:
            values["partner_id"] = self.partner_id.id
        second.write(values)
        (first | second).action_assign()
        first.message_post(
            body=self.env._(
                "Split by %(user)s: the rest is in %(delivery)s.", user=self.env.user.name, delivery=second.name
            )
        )
        return second


class EcomOrderSplitLine(models.TransientModel):
    _name = "ecom.order.split.line"
    _description = "Goods of the Second Delivery"

    wizard_id = fields.Many2one("ecom.order.split", required=True, ondelete="cascade")
    move_id = fields.Many2one("stock.move", required=True, ondelete="cascade")
    product_id = fields.Many2one(related="move_id.product_id")
    demand = fields.Float(related="move_id.product_uom_qty", string="To Ship", help="What the delivery ships now.")
    quantity = fields.Float(string="In the Second Delivery", digits="Product Unit")
