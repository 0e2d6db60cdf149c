import time
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from .transaction import OF_ORDERS

BATCH = 2000
KEEP_TRYING = timedelta(days=120)
A_DAY = timedelta(days=1)  # files give days without a time
PAID_WITHIN = timedelta(days=60)


class EcomOrder(models.Model):
    _inherit = "ecom.order"

    # A shop's payment is looked up by the gateway's id of it, for thousands at once.
    _payments_index = models.Index("USING gin (payments jsonb_path_ops)")

    def _awaited_payments(self):
        """``[(key, payment)]`` of all means of payment: where a carrier collects, the shop never says that it was."""
        return [(f"{index}:{payment['method']}", payment) for index, payment in enumerate(self.payments or ())]


class EcomGateway(models.Model):
    _inherit = "ecom.gateway"

    def _match_open(self, deadline):
        """Match whatever is open, batch by batch; each commits by itself.

        :return: whether some are left to look at
        """
        Transaction = self.env["ecom.gateway.transaction"]
        last = 0
        while batch := Transaction._to_match(self, last):
            last = batch[-1].id
            batch._match_each_alone_on_error(self)
            if time.monotonic() > deadline and len(batch) == BATCH:
                return True
        return False


class EcomGatewayTransaction(models.Model):
    """What a transaction belongs to: by the gateway's own ids, else by the order's number. Never by a guess.

    All of a batch are looked up together, whatever its size.
    """

    _inherit = "ecom.gateway.transaction"

    @api.model
    def _to_match(self, gateway, before):
        """The newest come first: old ones that nobody knows are looked at again where time is left."""
        since = fields.Datetime.now() - KEEP_TRYING
        domain = [("gateway_id", "=", gateway.id), ("state", "=", "open"), ("settled", "=", True)]
        domain += [("id", "<", before)] if before else []
        return self.search([*domain, ("occurred_at", ">=", since)], order="id desc", limit=BATCH)

    def _match_each_alone_on_error(self, gateway):
        """Match these in one transaction; one by one when that fails, so that only the bad one waits."""
        try:
            gateway._in_transaction(self._match)
        except (UserError, ValidationError) as error:
            self.env.cr.rollback()
            if len(self) == 1:
                gateway._in_transaction(lambda error=error: self.write({"reason": str(error)[:200]}))
                return
            for row in self:
                row._match_each_alone_on_error(gateway)

    def _match(self):
        """Find the orders of these, and book what has to be booked."""
        charges = self.filtered(lambda row: row.kind == "charge" and not row.order_id)
        charges._match_by_reference()
        charges.filtered(lambda row: not row.order_id)._match_by_order_number()
        self.filtered(
            lambda row: row.kind in OF_ORDERS and row.kind != "charge" and not row.order_id
        )._match_by_charge()
        self._book()

    def _match_by_reference(self):
        """The shop gave the gateway's id of the payment along with the order."""
        by_reference = defaultdict(self.browse)
        for row in self:
            for reference in {*(row.references or ()), row.reference, row.source_ref} - {False, ""}:
                by_reference[reference] += row
        found = defaultdict(set)
        for reference, order_id, index, method in self._orders_paid_by(list(by_reference)):
            for row in by_reference[reference]:
                found[row].add((order_id, f"{index}:{method}"))
        for row, matches in found.items():
            if len(matches) == 1:
                ((order_id, key),) = matches
                row.write(
                    {"order_id": order_id, "payment_key": key, "reason": self.env._("The shop names this payment")}
                )
            else:
                row.reason = self.env._("%(count)s orders name this payment", count=len(matches))

    def _orders_paid_by(self, references):
        """``(reference, order id, index, method)`` of the orders' payments that have these transaction ids."""
        if not references:
            return []
        self.env["ecom.order"].flush_model(["payments", "channel_id"])
        return self.env.execute_query(
            SQL(
                """
                SELECT reference, o.id, payment.ordinality - 1, payment.value->>'method'
                  FROM unnest(%s) reference
                  JOIN ecom_order o
                    ON o.payments @> jsonb_build_array(jsonb_build_object('transaction', reference))
                  JOIN LATERAL jsonb_array_elements(o.payments) WITH ORDINALITY payment
                    ON payment.value->>'transaction' = reference
                 WHERE o.channel_id = ANY(%s)
                """,
                references,
                self.gateway_id.channel_ids.ids,
            )
        )

    def _match_by_order_number(self):
        """The shop passed the order's number on, the amount is that of one of its payments, and the time is likely.

        Two shops may have the same numbers, and the order that it is may come later.
        """
        by_number = self._orders_named()
        for row in self.filtered("order_reference"):
            amount, currency = row._customer_figures()
            awaited = row.gateway_id._gateway_class().capabilities.awaited
            matches = [
                (order, key)
                for order in by_number[row.order_reference]
                for key, payment in (order._awaited_payments() if awaited else order._received_payments())
                if order.currency_code == currency.name
                and not payment["transaction"]
                and row._is_timely(order)
                and not currency.compare_amounts(float(payment["amount"]), amount)
            ]
            if len(matches) == 1:
                ((order, key),) = matches
                reason = self.env._("The gateway names order %(number)s, the amount agrees", number=order.number)
                row.write({"order_id": order.id, "payment_key": key, "reason": reason})

    def _is_timely(self, order):
        """Whether an order may be paid by this at that time."""
        ordered_at = order.ordered_at
        return not ordered_at or ordered_at - A_DAY <= self.occurred_at <= ordered_at + PAID_WITHIN

    def _orders_named(self):
        """``{number or shop's id that a gateway passed on: orders}``."""
        numbers = list({row.order_reference for row in self if row.order_reference})
        orders = self.env["ecom.order"]
        if numbers:
            orders = orders.search(
                [
                    ("channel_id", "in", self.gateway_id.channel_ids.ids),
                    "|",
                    ("number", "in", numbers),
                    ("external_id", "in", numbers),
                ]
            )
        by_number = defaultdict(orders.browse)
        for order in orders:
            for number in {order.number, order.external_id}:
                by_number[number] |= order
        return by_number

    def _match_by_charge(self):
        """A refund or a dispute belongs to its payment's order; else to the one order that the gateway names."""
        self._match_by_known_charge()
        rest = self.filtered(lambda row: not row.order_id and row.order_reference)
        by_number = rest._orders_named()
        for row in rest:
            orders = by_number[row.order_reference]
            if len(orders) == 1:
                row.write({"order_id": orders.id, "reason": self.env._("The gateway names its order")})

    def _match_by_known_charge(self):
        references = {ref for row in self for ref in (row.charge_ref, row.reference) if ref}
        if not references:
            return
        charges = self.search(
            [
                ("gateway_id", "in", self.gateway_id.ids),
                ("kind", "=", "charge"),
                ("order_id", "!=", False),
                "|",
                ("reference", "in", list(references)),
                ("source_ref", "in", list(references)),
            ]
        )
        orders = {}
        for charge in charges:
            orders[charge.reference] = orders[charge.source_ref] = charge.order_id
        for row in self:
            order = orders.get(row.charge_ref or None) or orders.get(row.reference or None)
            if order:
                row.write({"order_id": order.id, "reason": self.env._("Its payment is of this order")})
