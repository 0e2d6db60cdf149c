"""What makes a listing worth looking at again: changes of the product, its variants and what they are filed under."""

from odoo import api, models

TEMPLATE_FIELDS = {
    "active",
    "attribute_line_ids",
    "barcode",
    "categ_id",
    "default_code",
    "description_sale",
    "image_1920",
    "list_price",
    "name",
    "product_tag_ids",
    "sale_ok",
    "taxes_id",
    "type",
    "weight",
}
VARIANT_FIELDS = TEMPLATE_FIELDS | {"image_variant_1920", "lst_price", "product_template_attribute_value_ids"}


class ProductTemplate(models.Model):
    _inherit = "product.template"

    @api.model
    def _ecom_watched(self):
        """Fields that shops show; a hook."""
        return TEMPLATE_FIELDS

    def _ecom_note_change(self):
        self.env["ecom.listing.change"]._note(templates=self)

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & self._ecom_watched():
            self._ecom_note_change()
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        result = super()._update_field_translations(field_name, translations, digest, source_lang)
        if field_name in self._ecom_watched():
            self._ecom_note_change()
        return result


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model
    def _ecom_watched(self):
        """Fields that shops show; a hook."""
        return VARIANT_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        products = super().create(vals_list)
        products.product_tmpl_id._ecom_note_change()
        return products

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & self._ecom_watched():
            self.product_tmpl_id._ecom_note_change()
        return result


class ProductTemplateAttributeValue(models.Model):
    _inherit = "product.template.attribute.value"

    def write(self, vals):
        result = super().write(vals)
        if "price_extra" in vals:
            self.product_tmpl_id._ecom_note_change()
        return result


class ProductAttribute(models.Model):
    _inherit = "product.attribute"

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals:
            self.attribute_line_ids.product_tmpl_id._ecom_note_change()
        return result


class ProductAttributeValue(models.Model):
    _inherit = "product.attribute.value"

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals:
            self.pav_attribute_line_ids.product_tmpl_id._ecom_note_change()
        return result


class ProductCategory(models.Model):
    _inherit = "product.category"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"name", "parent_id"}:
            inside = [("categ_id", "child_of", self.ids)]
            self.env["product.template"].with_context(active_test=False).search(inside)._ecom_note_change()
            listings = self.env["ecom.listing"].sudo().search([("category_ids", "child_of", self.ids)])
            listings._note_change()
        return result


class ProductTag(models.Model):
    _inherit = "product.tag"

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals:
            self.product_template_ids._ecom_note_change()
        return result
