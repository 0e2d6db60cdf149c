from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_ecom_money_arrived(self):
        """A cheque that arrived is booked as held, until it is handed to the bank with others."""
        orders = self.filtered("ecom_awaits_money").sudo().ecom_order_id
        result = super().action_ecom_money_arrived()
        orders._book_collected()
        return result


class EcomOrder(models.Model):
    _inherit = "ecom.order"

    def _book_collected(self):
        """Register, today, the money of these orders that is in hand, of gateways where it is handed over in sums."""
        vals_list = []
        currencies = self.env["ecom.gateway"]._currencies(set(self.mapped("currency_code")))
        for order in self:
            gateways = {row.code: row.gateway_id for row in order.channel_id.mapping_payment_ids if row.gateway_id}
            for index, payment in enumerate(order.payments or ()):
                gateway = gateways.get(payment["method"])
                if gateway and gateway.collected and not payment["paid_at"]:
                    vals_list.append(
                        {
                            "gateway_id": gateway.id,
                            "external_id": f"order:{order.id}:{index}",
                            "kind": "charge",
                            "amount": float(payment["amount"]),
                            "net": float(payment["amount"]),
                            "currency_id": currencies[order.currency_code].id,
                            "occurred_at": fields.Datetime.now(),
                            "day": gateway._local_day(fields.Datetime.now()),
                            "source_ref": order.number,
                            "order_id": order.id,
                            "payment_key": f"{index}:{payment['method']}",
                            "reason": self.env._("%(user)s had it in hand", user=self.env.user.name),
                        }
                    )
        Transaction = self.env["ecom.gateway.transaction"]
        known = Transaction.search([("external_id", "in", [vals["external_id"] for vals in vals_list])])
        told = set(known.mapped("external_id"))
        Transaction.create([vals for vals in vals_list if vals["external_id"] not in told])._book()
