from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class SaleOrderLine(models.Model):
    """What may still come back of a line, exactly, however many ask at once."""

    _inherit = "sale.order.line"

    ecom_return_line_ids = fields.One2many("ecom.return.line", "sale_line_id", string="Returned")
    ecom_return_version = fields.Integer(
        copy=False,
        readonly=True,
        help="Goes up with each return of the line. Two transactions that return it at once both write it, so the "
        "second one starts again and sees what the first one did.",
    )
    ecom_quantity_returnable = fields.Float(
        string="Returnable",
        compute="_compute_ecom_quantity_returnable",
        digits="Product Unit",
        help="Delivered, and in no return yet.",
    )

    @api.depends("qty_delivered", "ecom_return_line_ids.quantity_open")
    def _compute_ecom_quantity_returnable(self):
        for line in self:
            line.ecom_quantity_returnable = line.qty_delivered - sum(line.ecom_return_line_ids.mapped("quantity_open"))

    def _ecom_pieces(self):
        """``{product: how many, in its own unit}`` of which one of what was sold consists: a hook for kits."""
        self.ensure_one()
        return {self.product_id: self.product_uom_id._compute_quantity(1, self.product_id.uom_id, round=False)}

    def _ecom_all_returned(self):
        """Whether nothing of it stays with the customer."""
        self.ensure_one()
        return self.product_uom_id.compare(self.ecom_quantity_returnable, 0) <= 0

    def _propose_return(self):
        """Values of the lines of a return of all that may still come back."""
        self.ensure_one()
        return [{"quantity": self.ecom_quantity_returnable}]

    def _lock_for_return(self):
        """Let no other transaction return these lines before this one ended.

        A lock alone would not do: whoever waited for it would go on with what it saw before. A row that was written
        makes PostgreSQL refuse the second one, and Odoo starts it again.
        """
        if not self.ids:
            return
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order_line SET ecom_return_version = COALESCE(ecom_return_version, 0) + 1
                 WHERE id IN (SELECT id FROM sale_order_line WHERE id IN %s ORDER BY id FOR UPDATE)
                """,
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(["ecom_return_version", "qty_delivered", "ecom_quantity_returnable"], flush=False)

    def _check_returned(self):
        """:raise ValidationError: where more is to be returned than was delivered, naming the figures"""
        for line in self:
            left = line.ecom_quantity_returnable
            if line.product_uom_id.compare(left, 0) < 0:
                asked = sum(line.ecom_return_line_ids.mapped("quantity_open"))
                raise ValidationError(
                    self.env._(
                        "%(product)s: %(asked)g cannot be returned, the customer has %(delivered)g of order %(order)s.",
                        product=line.product_id.display_name,
                        asked=asked,
                        delivered=line.qty_delivered,
                        order=line.order_id.name,
                    )
                )
