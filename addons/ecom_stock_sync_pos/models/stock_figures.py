from odoo import api, models
from odoo.tools import SQL


class EcomStockFigures(models.AbstractModel):
    _inherit = "ecom.stock.figures"

    @api.model
    def _parts(self, only):
        return [*super()._parts(only), self._part_rung_up(only)]

    @api.model
    def _part_rung_up(self, only):
        return SQL(
            """
            SELECT place.scope, rung_up.product_id, %s
              FROM (%s) rung_up
              JOIN place ON place.location_id = rung_up.location_id
             WHERE %s
          GROUP BY place.scope, rung_up.product_id
            """,
            self._columns(ordered=SQL("SUM(rung_up.quantity)")),
            self._rung_up(),
            only("rung_up.product_id"),
        )

    @api.model
    def _rung_up(self):
        """What counters sold and still lies on the shelf for Odoo: (location, product, quantity), refunds taken off."""
        return SQL(
            """
            SELECT type.default_location_src_id AS location_id, line.product_id, line.qty AS quantity
              FROM pos_session session
              JOIN pos_config config ON config.id = session.config_id
              JOIN stock_picking_type type ON type.id = config.picking_type_id
              JOIN pos_order sale ON sale.session_id = session.id
              JOIN pos_order_line line ON line.order_id = sale.id
             WHERE session.state <> 'closed' AND session.update_stock_at_closing
               AND sale.state IN ('paid', 'done', 'invoiced') AND sale.shipping_date IS NULL
               AND NOT EXISTS (SELECT 1 FROM stock_picking moved WHERE moved.pos_order_id = sale.id)
            """
        )
