from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...gateways.base import gateway_class, gateway_codes

VERDICTS = [
    ("agree", "All agree"),
    ("differ", "Amounts differ"),
    ("no_gateway", "Missing at the gateway"),
    ("no_books", "Missing in the books"),
    ("no_shop", "Missing at the shop"),
]


class EcomPaymentCheck(models.Model):
    """Shop, gateway and books side by side: each payment that a shop says it got through a gateway, and each payment
    that a gateway has and no shop knows."""

    _name = "ecom.payment.check"
    _description = "Shop, Gateway and Books"
    _auto = False
    _order = "paid_at desc, id"
    _rec_name = "reference"

    gateway_id = fields.Many2one("ecom.gateway", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    channel_id = fields.Many2one("ecom.channel", readonly=True)
    order_id = fields.Many2one("ecom.order", string="Shop Order", readonly=True)
    transaction_id = fields.Many2one("ecom.gateway.transaction", string="Gateway Transaction", readonly=True)
    reference = fields.Char(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    paid_at = fields.Datetime(string="Paid on", readonly=True)
    shop_amount = fields.Monetary(string="Shop", readonly=True)
    gateway_amount = fields.Monetary(string="Collected", readonly=True)
    books_amount = fields.Monetary(string="Books", readonly=True)
    verdict = fields.Selection(VERDICTS, readonly=True)
    way_out = fields.Char(compute="_compute_way_out")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT facts.*,
                   CASE WHEN shop_amount IS NULL THEN 'no_shop'
                        WHEN gateway_amount IS NULL THEN 'no_gateway'
                        WHEN books_amount IS NULL THEN 'no_books'
                        WHEN abs(shop_amount - gateway_amount) < 0.005 AND abs(shop_amount - books_amount) < 0.005
                        THEN 'agree' ELSE 'differ' END AS verdict
              FROM (
            SELECT o.id * 100 + paid.ordinality AS id, mapping.gateway_id, o.company_id, o.channel_id,
                   o.id AS order_id, told.id AS transaction_id, paid.value->>'transaction' AS reference,
                   currency.id AS currency_id, (paid.value->>'paid_at')::timestamp AS paid_at,
                   (paid.value->>'amount')::numeric AS shop_amount, told.amount AS gateway_amount,
                   booked.amount AS books_amount
              FROM ecom_order o
              JOIN LATERAL jsonb_array_elements(
                   CASE jsonb_typeof(o.payments) WHEN 'array' THEN o.payments ELSE '[]' END)
                   WITH ORDINALITY paid ON COALESCE(paid.value->>'paid_at', '') != ''
              JOIN ecom_payment_mapping mapping
                ON mapping.channel_id = o.channel_id AND mapping.code = paid.value->>'method'
              JOIN ecom_gateway gateway ON gateway.id = mapping.gateway_id AND gateway.kind = ANY(%s)
              LEFT JOIN res_currency currency ON currency.name = o.currency_code
              LEFT JOIN LATERAL (
                   SELECT min(t.id) AS id,
                          sum(CASE WHEN t.customer_currency_id IS NULL THEN t.amount ELSE t.customer_amount END)
                          AS amount
                     FROM ecom_gateway_transaction t
                    WHERE t.order_id = o.id AND t.kind = 'charge'
                      AND t.payment_key = concat(paid.ordinality - 1, ':', paid.value->>'method')) told ON TRUE
              LEFT JOIN LATERAL (
                   SELECT sum(p.amount) AS amount
                     FROM account_payment p
                    WHERE p.ecom_order_id = o.id AND p.payment_type = 'inbound'
                      AND p.state NOT IN ('draft', 'canceled', 'rejected')
                      AND (p.ecom_payment_key = concat(paid.ordinality - 1, ':', paid.value->>'method')
                           OR EXISTS (
                              SELECT FROM ecom_gateway_transaction t
                               WHERE t.account_payment_id = p.id AND t.kind = 'charge'
                                 AND t.payment_key = concat(paid.ordinality - 1, ':', paid.value->>'method')))
                   ) booked ON TRUE
             WHERE o.ordered_at >= gateway.import_from
             UNION ALL
            SELECT -t.id, t.gateway_id, t.company_id, NULL, NULL, t.id, t.source_ref, t.currency_id, t.occurred_at,
                   NULL, t.amount, payment.amount
              FROM ecom_gateway_transaction t
              LEFT JOIN account_payment payment ON payment.id = t.account_payment_id
             WHERE t.kind = 'charge' AND t.payment_key IS NULL) facts
            """,
            self._kinds_that_tell(),
        )

    @api.model
    def _kinds_that_tell(self):
        """Gateways that name each payment. Of transfers, cheques and what carriers hand over the bank has the word."""
        found = {code: gateway_class(code).capabilities for code, _name in gateway_codes()}
        return [code for code, can in found.items() if can.transactions or (can.files and not can.collected)]

    @api.depends("verdict")
    @api.depends_context("lang")
    def _compute_way_out(self):
        texts = {
            "no_gateway": self.env._("Look whether it was paid through another gateway, or is newer than the listing."),
            "no_books": self.env._("It is registered once the order is in Odoo; settle the order's issue."),
            "no_shop": self.env._("Open the transaction and name its order, or pay it back."),
            "differ": self.env._("Captured in parts, or changed at the shop: correct the side that is wrong."),
        }
        for row in self:
            row.way_out = texts.get(row.verdict, False)

    # === THE WAY OUT === #

    def action_ask_gateway(self):
        """Look for what the gateway did not tell yet."""
        return self.gateway_id.action_look_now()

    def action_book(self):
        """Book it now, where the order is in Odoo by now."""
        self.check_access("read")
        self.env["account.move"].check_access("create")
        for gateway in self.gateway_id:
            rows = self.filtered(lambda row, gateway=gateway: row.gateway_id == gateway).transaction_id
            gateway._work_env().env["ecom.gateway.transaction"].browse(rows.ids)._match()
        waiting = self.transaction_id.filtered(lambda row: not row.account_payment_id)
        if waiting:
            raise UserError(
                self.env._(
                    "Cannot be booked yet: %(count)s. Settle the issues of the orders first.", count=len(waiting)
                )
            )
        return True

    def action_name_order(self):
        """Say which order the payment is of."""
        self.ensure_one()
        return self.transaction_id.get_formview_action()

    def action_see_thread(self):
        """All that is known of it, and where it breaks."""
        self.ensure_one()
        return (self.order_id or self.transaction_id).action_ecom_thread()
