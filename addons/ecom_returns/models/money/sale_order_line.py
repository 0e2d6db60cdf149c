from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.depends("ecom_return_ids.credit_note_ids")
    def _get_invoiced(self):
        """Credit notes of money alone credit no quantity, and are the order's all the same."""
        result = super()._get_invoiced()
        # Whoever may see the order may see its invoices: that needs no right to see returns.
        for sale in self:
            credit_notes = sale.sudo().ecom_return_ids.credit_note_ids
            if credit_notes:
                sale.invoice_ids |= self.env["account.move"].browse(credit_notes.ids)
            sale.invoice_count = len(sale.invoice_ids)
        return result


class SaleOrderLine(models.Model):
    """What came back and was paid back is not billed again, nor credited by Odoo a second time."""

    _inherit = "sale.order.line"

    ecom_quantity_credited = fields.Float(
        string="Credited",
        compute="_compute_ecom_quantity_credited",
        store=True,
        digits="Product Unit",
        help="What credit notes of returns gave back of what was invoiced.",
    )
    ecom_quantity_back = fields.Float(
        string="Came Back", compute="_compute_ecom_quantity_back", store=True, digits="Product Unit"
    )

    @api.depends("invoice_lines.ecom_credited_quantity", "invoice_lines.parent_state")
    def _compute_ecom_quantity_credited(self):
        for line in self:
            credits = line.invoice_lines.filtered(
                lambda credit: credit.ecom_credited_line_id and credit.parent_state != "cancel"
            )
            line.ecom_quantity_credited = sum(
                (credit.product_uom_id or line.product_uom_id)._compute_quantity(
                    credit.ecom_credited_quantity, line.product_uom_id
                )
                for credit in credits
            )

    @api.depends("ecom_return_line_ids.quantity_back", "ecom_return_line_ids.quantity_home")
    def _compute_ecom_quantity_back(self):
        """What went home again after a repair is with the customer."""
        for line in self:
            line.ecom_quantity_back = sum(back.quantity_back - back.quantity_home for back in line.ecom_return_line_ids)

    def _ecom_unsent(self):
        """How many have not left; what came back had."""
        self.ensure_one()
        return self.product_uom_qty - self.qty_delivered - self.ecom_quantity_back

    def _ecom_nothing_follows(self):
        """Whether all of it has left; what the customer withdrew from does not leave."""
        stopped = self.order_id.ecom_withdrawn_at and not self.product_id.ecom_no_withdrawal
        return bool(stopped) or self.product_uom_id.compare(self._ecom_unsent(), 0) <= 0

    @api.depends("ecom_quantity_credited", "ecom_quantity_back")
    def _compute_qty_to_invoice(self):
        result = super()._compute_qty_to_invoice()
        for line in self.filtered(lambda line: line.state == "sale" and not line.display_type):
            if line.product_id.type == "combo" or not (line.ecom_quantity_credited or line.ecom_quantity_back):
                continue
            delivered = line.ecom_quantity_back if line.product_id.invoice_policy != "order" else 0
            line.qty_to_invoice += delivered - line.ecom_quantity_credited
        return result

    @api.depends("ecom_quantity_credited")
    def _compute_invoice_status(self):
        result = super()._compute_invoice_status()
        for line in self.filtered("ecom_quantity_credited"):
            billed = line.qty_invoiced + line.ecom_quantity_credited
            if line.invoice_status == "no" and line.product_uom_id.compare(billed, line.product_uom_qty) >= 0:
                line.invoice_status = "invoiced"
        return result
