from odoo import api, models
from odoo.tools import SQL


class EcomStockLevel(models.Model):
    """A kit has as many as its components allow."""

    _inherit = "ecom.stock.level"

    @api.model
    def _components(self, product_ids):
        return {**super()._components(product_ids), **self.env["ecom.kit.component"]._of(product_ids)}

    @api.model
    def _kits_of(self, product_ids):
        """Where a kit is asked for, its components may be sold less, and so may their other kits."""
        Kit = self.env["ecom.kit.component"]
        parts = {part for kit in Kit._of(product_ids).values() for part, _quantity in kit}
        return super()._kits_of(product_ids) | parts | Kit._with(parts.union(product_ids))

    @api.model
    def _counted(self):
        """A kit is counted whether or not it is said to be kept in stock itself."""
        return SQL(
            "(%s OR EXISTS (SELECT 1 FROM ecom_kit_component kit WHERE kit.product_id = product.id))",
            super()._counted(),
        )
