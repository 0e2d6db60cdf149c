from odoo import api, models
from odoo.addons.ecom_stock_sync.models.availability.stock_figures import _Only
from odoo.tools import SQL


class EcomStockFigures(models.AbstractModel):
    """What is asked of a kit is asked of its components: an order that waits, a cart."""

    _inherit = "ecom.stock.figures"

    @api.model
    def _parts(self, only):
        parts = super()._parts(only)
        kits = self.env["ecom.kit.component"]._with(only.product_ids)
        if kits:
            parts.append(self._part_kits(super()._parts(_Only(sorted(kits))), only))
        return parts

    @api.model
    def _part_kits(self, asked_of_kits, only):
        return SQL(
            """
            SELECT asked.scope, kit.component_id, %s
              FROM (%s) asked
              JOIN ecom_kit_component kit ON kit.product_id = asked.product_id
             WHERE (asked.ordered > 0 OR asked.in_carts > 0) AND %s
          GROUP BY asked.scope, kit.component_id
            """,
            self._columns(
                ordered=SQL("SUM(asked.ordered * kit.quantity)"),
                in_carts=SQL("SUM(asked.in_carts * kit.quantity)"),
            ),
            SQL(" UNION ALL ").join(asked_of_kits),
            only("kit.component_id"),
        )
