from odoo import fields, models
from odoo.tools import SQL


class EcomDemand(models.Model):
    """What customers ordered, by product, channel and warehouse: one row for each line of a confirmed order.

    No table: always what is true now. What is no line of an order counts by what left for a customer: the components
    of kits on the day of their order, and sales at a counter or by hand on the day they left.
    """

    _name = "ecom.demand"
    _description = "Demand"
    _auto = False
    _order = "ordered_on desc, id"
    _rec_name = "product_id"

    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Category", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    channel_id = fields.Many2one("ecom.channel", readonly=True, help="Empty: sold elsewhere.")
    ordered_on = fields.Datetime(string="Ordered on", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True, help="In the product's own unit.")
    price = fields.Float(
        string="Net Price",
        digits="Product Price",
        readonly=True,
        aggregator="avg",
        help="Of one unit, after discounts.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)

    # What has to be written down before this is read.
    _depends = {
        "sale.order": ["state", "date_order", "warehouse_id", "ecom_channel_id", "currency_id", "company_id"],
        "sale.order.line": ["product_id", "product_uom_id", "product_uom_qty", "price_subtotal", "order_id"],
        "stock.move": ["product_id", "product_qty", "state", "date", "location_id", "location_dest_id", "sale_line_id"],
        "stock.location": ["usage", "warehouse_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["is_storable", "categ_id", "uom_id"],
        "uom.uom": ["factor"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT 2 * line.id AS id, line.product_id, template.categ_id, sale.company_id, sale.warehouse_id,
                   sale.ecom_channel_id AS channel_id, sale.date_order AS ordered_on,
                   line.product_uom_qty * sold_in.factor / kept_in.factor AS quantity,
                   line.price_subtotal / (line.product_uom_qty * sold_in.factor / kept_in.factor) AS price,
                   sale.currency_id
              FROM sale_order_line line
              JOIN sale_order sale ON sale.id = line.order_id AND sale.state = 'sale'
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id AND template.is_storable
              JOIN uom_uom sold_in ON sold_in.id = line.product_uom_id
              JOIN uom_uom kept_in ON kept_in.id = template.uom_id
             WHERE line.product_uom_qty > 0 AND line.display_type IS NULL
         UNION ALL
            SELECT 2 * move.id + 1, move.product_id, template.categ_id, move.company_id, source.warehouse_id,
                   sale.ecom_channel_id, COALESCE(sale.date_order, move.date), move.product_qty, NULL, NULL
              FROM stock_move move
              JOIN stock_location source ON source.id = move.location_id AND source.usage = 'internal'
              JOIN stock_location target ON target.id = move.location_dest_id AND target.usage = 'customer'
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id AND template.is_storable
              LEFT JOIN sale_order_line line ON line.id = move.sale_line_id
              LEFT JOIN sale_order sale ON sale.id = line.order_id
             WHERE source.warehouse_id IS NOT NULL AND move.product_qty > 0
               AND CASE WHEN line.id IS NULL THEN move.state = 'done'
                        ELSE line.product_id <> move.product_id AND move.state <> 'cancel' AND sale.state = 'sale' END
            """
        )
