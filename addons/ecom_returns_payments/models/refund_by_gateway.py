from dataclasses import replace
from decimal import Decimal

from odoo import fields, models


class EcomPaymentMapping(models.Model):
    _inherit = "ecom.payment.mapping"

    pays_back = fields.Selection(
        selection_add=[("gateway", "Through its gateway")],
        ondelete={"gateway": lambda mappings: mappings.write({"pays_back": "shop"})},
        help="Through the shop: its gateway gives the money back. Through its gateway: Odoo asks the gateway itself, "
        "and the shop is not told. By hand: somebody transfers it. Gift cards always go back by hand.",
    )


class EcomReturn(models.Model):
    """Money goes back through the gateway where the shop cannot give it back, or where the merchant wants it so."""

    _inherit = "ecom.return"

    def _way_back(self, tender, payment):
        way = super()._way_back(tender, payment)
        mapping = self.channel_id.mapping_payment_ids.filtered(lambda row: row.code == payment["method"])[:1]
        wanted = way == "gateway" or (way == "hand" and mapping.pays_back in ("gateway", "shop"))
        if wanted and not tender.gift_card and self.order_id._collected(tender.key):
            return "gateway"
        return "hand" if way == "gateway" else way

    def _pay_back(self, credit_notes):
        """What the gateway's own pages paid back was booked before, and is this credit note's payment."""
        refunds = super()._pay_back(credit_notes)
        self.order_id._reconcile_payments(credit_notes)
        return refunds

    def _tenders(self):
        """What was paid back in the gateway's own pages went back too, before anybody here said so."""
        tenders = super()._tenders()
        claimed = self.order_id.ecom_refund_ids.account_payment_id
        # One of ours that no payment is booked for yet may be among them: it was counted as gone back already.
        ours = self.order_id.ecom_refund_ids.filtered(lambda refund: not refund.account_payment_id).mapped("amount")
        keys = {
            reference: row.payment_key
            for row in self.order_id._gateway_rows("charge")
            for reference in {row.reference, row.source_ref, *(row.references or ())} - {False}
        }
        for row in self.order_id._gateway_rows("refund"):
            amount, _currency = row._customer_figures()
            key = keys.get(row.charge_ref) or keys.get(row.reference)
            if row.account_payment_id in claimed or key not in tenders:
                continue
            if -amount in ours:
                ours.remove(-amount)
                continue
            tender, payment = tenders[key]
            tenders[key] = (replace(tender, back=tender.back + Decimal(str(-amount))), payment)
        return tenders


class EcomOrder(models.Model):
    _inherit = "ecom.order"

    def _gateway_rows(self, kind):
        """The gateways' transactions of a kind, the oldest first."""
        rows = self.env["ecom.gateway.transaction"].sudo().search([("order_id", "in", self.ids), ("kind", "=", kind)])
        return rows.sorted("occurred_at")

    def _collected(self, key):
        """The gateway's transaction of this means of payment, where money can go back through it."""
        return self._gateway_rows("charge").filtered(
            lambda row: row.payment_key == key and row.gateway_id._gateway_class().capabilities.refunds
        )[:1]


class EcomRefund(models.Model):
    _inherit = "ecom.refund"

    way = fields.Selection(
        selection_add=[("gateway", "Through its gateway")],
        ondelete={"gateway": lambda refunds: refunds.write({"way": "hand"})},
    )

    def _command_kind(self):
        return "gateway_refund" if self.way == "gateway" else super()._command_kind()


class EcomCommand(models.Model):
    """The same outbox, key and tries as of refunds through the shop; the gateway pays each key once."""

    _inherit = "ecom.command"

    kind = fields.Selection(
        selection_add=[("gateway_refund", "Refund by the gateway")], ondelete={"gateway_refund": "cascade"}
    )

    def _prepare_gateway_refund_payload(self):
        refund = self.refund_id
        charge = refund.order_id._collected(refund.tender_key)
        return {
            "gateway": charge.gateway_id.id,
            "charge": charge.reference,
            "key": self.key,
            "amount": f"{refund.amount:.{refund.currency_id.decimal_places}f}",
            "currency": refund.currency_id.name,
            "note": refund.return_id.name,
        }

    def _feed_gateway_refund(self, payload):
        return {"amount": payload["amount"], "reason": payload["note"], "lines": []}


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    def _command_kinds(self):
        return (*super()._command_kinds(), "gateway_refund")

    def _push_gateway_refund(self, _platform, payloads):
        """A call for each: no gateway takes several at once."""
        gateways = self.env["ecom.gateway"].browse({row["gateway"] for row in payloads})
        connections = {gateway.id: gateway._connection() for gateway in gateways}
        self._before_http()
        return [
            connections[row["gateway"]].refund(
                row["charge"], Decimal(row["amount"]), row["currency"], row["key"], note=row["note"]
            )
            for row in payloads
        ]
