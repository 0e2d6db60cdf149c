from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby


class EcomPreparationPlan(models.TransientModel):
    """What is ready, by channel and carrier, and what of it leaves today: one press makes batches of it."""

    _name = "ecom.preparation.plan"
    _description = "Prepare Orders"

    day = fields.Date(string="Leaving on", required=True, default=lambda self: self.env.company._ecom_today())
    size = fields.Integer(string="Orders in a Batch", required=True, default=20, help="A longer list becomes several.")
    user_id = fields.Many2one(
        "res.users",
        string="For",
        domain=lambda self: [("all_group_ids", "in", self.env.ref("ecom_connector.group_preparer").id)],
        help="Who prepares them. Empty: whoever is free.",
    )
    line_ids = fields.One2many("ecom.preparation.plan.line", "plan_id", string="Ready")
    order_count = fields.Integer(string="Orders Chosen", compute="_compute_order_count")

    @api.depends("line_ids.chosen", "line_ids.order_count")
    def _compute_order_count(self):
        for plan in self:
            plan.order_count = sum(plan.line_ids.filtered("chosen").mapped("order_count"))

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        day = fields.Date.to_date(values.get("day")) or self.env.company._ecom_today()
        return values | {"line_ids": [Command.create(line) for line in self._prepare_lines(day)]}

    @api.onchange("day")
    def _onchange_day(self):
        if self.day:
            lines = self._prepare_lines(self.day)
            self.line_ids = [Command.clear()] + [Command.create(line) for line in lines]

    @api.model
    def _prepare_lines(self, day):
        """What is ready, grouped; what is due later comes last, and is not chosen."""
        pickings = self.env["stock.picking"].search(self.env["stock.picking"]._ecom_ready_domain(), order="id")
        groups = groupby(pickings, lambda picking: self._group_key(picking, day))
        return [
            self._prepare_line(key, self.env["stock.picking"].union(*found), day)
            for key, found in sorted(groups, key=lambda group: self._group_order(group[0]))
        ]

    @api.model
    def _group_key(self, picking, day):
        """What goes into one batch: one warehouse's, one channel's, one carrier's, of one day."""
        carrier = picking._ecom_carrier() if not picking.ecom_collect else self.env["delivery.carrier"]
        return (
            max(picking.ecom_due_on, day),
            picking.picking_type_id,
            picking.ecom_channel_id,
            carrier,
            picking.ecom_collect,
        )

    @api.model
    def _group_order(self, key):
        day, kind, channel, carrier, collect = key
        return (
            day,
            kind.sequence,
            kind.id,
            channel.sudo().name or "",
            collect,
            carrier.sequence,
            carrier.name or "",
            carrier.id,
        )

    @api.model
    def _prepare_line(self, key, pickings, day):
        leaves_on, kind, channel, carrier, collect = key
        return {
            "chosen": leaves_on <= day,
            "leaves_on": leaves_on,
            "picking_type_id": kind.id,
            "channel_id": channel.id,
            "carrier_id": carrier.id,
            "collect": collect,
            "picking_ids": [Command.set(pickings.ids)],
            "order_count": len(pickings),
            "late_count": len(pickings.filtered(lambda picking: picking.ecom_due_on < day)),
            "incomplete_count": len(pickings.filtered(lambda picking: picking._ecom_is_short())),
            "unit_count": sum(pickings.move_line_ids.mapped("quantity_product_uom")),
        }

    # === BUTTONS === #

    def action_make(self):
        """Make the batches."""
        return self._show(self._make_batches())

    def action_start(self):
        """Make the batches and start them: the shops show the orders as being prepared."""
        batches = self._make_batches()
        for batch in batches:
            batch.action_confirm()
        return self._show(batches)

    def _make_batches(self):
        """One batch for each chosen line, or several where it is longer than a batch may be; the late ones first.

        :raise UserError: when nothing is chosen, or all of it went elsewhere meanwhile
        """
        self.ensure_one()
        if self.size < 1:
            raise UserError(self.env._("A batch has at least one order."))
        ready = self.env["stock.picking"].search(
            self.env["stock.picking"]._ecom_ready_domain() & fields.Domain("id", "in", self._chosen().ids)
        )
        vals_list = []
        for line in self.line_ids.filtered("chosen"):
            found = (line.picking_ids & ready).sorted(
                lambda picking: (picking.ecom_due_on, -int(picking.priority or 0), picking.id)
            )
            parts = [found[start : start + self.size] for start in range(0, len(found), self.size)]
            for number, part in enumerate(parts, 1):
                vals_list.append(self._prepare_batch_vals(line, part, number if len(parts) > 1 else 0))
        if not vals_list:
            raise UserError(self.env._("Nothing is ready to be prepared."))
        return self.env["stock.picking.batch"].create(vals_list)

    def _chosen(self):
        return self.line_ids.filtered("chosen").picking_ids

    def _prepare_batch_vals(self, line, pickings, number):
        names = [
            line.channel_id.sudo().name,
            self.env._("Collected by customers") if line.collect else line.carrier_id.name,
            line.picking_type_id.name if line.picking_type_id.code != "outgoing" else "",
            str(number) if number else "",
        ]
        return {
            "picking_type_id": line.picking_type_id.id,
            "company_id": line.picking_type_id.company_id.id,
            "user_id": self.user_id.id,
            "description": " · ".join(filter(None, names)),
            "ecom_channel_id": line.channel_id.id,
            "ecom_carrier_id": line.carrier_id.id,
            "ecom_leaves_on": line.leaves_on,
            "picking_ids": [Command.set(pickings.ids)],
        }

    def _show(self, batches):
        action = self.env["ir.actions.actions"]._for_xml_id("ecom_stock_sync.ecom_batch_action")
        return action | {"domain": [("id", "in", batches.ids)], "context": {}}


class EcomPreparationPlanLine(models.TransientModel):
    _name = "ecom.preparation.plan.line"
    _description = "Orders Ready"

    plan_id = fields.Many2one("ecom.preparation.plan", required=True, ondelete="cascade")
    chosen = fields.Boolean(string="Prepare")
    leaves_on = fields.Date(readonly=True)
    picking_type_id = fields.Many2one("stock.picking.type", string="Operation", readonly=True)
    channel_id = fields.Many2one("ecom.channel", string="Sales Channel", readonly=True)
    carrier_id = fields.Many2one("delivery.carrier", readonly=True)
    collect = fields.Boolean(string="Collected", readonly=True, help="The customers come to the warehouse.")
    picking_ids = fields.Many2many("stock.picking", string="Deliveries", readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    unit_count = fields.Float(string="Units", digits="Product Unit", readonly=True)
    late_count = fields.Integer(string="Late", readonly=True, help="Should have left on an earlier day.")
    incomplete_count = fields.Integer(
        string="Incomplete", readonly=True, help="Something of it is not in stock: the rest can be shipped."
    )
