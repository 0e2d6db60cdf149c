from odoo import fields, models
from odoo.tools import SQL


class EcomReturnReport(models.Model):
    """What comes back, why, in which state, and what it costs: a row for each piece, or line that has none yet.

    Money is in the company's currency.
    """

    _name = "ecom.return.report"
    _description = "Returns Analysis"
    _auto = False
    _order = "requested_at desc"
    _rec_name = "return_id"
    _depends = {
        "ecom.return": ["channel_id", "company_id", "kind", "partner_id", "requested_at", "state", "wish"],
        "ecom.return.line": ["amount", "product_id", "quantity", "reason_id", "return_id"],
        "ecom.return.unit": ["disposition", "grade", "line_id", "product_id", "quantity", "state"],
        "product.product": ["product_tmpl_id", "standard_price"],
        "product.template": ["categ_id"],
        "sale.order": ["currency_rate"],
        "stock.picking": ["carrier_price", "ecom_return_id", "location_id"],
    }

    return_id = fields.Many2one("ecom.return", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    channel_id = fields.Many2one("ecom.channel", string="Sales Channel", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Product Category", readonly=True)
    reason_id = fields.Many2one("ecom.return.reason", readonly=True)
    requested_at = fields.Datetime(string="Asked for on", readonly=True)
    kind = fields.Selection(selection=lambda self: self.env["ecom.return"]._fields["kind"].selection, readonly=True)
    wish = fields.Selection(selection=lambda self: self.env["ecom.return"]._fields["wish"].selection, readonly=True)
    state = fields.Selection(selection=lambda self: self.env["ecom.return"]._fields["state"].selection, readonly=True)
    grade = fields.Selection(
        selection=lambda self: self.env["ecom.return.unit"]._fields["grade"].selection, readonly=True
    )
    disposition = fields.Selection(
        selection=lambda self: self.env["ecom.return.unit"]._fields["disposition"].selection,
        string="What Becomes of It",
        readonly=True,
    )
    quantity = fields.Float(readonly=True)
    amount = fields.Monetary(string="Paid", readonly=True, help="What customers had paid for it, taxes included.")
    way_back_cost = fields.Monetary(string="Way Back", readonly=True, help="Labels that were bought for the way back.")
    scrapped_cost = fields.Monetary(string="Scrapped", readonly=True, help="The cost of what could not be sold again.")
    cost = fields.Monetary(
        string="Cost of Returns", readonly=True, help="Labels for the way back, and what was scrapped."
    )

    def action_open_return(self):
        self.ensure_one()
        return self.return_id.get_formview_action()

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT figures.*, figures.way_back_cost + figures.scrapped_cost AS cost
              FROM (
                SELECT row_number() OVER (ORDER BY line.id, unit.id) AS id,
                       back.id AS return_id, back.company_id, company.currency_id, back.channel_id, back.partner_id,
                       COALESCE(unit.product_id, line.product_id) AS product_id, template.categ_id, line.reason_id,
                       back.requested_at, back.kind, back.wish, back.state, unit.grade, unit.disposition,
                       COALESCE(unit.quantity, line.quantity) AS quantity,
                       line.amount / COALESCE(NULLIF(sale.currency_rate, 0), 1)
                           * COALESCE(unit.quantity / NULLIF(SUM(unit.quantity) OVER of_pieces, 0), 1) AS amount,
                       COALESCE(receipts.price, 0) / COUNT(*) OVER (PARTITION BY back.id) AS way_back_cost,
                       CASE WHEN unit.disposition = 'scrap'
                            THEN unit.quantity
                                 * COALESCE((product.standard_price ->> back.company_id::text)::float8, 0)
                            ELSE 0 END AS scrapped_cost
                  FROM ecom_return_line line
                  JOIN ecom_return back ON back.id = line.return_id
                  JOIN res_company company ON company.id = back.company_id
             LEFT JOIN sale_order sale ON sale.id = back.sale_order_id
             LEFT JOIN ecom_return_unit unit ON unit.line_id = line.id AND unit.state != 'refused'
                  JOIN product_product product ON product.id = COALESCE(unit.product_id, line.product_id)
                  JOIN product_template template ON template.id = product.product_tmpl_id
             LEFT JOIN (
                       SELECT picking.ecom_return_id, SUM(picking.carrier_price) AS price
                         FROM stock_picking picking
                         JOIN stock_location source ON source.id = picking.location_id AND source.usage = 'customer'
                     GROUP BY picking.ecom_return_id
                       ) receipts ON receipts.ecom_return_id = back.id
                WINDOW of_pieces AS (PARTITION BY line.id)
              ) figures
            """
        )
