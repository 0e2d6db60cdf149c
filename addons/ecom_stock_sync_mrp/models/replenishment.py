from odoo import models
from odoo.tools import SQL


class EcomReplenishment(models.Model):
    """Nobody buys a kit: its components are bought, and what kits take of them is part of their demand."""

    _inherit = "ecom.replenishment"

    def _spared(self):
        self.env["ecom.kit.component"]._refresh_if_noted()
        kits = self.env.execute_query(SQL("SELECT DISTINCT product_id FROM ecom_kit_component"))
        return [*super()._spared(), *(kit for (kit,) in kits)]

    def _ways(self, product_ids):
        """What is made here takes as long as its bill of materials says."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (product.id, warehouse.id)
                       product.id, warehouse.id, bill.produce_delay + COALESCE(bill.days_to_prepare_mo, 0)
                  FROM product_product product
                  JOIN mrp_bom bill ON bill.product_tmpl_id = product.product_tmpl_id
                       AND COALESCE(bill.product_id, product.id) = product.id AND bill.active AND bill.type = 'normal'
                  JOIN stock_warehouse warehouse
                       ON warehouse.active AND COALESCE(bill.company_id, warehouse.company_id) = warehouse.company_id
                 WHERE product.id = ANY(%s)
              ORDER BY product.id, warehouse.id, bill.sequence, bill.product_id IS NULL, bill.id
                """,
                list(product_ids),
            )
        )
        made = {(product, warehouse): days for product, warehouse, days in rows if days}
        return {**super()._ways(product_ids), **made}
