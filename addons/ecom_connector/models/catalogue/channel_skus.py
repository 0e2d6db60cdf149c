from odoo import models
from odoo.fields import Domain


class EcomChannel(models.Model):
    """Where the shop's SKUs live: in the Internal Reference, or in the field that the merchant mapped them to."""

    _inherit = "ecom.channel"

    def _sku_mapping(self):
        """The mapping of SKUs to a field; empty where they are Internal References."""
        mapping = self.env["ecom.field.mapping"]._at(self, "offer.sku")
        return mapping.filtered(lambda row: row.source == "field")

    def _sku_domain(self, skus):
        """The variants that have one of these SKUs."""
        mapping = self._sku_mapping()
        if not mapping:
            return Domain("default_code", "in", skus)
        here = Domain(mapping.source_field, "in", skus)
        if not mapping.condition:
            return here
        condition = mapping._condition()
        return (condition & here) | (~condition & Domain("default_code", "in", skus))

    def _skus(self, products):
        """``{variant: its SKU on the shop}``, ``""`` for none."""
        mapping = self._sku_mapping()
        mapped = mapping._told_values(products)[0] if mapping else {}
        return {product: mapped.get(product.id, product.default_code or "") for product in products}

    def _sku_values(self, sku):
        """What to create a variant with, so that the shop's SKU finds it again."""
        mapping = self._sku_mapping()
        name = mapping.source_field if mapping and not mapping.condition else "default_code"
        field = self.env["product.product"]._fields.get(name)  # none for a path to another record
        return {name: sku or False} if field and not field.readonly else {"default_code": sku or False}
