from collections import defaultdict
from datetime import datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL, date_utils

from ..closing import month_end

LOOK_BACK = timedelta(days=400)
"""Orders placed before are taken as shipped and invoiced."""


class EcomMonthEnd(models.TransientModel):
    """What a day's end finds: money without goods, and goods without an invoice, by order and tax rate."""

    _name = "ecom.month.end"
    _description = "Month-End"

    date = fields.Date(
        string="At the End of",
        required=True,
        default=lambda self: date_utils.start_of(fields.Date.context_today(self), "month") - timedelta(days=1),
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    line_ids = fields.One2many("ecom.month.end.line", "month_end_id")

    def action_show(self):
        """Look it up afresh, and list it."""
        self.ensure_one()
        self.line_ids.unlink()
        company = [("company_id", "=", self.company_id.id)]
        channels = self.env["ecom.channel"].with_context(active_test=False).search(company)
        self.env["ecom.month.end.line"].create(self.sudo()._prepare_lines(channels))
        action = self.env["ir.actions.act_window"]._for_xml_id("ecom_payments.ecom_month_end_line_action")
        return action | {
            "name": self.env._("Month-End, %(date)s", date=fields.Date.to_string(self.date)),
            "domain": [("month_end_id", "=", self.id)],
            "context": {"search_default_group_kind": 1, "search_default_group_rate": 1, "ecom_month_end": self.id},
        }

    # === FIGURES === #

    def _prepare_lines(self, channels):
        """A statement for the orders of these channels and one for their money; the arithmetic is ``month_end``'s."""
        self.env.flush_all()
        moment = self._moment()
        rates, currency_rates = defaultdict(dict), {}
        for sale, channel, order, taxes, total, tax, shipped, invoiced, rate in self._order_rows(moment, channels):
            figures = (Decimal(str(value or 0)) for value in (total, tax, shipped, invoiced))
            rates[sale, channel, order][tuple(taxes)] = month_end.Rate(*figures)
            currency_rates[sale] = rate or 1.0
        paid = self._paid_by_order()
        names = self._tax_names({tax for by_tax in rates.values() for taxes in by_tax for tax in taxes})
        currency = self.company_id.currency_id
        vals_list = []
        for (sale, channel, order), by_tax in rates.items():
            for taxes, ends in month_end.ends(Decimal(str(paid.get(sale, 0))), by_tax).items():
                for kind in ("deposit", "ahead", "uninvoiced"):
                    found = getattr(ends, kind)
                    if not found.gross:
                        continue
                    gross = currency.round(float(found.gross) / currency_rates[sale])
                    tax = currency.round(float(found.tax) / currency_rates[sale])
                    vals_list.append(
                        {
                            "month_end_id": self.id,
                            "kind": kind,
                            "channel_id": channel,
                            "order_id": order,
                            "sale_id": sale,
                            "taxes": list(taxes),
                            "rate": ", ".join(names[tax_id] for tax_id in taxes),
                            "gross": gross,
                            "tax": tax,
                            "net": gross - tax,
                        }
                    )
        return vals_list

    def _moment(self):
        """The end of the day in the company's time zone, as naive UTC."""
        zone = ZoneInfo(self.company_id._ecom_zone())
        midnight = datetime.combine(self.date + timedelta(days=1), time.min, zone)
        return midnight.astimezone(timezone.utc).replace(tzinfo=None)

    def _order_rows(self, moment, channels):
        """A row for each sales order and set of taxes: totals, and what was shipped and invoiced of it by then.

        Services, such as the delivery, count as shipped as far as the order's goods are.
        """
        return self.env.execute_query(
            SQL(
                """
                WITH sale AS (
                    SELECT s.id, s.ecom_order_id, s.ecom_channel_id, s.currency_rate
                      FROM sale_order s
                     WHERE s.ecom_channel_id = ANY(%(channels)s) AND s.state = 'sale'
                       AND s.date_order < %(moment)s AND s.date_order >= %(since)s),
                line AS (
                    SELECT l.id, l.order_id, l.price_total, l.price_tax,
                           product.type = 'consu' AS is_goods, moved.share,
                           COALESCE((SELECT array_agg(rel.account_tax_id ORDER BY rel.account_tax_id)
                                       FROM account_tax_sale_order_line_rel rel
                                      WHERE rel.sale_order_line_id = l.id), '{}') AS taxes
                      FROM sale
                      JOIN sale_order_line l ON l.order_id = sale.id
                      LEFT JOIN product_product variant ON variant.id = l.product_id
                      LEFT JOIN product_template product ON product.id = variant.product_tmpl_id
                      LEFT JOIN LATERAL (
                           SELECT sum(CASE WHEN m.state != 'done' OR m.date >= %(moment)s THEN 0
                                           WHEN dest.usage = 'customer' THEN m.quantity ELSE -m.quantity END
                                      * moved_in.factor)
                                  / NULLIF(CASE WHEN bool_and(m.product_id = l.product_id)
                                                THEN max(l.product_uom_qty * sold_in.factor)
                                                ELSE sum(m.product_uom_qty * moved_in.factor)
                                                     FILTER (WHERE dest.usage = 'customer') END, 0) AS share
                             FROM stock_move m
                             JOIN stock_location source ON source.id = m.location_id
                             JOIN stock_location dest ON dest.id = m.location_dest_id
                             JOIN uom_uom moved_in ON moved_in.id = m.product_uom
                             JOIN uom_uom sold_in ON sold_in.id = l.product_uom_id
                            WHERE m.sale_line_id = l.id AND m.state != 'cancel'
                              AND (source.usage = 'customer') != (dest.usage = 'customer')) moved ON TRUE
                     WHERE l.display_type IS NULL AND NOT COALESCE(l.is_downpayment, false)),
                goods AS (
                    SELECT order_id,
                           sum(price_total * COALESCE(share, 0)) / NULLIF(sum(price_total), 0) AS share
                      FROM line WHERE is_goods GROUP BY order_id),
                sold AS (
                    SELECT line.order_id, line.taxes, sum(line.price_total) AS total, sum(line.price_tax) AS tax,
                           sum(line.price_total * CASE WHEN line.is_goods THEN COALESCE(line.share, 0)
                                                       ELSE COALESCE(goods.share, 1) END) AS shipped
                      FROM line LEFT JOIN goods ON goods.order_id = line.order_id
                     GROUP BY line.order_id, line.taxes),
                billed AS (
                    SELECT by_line.order_id, by_line.taxes, sum(by_line.amount) AS invoiced
                      FROM (SELECT l.order_id,
                                   CASE WHEN move.move_type = 'out_refund' THEN -item.price_total
                                        ELSE item.price_total END AS amount,
                                   COALESCE((SELECT array_agg(tax.account_tax_id ORDER BY tax.account_tax_id)
                                               FROM account_move_line_account_tax_rel tax
                                              WHERE tax.account_move_line_id = item.id), '{}') AS taxes
                              FROM sale
                              JOIN sale_order_line l ON l.order_id = sale.id
                              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = l.id
                              JOIN account_move_line item ON item.id = rel.invoice_line_id
                              JOIN account_move move ON move.id = item.move_id AND move.state = 'posted'
                               AND move.date <= %(date)s AND move.move_type IN ('out_invoice', 'out_refund')) by_line
                     GROUP BY by_line.order_id, by_line.taxes)
                SELECT sale.id, sale.ecom_channel_id, sale.ecom_order_id, sold.taxes, sold.total, sold.tax,
                       round(sold.shipped, 2), COALESCE(billed.invoiced, 0), sale.currency_rate
                  FROM sale
                  JOIN sold ON sold.order_id = sale.id
                  LEFT JOIN billed ON billed.order_id = sale.id AND billed.taxes = sold.taxes
                 ORDER BY sale.id, sold.taxes
                """,
                channels=channels.ids,
                moment=moment,
                since=moment - LOOK_BACK,
                date=self.date,
            )
        )

    def _paid_by_order(self):
        """``{sales order: what was paid by then, less what was paid back, in the order's currency}``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id,
                       sum(CASE WHEN p.payment_type = 'inbound' THEN 1 ELSE -1 END
                           * CASE WHEN p.currency_id = s.currency_id THEN p.amount
                                  ELSE abs(p.amount_company_currency_signed) * COALESCE(s.currency_rate, 1) END)
                  FROM account_payment p
                  JOIN ecom_order o ON o.id = p.ecom_order_id
                  JOIN sale_order s ON s.id = o.sale_order_id
                 WHERE p.company_id = %s AND p.date <= %s AND p.date >= %s AND p.state IN ('in_process', 'paid')
                 GROUP BY s.id
                """,
                self.company_id.id,
                self.date,
                self.date - LOOK_BACK,
            )
        )
        return dict(rows)

    @api.model
    def _tax_names(self, tax_ids):
        taxes = self.env["account.tax"].with_context(active_test=False).browse(tax_ids)
        return {tax.id: tax.name for tax in taxes}


class EcomMonthEndLine(models.TransientModel):
    """What one order has in one of these ways, at one tax rate, in the company's currency."""

    _name = "ecom.month.end.line"
    _description = "Month-End Line"
    _order = "kind, rate, id"

    month_end_id = fields.Many2one("ecom.month.end", required=True, ondelete="cascade", index=True)
    kind = fields.Selection(
        [
            ("deposit", "Paid, not shipped: tax due now"),
            ("ahead", "Invoiced, not shipped"),
            ("uninvoiced", "Shipped, not invoiced"),
        ],
        readonly=True,
    )
    company_id = fields.Many2one(related="month_end_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    channel_id = fields.Many2one("ecom.channel", string="Sales Channel", readonly=True)
    order_id = fields.Many2one("ecom.order", string="Shop Order", readonly=True)
    sale_id = fields.Many2one("sale.order", string="Sales Order", readonly=True)
    taxes = fields.Json(readonly=True, help="The ids of the taxes of this rate.")
    rate = fields.Char(string="Tax", readonly=True)
    net = fields.Monetary(readonly=True)
    tax = fields.Monetary(string="Tax Amount", readonly=True)
    gross = fields.Monetary(string="With Tax", readonly=True)
