from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL


class EcomChannel(models.Model):
    """Where the shop's SKUs live: in the Internal Reference, or in the field that the merchant mapped them to."""

    _inherit = "ecom.channel"

    def _sku_mapping(self):
        """The mapping of SKUs to a field; empty where they are Internal References."""
        mapping = self.env["ecom.field.mapping"]._at(self, "offer.sku")
        return mapping.filtered(lambda row: row.source == "field")

    def _sku_domain(self, skus):
        """The variants that have one of these SKUs."""
        return self._where_sku("in", skus)

    def _has_sku_domain(self):
        """The variants that have a SKU at all."""
        return self._where_sku("not in", (False, ""))

    def _where_sku(self, operator, value):
        mapping = self._sku_mapping()
        if not mapping:
            return Domain("default_code", operator, value)
        here = Domain(mapping.source_field, operator, value)
        if not mapping.condition:
            return here
        condition = mapping._condition()
        return (condition & here) | (~condition & Domain("default_code", operator, value))

    def _sku_query(self):
        """``(query, SQL)``: all variants, and the SKU that the mapping gives each, to be read in one statement."""
        mapping = self._sku_mapping()
        Product = self.env["product.product"].sudo().with_company(self.company_id).with_context(active_test=False)
        model = mapping._in_language(Product)
        query = model._search([])
        alias = query.table
        *through, last = mapping.source_field.split(".")
        for name in through:
            model, alias = model._fields[name].join(model, alias, query)
        sku = model._field_to_sql(alias, last, query)
        if mapping.condition:
            meant = Product._search(mapping._condition())
            own = SQL.identifier(query.table, "default_code")
            sku = SQL(
                "CASE WHEN %s IN %s THEN %s ELSE %s END", SQL.identifier(query.table, "id"), meant.subselect(), sku, own
            )
        return query, sku

    def _skus(self, products):
        """``{variant: its SKU on the shop}``, ``""`` for none."""
        mapping = self.env["ecom.field.mapping"]._at(self, "offer.sku").filtered(lambda row: row.source != "builtin")
        mapped = mapping._told_values(products)[0] if mapping else {}
        return {product: mapped.get(product.id, product.default_code or "") for product in products}

    def _sku_values(self, sku):
        """What to create a variant with, so that the shop's SKU finds it again."""
        mapping = self._sku_mapping()
        name = mapping.source_field if mapping and not mapping.condition else "default_code"
        field = self.env["product.product"]._fields.get(name)  # none for a path to another record
        return {name: sku or False} if field and not field.readonly else {"default_code": sku or False}
