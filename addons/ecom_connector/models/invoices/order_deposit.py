from odoo import Command, fields, models


class EcomChannel(models.Model):
    _inherit = "ecom.channel"

    invoice_policy = fields.Selection(
        selection_add=[("deposit", "A deposit when it is paid, the invoice when it is shipped")],
        ondelete={"deposit": "set default"},
    )


class SaleOrder(models.Model):
    """Deposits: where payment precedes shipping, the whole amount is invoiced as Odoo's own down payment first.

    VAT is due with the deposit, and once: the invoice at shipping deducts it.
    """

    _inherit = "sale.order"

    def _ecom_deposit_lines(self):
        return self.order_line.filtered(lambda line: line.is_downpayment and not line.display_type)

    def _create_deposits(self):
        """A draft down payment invoice of the whole amount for each order. Odoo's wizard takes one order at a time."""
        wizards = self.env["sale.advance.payment.inv"].create(
            [
                {"advance_payment_method": "percentage", "amount": 100, "sale_order_ids": [Command.set(sale.ids)]}
                for sale in self
            ]
        )
        deposits = self.env["account.move"]
        for wizard in wizards:
            deposits |= wizard._create_invoices(wizard.sale_order_ids)
        return deposits
