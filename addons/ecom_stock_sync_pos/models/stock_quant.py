from odoo import models
from odoo.tools import SQL


class StockMove(models.Model):
    """Whoever reserves leaves what a counter has sold already: the customer at the counter has it in the bag."""

    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        if "ecom_rung_up" in self.env.context:
            return super()._action_assign(force_qty=force_qty)
        moves = self.with_context(ecom_rung_up=self._read_rung_up())
        return super(StockMove, moves)._action_assign(force_qty=force_qty)

    def _read_rung_up(self):
        """``((path of the location, product id, units), ...)`` of these moves' products, in one query."""
        products = self.product_id.ids
        if not products:
            return ()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT location.parent_path, rung_up.product_id, SUM(rung_up.quantity)
                  FROM (%s) rung_up
                  JOIN stock_location location ON location.id = rung_up.location_id
                 WHERE rung_up.product_id = ANY(%s)
              GROUP BY location.parent_path, rung_up.product_id
                HAVING SUM(rung_up.quantity) > 0
                """,
                self.env["ecom.stock.figures"]._rung_up(),
                products,
            )
        )
        return tuple((path, product_id, float(units)) for path, product_id, units in rows)


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _get_reserve_quantity(
        self,
        product_id,
        location_id,
        quantity,
        uom_id=None,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
    ):
        kept = sum(
            units
            for path, product, units in self.env.context.get("ecom_rung_up") or ()
            if product == product_id.id and f"/{location_id.id}/" in f"/{path}"
        )
        if kept and quantity > 0:
            there = self.sudo()._get_available_quantity(product_id, location_id, None, None, owner_id)
            quantity = min(quantity, max(there - kept, 0.0))
            if product_id.uom_id.is_zero(quantity):
                return []
        return super()._get_reserve_quantity(
            product_id, location_id, quantity, uom_id, lot_id, package_id, owner_id, strict
        )
