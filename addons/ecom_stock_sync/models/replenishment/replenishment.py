from odoo import api, fields, models

from ...calculations.replenish import FAR


class EcomReplenishment(models.Model):
    """What is forecast for a product at a warehouse, and what should be kept and bought of it.

    Rows are made and computed every night. They only propose: reordering rules change when a person accepts.
    """

    _name = "ecom.replenishment"
    _description = "Replenishment"
    _order = "advice_order, cover_days, id"
    _rec_name = "product_id"
    _check_company_auto = True

    product_id = fields.Many2one("product.product", required=True, ondelete="cascade", readonly=True)
    categ_id = fields.Many2one(related="product_id.categ_id", string="Category", store=True, index=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, ondelete="cascade", index=True, readonly=True, check_company=True
    )
    company_id = fields.Many2one(related="warehouse_id.company_id", store=True, index=True)
    computed_at = fields.Datetime(string="Computed on", readonly=True, help="Empty: to be computed again.")

    advice = fields.Selection(
        [
            ("buy", "Buy now"),
            ("enough", "Enough"),
            ("slow", "Slow"),
            ("unknown", "No forecast"),
        ],
        readonly=True,
        help="Slow: the stock lasts more than half a year. No forecast: too little was sold yet to foretell anything.",
    )
    advice_order = fields.Integer(readonly=True)
    figures = fields.Json(readonly=True, prefetch=False, help="What the reason is told from.")
    weeks = fields.Json(readonly=True, prefetch=False, help="History and forecast, for the graph.")

    on_hand = fields.Float(digits="Product Unit", readonly=True)
    promised = fields.Float(digits="Product Unit", readonly=True, help="Ordered by customers, not shipped yet.")
    coming = fields.Float(string="On Its Way", digits="Product Unit", readonly=True, help="Ordered, not received yet.")
    weekly = fields.Float(
        string="A Week", digits="Product Unit", readonly=True, help="Expected demand a week, of the next four weeks."
    )
    weekly_low = fields.Float(string="At Least", digits="Product Unit", readonly=True)
    weekly_high = fields.Float(string="At Most", digits="Product Unit", readonly=True)
    error = fields.Float(
        readonly=True,
        aggregator="avg",
        help="By how much this forecast would have been wrong in the past months, over four weeks.",
    )
    cover_days = fields.Integer(string="Days of Cover", readonly=True, aggregator="min")
    cover = fields.Char(compute="_compute_cover")
    stockout_on = fields.Date(
        string="Gone on", readonly=True, help="The day on which the stock is expected to be gone."
    )
    order_by = fields.Date(readonly=True, help="The last day on which a purchase comes in time.")
    lead_days = fields.Integer(string="Lead Time", readonly=True, aggregator="avg")
    supplier_id = fields.Many2one("res.partner", readonly=True)
    minimum = fields.Float(string="Proposed Min", digits="Product Unit", readonly=True)
    maximum = fields.Float(string="Proposed Max", digits="Product Unit", readonly=True)
    quantity = fields.Float(string="To Buy", digits="Product Unit", readonly=True)

    orderpoint_id = fields.Many2one("stock.warehouse.orderpoint", string="Rule", readonly=True, index="btree_not_null")
    rule_min = fields.Float(related="orderpoint_id.product_min_qty", string="Rule's Min")
    rule_max = fields.Float(related="orderpoint_id.product_max_qty", string="Rule's Max")
    accepted_min = fields.Float(digits="Product Unit", readonly=True, copy=False)
    accepted_max = fields.Float(digits="Product Unit", readonly=True, copy=False)
    rule_state = fields.Selection(
        [
            ("none", "No rule"),
            ("agreed", "As proposed"),
            ("older", "As accepted earlier"),
            ("person", "Set by hand"),
        ],
        string="Reordering Rule",
        compute="_compute_rule_state",
        store=True,
        help="Set by hand: a person chose other quantities than were proposed. They stay until others are accepted.",
    )
    reason = fields.Char(compute="_compute_reason")
    chart = fields.Json(compute="_compute_chart")

    _product_warehouse_unique = models.Constraint(
        "UNIQUE(product_id, warehouse_id)", "The product has a row for this warehouse already."
    )

    # === COMPUTES === #

    @api.depends(
        "orderpoint_id.active",
        "orderpoint_id.product_min_qty",
        "orderpoint_id.product_max_qty",
        "minimum",
        "maximum",
        "accepted_min",
        "accepted_max",
    )
    def _compute_rule_state(self):
        for row in self:
            rule = row.orderpoint_id
            row.rule_state = row._state_of_rule(rule.product_min_qty, rule.product_max_qty, bool(rule.active))

    def _state_of_rule(self, low, high, exists):
        """Whose quantities a rule bears. One of 0 and 0, as Odoo's own replenishment screen makes them, is none."""

        def alike(minimum, maximum):
            return abs(low - minimum) < 0.005 and abs(high - maximum) < 0.005

        if not exists or alike(0, 0):
            return "none"
        if alike(self.minimum, self.maximum) and self.advice != "unknown":
            return "agreed"
        return "older" if alike(self.accepted_min, self.accepted_max) else "person"

    @api.depends("cover_days", "advice")
    @api.depends_context("lang")
    def _compute_cover(self):
        for row in self:
            if row.advice == "unknown" or not row.advice:
                row.cover = False
            elif row.cover_days >= FAR:
                row.cover = self.env._("a year or more")
            elif row.cover_days <= 0:
                row.cover = self.env._("0 days")
            else:
                row.cover = row._days(row.cover_days)

    def _days(self, days):
        return self.env._("1 day") if days == 1 else self.env._("%s days", days)

    # === BUTTONS === #

    def action_recompute(self):
        """Compute these products anew, at once."""
        self.check_access("read")
        self.sudo()._recompute(self.product_id.ids)
        return True

    def action_recompute_all(self):
        """Compute all products anew, in the background."""
        self.check_access("write")
        rows = self.sudo().search([("company_id", "in", self.env.companies.ids), ("computed_at", "!=", False)])
        rows.write({"computed_at": False})
        self.env.ref("ecom_stock_sync.cron_replenishment").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("All products are being computed anew. Come back in some minutes."),
            },
        }

    def action_open_demand(self):
        """What was ordered of the product, by week and channel."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Demand for %s", self.product_id.display_name),
            "res_model": "ecom.demand",
            "view_mode": "graph,pivot,list",
            "domain": [("product_id", "=", self.product_id.id), ("warehouse_id", "=", self.warehouse_id.id)],
        }

    def action_open_rule(self):
        """The reordering rule, where Odoo keeps it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reordering Rules"),
            "res_model": "stock.warehouse.orderpoint",
            "view_mode": "list,form",
            "views": [(self.env.ref("stock.view_warehouse_orderpoint_tree_editable").id, "list"), (False, "form")],
            "domain": [("product_id", "=", self.product_id.id)],
        }
