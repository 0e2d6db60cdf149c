from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...matching.evidence import Claim, Standing
from ...matching.labels import squeezed, words
from .bank_due import exact

LOOK_BACK = timedelta(days=120)
"""How long ago an order may have been cancelled or paid for a line to be about it, and a payout have arrived."""
SQUEEZED = "lower(regexp_replace(%s, '[^A-Za-z0-9]', '', 'g'))"
"""A name as ``squeezed`` compares it. Each that a label may have is found by an index on just that."""


class EcomBankClaim(models.AbstractModel):
    """The money that a company expects at the bank: payouts, payments that wait there, and orders that owe.

    All of it is read at once, in a number of queries that does not depend on how much there is.
    """

    _name = "ecom.bank.claim"
    _description = "Money Expected at the Bank"

    # === WHAT IS EXPECTED === #

    @api.model
    def _open(self, company, since, references=()):
        """Everything that the bank's lines since then may be.

        :param references: what their labels may refer to, squeezed: also orders that owe nothing are found by it
        """
        orders = self._waiting_orders(company) | self._named_orders(company, references)
        payments = self._waiting_payments(company)
        names = self._names(orders | payments.ecom_order_id)
        waiting = self._of_payments(payments, names)
        registered = self.env["account.payment"].browse([claim.key[1] for claim in waiting]).ecom_order_id
        owing = [
            claim
            for claim in self._of_orders(orders, names)
            if claim.standing is not Standing.PAID or claim.key[1] not in registered.ids
        ]
        return [*self._of_payouts(self._waiting_payouts(company, since)), *waiting, *owing]

    @api.model
    def _of_these(self, orders, payouts):
        """What these, which a person looks for, expect."""
        names = self._names(orders)
        payments = self._waiting_payments(orders.company_id).filtered(lambda payment: payment.ecom_order_id in orders)
        return [*self._of_payouts(payouts), *self._of_payments(payments, names), *self._of_orders(orders, names)]

    @api.model
    def _waiting_payouts(self, company, since):
        """Payouts that the bank has not shown, and those of which it has not shown that they came back."""
        return self.env["ecom.payout"].search(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("posted", "failed")),
                ("group_ref", "in", (False, "")),  # a conversion never comes to the bank
                "|",
                ("arrival_date", "=", False),
                ("arrival_date", ">=", since - LOOK_BACK),
            ]
        )

    @api.model
    def _of_payouts(self, payouts):
        items = payouts._transfer_items()
        return [
            Claim(
                ("payout", payout.id),
                exact(items[payout].amount_residual_currency, payout.currency_id),
                payout.currency_id.name,
                payout._day(),
                frozenset({name} if len(name := squeezed(payout.external_id)) > 5 else ()),
                squeezed(payout.statement_label or ""),
            )
            for payout in payouts
            if payout in items
        ]

    @api.model
    def _waiting_payments(self, companies):
        """Payments of orders that are registered, and that the bank has not shown."""
        Gateway = self.env["ecom.gateway"].with_context(active_test=False)
        gateways = Gateway.search([("company_id", "in", companies.ids)])
        elsewhere = gateways.filtered(lambda gateway: not gateway._seen_singly())
        return self.env["account.payment"].search(
            [
                ("company_id", "in", companies.ids),
                ("ecom_order_id", "!=", False),
                ("is_matched", "=", False),
                ("state", "in", ("in_process", "paid")),
                ("journal_id.type", "=", "bank"),
                ("journal_id", "not in", elsewhere.journal_id.ids),
            ]
        )

    @api.model
    def _of_payments(self, payments, names):
        items = payments._waiting_items()
        gateways = self.env["ecom.gateway"].search([("journal_id", "in", payments.journal_id.ids)])
        gatherers = {gateway.journal_id: gateway._gathers() for gateway in gateways}
        claims = []
        for payment in payments:
            if item := items.get(payment):
                currency, order = item.currency_id, payment.ecom_order_id
                claims.append(
                    Claim(
                        ("payment", payment.id),
                        exact(item.amount_residual_currency, currency),
                        currency.name,
                        payment.date,
                        names[order],
                        partner=payment.partner_id.commercial_partner_id.id,
                        payers=self._payers(order),
                        gathered_by=gatherers.get(payment.journal_id, ""),
                    )
                )
        return claims

    # === WHO MAY SEE IT === #

    @api.model
    def _hidden(self, keys):
        """Those of these keys that are money of shops that the user may not see."""
        if self.env.su:
            return set()
        ids = defaultdict(set)
        for kind, record_id in keys:
            ids[kind].add(record_id)
        payments = self.env["account.payment"].sudo().browse(ids["payment"])
        order_of = {("payment", payment.id): payment.ecom_order_id.id for payment in payments}
        order_of |= {("order", order_id): order_id for order_id in ids["order"]}
        orders = self.env["ecom.order"].browse(filter(None, order_of.values()))._filtered_access("read").ids
        payouts = self.env["ecom.payout"].browse(ids["payout"])._filtered_access("read").ids
        seen = {key for key, order_id in order_of.items() if order_id in orders}
        return set(keys) - seen - {("payout", payout_id) for payout_id in payouts}

    # === ORDERS === #

    @api.model
    def _waiting_orders(self, company):
        """Orders whose money the bank is to show: held for it, invoiced and not paid, or paid on delivery."""
        invoiced = self.env["account.move"].search(
            [
                ("company_id", "=", company.id),
                ("ecom_order_id", "!=", False),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
            ]
        )
        held = self.env["ecom.order"].search(
            [("company_id", "=", company.id), ("sale_order_ids", "any", [("ecom_awaits_money", "=", True)])]
        )
        orders = held | invoiced.ecom_order_id | self._unpaid_orders(company)
        return orders.filtered(lambda order: order._bank_means() or not order._paid_through_gateway())

    @api.model
    def _unpaid_orders(self, company):
        """Orders of the last months whose money comes to the bank, and for which none is booked; cancelled ones too."""
        mappings = self.env["ecom.payment.mapping"].search([("channel_id.company_id", "=", company.id)])
        codes = mappings.filtered(lambda mapping: mapping._seen_at_bank())
        if not codes:
            return self.env["ecom.order"]
        self.env["ecom.order"].flush_model(["payments", "channel_id", "ordered_at"])
        self.env["account.payment"].flush_model(["ecom_order_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT o.id
                  FROM ecom_payment_mapping mapping
                  JOIN ecom_order o
                    ON o.channel_id = mapping.channel_id AND o.ordered_at >= %s
                   AND o.payments @> jsonb_build_array(jsonb_build_object('method', mapping.code))
                 WHERE mapping.id = ANY(%s)
                   AND NOT EXISTS (
                       SELECT FROM account_payment p
                        WHERE p.ecom_order_id = o.id AND p.state IN ('in_process', 'paid'))
                """,
                fields.Datetime.now() - LOOK_BACK,
                codes.ids,
            )
        )
        return self.env["ecom.order"].browse({order_id for (order_id,) in rows})

    @api.model
    def _named_orders(self, company, references):
        """Orders of the last months that these references name: their own number, the sales order's, the invoice's."""
        if not references:
            return self.env["ecom.order"]
        for model, names in (
            ("ecom.order", ["number", "ordered_at", "company_id"]),
            ("sale.order", ["name", "ecom_order_id"]),
            ("account.move", ["name", "ecom_order_id"]),
        ):
            self.env[model].flush_model(names)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT named.id
                  FROM (SELECT o.id, o.number AS name FROM ecom_order o
                         WHERE o.company_id = %(company)s AND o.ordered_at >= %(since)s
                         UNION ALL
                        SELECT o.id, s.name FROM ecom_order o JOIN sale_order s ON s.ecom_order_id = o.id
                         WHERE o.company_id = %(company)s AND o.ordered_at >= %(since)s
                         UNION ALL
                        SELECT o.id, m.name FROM ecom_order o JOIN account_move m ON m.ecom_order_id = o.id
                         WHERE o.company_id = %(company)s AND o.ordered_at >= %(since)s
                           AND m.move_type = 'out_invoice' AND m.state = 'posted') named
                 WHERE %(name)s = ANY(%(references)s)
                """,
                name=SQL(SQUEEZED, SQL.identifier("named", "name")),
                company=company.id,
                since=fields.Datetime.now() - LOOK_BACK,
                references=list(references),
            )
        )
        return self.env["ecom.order"].browse({order_id for (order_id,) in rows})

    @api.model
    def _of_orders(self, orders, names):
        claims = []
        for order, (due, standing) in orders._dues().items():
            sale = order.sale_order_id
            gathered_by, day = order._handed_over()
            claims.append(
                Claim(
                    ("order", order.id),
                    due,
                    order.currency_code or "",
                    day,
                    names[order],
                    partner=sale.partner_invoice_id.commercial_partner_id.id or 0,
                    payers=self._payers(order),
                    standing=standing,
                    gathered_by=gathered_by,
                )
            )
        return claims

    @api.model
    def _names(self, orders):
        """``{order: references}`` that a customer may have written."""
        names = defaultdict(set)
        for order in orders:
            names[order] |= {order.number, *order.sale_order_ids.mapped("name")}
        for invoice in self._invoices(orders):
            names[invoice.ecom_order_id] |= {invoice.name, invoice.payment_reference}
        return defaultdict(frozenset) | {
            order: frozenset(filter(None, (squeezed(name or "") for name in found))) for order, found in names.items()
        }

    @api.model
    def _invoices(self, orders):
        return self.env["account.move"].search(
            [("ecom_order_id", "in", orders.ids), ("move_type", "=", "out_invoice"), ("state", "=", "posted")]
        )

    @api.model
    def _payers(self, order):
        partner = order.sale_order_id.partner_invoice_id
        called = {order.customer_name, partner.name, partner.commercial_partner_id.name}
        return tuple({frozenset(words(name)) for name in called if name})


class EcomOrder(models.Model):
    _inherit = "ecom.order"

    _squeezed_number_index = models.Index(f"(({SQUEEZED % 'number'}))")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    _ecom_squeezed_name_index = models.Index(f"(({SQUEEZED % 'name'}))")


class AccountMove(models.Model):
    _inherit = "account.move"

    _ecom_squeezed_name_index = models.Index(f"(({SQUEEZED % 'name'}))")
