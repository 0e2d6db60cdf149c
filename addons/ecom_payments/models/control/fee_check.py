from odoo import fields, models
from odoo.tools import SQL

from .net_fee import NET_FEE

VERDICTS = [
    ("ok", "As agreed"),
    ("above", "Too much"),
    ("below", "Too little"),
    ("unknown", "No rate typed in"),
]
BESIDE_THE_UNION = ("IS", "LI", "NO")
"""The European Economic Area is the Union and these."""


class EcomFeeCheck(models.Model):
    """What a gateway kept of each payment, beside what its contract says; both without VAT."""

    _name = "ecom.fee.check"
    _description = "Fees Expected and Charged"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "transaction_id"

    transaction_id = fields.Many2one("ecom.gateway.transaction", string="Gateway Transaction", readonly=True)
    gateway_id = fields.Many2one("ecom.gateway", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    channel_id = fields.Many2one("ecom.channel", string="Sales Channel", readonly=True)
    order_id = fields.Many2one("ecom.order", string="Shop Order", readonly=True)
    date = fields.Date(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    rate_id = fields.Many2one("ecom.gateway.fee", readonly=True)
    amount = fields.Monetary(string="Paid", readonly=True)
    charged = fields.Monetary(readonly=True, help="Without the VAT in it that is deducted.")
    expected = fields.Monetary(readonly=True)
    difference = fields.Monetary(readonly=True, help="Charged more than agreed, or less where negative.")
    verdict = fields.Selection(VERDICTS, readonly=True)

    @property
    def _table_query(self):
        union = self.env.ref("base.europe").sudo().country_ids.mapped("code")
        return SQL(
            """
            SELECT facts.*, facts.charged - facts.expected AS difference,
                   CASE WHEN facts.rate_id IS NULL THEN 'unknown'
                        WHEN abs(facts.charged - facts.expected) <= tolerance THEN 'ok'
                        WHEN facts.charged > facts.expected THEN 'above'
                        ELSE 'below' END AS verdict
              FROM (
            SELECT t.id, t.id AS transaction_id, t.gateway_id, t.company_id, o.channel_id, t.order_id, t.day AS date,
                   t.currency_id, t.amount, rate.id AS rate_id,
                   round((%(net_fee)s)::numeric, currency.decimal_places) AS charged,
                   round(t.amount * rate.percent::numeric / 100 + rate.fixed, currency.decimal_places) AS expected,
                   COALESCE(gateway.fee_tolerance, 0) AS tolerance
              FROM ecom_gateway_transaction t
              JOIN ecom_gateway gateway ON gateway.id = t.gateway_id
              JOIN res_currency currency ON currency.id = t.currency_id
              JOIN res_company company ON company.id = t.company_id
              JOIN res_partner home ON home.id = company.partner_id
              LEFT JOIN ecom_order o ON o.id = t.order_id
              LEFT JOIN sale_order sale ON sale.id = o.sale_order_id
              LEFT JOIN res_partner payer ON payer.id = sale.partner_invoice_id
              LEFT JOIN res_country country ON country.id = payer.country_id
              LEFT JOIN LATERAL (
                   SELECT r.id, COALESCE(r.percent, 0) AS percent, COALESCE(r.fixed, 0) AS fixed
                     FROM ecom_gateway_fee r
                    WHERE r.gateway_id = t.gateway_id
                      AND r.currency_id = t.currency_id
                      AND (COALESCE(r.method_code, '') IN ('', regexp_replace(t.payment_key, '^[0-9]+:', '')))
                      AND (r.region = 'any'
                           OR r.region = CASE WHEN country.id IS NULL THEN 'any'
                                              WHEN country.id = home.country_id THEN 'home'
                                              WHEN country.code = ANY(%(europe)s) THEN 'europe'
                                              ELSE 'abroad' END)
                    ORDER BY r.sequence, r.id LIMIT 1) rate ON TRUE
             WHERE t.kind = 'charge') facts
            """,
            net_fee=NET_FEE,
            europe=[*union, *BESIDE_THE_UNION],
        )
