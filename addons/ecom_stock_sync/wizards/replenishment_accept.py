from odoo import api, fields, models


class EcomReplenishmentAccept(models.TransientModel):
    """Take over proposals into reordering rules: what a person had set is shown, and kept by default."""

    _name = "ecom.replenishment.accept"
    _description = "Accept Proposals"

    replenishment_ids = fields.Many2many("ecom.replenishment", readonly=True)
    new_count = fields.Integer(string="New Rules", compute="_compute_counts")
    change_count = fields.Integer(string="Rules to Change", compute="_compute_counts")
    hand_ids = fields.Many2many("ecom.replenishment", compute="_compute_counts", string="Set by Hand")
    hand_count = fields.Integer(compute="_compute_counts")
    by_hand = fields.Selection(
        [("keep", "Keep them"), ("replace", "Replace them by the proposals")],
        string="Rules Set by Hand",
        default="keep",
        required=True,
    )
    trigger = fields.Selection(
        [
            ("manual", "When I order in Inventory > Replenishment"),
            ("auto", "By itself, as soon as the minimum is reached"),
        ],
        string="New Rules Order",
        default="manual",
        required=True,
    )

    @api.depends("replenishment_ids")
    def _compute_counts(self):
        for wizard in self:
            rows = wizard.replenishment_ids
            rules = rows.sudo()._find_rules()
            found = {row: rules.get((row.product_id.id, row.warehouse_id.lot_stock_id.id)) for row in rows}
            by_hand = rows.filtered(lambda row, found=found: found[row] and row._by_hand(found[row]))
            wizard.hand_ids = by_hand
            wizard.hand_count = len(by_hand)
            wizard.new_count = sum(not rule for rule in found.values())
            wizard.change_count = len(rows) - wizard.new_count - len(by_hand)

    def action_apply(self):
        self.ensure_one()
        self.replenishment_ids._accept(self.by_hand == "replace", self.trigger)
        return {"type": "ir.actions.act_window_close"}
