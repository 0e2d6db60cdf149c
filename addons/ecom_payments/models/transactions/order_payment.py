from odoo import api, fields, models


class EcomOrder(models.Model):
    """An order's money that a gateway collects: dated in the company's time zone, and never booked twice."""

    _inherit = "ecom.order"

    transaction_ids = fields.One2many("ecom.gateway.transaction", "order_id", string="Gateway Transactions")

    @api.model
    def _prepare_payment_vals(self, order, invoice, key, payment, mapping):
        vals = super()._prepare_payment_vals(order, invoice, key, payment, mapping)
        if gateway := mapping.gateway_id:
            paid_at = fields.Datetime.to_datetime(payment["paid_at"])
            vals["date"] = gateway._open_day(gateway.company_id._ecom_day(paid_at))
        return vals

    def _booked_refund(self, amount, currency):
        """A refund that the gateway told of before anybody here booked it, and that no other refund claims."""
        return super()._booked_refund(amount, currency) or self.account_payment_ids.filtered(
            lambda payment: (
                payment.payment_type == "outbound"
                and payment.state not in ("canceled", "rejected")
                and (payment.ecom_payment_key or "").startswith("gateway:")
                and payment.currency_id == currency
                and not currency.compare_amounts(payment.amount, amount)
            )
        )
