from odoo import models
from odoo.addons.ecom_connector.models.orders.order_settle import SHELVES

RESERVABLE = ("confirmed", "waiting", "partially_available")


class StockMove(models.Model):
    """One transaction at a time reserves a product, whoever asks: a shop, a colleague, an external shop, a scheduler.

    Odoo passes over a row that another transaction holds and promises the same goods once more, in a row of its own
    that has none. Whoever comes second waits here instead; what it read by then is old, so that its reservation fails
    as any conflict does, and is done afresh.
    """

    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        products = self.filtered(
            lambda move: (
                move.state in RESERVABLE and move.product_id.is_storable and not move._should_bypass_reservation()
            )
        ).product_id
        if products:
            # In order, so that two that want the same products never wait for each other.
            self.env.cr.execute(
                "SELECT pg_advisory_xact_lock(%s, id) FROM unnest(%s) AS id", [SHELVES, sorted(products.ids)]
            )
        result = super()._action_assign(force_qty=force_qty)
        self._look_again_for_shortages()
        return result

    def _look_again_for_shortages(self):
        """A hook: these moves may have found what they lacked."""
