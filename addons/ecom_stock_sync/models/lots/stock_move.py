from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _update_reserved_quantity_vals(
        self, need, location_id, lot_id=None, package_id=None, owner_id=None, strict=True
    ):
        moves = self._as_reserving()
        return super(StockMove, moves)._update_reserved_quantity_vals(
            need, location_id, lot_id, package_id, owner_id, strict
        )

    def _get_available_quantity(
        self, location_id, lot_id=None, package_id=None, owner_id=None, strict=False, allow_negative=False
    ):
        moves = self._as_reserving()
        return super(StockMove, moves)._get_available_quantity(
            location_id, lot_id, package_id, owner_id, strict, allow_negative
        )

    def _as_reserving(self):
        """Goods without lots are asked for as ever: whole batches of orders are reserved from one look-up of them."""
        tracked = self.product_id.tracking != "none"
        return self.with_context(ecom_reserves=True) if tracked and self._goes_to_somebody() else self

    def _goes_to_somebody(self):
        """Whether what the move takes is meant for a customer or a production, in one step or several.

        What is put aside, on its shelf or back to its supplier is not: there, nobody minds that it is blocked.
        """
        self.ensure_one()
        ends = self.location_dest_id | self.location_final_id
        return bool({"customer", "production"} & set(ends.mapped("usage"))) or any(
            move._goes_to_somebody() for move in self.move_dest_ids if move.state != "cancel"
        )

    def _action_done(self, cancel_backorder=False):
        """What left with a lot or serial begins a warranty, what came back ends one."""
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves.move_line_ids._follow_possession()
        return moves
