from odoo import fields, models

from ...decisions import totals


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    ecom_line_id = fields.Many2one(
        "ecom.order.line", string="Shop Order Line", index="btree_not_null", copy=False, readonly=True
    )

    def _prepare_invoice_line(self, **optional_values):
        """Give a partial invoice its share of the shop's locked amounts, so that all parts add up to them."""
        values = super()._prepare_invoice_line(**optional_values)
        if values.get("extra_tax_data") and self.order_id.ecom_order_id and not self.is_downpayment:
            values["extra_tax_data"] = totals.prorate(
                self.extra_tax_data,
                self.qty_invoiced,
                values["quantity"],
                self.currency_id.rounding,
                self._taken(),
            )
        channel = self.sudo().order_id.ecom_order_id.channel_id
        booked_on = channel.fee_product_id | channel.rounding_product_id
        if (self.ecom_line_id and self.is_delivery) or self.product_id in booked_on:
            values["name"] = self.name  # what the customer chose, and not the product that it is booked on
        return values

    def _taken(self):
        """What the line's documents charge by now, net and tax, where credit notes are among them; else nothing.

        Odoo computes a credit note of a part afresh: it may be a cent off the share of that part. What is booked
        counts; where Odoo rounds globally, that is not what the line shows.
        """
        lines = self.invoice_lines.filtered(lambda line: line.parent_state != "cancel")
        if not lines.filtered(lambda line: line.move_id.move_type == "out_refund"):
            return None
        net = -sum(lines.mapped("amount_currency"))
        tax = sum(-line.move_id.direction_sign * (line.price_total - line.price_subtotal) for line in lines)
        return totals.Taken(net, tax, len(lines))

    def _waits_to_leave(self):
        """Whether some of it is still to be shipped. The delivered quantity does not say: what came back lowers it."""
        return any(
            move.state not in ("done", "cancel")
            and (move.location_final_id or move.location_dest_id).usage == "customer"
            for move in self.move_ids
        )

    def _lower_quantity(self, quantity):
        """Order and ship less of a line, at its share of the shop's amounts."""
        self.ensure_one()
        self.ecom_line_id.quantity_cancelled = self.ecom_line_id.quantity - quantity
        self.write(
            {
                "product_uom_qty": quantity,
                "extra_tax_data": totals.prorate(self.extra_tax_data, 0, quantity, self.currency_id.rounding),
            }
        )
