from odoo import fields, models
from odoo.tools import format_date, html2plaintext
from odoo.tools.misc import formatLang


class EcomOrder(models.Model):
    """Invoicing by the channel's policy: each quantity once, posted, and handed on to be printed."""

    _inherit = "ecom.order"

    def _invoice(self, channel):
        """Invoice by the channel's policy: one posted invoice an order, in one batch, each quantity once."""
        if channel.invoice_policy == "manual":
            return
        sales = self.sale_order_ids.filtered(lambda sale: sale.state == "sale")
        # What a person credited is to be invoiced again in Odoo's eyes, and not in the person's.
        sales -= sales.filtered(lambda sale: "out_refund" in sale._ecom_invoices().mapped("move_type"))
        due = sales.filtered(
            lambda sale: sale.invoice_status == "to invoice" and sale._ecom_invoice_due(channel.invoice_policy)
        )
        early = (sales - due).filtered(lambda sale: sale._ecom_deposit_due(channel.invoice_policy))
        if not (due or early) or (due | early).ecom_order_id._wait_for_open_day(channel):
            return
        after_deposit = due.filtered(lambda sale: sale._ecom_deposit_lines())
        invoices = self.env["account.move"]
        if early:
            invoices |= early._create_deposits()
        if after_deposit:
            invoices |= after_deposit._create_invoices(grouped=True, final=True)
        if due - after_deposit:
            invoices |= (due - after_deposit)._create_invoices(grouped=True)
        invoices.action_post()
        self._register_payments(channel, invoices)
        invoices._print_soon(channel)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _prepare_invoice(self):
        return super()._prepare_invoice() | {"ecom_order_id": self.ecom_order_id.id}

    def _ecom_invoices(self):
        return self.invoice_ids.filtered(lambda move: move.state != "cancel")

    def _ecom_invoice_due(self, policy):
        """Whether the policy wants this order's goods invoiced now; where nothing is to be shipped, once it is paid."""
        if policy in ("shipped", "deposit") and self.picking_ids:
            return self.delivery_status == "full"
        return bool(self.ecom_order_id._paid())

    def _ecom_deposit_due(self, policy):
        return (
            policy == "deposit"
            and bool(self.ecom_order_id._paid())
            and not self._ecom_deposit_lines()
            and not self._ecom_invoices()
            and self.currency_id.compare_amounts(self.amount_total, 0) > 0
        )


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

        :return: ``{"number": the shop's, "order": text, "paid": [text of each payment], "seller": [text of each of the
            seller's legal numbers that the page's layout lacks]}``, empty for other documents; nothing is paid on a
            credit note, nor while the money is awaited
        """
        self.ensure_one()
        order = self.sudo().ecom_order_id
        if not order or not self.is_sale_document(include_receipts=True):
            return {}
        env = order.env

        def day(moment):
            return format_date(env, self.company_id._ecom_day(moment))

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
            "seller": self._ecom_seller_numbers(env),
        }

    def _ecom_seller_numbers(self, env):
        """The seller's numbers that an invoice has to show, where nobody set up the page's layout to show them.

        Odoo offers its layout to the person who prints first: here that is nobody.
        """
        company = self.company_id.with_env(env)
        layout = html2plaintext(company.company_details or "") + html2plaintext(company.report_footer or "")
        shown = "".join(layout.split())
        vat = self.fiscal_position_id.foreign_vat or company.vat
        numbers = [
            (company.partner_id.company_registry_label or env._("Company ID"), company.company_registry),
            (company.country_id.vat_label or env._("Tax ID"), vat),
        ]
        if company.country_id.code == "FR":
            numbers[0] = ("SIRET", company.company_registry)
        return [
            env._("%(label)s: %(number)s", label=label, number=number)
            for label, number in numbers
            if number and "".join(number.split()) not in shown
        ]
