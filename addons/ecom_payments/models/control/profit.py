import json

from odoo import fields, models
from odoo.tools import SQL

from .net_fee import NET_FEE


class EcomProfit(models.Model):
    """What each order earned, read from what is there right now; marketing and fees of no order are rows of their own.

    All amounts are without tax, in the company's currency. An order counts on the day on which the customer placed it:

    * *sold* is what the invoices say once all is invoiced, until then the sales order;
    * *cost* is Odoo's own valuation of what left (less what came back), and today's cost of what is still to leave;
    * *fees* are the gateways', at the day's rate where they are in other money;
    * *shipping* is what deliveries say that the carrier costs.
    """

    _name = "ecom.profit"
    _description = "Profit by Channel and Order"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    channel_id = fields.Many2one("ecom.channel", string="Sales Channel", readonly=True)
    order_id = fields.Many2one("ecom.order", string="Shop Order", readonly=True)
    gateway_id = fields.Many2one("ecom.gateway", readonly=True, help="Whose fees of no order these are.")
    date = fields.Date(readonly=True)
    sold = fields.Monetary(readonly=True, help="Without tax.")
    credited = fields.Monetary(readonly=True, help="Credit notes, without tax.")
    cost = fields.Monetary(string="Cost of Goods", readonly=True)
    fees = fields.Monetary(string="Gateway Fees", readonly=True)
    shipping = fields.Monetary(string="Shipping Cost", readonly=True)
    disputed = fields.Monetary(readonly=True, help="Taken away for disputes, and not given back.")
    marketing = fields.Monetary(readonly=True, help="Typed in by channel and month.")
    profit = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT rounded.*, sold - credited - cost - fees - shipping - disputed - marketing AS profit
              FROM (SELECT facts.id, facts.company_id, facts.channel_id, facts.order_id, facts.gateway_id,
                           facts.date, currency.id AS currency_id,
                           round(facts.sold::numeric, currency.decimal_places) AS sold,
                           round(facts.credited::numeric, currency.decimal_places) AS credited,
                           round(facts.cost::numeric, currency.decimal_places) AS cost,
                           round(facts.fees::numeric, currency.decimal_places) AS fees,
                           round(facts.shipping::numeric, currency.decimal_places) AS shipping,
                           round(facts.disputed::numeric, currency.decimal_places) AS disputed,
                           round(facts.marketing::numeric, currency.decimal_places) AS marketing
                      FROM (%s UNION ALL %s UNION ALL %s) facts
                      JOIN res_company home ON home.id = facts.company_id
                      JOIN res_currency currency ON currency.id = home.currency_id) rounded
            """,
            self._orders_query(),
            self._loose_fees_query(),
            self._marketing_query(),
        )

    def _orders_query(self):
        return SQL(
            """
            SELECT o.id * 3::bigint AS id, o.company_id, o.channel_id, o.id AS order_id, NULL::integer AS gateway_id,
                   %s AS date,
                   COALESCE(CASE WHEN sale.all_invoiced THEN invoice.sold END, sale.sold, invoice.sold, 0) AS sold,
                   COALESCE(invoice.credited, 0) AS credited, COALESCE(goods.cost, 0) AS cost,
                   COALESCE(told.fees, 0) AS fees, COALESCE(parcel.shipping, 0) AS shipping,
                   COALESCE(told.disputed, 0) AS disputed, 0 AS marketing
              FROM ecom_order o
              JOIN res_company company ON company.id = o.company_id
              LEFT JOIN LATERAL (
                   SELECT sum(s.amount_untaxed / COALESCE(NULLIF(s.currency_rate, 0), 1)) AS sold,
                          bool_and(s.invoice_status IN ('invoiced', 'upselling')) AS all_invoiced
                     FROM sale_order s WHERE s.ecom_order_id = o.id AND s.state = 'sale') sale ON TRUE
              LEFT JOIN LATERAL (
                   SELECT sum(m.amount_untaxed_signed) FILTER (WHERE m.move_type = 'out_invoice') AS sold,
                          -sum(m.amount_untaxed_signed) FILTER (WHERE m.move_type = 'out_refund') AS credited
                     FROM account_move m WHERE m.ecom_order_id = o.id AND m.state = 'posted') invoice ON TRUE
              LEFT JOIN LATERAL (
                   SELECT sum(CASE WHEN move.state = 'done' AND source.usage = 'customer' THEN -move.value
                                   WHEN move.state = 'done' THEN move.value
                                   WHEN dest.usage = 'customer'
                                   THEN move.product_qty
                                        * COALESCE((product.standard_price ->> o.company_id::text)::numeric, 0)
                                   ELSE 0 END) AS cost
                     FROM sale_order s
                     JOIN sale_order_line line ON line.order_id = s.id
                     JOIN stock_move move ON move.sale_line_id = line.id AND move.state NOT IN ('draft', 'cancel')
                     JOIN stock_location source ON source.id = move.location_id
                     JOIN stock_location dest ON dest.id = move.location_dest_id
                     JOIN product_product product ON product.id = move.product_id
                    WHERE s.ecom_order_id = o.id
                      AND (source.usage = 'customer') != (dest.usage = 'customer')) goods ON TRUE
              LEFT JOIN LATERAL (
                   SELECT sum(p.carrier_price) AS shipping
                     FROM sale_order s JOIN stock_picking p ON p.sale_id = s.id AND p.state = 'done'
                    WHERE s.ecom_order_id = o.id) parcel ON TRUE
              LEFT JOIN LATERAL (
                   SELECT sum((%s) / money.rate) AS fees,
                          -sum(CASE WHEN t.kind IN ('dispute', 'dispute_reversal') THEN t.amount ELSE 0 END
                               / money.rate) AS disputed
                     FROM ecom_gateway_transaction t, LATERAL (%s) money
                    WHERE t.order_id = o.id) told ON TRUE
             WHERE o.sale_order_id IS NOT NULL
            """,
            self._local_day(SQL("o.ordered_at")),
            NET_FEE,
            self._rate(),
        )

    def _loose_fees_query(self):
        """What a gateway keeps without naming an order: it is its channel's where it has only one."""
        return SQL(
            """
            SELECT t.id * 3::bigint + 1, t.company_id, shop.channel_id, NULL, t.gateway_id, t.day, 0, 0, 0,
                   (%s) / money.rate, 0, 0, 0
              FROM ecom_gateway_transaction t
              JOIN res_company company ON company.id = t.company_id
              LEFT JOIN LATERAL (
                   SELECT CASE WHEN count(*) = 1 THEN min(rel.ecom_channel_id) END AS channel_id
                     FROM ecom_channel_ecom_gateway_rel rel WHERE rel.ecom_gateway_id = t.gateway_id) shop ON TRUE
             CROSS JOIN LATERAL (%s) money
             WHERE t.order_id IS NULL AND (t.kind = 'fee' OR t.fee != 0)
            """,
            NET_FEE,
            self._rate(),
        )

    def _marketing_query(self):
        return SQL(
            """
            SELECT spent.id * 3::bigint + 2, spent.company_id, spent.channel_id, NULL, NULL, spent.month, 0, 0, 0, 0, 0,
                   0, spent.amount
              FROM ecom_marketing_cost spent
            """
        )

    def _local_day(self, moment):
        """The company's day of a moment."""
        channels = self.env["ecom.channel"].sudo().with_context(active_test=False)
        zones = {str(company.id): company._ecom_zone() for [company] in channels._read_group([], ["company_id"])}
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE (%s::jsonb ->> o.company_id::text))::date", moment, json.dumps(zones)
        )

    def _rate(self):
        """How much of ``t``'s currency one of the company's is worth on the day, as Odoo converts it."""
        return SQL(
            "SELECT CASE WHEN t.currency_id = company.currency_id THEN 1 ELSE %s / %s END AS rate",
            self._rate_of(SQL("t.currency_id")),
            self._rate_of(SQL("company.currency_id")),
        )

    def _rate_of(self, currency):
        return SQL(
            """
            COALESCE((SELECT r.rate FROM res_currency_rate r
                       WHERE r.currency_id = %s AND r.name <= t.day
                         AND (r.company_id IS NULL OR r.company_id = split_part(company.parent_path, '/', 1)::int)
                       ORDER BY r.company_id NULLS LAST, r.name DESC LIMIT 1), 1)
            """,
            currency,
        )

    def action_open(self):
        """What is behind it: the order."""
        self.ensure_one()
        return self.order_id.get_formview_action()
