from odoo import fields, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang


class EcomOrder(models.Model):
    """Invoicing by the channel's policy: each quantity once, posted, and handed on to be printed."""

    _inherit = "ecom.order"

    def _invoice(self, channel):
        """Invoice by the channel's policy: one posted invoice an order, in one batch, each quantity once."""
        if channel.invoice_policy == "manual":
            return
        sale_orders = self.sale_order_ids.filtered(
            lambda sale: (
                sale.state == "sale"
                and sale.invoice_status == "to invoice"
                and (
                    sale.delivery_status == "full"
                    if channel.invoice_policy == "shipped"
                    else bool(sale.ecom_order_id.paid_at)
                )
            )
        )
        if not sale_orders:
            return
        invoices = sale_orders._create_invoices(grouped=True)
        invoices.action_post()
        self._register_payments(channel, invoices)
        invoices._print_soon(channel)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _prepare_invoice(self):
        return super()._prepare_invoice() | {"ecom_order_id": self.ecom_order_id.id}


class AccountMove(models.Model):
    _inherit = "account.move"

    ecom_order_id = fields.Many2one(
        "ecom.order", string="Shop Order", index="btree_not_null", readonly=True, ondelete="restrict"
    )
    ecom_channel_id = fields.Many2one(
        related="ecom_order_id.channel_id", string="Sales Channel", store=True, index="btree_not_null"
    )

    def _ecom_printed(self):
        """What the printed document says of the shop's order, in its own language, for whoever may read the invoice.

        :return: ``{"number": the shop's, "order": text, "paid": [text of each payment]}``, empty for other documents;
            nothing is paid on a credit note, nor while the money is awaited
        """
        self.ensure_one()
        order = self.sudo().ecom_order_id
        if not order or not self.is_sale_document(include_receipts=True):
            return {}
        env = order.with_context(tz=self.company_id.partner_id.tz).env

        def day(moment):
            return format_date(env, fields.Datetime.context_timestamp(env["ecom.order"], moment).date())

        received = order._received_payments() if self.move_type == "out_invoice" and order.paid_at else ()
        paid = [
            env._(
                "Paid on %(date)s by %(method)s: %(amount)s",
                date=day(fields.Datetime.to_datetime(payment["paid_at"])),
                method=payment["title"] or payment["method"],
                amount=formatLang(env, float(payment["amount"]), currency_obj=self.currency_id),
            )
            for _key, payment in received
        ]
        return {
            "number": order.number,
            "order": env._("%(number)s of %(date)s", number=order.number, date=day(order.ordered_at)),
            "paid": paid,
        }
