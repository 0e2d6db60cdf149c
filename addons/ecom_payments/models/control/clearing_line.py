from odoo import fields, models
from odoo.tools import SQL

from ...gateways.base import gateway_class, gateway_codes

CAUSES = [
    ("gateway", "The gateway has not told of it"),
    ("bank", "The bank has not shown it"),
    ("payout", "Awaits its payout"),
    ("booking", "Its payout awaits booking"),
    ("difference", "Amounts differ"),
    ("kept", "Kept or in transit at the gateway"),
    ("other", "Entered by hand"),
]


class EcomClearingLine(models.Model):
    """What a gateway's clearing account is made of: each open item, its age, its order, and what it waits for.

    Gift cards are left out: what stands in their account is not awaited from anybody.
    """

    _name = "ecom.clearing.line"
    _description = "Clearing Balance"
    _auto = False
    _order = "date, id"
    _rec_name = "name"

    gateway_id = fields.Many2one("ecom.gateway", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(readonly=True)
    name = fields.Char(readonly=True)
    age = fields.Integer(string="Age (days)", readonly=True, aggregator="max")
    age_range = fields.Selection(
        [("1", "Up to 7 days"), ("2", "8 to 14 days"), ("3", "15 to 30 days"), ("4", "More than 30 days")],
        string="Age",
        readonly=True,
    )
    amount = fields.Monetary(currency_field="company_currency_id", readonly=True)
    cause = fields.Selection(CAUSES, string="Waits For", readonly=True)
    order_id = fields.Many2one("ecom.order", string="Shop Order", readonly=True)
    channel_id = fields.Many2one("ecom.channel", readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True)
    payment_id = fields.Many2one("account.payment", readonly=True)
    transaction_id = fields.Many2one("ecom.gateway.transaction", string="Gateway Transaction", readonly=True)
    payout_id = fields.Many2one("ecom.payout", readonly=True)
    move_id = fields.Many2one("account.move", string="Entry", readonly=True)

    @property
    def _table_query(self):
        kinds = [(kind, gateway_class(kind).capabilities) for kind, _name in gateway_codes()]
        return SQL(
            """
            SELECT item.id, gateway.id AS gateway_id, item.company_id, item.company_currency_id, item.date, item.name,
                   CURRENT_DATE - item.date AS age,
                   CASE WHEN CURRENT_DATE - item.date <= 7 THEN '1'
                        WHEN CURRENT_DATE - item.date <= 14 THEN '2'
                        WHEN CURRENT_DATE - item.date <= 30 THEN '3'
                        ELSE '4' END AS age_range,
                   item.amount_residual AS amount, item.partner_id, item.move_id,
                   payment.id AS payment_id, known.id AS transaction_id,
                   COALESCE(known.payout_id, move.ecom_payout_id) AS payout_id,
                   COALESCE(payment.ecom_order_id, known.order_id) AS order_id, o.channel_id,
                   CASE WHEN move.ecom_payout_id IS NOT NULL AND item.ecom_transaction_id IS NULL THEN 'kept'
                        WHEN move.ecom_payout_id IS NOT NULL THEN 'difference'
                        WHEN payment.id IS NULL THEN 'other'
                        WHEN known.id IS NULL AND gateway.kind = ANY(%(silent)s) THEN 'bank'
                        WHEN known.id IS NULL THEN 'gateway'
                        WHEN known.payout_id IS NULL THEN 'payout'
                        WHEN payout.state IN ('draft', 'fetched') THEN 'booking'
                        ELSE 'difference' END AS cause
              FROM account_move_line item
              JOIN ecom_gateway gateway ON gateway.clearing_account_id = item.account_id
              JOIN account_move move ON move.id = item.move_id
              LEFT JOIN account_payment payment ON payment.id = move.origin_payment_id
              LEFT JOIN LATERAL (
                   SELECT t.id, t.payout_id, t.order_id
                     FROM ecom_gateway_transaction t
                    WHERE t.account_payment_id = payment.id OR t.id = item.ecom_transaction_id
                    ORDER BY t.id LIMIT 1) known ON TRUE
              LEFT JOIN ecom_payout payout ON payout.id = known.payout_id
              LEFT JOIN ecom_order o ON o.id = COALESCE(payment.ecom_order_id, known.order_id)
             WHERE item.parent_state = 'posted' AND item.amount_residual != 0 AND item.reconciled IS NOT TRUE
               AND NOT gateway.kind = ANY(%(prepaid)s)
            """,
            silent=[kind for kind, capabilities in kinds if not capabilities.transactions],
            prepaid=[kind for kind, capabilities in kinds if capabilities.prepaid],
        )

    def action_open(self):
        """What is behind it: the order, else the entry."""
        self.ensure_one()
        record = self.order_id or self.payment_id or self.move_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }
