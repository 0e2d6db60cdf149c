from odoo import models


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    def _free_stock(self, products):
        """``{product: units that may be sold}``, as Odoo counts them in the channel's warehouse.

        A hook: whoever knows better what a channel may sell says so here.
        """
        self.ensure_one()
        products = products.with_context(warehouse_id=self.warehouse_id.id)
        return {product.with_env(self.env): product.free_qty for product in products}
