from odoo import api, fields, models
from odoo.exceptions import ValidationError


class EcomReturnLine(models.Model):
    """A part of a kit that comes back without the others."""

    _inherit = "ecom.return.line"

    part_id = fields.Many2one(
        "product.product",
        string="Only This Part",
        domain="[('id', 'in', may_be_part_ids)]",
        index="btree_not_null",
        ondelete="restrict",
        help="Of a kit, what comes back. Empty: the whole kit.",
    )
    may_be_part_ids = fields.Many2many("product.product", compute="_compute_may_be_part_ids")

    _line_unique = models.UniqueIndex(
        "(return_id, sale_line_id, COALESCE(part_id, 0))", "The return has this line already."
    )

    @api.depends("sale_line_id")
    def _compute_may_be_part_ids(self):
        for line in self:
            sold = line.sale_line_id
            line.may_be_part_ids = [
                product.id for product in (sold._ecom_pieces() if sold else ()) if product != sold.product_id
            ]

    @api.depends("part_id")
    def _compute_product_id(self):
        result = super()._compute_product_id()
        for line in self.filtered("part_id"):
            line.product_id = line.part_id
            line.product_uom_id = line.part_id.uom_id
        return result

    @api.depends("part_id")
    def _compute_amount(self):
        return super()._compute_amount()

    def _for_shop(self):
        return None if self.part_id else super()._for_shop()

    @api.constrains("part_id", "sale_line_id")
    def _check_part(self):
        for line in self.filtered("part_id"):
            if line.part_id not in line.may_be_part_ids:
                raise ValidationError(
                    self.env._(
                        "%(part)s is no part of %(kit)s.",
                        part=line.part_id.display_name,
                        kit=line.sale_line_id.product_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered("part_id").sale_line_id.sudo()._keep_kit_parts()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if "part_id" in vals:
            self.sale_line_id.sudo()._check_returned()
            self.filtered("part_id").sale_line_id.sudo()._keep_kit_parts()
        return result

    # === WHAT A PART COUNTS FOR === #

    def _pieces(self, quantity):
        if self.part_id:
            return {self.part_id: quantity}
        return super()._pieces(quantity)

    def _in_sold(self, quantity):
        """Of the kit, what falls to so many of the part, by its share of the price."""
        if not self.part_id:
            return super()._in_sold(quantity)
        sold = self.sale_line_id
        return round(quantity / sold._ecom_pieces()[self.part_id] * sold._ecom_kit_share(self.part_id), 9)

    def _counted(self, quantity, name):
        if not self.part_id:
            return super()._counted(quantity, name)
        return f"{self._parts_of(quantity):g} × {self.part_id.display_name} ({name})"

    def _part(self, row):
        if not self.part_id:
            return super()._part(row)
        return self.part_id, self._parts_of(row.quantity)

    def _parts_of(self, fraction):
        """How many of the part are this fraction of the kits that were sold."""
        return self.part_id.uom_id.round(float(fraction) / self._in_sold(1)) if fraction else 0

    def _prepare_exchange_line(self):
        values = super()._prepare_exchange_line()
        if self.part_id and values["product_id"] == self.part_id.id:
            sold = self.sale_line_id
            values |= {
                "product_uom_id": self.part_id.uom_id.id,
                "price_unit": sold.price_unit * self._in_sold(1),
                "extra_tax_data": False,
            }
        return values
