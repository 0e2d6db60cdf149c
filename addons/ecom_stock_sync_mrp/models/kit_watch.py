"""What makes kits worth taking apart again."""

from odoo import api, models

BILL_FIELDS = {
    "active",
    "bom_line_ids",
    "product_id",
    "product_qty",
    "product_tmpl_id",
    "product_uom_id",
    "sequence",
    "type",
}
LINE_FIELDS = {"bom_id", "bom_product_template_attribute_value_ids", "product_id", "product_qty", "product_uom_id"}


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    @api.model_create_multi
    def create(self, vals_list):
        self.env["ecom.kit.component"]._note()
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() & BILL_FIELDS:
            self.env["ecom.kit.component"]._note()
        return super().write(vals)

    def unlink(self):
        self.env["ecom.kit.component"]._note()
        return super().unlink()


class MrpBomLine(models.Model):
    _inherit = "mrp.bom.line"

    @api.model_create_multi
    def create(self, vals_list):
        self.env["ecom.kit.component"]._note()
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() & LINE_FIELDS:
            self.env["ecom.kit.component"]._note()
        return super().write(vals)

    def unlink(self):
        self.env["ecom.kit.component"]._note()
        return super().unlink()


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        if vals.keys() & {"is_storable", "type", "uom_id"}:
            self._note_kits()
        return super().write(vals)

    def _note_kits(self):
        """Where a bill of materials has to do with these products."""
        bills = self.env["mrp.bom"].sudo().with_context(active_test=False)
        if bills.search_count(
            ["|", ("product_tmpl_id", "in", self.ids), ("bom_line_ids.product_tmpl_id", "in", self.ids)], limit=1
        ):
            self.env["ecom.kit.component"]._note()


class ProductProduct(models.Model):
    """A new variant may be a kit, as its sisters are."""

    _inherit = "product.product"

    @api.model_create_multi
    def create(self, vals_list):
        products = super().create(vals_list)
        products.product_tmpl_id._note_kits()
        return products

    def write(self, vals):
        if vals.keys() & {"active", "product_template_attribute_value_ids"}:
            self.product_tmpl_id._note_kits()
        return super().write(vals)


class UomUom(models.Model):
    _inherit = "uom.uom"

    def write(self, vals):
        if vals.keys() & {"relative_factor", "relative_uom_id"}:
            self.env["ecom.kit.component"]._note()
        return super().write(vals)
