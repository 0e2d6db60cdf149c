from odoo import api, models


class StockWarehouseOrderpoint(models.Model):
    """A rule that a person makes is shown beside the proposal at once."""

    _inherit = "stock.warehouse.orderpoint"

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._show_beside_proposals()
        return rules

    def _show_beside_proposals(self):
        rows = (
            self.env["ecom.replenishment"]
            .sudo()
            .search([("product_id", "in", self.product_id.ids), ("orderpoint_id", "=", False)])
        )
        places = {(row.product_id, row.warehouse_id.lot_stock_id): row for row in rows}
        for rule in self:
            if row := places.get((rule.product_id, rule.location_id)):
                row.orderpoint_id = rule
