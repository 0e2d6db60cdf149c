from odoo import api, models
from odoo.tools import SQL

NAMES = ("method", "amount", "paid_at", "title")


class EcomApi(models.AbstractModel):
    """Payments: registered by the shop when they come after the order, and followed to the bank."""

    _inherit = "ecom.api"

    @api.model
    def payment_register(self, channel, payments):
        """Register money that the shop received for orders that it pushed before.

        A payment is the same by its ``external_ref``, which is best the gateway's own id of it. It becomes one of the
        order's payments, as if it had been pushed with it, and stays when the order is pushed again without it.

        :return: one result for each, in order: ``received``, ``unchanged`` where it is known, or ``error``
        """
        channel = self._channel(channel)
        platform, facts = channel._platform_class(), self._facts()
        raws = self._items(payments, "payments")
        problems = [platform.check_payment(raw, facts) for raw in raws]
        sound = [raw for raw, wrong in zip(raws, problems, strict=True) if not wrong]
        orders = {order.external_id: order for order in self._known_orders(channel, {raw["order"] for raw in sound})}
        known = self._known_payments(channel, [raw["external_ref"] for raw in sound])
        changed, results = {}, []
        for raw, wrong in zip(raws, problems, strict=True):
            if wrong:
                results.append(self._refused(raw, wrong))
            else:
                results.append(self._register_payment(platform, raw, orders.get(raw["order"]), known, changed))
        if changed:
            self._keep_orders(channel, list(changed.values()))
        return results

    @api.model
    def payment_status(self, channel, cursor="", limit=200):
        """Where the payments and refunds of the channel's orders stand: those that changed since the cursor.

        Only the channel's own lane numbers changes, one after the other, so that none is ever passed over.

        :return: ``{"items": [...], "cursor": text, "more": whether to go on at once}``
        """
        channel = self._channel(channel)
        after, limit = self._page(cursor, limit)
        payments = channel.env["account.payment"]._told_after(channel, after, limit + 1)
        page = payments[:limit]
        return {
            "items": [self._payment_entry(payment) for payment in page],
            "cursor": str(page[-1].ecom_told_version) if page else cursor,
            "more": len(payments) > limit,
        }

    # === PARTS === #

    @api.model
    def _keep_orders(self, channel, raws):
        """What was registered for an order stays, whatever is pushed of it."""
        platform = channel._platform_class()
        known = {
            order.external_id: order.payload
            for order in self._known_orders(channel, [platform.order_version(raw)[0] for raw in raws])
            if order.payload
        }
        kept = [platform.keep_payments(raw, known.get(platform.order_version(raw)[0], {})) for raw in raws]
        return super()._keep_orders(channel, kept)

    @api.model
    def _known_payments(self, channel, refs):
        """``{reference: (order's reference, amount)}`` of the payments that the channel's orders have."""
        if not refs:
            return {}
        self.env["ecom.order"].flush_model(["payments", "channel_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT reference, o.external_id, payment->>'amount'
                  FROM unnest(%s) reference
                  JOIN ecom_order o ON o.payments @> jsonb_build_array(jsonb_build_object('transaction', reference))
                  JOIN LATERAL jsonb_array_elements(o.payments) payment ON payment->>'transaction' = reference
                 WHERE o.channel_id = %s AND COALESCE(payment->>'paid_at', '') != ''
                """,
                refs,
                channel.id,
            )
        )
        return {reference: (order, float(amount)) for reference, order, amount in rows}

    @api.model
    def _register_payment(self, platform, raw, order, known, changed):
        """One payment, added to its order in ``changed``; nothing is kept of one that is refused.

        :param known: ``{reference: (order's reference, amount)}``, of this call too
        :param changed: ``{order's reference: raw order}`` of this call
        """
        ref, amount = raw["external_ref"], float(raw["amount"])
        if not order:
            return self._unknown_order(raw["order"], "error") | {"ref": ref}
        if ref in known:
            if known[ref] == (raw["order"], amount):
                return self._result(ref, "unchanged", order.id)
            message = f"It is registered already: {known[ref][1]:g} for order “{known[ref][0]}”."
            remedy = "Give each payment an external_ref of its own."
            return self._result(ref, "error", errors=[self._error("external_ref", "duplicate", message, remedy)])
        if raw["currency"] != order.currency_code:
            message = f"The order is in {order.currency_code}."
            remedy = "Register the amount in the order's currency."
            return self._result(ref, "error", errors=[self._error("currency", "bad_value", message, remedy)])
        before = changed.get(raw["order"]) or order.payload
        if not before:
            error = self._error("order", "too_late", "The order was finished long ago.", "Settle it by hand in Odoo.")
            return self._result(ref, "error", errors=[error])
        payment = {name: raw[name] for name in NAMES if name in raw} | {
            "transaction": ref,
            "amount": str(raw["amount"]),
        }
        changed[raw["order"]] = platform.with_payment(before, payment)
        known[ref] = (raw["order"], amount)
        return self._result(ref, "received", order.id)

    @api.model
    def _payment_entry(self, payment):
        """A payment as the shop reads it."""
        order = payment.ecom_order_id
        payout = payment.ecom_transaction_ids.payout_id[:1]
        return {
            "id": str(payment.id),
            "kind": "payment" if payment.payment_type == "inbound" else "refund",
            "order": order.external_id or "",
            "number": order.number or "",
            "transaction": payment.payment_reference or "",
            "amount": self._amount(payment.amount, payment.currency_id),
            "currency": payment.currency_id.name,
            "date": payment.date.isoformat(),
            "status": payment.ecom_told_status,
            "payout": payout.external_id or "",
            "payout_date": payout.arrival_date.isoformat() if payout.arrival_date else "",
            "version": str(payment.ecom_told_version),
        }
