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
        """Goods without lots are asked for as ever: whole batches of orders are reserved from one look-up of them.

        An order of a shop is given what its channel sells: nothing that lies where nothing is sold from, nor what
        expires sooner than the channel's customers are promised. What was picked for it stays its own.
        """
        told = {}
        if self.product_id.tracking != "none" and self._goes_to_somebody():
            told["ecom_reserves"] = True
        channel = self.sudo().sale_line_id.order_id.ecom_order_id.channel_id
        if channel and not self.move_orig_ids:
            path = self.location_id.parent_path or ""
            shut = self.env["stock.location"]._ecom_not_sold_paths()
            if not any(path.startswith(other) for other in shut):
                told["ecom_not_from"] = tuple(other for other in shut if other.startswith(path))
            if told.get("ecom_reserves") and channel.stock_shelf_life_days > 0:
                told["ecom_fresh_for"] = channel.stock_shelf_life_days
        told = {key: value for key, value in told.items() if value}
        return self.with_context(**told) if told else self

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
